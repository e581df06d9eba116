//! Loads from what `aws cloudwatch get-metric-data` prints.

use jiff::Timestamp;
use serde::Deserialize;

use super::curve::{LARGEST, greatest_common_divisor, real};
use super::read::ReadOptions;
use super::{Curve, Load, LoadError, Source};

/// The period of a metric that has one value only, in seconds: CloudWatch's usual one.
const ONE_VALUE: u64 = 60;

/// Ten years; CloudWatch keeps 15 months.
const LONGEST: u64 = 315_360_000;

/// Requests by the moment at which their period begins.
type Counts = Vec<(Timestamp, f64)>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    metric_data_results: Vec<Metric>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    id: String,
    #[serde(default)]
    label: String,
    timestamps: Vec<Timestamp>,
    values: Vec<f64>,
    status_code: Option<String>,
}

pub(super) fn read(text: &str, options: &ReadOptions<'_>) -> Result<Load, LoadError> {
    let answer: Answer = serde_json::from_str(text).map_err(|error| {
        LoadError::new(
            format!("this is not what get-metric-data prints: {}", plain(&error)),
            "save the output of `aws cloudwatch get-metric-data --output json`",
        )
        .at(u64::try_from(error.line()).unwrap_or(0), u64::try_from(error.column()).unwrap_or(0))
    })?;
    let mut load = Load::default();
    if answer.next_token.is_some() {
        load.notes.push("the answer has a NextToken: it is not the whole".to_owned());
    }
    let metrics = answer.metric_data_results.iter().map(Metric::sorted);
    let metrics = metrics.collect::<Result<Vec<_>, _>>()?;
    let starts = metrics.iter().filter_map(|(_, counts)| counts.first()).map(|&(at, _)| at);
    let Some(start) = starts.min() else {
        return Err(LoadError::new(
            "no metric has a value",
            "ask for a time span in which there was traffic",
        ));
    };
    for (metric, counts) in metrics {
        metric.add_to(&mut load, &counts, start, options)?;
    }
    load.start = Some(start);
    Ok(load)
}

/// What serde says, without the place, which is said already.
pub(super) fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or_else(|| text.clone(), |(what, _)| what.to_owned())
}

impl Metric {
    /// The metric with its counts in order of time; CloudWatch prints the newest first.
    fn sorted(&self) -> Result<(&Self, Counts), LoadError> {
        let fail = |message: String| {
            LoadError::new(
                format!("metric `{}`: {message}", self.id),
                "save the output of `aws cloudwatch get-metric-data` with the statistic Sum as it is",
            )
        };
        if let Some(status) = self.status_code.as_deref()
            && !["Complete", "PartialData"].contains(&status)
        {
            return Err(fail(format!("its status is {status}")));
        }
        if self.timestamps.len() != self.values.len() {
            return Err(fail(format!(
                "it has {} timestamps and {} values",
                self.timestamps.len(),
                self.values.len()
            )));
        }
        let pairs = self.timestamps.iter().copied().zip(self.values.iter().copied());
        let mut counts: Counts = pairs.collect();
        if let Some((at, value)) = counts.iter().find(|(_, v)| !(0.0..=LARGEST).contains(v)) {
            return Err(fail(format!("the value {value} at {at} is not a number of requests")));
        }
        counts.sort_by_key(|&(at, _)| at);
        let twice = counts.windows(2).find_map(|pair| match pair {
            [(a, _), (b, _)] if a.as_second() == b.as_second() => Some(a),
            _ => None,
        });
        match twice {
            Some(at) => Err(fail(format!("it has two values at {at}"))),
            None => Ok((self, counts)),
        }
    }

    fn add_to(
        &self,
        load: &mut Load,
        counts: &[(Timestamp, f64)],
        start: Timestamp,
        options: &ReadOptions<'_>,
    ) -> Result<(), LoadError> {
        let (service, region) = self.target(options, &mut load.notes)?;
        if self.status_code.as_deref() == Some("PartialData") {
            load.notes.push(format!("metric `{}` is partial: CloudWatch left data out", self.id));
        }
        if counts.is_empty() {
            load.notes.push(format!("metric `{}` has no values: nothing is asked", self.id));
            return Ok(());
        }
        let second = |at: Timestamp| (at.as_second() - start.as_second()).unsigned_abs();
        let counts: Vec<(u64, f64)> = counts.iter().map(|&(at, sum)| (second(at), sum)).collect();
        let period = period(&counts);
        let end = counts.last().map_or(0, |&(at, _)| at + period);
        if end > LONGEST {
            return Err(LoadError::new(
                format!("metric `{}` is {} days long", self.id, end / 86_400),
                "ask for less than ten years",
            ));
        }
        let (steps, missing) = rates(&counts, period);
        load.notes.push(format!("metric `{}`: sums over {period} s, by the spacing", self.id));
        if missing > 0 {
            load.notes.push(format!(
                "metric `{}`: {missing} periods have no value and count as no requests",
                self.id
            ));
        }
        load.length = load.length.max(Some(end));
        load.sources.push(Source::Open { service, region, rate: Curve::from_steps(&steps) });
        Ok(())
    }

    /// The service and region by the label, or else by the id, in which `_` stands for `-`.
    fn target(
        &self,
        options: &ReadOptions<'_>,
        notes: &mut Vec<String>,
    ) -> Result<(String, Option<String>), LoadError> {
        let place = |error: LoadError| LoadError {
            message: format!("metric `{}` (label `{}`): {}", self.id, self.label, error.message),
            ..error
        };
        let (name, region) = match self.label.split_once('@') {
            Some((name, region)) => {
                (name.trim(), Some(options.region(region.trim()).map_err(place)?))
            }
            None => (self.label.trim(), None),
        };
        let id = self.id.replace('_', "-");
        if let Some(service) = [name, &self.id, &id]
            .into_iter()
            .find_map(|name| options.services.iter().find(|service| **service == name))
        {
            return Ok(((*service).to_owned(), region));
        }
        let service = options.service().map_err(place)?;
        notes.push(format!("metric `{}` (label `{}`) is read as {service}", self.id, self.label));
        Ok((service, region))
    }
}

/// Seconds between values: the widest step that meets them all.
fn period(counts: &[(u64, f64)]) -> u64 {
    let spacings = counts.windows(2).map(|pair| match pair {
        [(a, _), (b, _)] => b - a,
        _ => 0,
    });
    match spacings.fold(0, greatest_common_divisor) {
        0 => ONE_VALUE,
        period => period,
    }
}

/// Requests per second from counts, and how many periods had none: a sum without a value is a
/// period in which nothing was asked.
fn rates(counts: &[(u64, f64)], period: u64) -> (Vec<(u64, f64)>, u64) {
    let mut steps = Vec::with_capacity(counts.len());
    let mut missing = 0;
    for (index, &(at, count)) in counts.iter().enumerate() {
        steps.push((at, count / real(period)));
        let next = counts.get(index + 1).map_or(at + period, |&(next, _)| next);
        if next > at + period {
            steps.push((at + period, 0.0));
            missing += (next - at) / period - 1;
        }
    }
    (steps, missing)
}

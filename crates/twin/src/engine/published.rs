//! What controllers publish and ask: metrics of their own, and the endpoints of data planes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_core::cloud::{ActError, Point, Probe, Sample, Series, Window};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::{MetricStat, Statistic, Unreachable};

use super::Engine;

/// For how long what was published can be read: an hour and a quarter is more than any controller
/// looks back.
const KEPT: i64 = 75 * 60;

/// What was published in a region, by metric.
pub(crate) type Published = BTreeMap<(String, String, BTreeMap<String, String>), Vec<Value>>;

/// A value and its moment.
type Value = (Timestamp, MetricValue);

impl Engine {
    /// Keeps samples where they were published.
    pub(crate) fn publish(
        &mut self,
        region: &str,
        samples: &[Sample],
        from: Option<&str>,
    ) -> Result<(), ActError> {
        let place = self.readable(region, from, "cloudwatch:PutMetricData").map_err(|why| {
            let Unreachable { call, class, message } = why;
            ActError { call, resource: region.to_owned(), class, message }
        })?;
        let Some(site) = self.sites.get_mut(place) else { return Ok(()) };
        for sample in samples {
            let dimensions =
                sample.dimensions.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
            let key = (sample.namespace.to_owned(), sample.name.to_owned(), dimensions.collect());
            let values = site.published.entry(key).or_default();
            values.retain(|(at, _)| sample.at.duration_since(*at).as_secs() < KEPT);
            values.push((sample.at, sample.value));
        }
        Ok(())
    }

    /// A series of what was published; periods of several values have their statistic.
    pub(super) fn published(&self, place: usize, stat: &MetricStat, window: Window) -> Series {
        let key = (stat.namespace.clone(), stat.name.clone(), stat.dimensions.clone());
        let values = self.sites.get(place).and_then(|site| site.published.get(&key));
        let period = i64::from(stat.period.map_or(60, |period| period.0.max(1)));
        let mut periods: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for (at, value) in values.into_iter().flatten() {
            if window.start <= *at && *at < window.end {
                let period = at.as_second().div_euclid(period) * period;
                periods.entry(period).or_default().push(value.as_f64());
            }
        }
        let points = periods.into_iter().filter_map(|(second, values)| {
            let moment = Timestamp::from_second(second).ok()?;
            Some((moment, Point::from(statistic(stat.statistic, &values))))
        });
        Series { points: points.collect(), ..Series::default() }
    }

    /// What a region's data plane answers to whoever asks its endpoint.
    pub(crate) fn probe(&self, endpoint: &str, from: Option<&str>) -> Probe {
        let asked = self
            .spec
            .regions
            .iter()
            .find(|(_, region)| region.endpoint.as_deref() == Some(endpoint));
        let site = asked.and_then(|(name, _)| self.sites.iter().find(|site| site.name == *name));
        let Some(site) = site else {
            return Probe::Failed(format!("the twin has no endpoint {endpoint}"));
        };
        if site.ails.data_dark || from.is_some_and(|from| site.ails.cut_off_from.contains(from)) {
            return Probe::Failed("no answer within 2 s".to_owned());
        }
        Probe::Answered(200)
    }
}

fn statistic(statistic: Statistic, values: &[f64]) -> f64 {
    let count = f64::from(u32::try_from(values.len()).unwrap_or(u32::MAX));
    let sum: f64 = values.iter().sum();
    match statistic {
        Statistic::Average => sum / count,
        Statistic::Minimum => values.iter().copied().fold(f64::INFINITY, f64::min),
        Statistic::Maximum => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Statistic::SampleCount => count,
        Statistic::Sum => sum,
    }
}

//! The words in which a scenario names what it measures.

use plimsoll_core::units::{Instances, Seconds};
use plimsoll_twin::outcome::{Curves, Outcome, Rise, Row, Total, Trace};

/// Values by where they were measured; an error completes the sentence "the expectation ...".
type Found = Vec<(String, f64)>;

/// What is measured of something.
pub(super) fn measure(outcome: &Outcome, of: &str, value: &str) -> Result<Found, String> {
    if of == "total" {
        return Ok(vec![(of.to_owned(), of_total(outcome, value)?)]);
    }
    let (service, region) = of.split_once('@').map_or((of, None), |(s, r)| (s, Some(r)));
    let wanted = |row: &&Row| row.service == service && region.is_none_or(|r| r == row.region);
    let rows: Vec<&Row> = outcome.rows.iter().filter(wanted).collect();
    if rows.is_empty() {
        return Err(format!("is about {of}, which the run does not have"));
    }
    rows.into_iter()
        .map(|row| Ok((format!("{service}@{}", row.region), of_row(outcome, row, value)?)))
        .collect()
}

fn unknown() -> String {
    "is nothing that is measured".to_owned()
}

fn of_total(outcome: &Outcome, value: &str) -> Result<f64, String> {
    let total: &Total = &outcome.total;
    Ok(match value {
        "requests" => total.requests,
        "lost" => total.lost,
        "lost_percent" => total.lost / total.requests * 100.0,
        "p95_ms" => total.p95_ms.ok_or("has no request to measure")?,
        "instance_hours" => total.instance_hours,
        "cost" => total.cost,
        "scaling_events" => count(total.scaling_events),
        "minutes_above_target" => count(total.minutes_above_target),
        "verdicts_failed" => count(outcome.verdicts.iter().filter(|v| !v.holds).count() as u64),
        "verdicts_held" => count(outcome.verdicts.iter().filter(|v| v.holds).count() as u64),
        _ => return of_controllers(outcome, value),
    })
}

/// What the controllers did; without them it is an error.
fn of_controllers(outcome: &Outcome, value: &str) -> Result<f64, String> {
    let all = || outcome.controllers.as_ref().ok_or_else(|| "needs `controller: true`".to_owned());
    let words: Vec<&str> = value.split_whitespace().collect();
    Ok(match words.as_slice() {
        ["moves"] => count(all()?.moves),
        ["missed"] => count(all()?.missed),
        ["refused"] => count(all()?.refused),
        ["shortages"] => count(all()?.shortages),
        ["findings"] => count(all()?.findings.len() as u64),
        ["grants", cause] => {
            let of_cause = all()?.grants.iter().find(|(of, _)| of.as_str() == *cause);
            count(of_cause.map_or(0, |(_, times)| *times))
        }
        ["held", code] => count(all()?.holds.get(*code).copied().unwrap_or(0)),
        _ => return Err(unknown()),
    })
}

fn of_row(outcome: &Outcome, row: &Row, value: &str) -> Result<f64, String> {
    let words: Vec<&str> = value.split_whitespace().collect();
    Ok(match words.as_slice() {
        ["peak_capacity"] => f64::from(row.peak_capacity),
        ["mean_capacity"] => row.mean_capacity,
        ["instance_hours"] => row.instance_hours,
        ["cost"] => row.cost.ok_or("has no price")?,
        ["requests"] => row.requests,
        ["lost"] => row.lost,
        ["lost_percent"] => row.lost / row.requests * 100.0,
        ["p95_ms"] => row.p95_ms.ok_or("has no request to measure")?,
        ["scaling_events"] => count(row.scaling_events),
        ["minutes_above_target"] => count(row.minutes_above_target),
        ["rise", part] => part_of(&row.rises.first.ok_or("has no rise that was met")?, part)
            .ok_or_else(unknown)?,
        ["driver", cause @ ..] => count(row.drivers.get(&cause.join(" ")).copied().unwrap_or(0)),
        ["hold", why @ ..] => count(row.holds.get(&why.join(" ")).copied().unwrap_or(0)),
        ["count", kind] => count(marks(outcome, row, kind)?.len() as u64),
        ["moment", kind, number] => {
            let number: usize = number.parse().map_err(|_| unknown())?;
            let marks = marks(outcome, row, kind)?;
            let place = number.checked_sub(1).ok_or_else(unknown)?;
            count(*marks.get(place).ok_or_else(|| format!("has only {}", marks.len()))?)
        }
        [curve, "at", at] => {
            let trace = trace(outcome)?;
            let span = seconds(at)?..seconds(at)? + 1;
            least(&points(trace, row, curve, span)?)
        }
        [which, curve, span] => {
            let (from, to) = span.split_once("..").ok_or_else(unknown)?;
            let points = points(trace(outcome)?, row, curve, seconds(from)?..seconds(to)?)?;
            match *which {
                "least" => least(&points),
                "most" => points.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                "mean" => points.iter().sum::<f64>() / count(points.len() as u64),
                _ => return Err(unknown()),
            }
        }
        _ => return Err(unknown()),
    })
}

fn part_of(rise: &Rise, part: &str) -> Option<f64> {
    Some(match part {
        "at" => count(rise.at),
        "from" => f64::from(rise.from),
        "to" => f64::from(rise.to),
        "to_decision" => count(rise.to_decision),
        "to_capacity" => count(rise.to_capacity),
        "metric_delay" => count(rise.metric_delay),
        "detection" => count(rise.detection),
        "rounds" => count(rise.rounds),
        "launch" => count(rise.launch),
        "boot" => count(rise.boot),
        _ => return None,
    })
}

fn trace(outcome: &Outcome) -> Result<&Trace, String> {
    outcome.trace.as_ref().ok_or_else(|| "needs a trace".to_owned())
}

/// The moments of the marks of a kind, which has the name that the JSON of a trace gives it. Marks
/// that concern a whole region count for each of its services.
fn marks(outcome: &Outcome, row: &Row, kind: &str) -> Result<Vec<u64>, String> {
    let of_kind = |mark: &&plimsoll_twin::outcome::Mark| {
        serde_json::to_value(mark.kind).is_ok_and(|name| name == kind)
            && (mark.region.is_empty() || mark.region == row.region)
            && (mark.service.is_empty() || mark.service == row.service)
    };
    Ok(trace(outcome)?.marks.iter().filter(of_kind).map(|mark| mark.at).collect())
}

/// The points of a curve in a span of the run.
fn points(
    trace: &Trace,
    row: &Row,
    curve: &str,
    span: std::ops::Range<u64>,
) -> Result<Vec<f64>, String> {
    let of_row = |curves: &&Curves| curves.service == row.service && curves.region == row.region;
    let curves = trace.groups.iter().find(of_row).ok_or_else(unknown)?;
    let sizes = |curve: &[Instances]| curve.iter().copied().map(f64::from).collect::<Vec<_>>();
    let all = match curve {
        "offered" => curves.offered.clone(),
        "lost" => curves.lost.clone(),
        "cpu" => curves.cpu.clone(),
        "min" => sizes(&curves.min),
        "max" => sizes(&curves.max),
        "desired" => sizes(&curves.desired),
        "in_service" => sizes(&curves.in_service),
        _ => return Err(unknown()),
    };
    let within = |(at, _): &(u64, f64)| (at + trace.step > span.start) && *at < span.end;
    let moments = (0..).map(|place: u64| place * trace.step);
    let points: Vec<f64> = moments.zip(all).filter(within).map(|(_, value)| value).collect();
    if points.is_empty() { Err("has no point there".to_owned()) } else { Ok(points) }
}

fn least(points: &[f64]) -> f64 {
    points.iter().copied().fold(f64::INFINITY, f64::min)
}

fn seconds(text: &str) -> Result<u64, String> {
    text.parse::<Seconds>().map(|seconds| u64::from(seconds.0)).map_err(|error| error.to_string())
}

/// Counts and seconds here are small.
fn count(number: u64) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

//! Streaks: for how long a series of minutes has said the same.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cloud::{Point, Series};
use crate::reflex::Condition;
use crate::traffic::{Published, Share};
use crate::units::{MetricValue, Seconds};

/// The length of a period.
pub(super) const MINUTE: i64 = 60;

/// What is older than so many seconds is no news. A metric takes up to two minutes to be read.
const FRESH: i64 = 180;

/// A gap of so many seconds ends a streak: what was before it is another story.
const GAP: i64 = 600;

/// What the minutes of a series say: numbers by the beginning of their minute.
pub(super) fn minutes(series: &Series) -> BTreeMap<Timestamp, MetricValue> {
    let number = |(at, point): &(Timestamp, Point)| match point {
        Point::Value(value) => Some((*at, *value)),
        Point::NotANumber => None,
    };
    series.points.iter().filter_map(number).collect()
}

/// Whether a minute is news.
pub(super) fn is_fresh(minute: Timestamp, now: Timestamp) -> bool {
    now.as_second() - (minute.as_second() + MINUTE) <= FRESH
}

/// The newest value, if it is news.
pub(super) fn newest(
    minutes: &BTreeMap<Timestamp, MetricValue>,
    now: Timestamp,
) -> Option<MetricValue> {
    let (at, value) = minutes.last_key_value()?;
    is_fresh(*at, now).then_some(*value)
}

/// For how long something has been as it is, in whole minutes: the time since the beginning of the
/// first minute that said so, and at most two minutes for each that did. So a tick that was missed
/// makes nothing younger, and two minutes far apart are no long story.
#[must_use]
pub fn lasted(seconds: i64, minutes: u32) -> Seconds {
    let told = i64::from(minutes).saturating_mul(2 * MINUTE);
    let whole = seconds.max(0) / MINUTE * MINUTE;
    Seconds(u32::try_from(whole.min(told)).unwrap_or(u32::MAX))
}

/// What minutes say, each well or not. A gap proves nothing, and ends nothing unless it is long.
pub(super) fn condition(
    minutes: impl DoubleEndedIterator<Item = (Timestamp, bool)>,
    now: Timestamp,
) -> Condition {
    let mut newest_first = minutes.rev();
    let Some((newest, is_well)) = newest_first.next().filter(|(at, _)| is_fresh(*at, now)) else {
        return Condition::Unknown;
    };
    let (mut count, mut last) = (1u32, newest);
    for (at, well) in newest_first {
        if well != is_well || last.as_second() - at.as_second() > GAP {
            break;
        }
        (count, last) = (count + 1, at);
    }
    let span = lasted(now.as_second() - last.as_second(), count);
    if is_well { Condition::Well(span) } else { Condition::Impaired(span) }
}

/// The share that was published last, and since when: alarms keep what they saw, so a gap changes
/// nothing.
pub(super) fn published(minutes: &BTreeMap<Timestamp, MetricValue>) -> Option<Published> {
    Published::of(minutes.iter().map(|(at, value)| (*at, Share::from_value(*value))))
}

//! What is measured: which series, over which time, and what came of it.

use jiff::Timestamp;
use serde::Serialize;

use crate::units::{MetricValue, Seconds};
use crate::world::Metric;

/// One series that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The group, by its name: predefined metrics are a group's.
    pub group: String,
    /// The metric, as a policy of the group tracks it.
    pub metric: Metric,
}

/// A span of time: `start` belongs to it, `end` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// Its first moment.
    pub start: Timestamp,
    /// The first moment after it.
    pub end: Timestamp,
}

impl Window {
    /// The whole periods that lie in the window, as one window; `None` when there is none. Periods
    /// are counted from the epoch, as CloudWatch counts them.
    ///
    /// The sum over half a period is a small number that is not true, so the period that is going
    /// on is left out, and so is one that began before the window.
    #[must_use]
    pub fn whole_periods(self, period: Seconds) -> Option<Self> {
        let length = i64::from(period.0.max(1));
        // Seconds are cut towards the epoch; the fraction's sign says on which side the moment is.
        let first = self.start.as_second() + i64::from(self.start.subsec_nanosecond() > 0);
        let last = self.end.as_second() - i64::from(self.end.subsec_nanosecond() < 0);
        let start = (first + length - 1).div_euclid(length) * length;
        let end = last.div_euclid(length) * length;
        if start >= end {
            return None;
        }
        let (start, end) = (Timestamp::from_second(start).ok()?, Timestamp::from_second(end).ok()?);
        Some(Self { start, end })
    }
}

/// What was measured of one query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Series {
    /// Each with the beginning of its period, in order of time, a moment at most once. A period
    /// that has no data has no point: what that means is the reader's to decide.
    pub points: Vec<(Timestamp, Point)>,
    /// Whether the points are all that there is.
    pub extent: Extent,
}

impl Series {
    /// A series of which nothing is known, and why.
    #[must_use]
    pub fn unknown(why: impl Into<String>) -> Self {
        Self { points: Vec::new(), extent: Extent::Partial(why.into()) }
    }
}

/// Whether a series is all that there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// A period without a point has no data.
    #[default]
    Complete,
    /// There may be data that could not be read, for this reason.
    Partial(String),
}

/// The value of one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// A number.
    Value(MetricValue),
    /// NaN, infinite, or beyond what a [`MetricValue`] holds. It stays visible as what it is: left
    /// out, it would make a sum or a mean smaller (law 2).
    NotANumber,
}

impl From<f64> for Point {
    fn from(value: f64) -> Self {
        MetricValue::from_f64(value).map_or(Self::NotANumber, Self::Value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn window(start: &str, end: &str) -> Window {
        let moment = |text: &str| format!("2026-11-24T{text}Z").parse().unwrap();
        Window { start: moment(start), end: moment(end) }
    }

    #[test]
    fn a_period_that_is_going_on_is_left_out() {
        let whole = window("10:00:30", "10:03:59.5").whole_periods(Seconds(60));
        assert_eq!(whole, Some(window("10:01:00", "10:03:00")));
        let whole = window("10:00:00.001", "10:00:35").whole_periods(Seconds(10));
        assert_eq!(whole, Some(window("10:00:10", "10:00:30")));
        let even = window("10:00:00", "10:01:00");
        assert_eq!(even.whole_periods(Seconds(60)), Some(even));
        assert_eq!(window("10:00:01", "10:01:59").whole_periods(Seconds(60)), None);
        assert_eq!(window("10:05:00", "10:00:00").whole_periods(Seconds(60)), None);
    }

    #[test]
    fn what_is_no_number_stays_visible() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            assert_eq!(Point::from(bad), Point::NotANumber, "{bad}");
        }
        assert_eq!(Point::from(-2.0), Point::Value(MetricValue::whole(-2)));
    }

    proptest! {
        #[test]
        fn whole_periods_lie_in_the_window_and_none_is_missed(
            start in -10_000_000_000_000i64..10_000_000_000_000,
            length in 0i64..10_000_000,
            period in 1u32..5_000,
        ) {
            let moment = |millis| Timestamp::from_millisecond(millis).unwrap();
            let window = Window { start: moment(start), end: moment(start + length) };
            let millis = i64::from(period) * 1_000;
            let Some(whole) = window.whole_periods(Seconds(period)) else {
                prop_assert!(length < 2 * millis);
                return Ok(());
            };
            prop_assert!(window.start <= whole.start && whole.end <= window.end);
            let (first, last) = (whole.start.as_millisecond(), whole.end.as_millisecond());
            prop_assert!(first.rem_euclid(millis) == 0 && last.rem_euclid(millis) == 0);
            prop_assert!(first - start < millis && start + length - last < millis);
        }
    }
}

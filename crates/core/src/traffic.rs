//! Shares of a region's traffic, in quarters.
//!
//! Every region has four weighted records in DNS, each behind a health check of its own. A share is
//! how many of them are open. Controllers in the other regions judge a region and publish its share
//! as a metric; alarms on the metric open and close the records. Moving traffic is so a write to the
//! data plane of CloudWatch, and works while a region's control plane or Route 53's is down.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::units::{MetricValue, Seconds};

/// Where judged shares are published. Who may write here moves traffic.
pub const NAMESPACE: &str = "Plimsoll/Traffic";

/// The metric of a judged share: 0 to 1, in the dimensions Platform, Environment and Region.
pub const SHARE: &str = "TrafficShare";

/// Records of a region.
const RECORDS: u8 = 4;

/// A share of a region's traffic: how many of its four records are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "f64")]
pub struct Share(u8);

impl Share {
    /// All records are open.
    pub const OPEN: Self = Self(RECORDS);
    /// No record is open.
    pub const CLOSED: Self = Self(0);

    /// So many quarters; more than four are four.
    #[must_use]
    pub fn quarters(quarters: u8) -> Self {
        Self(quarters.min(RECORDS))
    }

    /// How many quarters it is, 0 to 4.
    #[must_use]
    pub const fn as_quarters(self) -> u8 {
        self.0
    }

    /// The value that is published.
    #[must_use]
    pub fn value(self) -> MetricValue {
        MetricValue::whole(i32::from(self.0) * 25).percent(1)
    }

    /// The share that was published: the nearest quarter.
    #[must_use]
    pub fn from_value(value: MetricValue) -> Self {
        let quarters = (value.micros().clamp(0, 1_000_000) + 125_000) / 250_000;
        Self(u8::try_from(quarters).unwrap_or(0).min(RECORDS))
    }

    /// One step towards `target`: down at once, up by a quarter for every `step` that it stood
    /// still.
    #[must_use]
    pub fn towards(self, target: Self, still: Seconds, step: Seconds) -> Self {
        if target <= self {
            target
        } else if still >= step {
            Self(self.0 + 1)
        } else {
            self
        }
    }
}

impl From<Share> for f64 {
    fn from(share: Share) -> Self {
        share.value().as_f64()
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", u16::from(self.0) * 25)
    }
}

/// A share that was published, and since when it is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The share.
    pub share: Share,
    /// The first moment of it that is known.
    pub since: Timestamp,
    /// How often it fell again after it had risen, in the time that was read and since the region was
    /// closed last: returns that came too early.
    pub setbacks: u32,
}

impl Published {
    /// What a history of shares comes to, oldest first.
    #[must_use]
    pub fn of(history: impl IntoIterator<Item = (Timestamp, Share)>) -> Option<Self> {
        let mut history = history.into_iter();
        let (since, share) = history.next()?;
        let (mut last, mut rose) = (Self { share, since, setbacks: 0 }, false);
        for (since, share) in history {
            if share == last.share {
                continue;
            }
            let falls = share < last.share;
            let setbacks = match share {
                // It was closed for another reason than its load.
                Share::CLOSED => 0,
                _ => last.setbacks.saturating_add(u32::from(falls && rose)),
            };
            rose = !falls;
            last = Self { share, since, setbacks };
        }
        Some(last)
    }

    /// For how long it has been what it is, in whole seconds.
    #[must_use]
    pub fn still(&self, now: Timestamp) -> Seconds {
        let span: SignedDuration = now.duration_since(self.since);
        Seconds(u32::try_from(span.as_secs().max(0)).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_closes_at_once_and_opens_by_quarters() {
        let (still, step) = (Seconds(60), Seconds(300));
        assert_eq!(Share::OPEN.towards(Share::CLOSED, still, step), Share::CLOSED);
        assert_eq!(Share::CLOSED.towards(Share::OPEN, still, step), Share::CLOSED);
        assert_eq!(Share::CLOSED.towards(Share::OPEN, step, step), Share::quarters(1));
    }

    #[test]
    fn a_setback_is_a_fall_after_a_rise_and_a_closed_region_begins_anew() {
        let table: [(&[u8], u32); 7] = [
            (&[4], 0),
            (&[4, 3, 2], 0),
            (&[4, 2, 2, 3, 3], 0),
            (&[4, 2, 3, 2, 2], 1),
            (&[4, 2, 3, 2, 3, 1], 2),
            (&[4, 2, 3, 2, 0, 0], 0),
            (&[4, 2, 3, 2, 0, 1, 2], 0),
        ];
        for (quarters, setbacks) in table {
            let minute = |n: usize| Timestamp::from_second(60 * i64::try_from(n).unwrap()).unwrap();
            let history =
                quarters.iter().enumerate().map(|(n, it)| (minute(n), Share::quarters(*it)));
            let known = Published::of(history).unwrap();
            let last = quarters.last().unwrap();
            let since = quarters.iter().rposition(|it| it != last).map_or(0, |n| n + 1);
            let expected =
                Published { share: Share::quarters(*last), since: minute(since), setbacks };
            assert_eq!(known, expected, "{quarters:?}");
        }
        assert_eq!(Published::of([]), None);
    }

    proptest! {
        #[test]
        fn a_share_survives_its_metric(quarters in 0u8..=4) {
            let share = Share::quarters(quarters);
            prop_assert_eq!(Share::from_value(share.value()), share);
        }
    }
}

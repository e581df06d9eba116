//! What one metric asks for.

use std::cmp::Ordering;
use std::fmt;

use super::ratio::{Ratio, Tolerance};
use crate::units::{Instances, MetricValue, NotAValue};
use crate::world::Metric;

/// One metric of a group at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What the value is.
    pub kind: ReadingKind,
    /// The value, or why there is none. Below 0 it counts as 0.
    pub value: Result<MetricValue, BadData>,
    /// What the value should be; above 0.
    pub target: MetricValue,
    /// The instances behind the value.
    pub counts: Counts,
}

/// What the value of a reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadingKind {
    /// The mean of the ready instances, in percent of what they have. Cut to whole percents.
    Utilization,
    /// The mean of the ready instances, in any unit. Cut to thousandths.
    AverageValue,
    /// One value for all, such as a delay, which grows as instances are missing.
    Value,
}

impl ReadingKind {
    /// What the values of a tracked metric are. CPU and memory are shares of what an instance has;
    /// everything else is a mean over instances.
    #[must_use]
    pub fn of(metric: &Metric) -> Self {
        match metric {
            Metric::Predefined { name, .. } if name == "ASGAverageCPUUtilization" => {
                Self::Utilization
            }
            Metric::Single(stat) if stat.name == "mem_used_percent" => Self::Utilization,
            Metric::Predefined { .. } | Metric::Single(_) | Metric::Math(_) => Self::AverageValue,
        }
    }
}

/// The instances behind a reading. Those that are being terminated belong to none of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In service, warmed up, and with a sample.
    pub ready: Instances,
    /// In service and without a sample.
    pub missing: Instances,
    /// Not yet in service, or not yet warmed up: what they report says nothing about the load.
    pub unready: Instances,
}

impl Counts {
    /// So many ready instances and no others.
    #[must_use]
    pub const fn ready(ready: Instances) -> Self {
        Self { ready, missing: 0, unready: 0 }
    }
}

/// Why a reading cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum BadData {
    /// There is no sample, or only old ones.
    #[error("no data")]
    Missing,
    /// It is NaN, infinite, or beyond all measure.
    #[error("not a number")]
    NotANumber,
    /// It is about no ready instance.
    #[error("no ready instance")]
    NoInstance,
    /// Nothing can be divided by its target.
    #[error("a target that is not above 0")]
    Target,
}

impl From<NotAValue> for BadData {
    fn from(_: NotAValue) -> Self {
        Self::NotANumber
    }
}

/// What a reading asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// So many instances.
    Asks(Instances),
    /// No change: the value is inside the tolerance.
    Tolerated,
    /// No change: what the missing and unready instances may be doing could turn it.
    Doubtful,
}

impl Verdict {
    /// The proposal of a group of `current` instances.
    #[must_use]
    pub const fn proposal(self, current: Instances) -> Instances {
        match self {
            Self::Asks(instances) => instances,
            Self::Tolerated | Self::Doubtful => current,
        }
    }
}

impl Reading {
    /// What it asks for with this value.
    pub(super) fn verdict(
        &self,
        value: MetricValue,
        current: Instances,
        tolerance: Tolerance,
    ) -> Result<Verdict, BadData> {
        let value = i128::from(value.micros()).max(0);
        if self.target <= MetricValue::default() {
            return Err(BadData::Target);
        }
        match self.kind {
            ReadingKind::Value => self.whole(value, current, tolerance),
            ReadingKind::Utilization | ReadingKind::AverageValue => {
                self.average(value, current, tolerance)
            }
        }
    }

    /// For a value of the whole group. From no instances there is no tolerance: one is needed to
    /// find out.
    fn whole(
        &self,
        value: i128,
        current: Instances,
        tolerance: Tolerance,
    ) -> Result<Verdict, BadData> {
        let ratio = self.ratio(value);
        if current == 0 {
            return Ok(Verdict::Asks(ratio.of(1)));
        }
        // An instance without a sample of its own serves its share all the same.
        let ready = u64::from(self.counts.ready) + u64::from(self.counts.missing);
        match ready {
            0 => Err(BadData::NoInstance),
            _ if ratio.is_within(tolerance) => Ok(Verdict::Tolerated),
            // Instances on their way are not behind the value, and more load must not take them
            // away again.
            _ if against(ratio.of(ready), current, ratio) => Ok(Verdict::Doubtful),
            _ => Ok(Verdict::Asks(ratio.of(ready))),
        }
    }

    /// For a mean of the instances. Those that it does not cover are filled in against the move:
    /// busy when the group would shrink, idle when it would grow.
    fn average(
        &self,
        value: i128,
        current: Instances,
        tolerance: Tolerance,
    ) -> Result<Verdict, BadData> {
        let Counts { ready, missing, unready } = self.counts;
        if ready == 0 {
            return Err(BadData::NoInstance);
        }
        let ratio = self.ratio(self.cut(value));
        let (missing, unready, fill) = match ratio.side() {
            Ordering::Less => (missing, 0, self.busy()),
            Ordering::Equal => return Ok(Verdict::Tolerated),
            Ordering::Greater => (missing, unready, 0),
        };
        if missing == 0 && unready == 0 {
            let tolerated = ratio.is_within(tolerance);
            let asks = Verdict::Asks(ratio.of(u64::from(ready)));
            return Ok(if tolerated { Verdict::Tolerated } else { asks });
        }
        let samples = u64::from(ready) + u64::from(missing) + u64::from(unready);
        let total = value * i128::from(ready) + fill * i128::from(missing);
        let second = self.ratio(self.cut(total / i128::from(samples)));
        if second.is_within(tolerance) {
            return Ok(Verdict::Tolerated);
        }
        let asks = second.of(samples);
        let turned = second.side() != ratio.side();
        Ok(if turned || against(asks, current, second) {
            Verdict::Doubtful
        } else {
            Verdict::Asks(asks)
        })
    }

    fn ratio(&self, observed: i128) -> Ratio {
        Ratio { observed, target: i128::from(self.target.micros()) }
    }

    /// A mean as precise as Kubernetes has it.
    fn cut(&self, observed: i128) -> i128 {
        let unit = match self.kind {
            ReadingKind::Utilization => 1_000_000,
            ReadingKind::AverageValue => 1_000,
            ReadingKind::Value => 1,
        };
        observed - observed % unit
    }

    /// What an instance without a sample is taken to do when the group would shrink: all that it
    /// can, or what it should if that is more.
    fn busy(&self) -> i128 {
        let target = i128::from(self.target.micros());
        match self.kind {
            ReadingKind::Utilization => target.max(100_000_000),
            ReadingKind::AverageValue | ReadingKind::Value => target,
        }
    }
}

/// Whether a size is on the other side of the current one than the load.
fn against(asks: Instances, current: Instances, ratio: Ratio) -> bool {
    asks != current && asks.cmp(&current) != ratio.side()
}

impl fmt::Display for ReadingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utilization => "utilization",
            Self::AverageValue => "average value",
            Self::Value => "value",
        })
    }
}

//! Alarms that wake a controller: one for each metric of a managed service.
//!
//! ```text
//!   metric above its target ──> alarm ──> EventBridge ──> the controller looks, and decides
//! ```
//!
//! An alarm decides nothing and has no actions. It tells a change into ALARM once, within a period;
//! while it stays there, and for everything else (to shrink above all), the controller looks at each
//! minute's tick. So there is no alarm for low load: patience is what shrinking needs.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::{Metric, MetricSource, MetricStat, Statistic};
use crate::units::{MetricValue, Seconds};

/// CloudWatch's word for "is above the threshold".
pub const ABOVE: &str = "GreaterThanThreshold";

/// CloudWatch's word for "a period without data is a good one".
///
/// A load balancer without requests publishes nothing, and that is no reason to grow. Whoever cannot
/// measure finds out at the next tick and says so. And an alarm that is OK again can go off again,
/// where one that keeps its state would tell the next rise to nobody.
pub const NOT_BREACHING: &str = "notBreaching";

/// A metric alarm of CloudWatch, as far as a wake alarm has settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// Says whose it is, see [`Wake`]. CloudWatch returns no tags with alarms, and a call for each
    /// would take longer than all other reads together.
    pub description: String,
    /// What it watches: never a predefined metric, since CloudWatch does not know those. `None` when
    /// there are no words for it here, such as for a percentile.
    pub metric: Option<Metric>,
    /// In the metric's unit and for its period; `None` when it has no fixed one.
    pub threshold: Option<MetricValue>,
    /// CloudWatch's word for what a period is compared by, such as [`ABOVE`].
    pub comparison: String,
    /// Periods that are looked at.
    pub periods: u32,
    /// Those of them that have to breach.
    pub datapoints: u32,
    /// CloudWatch's word for periods without data, such as [`NOT_BREACHING`].
    pub missing_data: String,
    /// ARNs of everything that is told by the alarm itself, in whichever state.
    pub actions: BTreeSet<String>,
}

/// What a wake alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wake<'a> {
    /// The platform, as the spec names it.
    pub platform: &'a str,
    /// The environment, as the spec names it.
    pub environment: &'a str,
    /// The managed service.
    pub service: &'a str,
    /// The name of its metric: that of a policy in the spec.
    pub policy: &'a str,
}

/// The end of every description of a wake alarm.
const PURPOSE: &str = ": wakes the controller of Plimsoll when the load is above the target";

/// What the names of a platform's wake alarms begin with. Those of another environment may as well,
/// so it does not tell whose an alarm is; [`Alarm::about`] does.
#[must_use]
pub fn wake_prefix(platform: &str, environment: &str) -> String {
    format!("plimsoll-{platform}-{environment}-wake-")
}

impl<'a> Wake<'a> {
    /// The name of the alarm, unique in an account and region.
    #[must_use]
    pub fn name(self) -> String {
        let Self { platform, environment, service, policy } = self;
        format!("{}{service}-{policy}", wake_prefix(platform, environment))
    }

    /// The description of the alarm.
    #[must_use]
    pub fn description(self) -> String {
        let Self { platform, environment, service, policy } = self;
        format!("{platform}/{environment} {service}/{policy}{PURPOSE}")
    }

    /// The reverse of [`Self::description`]. Names of platforms, environments and services hold
    /// neither spaces nor slashes.
    fn of(description: &'a str) -> Option<Self> {
        let (whose, what) = description.strip_suffix(PURPOSE)?.split_once(' ')?;
        let (platform, environment) = whose.split_once('/')?;
        let (service, policy) = what.split_once('/')?;
        Some(Self { platform, environment, service, policy })
    }

    /// The alarm that goes off as soon as one period of a group's metric is above the target.
    ///
    /// The period is the interval at which the service is decided; metrics of AWS's own come each
    /// minute at most, and an alarm on what does not come would be silent. A target holds per minute,
    /// and a count that is summed over a shorter period is compared with its share of it.
    ///
    /// # Errors
    /// Why there is nothing to watch, see [`MetricStat::of_predefined`].
    pub fn alarm(
        self,
        group: &str,
        metric: &Metric,
        target: MetricValue,
        interval: Seconds,
    ) -> Result<Alarm, String> {
        let mut watched = match metric {
            Metric::Predefined { name, resource_label } => {
                Metric::Single(MetricStat::of_predefined(name, resource_label.as_deref(), group)?)
            }
            Metric::Single(_) | Metric::Math(_) => metric.clone(),
        };
        let period = if of_aws(&watched) { interval.max(MINUTE) } else { interval };
        set_period(&mut watched, period);
        let threshold = if counts(&watched) { target.share(period.0, MINUTE.0) } else { target };
        Ok(Alarm {
            description: self.description(),
            metric: Some(watched),
            threshold: Some(threshold),
            comparison: ABOVE.to_owned(),
            periods: 1,
            datapoints: 1,
            missing_data: NOT_BREACHING.to_owned(),
            actions: BTreeSet::new(),
        })
    }
}

impl Alarm {
    /// What the alarm is about; `None` when it is not one of Plimsoll's.
    #[must_use]
    pub fn about(&self) -> Option<Wake<'_>> {
        Wake::of(&self.description)
    }
}

const MINUTE: Seconds = Seconds(60);

/// Whether a metric counts what happens in a period. What metric math makes of its metrics is not
/// known, and taken as it is.
const fn counts(metric: &Metric) -> bool {
    matches!(
        metric,
        Metric::Single(MetricStat { statistic: Statistic::Sum | Statistic::SampleCount, .. })
    )
}

/// Whether AWS publishes a metric, or one of several.
fn of_aws(metric: &Metric) -> bool {
    let of_aws = |stat: &MetricStat| stat.namespace.starts_with("AWS/");
    match metric {
        Metric::Predefined { .. } => true,
        Metric::Single(stat) => of_aws(stat),
        Metric::Math(queries) => queries.iter().any(|query| match &query.source {
            MetricSource::Stat(stat) => of_aws(stat),
            MetricSource::Expression(_) => false,
        }),
    }
}

/// Gives every metric one period: an alarm on metric math has no other choice.
/// Source: API reference, `PutMetricAlarm`, `Metrics`.
fn set_period(metric: &mut Metric, period: Seconds) {
    let period = Some(period).filter(|period| *period != MINUTE);
    match metric {
        Metric::Predefined { .. } => {}
        Metric::Single(stat) => stat.period = period,
        Metric::Math(queries) => {
            for query in queries {
                if let MetricSource::Stat(stat) = &mut query.source {
                    stat.period = period;
                }
            }
        }
    }
}

impl fmt::Display for Wake<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { platform, environment, service, policy } = self;
        write!(f, "{policy} of {service} in {platform}/{environment}")
    }
}

#[cfg(test)]
mod tests;

//! Faults in the operator's words.

use std::fmt;

use plimsoll_core::units::Seconds;

use super::{Fault, Kind, MetricFault, TO_THE_END};

/// Such as `us-east-1: data plane dark`.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCapacity { region, zone, instance_type } => {
                write!(f, "{region}: no capacity")?;
                if let Some(instance_type) = instance_type {
                    write!(f, " for {instance_type}")?;
                }
                zone.as_ref().map_or(Ok(()), |zone| write!(f, " in {zone}"))
            }
            Self::ControlPlaneDark { region } => write!(f, "{region}: control plane dark"),
            Self::DataPlaneDark { region } => write!(f, "{region}: data plane dark"),
            Self::Partition { between, and } => {
                write!(f, "{between} and {and}: cut off from each other")
            }
            Self::ZoneLost { region, zone } => write!(f, "{region}: zone {zone} lost"),
            Self::InstancesFail { region, service, count } => {
                let instances = if *count == 1 { "instance" } else { "instances" };
                write!(f, "{region}: {count} {instances} of {service} failing")
            }
            Self::Throttled { region } => write!(f, "{region}: API throttled"),
            Self::SlowBoot { region, percent } => {
                write!(f, "{region}: boot takes {} times as long", f64::from(*percent) / 100.0)
            }
            Self::Metrics { region, service: None, how } => {
                write!(f, "{region}: all metrics {how}")
            }
            Self::Metrics { region, service: Some(service), how } => {
                write!(f, "{region}: metrics of {service} {how}")
            }
            Self::StaleReads { region, seconds } => {
                write!(f, "{region}: reads up to {} old", Seconds(*seconds))
            }
            Self::LostAnswers { region } => write!(f, "{region}: answers to writes lost"),
        }
    }
}

impl fmt::Display for MetricFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delayed(seconds) => write!(f, "late by {}", Seconds(*seconds)),
            Self::Missing => f.write_str("missing"),
            Self::Nan => f.write_str("not a number"),
        }
    }
}

/// Such as `us-east-1: data plane dark, from 2h to 3h`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, from {} to ", self.kind, moment(self.from))?;
        if self.to == TO_THE_END { f.write_str("the end") } else { f.write_str(&moment(self.to)) }
    }
}

/// Seconds of a run; what no duration can hold is shown in digits.
pub(super) fn moment(seconds: u64) -> String {
    u32::try_from(seconds)
        .map_or_else(|_| format!("{seconds}s"), |seconds| Seconds(seconds).to_string())
}

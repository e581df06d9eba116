//! A file of faults as it is written.
//!
//! Each entry has one kind of fault as a key beside its times. Serde could flatten an enum there,
//! but then the places of mistakes would be lost.

use plimsoll_core::units::{MetricValue, Seconds};
use serde::Deserialize;
use serde_saphyr::Spanned;

use super::{Fault, FaultError, Kind, MetricFault, TO_THE_END};

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) faults: Vec<Spanned<Entry>>,
}

/// One fault: exactly one of the kinds, and its times.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    from: Option<Seconds>,
    r#for: Option<Seconds>,
    until: Option<Seconds>,
    no_capacity: Option<NoCapacity>,
    control_plane_dark: Option<InRegion>,
    data_plane_dark: Option<InRegion>,
    partition: Option<Partition>,
    zone_lost: Option<ZoneLost>,
    instances_fail: Option<InstancesFail>,
    throttled: Option<InRegion>,
    slow_boot: Option<SlowBoot>,
    metrics: Option<Metrics>,
    stale_reads: Option<StaleReads>,
    lost_answers: Option<InRegion>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InRegion {
    region: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoCapacity {
    region: String,
    zone: Option<String>,
    instance_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Partition {
    between: String,
    and: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ZoneLost {
    region: String,
    zone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InstancesFail {
    region: String,
    service: String,
    count: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SlowBoot {
    region: String,
    times: MetricValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metrics {
    region: String,
    service: Option<String>,
    delayed: Option<Seconds>,
    #[serde(default)]
    missing: bool,
    #[serde(default)]
    nan: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StaleReads {
    region: String,
    by: Seconds,
}

impl Entry {
    /// The fault that is meant.
    pub(super) fn fault(self) -> Result<Fault, FaultError> {
        let from = self.from.map_or(0, |from| u64::from(from.0));
        let to = match (self.r#for, self.until) {
            (None, None) => TO_THE_END,
            (Some(length), None) => from + u64::from(length.0),
            (None, Some(until)) => u64::from(until.0),
            (Some(_), Some(_)) => {
                let message = "`for` and `until` stand side by side";
                return Err(FaultError::new(message, "keep one of them"));
            }
        };
        Ok(Fault { from, to, kind: self.kind()? })
    }

    fn kind(self) -> Result<Kind, FaultError> {
        let named = [
            self.no_capacity.map(|NoCapacity { region, zone, instance_type }| {
                Ok(Kind::NoCapacity { region, zone, instance_type })
            }),
            self.control_plane_dark
                .map(|InRegion { region }| Ok(Kind::ControlPlaneDark { region })),
            self.data_plane_dark.map(|InRegion { region }| Ok(Kind::DataPlaneDark { region })),
            self.partition.map(|Partition { between, and }| Ok(Kind::Partition { between, and })),
            self.zone_lost.map(|ZoneLost { region, zone }| Ok(Kind::ZoneLost { region, zone })),
            self.instances_fail.map(|InstancesFail { region, service, count }| {
                Ok(Kind::InstancesFail { region, service, count })
            }),
            self.throttled.map(|InRegion { region }| Ok(Kind::Throttled { region })),
            self.slow_boot.map(SlowBoot::kind),
            self.metrics.map(Metrics::kind),
            self.stale_reads
                .map(|StaleReads { region, by }| Ok(Kind::StaleReads { region, seconds: by.0 })),
            self.lost_answers.map(|InRegion { region }| Ok(Kind::LostAnswers { region })),
        ];
        let mut named = named.into_iter().flatten();
        match (named.next(), named.next()) {
            (Some(kind), None) => kind,
            (None, _) => Err(FaultError::new(
                "the entry says when, and not what goes wrong",
                "add a fault such as `data_plane_dark: { region: us-east-1 }`",
            )),
            (Some(_), Some(_)) => Err(FaultError::new(
                "several faults stand in one entry",
                "begin each with a `-` of its own",
            )),
        }
    }
}

impl SlowBoot {
    fn kind(self) -> Result<Kind, FaultError> {
        let percent = u32::try_from(self.times.micros() / 10_000).map_err(|_| {
            let message = format!("a boot cannot take {} times as long", self.times);
            FaultError::new(message, "write 1 or more, such as `times: 3`")
        })?;
        Ok(Kind::SlowBoot { region: self.region, percent })
    }
}

impl Metrics {
    fn kind(self) -> Result<Kind, FaultError> {
        let how = match (self.delayed, self.missing, self.nan) {
            (Some(delay), false, false) => MetricFault::Delayed(delay.0),
            (None, true, false) => MetricFault::Missing,
            (None, false, true) => MetricFault::Nan,
            _ => {
                let message = format!("it is not said how the metrics of {} suffer", self.region);
                let help = "write exactly one of `delayed: 5m`, `missing: true` and `nan: true`";
                return Err(FaultError::new(message, help));
            }
        };
        Ok(Kind::Metrics { region: self.region, service: self.service, how })
    }
}

//! What a metric is made of: from what a group did in a period to one value.

use std::collections::BTreeMap;

use plimsoll_core::spec::{Capacity, Signal as Declared};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::{Metric, MetricSource, MetricStat, Statistic};

use super::math::Expression;
use crate::model::Model;

/// What a group did in a period.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Period {
    /// Seconds that have passed.
    pub(crate) seconds: f64,
    /// CPU in percent, times seconds in which there was an instance past its warmup.
    pub(crate) cpu: f64,
    /// Those seconds.
    pub(crate) warm: f64,
    /// Requests that reached targets.
    pub(crate) requests: f64,
    /// Targets that the load balancer sends requests to, times seconds.
    pub(crate) targets: f64,
    /// Instances in service, times seconds.
    pub(crate) in_service: f64,
    /// Connections that are held open, times seconds.
    pub(crate) held: f64,
}

/// How a metric's value comes about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Signal {
    /// CPU in percent: the group's rated load per instance in requests per second.
    Cpu { rated: f64 },
    /// Memory in percent: idle, and at the rated load.
    Memory { idle: f64, full: f64, rated: f64 },
    /// Requests per target and minute, and whether an idle group reports 0.
    RequestsPerTarget { zero_when_idle: bool },
    /// So many for each request that an instance handles, per second.
    PerRequest { each: f64, summed: bool },
    /// Always the same.
    Constant(f64),
    /// Instances in service.
    InService,
    /// Connections that the services which lean on the group hold open.
    Connections,
    /// Metric math over other signals.
    Math(Box<Expression>),
    /// The twin has no model for it: there is no data.
    Unknown,
}

impl Signal {
    /// The signal of a metric, or [`Signal::Unknown`] with what to tell the reader.
    pub(crate) fn of(
        metric: &Metric,
        capacity: &Capacity,
        model: &Model,
    ) -> (Self, Option<String>) {
        let known = match metric {
            Metric::Predefined { name, .. } => Self::predefined(name, capacity, model),
            Metric::Single(stat) => Self::of_stat(stat, capacity, model),
            Metric::Math(queries) => {
                let mut stats = BTreeMap::new();
                let mut tracked = None;
                for query in queries {
                    match &query.source {
                        MetricSource::Stat(stat) => match Self::of_stat(stat, capacity, model) {
                            Ok(signal) => drop(stats.insert(query.id.clone(), signal)),
                            Err(why) => return (Self::Unknown, Some(why)),
                        },
                        MetricSource::Expression(text) if query.return_data => {
                            tracked = Some(text.as_str());
                        }
                        MetricSource::Expression(_) => {
                            let why = "expressions over expressions are not modelled".to_owned();
                            return (Self::Unknown, Some(why));
                        }
                    }
                }
                match tracked {
                    Some(text) => Expression::parse(text, &stats)
                        .map(|expression| Self::Math(Box::new(expression))),
                    None => Err("no query of it is an expression that is tracked".to_owned()),
                }
            }
        };
        match known {
            Ok(signal) => (signal, None),
            Err(why) => (Self::Unknown, Some(why)),
        }
    }

    fn predefined(name: &str, capacity: &Capacity, model: &Model) -> Result<Self, String> {
        let rated = || rated(capacity).ok_or_else(|| format!("{name} needs `requests_per_second`"));
        match name {
            "ASGAverageCPUUtilization" => Ok(Self::Cpu { rated: rated()? }),
            "ALBRequestCountPerTarget" => {
                Ok(Self::RequestsPerTarget { zero_when_idle: model.zero_when_idle })
            }
            _ => Err(format!("{name} is not modelled")),
        }
    }

    fn of_stat(stat: &MetricStat, capacity: &Capacity, model: &Model) -> Result<Self, String> {
        let MetricStat { namespace, name, statistic, .. } = stat;
        if let Some(declared) = capacity.signals.get(name) {
            return Ok(match declared {
                Declared::PerRequest(each) => {
                    Self::PerRequest { each: each.as_f64(), summed: *statistic == Statistic::Sum }
                }
                Declared::Constant(value) => Self::Constant(value.as_f64()),
                Declared::Connections => Self::Connections,
            });
        }
        match (namespace.as_str(), name.as_str()) {
            ("CWAgent", "mem_used_percent") => {
                let rated = rated(capacity).ok_or("memory needs `requests_per_second`")?;
                let (idle, full) = model.memory;
                Ok(Self::Memory { idle, full, rated })
            }
            ("AWS/AutoScaling", "GroupInServiceInstances") => Ok(Self::InService),
            ("AWS/EC2", "CPUUtilization") => {
                Self::predefined("ASGAverageCPUUtilization", capacity, model)
            }
            _ => Err(format!("nothing says what {namespace} {name} means: see `capacity.signals`")),
        }
    }

    /// The value over a period of so many seconds; `None` when there is none.
    pub(crate) fn value(&self, period: &Period, seconds: u64) -> Option<f64> {
        let per_target = || (period.targets > 0.0).then(|| period.requests / period.targets);
        match self {
            Self::Cpu { .. } => (period.warm > 0.0).then(|| period.cpu / period.warm),
            Self::Memory { idle, full, .. } => {
                (period.warm > 0.0).then(|| idle + (full - idle) * period.cpu / period.warm / 100.0)
            }
            Self::RequestsPerTarget { zero_when_idle } => {
                per_target().map(|rate| rate * 60.0).filter(|rate| *rate > 0.0 || *zero_when_idle)
            }
            Self::PerRequest { each, summed: false } => per_target().map(|rate| rate * each),
            Self::PerRequest { each, summed: true } => {
                // A sum counts what happened in the period; targets hold per minute.
                Some(period.requests * each * 60.0 / f64::from(u32::try_from(seconds).ok()?))
            }
            Self::Constant(value) => Some(*value),
            Self::InService => (period.seconds > 0.0).then(|| period.in_service / period.seconds),
            Self::Connections => (period.seconds > 0.0).then(|| period.held / period.seconds),
            Self::Math(expression) => {
                expression.value(|signal| signal.value(period, seconds)).filter(|v| v.is_finite())
            }
            Self::Unknown => None,
        }
    }

    /// What one request per second adds to the value, times instances: how load becomes need.
    pub(crate) fn per_rps(&self) -> f64 {
        match self {
            Self::Cpu { rated } => 100.0 / rated,
            Self::RequestsPerTarget { .. } => 60.0,
            Self::PerRequest { each, summed: false } => *each,
            // Memory is idle at most of its target: it never asks for more than CPU does.
            Self::Memory { .. }
            | Self::PerRequest { .. }
            | Self::Constant(_)
            | Self::InService
            | Self::Connections
            | Self::Math(_)
            | Self::Unknown => 0.0,
        }
    }
}

fn rated(capacity: &Capacity) -> Option<f64> {
    capacity.requests_per_second.map(MetricValue::as_f64).filter(|rated| *rated > 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three of four targets served 6000 requests in a minute at 50 % of their CPU, half of it
    /// with an instance past its warmup.
    const PERIOD: Period = Period {
        seconds: 60.0,
        cpu: 50.0 * 30.0,
        warm: 30.0,
        requests: 6_000.0,
        targets: 3.0 * 60.0,
        in_service: 4.0 * 60.0,
        held: 80.0 * 60.0,
    };

    const IDLE: Period = Period { seconds: 60.0, cpu: 0.0, warm: 60.0, requests: 0.0, ..PERIOD };

    #[test]
    fn every_signal_is_what_its_metric_means() {
        let none = Period::default();
        let cases = [
            (Signal::Cpu { rated: 100.0 }, PERIOD, Some(50.0)),
            (Signal::Cpu { rated: 100.0 }, none, None),
            (Signal::Memory { idle: 40.0, full: 80.0, rated: 100.0 }, PERIOD, Some(60.0)),
            (Signal::Memory { idle: 40.0, full: 80.0, rated: 100.0 }, IDLE, Some(40.0)),
            (Signal::RequestsPerTarget { zero_when_idle: true }, PERIOD, Some(2_000.0)),
            (Signal::RequestsPerTarget { zero_when_idle: true }, IDLE, Some(0.0)),
            (Signal::RequestsPerTarget { zero_when_idle: false }, IDLE, None),
            (Signal::RequestsPerTarget { zero_when_idle: true }, none, None),
            (Signal::PerRequest { each: 3.0, summed: false }, PERIOD, Some(100.0)),
            (Signal::PerRequest { each: 3.0, summed: true }, PERIOD, Some(18_000.0)),
            (Signal::InService, PERIOD, Some(4.0)),
            (Signal::InService, none, None),
            (Signal::Connections, PERIOD, Some(80.0)),
            (Signal::Connections, none, None),
            (Signal::Constant(7.0), none, Some(7.0)),
            (Signal::Unknown, PERIOD, None),
        ];
        for (signal, period, expected) in cases {
            let value = signal.value(&period, 60);
            let same = match (value, expected) {
                (Some(value), Some(expected)) => (value - expected).abs() < 1e-9,
                (value, expected) => value == expected,
            };
            assert!(same, "{signal:?}: {value:?} and not {expected:?}");
        }
    }

    #[test]
    fn counts_of_ten_seconds_are_told_per_minute() {
        let period = Period { seconds: 10.0, requests: 1_000.0, targets: 30.0, ..PERIOD };
        let requests = Signal::RequestsPerTarget { zero_when_idle: true };
        let sum = Signal::PerRequest { each: 1.0, summed: true };
        for (signal, expected) in [(requests, 2_000.0), (sum, 6_000.0)] {
            let value = signal.value(&period, 10).unwrap();
            assert!((value - expected).abs() < 1e-9, "{signal:?}: {value}");
        }
    }
}

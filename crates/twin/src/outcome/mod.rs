//! What a run showed: the summary of each service and region, what held and what did not, and on
//! request the curves.
//!
//! Everything here is plain data: the command line shows it as tables, JSON and a page.

mod controllers;
mod trace;

use std::collections::BTreeMap;

use jiff::Timestamp;
use plimsoll_core::units::{Instances, Seconds};
use serde::Serialize;

pub use controllers::{Controllers, Found};
pub use trace::{Curves, Mark, MarkKind, Span, Trace};

/// What a run showed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// `{platform}/{environment}`.
    pub title: String,
    /// What was asked of it.
    pub load: String,
    /// The first moment.
    pub start: Timestamp,
    /// Length of the run in seconds.
    pub seconds: u64,
    /// What the random choices came from.
    pub seed: u64,
    /// What was assumed of the time that things take.
    pub delays: Delays,
    /// One row for each service in each region, by service and then region.
    pub rows: Vec<Row>,
    /// Over all rows.
    pub total: Total,
    /// What had to hold, in the order of the load.
    pub verdicts: Vec<Verdict>,
    /// What the reader should know, such as a metric that the twin has no model for.
    pub notes: Vec<String>,
    /// What went wrong, while it lasted, in order of time.
    pub faults: Vec<Span>,
    /// What Plimsoll's controllers did, if they ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub controllers: Option<Controllers>,
    /// Curves and events; only when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<Trace>,
}

/// The delays that a run assumed: what the parts of a rise are to be read against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delays {
    /// From the end of a metric's period until its data point shows.
    pub metric: Seconds,
    /// From a decision to the launch of its instances.
    pub launch: Seconds,
    /// From launch to service, on average over instances.
    pub boot: Seconds,
}

/// A service in a region.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Row {
    /// The service.
    pub service: String,
    /// The region.
    pub region: String,
    /// Whether the load asks it itself. What other services ask of it is part of their requests.
    pub asked: bool,
    /// Most instances in service at any moment.
    pub peak_capacity: Instances,
    /// Instances in service, on average over time.
    pub mean_capacity: f64,
    /// Instance-hours that are billed, from launch to termination.
    pub instance_hours: f64,
    /// US dollars; `None` when the spec gives no price.
    pub cost: Option<f64>,
    /// Minutes in which utilisation was above the target of a policy.
    pub minutes_above_target: u64,
    /// Requests that arrived.
    pub requests: f64,
    /// Requests that failed or were refused.
    pub lost: f64,
    /// The latency that 95 % of the answered requests did not exceed, in milliseconds; `None`
    /// without requests.
    pub p95_ms: Option<f64>,
    /// Changes of the desired capacity.
    pub scaling_events: u64,
    /// The same for each hour of the run.
    pub scaling_events_per_hour: f64,
    /// How long it took to follow each rise of the load.
    pub rises: Rises,
    /// How often each cause changed the desired capacity, such as `policy cpu` or
    /// `schedule weekday-morning`.
    pub drivers: BTreeMap<String, u64>,
    /// How often nothing was done, by reason, for as long as something was asked for.
    pub holds: BTreeMap<String, u64>,
}

/// How a group followed the rises of its load. A rise begins when the load needs more instances
/// than are in service, at the targets of the policies, and ends when they are there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Rises {
    /// How many began.
    pub count: u64,
    /// How many were met because instances came; of the others the need fell to what was in
    /// service, or they go on.
    pub met: u64,
    /// Mean seconds from the beginning of a rise to the needed capacity, over those met.
    pub mean_seconds: Option<f64>,
    /// The slowest one that was met.
    pub slowest: Option<Rise>,
    /// The first one that was met: of a load with one step it is the only one.
    pub first: Option<Rise>,
}

/// One rise and where its time went, in seconds; the parts add up to `to_capacity`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rise {
    /// Seconds from the first moment of the run to its beginning.
    pub at: u64,
    /// Instances in service when it began.
    pub from: Instances,
    /// Instances that it needed when they were there.
    pub to: Instances,
    /// From the rise to the first decision.
    pub to_decision: u64,
    /// From the rise to the needed capacity.
    pub to_capacity: u64,
    /// Until the first data point that shows the rise could be read: its period and the delay.
    pub metric_delay: u64,
    /// From there until a larger size was wanted: datapoints to alarm, ticks, readings that agree.
    pub detection: u64,
    /// From there to the first decision: the stabilisation window of a behaviour's `scaleUp`.
    pub window: u64,
    /// From the first decision to the last one that was needed.
    pub rounds: u64,
    /// From the last decision to the launch of its instances.
    pub launch: u64,
    /// From their launch to service.
    pub boot: u64,
}

/// Over all services and regions.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Total {
    /// Requests that arrived.
    pub requests: f64,
    /// Requests that failed or were refused.
    pub lost: f64,
    /// The latency that 95 % of the answered requests did not exceed, in milliseconds.
    pub p95_ms: Option<f64>,
    /// Instance-hours that are billed.
    pub instance_hours: f64,
    /// US dollars, as far as the spec gives prices.
    pub cost: f64,
    /// Group-minutes in which utilisation was above the target of a policy.
    pub minutes_above_target: u64,
    /// Changes of desired capacities.
    pub scaling_events: u64,
}

/// What became of a condition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The condition as its author wrote it.
    pub condition: String,
    /// What was measured; `None` when nothing could be, which fails.
    pub measured: Option<f64>,
    /// Whether it held.
    pub holds: bool,
    /// One sentence: what was measured, and where it came from.
    pub reason: String,
}

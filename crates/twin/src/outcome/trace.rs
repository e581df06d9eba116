//! Curves and events of a run.

use jiff::Timestamp;
use plimsoll_core::units::Instances;
use serde::Serialize;

/// Curves and events of a run, on one time axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    /// The first moment.
    pub start: Timestamp,
    /// Seconds between two points; every curve has a point at each multiple of it, the
    /// last of which may tell of a shorter span.
    pub step: u64,
    /// One for each service in each region, in the order of the summary's rows.
    pub groups: Vec<Curves>,
    /// In order of time.
    pub marks: Vec<Mark>,
    /// Faults while they lasted.
    pub faults: Vec<Span>,
}

/// The curves of one group. A point tells of the span that begins there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Curves {
    /// The service.
    pub service: String,
    /// The region.
    pub region: String,
    /// Requests per second that arrived, on average.
    pub offered: Vec<f64>,
    /// Requests per second that failed or were refused, on average.
    pub lost: Vec<f64>,
    /// Smallest size allowed, at the end of the span.
    pub min: Vec<Instances>,
    /// Largest size allowed, at the end of the span.
    pub max: Vec<Instances>,
    /// Desired capacity, the highest of the span.
    pub desired: Vec<Instances>,
    /// Instances in service, the fewest of the span.
    pub in_service: Vec<Instances>,
    /// CPU utilisation in percent, the highest of the span.
    pub cpu: Vec<f64>,
    /// 95th percentile of the latency in milliseconds, the highest of the span; `None` without
    /// requests.
    pub p95_ms: Vec<Option<f64>>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Seconds from the first moment.
    pub at: u64,
    /// The region; empty for what concerns all.
    pub region: String,
    /// The service; empty for what concerns all of the region.
    pub service: String,
    /// What kind of thing.
    pub kind: MarkKind,
    /// One sentence, such as `4 -> 7: policy requests, 1750 at a target of 1000`.
    pub text: String,
}

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// The desired capacity rose.
    ScaleOut,
    /// The desired capacity fell.
    ScaleIn,
    /// A scheduled action changed bounds or size.
    Schedule,
    /// A launch failed.
    LaunchFailed,
    /// An instance was replaced or lost.
    Replaced,
    /// Traffic went to other regions, or came back.
    Traffic,
    /// Requests began or ceased to be lost.
    Overload,
    /// A fault began or ended.
    Fault,
    /// A controller granted a lease.
    Lease,
    /// A controller found something that a person should know.
    Finding,
}

/// A stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Seconds from the first moment.
    pub from: u64,
    /// Seconds from the first moment.
    pub to: u64,
    /// The region; empty for what concerns several.
    pub region: String,
    /// One sentence, such as `us-east-1: data plane dark`.
    pub text: String,
}

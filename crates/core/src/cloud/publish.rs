//! What is published: samples of metrics of our own, and what a data plane answers.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::units::MetricValue;

/// One value of one metric at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// Such as `Plimsoll/Traffic`. IAM grants by it, so who may write what is in its name.
    pub namespace: &'static str,
    /// Such as `TrafficShare`.
    pub name: &'static str,
    /// By dimension name.
    pub dimensions: BTreeMap<&'static str, String>,
    /// Its moment.
    pub at: Timestamp,
    /// Its value.
    pub value: MetricValue,
}

/// What came of asking an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Probe {
    /// It answered with this status.
    Answered(u16),
    /// It did not, for this reason.
    Failed(String),
}

impl Probe {
    /// Whether the endpoint is well: an answer that is no 5xx. A 4xx is a mistake of who asks.
    #[must_use]
    pub const fn is_well(&self) -> bool {
        matches!(self, Self::Answered(status) if *status < 500)
    }
}

//! What an operator may write about what one instance carries, costs and leans on.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::units::MetricValue;

/// What one instance can carry and what it costs.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::spec) struct CapacityDoc {
    /// Requests per second that one instance carries.
    pub(in crate::spec) requests_per_second: Option<MetricValue>,
    /// Latency of a request without load, in milliseconds.
    pub(in crate::spec) base_latency_ms: Option<u32>,
    /// US dollars per instance and hour.
    pub(in crate::spec) hourly_price: Option<MetricValue>,
    /// Connections that the service accepts, for a service that others lean on.
    pub(in crate::spec) connections: Option<u32>,
    /// What the service's own metrics mean to the simulator, by metric name.
    pub(in crate::spec) signals: BTreeMap<String, Signal>,
}

/// What a metric of the service's own means to the simulator, which knows only requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// So many for each request that an instance handles: for the average statistic, so many per
    /// instance and second for each request a second. 0 or more.
    PerRequest(MetricValue),
    /// Always this value. 0 or more.
    Constant(MetricValue),
    /// As many as the services that lean on this one hold open, up to what it accepts.
    Connections,
}

/// How a service leans on another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Use {
    /// Connections that each instance holds open.
    pub connections_per_instance: Option<u32>,
    /// Requests that each request causes.
    pub per_request: Option<MetricValue>,
}

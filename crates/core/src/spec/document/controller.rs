//! What an operator may write about the controller.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::spec::scaling::MetricDoc;
use crate::units::{MetricValue, Seconds};

/// How the controller looks after the platform.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::spec) struct ControllerDoc {
    /// How long an automatic lease lasts; the controller renews it in the last third while its
    /// cause lasts. 5 minutes to 6 hours. Default: 15 minutes.
    pub(in crate::spec) lease: Option<Seconds>,
    /// Whether a region helps a neighbour that has more load than it can carry. Default: yes.
    pub(in crate::spec) overflow: Option<bool>,
    /// Whether floors are kept such that any one region may vanish. Default: no.
    pub(in crate::spec) standing_n_minus_1: Option<bool>,
    /// What is done when a region's data plane is impaired.
    pub(in crate::spec) failover: FailoverDoc,
    /// What is done with a group that moves too often.
    pub(in crate::spec) damping: DampingDoc,
}

/// What is done when a region's data plane is impaired.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::spec) struct FailoverDoc {
    /// Whether the controller acts. Default: `advise`.
    pub(in crate::spec) mode: Option<FailoverMode>,
    /// For how long the evidence has to last: 2 to 15 minutes. Default: 3 minutes.
    pub(in crate::spec) after: Option<Seconds>,
    /// For how long a region has to be well before its traffic returns: 2 to 60 minutes. Default:
    /// 10 minutes.
    pub(in crate::spec) return_after: Option<Seconds>,
    /// Between two quarters of the traffic that return: 1 to 60 minutes. Default: 5 minutes.
    pub(in crate::spec) step: Option<Seconds>,
    /// A region is impaired from so many percent of 5xx answers on. Default: 50.
    pub(in crate::spec) errors_percent: Option<u8>,
    /// A region is impaired below so many percent of healthy targets. Default: 20.
    pub(in crate::spec) healthy_percent: Option<u8>,
}

/// Whether the controller closes impaired regions by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, serde::Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FailoverMode {
    /// It says what a person should do.
    #[default]
    Advise,
    /// It acts.
    Act,
}

/// What is done with a group that moves too often.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::spec) struct DampingDoc {
    /// More scaling events than so many in an hour are too many. Default: 10.
    pub(in crate::spec) events_per_hour: Option<u32>,
    /// How long the group does not shrink then: 5 minutes to 6 hours. Default: 30 minutes.
    #[serde(rename = "for")]
    pub(in crate::spec) hold: Option<Seconds>,
}

/// When the services that lean on this one may not grow.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::spec) struct GuardDoc {
    /// What is watched, such as its open connections.
    pub(in crate::spec) metric: MetricDoc,
    /// From this value on.
    pub(in crate::spec) threshold: MetricValue,
}

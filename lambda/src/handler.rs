//! One invocation: a plain function of settings, a cloud, an event and the time.

use jiff::{SignedDuration, Timestamp};
use plimsoll_aws::{Aws, published};
use plimsoll_core::cloud::{Cloud as _, Query, RegionScope, Scope, Window};
use plimsoll_core::spec::Spec;
use plimsoll_core::world::{Metric, Region, RegionState, Unreachable};
use serde_json::{Value, json};

use crate::settings::Settings;
use crate::spec_source::{self, SpecError, Switch};

/// How far back is measured: metrics of a minute arrive within a few.
const PAST: SignedDuration = SignedDuration::from_mins(15);

/// The controller of one region.
#[derive(Debug)]
pub struct Controller {
    settings: Settings,
    aws: Aws,
}

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The event is not one of a queue.
    #[error("the event has no `Records`; invoke the function from its queue")]
    NotFromAQueue,
    /// There is no spec.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// An overlay is set.
    #[error("PLIMSOLL_OVERLAY is set, and this build does not lay it over the spec; empty it")]
    Overlay,
    /// The function is not in the account that the spec is pinned to.
    #[error("the spec is of account {wanted}, and the function runs in {found}")]
    Account {
        /// The spec's.
        wanted: String,
        /// The function's.
        found: String,
    },
    /// The function's region is none of the spec's.
    #[error("the spec has no region {0}; deploy the controller to its regions only")]
    Region(String),
    /// The region cannot be read.
    #[error("{}: {}", .0.call, .0.message)]
    Unreachable(Unreachable),
}

impl Failure {
    /// Whether the same event may succeed later without any other change.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Spec(SpecError::Parameters(error)) => error.class.is_transient(),
            Self::Unreachable(why) => why.class.is_transient(),
            Self::NotFromAQueue
            | Self::Spec(_)
            | Self::Overlay
            | Self::Account { .. }
            | Self::Region(_) => false,
        }
    }
}

impl Controller {
    /// A controller over settings and a cloud.
    #[must_use]
    pub const fn new(settings: Settings, aws: Aws) -> Self {
        Self { settings, aws }
    }

    /// Handles one event at `now`, and answers as SQS wants it: with the messages that failed.
    ///
    /// # Errors
    /// When nothing can be said about the region. All messages come again then.
    pub async fn handle(
        &self,
        event: &Value,
        function: &str,
        now: Timestamp,
    ) -> Result<Value, Failure> {
        let records = event.get("Records").and_then(Value::as_array);
        let messages = records.ok_or(Failure::NotFromAQueue)?.len();
        if self.settings.overlay.is_some() {
            return Err(Failure::Overlay);
        }
        let fetched = spec_source::fetch(&self.aws, &self.settings).await?;
        let digest = published::digest(&fetched.yaml);
        let spec = spec_source::compile(fetched.yaml, &self.settings.environment)?;
        self.check_place(&spec, function)?;
        if let Switch::Stop(why) = fetched.switch {
            tracing::warn!(spec = digest, why, "stopped by the red button");
            return Ok(all_handled());
        }
        let region = self.observe(&spec).await?;
        let series = self.measure(&region, now).await?;
        tracing::info!(
            spec = digest,
            region = self.settings.region,
            messages,
            groups = region.groups.len(),
            series,
            "observed"
        );
        Ok(all_handled())
    }

    fn check_place(&self, spec: &Spec, function: &str) -> Result<(), Failure> {
        // arn:aws:lambda:REGION:ACCOUNT:function:NAME
        let account = function.split(':').nth(4).unwrap_or_default();
        if account != spec.account {
            let (wanted, found) = (spec.account.clone(), account.to_owned());
            return Err(Failure::Account { wanted, found });
        }
        let region = &self.settings.region;
        if spec.regions.contains_key(region) {
            Ok(())
        } else {
            Err(Failure::Region(region.clone()))
        }
    }

    async fn observe(&self, spec: &Spec) -> Result<Region, Failure> {
        let region = &self.settings.region;
        let wanted = RegionScope { target_groups: true, ..RegionScope::default() };
        let scope = Scope {
            platform: spec.platform.clone(),
            environment: spec.environment.clone(),
            regions: [(region.clone(), wanted)].into(),
        };
        match self.aws.observe(&scope).await.regions.remove(region) {
            Some(RegionState::Observed(region)) => Ok(*region),
            Some(RegionState::Unreachable(why)) => Err(Failure::Unreachable(why)),
            None => Err(Failure::Region(region.clone())),
        }
    }

    /// How many series of the groups' CPU have a point.
    async fn measure(&self, region: &Region, now: Timestamp) -> Result<usize, Failure> {
        let cpu = |group: &str| Query {
            group: group.to_owned(),
            metric: Metric::Predefined {
                name: "ASGAverageCPUUtilization".to_owned(),
                resource_label: None,
            },
        };
        let queries: Vec<Query> = region.groups.iter().map(|group| cpu(&group.name)).collect();
        let window = Window { start: now - PAST, end: now };
        let series = self
            .aws
            .measure(&self.settings.region, &queries, window)
            .await
            .map_err(Failure::Unreachable)?;
        Ok(series.iter().filter(|series| !series.points.is_empty()).count())
    }
}

fn all_handled() -> Value {
    json!({ "batchItemFailures": [] })
}

#[cfg(test)]
mod tests {
    use plimsoll_core::cloud::{ActError, ErrorClass};

    use super::*;

    #[test]
    fn only_what_passes_by_itself_is_worth_another_try() {
        let unreachable = |class| {
            let (call, message) = ("ssm:GetParameters".to_owned(), String::new());
            Failure::Unreachable(Unreachable { call, class, message })
        };
        let parameters = |class| {
            let (call, message) = ("ssm:GetParameters".to_owned(), String::new());
            let error = ActError { call, resource: "/spec".to_owned(), class, message };
            Failure::Spec(SpecError::Parameters(error))
        };
        for class in [ErrorClass::Throttled, ErrorClass::Busy, ErrorClass::Unreachable] {
            assert!(unreachable(class).is_retryable() && parameters(class).is_retryable());
        }
        for class in [ErrorClass::Denied, ErrorClass::Invalid, ErrorClass::Other] {
            assert!(!unreachable(class).is_retryable() && !parameters(class).is_retryable());
        }
        assert!(!Failure::NotFromAQueue.is_retryable());
        assert!(!Failure::Overlay.is_retryable());
    }
}

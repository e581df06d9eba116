//! One invocation: a plain function of settings, a cloud, an event and the time.
//!
//! ```text
//!   event ──> triggers ──> coalesce ──> spec and red button ──> tick ──> record, metrics ──> answer
//! ```

use std::time::Instant;

use jiff::Timestamp;
use plimsoll_aws::{Aws, published};
use plimsoll_core::controller::switch::Switch;
use plimsoll_core::controller::{Conduct, Record, Setup, tick};
use plimsoll_core::spec::Spec;
use plimsoll_core::trigger::{Scope, Wake, intake};
use serde_json::{Value, json};

use crate::settings::{Mode, Settings};
use crate::spec_source::{self, SpecError};
use crate::telemetry;

/// The controller of one region.
#[derive(Debug)]
pub struct Controller {
    settings: Settings,
    aws: Aws,
}

/// Why an invocation failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// There is no spec.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// The function is not in the account that the spec is pinned to.
    #[error(
        "the spec is of account {wanted}, and the function runs in {found}; deploy it there, or \
         correct `account` in the spec"
    )]
    Account {
        /// The spec's.
        wanted: String,
        /// The function's.
        found: String,
    },
    /// The function's region is none of the spec's.
    #[error(
        "the function runs in {found}, and the spec has only {}; deploy the controller there, or \
         declare the region", .declared.join(", ")
    )]
    Region {
        /// The function's.
        found: String,
        /// The spec's.
        declared: Vec<String>,
    },
    /// Something could not be read or done; the record says what.
    #[error("{id}: {}", .failed.join("; "))]
    Tick {
        /// The record's id.
        id: String,
        /// What failed.
        failed: Vec<String>,
        /// Whether it may pass by itself.
        retryable: bool,
    },
}

impl Failure {
    /// Whether the same event may succeed later without any other change.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Spec(SpecError::Parameters(error)) => error.class.is_transient(),
            Self::Tick { retryable, .. } => *retryable,
            Self::Spec(_) | Self::Account { .. } | Self::Region { .. } => false,
        }
    }
}

impl Controller {
    /// A controller over settings and a cloud.
    #[must_use]
    pub const fn new(settings: Settings, aws: Aws) -> Self {
        Self { settings, aws }
    }

    /// Handles one event at `now`, and answers as SQS wants it.
    ///
    /// No message is ever failed by itself: what cannot be understood would not be at its next
    /// visit either, and what is understood is one look at the world, however many told of it.
    ///
    /// # Errors
    /// When the region could not be looked after. All messages come again then, which is harmless:
    /// every action is absolute.
    pub async fn handle(
        &self,
        event: &Value,
        function: &str,
        now: Timestamp,
    ) -> Result<Value, Failure> {
        let (began, calls) = (Instant::now(), self.aws.calls());
        let fetched = spec_source::fetch(&self.aws, &self.settings).await?;
        let digest = published::digest(&fetched.yaml);
        let spec = spec_source::compile(fetched.yaml, &self.settings)?;
        self.check_place(&spec, function)?;
        let wake = self.wake(&spec, event, now);
        let Wake::Look { .. } = wake else {
            tracing::info!(spec = digest, "{wake}");
            return Ok(all_handled());
        };
        let conduct = self.conduct(fetched.switch);
        let setup = Setup { spec: &spec, region: &self.settings.region, conduct: &conduct };
        let record = tick(&self.aws, &setup, &wake, now).await;
        let effort = telemetry::Effort {
            calls: self.aws.calls().wrapping_sub(calls),
            took: began.elapsed(),
        };
        telemetry::tell(&record, &digest, effort);
        verdict(&record)
    }

    fn wake(&self, spec: &Spec, event: &Value, now: Timestamp) -> Wake {
        let scope = Scope {
            platform: spec.platform.clone(),
            environment: spec.environment.clone(),
            region: self.settings.region.clone(),
        };
        intake::read(&event.to_string()).coalesce(&scope, now)
    }

    fn conduct(&self, switch: Switch) -> Conduct {
        match (switch, self.settings.mode) {
            (Switch::Stop(stop), _) => Conduct::Stopped(stop.to_string()),
            (Switch::Run, Mode::Act) => Conduct::Act,
            (Switch::Run, Mode::Observe) => Conduct::Observe,
        }
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
            return Ok(());
        }
        let declared = spec.regions.keys().cloned().collect();
        Err(Failure::Region { found: region.clone(), declared })
    }
}

/// What a record means for the invocation: whatever failed fails it, so that it is counted.
fn verdict(record: &Record) -> Result<Value, Failure> {
    let failed = record.failures();
    if failed.is_empty() {
        return Ok(all_handled());
    }
    Err(Failure::Tick { id: record.id.clone(), failed, retryable: record.is_worth_a_retry() })
}

fn all_handled() -> Value {
    json!({ "batchItemFailures": [] })
}

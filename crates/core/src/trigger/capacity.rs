//! What a group did with an instance.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

/// A launch or a termination, as Auto Scaling tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct CapacityEvent {
    /// What was attempted.
    pub change: Change,
    /// How far it came.
    pub progress: Progress,
    /// The group's name.
    pub group: String,
    /// The region it lives in.
    pub region: String,
    /// The instance, if there is one: a launch that fails has none as a rule.
    pub instance: Option<String>,
    /// When the activity ended or, for an instance that waits, when that was told.
    pub at: Timestamp,
    /// Why it was attempted, in AWS's words.
    pub cause: Option<String>,
    /// What went wrong, in AWS's words.
    pub message: Option<String>,
}

/// What a group attempted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// To launch an instance.
    Launch,
    /// To terminate one.
    Terminate,
}

/// How far it came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It did not.
    Failed,
    /// The instance waits at a lifecycle hook, and does not count yet or still.
    Waiting {
        /// The hook's name.
        hook: String,
    },
    /// It did.
    Succeeded,
}

impl CapacityEvent {
    /// Whether capacity that was wanted did not come.
    #[must_use]
    pub fn is_failed_launch(&self) -> bool {
        self.change == Change::Launch && self.progress == Progress::Failed
    }
}

impl fmt::Display for CapacityEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { change, progress, group, region, instance, at, cause: _, message } = self;
        let instance = instance.as_deref().unwrap_or("an instance");
        write!(f, "group {group} in {region} ")?;
        match (change, progress) {
            (Change::Launch, Progress::Succeeded) => write!(f, "launched {instance} at {at}")?,
            (Change::Launch, Progress::Failed) => write!(f, "failed to launch {instance} at {at}")?,
            (Change::Launch, Progress::Waiting { hook }) => {
                write!(f, "launches {instance}, which waits at hook {hook} since {at}")?;
            }
            (Change::Terminate, Progress::Succeeded) => write!(f, "terminated {instance} at {at}")?,
            (Change::Terminate, Progress::Failed) => {
                write!(f, "failed to terminate {instance} at {at}")?;
            }
            (Change::Terminate, Progress::Waiting { hook }) => {
                write!(f, "terminates {instance}, which waits at hook {hook} since {at}")?;
            }
        }
        match message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

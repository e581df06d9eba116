//! Why the controller woke: from the text of an event to typed values.
//!
//! ```text
//!   event (text) ──intake::read──> Batch: one Trigger or Ignored for each message
//!                                    └──coalesce(scope, now)──> Wake: look once, or rest
//! ```
//!
//! A trigger is a hint that it is time to look, and nothing more: what to do is read from the
//! world. So several triggers make one observation, their order and repetition mean nothing, and a
//! message that makes no sense is ignored with its reason. Trying it again could not help, and the
//! next tick sees whatever it wanted to tell.

mod alarm;
mod batch;
mod capacity;
mod ignored;
pub mod intake;
mod scope;
mod wake;

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

pub use alarm::{Alarm, AlarmState};
pub use batch::{Batch, Message};
pub use capacity::{CapacityEvent, Change, Progress};
pub use ignored::{Ignored, Thing};
pub use scope::Scope;
pub use wake::Wake;

/// One reason to look.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A group launched or terminated an instance, or failed to.
    Capacity(CapacityEvent),
    /// An alarm changed its state.
    Alarm(Alarm),
    /// Somebody asked.
    Operator {
        /// Who, as they call themselves: it is not proven.
        by: String,
        /// Why.
        why: Option<String>,
    },
    /// A minute has passed.
    Tick {
        /// The moment that the schedule meant.
        at: Timestamp,
    },
}

/// How much a trigger matters, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Capacity is missing, or may be soon: a launch failed, or an alarm went to ALARM.
    Emergency,
    /// Something changed, or somebody asked.
    Change,
    /// Time passed.
    Routine,
}

impl Trigger {
    /// How much it matters. An alarm for too little load is a change: what it leads to costs money
    /// when it is late, and no request.
    #[must_use]
    pub fn urgency(&self) -> Urgency {
        match self {
            Self::Capacity(event) if event.is_failed_launch() => Urgency::Emergency,
            Self::Alarm(alarm) if alarm.state == AlarmState::Alarm && !alarm.is_for_low_load() => {
                Urgency::Emergency
            }
            Self::Capacity(_) | Self::Alarm(_) | Self::Operator { .. } => Urgency::Change,
            Self::Tick { .. } => Urgency::Routine,
        }
    }
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Capacity(event) => event.fmt(f),
            Self::Alarm(alarm) => alarm.fmt(f),
            Self::Operator { by, why: Some(why) } => write!(f, "{by} asked: {why}"),
            Self::Operator { by, why: None } => write!(f, "{by} asked"),
            Self::Tick { at } => write!(f, "tick of {at}"),
        }
    }
}

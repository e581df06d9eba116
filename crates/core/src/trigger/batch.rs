//! What one invocation brought.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Trigger;
use super::ignored::Ignored;
use super::scope::Scope;
use super::wake::Wake;

/// What one invocation brought, message by message. [`read`](super::intake::read) makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// In the order of the event.
    pub messages: Vec<Message>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The id that SQS gave it, if it came that way: what a partial batch response names.
    pub id: Option<String>,
    /// What it says, or why it says nothing.
    pub read: Result<Trigger, Ignored>,
}

impl Batch {
    /// One observation, however many messages there are: a function of the *set* of messages, so
    /// that neither their order nor their repetition shows.
    #[must_use]
    pub fn coalesce(&self, scope: &Scope, now: Timestamp) -> Wake {
        let mut triggers = BTreeSet::new();
        let mut ignored = BTreeSet::new();
        for message in &self.messages {
            let admitted =
                message.read.as_ref().map_err(Clone::clone).and_then(|t| scope.admit(t, now));
            match admitted {
                Ok(trigger) => _ = triggers.insert(trigger.clone()),
                Err(why) => _ = ignored.insert(why),
            }
        }
        Wake::new(triggers, ignored.into_iter().collect())
    }
}

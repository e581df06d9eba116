//! What a batch comes to.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use super::ignored::Ignored;
use super::{Trigger, Urgency};

/// How many triggers a line names.
const NAMED: usize = 3;

/// What a batch comes to: one look at the world, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wake {
    /// Look at the world, once.
    Look {
        /// Why: at least one, each once, the most urgent first.
        triggers: Vec<Trigger>,
        /// What else came and does not count, each once.
        ignored: Vec<Ignored>,
    },
    /// Nothing is to be done.
    Rest {
        /// What came and does not count, each once. Empty if nothing came.
        ignored: Vec<Ignored>,
    },
}

impl Wake {
    pub(super) fn new(triggers: BTreeSet<Trigger>, ignored: Vec<Ignored>) -> Self {
        if triggers.is_empty() {
            return Self::Rest { ignored };
        }
        let mut triggers: Vec<Trigger> = triggers.into_iter().collect();
        triggers.sort_by_key(Trigger::urgency);
        Self::Look { triggers, ignored }
    }

    /// Why to look: the most urgent first, and none if nothing is to be done.
    #[must_use]
    pub fn triggers(&self) -> &[Trigger] {
        match self {
            Self::Look { triggers, .. } => triggers,
            Self::Rest { .. } => &[],
        }
    }

    /// What came and does not count.
    #[must_use]
    pub fn ignored(&self) -> &[Ignored] {
        match self {
            Self::Look { ignored, .. } | Self::Rest { ignored } => ignored,
        }
    }

    /// How much the most urgent trigger matters.
    #[must_use]
    pub fn urgency(&self) -> Option<Urgency> {
        self.triggers().first().map(Trigger::urgency)
    }
}

impl fmt::Display for Wake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Look { triggers, ignored } => {
                f.write_str("woken: ")?;
                list(f, triggers)?;
                match ignored.len() {
                    0 => Ok(()),
                    count => write!(f, " ({count} ignored)"),
                }
            }
            Self::Rest { ignored } if ignored.is_empty() => {
                f.write_str("nothing to do: nothing came")
            }
            Self::Rest { ignored } => {
                f.write_str("nothing to do: ")?;
                list(f, ignored)
            }
        }
    }
}

fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T]) -> fmt::Result {
    for (index, item) in items.iter().take(NAMED).enumerate() {
        let separator = if index == 0 { "" } else { "; " };
        write!(f, "{separator}{item}")?;
    }
    match items.len().saturating_sub(NAMED) {
        0 => Ok(()),
        more => write!(f, "; and {more} more"),
    }
}

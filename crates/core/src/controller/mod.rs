//! One tick of a region's controller: observe, decide, act, publish.
//!
//! ```text
//!   wake ──> observe own region ──┬─> measure here ──────────┬─> reflex::decide ──> act ──> publish
//!                                 ├─> measure at the peers ──┤
//!                                 └─> ask their endpoints ───┘
//! ```
//!
//! Nothing is kept between ticks: what has to be remembered is in tags of the groups and in metrics.
//! So a tick may be killed anywhere, run twice, or run beside another, and the next one completes
//! what is missing (law 6).

mod budget;
mod record;
pub mod switch;
mod tick;

use std::fmt;

use serde::Serialize;

pub use record::{Did, Fate, Held, Record, Said, Seen};
pub use tick::tick;

use crate::spec::Spec;

/// What a controller is: whose, where, and what it may do.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// What is wanted.
    pub spec: &'a Spec,
    /// The region that it looks after.
    pub region: &'a str,
    /// Whether it may act.
    pub conduct: &'a Conduct,
}

/// Whether a controller may act. In any case it publishes what it sees, so that its neighbours do
/// not take it for dead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Conduct {
    /// It acts.
    Act,
    /// It says what it would do.
    Observe,
    /// An operator stopped it, in their words. It says what it would do.
    Stopped(String),
}

impl Conduct {
    /// Whether it may act.
    #[must_use]
    pub fn acts(&self) -> bool {
        *self == Self::Act
    }
}

impl fmt::Display for Conduct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Act => f.write_str("acting"),
            Self::Observe => f.write_str("observing only"),
            Self::Stopped(words) if words.is_empty() => f.write_str("stopped"),
            Self::Stopped(words) => write!(f, "stopped {words}"),
        }
    }
}

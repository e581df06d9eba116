//! The controller's rules.
//!
//! ```text
//!   Input ──> each reflex in turn ──> verdicts ──> guards, which only weaken ──> lower ──> Decision
//! ```
//!
//! A reflex is a pure function of [`Input`]. It answers with a [`Verdict`] for each service or
//! region that it has something to say about: effects, or a typed reason for doing nothing. No
//! reflex writes bounds: those that want other bounds grant leases, and the groups follow their
//! leases last. Stateful services are outside every
//! reflex; `guard` reads what they say.
//!
//! | file | reflex |
//! |---|---|
//! | `managed` | sizes of managed services, by their metrics |
//! | `overflow` | helps neighbours that have more load than they can carry |
//! | `failover` | closes regions whose data plane is impaired, and opens them again |
//! | `standing` | keeps floors such that any one region may vanish |
//! | `damping` | holds groups that move too often |
//! | `guard` | stops growth onto a shared singleton that is full |
//! | `relief` | what overflow, failover and standing share: how much of another region's load comes here |
//! | `bounds` | lets groups follow their effective bounds, and clears what is over |

mod bounds;
mod damping;
mod decide;
mod effect;
mod failover;
mod guard;
mod guards;
mod hold;
mod input;
mod lasting;
mod managed;
pub mod moves;
mod overflow;
pub(crate) mod relief;
pub mod shortage;
mod standing;

pub use decide::{Decision, Step, decide};
pub use effect::{Effect, Finding, Scarcity, Shortage};
pub use hold::Hold;
pub use input::{Condition, Evidence, Input, Load, Peak, Peer, Pulse, Signals};

use serde::Serialize;

/// What a reflex makes of one service or region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict<'a> {
    /// The reflex.
    pub reflex: Reflex,
    /// What it is about: a service of this region, or another region.
    pub about: &'a str,
    /// What it wants, or why it wants nothing.
    pub outcome: Result<Vec<Effect>, Hold>,
}

/// Says what a reflex makes of an input.
type Rule = for<'a> fn(&Input<'a>, &mut Vec<Verdict<'a>>);

/// The reflexes that are asked, in the order in which a person reads what they say. The order
/// decides nothing: leases combine in any order, and of several shares the smallest counts.
const REFLEXES: [(Reflex, Rule); 6] = [
    (Reflex::Managed, managed::rule),
    (Reflex::Overflow, overflow::rule),
    (Reflex::Failover, failover::rule),
    (Reflex::Standing, standing::rule),
    (Reflex::Damping, damping::rule),
    (Reflex::Guard, guard::rule),
];

/// The reflexes, in the order in which they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reflex {
    /// Sizes of managed services.
    Managed,
    /// Help for neighbours.
    Overflow,
    /// Impaired regions.
    Failover,
    /// N-1.
    Standing,
    /// Groups that move too often.
    Damping,
    /// Shared singletons.
    Guard,
    /// Leases that are over.
    Bounds,
}

impl std::fmt::Display for Reflex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Managed => "managed",
            Self::Overflow => "overflow",
            Self::Failover => "failover",
            Self::Standing => "standing",
            Self::Damping => "damping",
            Self::Guard => "guard",
            Self::Bounds => "bounds",
        })
    }
}

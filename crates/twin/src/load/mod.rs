//! What is asked of a platform: requests per second, or virtual users, over time.

mod assertion;
mod curve;

use std::collections::BTreeMap;

pub use assertion::{Assertion, Comparison, Measure};
pub use curve::Curve;

/// A load, whatever it was read from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    /// Where it comes from, for a person: a file's name or a generator's text.
    pub name: String,
    /// What arrives; sources add up.
    pub sources: Vec<Source>,
    /// What must hold in the end.
    pub assertions: Vec<Assertion>,
    /// Its natural length in seconds; `None` for one that has no end of its own.
    pub length: Option<u64>,
    /// What the reader of the result should know, such as a call whose host is no service.
    pub notes: Vec<String>,
}

/// One stream of requests.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// An open model: requests arrive whatever the answers are.
    Open {
        /// The service that is asked.
        service: String,
        /// The region that is asked; `None` for all, by their traffic weights.
        region: Option<String>,
        /// Requests per second.
        rate: Curve,
    },
    /// A closed model: each virtual user thinks, asks, waits for the answers and begins again, so
    /// iterations per second are `users / (think + sum of calls x latency)`.
    Closed {
        /// The region that is asked; `None` for all, by their traffic weights.
        region: Option<String>,
        /// Virtual users at work.
        users: Curve,
        /// Seconds that an iteration waits besides its calls.
        think: f64,
        /// Calls in an iteration, by service.
        calls: BTreeMap<String, f64>,
    },
}

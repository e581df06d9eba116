//! What is asked of a platform: requests per second, or virtual users, over time.
//!
//! A load is read by [`read`] from a generator's text, a CSV file, the JSON of `aws cloudwatch
//! get-metric-data`, a k6 script, or a file that holds a [`Load`] as JSON.

mod assertion;
mod cloudwatch;
mod curve;
mod daily;
mod document;
mod error;
mod generator;
#[cfg(feature = "k6")]
mod k6;
mod read;
mod rows;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use assertion::{Assertion, AssertionError, Comparison, Measure};
pub use curve::Curve;
pub use daily::{Daily, Day};
pub use error::LoadError;
pub use read::{Form, ReadOptions, read};

/// A load, whatever it was read from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Where it comes from, for a person: a file's name or a generator's text.
    #[serde(default)]
    pub name: String,
    /// What arrives; sources add up.
    pub sources: Vec<Source>,
    /// What must hold in the end.
    #[serde(default)]
    pub assertions: Vec<Assertion>,
    /// Its natural length in seconds; `None` for one that has no end of its own.
    #[serde(default)]
    pub length: Option<u64>,
    /// The moment of second 0, when it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Timestamp>,
    /// What the reader of the result should know, such as a call whose host is no service.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Load {
    /// The load of a run that begins at a moment: times of day are those of UTC.
    #[must_use]
    pub fn begun_at(&self, start: Timestamp) -> Self {
        let second = u32::try_from(start.as_second().rem_euclid(86_400)).unwrap_or_default();
        let mut load = self.clone();
        for source in &mut load.sources {
            let (Source::Open { rate: curve, .. } | Source::Closed { users: curve, .. }) = source;
            if let Curve::Daily(daily) = curve {
                *daily = daily.begun_at(second);
            }
        }
        load
    }
}

/// One stream of requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// An open model: requests arrive whatever the answers are.
    Open {
        /// The service that is asked.
        service: String,
        /// The region that is asked; `None` for all, by their traffic weights.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
        /// Requests per second.
        rate: Curve,
    },
    /// A closed model: each virtual user thinks, asks, waits for the answers and begins again, so
    /// iterations per second are `users / (think + sum of calls x latency)`.
    Closed {
        /// The region that is asked; `None` for all, by their traffic weights.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
        /// Virtual users at work.
        users: Curve,
        /// Seconds that an iteration waits besides its calls.
        think: f64,
        /// Calls in an iteration, by service.
        calls: BTreeMap<String, f64>,
    },
}

impl Load {
    /// The same load with every rate and every number of users times `factor`, which is finite and
    /// not negative.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        for source in &mut self.sources {
            match source {
                Source::Open { rate: curve, .. } | Source::Closed { users: curve, .. } => {
                    *curve = curve.scaled(factor);
                }
            }
        }
        self
    }
}

#[cfg(test)]
mod tests;

//! What Plimsoll's controllers did in a run.

use std::collections::BTreeMap;

use plimsoll_core::lease::Cause;
use plimsoll_core::reflex::Finding;
use serde::Serialize;

/// Findings that are kept; what they are about is limited, and the words for it are not.
const MOST: usize = 100;

/// What Plimsoll's controllers did, over all regions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Controllers {
    /// Decisions.
    pub ticks: u64,
    /// Decisions that were not made, since the region could not be read.
    pub missed: u64,
    /// Actions that were tried.
    pub actions: u64,
    /// Of those, refused or without an answer.
    pub refused: u64,
    /// How often the agreed share of a region's traffic became another one.
    pub moves: u64,
    /// How often a shortage was remembered.
    pub shortages: u64,
    /// Leases that were granted or renewed, by cause.
    pub grants: BTreeMap<Cause, u64>,
    /// Reasons for doing nothing, by [`code`](plimsoll_core::reflex::Hold::code).
    pub holds: BTreeMap<String, u64>,
    /// What a person should have known, in the order in which it was found first; 100 at most.
    pub findings: Vec<Found>,
}

/// Something that a person should have known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// A region or a service.
    pub about: String,
    /// What was the case.
    pub what: String,
    /// What a person would have done next.
    pub next: String,
    /// How often it was found.
    pub times: u64,
}

impl Controllers {
    /// Keeps a finding.
    pub(crate) fn found(&mut self, finding: &Finding) {
        let Finding { about, what, next } = finding.clone();
        if self.findings.len() < MOST {
            self.findings.push(Found { about, what, next, times: 1 });
        }
    }
}

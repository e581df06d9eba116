//! A run: a spec, a load and the assumptions in, an outcome out.

use jiff::Timestamp;
use plimsoll_core::spec::Spec;

use crate::fault::Fault;
use crate::load::Load;
use crate::model::Model;
use crate::outcome::{Outcome, Total};

/// The choices of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The first moment; schedules are read against it.
    pub start: Timestamp,
    /// Length in seconds.
    pub seconds: u64,
    /// What every random choice comes from.
    pub seed: u64,
    /// Whether curves and events are kept; memory grows with their number only, since long runs
    /// get wider steps.
    pub trace: bool,
    /// The assumptions.
    pub model: Model,
    /// What goes wrong.
    pub faults: Vec<Fault>,
}

/// Runs a spec under a load.
#[must_use]
pub fn simulate(spec: &Spec, load: &Load, options: &Options) -> Outcome {
    Outcome {
        title: spec.title(),
        load: load.name.clone(),
        start: options.start,
        seconds: options.seconds,
        seed: options.seed,
        rows: Vec::new(),
        total: Total::default(),
        verdicts: Vec::new(),
        notes: Vec::new(),
        trace: None,
    }
}

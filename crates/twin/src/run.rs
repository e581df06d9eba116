//! A run: a spec, a load and the assumptions in, an outcome out.

use jiff::Timestamp;
use plimsoll_core::spec::Spec;

use crate::engine::Engine;
use crate::fault::Fault;
use crate::load::Load;
use crate::model::Model;
use crate::outcome::Outcome;

/// The choices of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// The first moment; schedules are read against it. One within a minute is moved to the
    /// minute's beginning, since metric periods are whole minutes.
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
    /// Whether Plimsoll's controller runs.
    pub controller: Controller,
}

/// Whether Plimsoll's controller runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Controller {
    /// Auto Scaling and the global load balancer are alone, and managed services are sized.
    #[default]
    Off,
    /// It decides each minute in every region whose control plane answers.
    On,
}

/// Runs a spec under a load.
#[must_use]
pub fn simulate(spec: &Spec, load: &Load, options: &Options) -> Outcome {
    let mut engine = Engine::new(spec, load, options);
    engine.note_unseen_faults();
    engine.run_until(options.seconds);
    engine.score(&load.name, &load.assertions, options.seed)
}

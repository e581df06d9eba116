//! Carrying a plan out: the order, what a failure skips, and what one step hands to the next.
//!
//! Regions do not wait for each other, so a shell runs [`region`] for each of them at once. Inside
//! a region the steps run in order; a step that fails skips the rest of its own service and
//! nothing else.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::action::Action;
use crate::cloud::{ActError, Cloud, Outcome};
use crate::plan::Step;
use crate::world::TemplateRef;

/// What happened to a step, as it happens.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// The region.
    pub region: &'a str,
    /// The step.
    pub step: &'a Step,
    /// Its place among the region's steps, from 0.
    pub index: usize,
    /// What happened.
    pub kind: EventKind<'a>,
}

/// What happened to a step.
#[derive(Clone, Debug)]
pub enum EventKind<'a> {
    /// Its call begins.
    Started,
    /// It is done.
    Done,
    /// It failed.
    Failed(&'a ActError),
    /// It was not tried: an earlier step of its service failed, or the operator stopped the run.
    Skipped,
}

/// What became of a region's steps.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RegionReport {
    /// Steps that are done.
    pub done: usize,
    /// Steps that failed, with their errors.
    pub failed: Vec<Failure>,
    /// Steps that were not tried.
    pub skipped: usize,
}

/// A step that failed.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// The service it was for.
    pub service: String,
    /// What was to be done, in an operator's words.
    pub step: String,
    /// Why it was not.
    pub error: ActError,
}

/// Who watches a run, and may stop it.
pub trait Observer: Sync {
    /// Is told what happens.
    fn event(&self, event: &Event<'_>);

    /// Whether no further step may begin.
    fn stopped(&self) -> bool {
        false
    }
}

/// Carries out the steps of one region, in order.
pub async fn region<C: Cloud>(
    cloud: &C,
    region: &str,
    steps: &[Step],
    observer: &impl Observer,
) -> RegionReport {
    let mut report = RegionReport::default();
    let mut outputs = Outputs::default();
    let mut broken: BTreeSet<&str> = BTreeSet::new();
    for (index, step) in steps.iter().enumerate() {
        let tell = |kind| observer.event(&Event { region, step, index, kind });
        if broken.contains(step.service.as_str()) || observer.stopped() {
            report.skipped += 1;
            tell(EventKind::Skipped);
            continue;
        }
        tell(EventKind::Started);
        match cloud.act(region, &outputs.fill_in(&step.action)).await {
            Ok(outcome) => {
                outputs.take(outcome);
                report.done += 1;
                tell(EventKind::Done);
            }
            Err(error) => {
                tell(EventKind::Failed(&error));
                broken.insert(&step.service);
                report.failed.push(Failure {
                    service: step.service.clone(),
                    step: step.action.to_string(),
                    error,
                });
            }
        }
    }
    report
}

/// What earlier steps made and later ones need: template versions by template name.
#[derive(Debug, Default)]
pub struct Outputs {
    versions: BTreeMap<String, u64>,
}

impl Outputs {
    /// Keeps what a step made.
    pub fn take(&mut self, outcome: Outcome) {
        if let Outcome::TemplateVersion { name, version } = outcome {
            self.versions.insert(name, version);
        }
    }

    /// The action with versions that earlier steps made.
    #[must_use]
    pub fn fill_in(&self, action: &Action) -> Action {
        let mut action = action.clone();
        let template = if let Action::CreateGroup(group) = &mut action {
            group.settings.template.as_mut()
        } else if let Action::UpdateGroup { change, .. } = &mut action {
            change.template.as_mut()
        } else {
            None
        };
        if let Some(TemplateRef { name, version }) = template
            && version.is_empty()
            && let Some(made) = self.versions.get(name)
        {
            *version = made.to_string();
        }
        action
    }
}

//! Spec and world to ordered actions, each with its reason and its consequence.
//!
//! A plan is a value: it is shown, written to a file, compared and carried out. It never proposes
//! the desired capacity of a living group, unless that lies outside the group's effective bounds.

mod alarms;
mod compare;
mod consequence;
mod describe;
mod parts;
mod policies;
mod remove;
mod resolve;
mod steps;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use crate::action::Action;
use crate::cloud::{RegionScope, Scope};
use crate::spec::{Machine, Problem, Slot, Spec};
use crate::units::HourlyPrice;
use crate::world::{RegionState, Unreachable, World};

pub use remove::{destroy, release};

/// What would make the world match the spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The platform, as the spec names it.
    pub platform: String,
    /// The environment, as the spec names it.
    pub environment: String,
    /// By region name.
    pub regions: BTreeMap<String, RegionPlan>,
    /// What in the spec cannot be carried out in the world as it is. A plan with problems of
    /// severity error is not applied.
    pub problems: Vec<Problem>,
}

impl Plan {
    /// Whether nothing has to be done, as far as could be seen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.regions.values().all(|region| region.steps().is_empty())
    }

    /// Steps over all regions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.regions.values().map(|region| region.steps().len()).sum()
    }
}

/// What would be done in one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionPlan {
    /// The region was read.
    Planned(Planned),
    /// The region could not be read; nothing is planned in it.
    Unreachable(Unreachable),
}

impl RegionPlan {
    /// The steps, in the order in which they are carried out; none for an unreachable region.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        match self {
            Self::Planned(planned) => &planned.steps,
            Self::Unreachable(_) => &[],
        }
    }
}

/// What would be done in a region that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// In the order in which they are carried out. Steps of different services do not depend on
    /// each other.
    pub steps: Vec<Step>,
    /// What an operator should know and nothing is done about, such as "6 of 8 instances still
    /// run template version 3" or a group that the spec no longer has.
    pub notes: Vec<Note>,
    /// Cost per hour of the region's declared minimum before and after, as far as the spec gives
    /// prices.
    pub cost: Option<CostChange>,
}

/// A remark on a service in a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The service that it is about.
    pub service: String,
    /// One sentence.
    pub text: String,
}

/// One action with its why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The service it is for.
    pub service: String,
    /// What is done.
    pub action: Action,
    /// Field by field, old and new.
    pub changes: Vec<Change>,
    /// What that means, in an operator's words: "terminates 3 instances: max 10 -> 5, 8 running".
    pub consequences: Vec<String>,
    /// Whether it ends instances or deletes something.
    pub destructive: bool,
}

/// One field that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The field in the spec's words, such as `bounds.max`.
    pub field: String,
    /// What it is; `None` when it is not there.
    pub old: Option<String>,
    /// What it will be; `None` when it goes.
    pub new: Option<String>,
    /// Why: where the new value comes from.
    pub reason: String,
}

/// Cost before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CostChange {
    /// Running instances at the declared prices, as the world is.
    pub before: HourlyPrice,
    /// The same after the plan, before scaling does anything.
    pub after: HourlyPrice,
}

/// What a plan leaves out, and what it may do beyond the usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Options {
    /// Only these regions; empty for all.
    pub regions: BTreeSet<String>,
    /// Only these services; empty for all.
    pub services: BTreeSet<String>,
    /// Delete groups of this platform and environment that the spec no longer has.
    pub prune: bool,
    /// Take over groups that have a wanted name and another owner or none.
    pub adopt: bool,
}

impl Options {
    fn has_region(&self, region: &str) -> bool {
        self.regions.is_empty() || self.regions.contains(region)
    }

    fn has_service(&self, service: &str) -> bool {
        self.services.is_empty() || self.services.contains(service)
    }
}

/// What has to be read to plan.
#[must_use]
pub fn scope(spec: &Spec, options: &Options) -> Scope {
    let regions = spec
        .regions
        .iter()
        .filter(|(name, _)| options.has_region(name))
        .map(|(name, region)| {
            let services = || region.services.iter().filter(|(name, _)| options.has_service(name));
            let scope = RegionScope {
                group_names: services().map(|(name, _)| spec.group_name(name, Slot::A)).collect(),
                hooks_of: services()
                    .filter(|(_, service)| !service.hooks.is_empty())
                    .flat_map(|(name, _)| {
                        [Slot::A, Slot::B].map(|slot| spec.group_name(name, slot))
                    })
                    .collect(),
                policies: true,
                target_groups: true,
                resources: true,
                alarms: true,
                instance_types: services()
                    .any(|(_, service)| matches!(service.instances.machine, Machine::Fits(_))),
                ..RegionScope::default()
            };
            (name.clone(), scope)
        })
        .collect();
    Scope { platform: spec.platform.clone(), environment: spec.environment.clone(), regions }
}

/// What would make the world match the spec at `now`.
#[must_use]
pub fn plan(spec: &Spec, world: &World, now: Timestamp, options: &Options) -> Plan {
    each_region(spec, world, options, |name, region, problems| {
        let mut planned = Planned::default();
        let mut cost = CostChange::default();
        let wanted = spec.regions.get(name).map(|wanted| &wanted.services);
        for (service, wanted) in wanted.into_iter().flatten() {
            if options.has_service(service) {
                let context = wanted::Context { spec, region_name: name, region, now, options };
                compare::service(&context, service, wanted, &mut planned, &mut cost, problems);
            }
        }
        remove::strays(spec, name, region, options, &mut planned);
        alarms::strays(spec, name, region, options, &mut planned);
        planned.cost = Some(cost).filter(|cost| *cost != CostChange::default());
        planned
    })
}

/// A plan made of one part for each region that was read.
fn each_region(
    spec: &Spec,
    world: &World,
    options: &Options,
    mut part: impl FnMut(&str, &crate::world::Region, &mut Vec<Problem>) -> Planned,
) -> Plan {
    let mut problems = Vec::new();
    let regions = world
        .regions
        .iter()
        .filter(|(name, _)| options.has_region(name))
        .map(|(name, state)| {
            let plan = match state {
                RegionState::Unreachable(why) => RegionPlan::Unreachable(why.clone()),
                RegionState::Observed(region) => {
                    RegionPlan::Planned(part(name, region, &mut problems))
                }
            };
            (name.clone(), plan)
        })
        .collect();
    Plan {
        platform: spec.platform.clone(),
        environment: spec.environment.clone(),
        regions,
        problems,
    }
}

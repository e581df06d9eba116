//! What the cases do: plan, apply, look and act.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::action::{Action, GroupChange, NewGroup};
use plimsoll_core::apply::{self, Event, Observer, Outputs};
use plimsoll_core::cloud::{ActError, Cloud, ErrorClass, Outcome, RegionScope, Scope};
use plimsoll_core::plan::{self, Options, Plan};
use plimsoll_core::world::{Group, Region, RegionState, World};

use super::{HERE, Subject, one, spec};

struct Silent;

impl Observer for Silent {
    fn event(&self, _: &Event<'_>) {}
}

/// What a plan of the platform asks for.
pub(super) fn scope() -> Scope {
    plan::scope(spec(), &Options::default())
}

/// What a plan of the platform reads. The calls of a region have no particular order, so they get
/// one.
pub(super) async fn observe(subject: &impl Subject) -> World {
    let mut world = subject.cloud().observe(&scope()).await;
    for state in world.regions.values_mut() {
        if let RegionState::Observed(region) = state {
            region.calls.sort_unstable();
        }
    }
    world
}

/// What would bring the world to the spec.
pub(super) async fn planned(subject: &impl Subject) -> Plan {
    let world = observe(subject).await;
    let plan = plan::plan(spec(), &world, subject.now(), &Options::default());
    assert!(plan.problems.is_empty(), "{:#?}", plan.problems);
    plan
}

/// Carries a plan out; every step is done.
pub(super) async fn carry_out(subject: &impl Subject, plan: &Plan) {
    for (name, region) in &plan.regions {
        let report = apply::region(subject.cloud(), name, region.steps(), &Silent).await;
        assert!(report.failed.is_empty(), "{name}: {:#?}", report.failed);
        assert_eq!(report.done, region.steps().len(), "{name}");
    }
}

/// Brings the platform there.
pub(super) async fn stand(subject: &impl Subject) {
    let plan = planned(subject).await;
    assert!(!plan.is_empty());
    carry_out(subject, &plan).await;
}

/// The actions of a plan in one region, with what earlier ones made filled in.
pub(super) async fn act_out(subject: &impl Subject, plan: &Plan, region: &str) -> Vec<Action> {
    let (mut outputs, mut actions) = (Outputs::default(), Vec::new());
    for step in plan.regions[region].steps() {
        let action = outputs.fill_in(&step.action);
        outputs.take(subject.cloud().act(region, &action).await.unwrap());
        actions.push(action);
    }
    actions
}

/// Carries out an action [`HERE`].
pub(super) async fn act(subject: &impl Subject, action: &Action) -> Result<Outcome, ActError> {
    subject.cloud().act(HERE, action).await
}

pub(super) async fn done(subject: &impl Subject, action: &Action) {
    assert_eq!(act(subject, action).await, Ok(Outcome::Done), "{action}");
}

pub(super) async fn refused(subject: &impl Subject, action: &Action, class: ErrorClass) {
    let error = act(subject, action).await.expect_err(&action.to_string());
    assert_eq!(error.class, class, "{action}: {error}");
    assert_eq!(error.resource, action.resource());
}

/// A region that answered.
pub(super) fn region<'a>(world: &'a World, name: &str) -> &'a Region {
    match &world.regions[name] {
        RegionState::Observed(region) => region,
        RegionState::Unreachable(why) => panic!("{name}: {why:?}"),
    }
}

/// The platform's groups [`HERE`], by name.
pub(super) async fn groups(subject: &impl Subject) -> BTreeMap<String, Group> {
    let world = observe(subject).await;
    let groups = region(&world, HERE).groups.iter();
    groups.map(|group| (group.name.clone(), group.clone())).collect()
}

/// One group [`HERE`].
pub(super) async fn group(subject: &impl Subject, name: &str) -> Group {
    groups(subject).await.remove(name).unwrap_or_else(|| panic!("there is no group {name}"))
}

/// A group of somebody else [`HERE`], found by its name.
pub(super) async fn namesake(subject: &impl Subject, name: &str) -> Group {
    let group_names = BTreeSet::from([name.to_owned()]);
    let here = RegionScope { group_names, policies: true, ..RegionScope::default() };
    let scope = Scope { regions: one(HERE, here), ..scope() };
    let world = subject.cloud().observe(&scope).await;
    let found = region(&world, HERE).namesakes.iter().find(|group| group.name == name);
    found.cloned().unwrap_or_else(|| panic!("there is no namesake {name}"))
}

pub(super) fn update(group: &str, change: GroupChange) -> Action {
    Action::UpdateGroup { group: group.to_owned(), change: Box::new(change) }
}

/// The create of a group in the first plan; its template is made first.
pub(super) async fn create_of(subject: &impl Subject, name: &str) -> NewGroup {
    let (plan, mut outputs) = (planned(subject).await, Outputs::default());
    for step in plan.regions[HERE].steps() {
        let action = outputs.fill_in(&step.action);
        if action.resource() != name {
            continue;
        }
        if let Action::CreateGroup(new) = action {
            return *new;
        }
        outputs.take(act(subject, &action).await.unwrap());
    }
    panic!("the plan creates no group {name}")
}

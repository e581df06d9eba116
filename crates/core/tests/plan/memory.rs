//! A cloud in memory that does what Auto Scaling does with the actions of a plan: enough to ask
//! whether a plan brings the world to its spec.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use plimsoll_core::action::{Action, GroupChange, NewGroup};
use plimsoll_core::apply::{self, Event, Observer, RegionReport};
use plimsoll_core::bounds::Bounds;
use plimsoll_core::cloud::{
    ActError, Cloud, ErrorClass, Outcome, Probe, Query, Sample, Scope, Series, Window,
};
use plimsoll_core::plan::Plan;
use plimsoll_core::world::{
    Group, HealthStatus, Instance, Metric, Policy, Region, RegionState, Template, TemplateData,
    TemplateRef, Unreachable, World,
};

pub(crate) struct Memory {
    world: Mutex<World>,
    /// Actions that fail, told apart by their words.
    pub(crate) broken: Option<&'static str>,
}

impl Memory {
    pub(crate) fn new(world: World) -> Self {
        Self { world: Mutex::new(world), broken: None }
    }

    pub(crate) fn world(&self) -> World {
        self.world.lock().unwrap().clone()
    }

    /// Carries out a plan in every region.
    pub(crate) fn apply(&self, plan: &Plan) -> BTreeMap<String, RegionReport> {
        self.apply_until(plan, usize::MAX)
    }

    /// Carries out actions that no plan has.
    pub(crate) fn carry_out(&self, region: &str, actions: &[Action]) {
        for action in actions {
            block_on(self.act(region, action)).unwrap();
        }
    }

    /// Carries out the first steps of a plan in every region, as a process that is killed does.
    pub(crate) fn apply_until(&self, plan: &Plan, steps: usize) -> BTreeMap<String, RegionReport> {
        plan.regions
            .iter()
            .map(|(name, region)| {
                let all = region.steps();
                let first = &all[..all.len().min(steps)];
                (name.clone(), block_on(apply::region(self, name, first, &Silent)))
            })
            .collect()
    }
}

struct Silent;

impl Observer for Silent {
    fn event(&self, _: &Event<'_>) {}
}

/// Nothing here ever waits, so one poll is enough.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the cloud in memory never waits"),
    }
}

impl Cloud for Memory {
    async fn observe(&self, _: &Scope) -> World {
        self.world()
    }

    /// Nothing runs here, so there is no data, and that is all that there is.
    async fn measure(
        &self,
        _: &str,
        queries: &[Query],
        _: Window,
    ) -> Result<Vec<Series>, Unreachable> {
        Ok(queries.iter().map(|_| Series::default()).collect())
    }

    /// Plans publish nothing and ask nobody.
    async fn publish(&self, _: &str, _: &[Sample]) -> Result<(), ActError> {
        unreachable!("a plan publishes nothing")
    }

    async fn probe(&self, _: &str) -> Probe {
        unreachable!("a plan asks no endpoint")
    }

    async fn act(&self, region: &str, action: &Action) -> Result<Outcome, ActError> {
        if self.broken.is_some_and(|words| action.to_string().contains(words)) {
            return Err(ActError {
                call: "memory:Act".to_owned(),
                resource: action.resource().to_owned(),
                class: ErrorClass::Other,
                message: "broken on purpose".to_owned(),
            });
        }
        let mut world = self.world.lock().unwrap();
        let Some(RegionState::Observed(region)) = world.regions.get_mut(region) else {
            panic!("no such region")
        };
        Ok(act(region, action))
    }
}

fn act(region: &mut Region, action: &Action) -> Outcome {
    match action {
        Action::CreateTemplate { name, data, .. }
        | Action::CreateTemplateVersion { name, data } => {
            return template(region, name, data);
        }
        Action::DeleteTemplate { name } => {
            region.templates.remove(name);
        }
        Action::CreateGroup(new) => {
            assert!(region.groups.iter().all(|group| group.name != new.name), "{}", new.name);
            region.groups.push(group(new));
        }
        Action::DeleteGroup { group } => region.groups.retain(|other| other.name != *group),
        change if change.change_alarms(&mut region.alarms) => {}
        change => {
            // An adopted namesake becomes ours with its tags.
            if let Some(at) =
                region.namesakes.iter().position(|group| group.name == change.resource())
            {
                let group = region.namesakes.remove(at);
                region.groups.push(group);
            }
            let group = region
                .groups
                .iter_mut()
                .find(|group| group.name == change.resource())
                .expect("the group is there");
            change_group(group, change);
        }
    }
    Outcome::Done
}

fn template(region: &mut Region, name: &str, data: &TemplateData) -> Outcome {
    let version = region.templates.get(name).map_or(1, |template| template.version + 1);
    let template =
        Template { id: format!("lt-{name}"), name: name.to_owned(), version, data: data.clone() };
    region.templates.insert(name.to_owned(), template);
    Outcome::TemplateVersion { name: name.to_owned(), version }
}

fn group(new: &NewGroup) -> Group {
    let mut group = Group {
        name: new.name.clone(),
        arn: format!("arn:group/{}", new.name),
        bounds: new.bounds,
        desired: new.bounds.min,
        settings: new.settings.clone(),
        template_id: new.settings.template.as_ref().map(|template| format!("lt-{}", template.name)),
        tags: new.tags.clone(),
        metrics: BTreeSet::new(),
        suspended: BTreeSet::new(),
        target_groups: new.target_groups.clone(),
        instances: Vec::new(),
        policies: BTreeMap::new(),
        schedules: BTreeMap::new(),
        hooks: Some(new.hooks.clone()),
        warm_pool: None,
        deleting: None,
    };
    launch(&mut group);
    group
}

/// Launches or terminates until the size is what is desired.
pub(crate) fn launch(group: &mut Group) {
    let template = group.settings.template.clone();
    assert!(template.as_ref().is_none_or(|template| !template.version.is_empty()));
    let desired = usize::try_from(group.desired).unwrap();
    group.instances.truncate(desired);
    while group.instances.len() < desired {
        group.instances.push(instance(group.instances.len(), template.clone()));
    }
}

fn instance(number: usize, template: Option<TemplateRef>) -> Instance {
    Instance {
        id: format!("i-{number:08x}"),
        zone: "a".to_owned(),
        lifecycle: "InService".to_owned(),
        health: HealthStatus::Healthy,
        template,
    }
}

fn change_group(group: &mut Group, action: &Action) {
    if let Action::UpdateGroup { change, .. } = action {
        return update(group, change);
    }
    if let Action::PutPolicy { name, policy, .. } = action {
        let others = group.policies.iter().filter(|(other, _)| *other != name);
        let same = |other: &Policy| metric(other).is_some_and(|it| Some(it) == metric(policy));
        assert!(others.clone().all(|(_, other)| !same(other)), "AWS refuses one metric twice");
        assert!(others.count() < 50, "AWS refuses more than 50 policies");
    }
    action.change_parts(group);
}

fn metric(policy: &Policy) -> Option<&Metric> {
    match policy {
        Policy::TargetTracking(policy) => Some(&policy.metric),
        _ => None,
    }
}

fn update(group: &mut Group, change: &GroupChange) {
    change.apply_to(&mut group.settings);
    group.bounds = Bounds {
        min: change.min.unwrap_or(group.bounds.min),
        max: change.max.unwrap_or(group.bounds.max),
    };
    assert!(group.bounds.min <= group.bounds.max, "AWS refuses a minimum above the maximum");
    let desired = change.desired.unwrap_or_else(|| group.bounds.clamp(group.desired));
    assert_eq!(desired, group.bounds.clamp(desired), "AWS refuses a size outside the bounds");
    group.desired = desired;
    launch(group);
}

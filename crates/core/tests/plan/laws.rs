//! The laws of the house that a plan can keep or break.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::action::Action;
use plimsoll_core::bounds::effective;
use plimsoll_core::plan::{Options, Plan, Step, plan};
use plimsoll_core::spec::Spec;
use plimsoll_core::units::{MetricValue, Seconds};
use plimsoll_core::world::{Group, Policy, Region, Tag, World};
use proptest::prelude::*;

use super::memory::{Memory, launch};
use super::setting::{
    REGIONS, SERVICES, alfred, alfred_managed, ground, noon, planned, region_mut, settled,
    stray_alarm, words,
};

#[test]
fn a_plan_that_is_carried_out_leaves_nothing_to_do() {
    let plan = planned(&alfred(), &settled().world());
    assert_eq!(plan.problems, []);
    assert!(plan.is_empty(), "{:#?}", words(&plan));
}

#[test]
fn eight_services_are_made_in_each_region() {
    let plan = planned(&alfred(), &ground());
    for region in REGIONS {
        let made = plan.regions[region].steps();
        let groups = made.iter().filter(|step| matches!(step.action, Action::CreateGroup(_)));
        assert_eq!(groups.count(), 8, "{region}");
    }
}

/// Something that somebody does to a group behind our back.
#[derive(Clone, Debug)]
enum Drift {
    Bounds(u32, u32),
    Desired(u32),
    Grace(u32),
    Warmup(Option<u32>),
    Subnet,
    Metric,
    Suspend,
    Target(i32),
    ForeignPolicy,
    LosePolicy,
    LoseSchedule,
    ForeignTag,
    OurTag,
    Template,
    TargetGroup,
    LoseAlarm,
    Alarm,
    StrayAlarm,
}

fn drift() -> impl Strategy<Value = Drift> {
    prop_oneof![
        (0..5u32, 5..20u32).prop_map(|(min, max)| Drift::Bounds(min, max)),
        (0..20u32).prop_map(Drift::Desired),
        (0..900u32).prop_map(Drift::Grace),
        proptest::option::of(0..900u32).prop_map(Drift::Warmup),
        Just(Drift::Subnet),
        Just(Drift::Metric),
        Just(Drift::Suspend),
        (1..99i32).prop_map(Drift::Target),
        Just(Drift::ForeignPolicy),
        Just(Drift::LosePolicy),
        Just(Drift::LoseSchedule),
        Just(Drift::ForeignTag),
        Just(Drift::OurTag),
        Just(Drift::Template),
        Just(Drift::TargetGroup),
        Just(Drift::LoseAlarm),
        Just(Drift::Alarm),
        Just(Drift::StrayAlarm),
    ]
}

impl Drift {
    fn happen(&self, world: &mut World, region: &str, at: usize) {
        let region = region_mut(world, region);
        match self {
            Self::Template => {
                let template = region.templates.values_mut().nth(at).unwrap();
                template.version += 1;
                template.data.imdsv2_required = false;
            }
            Self::LoseAlarm => drop(region.alarms.pop_first()),
            Self::Alarm => {
                for alarm in region.alarms.values_mut().skip(at) {
                    alarm.threshold = None;
                    alarm.actions.insert("arn:aws:sns:eu-central-1:1:pager".to_owned());
                }
            }
            Self::StrayAlarm => region.alarms.extend([stray_alarm("agent-core", "old")]),
            _ => self.happen_to(&mut region.groups[at]),
        }
    }

    fn happen_to(&self, group: &mut Group) {
        match self {
            Self::Bounds(min, max) => {
                (group.bounds.min, group.bounds.max) = (*min, *max);
                group.desired = group.bounds.clamp(group.desired);
                launch(group);
            }
            Self::Desired(desired) => {
                group.desired = group.bounds.clamp(*desired);
                launch(group);
            }
            Self::Grace(grace) => group.settings.health_check_grace = Seconds(*grace),
            Self::Warmup(warmup) => group.settings.warmup = warmup.map(Seconds),
            Self::Subnet => drop(group.settings.subnets.pop_first()),
            Self::Metric => drop(group.metrics.pop_last()),
            Self::Suspend => drop(group.suspended.insert("Launch".to_owned())),
            Self::Target(target) => {
                for policy in group.policies.values_mut() {
                    if let Policy::TargetTracking(policy) = policy {
                        policy.target = MetricValue::whole(*target);
                    }
                }
            }
            Self::ForeignPolicy => {
                let policy = Policy::Foreign("SimpleScaling".to_owned());
                group.policies.insert("by-hand".to_owned(), policy);
            }
            Self::LosePolicy => drop(group.policies.pop_first()),
            Self::LoseSchedule => drop(group.schedules.pop_first()),
            Self::ForeignTag => {
                let tag = Tag { value: "theirs".to_owned(), propagate: false };
                group.tags.insert("other-team".to_owned(), tag);
            }
            Self::OurTag => drop(group.tags.remove("Name")),
            Self::TargetGroup => group.target_groups.clear(),
            Self::Template | Self::LoseAlarm | Self::Alarm | Self::StrayAlarm => {}
        }
    }
}

/// Alfred with some of its services managed.
fn modes() -> impl Strategy<Value = Spec> {
    let all = BTreeSet::from(SERVICES);
    let some = proptest::sample::subsequence(SERVICES.to_vec(), 0..=SERVICES.len());
    let managed = prop_oneof![Just(BTreeSet::new()), Just(all), some.prop_map(BTreeSet::from_iter)];
    managed.prop_map(|managed| alfred_managed(|name| managed.contains(name)))
}

/// What is wanted, what is, and when.
#[derive(Clone, Debug)]
struct Scene {
    spec: Spec,
    world: World,
    now: Timestamp,
}

impl Scene {
    fn plan(&self) -> Plan {
        self.plan_of(&self.world)
    }

    fn plan_of(&self, world: &World) -> Plan {
        plan(&self.spec, world, self.now, &Options::default())
    }
}

/// A world that an apply has left and that has drifted since, a spec that may want other modes
/// now, and a moment within four weeks.
fn drifted() -> impl Strategy<Value = Scene> {
    let one = (drift(), 0..3usize, 0..8usize);
    let drifts = proptest::collection::vec(one, 0..6);
    (modes(), modes(), drifts, 0..40_320i64).prop_map(|(before, spec, drifts, minutes)| {
        let memory = settled();
        memory.apply(&planned(&before, &memory.world()));
        let mut world = memory.world();
        for (drift, region, at) in drifts {
            drift.happen(&mut world, REGIONS[region], at);
        }
        Scene { spec, world, now: noon() + SignedDuration::from_mins(minutes) }
    })
}

/// The policies of each service after each step of a region, at the beginning included.
fn policies_along(steps: &[Step], region: &Region) -> Vec<BTreeMap<String, BTreeSet<String>>> {
    let scales_out = |policy: &Policy| matches!(policy, Policy::TargetTracking(_));
    let mut held: BTreeMap<String, BTreeSet<String>> = region
        .groups
        .iter()
        .map(|group| {
            let policies = group.policies.iter().filter(|(_, policy)| scales_out(policy));
            (group.name.clone(), policies.map(|(name, _)| name.clone()).collect())
        })
        .collect();
    let mut along = vec![held.clone()];
    for step in steps {
        match &step.action {
            Action::PutPolicy { group, name, .. } => {
                held.entry(group.clone()).or_default().insert(name.clone());
            }
            Action::DeletePolicy { group, name } => {
                held.entry(group.clone()).or_default().remove(name);
            }
            _ => continue,
        }
        along.push(held.clone());
    }
    along
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Law 4.
    #[test]
    fn any_drift_is_repaired_by_one_apply_at_any_moment(scene in drifted()) {
        let memory = Memory::new(scene.world.clone());
        memory.apply(&scene.plan());
        let again = scene.plan_of(&memory.world());
        prop_assert!(again.is_empty(), "{:#?}", words(&again));
    }

    /// Law 1.
    #[test]
    fn no_size_outside_the_effective_bounds_is_sent(scene in drifted()) {
        let Scene { spec, now, .. } = &scene;
        for (region, part) in &scene.plan().regions {
            for step in part.steps() {
                let service = &spec.regions[region].services[&step.service];
                let bounds = effective(service.bounds, &service.schedule, *now).bounds;
                let sizes = match &step.action {
                    Action::UpdateGroup { change, .. } => vec![change.min, change.max, change.desired],
                    Action::CreateGroup(new) => vec![Some(new.bounds.min), Some(new.bounds.max)],
                    _ => vec![],
                };
                for size in sizes.into_iter().flatten() {
                    prop_assert_eq!(bounds.clamp(size), size);
                }
            }
        }
    }

    /// Scaling owns the desired capacity.
    #[test]
    fn a_size_inside_the_bounds_is_never_touched(scene in drifted()) {
        let memory = Memory::new(scene.world.clone());
        memory.apply(&scene.plan());
        let (before, after) = (sizes(&scene.world), sizes(&memory.world()));
        for (region, name, service) in alfred().services() {
            let bounds = effective(service.bounds, &service.schedule, scene.now).bounds;
            let key = (region.to_owned(), alfred().group_name(name, plimsoll_core::spec::Slot::A));
            prop_assert_eq!(bounds.clamp(before[&key]), after[&key]);
        }
    }

    /// Law 5.
    #[test]
    fn the_same_input_gives_the_same_plan(scene in drifted()) {
        prop_assert_eq!(scene.plan(), scene.plan());
    }

    /// A process that dies after any step, and is run again, ends where an undisturbed one does.
    #[test]
    fn a_run_that_died_is_finished_by_the_next(
        scene in drifted(),
        fresh: bool,
        steps in 0..60usize,
    ) {
        let world = if fresh { ground() } else { scene.world.clone() };
        let (whole, cut) = (Memory::new(world.clone()), Memory::new(world.clone()));
        let plan = scene.plan_of(&world);
        whole.apply(&plan);
        cut.apply_until(&plan, steps);
        cut.apply(&scene.plan_of(&cut.world()));
        prop_assert_eq!(whole.world(), cut.world());
    }

    /// Whichever way a service changes hands, something scales it out all along.
    #[test]
    fn a_group_with_a_policy_that_scales_out_is_never_without_one(scene in drifted()) {
        let mut world = scene.world.clone();
        for (name, part) in &scene.plan().regions {
            for pair in policies_along(part.steps(), region_mut(&mut world, name)).windows(2) {
                for (group, before) in &pair[0] {
                    prop_assert!(before.is_empty() || !pair[1][group].is_empty(), "{}", group);
                }
            }
        }
    }

    /// What is not ours is not touched: foreign tags stay, and no action names what nobody wants.
    #[test]
    fn foreign_tags_survive(scene in drifted()) {
        let memory = Memory::new(scene.world.clone());
        memory.apply(&scene.plan());
        prop_assert_eq!(foreign_tags(&scene.world), foreign_tags(&memory.world()));
    }
}

type Key = (String, String);

fn sizes(world: &World) -> BTreeMap<Key, u32> {
    each_group(world, |group| group.desired)
}

fn foreign_tags(world: &World) -> BTreeMap<Key, Option<Tag>> {
    each_group(world, |group| group.tags.get("other-team").cloned())
}

fn each_group<T>(world: &World, of: impl Fn(&Group) -> T) -> BTreeMap<Key, T> {
    let mut world = world.clone();
    let mut all = BTreeMap::new();
    for name in REGIONS {
        for group in &region_mut(&mut world, name).groups {
            all.insert((name.to_owned(), group.name.clone()), of(group));
        }
    }
    all
}

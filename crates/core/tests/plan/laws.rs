//! The laws of the house that a plan can keep or break.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::action::Action;
use plimsoll_core::bounds::effective;
use plimsoll_core::plan::{Options, plan};
use plimsoll_core::units::{MetricValue, Seconds};
use plimsoll_core::world::{Group, Policy, Tag, World};
use proptest::prelude::*;

use super::memory::{Memory, launch};
use super::setting::{REGIONS, alfred, ground, noon, planned, region_mut, settled, words};

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
    ]
}

impl Drift {
    fn happen(&self, world: &mut World, region: &str, at: usize) {
        let region = region_mut(world, region);
        if matches!(self, Self::Template) {
            let template = region.templates.values_mut().nth(at).unwrap();
            template.version += 1;
            template.data.imdsv2_required = false;
            return;
        }
        self.happen_to(&mut region.groups[at]);
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
            Self::Template => {}
        }
    }
}

/// A world that drifted, and a moment within four weeks.
fn drifted() -> impl Strategy<Value = (World, Timestamp)> {
    let one = (drift(), 0..3usize, 0..8usize);
    (proptest::collection::vec(one, 0..6), 0..40_320i64).prop_map(|(drifts, minutes)| {
        let mut world = settled().world();
        for (drift, region, at) in drifts {
            drift.happen(&mut world, REGIONS[region], at);
        }
        (world, noon() + SignedDuration::from_mins(minutes))
    })
}

fn plan_at(world: &World, now: Timestamp) -> plimsoll_core::plan::Plan {
    plan(&alfred(), world, now, &Options::default())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Law 4.
    #[test]
    fn any_drift_is_repaired_by_one_apply_at_any_moment((world, now) in drifted()) {
        let memory = Memory::new(world.clone());
        memory.apply(&plan_at(&world, now));
        let again = plan_at(&memory.world(), now);
        prop_assert!(again.is_empty(), "{:#?}", words(&again));
    }

    /// Law 1.
    #[test]
    fn no_size_outside_the_effective_bounds_is_sent((world, now) in drifted()) {
        let spec = alfred();
        for (region, part) in &plan_at(&world, now).regions {
            for step in part.steps() {
                let service = &spec.regions[region].services[&step.service];
                let bounds = effective(service.bounds, &service.schedule, now).bounds;
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
    fn a_size_inside_the_bounds_is_never_touched((world, now) in drifted()) {
        let memory = Memory::new(world.clone());
        memory.apply(&plan_at(&world, now));
        let (before, after) = (sizes(&world), sizes(&memory.world()));
        for (region, name, service) in alfred().services() {
            let bounds = effective(service.bounds, &service.schedule, now).bounds;
            let key = (region.to_owned(), alfred().group_name(name, plimsoll_core::spec::Slot::A));
            prop_assert_eq!(bounds.clamp(before[&key]), after[&key]);
        }
    }

    /// Law 5.
    #[test]
    fn the_same_input_gives_the_same_plan((world, now) in drifted()) {
        prop_assert_eq!(plan_at(&world, now), plan_at(&world, now));
    }

    /// A process that dies after any step, and is run again, ends where an undisturbed one does.
    #[test]
    fn a_run_that_died_is_finished_by_the_next(
        (world, now) in drifted(),
        fresh: bool,
        steps in 0..60usize,
    ) {
        let world = if fresh { ground() } else { world };
        let (whole, cut) = (Memory::new(world.clone()), Memory::new(world.clone()));
        let plan = plan_at(&world, now);
        whole.apply(&plan);
        cut.apply_until(&plan, steps);
        cut.apply(&plan_at(&cut.world(), now));
        prop_assert_eq!(whole.world(), cut.world());
    }

    /// What is not ours is not touched: foreign tags stay, and no action names what nobody wants.
    #[test]
    fn foreign_tags_survive((world, now) in drifted()) {
        let memory = Memory::new(world.clone());
        memory.apply(&plan_at(&world, now));
        prop_assert_eq!(foreign_tags(&world), foreign_tags(&memory.world()));
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

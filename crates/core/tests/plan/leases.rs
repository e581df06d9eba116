//! Plans and leases: what a lease sets is no drift, and a plan leaves alone what is the controller's.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::action::Action;
use plimsoll_core::bounds::{Bounds, Declared};
use plimsoll_core::lease::{Cause, Lease, Leases, is_end, leases_of, settle};
use plimsoll_core::plan::{Options, Plan, plan};
use plimsoll_core::reflex::{moves, shortage};
use plimsoll_core::spec::Spec;
use plimsoll_core::status::status;
use plimsoll_core::world::{Group, Tag, World};
use proptest::prelude::*;

use super::memory::{Memory, launch};
use super::setting::{
    REGIONS, SERVICES, alfred, alfred_with, group_mut, noon, region_mut, settled, steps, words,
};

const CORE: &str = "alfred-production-agent-core-a";
const REGION: &str = "us-east-1";

fn lease(cause: Cause, floor: Option<u32>, ceiling: Option<u32>) -> Lease {
    Lease {
        cause,
        id: "us-west-2".to_owned(),
        floor,
        ceiling,
        zero: false,
        until: noon() + SignedDuration::from_hours(1),
        by: "controller".to_owned(),
        why: "us-west-2 is full".to_owned(),
    }
}

/// Alfred after an apply, with leases whose tags are there and which nothing has followed yet.
fn granted(leases: &[Lease]) -> World {
    let mut world = settled().world();
    let group = group_mut(&mut world, REGION, CORE);
    group.tags.extend(leases.iter().map(|lease| (lease.key(), lease.tag())));
    world
}

fn planned_at(spec: &Spec, world: &World, now: Timestamp) -> Plan {
    plan(spec, world, now, &Options::default())
}

/// Old and new bounds with their reasons.
fn reasons(world: &World, now: Timestamp) -> Vec<String> {
    let plan = planned_at(&alfred(), world, now);
    assert_eq!(plan.problems, []);
    let changes = steps(&plan, REGION).iter().flat_map(|step| &step.changes);
    changes
        .map(|change| {
            let [old, new] = [&change.old, &change.new].map(|it| it.as_deref().unwrap_or("-"));
            format!("{} {old} -> {new}: {}", change.field, change.reason)
        })
        .collect()
}

#[test]
fn a_lease_is_named_as_the_reason_for_the_bound_that_it_sets() {
    let floor = lease(Cause::Overflow, Some(6), None);
    let world = granted(std::slice::from_ref(&floor));
    assert_eq!(
        reasons(&world, noon()),
        [
            "bounds.min 2 -> 6: lease overflow us-west-2 is in force",
            "desired capacity 2 -> 6: it lies outside the bounds",
        ]
    );
    let ceiling = lease(Cause::Maintain, None, Some(4));
    let world = granted(&[floor.clone(), ceiling.clone()]);
    assert_eq!(
        reasons(&world, noon()),
        [
            "bounds.min 2 -> 4: lease overflow us-west-2 is in force",
            "bounds.max 10 -> 4: lease maintain us-west-2 is in force",
            "desired capacity 2 -> 4: it lies outside the bounds",
        ]
    );
    let dark = lease(Cause::Dark, Some(3), None);
    let world = granted(&[floor, dark]);
    let both = "bounds.min 2 -> 6: leases dark us-west-2, overflow us-west-2 are in force";
    assert_eq!(reasons(&world, noon())[0], both);
}

#[test]
fn a_lease_that_lowers_the_minimum_is_named_too() {
    let world = granted(&[lease(Cause::Evacuate, None, Some(1))]);
    assert_eq!(
        reasons(&world, noon()),
        [
            "bounds.min 2 -> 1: lease evacuate us-west-2 is in force",
            "bounds.max 10 -> 1: lease evacuate us-west-2 is in force",
            "desired capacity 2 -> 1: it lies outside the bounds",
        ]
    );
}

#[test]
fn bounds_that_outlived_their_lease_say_so() {
    let mut world = granted(&[lease(Cause::Overflow, Some(6), None)]);
    let group = group_mut(&mut world, REGION, CORE);
    group.bounds.min = 6;
    group.desired = 6;
    launch(group);
    assert_eq!(reasons(&world, noon()), [""; 0]);
    let later = noon() + SignedDuration::from_hours(2);
    assert_eq!(reasons(&world, later), ["bounds.min 6 -> 2: lease overflow us-west-2 is over"]);
    group_mut(&mut world, REGION, CORE).bounds.min = 5;
    let reason = "bounds.min 5 -> 2: schedule entry weekday-evening is in force";
    assert_eq!(reasons(&world, later), [reason]);
}

#[test]
fn a_tag_that_is_no_lease_has_no_effect_and_stays() {
    let mut world = settled().world();
    let key = "plimsoll:lease:overflow:us-west-2";
    let tag = Tag { value: "1 floor=lots".to_owned(), propagate: false };
    group_mut(&mut world, REGION, CORE).tags.insert(key.to_owned(), tag);
    assert!(planned_at(&alfred(), &world, noon()).is_empty());
    let status = status(&alfred(), &world, noon(), &Options::default());
    let row = status.rows.iter().find(|row| row.service == "agent-core" && row.region == REGION);
    let group = row.unwrap().group.as_ref().unwrap();
    assert_eq!((group.leases.len(), group.unreadable[0].key.as_str()), (0, key));
}

#[test]
fn the_status_holds_the_leases_in_force_and_the_bounds_that_they_make() {
    let over = Lease { until: noon(), ..lease(Cause::Dark, Some(9), None) };
    let world = granted(&[lease(Cause::Overflow, Some(6), None), over]);
    let status = status(&alfred(), &world, noon(), &Options::default());
    let row = status.rows.iter().find(|row| row.service == "agent-core" && row.region == REGION);
    let group = row.unwrap().group.as_ref().unwrap();
    assert_eq!(group.leases, [lease(Cause::Overflow, Some(6), None)]);
    assert_eq!((group.bounds.min, group.effective), (2, Bounds { min: 6, max: 10 }));
    assert!(group.drift.contains(&"bounds.min".to_owned()));
    assert_eq!(status.at, noon());
}

fn any_lease() -> impl Strategy<Value = Lease> {
    let cause = proptest::sample::select(Cause::ALL.to_vec());
    let size = || proptest::option::of(0..14u32);
    let sizes = (size(), size())
        .prop_filter("a size", |(floor, ceiling)| floor.is_some() || ceiling.is_some());
    (cause, sizes, -3_600..7_200i64).prop_map(|(cause, (floor, ceiling), seconds)| Lease {
        until: noon() + SignedDuration::from_secs(seconds),
        ..lease(cause, floor, ceiling)
    })
}

/// Alfred at some moment, groups with leases, and with other bounds than those say.
fn leased() -> impl Strategy<Value = (World, Timestamp)> {
    let one = (0..REGIONS.len(), 0..8usize, proptest::collection::vec(any_lease(), 0..3));
    let bounds = (0..5u32, 5..20u32);
    let groups = proptest::collection::vec((one, proptest::option::of(bounds)), 1..5);
    (groups, 0..3_600i64).prop_map(|(groups, seconds)| {
        let mut world = settled().world();
        for ((region, at, leases), bounds) in groups {
            let group = &mut region_mut(&mut world, REGIONS[region]).groups[at];
            hang_on(group, &leases);
            if let Some((min, max)) = bounds {
                group.bounds = Bounds { min, max };
                group.desired = group.bounds.clamp(group.desired);
                launch(group);
            }
        }
        (world, noon() + SignedDuration::from_secs(seconds))
    })
}

/// All that a controller writes on a group.
fn hang_on(group: &mut Group, leases: &[Lease]) {
    let tag = |value: &str| Tag { value: value.to_owned(), propagate: false };
    group.tags.extend(leases.iter().map(|lease| (lease.key(), lease.tag())));
    group.tags.insert(moves::KEY.to_owned(), tag("1 2026-11-21T11:00:00Z 2 3"));
    group.tags.insert(shortage::KEY.to_owned(), tag("1 type"));
    let spec = alfred();
    let service = &spec.regions[REGION].services["agent-core"];
    let declared = Declared::of(&spec.regions[REGION], service);
    for action in settle(group, &declared, leases, &BTreeSet::new(), noon()).actions {
        if matches!(action, Action::PutSchedule { .. }) {
            action.change_parts(group);
        }
    }
}

/// What is the controller's on each group: its tags and the ends of leases.
type Own = (BTreeMap<String, Tag>, BTreeSet<String>);

fn own(world: &World) -> BTreeMap<(String, String), Own> {
    let mut world = world.clone();
    let mut all = BTreeMap::new();
    for region in REGIONS {
        for group in &region_mut(&mut world, region).groups {
            let identity = plimsoll_core::world::tag_keys::IDENTITY;
            let ours = |key: &str| key.starts_with("plimsoll:") && !identity.contains(&key);
            let tags = group.tags.iter().filter(|(key, _)| ours(key));
            let tags = tags.map(|(key, tag)| (key.clone(), tag.clone())).collect();
            let ends = group.schedules.keys().filter(|name| is_end(name)).cloned().collect();
            all.insert((region.to_owned(), group.name.clone()), (tags, ends));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Law 4, with leases; and nothing of the controller's is touched on the way.
    #[test]
    fn an_apply_follows_leases_and_leaves_them_alone((world, now) in leased()) {
        let memory = Memory::new(world.clone());
        memory.apply(&planned_at(&alfred(), &world, now));
        let after = memory.world();
        let again = planned_at(&alfred(), &after, now);
        prop_assert!(again.is_empty(), "{:#?}", words(&again));
        prop_assert_eq!(own(&world), own(&after));
    }

    /// Law 1, with leases.
    #[test]
    fn no_size_outside_the_bounds_with_leases_is_sent((mut world, now) in leased()) {
        let spec = alfred();
        for (region, part) in &planned_at(&spec, &world.clone(), now).regions {
            for step in part.steps() {
                let Action::UpdateGroup { group, change } = &step.action else { continue };
                let service = &spec.regions[region].services[&step.service];
                let leases = leases_of(service, Some(&*group_mut(&mut world, region, group)));
                let bounds = Declared::of(&spec.regions[region], service).with(&leases, now).bounds;
                for size in [change.min, change.max, change.desired].into_iter().flatten() {
                    prop_assert_eq!(bounds.clamp(size), size);
                }
            }
        }
    }

    /// What a controller writes so that a group follows its leases is no drift.
    #[test]
    fn a_group_that_follows_its_leases_has_an_empty_plan(
        leases in proptest::collection::vec(any_lease(), 0..4),
        dropped in proptest::collection::vec(any_lease(), 0..2),
        seconds in 0..3_600i64,
    ) {
        let now = noon() + SignedDuration::from_secs(seconds);
        let (spec, mut world) = (alfred(), settled().world());
        let service = &spec.regions[REGION].services["agent-core"];
        let group = group_mut(&mut world, REGION, CORE);
        let granted: BTreeMap<_, _> =
            leases.into_iter().map(|lease| (lease.key(), lease)).collect();
        let granted: Vec<Lease> =
            granted.into_values().filter(|lease| lease.in_force(now)).collect();
        let dropped = dropped.iter().map(Lease::key).collect();
        let declared = Declared::of(&spec.regions[REGION], service);
        let actions = settle(group, &declared, &granted, &dropped, now).actions;
        let memory = Memory::new(world.clone());
        memory.carry_out(REGION, &actions);
        let after = memory.world();
        prop_assert!(planned_at(&spec, &after, now).is_empty());
        let count = granted.len();
        let leases = Leases::of(group_mut(&mut after.clone(), REGION, CORE)).readable;
        prop_assert_eq!(leases.len(), count);
    }
}

#[test]
fn leases_of_a_stateful_service_have_no_effect() {
    let stateful: Vec<String> = alfred().regions[REGION]
        .services
        .keys()
        .filter(|name| !SERVICES.contains(&name.as_str()))
        .cloned()
        .collect();
    assert!(!stateful.is_empty());
    for service in stateful {
        let mut world = settled().world();
        let name = format!("alfred-production-{service}-a");
        let lease = lease(Cause::Maintain, None, Some(0));
        hang_on(group_mut(&mut world, REGION, &name), &[lease]);
        assert!(planned_at(&alfred(), &world, noon()).is_empty(), "{service}");
    }
}

#[test]
fn a_spec_that_changes_meanwhile_changes_what_is_below_a_lease() {
    let mut world = granted(&[lease(Cause::Overflow, Some(6), None)]);
    let group = group_mut(&mut world, REGION, CORE);
    (group.bounds.min, group.desired) = (6, 6);
    launch(group);
    let spec = alfred_with(|text| text.replace("{ min: 2, max: 10 }", "{ min: 3, max: 8 }"));
    let plan = planned_at(&spec, &world, noon());
    let core = steps(&plan, REGION).iter().find(|step| step.action.resource() == CORE).unwrap();
    let fields: Vec<_> = core.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["bounds.max"], "the floor of six holds");
    let Action::UpdateGroup { change, .. } = &core.action else { panic!("{}", core.action) };
    assert_eq!((change.min, change.max, change.desired), (None, Some(8), None));
}

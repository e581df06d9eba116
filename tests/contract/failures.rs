//! Clouds that fail, as only the twin can show them: LocalStack reads what was written, and answers.

use std::collections::BTreeSet;

use plimsoll_core::action::{Action, GroupChange};
use plimsoll_core::apply::{self, Event, Observer};
use plimsoll_core::cloud::{Cloud, ErrorClass, Query, Scope, Window};
use plimsoll_core::plan::{self, Options, Plan};
use plimsoll_core::world::{Group, Metric, RegionState};
use plimsoll_twin::cloud::Twin;
use plimsoll_twin::fault::{Fault, Kind};

use crate::suite::{HERE, THERE, WEB, spec};
use crate::twin::{START, block_on, twin};

/// In force from the first moment for ten minutes.
fn at_first(kind: Kind) -> Twin {
    let twin = twin(vec![Fault { from: 0, to: 600, kind }]);
    twin.pass(1);
    twin
}

fn scope() -> Scope {
    plan::scope(spec(), &Options::default())
}

fn planned(cloud: &impl Cloud) -> Plan {
    let world = block_on(cloud.observe(&scope()));
    plan::plan(spec(), &world, START.parse().unwrap(), &Options::default())
}

struct Silent;

impl Observer for Silent {
    fn event(&self, _: &Event<'_>) {}
}

/// Carries out what a plan has for a region, and counts what failed.
fn carry_out(cloud: &impl Cloud, plan: &Plan, region: &str) -> usize {
    let steps = plan.regions[region].steps();
    block_on(apply::region(cloud, region, steps, &Silent)).failed.len()
}

/// The group of the web service [`HERE`], as it is read.
fn web(cloud: &impl Cloud) -> Option<Group> {
    let world = block_on(cloud.observe(&scope()));
    let RegionState::Observed(region) = &world.regions[HERE] else { panic!("{world:#?}") };
    region.groups.iter().find(|group| group.name == WEB).cloned()
}

fn to_max(max: u32) -> Action {
    let change = Box::new(GroupChange { max: Some(max), ..GroupChange::default() });
    Action::UpdateGroup { group: WEB.to_owned(), change }
}

#[test]
fn stale_reads_show_a_write_after_as_long_as_they_lag() {
    let twin = at_first(Kind::StaleReads { region: HERE.to_owned(), seconds: 30 });
    let first = planned(&twin);
    assert_eq!(carry_out(&twin, &first, HERE), 0);
    assert_eq!(web(&twin), None);
    twin.pass(29);
    assert_eq!(web(&twin), None);
    twin.pass(1);
    assert_eq!(web(&twin).unwrap().bounds.max, 6);

    for max in [7, 8] {
        block_on(twin.act(HERE, &to_max(max))).unwrap();
        twin.pass(10);
    }
    assert_eq!(web(&twin).unwrap().bounds.max, 6, "20 s and 10 s ago");
    twin.pass(10);
    assert_eq!(web(&twin).unwrap().bounds.max, 7, "30 s and 20 s ago");
    twin.pass(10);
    assert_eq!(web(&twin).unwrap().bounds.max, 8, "40 s and 30 s ago");
}

#[test]
fn a_plan_of_a_stale_world_is_carried_out_again_without_harm() {
    let twin = at_first(Kind::StaleReads { region: HERE.to_owned(), seconds: 30 });
    let first = planned(&twin);
    assert_eq!(carry_out(&twin, &first, HERE), 0);
    let again = planned(&twin);
    assert_eq!(again.regions[HERE], first.regions[HERE], "nothing of it shows yet");
    assert_eq!(carry_out(&twin, &again, HERE), 0);
    twin.pass(30);
    assert_eq!(planned(&twin).regions[HERE].steps(), []);
}

#[test]
fn what_was_done_and_not_answered_is_done_and_a_repeat_finds_it() {
    let twin = at_first(Kind::LostAnswers { region: HERE.to_owned() });
    let first = planned(&twin);
    let steps = first.regions[HERE].steps();
    let error = block_on(twin.act(HERE, &steps[0].action)).unwrap_err();
    assert_eq!(error.class, ErrorClass::Unreachable, "{error}");

    // Each run of the command gets one step further, and finds what the runs before it made.
    let mut runs = 0;
    while !planned(&twin).regions[HERE].steps().is_empty() {
        assert!(carry_out(&twin, &planned(&twin), HERE) > 0, "an answer came");
        runs += 1;
        assert!(runs <= steps.len(), "no run gets further");
    }
    twin.pass(600);
    assert_eq!(carry_out(&twin, &first, HERE), 0, "the first plan, with answers");
    assert_eq!(planned(&twin).regions[HERE].steps(), []);
}

#[test]
fn a_region_that_throttles_says_so_and_does_nothing() {
    let twin = at_first(Kind::Throttled { region: HERE.to_owned() });
    let world = block_on(twin.observe(&scope()));
    let RegionState::Unreachable(why) = &world.regions[HERE] else { panic!("{world:#?}") };
    assert_eq!(why.class, ErrorClass::Throttled);
    assert!(matches!(world.regions[THERE], RegionState::Observed(_)));
    let error = block_on(twin.act(HERE, &to_max(7))).unwrap_err();
    assert_eq!(error.class, ErrorClass::Throttled);
    let (start, query) = (START.parse().unwrap(), []);
    let window = Window { start, end: start };
    let why = block_on(twin.measure(HERE, &query, window)).unwrap_err();
    assert_eq!(why.class, ErrorClass::Throttled);

    twin.pass(600);
    assert_eq!(carry_out(&twin, &planned(&twin), HERE), 0);
    assert_eq!(web(&twin).unwrap().bounds.max, 6);
}

#[test]
fn a_partition_hides_each_side_from_the_other_and_neither_from_outside() {
    let (between, and) = (HERE.to_owned(), THERE.to_owned());
    let twin = at_first(Kind::Partition { between, and });
    let first = planned(&twin);
    for region in [HERE, THERE] {
        assert_eq!(carry_out(&twin, &first, region), 0);
    }
    let metric =
        Metric::Predefined { name: "ASGAverageCPUUtilization".to_owned(), resource_label: None };
    let query = [Query { group: WEB.to_owned(), metric }];
    let start = START.parse().unwrap();
    let window = Window { start, end: start };
    for (mine, other) in [(HERE, THERE), (THERE, HERE)] {
        let view = twin.seen_from(mine);
        let world = block_on(view.observe(&scope()));
        assert!(matches!(world.regions[mine], RegionState::Observed(_)));
        let RegionState::Unreachable(why) = &world.regions[other] else { panic!("{world:#?}") };
        assert_eq!(why.class, ErrorClass::Unreachable);
        let error = block_on(view.act(other, &to_max(9))).unwrap_err();
        assert_eq!(error.class, ErrorClass::Unreachable);
        let why = block_on(view.measure(other, &query, window)).unwrap_err();
        assert_eq!(why.class, ErrorClass::Unreachable);
        assert!(block_on(view.measure(mine, &query, window)).is_ok());
        block_on(view.act(mine, &to_max(7))).unwrap();
    }
    let world = block_on(twin.observe(&scope()));
    let seen: BTreeSet<u32> = world
        .regions
        .values()
        .flat_map(|state| match state {
            RegionState::Observed(region) => region.groups.clone(),
            RegionState::Unreachable(why) => panic!("{why:?}"),
        })
        .filter(|group| group.name == WEB)
        .map(|group| group.bounds.max)
        .collect();
    assert_eq!(seen, BTreeSet::from([7]), "each side changed its own and nothing else");

    twin.pass(600);
    let world = block_on(twin.seen_from(HERE).observe(&scope()));
    assert!(matches!(world.regions[THERE], RegionState::Observed(_)), "it is over");
}

//! Plimsoll's controller in the twin.

use plimsoll_core::action::{Action, GroupChange};

use super::*;

const MANAGED: &str = "
    scaling:
      mode: managed
      policies: { cpu: { target_tracking: { metric: cpu, target: 50 } } }
";

fn hold(engine: &Engine, hold: &str) -> u64 {
    let holds = &engine.look(WEB).unwrap().0.tally.holds;
    holds.get(hold).copied().unwrap_or_default()
}

#[test]
fn the_first_decision_remembers_the_size_that_it_finds() {
    // Ten instances at 10 % of their CPU need four. The size that it found counts for the usual
    // five minutes of stabilisation.
    let mut engine = engine(&with_min(one(MANAGED), 10), 100.0, &[]);
    let group = engine.seen(WEB).name.clone();
    let change = Box::new(GroupChange { min: Some(1), ..GroupChange::default() });
    engine.act(EAST, &Action::UpdateGroup { group, change }).unwrap();
    engine.run_until(299);
    assert_eq!(engine.seen(WEB).desired, 10);
    engine.run_until(600);
    assert_eq!(engine.seen(WEB).desired, 2);
}

#[test]
fn it_holds_while_it_can_read_nothing_and_while_it_is_refused() {
    let region = EAST.to_owned();
    let kinds = [Kind::ControlPlaneDark { region: region.clone() }, Kind::Throttled { region }];
    for kind in kinds {
        let load = open("web", None, Curve::Lines(vec![(600, 180.0), (600, 340.0)]));
        let mut engine = Engine::new(&one(MANAGED), &load, &options(&[(300, 900, kind)]));
        engine.run_until(899);
        assert_eq!(engine.seen(WEB).desired, 4);
        assert_eq!(hold(&engine, "managed: the region cannot be read"), 10);
        engine.run_until(900);
        assert_eq!(engine.seen(WEB).desired, 7);
    }
}

#[test]
fn a_change_of_the_group_does_not_make_it_forget_its_metrics() {
    let mut engine = engine(&one(MANAGED), 180.0, &[]);
    engine.run_until(600);
    let before = engine.look(WEB).unwrap().0.managed.as_ref().unwrap().gauges[0].shown();
    let (group, keys) = (engine.seen(WEB).name.clone(), ["none".to_owned()].into());
    engine.act(EAST, &Action::DeleteTags { group, keys }).unwrap();
    let after = engine.look(WEB).unwrap().0.managed.as_ref().unwrap().gauges[0].shown();
    assert!(before.is_some());
    assert_eq!(before, after);
}

#[test]
fn a_need_inside_the_tolerance_is_a_rise_that_is_not_met_and_says_why() {
    // 52.5 % at a target of 50 need five instances, and are within a tenth of what four hold.
    let load = open("web", None, Curve::Lines(vec![(600, 180.0), (600, 210.0), (1_800, 180.0)]));
    let mut engine = Engine::new(&one(MANAGED), &load, &options(&[]));
    engine.run_until(3_000);
    assert_eq!(engine.seen(WEB).desired, 4);
    assert!(hold(&engine, "managed: inside the tolerance") > 0);
    let rises = engine.look(WEB).unwrap().0.rises.clone().into_found();
    assert_eq!((rises.count, rises.met, rises.first), (1, 0, None));
}

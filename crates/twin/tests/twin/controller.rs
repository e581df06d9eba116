//! Leases in the twin, with the controller and without it, through the port of the core.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::action::Action;
use plimsoll_core::bounds::{Bounds, Declared};
use plimsoll_core::cloud::{Cloud, RegionScope, Scope};
use plimsoll_core::lease::{self, Cause, Lease, Leases};
use plimsoll_core::spec::Spec;
use plimsoll_core::world::{Group, RegionState};
use plimsoll_twin::cloud::Twin;
use plimsoll_twin::run::{Controller, Options};

use crate::setting::{at_once, load, moment, options, web};

const REGION: &str = "us-east-1";

/// An hour after the first moment.
const UNTIL: &str = "2027-01-03T13:00:00Z";

fn twin(spec: &Spec, controller: Controller) -> Twin {
    let options = Options { controller, ..options(0) };
    Twin::settled(spec, &load(spec, "web=steady:90"), &options)
}

fn group(spec: &Spec, twin: &Twin) -> Group {
    let regions = BTreeMap::from([(REGION.to_owned(), RegionScope::default())]);
    let (platform, environment) = (spec.platform.clone(), spec.environment.clone());
    let mut world = at_once(twin.observe(&Scope { platform, environment, regions }));
    match world.regions.remove(REGION) {
        Some(RegionState::Observed(mut region)) => region.groups.remove(0),
        other => panic!("{other:?}"),
    }
}

fn floor() -> Lease {
    Lease {
        cause: Cause::Surge,
        id: "sale".to_owned(),
        floor: Some(5),
        ceiling: None,
        zero: false,
        until: moment(UNTIL),
        by: "ada".to_owned(),
        why: "the sale".to_owned(),
    }
}

const WIDE: Bounds = Bounds { min: 2, max: 20 };
const HELD: Bounds = Bounds { min: 5, max: 20 };

#[test]
fn a_lease_ends_by_its_own_scheduled_action_when_no_controller_runs() {
    let spec = web("{}");
    let twin = twin(&spec, Controller::Off);
    let before = group(&spec, &twin);
    assert_eq!(before.bounds, WIDE);
    let region = &spec.regions[REGION];
    let declared = Declared::of(region, &region.services["web"]);
    let now = moment(crate::setting::SUNDAY);
    let settled = lease::settle(&before, &declared, &[floor()], &BTreeSet::new(), now);
    for action in &settled.actions {
        at_once(twin.act(REGION, action)).unwrap();
    }
    twin.pass(3_540);
    assert_eq!(group(&spec, &twin).bounds, HELD);
    twin.pass(60);
    let after = group(&spec, &twin);
    assert_eq!(after.bounds, WIDE);
    assert_eq!(Leases::of(&after).readable.len(), 1, "the tag stays, and has no effect");
}

#[test]
fn bounds_follow_a_lease_within_a_minute_when_the_controller_runs_and_what_is_over_goes() {
    let spec = web("{}");
    let twin = twin(&spec, Controller::On);
    let lease = floor();
    let tags = BTreeMap::from([(lease.key(), lease.tag())]);
    let tagged = Action::PutTags { group: group(&spec, &twin).name, tags };
    // Whoever granted it was cut off after the first of three writes.
    at_once(twin.act(REGION, &tagged)).unwrap();
    assert_eq!(group(&spec, &twin).bounds, WIDE);
    twin.pass(60);
    let held = group(&spec, &twin);
    assert_eq!((held.bounds, held.desired), (HELD, 5));
    assert!(held.schedules.keys().any(|name| lease::is_end(name)), "it ends without us too");
    twin.pass(3_540);
    twin.pass(60);
    let after = group(&spec, &twin);
    assert_eq!((after.bounds, lease::has_traces(&after)), (WIDE, false));
}

#[test]
fn a_controller_whose_region_refuses_its_calls_changes_nothing_and_says_so() {
    use plimsoll_twin::fault::{Fault, Kind};
    use plimsoll_twin::run::simulate;
    let spec = web("{}");
    let kind = Kind::Throttled { region: REGION.to_owned() };
    let faults = vec![Fault { from: 600, to: 1_200, kind }];
    let options = Options { controller: Controller::On, faults, ..options(1_800) };
    let outcome = simulate(&spec, &load(&spec, "web=steady:90"), &options);
    let controllers = outcome.controllers.unwrap();
    assert_eq!((controllers.ticks, controllers.missed), (20, 10));
    assert_eq!((controllers.actions, controllers.refused), (0, 0), "there was nothing to do");
}

//! What a plan says: old and new, why, and what it means.

use plimsoll_core::plan::{Options, plan};
use plimsoll_core::world::World;

use super::memory::launch;
use super::setting::{alfred, alfred_with, group_mut, notes, planned, settled, steps, words};

const CORE: &str = "alfred-production-agent-core-a";

fn settled_with(change: impl Fn(&mut World)) -> World {
    let mut world = settled().world();
    change(&mut world);
    world
}

#[test]
fn a_lower_maximum_says_how_many_instances_end() {
    let world = settled_with(|world| {
        let group = group_mut(world, "us-east-1", CORE);
        group.desired = 8;
        launch(group);
    });
    let spec = alfred_with(|text| text.replace("{ min: 2, max: 10 }", "{ min: 2, max: 5 }"));
    let plan = planned(&spec, &world);
    let [step] = steps(&plan, "us-east-1") else { panic!("{:#?}", words(&plan)) };
    assert_eq!(step.consequences, ["terminates 3 instances: max 10 -> 5, 8 running; -$0.255/h"]);
    assert!(step.destructive);
    let fields: Vec<_> = step.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["bounds.max", "desired capacity"]);
}

#[test]
fn a_maximum_that_was_changed_by_hand_is_the_only_thing_shown() {
    let world = settled_with(|world| group_mut(world, "us-west-2", CORE).bounds.max = 3);
    let plan = planned(&alfred(), &world);
    assert_eq!(words(&plan), [format!("us-west-2: update group {CORE}")]);
    let [step] = steps(&plan, "us-west-2") else { panic!() };
    insta::assert_json_snapshot!(step.changes, @r#"
    [
      {
        "field": "bounds.max",
        "old": "3",
        "new": "10",
        "reason": "the spec differs"
      }
    ]
    "#);
    assert_eq!(
        step.consequences,
        ["no instance starts or ends now, 2 running; scales 2 to 10; $0.17/h to $0.85/h"]
    );
    assert!(!step.destructive);
}

#[test]
fn a_schedule_entry_in_force_is_named_as_the_reason() {
    // Monday, 06:30 in Berlin: weekday-morning has just fired, and AWS has not run it yet.
    let monday = "2026-11-23T05:30:00Z".parse().unwrap();
    let plan = plan(&alfred(), &settled().world(), monday, &Options::default());
    let [step] = steps(&plan, "eu-central-1") else { panic!("{:#?}", words(&plan)) };
    assert_eq!(step.changes[0].reason, "schedule entry weekday-morning is in force");
    assert_eq!(step.consequences, ["launches 2 instances: min 2 -> 4, 2 running; $0.17/h"]);
}

#[test]
fn a_new_template_is_told_apart_from_what_still_runs() {
    let spec = alfred_with(|text| text.replace("type: c6i.large", "type: c7i.large"));
    let memory = settled();
    let plan = planned(&spec, &memory.world());
    let core: Vec<_> = steps(&plan, "us-east-1")
        .iter()
        .filter(|step| step.service == "agent-core")
        .map(|step| (step.action.to_string(), step.consequences.clone()))
        .collect();
    insta::assert_debug_snapshot!(core, @r#"
    [
        (
            "add a version to launch template alfred-production-agent-core-a",
            [],
        ),
        (
            "update group alfred-production-agent-core-a",
            [
                "2 instances run alfred-production-agent-core-a v1 until they are replaced",
            ],
        ),
    ]
    "#);
    memory.apply(&plan);
    let after = planned(&spec, &memory.world());
    assert!(after.is_empty());
    assert!(
        notes(&after, "us-east-1")
            .contains(&"2 instances still run template v1; new ones get v2".to_owned())
    );
}

#[test]
fn the_cost_of_a_higher_minimum_is_shown() {
    let spec = alfred_with(|text| text.replace("{ min: 1, max: 6 }", "{ min: 3, max: 6 }"));
    let plan = planned(&spec, &settled().world());
    let plimsoll_core::plan::RegionPlan::Planned(part) = &plan.regions["us-east-1"] else {
        panic!()
    };
    let cost = part.cost.unwrap();
    // Three services, two instances more each.
    assert_eq!(cost.after.0 - cost.before.0, 6 * 85_000);
}

#[test]
fn a_policy_that_takes_over_a_metric_goes_second() {
    let spec = alfred_with(|text| {
        text.replace(
            "cpu: { target_tracking: { metric: cpu",
            "busy: { target_tracking: { metric: cpu",
        )
    });
    let plan = planned(&spec, &settled().world());
    let core: Vec<_> = steps(&plan, "us-east-1")
        .iter()
        .filter(|step| step.service == "agent-core")
        .map(|step| step.action.to_string())
        .collect();
    assert_eq!(core, ["delete scaling policy cpu", "put scaling policy busy"]);
}

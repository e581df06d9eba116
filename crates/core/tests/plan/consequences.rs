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

#[test]
fn new_bounds_carry_no_size_so_that_what_scaled_meanwhile_stays() {
    let spec = alfred_with(|text| text.replace("{ min: 1, max: 6 }", "{ min: 2, max: 6 }"));
    let memory = settled();
    let plan = planned(&spec, &memory.world());
    // Between the plan and the apply, scaling goes to five.
    let name = "alfred-production-agent-legal-a";
    let mut world = memory.world();
    let group = group_mut(&mut world, "us-east-1", name);
    group.desired = 5;
    launch(group);
    let moved = super::memory::Memory::new(world);
    moved.apply(&plan);
    assert_eq!(group_mut(&mut moved.world(), "us-east-1", name).desired, 5);
}

#[test]
fn instances_of_several_old_versions_are_counted_together() {
    let world = settled_with(|world| {
        let group = group_mut(world, "us-east-1", CORE);
        group.desired = 4;
        launch(group);
        for (instance, version) in group.instances.iter_mut().zip(["9", "10", "10", "1"]) {
            instance.template.as_mut().unwrap().version = version.to_owned();
        }
    });
    let plan = planned(&alfred(), &world);
    let said = "3 instances still run template v9 and v10; new ones get v1";
    assert!(notes(&plan, "us-east-1").contains(&said.to_owned()));
}

#[test]
fn a_plan_holds_no_user_data_in_clear() {
    let plan = planned(&alfred(), &super::setting::ground());
    let json = serde_json::to_string(&plan).unwrap();
    assert!(json.contains("1 lines, 10 bytes") && !json.contains("#!/bin/sh"));
}

#[test]
fn a_schedule_entry_that_moved_into_the_past_leaves_aws() {
    let entry = |at: &str| {
        alfred_with(|text| {
            text.replace("            weekday-evening", &format!(
            "            launch-day: {{ at: \"{at}\", max: 11 }}\n            weekday-evening"
        ))
        })
    };
    let memory = settled();
    memory.apply(&planned(&entry("2026-12-20T08:00:00Z"), &memory.world()));
    let past = entry("2026-11-20T08:00:00Z");
    memory.apply(&planned(&past, &memory.world()));
    let group = group_mut(&mut memory.world(), "us-east-1", CORE).clone();
    assert!(!group.schedules.contains_key("launch-day"));
    assert_eq!(group.bounds.max, 11, "its effect stays");
    assert!(planned(&past, &memory.world()).is_empty());
}

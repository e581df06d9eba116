//! What a plan says: old and new, why, and what it means.

use plimsoll_core::plan::{Options, Plan, plan, release};
use plimsoll_core::status::status;
use plimsoll_core::world::{Policy, World};

use super::memory::{Memory, launch};
use super::setting::{
    alfred, alfred_managed, alfred_overlaid, alfred_with, group_mut, noon, notes, planned, settled,
    steps, words,
};

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
    assert_eq!(step.consequences, ["launches 1 instance: min 2 -> 3, 2 running; $0.085/h"]);
}

#[test]
fn an_overlay_that_declares_a_bound_is_named_as_the_reason() {
    let text = "services: { agent-core: { regions: { us-west-2: { bounds: { max: 12 } } } } }";
    let spec = alfred_overlaid("west.yaml", text);
    let plan = planned(&spec, &settled().world());
    let [step] = steps(&plan, "us-west-2") else { panic!("{:#?}", words(&plan)) };
    let [change] = step.changes.as_slice() else { panic!("{step:#?}") };
    assert_eq!((change.field.as_str(), change.new.as_deref()), ("bounds.max", Some("12")));
    assert_eq!(change.reason, "the overlay west.yaml says so");
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

/// The steps of agent-core's group in one region: what is done, why and what it means.
fn core_steps(plan: &Plan) -> Vec<String> {
    let own = steps(plan, "us-east-1").iter().filter(|step| step.action.resource() == CORE);
    own.map(|step| {
        let reasons: Vec<_> = step.changes.iter().map(|change| change.reason.as_str()).collect();
        format!("{} ({}): {}", step.action, reasons.join(", "), step.consequences.join("; "))
    })
    .collect()
}

#[test]
fn a_service_that_becomes_managed_keeps_one_policy_that_only_scales_out() {
    let spec = alfred_managed(|name| name == "agent-core");
    let plan = planned(&spec, &settled().world());
    // AWS refuses two policies on one metric, so `cpu` goes before the backstop comes.
    let gone = "(the service is managed): AWS deletes its alarms too; the controller holds its \
                target from now on";
    assert_eq!(
        core_steps(&plan),
        [
            format!("delete scaling policy cpu {gone}"),
            "put scaling policy plimsoll-backstop (the service is managed): scales out by itself \
             if the controller stops; only the controller scales in"
                .to_owned(),
            format!("delete scaling policy memory {gone}"),
            format!("delete scaling policy requests {gone}"),
        ]
    );
    let [_, backstop, ..] = steps(&plan, "us-east-1") else { panic!() };
    assert_eq!(
        backstop.changes[0].new.as_deref(),
        Some("keep ASGAverageCPUUtilization at 90, never scale in")
    );
}

#[test]
fn a_service_that_is_no_longer_managed_gets_its_policies_back() {
    let memory = settled();
    memory.apply(&planned(&alfred_managed(|_| true), &memory.world()));
    let managed = memory.world();
    let plan = planned(&alfred(), &managed);
    assert_eq!(
        core_steps(&plan),
        [
            "put scaling policy memory (not there yet): ",
            "put scaling policy requests (not there yet): ",
            "delete scaling policy plimsoll-backstop (the service is not managed): AWS deletes its \
             alarms too",
            "put scaling policy cpu (not there yet): ",
        ]
    );
    memory.apply(&plan);
    assert_eq!(memory.world(), settled().world());
}

#[test]
fn the_status_of_a_managed_service_counts_its_backstop() {
    let spec = alfred_managed(|name| name == "agent-core");
    let counted = |world: &World| {
        let status = status(&spec, world, noon(), &Options::default());
        let row = status.rows.iter().find(|row| row.service == "agent-core").unwrap();
        let group = row.group.as_ref().unwrap();
        (group.policies_in_place, group.policies_wanted)
    };
    let memory = settled();
    assert_eq!(counted(&memory.world()), (0, 1));
    memory.apply(&planned(&spec, &memory.world()));
    assert_eq!(counted(&memory.world()), (1, 1));
}

#[test]
fn a_full_group_makes_room_before_it_gets_a_policy() {
    let world = settled_with(|world| {
        let group = group_mut(world, "us-east-1", CORE);
        group.policies.clear();
        for number in 0..50 {
            let by_hand = Policy::Foreign("SimpleScaling".to_owned());
            group.policies.insert(format!("by-hand-{number:02}"), by_hand);
        }
    });
    let memory = Memory::new(world.clone());
    // The cloud in memory refuses a policy too many.
    memory.apply(&planned(&alfred(), &world));
    assert_eq!(memory.world(), settled().world());
}

#[test]
fn a_group_that_is_released_says_which_policies_stay() {
    let memory = settled();
    memory.apply(&planned(&alfred_managed(|name| name == "agent-core"), &memory.world()));
    let plan = release(&alfred(), &memory.world(), &Options::default());
    let said = |service: &str| {
        let step = steps(&plan, "us-east-1").iter().find(|step| step.service == service).unwrap();
        step.consequences[0].clone()
    };
    assert_eq!(
        said("agent-core"),
        format!(
            "{CORE} goes on with 2 instances and the policy that only scales out; Plimsoll \
             forgets it"
        )
    );
    assert!(said("agent-rag").contains("and its scaling policies"), "{}", said("agent-rag"));
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

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;
use plimsoll_core::action::{Action, GroupChange, NewGroup};
use plimsoll_core::bounds::Bounds;
use plimsoll_core::cloud::ErrorClass;
use plimsoll_core::units::Seconds;
use plimsoll_core::world::{
    GroupSettings, Policy, TemplateData, TemplateRef, Unreachable, ZoneDistribution,
};

use super::*;

const GROUP: &str = "alfred-production-agent-core-a";
const IDLE: &str = "Up to date: 24 groups in 3 regions match the spec";

fn step(action: Action, changes: Vec<Change>, consequences: &[&str]) -> Step {
    let consequences = consequences.iter().map(ToString::to_string).collect();
    Step { service: "agent-core".to_owned(), action, changes, consequences, destructive: false }
}

fn change(field: &str, old: Option<&str>, new: Option<&str>, reason: &str) -> Change {
    let text = |value: Option<&str>| value.map(str::to_owned);
    Change { field: field.to_owned(), old: text(old), new: text(new), reason: reason.to_owned() }
}

fn policy(name: &str) -> Action {
    let policy = Box::new(Policy::Foreign("SimpleScaling".to_owned()));
    Action::PutPolicy { group: GROUP.to_owned(), name: name.to_owned(), policy }
}

fn lowered_max() -> Step {
    let change_max = Box::new(GroupChange { max: Some(5), ..GroupChange::default() });
    let action = Action::UpdateGroup { group: GROUP.to_owned(), change: change_max };
    let changes = vec![change("bounds.max", Some("10"), Some("5"), "the spec differs")];
    let consequence = "terminates 3 instances: max 10 -> 5, 8 running; -$0.255/h";
    Step { destructive: true, ..step(action, changes, &[consequence]) }
}

fn planned(steps: Vec<Step>) -> RegionPlan {
    RegionPlan::Planned(Planned { steps, ..Planned::default() })
}

fn plan(regions: Vec<(&str, RegionPlan)>) -> Plan {
    Plan {
        platform: "alfred".to_owned(),
        environment: "production".to_owned(),
        regions: regions.into_iter().map(|(name, plan)| (name.to_owned(), plan)).collect(),
        problems: Vec::new(),
    }
}

fn shown(plan: &Plan) -> String {
    let text = PlanView::new(plan, &[], IDLE).to_string();
    let text = anstream::adapter::strip_str(&text).to_string();
    for line in text.lines() {
        let breakable = line.trim_start().contains(' ');
        assert!(!breakable || line.chars().count() <= 80, "wider than 80 columns: {line}");
    }
    text
}

fn new_group() -> NewGroup {
    NewGroup {
        name: GROUP.to_owned(),
        bounds: Bounds { min: 2, max: 10 },
        settings: GroupSettings {
            template: Some(TemplateRef { name: GROUP.to_owned(), version: String::new() }),
            subnets: BTreeSet::from(["subnet-0a".to_owned(), "subnet-0b".to_owned()]),
            health_checks: BTreeSet::from(["ELB".to_owned()]),
            health_check_grace: Seconds(300),
            warmup: Some(Seconds(120)),
            termination_policies: vec!["Default".to_owned()],
            maintenance: None,
            zones: ZoneDistribution::BalancedBestEffort,
            scale_in_protection: false,
            max_instance_lifetime: None,
        },
        target_groups: BTreeSet::from([
            "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/agent-core/1a2b"
                .to_owned(),
        ]),
        tags: BTreeMap::new(),
        hooks: BTreeMap::new(),
    }
}

fn template() -> Action {
    let data = Box::new(TemplateData {
        image: "ami-0123456789abcdef0".to_owned(),
        instance_type: "c6i.large".to_owned(),
        instance_profile: None,
        user_data: None,
        security_groups: BTreeSet::new(),
        public_address: false,
        imdsv2_required: true,
        detailed_monitoring: true,
        root_volume: None,
        volume_tags: BTreeMap::new(),
        unmanaged: BTreeSet::new(),
    });
    Action::CreateTemplate { name: GROUP.to_owned(), data, tags: BTreeMap::new() }
}

#[test]
fn a_change_shows_old_new_reason_and_consequence() {
    assert_snapshot!(shown(&plan(vec![("us-east-1", planned(vec![lowered_max()]))])), @r"
    us-east-1
      agent-core
        ~ update group alfred-production-agent-core-a
            bounds.max: 10 -> 5   (the spec differs)
            ! terminates 3 instances: max 10 -> 5, 8 running; -$0.255/h

    Plan: 0 to add, 1 to change, 0 to delete in 1 region
    ");
}

#[test]
fn a_new_group_is_told_in_a_few_lines() {
    let fields = vec![change("bounds.min", None, Some("2"), "not there yet")];
    let cpu = || vec![change("scaling.policies.cpu", None, Some("cpu at 75"), "not there yet")];
    let metrics = Action::EnableMetrics {
        group: GROUP.to_owned(),
        metrics: BTreeSet::from(["GroupDesiredCapacity".to_owned()]),
    };
    let create = Action::CreateGroup(Box::new(new_group()));
    let steps = vec![
        step(template(), vec![], &[]),
        step(create, fields, &["launches 2 instances of c6i.large in 2 zones"]),
        step(metrics, vec![], &[]),
        step(policy("cpu"), cpu(), &[]),
        step(policy("memory"), cpu(), &[]),
    ];
    assert_snapshot!(shown(&plan(vec![("us-east-1", planned(steps))])), @r"
    us-east-1
      agent-core
        + create group alfred-production-agent-core-a
            2 to 10 instances of c6i.large in 2 subnets
            policies: cpu, memory
            target groups: agent-core
            ! launches 2 instances of c6i.large in 2 zones

    Plan: 5 to add, 0 to change, 0 to delete in 1 region
    ");
}

#[test]
fn a_group_that_is_made_of_a_new_version_names_what_it_launches() {
    let Action::CreateTemplate { name, data, .. } = template() else { panic!() };
    let version = Action::CreateTemplateVersion { name, data };
    let create = || step(Action::CreateGroup(Box::new(new_group())), vec![], &[]);
    let both = planned(vec![step(version, vec![], &[]), create()]);
    let text = shown(&plan(vec![("us-east-1", both)]));
    assert!(text.contains("2 to 10 instances of c6i.large in 2 subnets"), "{text}");
    let text = shown(&plan(vec![("us-east-1", planned(vec![create()]))]));
    assert!(!text.contains(" v\n") && !text.contains(" v "), "{text}");
}

#[test]
fn what_is_deleted_counts_even_when_it_is_made_again() {
    let delete = Action::DeleteGroup { group: GROUP.to_owned() };
    let create = Action::CreateGroup(Box::new(new_group()));
    let steps = vec![step(delete, vec![], &[]), step(create, vec![], &[])];
    let text = shown(&plan(vec![("us-east-1", planned(steps))]));
    assert!(text.ends_with("Plan: 1 to add, 0 to change, 1 to delete in 1 region"), "{text}");
}

#[test]
fn parts_come_change_and_go() {
    let long = "app/alfred-production/50dc6c495c0c9188/targetgroup/agent-core/943f017f100becff";
    let field = "scaling.policies.requests";
    let reason = "the spec differs";
    let delete = Action::DeletePolicy { group: GROUP.to_owned(), name: "memory".to_owned() };
    let gone = vec![change("scaling.policies.memory", Some("80 %"), None, "not in the spec")];
    let steps = vec![
        step(delete, gone, &["AWS deletes its alarms too"]),
        step(policy("cpu"), vec![change("scaling.policies.cpu", None, Some("75 %"), "new")], &[]),
        step(
            policy("requests"),
            vec![change(field, Some(&format!("1000 of {long}")), Some("900"), reason)],
            &[],
        ),
    ];
    assert_snapshot!(shown(&plan(vec![("us-east-1", planned(steps))])), @r"
    us-east-1
      agent-core
        - delete scaling policy memory
            scaling.policies.memory: 80 % -> (none)   (not in the spec)
            ! AWS deletes its alarms too
        + put scaling policy cpu
            scaling.policies.cpu: (none) -> 75 %   (new)
        ~ put scaling policy requests
            scaling.policies.requests: 1000 of
                app/alfred-production/50dc6c495c0c9188/targetgroup/agent-core/943f017f100becff
                -> 900   (the spec differs)

    Plan: 1 to add, 1 to change, 1 to delete in 1 region
    ");
}

#[test]
fn notes_costs_and_dark_regions_are_told() {
    let cost =
        |before, after| Some(CostChange { before: HourlyPrice(before), after: HourlyPrice(after) });
    let service = "agent-core".to_owned();
    let text = "6 of 8 instances still run template v3; new ones get v4".to_owned();
    let noted = Planned {
        steps: vec![],
        notes: vec![Note { service, text }],
        cost: cost(340_000, 340_000),
    };
    let changed =
        Planned { steps: vec![lowered_max()], notes: vec![], cost: cost(680_000, 425_000) };
    let dark = Unreachable {
        call: "autoscaling:DescribeAutoScalingGroups".to_owned(),
        class: ErrorClass::Unreachable,
        message: "no answer within 60 s".to_owned(),
    };
    let plan = plan(vec![
        ("ap-southeast-1", RegionPlan::Unreachable(dark)),
        ("eu-central-1", RegionPlan::Planned(noted)),
        ("us-east-1", RegionPlan::Planned(changed)),
    ]);
    assert_snapshot!(shown(&plan), @r"
    ap-southeast-1 could not be read: autoscaling:DescribeAutoScalingGroups: no
        answer within 60 s
      next: the API does not answer; run the command again when it does

    eu-central-1   $0.34/h
      agent-core
        note: 6 of 8 instances still run template v3; new ones get v4

    us-east-1   $0.68/h -> $0.425/h
      agent-core
        ~ update group alfred-production-agent-core-a
            bounds.max: 10 -> 5   (the spec differs)
            ! terminates 3 instances: max 10 -> 5, 8 running; -$0.255/h

    Cost: $1.02/h -> $0.765/h
    Plan: 0 to add, 1 to change, 0 to delete in 1 region; 1 region could not be read
    ");
}

#[test]
fn nothing_to_do_is_one_line() {
    let plan = plan(vec![("us-east-1", planned(vec![])), ("eu-central-1", planned(vec![]))]);
    assert_eq!(shown(&plan), IDLE);
}

#[test]
fn json_holds_the_plan_and_its_numbers() {
    let plan = plan(vec![("us-east-1", planned(vec![lowered_max()]))]);
    let json = serde_json::to_value(PlanView::new(&plan, &[], IDLE)).unwrap();
    assert_eq!(json["summary"]["change"], 1);
    assert_eq!(
        json["plan"]["regions"]["us-east-1"]["planned"]["steps"][0]["service"],
        "agent-core"
    );
}

//! The alarms that wake the controller: made, kept and deleted by plans.

use std::collections::BTreeMap;

use plimsoll_core::action::Action;
use plimsoll_core::plan::{Options, Plan, Step, destroy, plan, release};
use plimsoll_core::spec::{Mode, code};
use plimsoll_core::units::Seconds;
use plimsoll_core::world::{ABOVE, Alarm, Metric, Policy, World, tag_keys};

use super::memory::Memory;
use super::setting::{
    alarm_of, alfred, alfred_managed, alfred_with, noon, planned, region_mut, settled, steps,
    stray_alarm, words,
};

const CPU: &str = "alfred-production-wake-agent-core-cpu";
const REGION: &str = "us-east-1";

/// Alfred with agent-core managed, after an apply.
fn managed() -> Memory {
    let memory = settled();
    memory.apply(&planned(&alfred_managed(|name| name == "agent-core"), &memory.world()));
    memory
}

fn alarms(world: &World) -> BTreeMap<String, Alarm> {
    region_mut(&mut world.clone(), REGION).alarms.clone()
}

/// The steps in one region that are about alarms.
fn about_alarms(plan: &Plan) -> Vec<&Step> {
    let about =
        |step: &&Step| matches!(step.action, Action::PutAlarm { .. } | Action::DeleteAlarms { .. });
    steps(plan, REGION).iter().filter(about).collect()
}

fn shown(plan: &Plan) -> Vec<String> {
    let steps = about_alarms(plan);
    let line = |step: &&Step| {
        let changes = step.changes.iter().map(|change| {
            let [old, new] = [&change.old, &change.new].map(|it| it.as_deref().unwrap_or("(none)"));
            format!("  {}: {old} -> {new} ({})", change.field, change.reason)
        });
        let consequences = step.consequences.iter().map(|text| format!("  ! {text}"));
        let first = format!("{}: {}", step.service, step.action);
        std::iter::once(first).chain(changes).chain(consequences).collect::<Vec<_>>().join("\n")
    };
    steps.iter().map(line).collect()
}

#[test]
fn each_metric_of_a_managed_service_gets_an_alarm_after_its_policies() {
    let spec = alfred_managed(|name| name == "agent-core");
    let plan = planned(&spec, &settled().world());
    insta::assert_snapshot!(shown(&plan).join("\n"), @r"
    agent-core: put alarm plimsoll-alfred-production-wake-agent-core-cpu
      wake alarm cpu: (none) -> Average AWS/EC2/CPUUtilization{AutoScalingGroupName=alfred-production-agent-core-a} above 75 (not there yet)
      ! wakes the controller as soon as the load is above it
    agent-core: put alarm plimsoll-alfred-production-wake-agent-core-memory
      wake alarm memory: (none) -> Average CWAgent/mem_used_percent{AutoScalingGroupName=alfred-production-agent-core-a} above 80 (not there yet)
      ! wakes the controller as soon as the load is above it
    agent-core: put alarm plimsoll-alfred-production-wake-agent-core-requests
      wake alarm requests: (none) -> Sum AWS/ApplicationELB/RequestCountPerTarget{LoadBalancer=app/alfred-prod/1, TargetGroup=targetgroup/alfred-prod-agent-core/1} above 1000 (not there yet)
      ! wakes the controller as soon as the load is above it
    ");
    let last_policy = steps(&plan, REGION)
        .iter()
        .rposition(|step| matches!(step.action, Action::DeletePolicy { .. }));
    let first_alarm =
        steps(&plan, REGION).iter().position(|step| matches!(step.action, Action::PutAlarm { .. }));
    assert!(last_policy < first_alarm);
}

#[test]
fn an_alarm_is_made_with_the_tags_that_make_it_ours() {
    let plan = planned(&alfred_managed(|name| name == "agent-core"), &settled().world());
    let put = about_alarms(&plan);
    let tagged: Vec<_> = put
        .iter()
        .map(|step| {
            let Action::PutAlarm { tags, .. } = &step.action else { panic!() };
            tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect::<Vec<_>>()
        })
        .collect();
    let identity = vec![
        (tag_keys::ENVIRONMENT, "production"),
        (tag_keys::PLATFORM, "alfred"),
        (tag_keys::ROLE, "active"),
        (tag_keys::SERVICE, "agent-core"),
    ];
    assert_eq!(tagged, vec![identity; 3]);
}

#[test]
fn nobody_needs_an_alarm_on_a_service_that_auto_scaling_decides() {
    assert_eq!(alarms(&settled().world()), BTreeMap::new());
    let memory = managed();
    assert_eq!(alarms(&memory.world()).len(), 3);
    let plan = planned(&alfred(), &memory.world());
    insta::assert_snapshot!(shown(&plan).join("\n"), @r"
    agent-core: delete alarms plimsoll-alfred-production-wake-agent-core-cpu, plimsoll-alfred-production-wake-agent-core-memory, plimsoll-alfred-production-wake-agent-core-requests
      wake alarm cpu: Average AWS/EC2/CPUUtilization{AutoScalingGroupName=alfred-production-agent-core-a} above 75 -> (none) (the service is not managed)
      wake alarm memory: Average CWAgent/mem_used_percent{AutoScalingGroupName=alfred-production-agent-core-a} above 80 -> (none) (the service is not managed)
      wake alarm requests: Sum AWS/ApplicationELB/RequestCountPerTarget{LoadBalancer=app/alfred-prod/1, TargetGroup=targetgroup/alfred-prod-agent-core/1} above 1000 -> (none) (the service is not managed)
    ");
    memory.apply(&plan);
    assert_eq!(alarms(&memory.world()), BTreeMap::new());
}

#[test]
fn the_alarm_of_a_metric_that_is_gone_or_disabled_goes() {
    let memory = managed();
    let mut spec = alfred_managed(|name| name == "agent-core");
    let service = spec.regions.get_mut(REGION).unwrap().services.get_mut("agent-core").unwrap();
    service.policies.remove("cpu");
    let Some(Policy::TargetTracking(memory_policy)) = service.policies.get_mut("memory") else {
        panic!()
    };
    memory_policy.enabled = false;
    let plan = planned(&spec, &memory.world());
    insta::assert_snapshot!(shown(&plan).join("\n"), @r"
    agent-core: delete alarms plimsoll-alfred-production-wake-agent-core-cpu, plimsoll-alfred-production-wake-agent-core-memory
      wake alarm cpu: Average AWS/EC2/CPUUtilization{AutoScalingGroupName=alfred-production-agent-core-a} above 75 -> (none) (the spec does not have it)
      wake alarm memory: Average CWAgent/mem_used_percent{AutoScalingGroupName=alfred-production-agent-core-a} above 80 -> (none) (the spec does not have it)
    ");
}

#[test]
fn an_alarm_that_somebody_changed_is_put_back_and_the_change_is_shown() {
    let memory = managed();
    let mut world = memory.world();
    let alarm = region_mut(&mut world, REGION).alarms.get_mut(&format!("plimsoll-{CPU}")).unwrap();
    assert_eq!(alarm.comparison, ABOVE);
    alarm.periods = 5;
    alarm.actions.insert("arn:aws:sns:us-east-1:1:pager".to_owned());
    alarm.missing_data = "missing".to_owned();
    let spec = alfred_managed(|name| name == "agent-core");
    insta::assert_snapshot!(shown(&planned(&spec, &world)).join("\n"), @r"
    agent-core: put alarm plimsoll-alfred-production-wake-agent-core-cpu
      wake alarm cpu datapoints: 1 of 5 -> 1 of 1 (the spec differs)
      wake alarm cpu missing data: missing -> notBreaching (the spec differs)
      wake alarm cpu actions: arn:aws:sns:us-east-1:1:pager -> (none) (the spec differs)
    ");
}

#[test]
fn an_alarm_on_something_without_words_here_is_put_back() {
    let mut world = managed().world();
    let alarm = region_mut(&mut world, REGION).alarms.get_mut(&format!("plimsoll-{CPU}")).unwrap();
    alarm.metric = None;
    let spec = alfred_managed(|name| name == "agent-core");
    assert_eq!(about_alarms(&planned(&spec, &world)).len(), 1);
}

#[test]
fn the_interval_of_a_service_is_the_period_of_its_own_metrics() {
    let mut spec = alfred_managed(|name| name == "agent-core");
    let service = spec.regions.get_mut(REGION).unwrap().services.get_mut("agent-core").unwrap();
    let Mode::Managed(mode) = &mut service.mode else { panic!() };
    mode.interval = Seconds(10);
    let memory = settled();
    memory.apply(&planned(&spec, &memory.world()));
    let periods: Vec<_> = alarms(&memory.world())
        .values()
        .map(|alarm| {
            let policy = alarm.about().unwrap().policy.to_owned();
            (policy, alarm.metric.as_ref().map(Metric::period).unwrap())
        })
        .collect();
    // AWS publishes its own each minute.
    let expected = [("cpu", 60), ("memory", 10), ("requests", 60)];
    assert_eq!(periods, expected.map(|(policy, period)| (policy.to_owned(), Seconds(period))));
}

#[test]
fn the_alarms_of_a_service_that_the_spec_no_longer_has_go_without_pruning() {
    let mut world = managed().world();
    region_mut(&mut world, REGION).alarms.extend([stray_alarm("agent-past", "cpu")]);
    let spec = alfred_managed(|name| name == "agent-core");
    insta::assert_snapshot!(shown(&planned(&spec, &world)).join("\n"), @r"
    agent-past: delete alarm plimsoll-alfred-production-wake-agent-past-cpu
      ! the spec no longer has the service; nothing else changes
    ");
    let options = Options { services: ["agent-rag".to_owned()].into(), ..Options::default() };
    let of_one_service = plan(&spec, &world, noon(), &options);
    assert!(of_one_service.is_empty(), "{:#?}", words(&of_one_service));
}

#[test]
fn alarms_of_others_that_have_our_prefix_stay() {
    // The prefix of production is also one of the environment `production-wake-agent`.
    let mut world = managed().world();
    let here = region_mut(&mut world, REGION);
    let (name, theirs) = alarm_of("production-wake-agent", "core", "cpu");
    assert!(name.starts_with("plimsoll-alfred-production-wake-"));
    let by_hand = Alarm { description: "mine".to_owned(), ..theirs.clone() };
    here.alarms.extend([(name, theirs), ("plimsoll-alfred-production-wake-x".to_owned(), by_hand)]);
    let spec = alfred_managed(|name| name == "agent-core");
    assert_eq!(words(&planned(&spec, &world)), [""; 0]);
    let options = Options::default();
    for plan in [destroy(&spec, &world, &options), release(&spec, &world, &options)] {
        let deleted: Vec<&str> = about_alarms(&plan)
            .iter()
            .flat_map(|step| match &step.action {
                Action::DeleteAlarms { names } => names,
                other => panic!("{other}"),
            })
            .map(String::as_str)
            .collect();
        let ours = ["cpu", "memory", "requests"];
        let ours = ours.map(|name| format!("plimsoll-alfred-production-wake-agent-core-{name}"));
        assert_eq!(deleted, ours);
    }
}

#[test]
fn a_name_that_another_environment_has_is_taken_unless_it_is_adopted() {
    let spec = alfred_managed(|name| name == "agent-core");
    let mut world = settled().world();
    let (_, theirs) = alarm_of("production-wake-agent", "core", "cpu");
    region_mut(&mut world, REGION).alarms.insert(format!("plimsoll-{CPU}"), theirs);
    let refused = planned(&spec, &world);
    let [problem] = refused.problems.as_slice() else { panic!("{:#?}", refused.problems) };
    assert_eq!(problem.code, code::NAME_TAKEN);
    assert!(problem.message.contains("watches cpu of core in alfred/production-wake-agent"));
    let adopted = plan(&spec, &world, noon(), &Options { adopt: true, ..Options::default() });
    assert_eq!(adopted.problems, []);
    assert_eq!(about_alarms(&adopted).len(), 3);
}

#[test]
fn a_destroyed_platform_leaves_no_alarm_and_a_released_one_wakes_nobody() {
    let spec = alfred_managed(|_| true);
    for remove in [destroy, release] {
        let memory = settled();
        memory.apply(&planned(&spec, &memory.world()));
        assert_eq!(alarms(&memory.world()).len(), 15);
        let plan = remove(&spec, &memory.world(), &Options::default());
        memory.apply(&plan);
        assert_eq!(alarms(&memory.world()), BTreeMap::new());
        assert!(
            remove(&spec, &memory.world(), &Options::default()).regions[REGION]
                .steps()
                .iter()
                .all(|step| !matches!(step.action, Action::DeleteAlarms { .. }))
        );
    }
}

#[test]
fn alarms_go_with_the_service_that_is_chosen() {
    let memory = settled();
    let spec = alfred_managed(|_| true);
    memory.apply(&planned(&spec, &memory.world()));
    let options = Options { services: ["agent-rag".to_owned()].into(), ..Options::default() };
    memory.apply(&destroy(&spec, &memory.world(), &options));
    let left = alarms(&memory.world());
    assert_eq!(left.len(), 12);
    assert!(left.values().all(|alarm| alarm.about().unwrap().service != "agent-rag"));
}

#[test]
fn a_service_that_cannot_be_planned_keeps_its_alarms() {
    let mut world = managed().world();
    region_mut(&mut world, REGION).target_groups.clear();
    let spec = alfred_with(|text| text);
    assert!(about_alarms(&planned(&spec, &world)).is_empty());
}

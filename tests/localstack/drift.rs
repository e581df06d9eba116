//! What was changed behind our back is shown and repaired, and nothing else is touched.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::harness::{Account, Operator, Proxy, REGIONS, Rule, Spec, World};

const EAST: &str = "us-east-1";
const WEST: &str = "us-west-2";
const CENTRAL: &str = "eu-central-1";

#[test]
fn one_changed_bound_is_all_that_a_plan_shows_and_all_that_apply_writes() {
    let account = Account::production();
    let spec = Spec::alfred(&account);
    Operator::new(&account, &spec).done("apply --yes");
    let group = "alfred-production-agent-core-a";
    let before = account.read_back();
    account.aws(
        EAST,
        &format!(
            "autoscaling update-auto-scaling-group --auto-scaling-group-name {group} --max-size 3"
        ),
    );

    let proxy = Proxy::start(Rule::Pass);
    let operator = Operator::new(&account, &spec).through(&proxy);
    operator.run("plan --detailed-exitcode").expect(2, &["bounds.max: 3 -> 10"]);
    let step = only_step(&operator.json("plan"));
    assert_eq!(step["changes"].as_array().unwrap().len(), 1, "{step}");
    assert!(!step["consequences"].as_array().unwrap().is_empty(), "a consequence: {step}");

    operator.done("apply --yes");
    let writes: Vec<_> =
        proxy.writes().into_iter().map(|call| (call.region, call.action)).collect();
    assert_eq!(writes, [(EAST.to_owned(), "UpdateAutoScalingGroup".to_owned())]);
    assert!(before == account.read_back(), "the world is as it was");
}

/// The only step of a plan, which is in us-east-1.
fn only_step(shown: &Value) -> Value {
    let steps = |region| shown["plan"]["regions"][region]["planned"]["steps"].as_array().unwrap();
    let counts = REGIONS.map(|region| steps(region).len());
    assert_eq!(counts, [0, 1, 0], "{shown:#}");
    steps(EAST)[0].clone()
}

/// One change behind our back: where, what the AWS CLI is told, and what a plan calls it.
struct Drift {
    region: &'static str,
    service: &'static str,
    command: &'static str,
    fields: &'static [&'static str],
}

const fn drift(
    region: &'static str,
    service: &'static str,
    command: &'static str,
    fields: &'static [&'static str],
) -> Drift {
    Drift { region, service, command, fields }
}

/// `{group}` and `{subnets}` stand for the group's name and two of its three subnets.
#[rustfmt::skip]
const DRIFTS: [Drift; 21] = [
    drift(EAST, "agent-rag", "update-auto-scaling-group --min-size 1 --max-size 9", &["bounds.min", "bounds.max"]),
    drift(EAST, "agent-financial", "update-auto-scaling-group --vpc-zone-identifier {subnets}", &["network.subnets"]),
    drift(EAST, "agent-legal", "update-auto-scaling-group --health-check-grace-period 60", &["health_check.grace"]),
    drift(WEST, "agent-legal", "update-auto-scaling-group --health-check-type EC2", &["health_check.type"]),
    drift(EAST, "agent-core", "update-auto-scaling-group --default-instance-warmup 30", &["warmup"]),
    drift(WEST, "agent-core", "update-auto-scaling-group --instance-maintenance-policy MinHealthyPercentage=90,MaxHealthyPercentage=110", &["maintenance"]),
    drift(EAST, "redis", "update-auto-scaling-group --termination-policies OldestInstance", &["termination_policies"]),
    drift(EAST, "vector-db", "update-auto-scaling-group --no-new-instances-protected-from-scale-in", &["scale_in_protection"]),
    drift(CENTRAL, "redis", "update-auto-scaling-group --max-instance-lifetime 604800", &["max_instance_lifetime"]),
    drift(CENTRAL, "agent-rag", "update-auto-scaling-group --launch-template LaunchTemplateName={group},Version=$Latest", &["launch template"]),
    drift(EAST, "agent-core", "create-or-update-tags --tags ResourceId={group},ResourceType=auto-scaling-group,Key=Name,Value=Renamed,PropagateAtLaunch=true", &["tags.Name"]),
    drift(EAST, "agent-social", "disable-metrics-collection --metrics GroupMaxSize", &["metrics"]),
    drift(EAST, "db-postgres", "resume-processes --scaling-processes AZRebalance", &["suspended"]),
    drift(CENTRAL, "agent-social", "suspend-processes --scaling-processes Launch", &["suspended"]),
    drift(CENTRAL, "agent-core", "delete-policy --policy-name cpu", &["scaling.policies.cpu"]),
    drift(CENTRAL, "agent-financial", "put-scaling-policy --policy-name cpu --policy-type TargetTrackingScaling --target-tracking-configuration {\"PredefinedMetricSpecification\":{\"PredefinedMetricType\":\"ASGAverageCPUUtilization\"},\"TargetValue\":20}", &["scaling.policies.cpu"]),
    drift(CENTRAL, "agent-legal", "put-scaling-policy --policy-name by-hand --policy-type TargetTrackingScaling --target-tracking-configuration {\"PredefinedMetricSpecification\":{\"PredefinedMetricType\":\"ASGAverageNetworkIn\"},\"TargetValue\":20}", &["scaling.policies.by-hand"]),
    drift(WEST, "agent-core", "delete-scheduled-action --scheduled-action-name weekday-evening", &["scaling.schedule.weekday-evening"]),
    drift(WEST, "agent-rag", "put-scheduled-update-group-action --scheduled-action-name by-hand --recurrence 0,0,1,1,* --min-size 1", &["scaling.schedule.by-hand"]),
    drift(EAST, "agent-legal", "delete-lifecycle-hook --lifecycle-hook-name drain", &["hooks.drain"]),
    drift(WEST, "agent-social", "detach-load-balancer-target-groups --target-group-arns {target_group}", &["load_balancing.target_group"]),
];

#[test]
fn every_drift_is_shown_and_repaired_and_nothing_else_is_touched() {
    let account = Account::new();
    let spec = Spec::alfred(&account).edit(
        "load_balancing: { target_group: alfred-prod-agent-legal }",
        "load_balancing: { target_group: alfred-prod-agent-legal }\n    \
         hooks: { drain: { on: terminate, timeout: 300s, otherwise: continue } }",
    );
    let operator = Operator::new(&account, &spec);
    operator.done("apply --yes");
    Operator::new(&account, &spec).of("development").done("apply --yes");
    strangers(&account);
    let (before, before_normalised) = (account.read_back(), account.normalised());

    let mut expected = BTreeSet::new();
    for drift in &DRIFTS {
        drift.happen(&account);
        let Drift { region, service, fields, .. } = drift;
        expected.extend(fields.iter().map(|field| format!("{region} {service} {field}")));
    }
    expected.extend(template_by_hand(&account));
    assert_eq!(operator.differences(""), expected);

    operator.done("apply --yes");
    operator.run("plan --detailed-exitcode").expect(0, &["Up to date"]);
    let after = account.read_back();
    assert!(before.others() == after.others(), "what is not ours is as it was");
    assert_restored(&before, &after, before_normalised, account.normalised());
}

impl Drift {
    fn happen(&self, account: &Account) {
        let Self { region, service, command, .. } = self;
        let group = format!("alfred-production-{service}-a");
        let subnet = |place: usize| account.ground(region, "subnets")[place].as_str().unwrap();
        let target_group = account.ground(region, "target_groups")[service].as_str();
        let words: Vec<String> = command
            .split_whitespace()
            .map(|word| match word {
                "{subnets}" => format!("{},{}", subnet(0), subnet(1)),
                "{target_group}" => target_group.unwrap().to_owned(),
                // A recurrence has spaces.
                "0,0,1,1,*" => word.replace(',', " "),
                word => word.replace("{group}", &group),
            })
            .collect();
        let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
        words.insert(0, "autoscaling");
        if !command.starts_with("create-or-update-tags") {
            words.extend(["--auto-scaling-group-name", &group]);
        }
        account.aws_words(region, &words);
    }
}

/// A version of a template that nobody asked us for; what a plan calls it.
fn template_by_hand(account: &Account) -> [String; 2] {
    account.aws(
        EAST,
        "ec2 create-launch-template-version --launch-template-name alfred-production-agent-rag-a \
         --source-version 1 --launch-template-data {\"InstanceType\":\"c6i.4xlarge\"}",
    );
    ["instances.machine", "launch template"].map(|field| format!("{EAST} agent-rag {field}"))
}

/// What other people keep in the account: groups, a template, tags on one of our groups.
fn strangers(account: &Account) {
    account.aws(
        EAST,
        "ec2 create-launch-template --launch-template-name theirs \
         --launch-template-data {\"ImageId\":\"ami-04681a1dbd79675a5\",\"InstanceType\":\"t3.micro\"}",
    );
    let subnet = account.ground(EAST, "subnets")[0].as_str().unwrap();
    account.aws(
        EAST,
        &format!(
            "autoscaling create-auto-scaling-group --auto-scaling-group-name theirs \
             --launch-template LaunchTemplateName=theirs,Version=1 --min-size 1 --max-size 2 \
             --vpc-zone-identifier {subnet} --tags Key=team,Value=theirs,PropagateAtLaunch=true"
        ),
    );
    account.aws(
        EAST,
        "autoscaling create-or-update-tags --tags ResourceId=alfred-production-agent-core-a,\
         ResourceType=auto-scaling-group,Key=cost-centre,Value=4711,PropagateAtLaunch=false",
    );
}

/// Our part of the world is as it was, but for the template that has new versions.
fn assert_restored(before: &World, after: &World, mut was: Value, mut is: Value) {
    let name = "alfred-production-agent-rag-a";
    assert_eq!(after.template(EAST, name), before.template(EAST, name));
    let newest = &after.kind(EAST, "templates")[name]["LatestVersionNumber"];
    assert_eq!(after.group(EAST, name)["LaunchTemplate"]["Version"], json!(newest.to_string()));
    for world in [&mut was, &mut is] {
        world[EAST]["groups"][name]["LaunchTemplate"] = Value::Null;
        world[EAST]["templates"][name] = Value::Null;
    }
    for region in REGIONS {
        for kind in ["groups", "templates", "target_groups", "instances"] {
            let (was, is) = (was[region][kind].as_object().unwrap(), &is[region][kind]);
            for (name, was) in was {
                assert_eq!(is[name], *was, "{name} in {region}");
            }
        }
    }
}

//! Alfred, and the ground it stands on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use plimsoll_core::plan::{Options, Plan, RegionPlan, Step, plan};
use plimsoll_core::scaling::Behavior;
use plimsoll_core::spec::{Document, Files, Kind, Managed, Mode, Source, Spec};
use plimsoll_core::units::{MetricValue, Seconds};
use plimsoll_core::world::{
    Alarm, Group, InstanceType, Metric, Region, RegionState, SecurityGroup, Subnet, TargetGroup,
    Wake, World,
};

use super::memory::Memory;

pub(crate) const REGIONS: [&str; 3] = ["eu-central-1", "us-east-1", "us-west-2"];
pub(crate) const SERVICES: [&str; 5] =
    ["agent-core", "agent-rag", "agent-financial", "agent-legal", "agent-social"];

/// A Saturday noon: no schedule entry of Alfred is about to fire.
pub(crate) fn noon() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

pub(crate) fn alfred() -> Spec {
    static ALFRED: LazyLock<Spec> = LazyLock::new(|| alfred_with(|text| text));
    ALFRED.clone()
}

/// Alfred production, with its text changed first.
pub(crate) fn alfred_with(change: impl Fn(String) -> String) -> Spec {
    let text = std::fs::read_to_string("../../examples/alfred.yaml").unwrap();
    compile(change(text))
}

/// Alfred production, of whose stateless services those are managed for which `chosen` holds.
pub(crate) fn alfred_managed(chosen: impl Fn(&str) -> bool) -> Spec {
    let mut spec = alfred();
    for region in spec.regions.values_mut() {
        for (name, service) in &mut region.services {
            if service.kind == Kind::Stateless && chosen(name) {
                let behavior = Behavior::kubernetes();
                service.mode = Mode::Managed(Managed { behavior, interval: Seconds(60) });
            }
        }
    }
    spec
}

/// Alfred production with an overlay on it.
pub(crate) fn alfred_overlaid(name: &str, text: &str) -> Spec {
    let alfred = std::fs::read_to_string("../../examples/alfred.yaml").unwrap();
    let document = Document::parse(Source { name: "alfred.yaml".to_owned(), text: alfred });
    compiled(&document.overlaid(Source { name: name.to_owned(), text: text.to_owned() }))
}

pub(crate) fn compile(text: String) -> Spec {
    compiled(&Document::parse(Source { name: "alfred.yaml".to_owned(), text }))
}

fn compiled(document: &Document) -> Spec {
    let script = Ok("#!/bin/sh\n".to_owned());
    let files: Files =
        document.user_data_files().into_iter().map(|file| (file, script.clone())).collect();
    let compiled = document.compile("production", &files);
    compiled.spec.unwrap_or_else(|| panic!("{:#?}", compiled.problems))
}

/// The world after a first apply.
pub(crate) fn settled() -> Memory {
    static SETTLED: LazyLock<World> = LazyLock::new(|| {
        let memory = Memory::new(ground());
        memory.apply(&planned(&alfred(), &ground()));
        memory.world()
    });
    Memory::new(SETTLED.clone())
}

/// Three regions with networks, target groups and instance types, and no groups.
pub(crate) fn ground() -> World {
    let regions = REGIONS.map(|name| (name.to_owned(), RegionState::Observed(region(name).into())));
    World { regions: regions.into() }
}

fn region(name: &str) -> Region {
    let tags = |extra: (&str, &str)| {
        BTreeMap::from([
            ("platform".to_owned(), "alfred".to_owned()),
            ("environment".to_owned(), "production".to_owned()),
            (extra.0.to_owned(), extra.1.to_owned()),
        ])
    };
    let subnet = |zone: &str| Subnet {
        id: format!("subnet-{zone}"),
        zone: format!("{name}{zone}"),
        vpc: "vpc-1".to_owned(),
        tags: tags(("tier", "private")),
    };
    let arn = |kind: &str| format!("arn:aws:elasticloadbalancing:{name}:000000000000:{kind}");
    Region {
        subnets: ["a", "b", "c"].map(subnet).into(),
        security_groups: vec![SecurityGroup {
            id: "sg-1".to_owned(),
            vpc: "vpc-1".to_owned(),
            tags: tags(("role", "instance")),
        }],
        target_groups: SERVICES
            .map(|service| TargetGroup {
                arn: arn(&format!("targetgroup/alfred-prod-{service}/1")),
                name: format!("alfred-prod-{service}"),
                load_balancers: BTreeSet::from([arn("loadbalancer/app/alfred-prod/1")]),
                healthy_targets: None,
            })
            .into(),
        instance_types: [
            ("t3.micro", 2, 1, true),
            ("t3.medium", 2, 4, true),
            ("c6i.large", 2, 4, false),
        ]
        .map(|(name, vcpus, memory, burstable)| InstanceType {
            name: name.to_owned(),
            vcpus,
            memory_mib: memory * 1024,
            burstable,
            current: true,
            architectures: BTreeSet::from(["x86_64".to_owned()]),
        })
        .into(),
        ..Region::default()
    }
}

pub(crate) fn planned(spec: &Spec, world: &World) -> Plan {
    plan(spec, world, noon(), &Options::default())
}

/// The steps of one region.
pub(crate) fn steps<'a>(plan: &'a Plan, region: &str) -> &'a [Step] {
    plan.regions[region].steps()
}

/// Every step of every region as `region: words`, for a look.
pub(crate) fn words(plan: &Plan) -> Vec<String> {
    plan.regions
        .iter()
        .flat_map(|(region, part)| {
            part.steps().iter().map(move |step| format!("{region}: {}", step.action))
        })
        .collect()
}

/// Remarks of one region.
pub(crate) fn notes(plan: &Plan, region: &str) -> Vec<String> {
    match &plan.regions[region] {
        RegionPlan::Planned(planned) => {
            planned.notes.iter().map(|note| note.text.clone()).collect()
        }
        RegionPlan::Unreachable(why) => panic!("{why:?}"),
    }
}

/// What a region holds, to be changed behind our back.
pub(crate) fn region_mut<'a>(world: &'a mut World, name: &str) -> &'a mut Region {
    match world.regions.get_mut(name) {
        Some(RegionState::Observed(region)) => region,
        other => panic!("{other:?}"),
    }
}

/// A group, to be changed behind our back.
pub(crate) fn group_mut<'a>(world: &'a mut World, region: &str, name: &str) -> &'a mut Group {
    region_mut(world, region).groups.iter_mut().find(|group| group.name == name).unwrap()
}

/// An alarm of Alfred's that nobody wants.
pub(crate) fn stray_alarm(service: &str, policy: &str) -> (String, Alarm) {
    alarm_of("production", service, policy)
}

/// An alarm of one of Alfred's environments on the CPU of a group, with its name.
pub(crate) fn alarm_of(environment: &str, service: &str, policy: &str) -> (String, Alarm) {
    let wake = Wake { platform: "alfred", environment, service, policy };
    let cpu =
        Metric::Predefined { name: "ASGAverageCPUUtilization".to_owned(), resource_label: None };
    let group = format!("alfred-{environment}-{service}-a");
    let alarm = wake.alarm(&group, &cpu, MetricValue::whole(60), Seconds(60)).unwrap();
    (wake.name(), alarm)
}

//! Which series are asked for.

use plimsoll_core::cloud::Query;
use plimsoll_core::lease::{Cause, Lease};
use plimsoll_core::reflex::{Scarcity, Shortage, shortage};
use plimsoll_core::signals::Purpose;
use plimsoll_core::spec::{Document, Files, Mode, Source};
use plimsoll_core::units::Seconds;
use plimsoll_core::world::{Metric, tag_keys};

use super::{BALANCER, Region, cpu, target_group};
use crate::support::ago;

/// What is asked about something, in order.
fn asked(region: &Region, about: &str) -> Vec<Purpose> {
    let questions = region.questions();
    let own = questions.asked.into_iter().filter(|asked| asked.about == about);
    own.map(|asked| asked.purpose).collect()
}

const QUIET: [Purpose; 5] = [
    Purpose::Desired,
    Purpose::Requests,
    Purpose::TargetErrors,
    Purpose::Healthy,
    Purpose::Unhealthy,
];

#[test]
fn a_quiet_group_is_asked_as_little_as_serves() {
    let region = Region::new();
    assert_eq!(asked(&region, "worker"), QUIET);
    assert_eq!(asked(&region, "static"), [Purpose::Desired]);
    assert_eq!(asked(&region, "db"), [Purpose::Guard]);
}

#[test]
fn policies_are_read_of_managed_services_and_of_those_that_may_not_grow() {
    let full = Region::new().at_maximum();
    assert!(asked(&full, "worker").contains(&cpu()));
    assert!(asked(&full, "worker").contains(&Purpose::InService));
    assert!(asked(&full, "web").contains(&cpu()), "it is managed");
    let mut held = Region::new();
    let lease = Lease {
        cause: Cause::Guard,
        id: "db".to_owned(),
        floor: None,
        ceiling: Some(4),
        zero: false,
        until: ago(-600),
        by: "controller".to_owned(),
        why: String::new(),
    };
    held.group("worker").tags.insert(lease.key(), lease.tag());
    assert!(asked(&held, "worker").contains(&cpu()), "a ceiling is a maximum too");
}

#[test]
fn policies_are_read_of_groups_that_keep_room_for_others_or_were_short() {
    let mut region = Region::new();
    assert!(!asked(&region, "worker").contains(&cpu()));
    region.spec.controller.standing = true;
    assert!(asked(&region, "worker").contains(&cpu()), "its floor has to follow its load");
    let causes = [
        (Cause::Standing, true),
        (Cause::Overflow, true),
        (Cause::Failover, true),
        (Cause::Dark, false),
        (Cause::Damping, false),
    ];
    for (cause, expected) in causes {
        for (until, is_in_force) in [(ago(-600), true), (ago(1), false)] {
            let mut region = Region::new();
            let lease = Lease {
                cause,
                id: "x".to_owned(),
                floor: Some(3),
                ceiling: None,
                zero: false,
                until,
                by: "controller".to_owned(),
                why: String::new(),
            };
            region.group("worker").tags.insert(lease.key(), lease.tag());
            let is_read = asked(&region, "worker").contains(&cpu());
            assert_eq!(is_read, expected && is_in_force, "{cause} until {until}");
        }
    }
    let mut short = Region::new();
    let shortage = Shortage { why: Scarcity::AtMaximum, missing: 1, until: ago(-600) };
    short.group("worker").tags.insert(shortage::KEY.to_owned(), shortage.tag());
    assert!(asked(&short, "worker").contains(&cpu()), "it was short a moment ago");
}

#[test]
fn the_total_is_read_of_groups_that_are_short() {
    let mut region = Region::new();
    region.group("worker").instances.pop();
    assert!(asked(&region, "worker").contains(&Purpose::Total));
}

#[test]
fn a_metric_that_the_group_does_not_collect_is_not_asked_for() {
    let mut region = Region::new();
    region.group("static").metrics.clear();
    assert!(asked(&region, "static").is_empty());
}

#[test]
fn a_load_balancer_is_asked_once() {
    let mut region = Region::new();
    assert_eq!(asked(&region, BALANCER), [Purpose::BalancerErrors, Purpose::BalancerRequests]);
    region.target_groups[1] = target_group("ship-worker", "other");
    assert_eq!(asked(&region, BALANCER), [Purpose::BalancerErrors], "its requests are the group's");
    assert_eq!(asked(&region, "app/other/1"), [Purpose::BalancerErrors]);
    region.target_groups.clear();
    assert_eq!(asked(&region, "worker"), [Purpose::Desired]);
}

#[test]
fn the_dimensions_are_those_in_which_aws_publishes() {
    let questions = Region::new().questions();
    let find = |about: &str, purpose| {
        let place =
            questions.asked.iter().position(|it| it.about == about && it.purpose == purpose);
        let Metric::Single(stat) = &questions.queries[place.unwrap()].metric else { panic!() };
        let dimensions = stat.dimensions.iter().map(|(name, value)| format!("{name}={value}"));
        let dimensions: Vec<_> = dimensions.collect();
        format!("{} {} {}", stat.name, stat.statistic.as_aws(), dimensions.join(" "))
    };
    let expected = "HTTPCode_Target_5XX_Count Sum LoadBalancer=app/ship/1 TargetGroup=targetgroup/ship-worker/1";
    assert_eq!(find("worker", Purpose::TargetErrors), expected);
    let expected = "HTTPCode_ELB_5XX_Count Sum LoadBalancer=app/ship/1";
    assert_eq!(find(BALANCER, Purpose::BalancerErrors), expected);
    let expected = "GroupDesiredCapacity Average AutoScalingGroupName=ship-production-worker-a";
    assert_eq!(find("worker", Purpose::Desired), expected);
}

#[test]
fn one_period_serves_all_so_that_one_call_does() {
    let mut region = Region::new();
    let periods = |region: &Region| -> std::collections::BTreeSet<Seconds> {
        region.questions().queries.iter().map(|query| query.metric.period()).collect()
    };
    assert_eq!(periods(&region), [Seconds(60)].into());
    let services = &mut region.spec.regions.values_mut().next().unwrap().services;
    let web = services.get_mut("web").unwrap();
    let Mode::Managed(mode) = &mut web.mode else { panic!() };
    mode.interval = Seconds(10);
    // AWS publishes predefined metrics each minute, whatever the interval is.
    assert_eq!(periods(&region), [Seconds(60)].into());
}

#[test]
fn a_quiet_tick_over_alfred_is_one_call() {
    let text = std::fs::read_to_string("../../examples/alfred.yaml").unwrap();
    let document = Document::parse(Source { name: "alfred.yaml".to_owned(), text });
    let script = Ok("#!/bin/sh\n".to_owned());
    let files: Files =
        document.user_data_files().into_iter().map(|file| (file, script.clone())).collect();
    let mut region = Region::new();
    region.spec = document.compile("production", &files).spec.unwrap();
    let services = ["core", "rag", "financial", "legal", "social"];
    let names = services.map(|service| format!("alfred-prod-agent-{service}"));
    region.target_groups = names.iter().map(|name| target_group(name, "alfred")).collect();
    let mut group = region.groups.remove(0);
    region.groups.clear();
    for service in services {
        let identity = group.tags.get_mut(tag_keys::SERVICE).unwrap();
        identity.value = format!("agent-{service}");
        region.groups.push(group.clone());
    }
    let questions = region.questions();
    let math = |query: &&Query| matches!(query.metric, Metric::Math(_));
    assert_eq!(questions.queries.iter().filter(math).count(), 0);
    assert!(questions.queries.iter().all(|query| query.metric.period() == Seconds(60)));
    let (balancer, guard) = (2, 1);
    assert_eq!(questions.queries.len(), 5 * QUIET.len() + balancer + guard);
}

//! Demand, errors, health, and what the load asks for.

use plimsoll_core::scaling::managed::BadData;
use plimsoll_core::signals::Purpose;

use super::{BALANCER, Region, cpu, target_group, value};

#[test]
fn demand_is_in_requests_per_second() {
    let mut region = Region::new();
    region.set("web", Purpose::Requests, &[6_000.0, 1_200.0, 600.0]);
    assert_eq!(
        region.of("web").demand,
        Some(value(20.0)),
        "the newest minute may not be all there"
    );
    region.set("web", Purpose::Requests, &[]);
    assert_eq!(region.of("web").demand, None);
}

#[test]
fn few_requests_tell_no_share_of_errors() {
    for (requests, expected) in [(2.0, None), (28.0, None), (30.0, Some(value(50.0)))] {
        let mut region = Region::new();
        region.set("web", Purpose::Requests, &[requests; 5]);
        region.set("web", Purpose::TargetErrors, &[requests / 2.0; 5]);
        region.set(BALANCER, Purpose::BalancerErrors, &[]);
        region.set(BALANCER, Purpose::BalancerRequests, &[requests; 5]);
        assert_eq!(region.of("web").errors, expected, "{requests} a minute");
    }
}

#[test]
fn errors_are_a_share_of_the_last_requests() {
    struct Row {
        what: &'static str,
        requests: &'static [f64],
        errors: &'static [f64],
        balancer: &'static [f64],
        all: &'static [f64],
        expected: Option<f64>,
    }
    let quiet = Row {
        what: "no errors",
        requests: &[100.0; 5],
        errors: &[],
        balancer: &[],
        all: &[200.0; 5],
        expected: Some(0.0),
    };
    let table = [
        Row { what: "no requests", requests: &[], expected: None, ..quiet },
        Row { what: "half fail", errors: &[50.0; 5], expected: Some(50.0), ..quiet },
        Row { what: "long ago", errors: &[50.0, 0.0, 0.0, 0.0], expected: Some(0.0), ..quiet },
        Row { what: "no number", errors: &[f64::NAN], expected: None, ..quiet },
        Row {
            what: "its part of the balancer's",
            balancer: &[200.0; 5],
            expected: Some(50.0),
            ..quiet
        },
        Row {
            what: "the balancer finds no target at all",
            requests: &[],
            all: &[],
            balancer: &[50.0; 5],
            expected: Some(100.0),
            ..quiet
        },
        Row {
            what: "others have requests, it has none",
            requests: &[],
            balancer: &[50.0; 5],
            expected: None,
            ..quiet
        },
        quiet,
    ];
    for row in table {
        let mut region = Region::new();
        region.set("web", Purpose::Requests, row.requests);
        region.set("web", Purpose::TargetErrors, row.errors);
        region.set(BALANCER, Purpose::BalancerErrors, row.balancer);
        region.set(BALANCER, Purpose::BalancerRequests, row.all);
        assert_eq!(region.of("web").errors, row.expected.map(value), "{}", row.what);
    }
}

#[test]
fn a_balancer_of_its_own_has_its_requests() {
    let mut region = Region::new();
    region.target_groups[0] = target_group("ship-web", "own");
    region.set("web", Purpose::Requests, &[100.0; 5]);
    region.set("app/own/1", Purpose::BalancerErrors, &[100.0; 5]);
    assert_eq!(region.of("web").errors, Some(value(50.0)), "never more than there may have been");
}

#[test]
fn health_is_a_share_of_the_registered_targets() {
    let table: [(&[f64], &[f64], Option<f64>); 5] = [
        (&[3.0], &[1.0], Some(75.0)),
        (&[0.0], &[4.0], Some(0.0)),
        (&[0.0], &[0.0], None),
        (&[4.0], &[], None),
        (&[4.0], &[f64::NAN], None),
    ];
    for (healthy, unhealthy, expected) in table {
        let mut region = Region::new();
        region.set("web", Purpose::Healthy, healthy);
        region.set("web", Purpose::Unhealthy, unhealthy);
        let found = region.of("web").healthy;
        assert_eq!(found, expected.map(value), "{healthy:?} {unhealthy:?}");
    }
}

#[test]
fn what_the_load_asks_for_does_not_end_at_the_maximum() {
    let mut region = Region::new().at_maximum();
    region.set("worker", Purpose::InService, &[8.0; 10]);
    region.set("worker", cpu(), &[75.0]);
    assert_eq!(region.of("worker").wanted, Some(12));
    region.set("worker", Purpose::InService, &[4.0, 4.0, 8.0]);
    assert_eq!(region.of("worker").wanted, Some(6), "the value is of those that are warmed up");
    assert_eq!(Region::new().of("worker").wanted, None, "nobody asked");
}

#[test]
fn a_policy_that_is_not_known_could_ask_for_more() {
    let mut region = Region::new().at_maximum();
    let service =
        region.spec.regions.values_mut().next().unwrap().services.get_mut("worker").unwrap();
    let policy = service.policies["cpu"].clone();
    service.policies.insert("memory".to_owned(), policy);
    region.set("worker", Purpose::InService, &[8.0; 10]);
    region.set("worker", cpu(), &[25.0]);
    assert_eq!(region.of("worker").wanted, None);
    region.set("worker", cpu(), &[75.0]);
    assert_eq!(region.of("worker").wanted, Some(12), "that much it asks for in any case");
    region.set("worker", Purpose::Policy("memory".to_owned()), &[100.0]);
    assert_eq!(region.of("worker").wanted, Some(16));
}

#[test]
fn a_guard_reads_its_metric_or_says_why_not() {
    let mut region = Region::new();
    assert_eq!(region.of("db").guarded, Some(Err(BadData::Missing)));
    region.set("db", Purpose::Guard, &[700.0, 800.0]);
    assert_eq!(region.of("db").guarded, Some(Ok(value(800.0))));
    region.set("db", Purpose::Guard, &[700.0, f64::INFINITY]);
    assert_eq!(region.of("db").guarded, Some(Err(BadData::NotANumber)));
    let mut old = vec![Some(700.0)];
    old.extend([None; 4]);
    region.metrics.insert(("db".to_owned(), Purpose::Guard), old);
    assert_eq!(region.of("db").guarded, Some(Err(BadData::Missing)), "stale");
    assert_eq!(region.of("web").guarded, None);
}

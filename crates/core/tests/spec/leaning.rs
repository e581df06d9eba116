//! What services lean on, calculated by hand.

use plimsoll_core::spec::{Code, code};

use crate::support::check;

/// `web` with these settings, leaning on `db` with those.
fn platform(web: &str, db: &str) -> String {
    format!(
        "\
platform: alfred
account: \"123456789012\"
regions: {{ eu-central-1: {{}} }}
environments: {{ production: {{}} }}
defaults:
  network: {{ subnets: {{ tags: {{ tier: private }} }}, security_groups: {{ tags: {{ role: instance }} }} }}
  instances: {{ machine: {{ type: c6i.large }}, image: {{ ssm_parameter: /image }} }}
services:
  web: {{ {web} }}
  db: {{ {db} }}
"
    )
}

const ONE: &str = "kind: stateful, bounds: { min: 1, max: 1 }";

/// What is told under a code, and nothing else is told.
fn told(text: &str, expected: Code) -> Vec<String> {
    let problems = check(text);
    assert!(problems.iter().all(|problem| problem.code == expected), "{problems:#?}");
    problems.into_iter().map(|problem| problem.message).collect()
}

#[test]
fn requests_at_the_maximum_must_fit_the_rating() {
    // Rated, maximum, requests that each causes; what arrives, or nothing when 2000 carry it.
    for (rated, max, each, arriving) in [
        ("500", 10, "1", Some(5_000)),
        ("100", 20, "1", None),
        ("100", 20, "1.01", Some(2_020)),
        ("100", 40, "0.5", None),
        ("100", 41, "0.5", Some(2_050)),
        ("0.5", 10, "1000", Some(5_000)),
        ("500", 10, "0", None),
        ("9000000000", 4_294_967_295_u32, "1", Some(38_654_705_655_000_000_000_i128)),
    ] {
        let text = platform(
            &format!(
                "bounds: {{ min: 1, max: {max} }}, capacity: {{ requests_per_second: {rated} }}, \
                 uses: {{ db: {{ per_request: {each} }} }}"
            ),
            &format!("{ONE}, capacity: {{ requests_per_second: 2000 }}"),
        );
        let expected = arriving.map(|arriving| {
            format!(
                "{max} instances of `web` send `db` {arriving} requests a second; it is rated for \
                 2000"
            )
        });
        let expected: Vec<String> = expected.into_iter().collect();
        assert_eq!(told(&text, code::OUTRUNS_REQUESTS), expected, "{rated} x {max} x {each}");
    }
}

#[test]
fn the_highest_maximum_of_the_schedule_counts() {
    let text = platform(
        "bounds: { min: 1, max: 10 }, capacity: { requests_per_second: 100 }, \
         uses: { db: { per_request: 1 } }, \
         scaling: { schedule: { sale: { cron: 0 8 * * *, max: 30 }, end: { cron: 0 9 * * *, max: 10 } } }",
        &format!("{ONE}, capacity: {{ requests_per_second: 2000 }}"),
    );
    let told = told(&text, code::OUTRUNS_REQUESTS);
    assert_eq!(
        told,
        ["30 instances of `web` send `db` 3000 requests a second; it is rated for 2000"]
    );
}

#[test]
fn a_stateless_dependency_carries_what_its_maximum_allows() {
    let with = |max: u32| {
        let text = platform(
            "bounds: { min: 1, max: 10 }, capacity: { requests_per_second: 500 }, \
             uses: { db: { per_request: 1 } }",
            &format!("bounds: {{ min: 1, max: {max} }}, capacity: {{ requests_per_second: 1000 }}"),
        );
        told(&text, code::OUTRUNS_REQUESTS).len()
    };
    assert_eq!((with(4), with(5)), (1, 0));
}

#[test]
fn connections_at_the_maximum_must_be_accepted() {
    for (each, max, opened) in [
        (20, 50, None),
        (20, 51, Some(1_020)),
        (1, 1_000, None),
        (1_001, 1, Some(1_001)),
        (0, 5_000, None),
        (4_294_967_295_u32, 4_294_967_295_u32, Some(18_446_744_065_119_617_025_u128)),
    ] {
        let text = platform(
            &format!(
                "bounds: {{ min: 1, max: {max} }}, \
                 uses: {{ db: {{ connections_per_instance: {each} }} }}"
            ),
            &format!("{ONE}, capacity: {{ connections: 1000 }}"),
        );
        let expected = opened.map(|opened| {
            format!("at their maxima `web` open {opened} connections to `db`; it accepts 1000")
        });
        let expected: Vec<String> = expected.into_iter().collect();
        assert_eq!(told(&text, code::OUTRUNS_CONNECTIONS), expected, "{each} x {max}");
    }
}

#[test]
fn a_target_per_minute_lies_between_a_fifth_and_the_whole_of_the_rating() {
    // An instance is rated for 500 a second, which is 30,000 a minute.
    for (target, told_as) in [
        ("1000", Some("16.7 a second, 3 % of the 500")),
        ("5999", Some("100.0 a second, 19 % of the 500")),
        ("6000", None),
        ("22500", None),
        ("30000", None),
        ("30300", Some("505.0 a second, 101 % of the 500")),
    ] {
        let text = platform(
            &format!(
                "bounds: {{ min: 1, max: 2 }}, capacity: {{ requests_per_second: 500 }}, \
                 load_balancing: {{ target_group: web }}, scaling: {{ policies: {{ load: {{ \
                 target_tracking: {{ metric: alb_requests_per_target, target: {target} }} }} }} }}"
            ),
            ONE,
        );
        let told = told(&text, code::TARGET_OFF_RATING);
        assert_eq!(told.len(), usize::from(told_as.is_some()), "{target}: {told:?}");
        assert!(told.iter().all(|told| told.contains(told_as.unwrap())), "{target}: {told:?}");
    }
}

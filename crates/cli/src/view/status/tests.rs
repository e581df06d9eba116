use std::collections::BTreeMap;

use insta::assert_snapshot;
use plimsoll_core::bounds::Bounds;
use plimsoll_core::cloud::ErrorClass;
use plimsoll_core::spec::Kind;
use plimsoll_core::world::Unreachable;

use super::super::published::Published;
use super::*;

fn row(service: &str, region: &str, drift: &[&str]) -> Row {
    let bounds = Bounds { min: 2, max: 10 };
    let group = GroupRow {
        name: format!("alfred-production-{service}-a"),
        bounds,
        effective: bounds,
        leases: Vec::new(),
        unreadable: Vec::new(),
        desired: 4,
        in_service: 3,
        healthy_targets: Some(3),
        policies_in_place: 3 - u32::try_from(drift.len()).unwrap(),
        policies_wanted: 3,
        drift: drift.iter().map(ToString::to_string).collect(),
    };
    let (service, region) = (service.to_owned(), region.to_owned());
    Row { service, region, kind: Kind::Stateless, group: Some(group) }
}

fn differing() -> Differing {
    let other = Published::Other("0123456789abcdef".to_owned());
    Differing {
        file: "alfred.yaml".to_owned(),
        digest: "fedcba9876543210".to_owned(),
        regions: BTreeMap::from([("eu-central-1".to_owned(), other)]),
    }
}

#[test]
fn a_table_of_services_by_regions_fits_eighty_columns() {
    let mut missing = row("agent-financial", "ap-southeast-1", &[]);
    missing.group = None;
    let totals = Totals { min: 4, desired: 8, max: 20, in_service: 6 };
    let dark = Unreachable {
        call: "autoscaling:DescribeAutoScalingGroups".to_owned(),
        class: ErrorClass::Denied,
        message: "not authorised".to_owned(),
    };
    let status = Status {
        platform: "alfred".to_owned(),
        environment: "production".to_owned(),
        problems: Vec::new(),
        rows: vec![
            row("agent-core", "ap-southeast-1", &[]),
            row("agent-core", "eu-central-1", &["scaling.policies.cpu", "bounds.max"]),
            missing,
            row("agent-financial", "eu-central-1", &["bounds.max"]),
        ],
        totals: BTreeMap::from([
            ("agent-core".to_owned(), totals),
            ("agent-financial".to_owned(), totals),
        ]),
        unreachable: BTreeMap::from([("us-east-1".to_owned(), dark)]),
    };
    let text = StatusView { status: &status, doubts: &[], published: differing() }.to_string();
    let text = anstream::adapter::strip_str(&text).to_string();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert_snapshot!(text, @r"
    alfred/production

    Service          Region          Min  Desired  Max       In  Healthy  Policies
                                                        service
    agent-core       ap-southeast-1    2        4   10        3        3  3/3
                     eu-central-1      2        4   10        3        3  drifted
                     total             4        8   20        6
    agent-financial  ap-southeast-1    -        -    -        -        -  no group
                     eu-central-1      2        4   10        3        3  2/3
                     total             4        8   20        6

    Differs from the spec (see plimsoll plan):
      agent-core in eu-central-1: cpu, bounds.max
      agent-financial in ap-southeast-1: there is no group
      agent-financial in eu-central-1: bounds.max

    The controllers read another spec than alfred.yaml (fedcba9876543210); publish
        it with plimsoll apply --publish:
      eu-central-1: 0123456789abcdef

    us-east-1 could not be read: autoscaling:DescribeAutoScalingGroups: not
        authorised
      next: check the credentials (--profile) and the permissions for this call
    ");
}

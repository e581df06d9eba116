use std::collections::BTreeMap;

use insta::assert_snapshot;
use plimsoll_core::bounds::Bounds;
use plimsoll_core::cloud::ErrorClass;
use plimsoll_core::lease::{Cause, Unreadable};
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

fn noon() -> Timestamp {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn lease(cause: Cause, id: &str, floor: Option<u32>, ceiling: Option<u32>, until: &str) -> Lease {
    Lease {
        cause,
        id: id.to_owned(),
        floor,
        ceiling,
        zero: false,
        until: until.parse().unwrap(),
        by: if cause.is_operator() { "alice" } else { "controller" }.to_owned(),
        why: String::new(),
    }
}

/// A status of some rows and nothing else.
fn of(rows: Vec<Row>) -> Status {
    Status {
        platform: "alfred".to_owned(),
        environment: "production".to_owned(),
        at: noon(),
        rows,
        totals: BTreeMap::new(),
        problems: Vec::new(),
        unreachable: BTreeMap::new(),
    }
}

/// Two services with leases, and one with a tag that is none.
fn leased() -> Status {
    let mut core = row("agent-core", "eu-central-1", &[]);
    let group = core.group.as_mut().unwrap();
    let overflow = lease(Cause::Overflow, "us-east-1", Some(6), None, "2026-11-24T18:30:00Z");
    group.leases = vec![
        Lease { why: "us-east-1 is full".to_owned(), ..overflow },
        lease(Cause::Maintain, "INC-7", Some(2), Some(3), "2026-11-26T06:00:00Z"),
    ];
    let mut rag = row("agent-rag", "eu-central-1", &["bounds.max"]);
    let group = rag.group.as_mut().unwrap();
    group.leases = vec![lease(Cause::Damping, "flapping", None, Some(4), "2026-11-24T12:20:59Z")];
    group.unreadable = vec![Unreadable {
        key: "plimsoll:lease:nap:1".to_owned(),
        why: "`nap` is no cause".to_owned(),
    }];
    of(vec![core, rag])
}

fn plain(status: &Status) -> String {
    let text = StatusView { status, doubts: &[], published: Differing::default() }.to_string();
    let text = anstream::adapter::strip_str(&text).to_string();
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    text
}

#[test]
fn leases_are_told_with_their_end_their_owner_and_their_cause() {
    let text = plain(&leased());
    let (_, below) = text.split_at(text.find("Leases").unwrap());
    assert_snapshot!(below, @r"
    Leases in force:
      agent-core in eu-central-1: at least 6 until 18:30 UTC by controller: overflow
          us-east-1 (us-east-1 is full)
      agent-core in eu-central-1: at least 2 and at most 3 until 2026-11-26 06:00
          UTC by alice: maintain INC-7
      agent-rag in eu-central-1: at most 4 until 12:20 UTC by controller: damping
          flapping

    Warning, tags that are no leases:
      agent-rag in eu-central-1: tag plimsoll:lease:nap:1 is no lease: `nap` is no
          cause; it is ignored, delete it or grant it again

    Differs from the spec (see plimsoll plan):
      agent-rag in eu-central-1: bounds.max
    ");
}

#[test]
fn the_json_of_a_status_holds_leases_and_unreadable_tags() {
    let status = leased();
    let json = serde_json::to_value(StatusView {
        status: &status,
        doubts: &[],
        published: Differing::default(),
    })
    .unwrap();
    assert_eq!(json["at"], "2026-11-24T12:00:00Z");
    let [core, rag] = [0, 1].map(|row: usize| &json["rows"][row]["group"]);
    insta::assert_json_snapshot!(core["leases"][0], @r#"
    {
      "by": "controller",
      "cause": "overflow",
      "ceiling": null,
      "floor": 6,
      "id": "us-east-1",
      "until": "2026-11-24T18:30:00Z",
      "why": "us-east-1 is full",
      "zero": false
    }
    "#);
    assert_eq!(rag["leases"][0]["ceiling"], 4);
    assert_eq!(rag["unreadable"][0]["key"], "plimsoll:lease:nap:1");
    assert_eq!(core["unreadable"], serde_json::json!([]));
}

#[test]
fn without_leases_nothing_is_said_of_them() {
    let text = plain(&of(vec![row("agent-core", "eu-central-1", &[])]));
    assert!(!text.contains("Leases") && !text.contains("Warning"), "{text}");
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
        at: noon(),
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

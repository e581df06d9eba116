use insta::assert_snapshot;
use plimsoll_core::action::Action;
use plimsoll_core::cloud::{ActError, ErrorClass};
use plimsoll_core::plan::{Plan, Planned, Step};
use plimsoll_core::world::Unreachable;

use super::*;

const AGAIN: &str = "Run the same command again for the rest";

fn step(name: &str) -> Step {
    Step {
        service: "agent-core".to_owned(),
        action: Action::DeleteGroup { group: name.to_owned() },
        changes: vec![],
        consequences: vec![],
        destructive: true,
    }
}

fn plan(regions: Vec<(&str, RegionPlan)>) -> Plan {
    Plan {
        platform: "alfred".to_owned(),
        environment: "production".to_owned(),
        regions: regions.into_iter().map(|(name, plan)| (name.to_owned(), plan)).collect(),
        problems: vec![],
    }
}

fn planned(steps: usize) -> RegionPlan {
    let steps = (0..steps).map(|number| step(&format!("group-{number}"))).collect();
    RegionPlan::Planned(Planned { steps, ..Planned::default() })
}

fn shown(report: &Report<'_>) -> String {
    anstream::adapter::strip_str(&report.to_string()).to_string()
}

#[test]
fn a_failure_says_resource_region_call_message_and_what_to_do_next() {
    let dark = Unreachable {
        call: "ec2:DescribeSubnets".to_owned(),
        class: ErrorClass::Unreachable,
        message: "connection refused".to_owned(),
    };
    let plan = plan(vec![
        ("ap-southeast-1", RegionPlan::Unreachable(dark)),
        ("eu-central-1", planned(2)),
        ("us-east-1", planned(4)),
    ]);
    let error = ActError {
        call: "autoscaling:DeleteAutoScalingGroup".to_owned(),
        resource: "group-1".to_owned(),
        class: ErrorClass::Throttled,
        message: "Rate exceeded".to_owned(),
    };
    let failure = Failure {
        service: "agent-core".to_owned(),
        step: "delete group group-1".to_owned(),
        error,
    };
    let regions = BTreeMap::from([
        ("eu-central-1".to_owned(), RegionReport { done: 2, failed: vec![], skipped: 0 }),
        ("us-east-1".to_owned(), RegionReport { done: 1, failed: vec![failure], skipped: 2 }),
    ]);
    let report = Report::new(PlanView::new(&plan, &[], ""), regions, false, AGAIN);
    assert_eq!(report.exit(), Exit::Partial);
    assert_snapshot!(shown(&report), @r"
    ap-southeast-1 could not be read: ec2:DescribeSubnets: connection refused
      next: the API does not answer; run the command again when it does
    eu-central-1: 2 changes done, 0 failed, 0 skipped
    us-east-1: 1 change done, 1 failed, 2 skipped
      agent-core: delete group group-1
        autoscaling:DeleteAutoScalingGroup on group-1: Rate exceeded
        next: the account's API rate is used up; run the command again in a minute

    Not all is done: 3 of 6 changes to alfred/production, 1 failed, 2 skipped, 1 region not read
    Run the same command again for the rest
    ");
}

#[test]
fn what_is_done_is_done() {
    let plan = plan(vec![("us-east-1", planned(1))]);
    let done = RegionReport { done: 1, failed: vec![], skipped: 0 };
    let regions = BTreeMap::from([("us-east-1".to_owned(), done)]);
    let report = Report::new(PlanView::new(&plan, &[], ""), regions, false, AGAIN);
    assert_eq!(report.exit(), Exit::Done);
    assert_snapshot!(shown(&report), @r"
    us-east-1: 1 change done, 0 failed, 0 skipped

    Done: 1 change to alfred/production
    ");
}

#[test]
fn a_stopped_run_says_so() {
    let plan = plan(vec![("us-east-1", planned(3))]);
    let done = RegionReport { done: 1, failed: vec![], skipped: 2 };
    let regions = BTreeMap::from([("us-east-1".to_owned(), done)]);
    let report = Report::new(PlanView::new(&plan, &[], ""), regions, true, AGAIN);
    assert_eq!(report.exit(), Exit::Partial);
    assert_snapshot!(shown(&report), @r"
    us-east-1: 1 change done, 0 failed, 2 skipped

    Stopped: 1 of 3 changes to alfred/production, 2 skipped
    Run the same command again for the rest
    ");
}

#[test]
fn what_became_of_the_spec_is_told_before_the_last_line() {
    let plan = plan(vec![("us-east-1", planned(1))]);
    let done = || {
        BTreeMap::from([(
            "us-east-1".to_owned(),
            RegionReport { done: 1, failed: vec![], skipped: 0 },
        )])
    };
    let report = || Report::new(PlanView::new(&plan, &[], ""), done(), false, AGAIN);
    let digest = "fedcba9876543210".to_owned();
    let published = Publication { digest, already: 1, ..Publication::default() };
    let whole = report().with_publication(published.clone());
    assert_eq!(whole.exit(), Exit::Done);
    assert_snapshot!(shown(&whole), @r"
    us-east-1: 1 change done, 0 failed, 0 skipped
    1 region had the spec (fedcba9876543210) already

    Done: 1 change to alfred/production
    ");
    let left_out = report().with_publication(Publication { left_out: true, ..published });
    assert_eq!(left_out.exit(), Exit::Partial);
}

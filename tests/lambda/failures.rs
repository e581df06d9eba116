//! AWS does not do what it should, one part of it at a time.

use super::harness::alarm;
use super::harness::function::alfred;
use super::harness::stub::Stub;
use super::harness::world::Trouble;
use super::{bootstrap, handles, looks_and_writes};

const HERE: &str = "eu-central-1";

/// Two services are hot.
fn hot() -> Stub {
    let stub = alfred();
    stub.world().hot.extend(["agent-core", "agent-legal"]);
    stub
}

#[test]
fn an_action_that_aws_throttles_is_worth_another_try() {
    let stub = hot();
    stub.spoil("CreateOrUpdateTags", HERE, Trouble::Refuses("Throttling"));
    let handled = handles(&bootstrap(), &stub, alarm());
    let message = handled.failed_as("Plimsoll.Retryable");
    for told in ["agent-core", "autoscaling:CreateOrUpdateTags", "Throttling"] {
        assert!(message.contains(told), "{told}: {message}");
    }
    let did = handled.record()["did"].as_array().unwrap();
    let fates: Vec<_> = did.iter().map(|did| did["outcome"].as_str().unwrap_or("failed")).collect();
    // Both services are served at once: what comes after them would be left.
    assert_eq!(fates, ["failed", "skipped"].repeat(2));
    // The SDK tried three times each, and nobody else did.
    let tried = looks_and_writes(&stub).1;
    let in_vain = "autoscaling:CreateOrUpdateTags eu-central-1 in vain";
    assert_eq!(tried.iter().filter(|call| *call == in_vain).count(), 2 * 3);
    assert!(
        tried.iter().all(|call| call == in_vain || call.contains("PutMetricData")),
        "{tried:?}"
    );
    assert_eq!(handled.counted("Errors"), Some(2.0));
}

#[test]
fn an_action_that_aws_denies_fails_for_good_and_stops_nobody_else() {
    let stub = hot();
    stub.spoil("UpdateAutoScalingGroup", HERE, Trouble::Refuses("AccessDenied"));
    let handled = handles(&bootstrap(), &stub, alarm());
    let message = handled.failed_as("Plimsoll.Permanent");
    for told in ["agent-core", "agent-legal", "autoscaling:UpdateAutoScalingGroup", "AccessDenied"]
    {
        assert!(message.contains(told), "{told}: {message}");
    }
    assert!(stub.world().published.contains("Plimsoll/Controller Heartbeat"));
}

#[test]
fn parameters_that_may_not_be_read_fail_for_good_by_their_names() {
    let stub = alfred();
    stub.spoil("GetParameters", HERE, Trouble::Refuses("AccessDeniedException"));
    let message = handles(&bootstrap(), &stub, alarm()).failed_as("Plimsoll.Permanent");
    for told in ["ssm:GetParameters", "/plimsoll/alfred/production/spec", "AccessDenied"] {
        assert!(message.contains(told), "{told}: {message}");
    }
}

#[test]
fn a_region_that_cannot_be_read_is_not_decided_about() {
    let stub = hot();
    stub.spoil("DescribeAutoScalingGroups", HERE, Trouble::HangsUp);
    let handled = handles(&bootstrap(), &stub, alarm());
    let message = handled.failed_as("Plimsoll.Retryable");
    assert!(message.contains("eu-central-1 is blind"), "{message}");
    let record = handled.record();
    assert!(record["blind"].is_object() && record["did"].as_array().unwrap().is_empty());
    let writes = looks_and_writes(&stub).1;
    assert!(writes.iter().all(|call| call.contains("PutMetricData")), "{writes:?}");
}

#[test]
fn a_region_of_which_nothing_answers_fails_before_it_looks() {
    let stub = hot();
    stub.spoil("", HERE, Trouble::HangsUp);
    let message = handles(&bootstrap(), &stub, alarm()).failed_as("Plimsoll.Retryable");
    assert!(message.contains("ssm:GetParameters"), "{message}");
}

#[test]
fn a_peer_that_does_not_answer_keeps_nobody_from_acting() {
    let stub = hot();
    stub.spoil("", "us-east-1", Trouble::HangsUp);
    let handled = handles(&bootstrap(), &stub, alarm()).went_well();
    for service in ["agent-core", "agent-legal"] {
        let group = format!("alfred-production-{service}-a");
        assert_eq!(stub.world().groups[&group].desired, 4, "{service}");
    }
    assert_eq!(handled.record()["peers"]["us-east-1"]["pulse"], "unreadable");
}

#[test]
fn only_the_authority_that_it_is_told_to_believe_is_believed() {
    let stub = alfred();
    // Amazon's own roots did not sign the stub's certificate.
    let program = bootstrap().with("AWS_CA_BUNDLE", "");
    let message = handles(&program, &stub, alarm()).failed_as("Plimsoll.Retryable");
    assert!(message.contains("certificate"), "{message}");
    assert!(stub.calls().is_empty());
}

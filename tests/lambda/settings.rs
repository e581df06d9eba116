//! Settings that are wrong, and a place that is not the spec's.

use serde_json::Value;

use super::harness::function::{Function, Program, SPEC_PARAMETER, alfred};
use super::harness::runtime_api::{Did, RuntimeApi};
use super::harness::{alarm, spec};
use super::{bootstrap, handles, handles_under};

const NOTHING: [&str; 0] = [];

/// What is told to the Runtime API before the process ends.
fn cannot_start(program: &Program) -> String {
    let (api, stub) = (RuntimeApi::start(), alfred());
    let mut function = Function::start(program, &api, &stub);
    let (_, did) = api.did();
    let Did::InitFailed(body) = did else { panic!("{did:?}") };
    assert!(function.has_ended());
    assert_eq!(stub.calls(), NOTHING);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["errorType"], "Plimsoll.Settings");
    let message = body["errorMessage"].as_str().unwrap().to_owned();
    let log = function.killed();
    assert!(log.iter().any(|line| line["error"] == message.as_str()), "{log:#?}");
    message
}

#[test]
fn settings_that_are_wrong_are_told_before_it_asks_for_an_event() {
    let message = cannot_start(&bootstrap().with("PLIMSOLL_MODE", "go"));
    assert_eq!(message, "PLIMSOLL_MODE is `go`; use `observe` to watch, or `act`");
    let message = cannot_start(&bootstrap().with("PLIMSOLL_SPEC", ""));
    assert!(message.starts_with("PLIMSOLL_SPEC is not set; "), "{message}");
    let message = cannot_start(&bootstrap().with("AWS_CA_BUNDLE", "/nowhere/ca.pem"));
    assert_eq!(
        message,
        "AWS_CA_BUNDLE: cannot read the certificates of /nowhere/ca.pem: No such file or directory \
         (os error 2)"
    );
}

#[test]
fn a_spec_that_is_not_there_fails_for_good() {
    let stub = alfred();
    stub.set(SPEC_PARAMETER, None);
    let message = handles(&bootstrap(), &stub, alarm()).failed_as("Plimsoll.Permanent");
    assert_eq!(
        message,
        format!(
            "there is no parameter {SPEC_PARAMETER}; publish the spec with `plimsoll apply --publish`, or correct PLIMSOLL_SPEC"
        )
    );
}

#[test]
fn a_spec_with_a_mistake_says_which_and_where() {
    let stub = alfred();
    let mistake = "bounds: { min: 12, max: 10 }";
    let spec = spec(&stub).replacen("bounds: { min: 2, max: 10 }", mistake, 1);
    let before = spec.lines().take_while(|line| !line.contains(mistake)).count();
    stub.set(SPEC_PARAMETER, Some(&spec));
    let message = handles(&bootstrap(), &stub, alarm()).failed_as("Plimsoll.Permanent");
    assert_eq!(
        message,
        format!(
            "the spec of production, spec line {}: min 12 is above max 10 (write `min: 10, max: 12` \
             if they were swapped) [PL0301]; `plimsoll validate` shows its place",
            before + 1
        )
    );
}

#[test]
fn a_spec_of_another_account_is_not_for_this_function() {
    let (api, stub) = (RuntimeApi::of_account("111111111111"), alfred());
    let message = handles_under(&api, &bootstrap(), &stub, alarm()).failed_as("Plimsoll.Permanent");
    for told in ["000000000000", "111111111111", "deploy", "`account`"] {
        assert!(message.contains(told), "{told}: {message}");
    }
    assert_eq!(stub.calls(), ["ssm:GetParameters eu-central-1"]);
}

#[test]
fn a_region_that_the_spec_does_not_have_is_named_beside_those_that_it_has() {
    let stub = alfred();
    let program = bootstrap().with("AWS_REGION", "ap-southeast-2");
    let message = handles(&program, &stub, alarm()).failed_as("Plimsoll.Permanent");
    for told in ["ap-southeast-2", "eu-central-1, us-east-1, us-west-2", "deploy"] {
        assert!(message.contains(told), "{told}: {message}");
    }
    assert_eq!(stub.calls(), ["ssm:GetParameters ap-southeast-2"]);
}

#[test]
fn what_the_deployment_lays_over_the_spec_is_followed() {
    let stub = alfred();
    let overlay = "services: { agent-core: { bounds: { max: 4 } } }";
    let handled = handles(&bootstrap().with("PLIMSOLL_OVERLAY", overlay), &stub, alarm());
    let handled = handled.went_well();
    let seen = &handled.record()["services"]["agent-core"];
    assert_eq!(seen["effective"]["max"], 4, "{seen}");
    assert_eq!(stub.world().groups["alfred-production-agent-core-a"].max, 4);
}

#[test]
fn a_mistake_in_what_is_laid_over_is_told_of_that() {
    let stub = alfred();
    let overlay = "services: { agent-cor: { bounds: { max: 4 } } }";
    let program = bootstrap().with("PLIMSOLL_OVERLAY", overlay);
    let message = handles(&program, &stub, alarm()).failed_as("Plimsoll.Permanent");
    for told in ["PLIMSOLL_OVERLAY line 1", "agent-cor", "agent-core"] {
        assert!(message.contains(told), "{told}: {message}");
    }
    assert_eq!(stub.calls(), ["ssm:GetParameters eu-central-1"]);
}

//! The binary `bootstrap` as Lambda runs it: against a Runtime API, and AWS behind TLS.

#![expect(clippy::tests_outside_test_module, reason = "the whole file is a test")]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test fails the test"
)]

#[path = "../../crates/xtask/src/package/elf.rs"]
mod elf;
#[allow(dead_code, reason = "shared with the benchmark, and neither needs all of it")]
mod harness;

use harness::function::{Function, Program, SPEC_PARAMETER, SWITCH_PARAMETER, alfred};
use harness::runtime_api::{Did, RuntimeApi};
use harness::stub::Stub;

fn bootstrap() -> Program {
    Program::new(env!("CARGO_BIN_EXE_bootstrap"))
}

/// What the program does with one event.
fn handles(program: &Program, stub: &Stub, event: String) -> Did {
    let api = RuntimeApi::start();
    let _function = Function::start(program, &api, stub);
    let (_, first) = api.did();
    assert!(matches!(first, Did::Next), "{first:?}");
    api.invoke(event);
    api.did().1
}

const ANSWER: &str = r#"{"batchItemFailures":[]}"#;

#[test]
fn an_alarm_is_answered_after_one_look_at_the_region() {
    let stub = alfred();
    let did = handles(&bootstrap(), &stub, harness::alarm());
    assert!(matches!(&did, Did::Answered(body) if body == ANSWER), "{did:?}");
    let mut calls = stub.calls();
    calls.sort();
    assert_eq!(
        calls,
        [
            "autoscaling:DescribeAutoScalingGroups eu-central-1",
            "autoscaling:DescribePolicies eu-central-1",
            "autoscaling:DescribeScheduledActions eu-central-1",
            "elasticloadbalancing:DescribeTargetGroups eu-central-1",
            "monitoring:GetMetricData eu-central-1",
            "ssm:GetParameters eu-central-1",
        ]
    );
}

#[test]
fn the_red_button_stops_it_before_it_looks() {
    let stub = alfred();
    stub.set(SWITCH_PARAMETER, Some("stop maria: network test"));
    let did = handles(&bootstrap(), &stub, harness::alarm());
    assert!(matches!(&did, Did::Answered(body) if body == ANSWER), "{did:?}");
    assert_eq!(stub.calls(), ["ssm:GetParameters eu-central-1"]);
}

#[test]
fn a_spec_that_is_not_there_fails_for_good() {
    let stub = alfred();
    stub.set(SPEC_PARAMETER, None);
    let did = handles(&bootstrap(), &stub, harness::alarm());
    let Did::Failed(body) = did else { panic!("{did:?}") };
    assert!(body.contains("Plimsoll.Permanent") && body.contains(SPEC_PARAMETER), "{body}");
}

#[test]
fn a_plain_spec_is_understood_as_well() {
    let stub = alfred();
    stub.set(SPEC_PARAMETER, Some(harness::SPEC));
    let did = handles(&bootstrap(), &stub, harness::alarm());
    assert!(matches!(&did, Did::Answered(body) if body == ANSWER), "{did:?}");
}

#[test]
fn only_the_authority_that_it_is_told_to_believe_is_believed() {
    let stub = alfred();
    // Amazon's own roots did not sign the stub's certificate.
    let did = handles(&bootstrap().with("AWS_CA_BUNDLE", ""), &stub, harness::alarm());
    let Did::Failed(body) = did else { panic!("{did:?}") };
    assert!(body.contains("Plimsoll.Retryable") && body.contains("certificate"), "{body}");
    assert!(stub.calls().is_empty());
}

#[test]
fn an_event_of_no_queue_is_refused() {
    let did = handles(&bootstrap(), &alfred(), "{}".to_owned());
    let Did::Failed(body) = did else { panic!("{did:?}") };
    assert!(body.contains("Plimsoll.Permanent") && body.contains("Records"), "{body}");
}

#[test]
fn settings_that_are_wrong_end_it_before_it_asks_for_an_event() {
    let (api, stub) = (RuntimeApi::start(), alfred());
    let program = bootstrap().with("PLIMSOLL_MODE", "go");
    let mut function = Function::start(&program, &api, &stub);
    assert!(function.has_ended());
    assert!(api.has_heard_nothing());
}

/// `provided.al2023` is made of Amazon Linux 2023, which has glibc 2.34. `cargo xtask package` holds
/// what is shipped to the same.
#[test]
#[cfg(target_env = "gnu")]
fn lambdas_glibc_is_new_enough_for_it() {
    let binary = std::fs::read(env!("CARGO_BIN_EXE_bootstrap")).unwrap();
    let newest = elf::newest_glibc(&binary).unwrap();
    assert!(newest > Some((2, 0)) && newest <= Some((2, 34)), "{newest:?}");
}

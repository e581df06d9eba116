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
mod events;
mod failures;
#[allow(dead_code, reason = "shared with the benchmark, and neither needs all of it")]
mod harness;
mod restarts;
mod restraint;
mod settings;

use harness::function::{Function, Program, SPEC_PARAMETER, alfred};
use harness::runtime_api::{Did, RuntimeApi};
use harness::stub::Stub;
use serde_json::Value;

/// The program under test: cargo's, or the one that is shipped, which `PLIMSOLL_BOOTSTRAP` names.
fn bootstrap() -> Program {
    let shipped = std::env::var_os("PLIMSOLL_BOOTSTRAP");
    Program::new(shipped.unwrap_or_else(|| env!("CARGO_BIN_EXE_bootstrap").into()))
}

/// What came of one event: the answer and the log.
#[derive(Debug)]
struct Handled {
    did: Did,
    log: Vec<Value>,
}

/// What the program does with one event.
fn handles(program: &Program, stub: &Stub, event: String) -> Handled {
    handles_under(&RuntimeApi::start(), program, stub, event)
}

fn handles_under(api: &RuntimeApi, program: &Program, stub: &Stub, event: String) -> Handled {
    let function = Function::start(program, api, stub);
    let (_, first) = api.did();
    assert!(matches!(first, Did::Next), "{first:?}");
    api.invoke(event);
    let (_, did) = api.did();
    Handled { did, log: function.killed() }
}

impl Handled {
    /// All is well: the answer names no message.
    fn went_well(self) -> Self {
        assert!(
            matches!(&self.did, Did::Answered(body) if body == r#"{"batchItemFailures":[]}"#),
            "{self:#?}"
        );
        self
    }

    /// It failed with a kind; its message is given back.
    fn failed_as(&self, kind: &str) -> String {
        let Did::Failed(body) = &self.did else { panic!("{self:#?}") };
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["errorType"], kind, "{body}");
        body["errorMessage"].as_str().unwrap().to_owned()
    }

    /// The record of the tick.
    fn record(&self) -> &Value {
        let records = self.log.iter().map(|line| &line["record"]);
        records.last_or_panic(Value::is_object, self)
    }

    /// A message of the log that contains a text.
    fn says(&self, text: &str) -> &Value {
        let said = |line: &Value| line["message"].as_str().is_some_and(|it| it.contains(text));
        self.log.iter().last_or_panic(said, self)
    }

    /// A metric of the embedded format, without further dimensions.
    fn counted(&self, metric: &str) -> Option<f64> {
        let whole = |line: &&Value| line["_aws"].is_object() && line["Reason"].is_null();
        self.log.iter().find(whole).and_then(|line| line[metric].as_f64())
    }
}

trait LastOrPanic<'a> {
    fn last_or_panic(self, fits: impl Fn(&Value) -> bool, of: &Handled) -> &'a Value;
}

impl<'a, I: Iterator<Item = &'a Value>> LastOrPanic<'a> for I {
    fn last_or_panic(self, fits: impl Fn(&Value) -> bool, of: &Handled) -> &'a Value {
        self.filter(|line| fits(line)).last().unwrap_or_else(|| panic!("{of:#?}"))
    }
}

/// What is looked at in a tick, before anything is done.
const LOOKS: [&str; 10] = [
    "autoscaling:DescribeAutoScalingGroups eu-central-1",
    "autoscaling:DescribeScheduledActions eu-central-1",
    "elasticloadbalancing:DescribeTargetGroups eu-central-1",
    "endpoint us-east-1",
    "endpoint us-west-2",
    "monitoring:GetMetricData eu-central-1",
    "monitoring:GetMetricData eu-central-1",
    "monitoring:GetMetricData us-east-1",
    "monitoring:GetMetricData us-west-2",
    "ssm:GetParameters eu-central-1",
];

/// The calls of a tick: what it looks at, in any order, and what it writes, in its order.
fn looks_and_writes(stub: &Stub) -> (Vec<String>, Vec<String>) {
    let words = [":Describe", ":Get", "endpoint "];
    let reads = |call: &String| words.iter().any(|word| call.contains(word));
    let (mut looks, writes): (Vec<String>, Vec<String>) = stub.calls().into_iter().partition(reads);
    looks.sort();
    (looks, writes)
}

#[test]
fn a_quiet_tick_looks_once_and_publishes_what_it_knows() {
    let stub = alfred();
    let handled = handles(&bootstrap(), &stub, harness::alarm()).went_well();
    let (looks, writes) = looks_and_writes(&stub);
    assert_eq!(looks, LOOKS);
    // The peers' endpoints answered for the first time, which is too short to judge their traffic.
    assert_eq!(writes, ["monitoring:PutMetricData eu-central-1 Plimsoll/Controller"]);
    assert_eq!(handled.counted("Actions"), Some(0.0));
    assert_eq!(handled.counted("ApiCalls"), Some(9.0));
    assert_eq!(handled.record()["services"]["agent-core"]["desired"], 3);
}

#[test]
fn an_alarm_of_a_hot_service_makes_its_group_grow() {
    let stub = alfred();
    stub.world().hot.insert("agent-core");
    let handled = handles(&bootstrap(), &stub, harness::alarm()).went_well();
    let (looks, writes) = looks_and_writes(&stub);
    assert_eq!(looks, LOOKS);
    // What it knows is published beside it, whichever comes first.
    let moves: Vec<&String> = writes.iter().filter(|it| !it.contains("PutMetricData")).collect();
    assert_eq!(
        moves,
        [
            "autoscaling:CreateOrUpdateTags eu-central-1 alfred-production-agent-core-a",
            "autoscaling:UpdateAutoScalingGroup eu-central-1 alfred-production-agent-core-a DesiredCapacity=4",
        ]
    );
    assert_eq!(handled.counted("Actions"), Some(2.0));
    assert_eq!(stub.world().groups["alfred-production-agent-core-a"].desired, 4);
}

#[test]
fn a_plain_spec_is_understood_as_well() {
    let stub = alfred();
    stub.set(SPEC_PARAMETER, Some(&harness::spec(&stub)));
    handles(&bootstrap(), &stub, harness::alarm()).went_well();
}

/// `provided.al2023` is made of Amazon Linux 2023, which has glibc 2.34. `cargo xtask package` holds
/// what is shipped to the same.
#[test]
#[cfg(target_env = "gnu")]
fn lambdas_glibc_is_new_enough_for_it() {
    let binary = std::fs::read(bootstrap().path).unwrap();
    let newest = elf::newest_glibc(&binary).unwrap();
    assert!(newest > Some((2, 0)) && newest <= Some((2, 34)), "{newest:?}");
}

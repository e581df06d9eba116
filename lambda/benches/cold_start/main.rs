//! How soon the controller answers a first alarm, beside a Python function that makes the same
//! calls: `cargo bench -p plimsoll-lambda --bench cold_start`.
//!
//! The alarm is of a service that is hot, so that a group is made larger. Both run in turn against
//! one stub of AWS on this machine, so network and services cost both the same, next to nothing: what
//! is compared is what the function itself costs. It is measured three times: at full speed; under
//! the share of a core that 256 MB buy; and as Lambda does it, which gives a full core until the
//! first `/next` and the share from then on (Lambda developer guide, "Lambda execution environment
//! lifecycle"). The program fails when a goal is missed.
//!
//! The bootstrap is the one that is shipped, from the package that `cargo xtask package` makes first;
//! `PLIMSOLL_BOOTSTRAP` names another. `--profile dev` after `cargo bench` saves a second build of
//! the SDK.

#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot run ends"
)]

mod baseline;
mod figures;
#[allow(dead_code, reason = "shared with the tests, and neither needs all of it")]
#[path = "../../../tests/lambda/harness/mod.rs"]
mod harness;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use figures::{Figures, Goal};
use harness::function::{Function, Program, Quota, alfred};
use harness::runtime_api::{Did, RuntimeApi};
use harness::stub::Stub;

/// Runs of each function at full speed, and under the quota, where a Python run takes seconds.
const RUNS: [usize; 2] = [20, 7];

/// When a function is slowed down.
#[derive(Clone, Copy, Debug)]
enum Slow<'a> {
    Never,
    FromItsStart(&'a Quota),
    AfterItsInit(&'a Quota),
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let (bootstrap, zip) = shipped(root, &target);
    println!("bootstrap: {}", bootstrap.display());
    let programs = [Program::new(bootstrap), baseline::program(root, &target)];
    let stub = alfred();
    stub.world().hot.insert("agent-core");
    let both = |slow, runs| programs.each_ref().map(|program| measured(program, slow, &stub, runs));

    let full = both(Slow::Never, RUNS[0]);
    figures::table("at full speed", &full);
    let [rust, python] = &full;
    let mut goals = vec![
        Goal::most("exec to /next, ms", rust.next.median(), 10.0),
        Goal::most("resident after an alarm, MB", rust.resident.median(), 24.0),
        Goal::least("times sooner to /next", python.next.median() / rust.next.median(), 50.0),
        Goal::least(
            "times sooner to the answer",
            python.answer.median() / rust.answer.median(),
            10.0,
        ),
    ];
    match Quota::of_memory(256) {
        Ok(quota) => {
            let slow = both(Slow::FromItsStart(&quota), RUNS[1]);
            figures::table("under the quota of 256 MB (256/1769 of a core)", &slow);
            let lambda = both(Slow::AfterItsInit(&quota), RUNS[1]);
            figures::table(
                "as in Lambda: a full core until /next, the quota from then on",
                &lambda,
            );
            let times = |of: &[Figures; 2]| of[1].answer.median() / of[0].answer.median();
            goals.push(Goal::least("times sooner to the answer, quota", times(&slow), 10.0));
            goals.push(Goal::least(
                "times sooner to the answer, as in Lambda",
                times(&lambda),
                10.0,
            ));
        }
        Err(why) => println!("\nno quota on this machine: {why}"),
    }
    if let Some(bytes) = zip {
        goals.push(Goal::most("size of the package, MB", megabytes(bytes), 4.0));
    }
    figures::verdict(&goals)
}

/// The shipped binary, and how many bytes its package has, unless another binary is named.
fn shipped(root: &Path, target: &Path) -> (PathBuf, Option<u64>) {
    if let Some(path) = std::env::var_os("PLIMSOLL_BOOTSTRAP") {
        return (path.into(), None);
    }
    let package = Command::new(env!("CARGO")).args(["xtask", "package"]).current_dir(root).status();
    assert!(package.is_ok_and(|status| status.success()), "there is no package");
    let arch = std::env::consts::ARCH.replace("aarch64", "arm64");
    let zip = target.join(format!("package/plimsoll-controller-{arch}.zip"));
    let bytes = std::fs::metadata(&zip).expect("the package is where xtask puts it").len();
    (target.join("package").join(arch).join("bootstrap"), Some(bytes))
}

fn megabytes(bytes: u64) -> f64 {
    f64::from(u32::try_from(bytes).unwrap()) / f64::from(1024 * 1024)
}

/// Cold starts, one after the other, each with a first alarm.
fn measured(program: &Program, slow: Slow<'_>, stub: &Stub, runs: usize) -> Figures {
    let mut figures = Figures::default();
    // The first run reads the program from the disk and is not counted: Lambda has it in memory.
    for run in 0..=runs {
        let api = RuntimeApi::start();
        let function = match slow {
            Slow::Never | Slow::AfterItsInit(_) => Function::start(program, &api, stub),
            Slow::FromItsStart(quota) => Function::start_under(quota, program, &api, stub),
        };
        let (next, first) = api.did();
        assert!(matches!(first, Did::Next), "{first:?}");
        let before = function.processor_time();
        if let Slow::AfterItsInit(quota) = slow {
            function.slow_down(quota);
        }
        // Between the two the function waits, and what is done to it meanwhile is not its time.
        let invoked = Instant::now();
        api.invoke(harness::alarm());
        let (answered, did) = api.did();
        assert!(
            matches!(&did, Did::Answered(body) if body.contains("batchItemFailures")),
            "{did:?}"
        );
        did_its_work(stub);
        if run > 0 {
            let (init, handling) = (next - function.started, answered - invoked);
            figures.work_before.add(before * 1e3);
            figures.work_after.add((function.processor_time() - before) * 1e3);
            figures.next.add(init.as_secs_f64() * 1e3);
            figures.answer.add((init + handling).as_secs_f64() * 1e3);
            figures
                .resident
                .add(f64::from(u32::try_from(function.resident_kb()).unwrap()) / 1024.0);
        }
    }
    figures
}

/// Both make the same calls, and the group is made larger.
fn did_its_work(stub: &Stub) {
    let mut world = stub.world();
    let mut calls = std::mem::take(&mut world.calls);
    calls.sort();
    assert_eq!(calls, CALLS, "both make the same calls");
    world.restore();
}

/// The calls of one alarm, sorted.
const CALLS: [&str; 12] = [
    "autoscaling:CreateOrUpdateTags eu-central-1 alfred-production-agent-core-a",
    "autoscaling:DescribeAutoScalingGroups eu-central-1",
    "autoscaling:DescribeScheduledActions eu-central-1",
    "autoscaling:UpdateAutoScalingGroup eu-central-1 alfred-production-agent-core-a DesiredCapacity=4",
    "elasticloadbalancing:DescribeTargetGroups eu-central-1",
    "monitoring:GetMetricData eu-central-1",
    "monitoring:GetMetricData eu-central-1",
    "monitoring:GetMetricData us-east-1",
    "monitoring:GetMetricData us-west-2",
    "monitoring:PutMetricData eu-central-1 Plimsoll/Controller",
    "monitoring:PutMetricData eu-central-1 Plimsoll/Traffic",
    "ssm:GetParameters eu-central-1",
];

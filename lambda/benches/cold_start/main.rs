//! How soon the controller answers a first alarm, beside a Python function that makes the same
//! calls: `cargo bench -p plimsoll-lambda --bench cold_start`.
//!
//! Both run in turn against one stub of AWS on this machine, so network and services cost both the
//! same, next to nothing: what is compared is what the function itself costs. Each is measured at
//! full speed and under the share of a core that 256 MB buy. The program fails when a goal is
//! missed.
//!
//! The bootstrap is the one that is shipped (`--profile lambda`), built first; `PLIMSOLL_BOOTSTRAP`
//! names another. `--profile dev` after `cargo bench` saves a second build of the SDK.

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

use figures::{Figures, Goal};
use harness::function::{Function, Program, Quota, alfred};
use harness::runtime_api::{Did, RuntimeApi};
use harness::stub::Stub;

/// Runs of each function at full speed, and under the quota, where a Python run takes seconds.
const RUNS: [usize; 2] = [20, 7];

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let rust = Program::new(bootstrap(root, &target));
    let python = baseline::program(root, &target);
    let stub = alfred();
    println!("bootstrap: {}", rust.path.display());

    let full = [&rust, &python].map(|program| measured(program, None, &stub, RUNS[0]));
    figures::table("at full speed", &full);
    let mut goals = vec![
        Goal::most("exec to /next, ms", full[0].next.median(), 10.0),
        Goal::most("resident after an answer, MB", full[0].resident.median(), 24.0),
        Goal::least("times sooner to /next", full[1].next.median() / full[0].next.median(), 50.0),
        Goal::least(
            "times sooner to the answer",
            full[1].answer.median() / full[0].answer.median(),
            10.0,
        ),
    ];
    match Quota::of_memory(256) {
        Ok(quota) => {
            let slow =
                [&rust, &python].map(|program| measured(program, Some(&quota), &stub, RUNS[1]));
            figures::table("under the quota of 256 MB (256/1769 of a core)", &slow);
            goals.push(Goal::least(
                "times sooner to /next under the quota",
                slow[1].next.median() / slow[0].next.median(),
                50.0,
            ));
            goals.push(Goal::least(
                "times sooner to the answer under the quota",
                slow[1].answer.median() / slow[0].answer.median(),
                10.0,
            ));
        }
        Err(why) => println!("\nno quota on this machine: {why}"),
    }
    figures::verdict(&goals)
}

/// The shipped binary.
fn bootstrap(root: &Path, target: &Path) -> PathBuf {
    if let Some(path) = std::env::var_os("PLIMSOLL_BOOTSTRAP") {
        return path.into();
    }
    let arguments =
        ["build", "--package", "plimsoll-lambda", "--bin", "bootstrap", "--profile", "lambda"];
    let built = Command::new(env!("CARGO")).args(arguments).current_dir(root).status();
    assert!(built.is_ok_and(|status| status.success()), "the bootstrap does not build");
    target.join("lambda/bootstrap")
}

/// Cold starts, one after the other, each with a first alarm.
fn measured(program: &Program, quota: Option<&Quota>, stub: &Stub, runs: usize) -> Figures {
    let mut figures = Figures::default();
    // The first run reads the program from the disk and is not counted: Lambda has it in memory.
    for run in 0..=runs {
        let api = RuntimeApi::start();
        let function = match quota {
            None => Function::start(program, &api, stub),
            Some(quota) => Function::start_under(quota, program, &api, stub),
        };
        let (next, first) = api.did();
        assert!(matches!(first, Did::Next), "{first:?}");
        api.invoke(harness::alarm());
        let (answered, did) = api.did();
        assert!(
            matches!(&did, Did::Answered(body) if body.contains("batchItemFailures")),
            "{did:?}"
        );
        assert_eq!(stub.calls().len(), 6, "both make the same calls");
        if run > 0 {
            figures.next.add((next - function.started).as_secs_f64() * 1e3);
            figures.answer.add((answered - function.started).as_secs_f64() * 1e3);
            figures
                .resident
                .add(f64::from(u32::try_from(function.resident_kb()).unwrap()) / 1024.0);
        }
    }
    figures
}

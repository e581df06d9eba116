//! How soon each way of scaling answers a load that becomes four times as much at once.
//!
//! The step comes on a whole minute. By hand, in seconds after it, with metrics that show 60 s after
//! their period:
//!
//! - native: the minutes that end at 60, 120 and 180 are above the target and show at 120, 180 and
//!   240. The alarm wants three, so it goes off at **240**, whatever the policy tracks.
//! - managed, metrics of 60 s: one point is enough. It ends at 60, shows at **120**: 2.0 times
//!   sooner.
//! - managed, metrics of 10 s: it ends at 10, shows at **70**: 3.4 times sooner.
//! - with a scaleUp window of 60 s on top: the smallest proposal of the last minute counts. The last
//!   small one is of 60; at 120 it is 60 s old and counts no more, so the decision falls at
//!   **120**, 50 of which the window takes: 2.0 times sooner.
//!
//! Sizes: 280 requests per second a region are 70 % of the CPU of 4 instances rated for 100 each.
//! The step makes them 1120, which need 1120 / 75 = 14.9, so 15 instances. CPU shows 100 % at most,
//! and each round adds a third: 4 -> 6 -> 8 -> 11 -> 15, every size in service for the 120 s of its
//! warmup before the next. Requests per target show 280 % of their target at once: one round of 11
//! instances. Managed mode has Kubernetes's rate policies, 100 % or 4 instances in 15 s: 4 -> 8 at
//! once and 15 at the next tick that is 15 s later, so after 60 or 20 s.

use std::process::Command;

use serde_json::Value;

const SPECS: [&str; 5] =
    ["cpu", "cpu-requests", "managed-60s", "managed-10s", "managed-10s-window"];
const REGIONS: usize = 3;

/// The first rise of every region under each spec.
fn rises() -> [Vec<Value>; 5] {
    let path = |spec: &str| format!("../../examples/step/{spec}.yaml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(["simulate", "--load", "web=step:840..3360,at=1h", "--for", "3h"]);
    // What is assumed is said, so that the figures stay those of the calculation.
    command.args(["--metric-delay", "60s", "--boot", "75s", "--output", "json"]);
    command.args(["--file", &path(SPECS[0])]);
    for other in &SPECS[1..] {
        command.args(["--compare", &path(other)]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let runs: Value = serde_json::from_slice(&output.stdout).unwrap();
    std::array::from_fn(|index| {
        let outcome = &runs[index]["outcome"];
        assert_eq!(outcome["delays"]["metric"], 60);
        let rows = outcome["rows"].as_array().unwrap();
        let rises: Vec<_> = rows.iter().map(|row| row["rises"]["first"].clone()).collect();
        assert_eq!(rises.len(), REGIONS);
        rises
    })
}

fn seconds(rise: &Value, part: &str) -> u64 {
    rise[part].as_u64().unwrap_or_else(|| panic!("no {part} in {rise}"))
}

/// A part that is the same in every region.
fn of_all(rises: &[Value], part: &str) -> u64 {
    let first = seconds(&rises[0], part);
    assert!(rises.iter().all(|rise| seconds(rise, part) == first), "{part}: {rises:?}");
    first
}

/// Whether a decision comes at least so many tenths of a time sooner than another.
fn sooner(rises: &[Value], than: &[Value], tenths: u64) -> bool {
    of_all(than, "to_decision") * 10 >= of_all(rises, "to_decision") * tenths
}

#[test]
fn managed_mode_decides_sooner_than_alarms_do() {
    let [cpu, requests, minutes, tens, windowed] = rises();
    let split = |rises: &[Value]| {
        ["metric_delay", "detection", "window", "to_decision"].map(|part| of_all(rises, part))
    };
    assert_eq!(split(&cpu), [120, 120, 0, 240]);
    assert_eq!(split(&requests), [120, 120, 0, 240]);
    assert_eq!(split(&minutes), [120, 0, 0, 120]);
    assert_eq!(split(&tens), [70, 0, 0, 70]);
    assert_eq!(split(&windowed), [70, 0, 50, 120]);
    for native in [&cpu, &requests] {
        assert!(sooner(&minutes, native, 17));
        assert!(sooner(&tens, native, 25));
        // Short of 2.5, and all of what is missing is the window.
        assert!(!sooner(&windowed, native, 25));
        let without = of_all(&windowed, "to_decision") - of_all(&windowed, "window");
        assert_eq!(without, of_all(&tens, "to_decision"));
    }
}

#[test]
fn a_metric_that_saturates_needs_rounds_and_one_that_does_not_needs_none() {
    let [cpu, requests, minutes, tens, windowed] = rises();
    for rise in cpu.iter().chain(&requests).chain(&minutes).chain(&tens).chain(&windowed) {
        assert_eq!((seconds(rise, "from"), seconds(rise, "to")), (4, 15), "{rise}");
    }
    assert_eq!(of_all(&requests, "rounds"), 0);
    assert_eq!(of_all(&minutes, "rounds"), 60);
    assert_eq!(of_all(&tens, "rounds"), 20);
    // The behaviour of the window also allows 100 % or 4 instances a minute only.
    assert_eq!(of_all(&windowed, "rounds"), 60);
    for rise in &cpu {
        // Three rounds follow the first, none of them before 6 s of launch, 45 s of boot and 120 s
        // of warmup.
        let rounds = seconds(rise, "rounds");
        assert!(rounds >= 3 * (6 + 45 + 120), "{rise}");
        let others = ["metric_delay", "detection", "window", "launch", "boot"];
        assert!(others.iter().all(|part| seconds(rise, part) < rounds), "{rise}");
    }
}

#[test]
fn the_parts_of_a_rise_add_up_to_it() {
    for rise in rises().iter().flatten() {
        let parts = ["metric_delay", "detection", "window", "rounds", "launch", "boot"];
        let sum: u64 = parts.iter().map(|part| seconds(rise, part)).sum();
        assert_eq!(sum, seconds(rise, "to_capacity"), "{rise}");
    }
}

#[test]
fn specs_with_other_intervals_share_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("step.html");
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/step"))
        .args(["simulate", "--file", "managed-60s.yaml", "--compare", "managed-10s.yaml"])
        .args(["--load", "web=daily:100..800", "--for", "7d", "--report"])
        .arg(&page)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(std::fs::metadata(page).unwrap().len() > 100_000);
}

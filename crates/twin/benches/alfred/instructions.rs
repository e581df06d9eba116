//! Instructions of a run, counted by callgrind: unlike time they are the same on a busy machine.

use std::env;
use std::hint::black_box;
use std::process::Command;

use crate::platform::{MONTH, Platform};

/// Set in the process that is counted.
const COUNTED: &str = "PLIMSOLL_BENCH_COUNTED";

/// Whether this process is the one that is counted.
pub(crate) fn are_being_counted() -> bool {
    env::var_os(COUNTED).is_some()
}

/// What is counted: callgrind knows it by its name.
#[inline(never)]
pub(crate) fn counted(platform: &Platform) {
    black_box(platform.run(MONTH, 1));
}

/// Runs this program again under callgrind, and says what it counted or why it did not.
pub(crate) fn of_a_month() -> String {
    match count() {
        Ok(instructions) => format!("{MONTH} days: {instructions} instructions"),
        Err(why) => format!("{MONTH} days: instructions are not counted: {why}"),
    }
}

fn count() -> Result<String, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=*::instructions::counted*")
        .arg(program)
        .env(COUNTED, "")
        .output()
        .map_err(|error| format!("valgrind cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.lines().find_map(|line| line.split_once("Collected : "));
    let collected = collected.map(|(_, count)| count.trim().to_owned());
    collected.ok_or_else(|| format!("callgrind said nothing of them ({})", output.status))
}

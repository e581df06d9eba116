//! The report of a simulation in a real browser.
//!
//! The binary writes a report, and `tests/page` opens it in a headless Chromium. Everything lives
//! under `<target>/page`: the virtual environment and the report.

mod chromium;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result};

use crate::localstack::venv;
use crate::shell::{cargo, run, target, workspace};
use chromium::Chromium;

/// A report that exists already, for work on the page alone.
const REPORT: &str = "PLIMSOLL_REPORT";

/// Opens a report in Chromium and tests what it shows.
///
/// # Errors
///
/// No browser, and none can be installed; the report cannot be written; or a test fails.
pub(crate) fn test_report() -> Result<()> {
    let chromium = Chromium::ready()?;
    let home = target()?.join("page");
    let tests = workspace()?.join("tests/page");
    let python = venv::pinned(&tests, &home, "what drives the browser (a few seconds, 60 MB)")?;
    let report = report_under_test(&home)?;
    run(Command::new(python)
        .args(["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .arg(tests)
        .env(REPORT, report)
        .env("PLIMSOLL_CHROMIUM", chromium.browser)
        .env("PLIMSOLL_CHROMEDRIVER", chromium.driver))
}

/// The report that is tested: a week of Alfred with a fault in it, written by the binary; or the
/// file that [`REPORT`] names.
fn report_under_test(home: &Path) -> Result<PathBuf> {
    if let Some(given) = env::var_os(REPORT) {
        return Ok(PathBuf::from(given));
    }
    fs::create_dir_all(home).context("making the folder of the report")?;
    let report = home.join("report.html");
    let simulate = [
        ["--file", "examples/alfred.yaml"],
        ["--environment", "production"],
        ["--load", "examples/loads/alfred.load.json"],
        ["--fault", "examples/faults/us-east-1-dark.yaml"],
        ["--for", "7d"],
    ];
    run(cargo(&["run", "--package", "plimsoll", "--no-default-features", "--"])?
        .arg("simulate")
        .args(simulate.as_flattened())
        .arg("--report")
        .arg(&report))?;
    Ok(report)
}

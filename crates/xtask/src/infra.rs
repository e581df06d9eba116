//! What deploys the controller: linted, scanned, and held against its names and laws.
//!
//! Nothing is deployed here: `infra/tests` reads the templates and the Terraform. Everything lives
//! under `<target>/infra`, in two virtual environments, since checkov pins what the rest cannot use.

use std::process::Command;

use anyhow::Result;

use crate::localstack::venv;
use crate::shell::{run, target, workspace};

/// Runs the tests of `infra/`.
///
/// # Errors
///
/// No suitable Python, pip fails, or a test does.
pub(crate) fn every() -> Result<()> {
    let home = target()?.join("infra");
    let tests = workspace()?.join("infra/tests");
    let what = "what reads the templates (15 seconds, 220 MB)";
    let python = venv::pinned(&tests, &home.join("tests"), what)?;
    let what = "checkov (half a minute, 290 MB)";
    let checkov = venv::pinned(&tests.join("checkov"), &home.join("checkov"), what)?;
    run(Command::new(python)
        .args(["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .arg(tests)
        .env("PLIMSOLL_CHECKOV", checkov))
}

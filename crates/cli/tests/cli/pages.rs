//! Pages that are documentation and run as tests.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How variables begin that steer the binary, and would make pages differ from caller to caller.
const STEERING: [&str; 2] = ["PLIMSOLL_", "AWS_"];

fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).canonicalize().unwrap()
}

/// Runs a test again, in a folder and without what steers the binary, unless it is run like that
/// already: a process cannot take a variable away from itself, and pages inherit all of them.
fn run_apart(test: &str, folder: &Path) -> bool {
    let steers = |name: &str| STEERING.iter().any(|start| name.starts_with(start));
    let steering: Vec<_> = env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| steers(&name.to_string_lossy()))
        .collect();
    if steering.is_empty() && env::current_dir().unwrap() == folder {
        return false;
    }
    let mut again = Command::new(env::current_exe().unwrap());
    for name in steering {
        again.env_remove(name);
    }
    let test = format!("pages::{test}");
    let status = again.args(["--exact", &test, "--nocapture"]).current_dir(folder).status();
    assert!(status.unwrap().success(), "{test} failed, see above");
    true
}

#[test]
fn pages_hold() {
    if run_apart("pages_hold", &here()) {
        return;
    }
    let pages = trycmd::TestCases::new();
    pages.case("tests/cmd/*.md");
    if cfg!(feature = "k6") {
        pages.case("tests/cmd/k6/*.md");
    } else {
        pages.case("tests/cmd/no-k6/*.md");
    }
    // Help differs without the commands that talk to AWS.
    if cfg!(feature = "aws") {
        pages.case("tests/cmd/aws/*.md");
    }
}

/// Its commands are those of somebody who stands at the top of the repository.
#[test]
fn the_readme_holds() {
    let top = here().join("../..").canonicalize().unwrap();
    if !run_apart("the_readme_holds", &top) {
        trycmd::TestCases::new().case("README.md");
    }
}

#[test]
fn pages_do_not_hear_their_caller() {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "pages::pages_hold"])
        .envs([("PLIMSOLL_SPEC", "/nowhere"), ("PLIMSOLL_ENVIRONMENT", "nowhere")])
        .env("AWS_ENDPOINT_URL", "nonsense")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

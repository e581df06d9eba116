//! Every test there is: the core's and the twin's first, since they need no SDK, then the report in
//! a browser, then those against LocalStack.

use anyhow::Result;

use crate::shell::{cargo, run};
use crate::{browser, localstack, package, readme};

/// Runs them all; the first group that fails ends the run.
pub(crate) fn every() -> Result<()> {
    run_core()?;
    browser::test_report()?;
    let server = localstack::start_scoped()?;
    localstack::pytest(&server)?;
    run_all(&server)?;
    drop(server);
    readme::demos_are_as_shown()
}

fn run_core() -> Result<()> {
    run(&mut cargo(&["test", "--package", "plimsoll-core", "--package", "xtask"])?)?;
    // The contract of the port too, which the AWS adapter keeps further down.
    run(&mut cargo(&["test", "--package", "plimsoll-twin", "--features", "k6"])?)
}

fn run_all(server: &localstack::Server) -> Result<()> {
    // One after the other: the mocks of the port's tests switch on features of the SDK that the
    // binary is built without, and built together it would not be the binary that is shipped.
    run(&mut cargo(&["test", "--package", "plimsoll-aws"])?)?;
    run(&mut cargo(&["test", "--package", "plimsoll-aws", "--no-default-features"])?)?;
    // The tests of the function are of what is shipped. On a new machine that is a second build of
    // the SDK's share; afterwards the package is made anew only when the program changed.
    let package = package::make_here()?;
    run(cargo(&["test", "--package", "plimsoll-lambda"])?
        .env("PLIMSOLL_BOOTSTRAP", &package.bootstrap))?;
    run(cargo(&["test", "--package", "plimsoll"])?
        .env("PLIMSOLL_LOCALSTACK", &server.endpoint)
        .env("PLIMSOLL_LOCALSTACK_PYTHON", &server.python))?;
    run_controller(server, &package)
}

/// The controller's stories, told as they happen. Each waits for minutes to end, so all run side by
/// side, however few processors there are.
fn run_controller(server: &localstack::Server, package: &package::Package) -> Result<()> {
    let all = ["--", "--ignored", "--nocapture", "--test-threads", "8"];
    run(cargo(&["test", "--package", "plimsoll", "--test", "controller"])?
        .args(all)
        .env("PLIMSOLL_BOOTSTRAP", &package.bootstrap)
        .env("PLIMSOLL_LOCALSTACK", &server.endpoint)
        .env("PLIMSOLL_LOCALSTACK_PYTHON", &server.python))
}

//! What a change must pass besides its tests.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::infra;
use crate::shell::{cargo, run, say, target, workspace};

/// What the core may depend on. The first five would run in any language's domain model; serde,
/// schemars and the YAML reader make the spec, futures lets a tick wait for several answers at once,
/// and none of them does I/O of its own accord.
const CORE_MAY_SEE: [&str; 9] = [
    "croner",
    "futures",
    "jiff",
    "schemars",
    "serde",
    "serde-saphyr",
    "serde_json",
    "strsim",
    "thiserror",
];

/// The version of cargo-deny that the configuration was written for.
const CARGO_DENY: &str = "0.20.2";

/// Runs every check; the first that fails ends the run.
pub(crate) fn every() -> Result<()> {
    run(&mut cargo(&["fmt", "--all", "--check"])?)?;
    purity()?;
    let deny_warnings = ["--", "-D", "warnings"];
    let all = ["clippy", "--workspace", "--all-targets"];
    run(cargo(&all)?.args(deny_warnings))?;
    // The wall: without AWS the CLI builds and is clean as well.
    let offline = ["clippy", "--package", "plimsoll", "--no-default-features"];
    run(cargo(&offline)?.args(deny_warnings))?;
    infra::every()?;
    // The controller's share of the adapter, which a build of the workspace unites with the CLI's.
    let controller =
        ["clippy", "--package", "plimsoll-aws", "--no-default-features", "--all-targets"];
    run(cargo(&controller)?.args(deny_warnings))?;
    dependencies()
}

/// The core sees no clock, environment, file system, runtime or SDK: clippy refuses the calls
/// (`crates/core/.clippy.toml`), and this refuses the crates that could make them.
fn purity() -> Result<()> {
    let output = cargo(&["metadata", "--format-version", "1", "--no-deps", "--locked"])?
        .output()
        .context("starting cargo metadata")?;
    let metadata: Value =
        serde_json::from_slice(&output.stdout).context("reading what cargo metadata prints")?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let core = packages
        .into_iter()
        .flatten()
        .find(|package| package.get("name").and_then(Value::as_str) == Some("plimsoll-core"))
        .context("cargo metadata lists no plimsoll-core")?;
    let sees: BTreeSet<&str> = core
        .get("dependencies")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|dependency| dependency.get("kind").is_some_and(Value::is_null))
        .filter_map(|dependency| dependency.get("name").and_then(Value::as_str))
        .collect();
    if sees.is_empty() {
        bail!("cargo metadata lists no dependencies of plimsoll-core: the check checks nothing");
    }
    let extra: Vec<_> = sees.iter().filter(|name| !CORE_MAY_SEE.contains(name)).copied().collect();
    if !extra.is_empty() {
        bail!(
            "plimsoll-core must not depend on {}: it decides and does no I/O; put the work in a \
             crate that may",
            extra.join(", ")
        );
    }
    say(&format!("plimsoll-core sees {} crates, all of them pure", sees.len()));
    Ok(())
}

/// Licences, bans, duplicates and sources. Advisories need a database that is fetched from the
/// network, so they are checked only where it can be had, and it is said when it cannot.
fn dependencies() -> Result<()> {
    let tools = target()?.join("tools");
    let deny = tools.join("bin/cargo-deny");
    let current = Command::new(&deny)
        .arg("--version")
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains(CARGO_DENY));
    if !current {
        let install = ["install", "cargo-deny", "--locked", "--version", CARGO_DENY, "--root"];
        run(cargo(&install)?.arg(&tools))?;
    }
    let check = |what: &[&str]| -> Result<Command> {
        let mut command = Command::new(&deny);
        command.current_dir(workspace()?).args(["--config", ".deny.toml", "check"]).args(what);
        Ok(command)
    };
    run(&mut check(&["licenses", "bans", "sources"])?)?;
    let fetched = Command::new(&deny)
        .current_dir(workspace()?)
        .args(["--config", ".deny.toml", "fetch", "db"])
        .output()
        .context("starting cargo-deny")?;
    if fetched.status.success() {
        return run(&mut check(&["advisories"])?);
    }
    say("advisories were NOT checked: their database cannot be fetched from here");
    Ok(())
}

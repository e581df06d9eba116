//! The load of a run, from a file or a generator's text.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use plimsoll_core::spec::{Kind, Spec};
use plimsoll_twin::load::{Form, Load, LoadError, ReadOptions, read as read_load};

use crate::args::LoadArgs;
use crate::spec_file::{text_of, why};

/// A recording of a year, minute by minute, for some services.
const MOST_BYTES: usize = 256 * 1024 * 1024;

/// Reads what is asked of a platform.
pub(super) fn read(args: &LoadArgs, spec: &Spec) -> Result<Load> {
    let services: BTreeSet<&str> = spec
        .services()
        .filter(|(_, _, service)| service.kind == Kind::Stateless)
        .map(|(_, name, _)| name)
        .collect();
    let services: Vec<&str> = services.into_iter().collect();
    let regions: Vec<&str> = spec.regions.keys().map(String::as_str).collect();
    let options = ReadOptions {
        services: &services,
        regions: &regions,
        default_service: args.service.as_deref(),
        requests_per_iteration: args.requests_per_iteration,
        think_time: args.think_time,
        scale: args.scale,
    };
    let name = args.load.as_str();
    let form = Form::of(name).map_err(|error| said(&error, None))?;
    only_for_scripts(args, form)?;
    let text = match form {
        Form::Generator => name.to_owned(),
        Form::Csv | Form::CloudWatch | Form::K6 | Form::Document => {
            text_of(Path::new(name), MOST_BYTES)
                .map_err(|error| anyhow!("cannot read the load {name}: {}", why(&error)))?
        }
    };
    let mut load =
        read_load(name, &text, form, &options).map_err(|error| said(&error, Some(form)))?;
    if (args.scale - 1.0).abs() > f64::EPSILON {
        // Else two runs of one file could not be told apart.
        load.name = format!("{} x{}", load.name, args.scale);
    }
    for condition in &args.assertions {
        let condition = condition.parse().map_err(|error| anyhow!("--assert: {error}"))?;
        load.assertions.push(condition);
    }
    Ok(load)
}

/// Refuses the flags of k6 scripts with any other load: they would change nothing.
fn only_for_scripts(args: &LoadArgs, form: Form) -> Result<()> {
    if form == Form::K6 {
        return Ok(());
    }
    let given = [
        ("--requests-per-iteration", args.requests_per_iteration.is_some()),
        ("--think-time", args.think_time.is_some()),
    ];
    match given.into_iter().find(|(_, given)| *given) {
        Some((flag, _)) => {
            bail!("{flag} is for k6 scripts, and {} is none\n  next: leave {flag} out", args.load)
        }
        None => Ok(()),
    }
}

/// The error with its way out. A generator has no place but the flag.
fn said(error: &LoadError, form: Option<Form>) -> anyhow::Error {
    let LoadError { name, message, help, .. } = error;
    match form {
        Some(Form::Generator) => anyhow!("--load '{name}': {message}\n  next: {help}"),
        _ => anyhow!("{error}\n  next: {help}"),
    }
}

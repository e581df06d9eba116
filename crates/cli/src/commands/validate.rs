//! `plimsoll validate`: every mistake at once, without AWS.

use std::fmt;

use anyhow::Result;
use plimsoll_core::spec::Problem;
use serde::Serialize;

use crate::args::SpecArgs;
use crate::exit::Exit;
use crate::spec_file::SpecFile;
use crate::view::{Console, Faulty, count, draw};

/// What was checked, and what was found.
#[derive(Serialize)]
struct Validation<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    overlay: Option<&'a str>,
    environments: Vec<String>,
    valid: bool,
    errors: usize,
    warnings: usize,
    problems: &'a [Problem],
}

impl fmt::Display for Validation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, overlay, environments, warnings, .. } = self;
        f.write_str(file)?;
        overlay.iter().try_for_each(|overlay| write!(f, " with {overlay}"))?;
        f.write_str(" is valid")?;
        if !environments.is_empty() {
            write!(f, " for {}", environments.join(", "))?;
        }
        if *warnings > 0 {
            write!(f, ", with {}", count(*warnings, "warning"))?;
        }
        Ok(())
    }
}

/// Checks one environment, or all.
pub(crate) fn run(args: &SpecArgs, console: Console) -> Result<Exit> {
    let spec = SpecFile::read(args)?;
    let problems = spec.check(args.environment.as_deref());
    let environments =
        args.environment.clone().map_or_else(|| spec.document.environments(), |name| vec![name]);
    let faulty = Faulty::new(&spec.document, problems);
    let valid = !faulty.stops(args.strict);
    if faulty.any() && !console.is_json() {
        draw(&faulty);
    }
    if valid || console.is_json() {
        console.result(&Validation {
            file: &spec.document.source.name,
            overlay: spec.document.overlay().map(|overlay| overlay.name.as_str()),
            environments,
            valid,
            errors: faulty.errors(),
            warnings: faulty.warnings(),
            problems: faulty.problems(),
        })?;
    }
    Ok(if valid { Exit::Done } else { Exit::Error })
}

//! Several specs under the same load, side by side.

use std::path::Path;

use anyhow::Result;
use plimsoll_twin::load::Load;
use plimsoll_twin::parallel::{cores, on_cores};
use plimsoll_twin::run::{Options, simulate};

use super::{Contender, ended, write_report};
use crate::exit::Exit;
use crate::view::Console;
use crate::view::simulation::{CompareView, Compared};

/// Runs every spec and shows the results in columns. The first spec decides how it ends: the
/// others are what it is held against, such as the spec in force.
pub(super) fn run(
    contenders: &[Contender],
    load: &Load,
    mut options: Options,
    report: Option<&Path>,
    console: Console,
) -> Result<Exit> {
    options.trace = report.is_some();
    let run = |contender: &Contender| Compared {
        spec: contender.name.clone(),
        outcome: simulate(
            &contender.spec,
            load,
            &Options { controller: contender.controller, ..options.clone() },
        ),
    };
    let mut runs = on_cores(cores(), contenders, run);
    if let Some(path) = report {
        let named: Vec<_> = runs.iter().map(|run| (run.spec.as_str(), &run.outcome)).collect();
        write_report(path, &named, console)?;
    }
    for run in &mut runs {
        run.outcome.trace = None;
    }
    console.result(&CompareView(&runs))?;
    Ok(runs.first().map_or(Exit::Done, |first| ended(&first.outcome)))
}

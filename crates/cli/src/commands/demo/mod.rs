//! `plimsoll demo`: hours of Alfred in three simulated regions, told as a timeline. It needs
//! nothing but the binary: no AWS, no files.

mod story;

use std::env;

use anyhow::Result;
use plimsoll_twin::run::simulate;

use super::simulate::write_report;
use crate::args::DemoArgs;
use crate::exit::Exit;
use crate::view::Console;
use crate::view::simulation::{StoryView, timeline};

/// Moments that a person reads in a minute.
const MOMENTS: usize = 30;

/// Runs the story, tells it and writes the page. What is lost in the dark is part of the story, so
/// that the demo succeeds whatever its conditions say.
pub(crate) fn run(args: &DemoArgs, console: Console) -> Result<Exit> {
    let spec = story::alfred()?;
    let outcome = simulate(&spec, &story::load(&spec)?, &story::options()?);
    console.result(&StoryView {
        acts: &story::ACTS,
        timeline: timeline(&outcome, MOMENTS),
        outcome: &outcome,
        drawn: story::DRAWN,
        columns: console.terminal_columns(),
        next: &next(),
    })?;
    write_report(&args.report, &[(story::SPEC, &outcome)], console)?;
    Ok(Exit::Done)
}

/// What to try next. The commands name files of the repository, and its binary is in no search
/// path.
fn next() -> Vec<String> {
    let program = env::current_exe().map(|path| format!("alias plimsoll={}", path.display()));
    let run = format!("plimsoll simulate -f {} -e production", story::SPEC);
    let load = format!("--load {}", story::LOAD);
    let commands = [
        format!("{run} {load} --scale 30"),
        format!("{run} --load agent-core=daily:50..400 --for 7d --report week.html"),
        format!("{run} {load} --scale 30 --seeds 1..100"),
        "plimsoll simulate --help".to_owned(),
    ];
    program.into_iter().chain(commands).collect()
}

//! `plimsoll demo`: hours of Alfred in three simulated regions, told as a timeline. It needs
//! nothing but the binary: no AWS, no files.

mod story;

use std::env;

use anyhow::{Result, bail};
use plimsoll_twin::parallel::{cores, on_cores};
use plimsoll_twin::run::{Controller, simulate};

use super::simulate::write_report;
use crate::args::DemoArgs;
use crate::exit::Exit;
use crate::view::Console;
use crate::view::simulation::{StoryView, timeline};

/// Moments that a person reads in a minute.
const MOMENTS: usize = 30;

/// Width of a command to copy: that of a terminal, behind an indent of 2.
const COLUMNS: usize = 78;

/// Runs the story with the controller and without it, tells the first, sets both side by side, and
/// writes the page. What is lost in the dark is part of the story, so
/// that the demo succeeds whatever its conditions say.
pub(crate) fn run(args: &DemoArgs, console: Console) -> Result<Exit> {
    let spec = story::alfred()?;
    let load = story::load(&spec)?;
    let options = [story::options(Controller::On)?, story::options(Controller::Off)?];
    let runs = on_cores(cores(), &options, |options| simulate(&spec, &load, options));
    let [outcome, without] = runs.as_slice() else { bail!("a run was lost") };
    console.result(&StoryView {
        acts: &story::ACTS,
        timeline: timeline(outcome, MOMENTS),
        outcome,
        without,
        drawn: story::DRAWN,
        columns: console.terminal_columns(),
        next: &next(),
    })?;
    let pages = [("with the controller", outcome), ("without it", without)];
    write_report(&args.report, &pages, console)?;
    Ok(Exit::Done)
}

/// What to try next. The binary is in no search path, and examples are found from the
/// repository's root alone.
fn next() -> Vec<String> {
    let program = env::current_exe().map(|path| format!("alias plimsoll={}", path.display()));
    let run = format!("plimsoll simulate -f {} -e production", story::SPEC);
    let load = format!("--load {}", story::LOAD);
    let commands = [
        "plimsoll simulate --help".to_owned(),
        "# From the repository's root:".to_owned(),
        format!("{run} {load} --scale 30"),
        format!("{run} --load agent-core=daily:50..400 --for 7d --report week.html"),
        format!("{run} {load} --scale 30 --seeds 1..100"),
    ];
    program.into_iter().chain(commands).flat_map(|command| broken(&command)).collect()
}

/// The lines of a command that a terminal need not break: a shell reads them as one. Words stay
/// whole, however long.
fn broken(command: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in command.split(' ') {
        let Some(line) = lines.last_mut() else { continue };
        if line.is_empty() {
            line.push_str(word);
        } else if line.len() + 1 + word.len() + " \\".len() <= COLUMNS {
            line.push(' ');
            line.push_str(word);
        } else {
            line.push_str(" \\");
            lines.push(format!("  {word}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_broken_between_words_and_is_still_the_same_command() {
        for command in next() {
            let words = command.trim().split(' ').count();
            assert!(command.len() <= COLUMNS || words <= 2, "{command}");
        }
        let long = format!("plimsoll simulate {}--seed 1", "--assert rate<0.01 ".repeat(20));
        let lines = broken(&long);
        assert!(lines.len() > 5 && lines.iter().all(|line| line.len() <= COLUMNS), "{lines:?}");
        assert_eq!(lines.join("\n").replace(" \\\n  ", " "), long);
        assert_eq!(broken("plimsoll simulate --help"), ["plimsoll simulate --help"]);
    }
}

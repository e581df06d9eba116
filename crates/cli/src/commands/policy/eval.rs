//! `plimsoll policy eval`: a decision of managed scaling for each line, without the controller's
//! guards.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::{Context as _, Result};
use plimsoll_core::scaling::managed::{Decision, Hold, decide};
use plimsoll_core::units::Instances;
use serde::Serialize;

use super::lines::Lines;
use super::question::Question;
use crate::args::EvalArgs;
use crate::exit::Exit;
use crate::view::line;

/// What is said to one line.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    /// A capacity, which may be the current one.
    #[serde(rename_all = "camelCase")]
    Decided { capacity: Instances, stabilized: Instances, limited_by: String, reason: String },
    /// Nothing is decided, since there is too little to go by.
    Hold { hold: String },
    /// The line makes no sense.
    Bad { error: String, line: u64 },
}

impl From<Result<Decision, Hold>> for Answer {
    fn from(outcome: Result<Decision, Hold>) -> Self {
        match outcome {
            Ok(decision) => Self::Decided {
                capacity: decision.capacity,
                stabilized: decision.stabilized,
                limited_by: decision.limited_by.to_string(),
                reason: decision.to_string(),
            },
            Err(hold) => Self::Hold { hold: hold.to_string() },
        }
    }
}

/// Answers line by line.
pub(super) fn run(args: &EvalArgs) -> Result<Exit> {
    match args.file.as_deref().filter(|file| *file != Path::new("-")) {
        None => answer(io::stdin().lock()).context("cannot read stdin"),
        Some(file) => {
            let cannot = || format!("cannot read {}", file.display());
            let lines = File::open(file).with_context(cannot)?;
            answer(BufReader::new(lines)).with_context(cannot)
        }
    }
}

fn answer(reader: impl BufRead) -> Result<Exit> {
    let mut lines = Lines::new(reader);
    let mut exit = Exit::Done;
    while let Some(next) = lines.next()? {
        let answer = match next.text.and_then(|text| Question::read(&text)) {
            Ok(question) => decide(&question.input()).into(),
            Err(error) => {
                exit = Exit::Error;
                Answer::Bad { error: short(&format!("{error:#}")), line: next.number }
            }
        };
        if !line(&answer)? {
            break;
        }
    }
    Ok(exit)
}

/// A message that may quote a line which no person wrote.
fn short(message: &str) -> String {
    const MOST: usize = 300;
    match message.char_indices().nth(MOST) {
        Some((end, _)) => message.get(..end).map_or_else(String::new, |part| format!("{part}...")),
        None => message.to_owned(),
    }
}

//! Loads from k6 scripts: `export const options`, and the calls of the functions that it runs.
//!
//! The script is parsed and read, never run. What is read must be constant: stages, durations,
//! thresholds, hosts and sleeps, in plain blocks, groups, loops with constant bounds, and functions
//! of the script. What the script decides while it runs is refused, with the place, because a load
//! that is only nearly the script's own would be believed.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a syntax tree has dozens of forms, and what is not named here is not understood"
)]

mod calls;
mod probe;
mod scenarios;
mod scope;
mod script;
mod stages;
mod thresholds;
mod value;

use std::collections::BTreeSet;
use std::thread;

use oxc_allocator::Allocator;
use oxc_ast::ast::SourceType;
use oxc_parser::Parser;

use self::calls::Iteration;
use self::scenarios::{Model, Plan, Scenario};
use self::script::Script;
use super::read::ReadOptions;
use super::{Load, LoadError, Source};

/// Something that cannot be read, at a byte of the script.
#[derive(Clone, Debug)]
struct Fault {
    at: u32,
    message: String,
    help: String,
}

impl Fault {
    fn new(at: u32, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: help.into() }
    }

    fn located(self, text: &str) -> LoadError {
        let before = usize::try_from(self.at).ok().and_then(|at| text.get(..at)).unwrap_or(text);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let count = |number: usize| u64::try_from(number + 1).unwrap_or(u64::MAX);
        let line = before.matches('\n').count();
        let column = before.get(start..).unwrap_or_default().chars().count();
        LoadError::new(self.message, self.help).at(count(line), count(column))
    }
}

/// Brackets within brackets; nobody writes more.
const DEEPEST: usize = 200;

/// The longest script, in bytes: what a line of it may hold is walked level by level.
const LONGEST: usize = 256 * 1_024;

/// What reading may need of a stack: the parser calls itself for every level, and a long sum has as
/// many levels as terms.
const STACK: usize = 1_024 * 1_024 * 1_024;

pub(super) fn read(name: &str, text: &str, options: &ReadOptions<'_>) -> Result<Load, LoadError> {
    if text.len() > LONGEST {
        let message = format!("the script has {} bytes, and {LONGEST} are read", text.len());
        return Err(LoadError::new(message, "leave out what the load does not need"));
    }
    if let Some(at) = too_deep(text) {
        let message = format!("more than {DEEPEST} brackets stand within each other");
        return Err(Fault::new(at, message, "take the script apart").located(text));
    }
    // Memory of a stack is taken as it is used.
    thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(STACK);
        let reader = reader.spawn_scoped(scope, || parse(name, text, options));
        reader.ok().and_then(|reader| reader.join().ok()).unwrap_or_else(|| {
            Err(LoadError::new("the script cannot be read here", "there may be too little memory"))
        })
    })
}

/// The first bracket that is too deep within others. Brackets in texts and comments count too: they
/// close each other as well.
fn too_deep(text: &str) -> Option<u32> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return u32::try_from(at).ok();
        }
    }
    None
}

fn parse(name: &str, text: &str, options: &ReadOptions<'_>) -> Result<Load, LoadError> {
    let allocator = Allocator::default();
    let ts = name.to_ascii_lowercase().ends_with(".ts");
    let kind = if ts { SourceType::ts() } else { SourceType::mjs() };
    let parsed = Parser::new(&allocator, text, kind).parse();
    if let Some(first) = parsed.diagnostics.first() {
        let at = first.labels.first().map_or(0, oxc_span::LabeledSpan::offset);
        let help = first.help.as_deref().unwrap_or("correct the script");
        return Err(Fault::new(at, first.message.as_ref(), help).located(text));
    }
    let script = Script::of(&parsed.program);
    load(&script, options).map_err(|fault| fault.located(text))
}

fn load(script: &Script<'_, '_>, options: &ReadOptions<'_>) -> Result<Load, Fault> {
    let Plan { scenarios, assertions, notes } = scenarios::plan(&script.options()?)?;
    let mut notes: BTreeSet<String> = notes;
    let mut sources = Vec::new();
    let mut length = 0;
    for scenario in scenarios {
        length = length.max(scenario.end);
        let mut iteration = calls::iteration(script, &scenario, options)?;
        notes.append(&mut iteration.notes);
        add(scenario, iteration, &mut sources);
    }
    if let Some(note) = script.environment() {
        notes.insert(note);
    }
    let notes = notes.into_iter().collect();
    Ok(Load { sources, assertions, length: Some(length), notes, ..Load::default() })
}

fn add(scenario: Scenario, iteration: Iteration, sources: &mut Vec<Source>) {
    let Iteration { calls, think, .. } = iteration;
    match scenario.model {
        Model::Users => {
            sources.push(Source::Closed { region: None, users: scenario.curve, think, calls });
        }
        Model::Iterations => {
            sources.extend(calls.into_iter().map(|(service, number)| Source::Open {
                service,
                region: None,
                rate: scenario.curve.scaled(number),
            }));
        }
    }
}

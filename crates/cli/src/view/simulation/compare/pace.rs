//! How fast each spec follows the first rise of the load.

use std::collections::BTreeMap;
use std::fmt;

use clap::builder::styling::Style;
use plimsoll_twin::outcome::{Outcome, Rise};

use super::super::super::style::paragraph;
use super::super::words::{float, span};
use super::lines::Block;
use super::{Compared, letters};

/// A part of a rise: its name and its seconds.
type Part = (&'static str, fn(&Rise) -> u64);

/// The parts of a rise in the order of time, with the sums where they are reached.
const PARTS: [Part; 7] = [
    ("metric delay", |rise| rise.metric_delay),
    ("+ detection", |rise| rise.detection),
    ("= to decision", |rise| rise.to_decision),
    ("+ rounds", |rise| rise.rounds),
    ("+ launch", |rise| rise.launch),
    ("+ boot", |rise| rise.boot),
    ("= to needed capacity", |rise| rise.to_capacity),
];

/// Where the time went between a rise and the capacity that it needed, for each service in the
/// region where that took longest.
pub(super) fn blocks(runs: &[Compared]) -> Vec<Block> {
    rises(runs).into_iter().map(|(service, rises)| block(service, &rises)).collect()
}

/// The rise of each spec, by service; only services of which a rise was met.
fn rises(runs: &[Compared]) -> BTreeMap<&str, Vec<Option<Rise>>> {
    let rows = runs.iter().flat_map(|run| &run.outcome.rows);
    let met = rows.filter(|row| row.rises.first.is_some());
    met.map(|row| {
        let first = |run: &Compared| slowest_first(&run.outcome, &row.service);
        (row.service.as_str(), runs.iter().map(first).collect())
    })
    .collect()
}

/// The first rise of a service in the region that took longest to follow it, so that the parts
/// belong to each other.
fn slowest_first(outcome: &Outcome, service: &str) -> Option<Rise> {
    let rows = outcome.rows.iter().filter(|row| row.service == service);
    rows.filter_map(|row| row.rises.first).max_by_key(|rise| rise.to_capacity)
}

fn block(service: &str, rises: &[Option<Rise>]) -> Block {
    let mut block = Block::new(service, ", first rise");
    let sizes = rises.iter().map(|rise| {
        rise.map_or_else(|| "not met".to_owned(), |rise| format!("{}-{}", rise.from, rise.to))
    });
    block.words("instances", sizes.collect());
    for (label, part) in PARTS {
        let numbers: Vec<_> =
            rises.iter().map(|rise| rise.as_ref().map(|rise| float(part(rise)))).collect();
        block.numbers(label, &numbers, seconds);
    }
    block
}

fn seconds(seconds: f64) -> String {
    let whole = std::time::Duration::try_from_secs_f64(seconds);
    whole.map_or_else(|_| "-".to_owned(), |whole| span(whole.as_secs()))
}

/// Writes what the columns mean in words: how many times sooner a spec decides, and has what it
/// needs.
pub(super) fn sentences(f: &mut fmt::Formatter<'_>, runs: &[Compared]) -> fmt::Result {
    for (service, rises) in rises(runs) {
        let Some(Some(first)) = rises.first() else { continue };
        for (letter, rise) in letters().zip(&rises).skip(1) {
            let Some(rise) = rise.filter(|rise| rise != first) else { continue };
            let decides = times(first.to_decision, rise.to_decision);
            let has = times(first.to_capacity, rise.to_capacity);
            let text =
                format!("{service}: {letter} decides {decides} A, and has what it needs {has} A");
            paragraph(f, Style::new(), 0, &text)?;
        }
    }
    Ok(())
}

/// `2.5 times sooner than`, seen from the second.
fn times(first: u64, other: u64) -> String {
    if first == other {
        return "as soon as".to_owned();
    }
    let (longer, shorter, word) =
        if other < first { (first, other, "sooner") } else { (other, first, "later") };
    if shorter == 0 {
        return format!("{} {word} than", span(longer));
    }
    format!("{:.1} times {word} than", float(longer) / float(shorter))
}

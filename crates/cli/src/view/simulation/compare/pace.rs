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

/// What comes before the first decision, in the order of time.
const BEFORE: [Part; 3] = [
    ("metric", |rise| rise.metric_delay),
    ("detection", |rise| rise.detection),
    ("window", |rise| rise.window),
];

/// What comes after it.
const AFTER: [Part; 3] =
    [("rounds", |rise| rise.rounds), ("launch", |rise| rise.launch), ("boot", |rise| rise.boot)];

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
    let size = |rise: &Rise| format!("{}-{}", rise.from, rise.to);
    block.plain("instances", texts(rises, "not met", size));
    for (place, part) in BEFORE.into_iter().enumerate() {
        line(&mut block, if place == 0 { "" } else { "+ " }, part, rises);
    }
    reached(&mut block, ("to decision", |rise| rise.to_decision), rises);
    for part in AFTER {
        line(&mut block, "+ ", part, rises);
    }
    reached(&mut block, ("to needed capacity", |rise| rise.to_capacity), rises);
    block.plain("longest part", texts(rises, "-", |rise| longest(rise).to_owned()));
    block
}

/// Adds a line with a part of every rise.
fn line(block: &mut Block, sign: &str, (label, part): Part, rises: &[Option<Rise>]) {
    block.plain(&format!("{sign}{label}"), texts(rises, "-", |rise| span(part(rise))));
}

/// Adds a line with a sum of parts, and one with how many times sooner than the first spec it is
/// reached, where both go to the same size.
fn reached(block: &mut Block, (label, sum): Part, rises: &[Option<Rise>]) {
    line(block, "= ", (label, sum), rises);
    let Some(Some(first)) = rises.first() else { return };
    let same = |rise: &Rise| (rise.from, rise.to) == (first.from, first.to);
    let mut ratios = texts(rises, "-", |rise| match (sum(first), sum(rise)) {
        _ if !same(rise) => "-".to_owned(),
        (0, 0) => "1.0x".to_owned(),
        (_, 0) => "at once".to_owned(),
        (first, other) => format!("{:.1}x", float(first) / float(other)),
    });
    if let Some(own) = ratios.first_mut() {
        own.clear();
    }
    block.plain("  sooner than A", ratios);
}

fn texts(rises: &[Option<Rise>], none: &str, of: impl Fn(&Rise) -> String) -> Vec<String> {
    rises.iter().map(|rise| rise.as_ref().map_or_else(|| none.to_owned(), &of)).collect()
}

/// The part that takes most of a rise: the one to work on. The earlier of equals.
fn longest(rise: &Rise) -> &'static str {
    let parts = BEFORE.iter().chain(&AFTER).rev();
    parts.max_by_key(|(_, part)| part(rise)).map_or("-", |(label, _)| label)
}

/// Writes what a stabilisation window costs, since it is a choice of the spec and no delay of AWS.
pub(super) fn windows(f: &mut fmt::Formatter<'_>, runs: &[Compared]) -> fmt::Result {
    for (service, rises) in rises(runs) {
        let first = rises.first().copied().flatten();
        for (letter, rise) in letters().zip(&rises) {
            let Some(rise) = rise.filter(|rise| rise.window > 0) else { continue };
            let without = rise.to_decision - rise.window;
            let held = span(rise.window);
            let against = match first.map(|first| float(first.to_decision) / float(without)) {
                Some(ratio) if ratio.is_finite() && letter != 'A' => {
                    format!(", {ratio:.1} times sooner than A")
                }
                _ => String::new(),
            };
            let text = format!(
                "{service}: the scaleUp window of {letter} holds its decision for {held}; without \
                 it, {letter} would decide after {}{against}",
                span(without)
            );
            paragraph(f, Style::new(), 0, &text)?;
        }
    }
    Ok(())
}

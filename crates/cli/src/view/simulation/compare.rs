//! Several specs under the same load, one column each.

mod lines;
mod pace;

use std::fmt;

use plimsoll_twin::outcome::{Outcome, Verdict};
use serde::Serialize;

use super::super::style::{DIM, HEAD, paragraph};
use super::{sums, title, words};
use lines::Block;

/// A spec's name and what it showed.
#[derive(Debug, Serialize)]
pub(crate) struct Compared {
    pub(crate) spec: String,
    pub(crate) outcome: Outcome,
}

/// Several specs, the first of which the others are held against.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct CompareView<'a>(pub(crate) &'a [Compared]);

impl fmt::Display for CompareView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let runs = self.0;
        let Some(first) = runs.first() else { return Ok(()) };
        title(f, &first.outcome, &format!("seed {}", first.outcome.seed))?;
        writeln!(f)?;
        for (letter, run) in letters().zip(runs) {
            let held = held(&run.outcome.verdicts);
            paragraph(f, HEAD, 0, &format!("{letter}  {}: {held}", run.spec))?;
        }
        paragraph(f, DIM, 0, "Percentages say how a spec differs from A.")?;
        conditions(runs).write(f)?;
        let totals: Vec<_> = runs.iter().map(|run| &run.outcome.total).collect();
        lines::totals(&totals).write(f)?;
        services(f, runs)?;
        pace::pace(f, runs)
    }
}

/// The names of the columns.
fn letters() -> impl Iterator<Item = char> {
    'A'..='Z'
}

fn held(verdicts: &[Verdict]) -> String {
    let held = verdicts.iter().filter(|verdict| verdict.holds).count();
    match verdicts.len() {
        0 => "no condition was set".to_owned(),
        all => format!("{held} of {} held", super::super::count(all, "condition")),
    }
}

/// The load is the same, so every spec has the same conditions in the same order.
fn conditions(runs: &[Compared]) -> Block {
    let verdicts = runs.first().map_or(&[][..], |run| &run.outcome.verdicts);
    let mut block = Block::new("Conditions");
    for (index, condition) in verdicts.iter().enumerate() {
        let of = |run: &Compared| run.outcome.verdicts.get(index).map(words::verdict);
        let texts = runs.iter().map(|run| of(run).unwrap_or("-").to_owned());
        block.words(&condition.condition, texts.collect());
    }
    block
}

/// Writes each service in which the specs differ, and names the others.
fn services(f: &mut fmt::Formatter<'_>, runs: &[Compared]) -> fmt::Result {
    let sums: Vec<_> = runs.iter().map(|run| sums::sums(&run.outcome)).collect();
    let mut names: Vec<&str> = sums.iter().flatten().map(|sum| sum.service).collect();
    names.sort_unstable();
    names.dedup();
    let mut alike = Vec::new();
    for name in names {
        let of = |sums: &'_ Vec<_>| sums.iter().position(|sum: &sums::Sum<'_>| sum.service == name);
        let columns: Vec<_> =
            sums.iter().map(|sums| of(sums).and_then(|at| sums.get(at))).collect();
        let block = lines::service(name, &columns);
        if block.differs() { block.write(f)? } else { alike.push(name.to_owned()) }
    }
    if alike.is_empty() {
        return Ok(());
    }
    writeln!(f)?;
    paragraph(f, DIM, 0, &format!("No difference in {}", words::listed(&alike)))
}

#[cfg(test)]
mod tests;

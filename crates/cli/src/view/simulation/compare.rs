//! Several specs under the same load, one column each.

mod acts;
mod lines;
mod pace;

use std::collections::BTreeSet;
use std::{fmt, iter};

use plimsoll_twin::outcome::{Outcome, Verdict};
use serde::Serialize;

use super::super::style::{DIM, HEAD, paragraph};
use super::{assumed, controllers, faults, labelled, sums, title, words};
pub(super) use acts::acts;
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
        faults(f, &first.outcome)?;
        writeln!(f)?;
        for (letter, run) in letters().zip(runs) {
            let held = held(&run.outcome.verdicts);
            labelled(f, HEAD, &letter.to_string(), &format!("{}: {held}", run.spec))?;
        }
        let marks =
            if runs.len() > lines::WITH_PERCENTAGES { "A * marks" } else { "Percentages say" };
        paragraph(f, DIM, 0, &format!("{marks} how a spec differs from A."))?;
        // Conditions are long: apart, they leave room for four specs in the table below.
        lines::write(f, &[conditions(runs)])?;
        let totals: Vec<_> = runs.iter().map(|run| &run.outcome.total).collect();
        let (differing, alike) = differences(services(runs));
        let (paces, evenly) = differences(pace::blocks(runs));
        let blocks: Vec<Block> = iter::once(lines::totals(&totals)).chain(differing).collect();
        lines::write(f, &blocks)?;
        // Apart again: without percentages the columns are narrow.
        lines::write(f, &paces)?;
        if !paces.is_empty() {
            assumed(f, &first.outcome.delays)?;
        }
        writeln!(f)?;
        for (of, names) in [("", alike), ("the first rise of ", evenly)] {
            if !names.is_empty() {
                let names = words::listed(&names);
                paragraph(f, DIM, 0, &format!("No difference in {of}{names}"))?;
            }
        }
        pace::windows(f, runs)?;
        for (letter, run) in
            letters().zip(runs).filter(|(_, run)| run.outcome.controllers.is_some())
        {
            labelled(f, DIM, &letter.to_string(), &controllers::said(&run.outcome))?;
        }
        Ok(())
    }
}

/// The blocks that have something to show, and the names of the others.
fn differences(blocks: Vec<Block>) -> (Vec<Block>, Vec<String>) {
    let (differing, alike): (Vec<_>, Vec<_>) = blocks.into_iter().partition(Block::differs);
    (differing, alike.into_iter().map(|block| block.name).collect())
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
    let mut block = Block::new("Conditions", "");
    for (index, condition) in verdicts.iter().enumerate() {
        let of = |run: &Compared| run.outcome.verdicts.get(index).map(words::verdict);
        let texts = runs.iter().map(|run| of(run).unwrap_or("-").to_owned());
        block.words(&condition.condition, texts.collect());
    }
    block
}

/// A block for each service that any spec has.
fn services(runs: &[Compared]) -> Vec<Block> {
    let sums: Vec<_> = runs.iter().map(|run| sums::sums(&run.outcome)).collect();
    let names: BTreeSet<&str> = sums.iter().flatten().map(|sum| sum.service).collect();
    let block = |name| {
        let sums = sums.iter().map(|sums| sums.iter().find(|sum| sum.service == name));
        lines::service(name, &sums.collect::<Vec<_>>())
    };
    names.into_iter().map(block).collect()
}

#[cfg(test)]
mod tests;

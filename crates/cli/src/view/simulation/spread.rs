//! One load with many seeds: how the results spread, and how often each condition held.

use std::fmt;

use comfy_table::Cell;
use jiff::Timestamp;
use plimsoll_twin::load::Load;
use plimsoll_twin::outcome::Outcome;
use plimsoll_twin::run::Options;
use serde::Serialize;

use super::super::count;
use super::super::style::{ADD, DELETE, DIM, HEAD, paragraph};
use super::words::{float, money, quantity, share, span, whole};
use super::{head, labelled, table};

/// The figures of one run that are kept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    seed: u64,
    cost: f64,
    lost: f64,
    p95_ms: Option<f64>,
    minutes_above_target: u64,
    held: Vec<bool>,
}

impl Sample {
    /// The figures of an outcome.
    pub(crate) fn of(outcome: &Outcome) -> Self {
        Self {
            seed: outcome.seed,
            cost: outcome.total.cost,
            lost: outcome.total.lost,
            p95_ms: outcome.total.p95_ms,
            minutes_above_target: outcome.total.minutes_above_target,
            held: outcome.verdicts.iter().map(|verdict| verdict.holds).collect(),
        }
    }
}

/// How results spread over seeds.
#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    title: String,
    load: String,
    start: Timestamp,
    seconds: u64,
    seeds: usize,
    cost: Option<Quantiles>,
    lost: Option<Quantiles>,
    p95_ms: Option<Quantiles>,
    minutes_above_target: Option<Quantiles>,
    conditions: Vec<Condition>,
}

/// Where the values of a measure lie. Each is one that occurred: the smallest that the given share
/// of all does not exceed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
struct Quantiles {
    min: f64,
    median: f64,
    p95: f64,
    max: f64,
}

/// How often a condition held.
#[derive(Debug, PartialEq, Serialize)]
struct Condition {
    text: String,
    held: usize,
    of: usize,
    /// A seed to look at when it did not always hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_failed_seed: Option<u64>,
}

impl Quantiles {
    /// `None` of nothing.
    fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |percent: usize| {
            let rank = (values.len() * percent).div_ceil(100);
            values.get(rank.saturating_sub(1)).copied()
        };
        Some(Self { min: at(0)?, median: at(50)?, p95: at(95)?, max: at(100)? })
    }
}

impl Spread {
    /// The spread of the samples of one spec and load.
    pub(crate) fn new(title: &str, load: &Load, options: &Options, samples: &[Sample]) -> Self {
        let of = |figure: fn(&Sample) -> f64| Quantiles::of(samples.iter().map(figure));
        let conditions = load.assertions.iter().enumerate().map(|(index, assertion)| {
            let failed = |sample: &&Sample| sample.held.get(index) != Some(&true);
            let mut missed = samples.iter().filter(failed).peekable();
            let first_failed_seed = missed.peek().map(|sample| sample.seed);
            let held = samples.len() - missed.count();
            Condition { text: assertion.text.clone(), held, of: samples.len(), first_failed_seed }
        });
        Self {
            title: title.to_owned(),
            load: load.name.clone(),
            start: options.start,
            seconds: options.seconds,
            seeds: samples.len(),
            cost: of(|sample| sample.cost),
            lost: of(|sample| sample.lost),
            p95_ms: Quantiles::of(samples.iter().filter_map(|sample| sample.p95_ms)),
            minutes_above_target: of(|sample| float(sample.minutes_above_target)),
            conditions: conditions.collect(),
        }
    }

    /// Whether every condition held with every seed.
    pub(crate) fn held(&self) -> bool {
        self.conditions.iter().all(|condition| condition.first_failed_seed.is_none())
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { title, load, start, seconds, seeds, conditions, .. } = self;
        let how =
            format!("under {load}, for {} from {start}, {}", span(*seconds), count(*seeds, "seed"));
        writeln!(f, "{HEAD}{title}{HEAD:#}")?;
        paragraph(f, DIM, 0, &how)?;
        writeln!(f)?;
        if conditions.is_empty() {
            paragraph(f, DIM, 0, "No condition was set; set some with --assert")?;
        }
        conditions.iter().try_for_each(|condition| condition.write(f))?;
        let mut lines = table(&["", "Min", "Median", "p95", "Max"]);
        lines.add_row(cells("Cost", self.cost, money));
        lines.add_row(cells("Lost requests", self.lost, whole));
        lines.add_row(cells("p95 latency ms", self.p95_ms, quantity));
        lines.add_row(cells("Minutes above target", self.minutes_above_target, quantity));
        writeln!(f, "\n{}", lines.trim_fmt())
    }
}

fn cells(name: &str, quantiles: Option<Quantiles>, show: fn(f64) -> String) -> Vec<Cell> {
    let texts = quantiles.map_or_else(
        || ["-"; 4].map(str::to_owned),
        |Quantiles { min, median, p95, max }| [min, median, p95, max].map(show),
    );
    std::iter::once(head(name)).chain(texts.map(Cell::new)).collect()
}

impl Condition {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text: condition, held, of, first_failed_seed } = self;
        let Some(seed) = first_failed_seed else {
            return labelled(f, ADD, "pass", &format!("{condition}: held with every seed"));
        };
        let whole = |number: usize| float(u64::try_from(number).unwrap_or(u64::MAX));
        let part = share(whole(*held), whole(*of));
        let often = format!("held with {held} of {of} seeds ({part})");
        labelled(f, DELETE, "FAIL", &format!("{condition}: {often}; look at --seed {seed}"))
    }
}

#[cfg(test)]
mod tests;

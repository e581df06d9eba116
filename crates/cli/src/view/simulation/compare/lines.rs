//! Measures as lines, specs as columns.

use std::{fmt, iter};

use comfy_table::{Cell, Color, Table};
use plimsoll_twin::outcome::Total;

use super::super::sums::Sum;
use super::super::words::{float, money, quantity, whole};
use super::super::{head, table, under};
use super::letters;

/// More columns than these leave no room for percentages in a terminal of 80 columns.
pub(super) const WITH_PERCENTAGES: usize = 4;

/// Marks what differs where a percentage would say nothing, or has no room.
const STAR: &str = "*";

/// What is measured, how, and how it is shown.
type Measure<Of> = (&'static str, fn(&Of) -> Option<f64>, fn(f64) -> String);

/// What is compared over all.
pub(super) fn totals(columns: &[&Total]) -> Block {
    let measures: [Measure<&Total>; 7] = [
        ("cost", |total| Some(total.cost), money),
        ("instance-hours", |total| Some(total.instance_hours), quantity),
        ("requests", |total| Some(total.requests), whole),
        ("lost", |total| Some(total.lost), whole),
        ("p95 ms", |total| total.p95_ms, quantity),
        ("minutes above target", |total| Some(float(total.minutes_above_target)), quantity),
        ("scaling events", |total| Some(float(total.scaling_events)), quantity),
    ];
    Block::of("In all", &measures, columns)
}

/// What is compared in a service, which some specs may lack; see [`Sum`] for how its regions are
/// put together.
pub(super) fn service<'a>(name: &str, columns: &[Option<&Sum<'a>>]) -> Block {
    let measures: [Measure<Option<&Sum<'a>>>; 7] = [
        ("peak in a region", |sum| sum.map(|sum| f64::from(sum.peak)), quantity),
        ("mean", |sum| sum.map(|sum| sum.mean), quantity),
        ("cost", |sum| sum.and_then(|sum| sum.cost), money),
        ("lost", |sum| sum.map(|sum| sum.lost), whole),
        ("p95 ms", |sum| sum.and_then(|sum| sum.p95_ms), quantity),
        ("minutes above target", |sum| sum.map(|sum| float(sum.above)), quantity),
        ("scaling events", |sum| sum.map(|sum| float(sum.events)), quantity),
    ];
    Block::of(name, &measures, columns)
}

/// Lines that belong together.
#[derive(Debug)]
pub(super) struct Block {
    /// Of a service, or what the block is about.
    pub(super) name: String,
    /// What follows the name in the title.
    title: &'static str,
    lines: Vec<(String, Vec<Value>)>,
}

/// What stands in a cell.
#[derive(Debug)]
struct Value {
    text: String,
    /// Whether it differs from the first column; what the text says of how is part of it.
    differs: bool,
}

impl Block {
    pub(super) fn new(name: &str, title: &'static str) -> Self {
        Self { name: name.to_owned(), title, lines: Vec::new() }
    }

    /// A block with a line for each measure.
    fn of<Of>(name: &str, measures: &[Measure<Of>], columns: &[Of]) -> Self {
        let mut block = Self::new(name, "");
        for (label, measure, show) in measures {
            block.numbers(label, &columns.iter().map(measure).collect::<Vec<_>>(), *show);
        }
        block
    }

    /// Adds a line of numbers.
    pub(super) fn numbers(
        &mut self,
        label: &str,
        numbers: &[Option<f64>],
        show: fn(f64) -> String,
    ) {
        let first = numbers.first().copied().flatten();
        let texts = numbers.iter().map(|number| number.map_or_else(|| "-".to_owned(), show));
        let mut values: Vec<Value> = texts.map(|text| Value { text, differs: false }).collect();
        let shown = values.first().map(|value| value.text.clone()).unwrap_or_default();
        let wide = numbers.len() > WITH_PERCENTAGES;
        for (value, number) in values.iter_mut().zip(numbers).skip(1) {
            // What looks the same is the same to the reader.
            if value.text != shown {
                let how = if wide { STAR.to_owned() } else { difference(first, *number) };
                value.text = format!("{} {how}", value.text);
                value.differs = true;
            }
        }
        self.lines.push((label.to_owned(), values));
    }

    /// Adds a line of words, with a mark where they differ from the first.
    pub(super) fn words(&mut self, label: &str, mut texts: Vec<String>) {
        let first = texts.first().cloned().unwrap_or_default();
        for text in texts.iter_mut().filter(|text| **text != first) {
            *text = format!("{text} {STAR}");
        }
        self.plain(label, texts);
    }

    /// Adds a line of texts that speak for themselves. An empty one is no difference.
    pub(super) fn plain(&mut self, label: &str, texts: Vec<String>) {
        let first = texts.first().cloned().unwrap_or_default();
        let values = texts.into_iter().map(|text| {
            let differs = !first.is_empty() && text != first;
            Value { text, differs }
        });
        self.lines.push((label.to_owned(), values.collect()));
    }

    /// Whether any column differs from the first.
    pub(super) fn differs(&self) -> bool {
        self.lines.iter().flat_map(|(_, values)| values).any(|value| value.differs)
    }

    fn add_to(&self, table: &mut Table) {
        if !table.is_empty() {
            table.add_row([""]);
        }
        table.add_row([head(&format!("{}{}", self.name, self.title))]);
        for (label, values) in &self.lines {
            table.add_row(iter::once(under(label)).chain(values.iter().map(Value::cell)));
        }
    }
}

/// Writes blocks into one table, unless there are none.
pub(super) fn write(f: &mut fmt::Formatter<'_>, blocks: &[Block]) -> fmt::Result {
    let lines = || blocks.iter().flat_map(|block| &block.lines);
    let columns = lines().map(|(_, values)| values.len()).max().unwrap_or_default();
    if columns == 0 {
        return Ok(());
    }
    let letters: Vec<String> = letters().take(columns).map(String::from).collect();
    let header: Vec<&str> = iter::once("").chain(letters.iter().map(String::as_str)).collect();
    let mut table = table(&header);
    for block in blocks {
        block.add_to(&mut table);
    }
    writeln!(f, "\n{}", table.trim_fmt())
}

impl Value {
    fn cell(&self) -> Cell {
        let cell = Cell::new(&self.text);
        if self.differs { cell.fg(Color::Yellow) } else { cell }
    }
}

/// How a number differs from the first: `+12 %`, `-0.4 %`, or `*` when a percentage would say
/// nothing.
fn difference(first: Option<f64>, other: Option<f64>) -> String {
    let (Some(first), Some(other)) = (first, other) else { return STAR.to_owned() };
    let percent = (other - first) / first * 100.0;
    if !percent.is_finite() || percent > 999.5 {
        return STAR.to_owned();
    }
    let decimals = usize::from(percent.abs() < 9.95);
    format!("{percent:+.decimals$} %")
}

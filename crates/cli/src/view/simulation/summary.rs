//! One run: what held and what was lost first, then who had how much.

use std::collections::BTreeSet;
use std::fmt;

use comfy_table::{Attribute, Cell, Color};
use plimsoll_twin::outcome::{Outcome, Row};
use serde::Serialize;

use super::super::style::{CHANGE, paragraph};
use super::chart::{Chart, busiest};
use super::sums::{Sum, sums};
use super::words::{float, milliseconds, money, quantity, whole};
use super::{causes, controllers, faults, head, headline, rises, table, title, under};

/// What a run showed.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct SummaryView<'a> {
    pub(crate) outcome: &'a Outcome,
    /// Services that do not scale out: they are listed apart.
    #[serde(skip)]
    pub(crate) stateful: &'a BTreeSet<String>,
    /// How wide a chart may be; `None` for no chart.
    #[serde(skip)]
    pub(crate) columns: Option<usize>,
}

impl fmt::Display for SummaryView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = self.outcome;
        let (fixed, scaled): (Vec<_>, Vec<_>) =
            sums(outcome).into_iter().partition(|sum| self.stateful.contains(sum.service));
        title(f, outcome, &format!("seed {}", outcome.seed))?;
        faults(f, outcome)?;
        writeln!(f)?;
        headline::verdicts(f, &outcome.verdicts)?;
        headline::losses(f, outcome)?;
        headline::overload(f, outcome)?;
        headline::totals(f, outcome)?;
        controllers::controllers(f, outcome)?;
        self.chart(f, &scaled)?;
        services(f, &scaled)?;
        singles(f, &fixed)?;
        causes::drivers(f, &scaled)?;
        rises::rises(f, &scaled, &outcome.delays)?;
        causes::holds(f, &scaled)?;
        notes(f, &outcome.notes)
    }
}

impl SummaryView<'_> {
    fn chart(&self, f: &mut fmt::Formatter<'_>, sums: &[Sum<'_>]) -> fmt::Result {
        let trace = self.outcome.trace.as_ref();
        let (Some(columns), Some(trace), Some(service)) = (self.columns, trace, busiest(sums))
        else {
            return Ok(());
        };
        let chart = Chart { trace, service, columns, seconds: self.outcome.seconds }.to_string();
        if chart.is_empty() { Ok(()) } else { write!(f, "\n{chart}") }
    }
}

/// Writes the services that scale: a line for each with its sums, and below it its regions.
fn services(f: &mut fmt::Formatter<'_>, sums: &[Sum<'_>]) -> fmt::Result {
    if sums.is_empty() {
        return Ok(());
    }
    let mut lines = table(&[
        "Service\n  Region",
        "Peak",
        "Mean",
        "Hours",
        "Cost",
        "Above\ntarget",
        "Re-\nquests",
        "Lost",
        "p95\nms",
        "Events\n/hour",
    ]);
    for sum in sums {
        lines.add_row(sum_cells(sum));
        for row in &sum.rows {
            lines.add_row(row_cells(row));
        }
    }
    writeln!(f, "\n{}", lines.trim_fmt())?;
    paragraph(
        f,
        super::super::style::DIM,
        0,
        "Above target: minutes. Hours: instance-hours billed.",
    )
}

fn sum_cells(sum: &Sum<'_>) -> Vec<Cell> {
    let texts = [
        // Regions do not peak at the same time, so that a sum would tell of no moment.
        String::new(),
        quantity(sum.mean),
        quantity(sum.hours),
        cost(sum.cost),
        quantity(float(sum.above)),
        whole(sum.requests),
        whole(sum.lost),
        milliseconds(sum.p95_ms),
        quantity(sum.events_per_hour),
    ];
    let bold = texts.map(|text| Cell::new(text).add_attribute(Attribute::Bold));
    std::iter::once(head(sum.service)).chain(bold).collect()
}

fn row_cells(row: &Row) -> Vec<Cell> {
    vec![
        under(&row.region),
        Cell::new(row.peak_capacity),
        Cell::new(quantity(row.mean_capacity)),
        Cell::new(quantity(row.instance_hours)),
        Cell::new(cost(row.cost)),
        marked(float(row.minutes_above_target), Color::Yellow),
        Cell::new(whole(row.requests)),
        marked(row.lost, Color::Red),
        Cell::new(milliseconds(row.p95_ms)),
        Cell::new(quantity(row.scaling_events_per_hour)),
    ]
}

/// Writes the services that have one instance each.
fn singles(f: &mut fmt::Formatter<'_>, sums: &[Sum<'_>]) -> fmt::Result {
    if sums.is_empty() {
        return Ok(());
    }
    let header = ["Stateful\n  Region", "Cost", "Above\ntarget", "Re-\nquests", "Lost", "p95\nms"];
    let mut lines = table(&header);
    for sum in sums {
        lines.add_row([head(sum.service)]);
        for row in &sum.rows {
            lines.add_row([
                under(&row.region),
                Cell::new(cost(row.cost)),
                marked(float(row.minutes_above_target), Color::Yellow),
                Cell::new(whole(row.requests)),
                marked(row.lost, Color::Red),
                Cell::new(milliseconds(row.p95_ms)),
            ]);
        }
    }
    writeln!(f, "\n{}", lines.trim_fmt())
}

/// A number that should be 0.
fn marked(number: f64, colour: Color) -> Cell {
    let cell = Cell::new(whole(number));
    if number > 0.0 { cell.fg(colour) } else { cell }
}

fn cost(dollars: Option<f64>) -> String {
    dollars.map_or_else(|| "-".to_owned(), money)
}

/// Writes what the reader should know.
fn notes(f: &mut fmt::Formatter<'_>, notes: &[String]) -> fmt::Result {
    if !notes.is_empty() {
        writeln!(f)?;
    }
    notes.iter().try_for_each(|note| paragraph(f, CHANGE, 0, &format!("note: {note}")))
}

#[cfg(test)]
mod tests;

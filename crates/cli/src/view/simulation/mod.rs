//! What simulations showed: a summary, specs side by side, many seeds, a chart, a timeline.

mod causes;
mod chart;
mod compare;
mod controllers;
mod headline;
mod rises;
mod spread;
mod story;
mod summary;
mod sums;
mod timeline;
mod words;

use std::fmt;

use clap::builder::styling::Style;
use comfy_table::{Attribute, Cell, CellAlignment, Table, presets};
use plimsoll_twin::outcome::{Delays, Outcome, Span};

use chart::Chart;
pub(crate) use compare::{CompareView, Compared};
pub(crate) use spread::{Sample, Spread};
pub(crate) use story::{Act, StoryView};
pub(crate) use summary::SummaryView;
pub(crate) use timeline::{Moment, timeline};
use words::{clock, span};

use super::style::{CHANGE, DIM, HEAD, paragraph, wrapped};

/// A table in the style of the house: names at the left, numbers at the right.
fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_header(header.iter().map(|title| Cell::new(title).add_attribute(Attribute::Bold)));
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// A service's name above its regions.
fn head(name: &str) -> Cell {
    Cell::new(name).add_attribute(Attribute::Bold)
}

/// A region's name below its service.
fn under(name: &str) -> Cell {
    Cell::new(format!("  {name}"))
}

/// Writes a text behind a label of its own, such as a time of day, and its further lines below.
fn labelled(f: &mut fmt::Formatter<'_>, style: Style, label: &str, text: &str) -> fmt::Result {
    let margin = 2 + label.len() + 2;
    for (index, line) in wrapped(margin, text).iter().enumerate() {
        let line =
            if index == 0 { format!("  {label}  {}", line.trim_start()) } else { line.clone() };
        writeln!(f, "{style}{line}{style:#}")?;
    }
    Ok(())
}

/// Writes what ran: the platform, the load, when and for how long.
fn title(f: &mut fmt::Formatter<'_>, outcome: &Outcome, seeds: &str) -> fmt::Result {
    let Outcome { title, load, start, seconds, .. } = outcome;
    let how = format!("under {load}, for {} from {start}, {seeds}", span(*seconds));
    writeln!(f, "{HEAD}{title}{HEAD:#}")?;
    paragraph(f, DIM, 0, &how)
}

/// Writes a line for each fault.
fn faults(f: &mut fmt::Formatter<'_>, outcome: &Outcome) -> fmt::Result {
    outcome.faults.iter().try_for_each(|Span { from, to, text, .. }| {
        let until = if *to < outcome.seconds { span(*to) } else { "the end".to_owned() };
        paragraph(f, CHANGE, 0, &format!("{text}, from {} to {until}", span(*from)))
    })
}

/// Writes the delays that the parts of a rise are made of.
fn assumed(f: &mut fmt::Formatter<'_>, delays: &Delays) -> fmt::Result {
    let [metric, launch, boot] =
        [delays.metric, delays.launch, delays.boot].map(|delay| span(delay.0.into()));
    let text = format!(
        "Assumed: a metric shows {metric} after its period, a launch follows {launch} after the \
         decision, a boot takes {boot} on average and the last of many longer."
    );
    paragraph(f, DIM, 0, &text)
}

#[cfg(test)]
mod samples;

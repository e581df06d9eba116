//! A chart in the terminal: one line of blocks for each curve.

use std::fmt;

use plimsoll_core::units::Instances;
use plimsoll_twin::outcome::{Curves, Trace};

use super::super::style::{DELETE, DIM, HEAD};
use super::sums::Sum;
use super::words::{clock, quantity};

/// From nothing to the top of the scale.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Wider charts do not show more: a day in 15-minute columns is 96.
const WIDEST: usize = 120;

/// Fewer columns show nothing.
const NARROWEST: usize = 12;

/// Room for what a line shows, such as `in service`, and the gap after it.
const NAME: usize = 12;

/// Room for the range behind a line.
const RANGE: usize = 16;

/// Load and capacity of one service over time, region by region.
#[derive(Debug)]
pub(super) struct Chart<'a> {
    pub(super) trace: &'a Trace,
    pub(super) service: &'a str,
    /// Of the terminal; nothing is written when they are too few.
    pub(super) columns: usize,
    /// Length of the run.
    pub(super) seconds: u64,
}

/// The service that was asked most.
pub(super) fn busiest<'a>(sums: &[Sum<'a>]) -> Option<&'a str> {
    let most = sums.iter().max_by(|one, other| one.requests.total_cmp(&other.requests));
    most.filter(|sum| sum.requests > 0.0).map(|sum| sum.service)
}

impl fmt::Display for Chart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = self.trace.groups.iter().filter(|group| group.service == self.service);
        let margin = groups.clone().map(|group| group.region.len()).max().unwrap_or_default() + 2;
        let width = self.columns.min(WIDEST).saturating_sub(margin + NAME + RANGE);
        if width < NARROWEST {
            return Ok(());
        }
        writeln!(f, "{HEAD}{}{HEAD:#}", self.service)?;
        for group in groups {
            Lines { group, margin, width }.write(f)?;
        }
        self.axis(f, margin + NAME, width)
    }
}

impl Chart<'_> {
    /// Writes when the first and the last column are, and one in between.
    fn axis(&self, f: &mut fmt::Formatter<'_>, margin: usize, width: usize) -> fmt::Result {
        let at = |moment| clock(self.trace.start, moment, self.seconds);
        let (first, middle, last) = (at(0), at(self.seconds / 2), at(self.seconds));
        let room = width.saturating_sub(first.len() + last.len());
        let between = if room > middle.len() + 4 { middle } else { String::new() };
        writeln!(f, "{DIM}{:margin$}{first}{between:^room$}{last} UTC{DIM:#}", "")
    }
}

/// The lines of one region.
struct Lines<'a> {
    group: &'a Curves,
    margin: usize,
    width: usize,
}

impl Lines<'_> {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Curves { region, offered, lost, in_service, p95_ms, .. } = self.group;
        let some = |values: &[f64]| values.iter().copied().map(Some).collect::<Vec<_>>();
        let capacity: Vec<Option<f64>> =
            in_service.iter().copied().map(f64::from).map(Some).collect();
        self.line(f, region, "load/s", &self.columns(&some(offered), f64::max))?;
        self.line(f, "", "in service", &self.columns(&capacity, f64::min))?;
        self.line(f, "", "p95 ms", &self.columns(p95_ms, f64::max))?;
        if lost.iter().any(|lost| *lost > 0.0) {
            write!(f, "{DELETE}")?;
            self.line(f, "", "lost/s", &self.columns(&some(lost), f64::max))?;
            write!(f, "{DELETE:#}")?;
        }
        Ok(())
    }

    /// One value for each column: the worst of its span, which is what may not be missed.
    fn columns(&self, values: &[Option<f64>], worst: fn(f64, f64) -> f64) -> Vec<Option<f64>> {
        let edge = |column: usize| column * values.len() / self.width;
        let span = |column: usize| {
            let (from, to) = (edge(column), edge(column + 1));
            values.get(from..to.max(from + 1)).unwrap_or_default()
        };
        (0..self.width).map(|column| span(column).iter().flatten().copied().reduce(worst)).collect()
    }

    fn line(
        &self,
        f: &mut fmt::Formatter<'_>,
        region: &str,
        name: &str,
        columns: &[Option<f64>],
    ) -> fmt::Result {
        let margin = self.margin;
        let least = columns.iter().flatten().copied().reduce(f64::min).unwrap_or_default();
        let most = columns.iter().flatten().copied().reduce(f64::max).unwrap_or_default();
        let blocks: String = columns.iter().map(|value| block(*value, most)).collect();
        let range = match (quantity(least), quantity(most)) {
            (least, most) if least == most => most,
            (least, most) => format!("{least} to {most}"),
        };
        writeln!(f, "{region:margin$}{name:NAME$}{blocks}  {range}")
    }
}

/// The block of a value on a scale from 0 to `most`.
fn block(value: Option<f64>, most: f64) -> char {
    let Some(value) = value else { return ' ' };
    let share = if most > 0.0 { value / most } else { 0.0 };
    // The first step that reaches the value: eight comparisons need no cast from a float.
    let steps = (1..).map(|step: Instances| f64::from(step) / 8.0);
    let reached = BLOCKS.iter().zip(steps).find(|(_, step)| share <= *step);
    reached.map_or('█', |(block, _)| *block)
}

#[cfg(test)]
mod tests;

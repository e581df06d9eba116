//! What changed the sizes, and what kept them as they were.

use std::collections::BTreeMap;
use std::fmt;

use clap::builder::styling::Style;
use plimsoll_twin::outcome::Row;

use super::super::style::paragraph;
use super::headline::ranked;
use super::sums::Sum;

/// Writes what changed each service's size, and how often, over all regions.
pub(super) fn drivers(f: &mut fmt::Formatter<'_>, sums: &[Sum<'_>]) -> fmt::Result {
    causes(f, "What changed the size, and how often:", sums, |row| &row.drivers)
}

/// Writes why nothing was done where something was asked for, and how often.
pub(super) fn holds(f: &mut fmt::Formatter<'_>, sums: &[Sum<'_>]) -> fmt::Result {
    causes(f, "Why nothing was done, and how often:", sums, |row| &row.holds)
}

fn causes(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    sums: &[Sum<'_>],
    of: fn(&Row) -> &BTreeMap<String, u64>,
) -> fmt::Result {
    let mut title = Some(title);
    for sum in sums {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for (cause, times) in sum.rows.iter().flat_map(|row| of(row)) {
            *counts.entry(cause).or_default() += times;
        }
        if counts.is_empty() {
            continue;
        }
        if let Some(title) = title.take() {
            writeln!(f, "\n{title}")?;
        }
        let text = format!("{}: {}", sum.service, ranked(counts.into_iter()));
        paragraph(f, Style::new(), 2, &text)?;
    }
    Ok(())
}

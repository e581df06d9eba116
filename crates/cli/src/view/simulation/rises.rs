//! How long it took to follow the rises of the load.

use std::fmt;

use comfy_table::{Cell, Color};
use plimsoll_twin::outcome::{Delays, Rise, Rises, Row};

use super::sums::Sum;
use super::words::{quantity, span};
use super::{assumed, head, table, under};

/// Writes a line for each group whose load rose.
pub(super) fn rises(f: &mut fmt::Formatter<'_>, sums: &[Sum<'_>], delays: &Delays) -> fmt::Result {
    let rose = |row: &&&Row| row.rises.count > 0;
    let mut lines =
        table(&["Rises", "Met", "Mean", "Worst", "Delay", "Detect", "Rounds", "Launch", "Boot"]);
    for sum in sums {
        let mut rows = sum.rows.iter().filter(rose).peekable();
        if rows.peek().is_some() {
            lines.add_row([head(sum.service)]);
        }
        for row in rows {
            lines.add_row(cells(&row.region, &row.rises));
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(
        f,
        "\nFrom a rise of the load to the capacity that it needs; the worst one in parts:"
    )?;
    writeln!(f, "{}", lines.trim_fmt())?;
    assumed(f, delays)
}

fn cells(region: &str, rises: &Rises) -> Vec<Cell> {
    let Rises { count, met, mean_seconds, slowest, .. } = rises;
    let met_of = Cell::new(format!("{met}/{count}"));
    let mean = mean_seconds.map_or_else(|| "-".to_owned(), rounded);
    let mut cells =
        vec![under(region), if met < count { met_of.fg(Color::Yellow) } else { met_of }];
    cells.push(Cell::new(mean));
    let parts = slowest.as_ref().map(parts);
    match parts {
        Some((whole, parts)) => {
            cells.push(Cell::new(span(whole)));
            cells.extend(parts.map(|part| Cell::new(span(part))));
        }
        None => cells.extend(["-"; 6].map(Cell::new)),
    }
    cells
}

/// The whole of a rise, and its parts in the order of time. A stabilisation window has no room of
/// its own, and counts as detection.
fn parts(rise: &Rise) -> (u64, [u64; 5]) {
    let Rise { metric_delay, detection, window, rounds, launch, boot, .. } = *rise;
    (rise.to_capacity, [metric_delay, detection + window, rounds, launch, boot])
}

/// A mean in whole seconds.
fn rounded(seconds: f64) -> String {
    let whole = std::time::Duration::try_from_secs_f64(seconds.round());
    whole.map_or_else(|_| quantity(seconds), |whole| span(whole.as_secs()))
}

//! Two runs of one story, act by act.

use std::fmt;
use std::ops::Range;

use plimsoll_twin::outcome::Outcome;

use super::super::words::{float, whole};
use super::lines::{self, Block};

/// Writes what was lost in each act of both runs, and their totals.
pub(in crate::view::simulation) fn acts(
    f: &mut fmt::Formatter<'_>,
    acts: &[(String, Range<u64>)],
    runs: [&Outcome; 2],
) -> fmt::Result {
    let mut block = Block::new("Requests lost", "");
    for (title, span) in acts {
        let lost: Vec<_> = runs.iter().map(|run| lost(run, span)).collect();
        block.numbers(title, &lost, whole);
    }
    lines::write(f, &[block, lines::totals(&runs.map(|run| &run.total))])
}

/// Requests that a traced run lost in a span. What a service lost of its callers' requests is among
/// what they lost.
fn lost(run: &Outcome, span: &Range<u64>) -> Option<f64> {
    let trace = run.trace.as_ref()?;
    let is_asked = |service: &str, region: &str| {
        run.rows.iter().any(|row| row.asked && row.service == service && row.region == region)
    };
    let asked = trace.groups.iter().filter(|group| is_asked(&group.service, &group.region));
    let within = |point: usize| {
        let at = u64::try_from(point).unwrap_or(u64::MAX).saturating_mul(trace.step);
        span.contains(&at)
    };
    let rates = asked.flat_map(|group| group.lost.iter().enumerate());
    Some(rates.filter(|(at, _)| within(*at)).map(|(_, rate)| rate * float(trace.step)).sum())
}

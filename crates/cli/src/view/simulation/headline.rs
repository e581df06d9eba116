//! What is read first: what held, what was lost, where it was too much.

use std::cmp::Reverse;
use std::fmt;

use clap::builder::styling::Style;
use plimsoll_twin::outcome::{Outcome, Row, Total, Verdict};

use super::super::style::{ADD, DELETE, paragraph};
use super::super::{count, style};
use super::labelled;
use super::words::{float, money, quantity, share, verdict, whole};

/// Places that are named before the rest is counted: the table below has them all.
const NAMED: usize = 3;

/// Writes which conditions held, those that did not first.
pub(super) fn verdicts(f: &mut fmt::Formatter<'_>, verdicts: &[Verdict]) -> fmt::Result {
    let failed = verdicts.iter().filter(|verdict| !verdict.holds).count();
    let all = count(verdicts.len(), "condition");
    match (verdicts.len(), failed) {
        (0, _) => {
            return paragraph(f, style::DIM, 0, "No condition was set; set some with --assert");
        }
        (_, 0) => writeln!(f, "{ADD}PASSED{ADD:#}: {all} held")?,
        _ => writeln!(f, "{DELETE}FAILED{DELETE:#}: {failed} of {all} did not hold")?,
    }
    let mut failed_first: Vec<&Verdict> = verdicts.iter().collect();
    failed_first.sort_by_key(|verdict| verdict.holds);
    for one in failed_first {
        let style = if one.holds { Style::new() } else { DELETE };
        let text = format!("{}: {}", one.condition, one.reason);
        labelled(f, style, verdict(one), &text)?;
    }
    Ok(())
}

/// Writes how much was lost, and where.
pub(super) fn losses(f: &mut fmt::Formatter<'_>, outcome: &Outcome) -> fmt::Result {
    let Total { requests, lost, .. } = outcome.total;
    if lost == 0.0 {
        return paragraph(
            f,
            Style::new(),
            0,
            &format!("Lost none of {} requests", whole(requests)),
        );
    }
    let places = worst(
        outcome,
        // What a service lost of its callers' requests is among what they lost.
        |row| if row.asked { row.lost } else { 0.0 },
        |row| format!("{} ({})", whole(row.lost), share(row.lost, row.requests)),
    );
    let (part, lost, all) = (share(lost, requests), whole(lost), whole(requests));
    paragraph(f, DELETE, 0, &format!("Lost {lost} of {all} requests ({part}): {places}"))
}

/// Writes how long groups were above the targets of their policies, and which.
pub(super) fn overload(f: &mut fmt::Formatter<'_>, outcome: &Outcome) -> fmt::Result {
    let minutes = outcome.total.minutes_above_target;
    if minutes == 0 {
        return paragraph(f, Style::new(), 0, "No group was above a target of its policies");
    }
    let places = worst(
        outcome,
        |row| float(row.minutes_above_target),
        |row| row.minutes_above_target.to_string(),
    );
    let text = format!("Above target for {} group-minutes: {places}", quantity(float(minutes)));
    paragraph(f, style::CHANGE, 0, &text)
}

/// The rows with most of something, each with its figure, and how many more have some.
fn worst(outcome: &Outcome, of: fn(&Row) -> f64, figure: fn(&Row) -> String) -> String {
    let mut rows: Vec<&Row> = outcome.rows.iter().filter(|row| of(row) > 0.0).collect();
    // A stable sort: equals keep the order of the table.
    rows.sort_by(|one, other| of(other).total_cmp(&of(one)));
    let named = rows.iter().take(NAMED);
    let mut places: Vec<String> =
        named.map(|row| format!("{} in {} {}", row.service, row.region, figure(row))).collect();
    if let Some(more) = rows.len().checked_sub(NAMED).filter(|more| *more > 0) {
        places.push(format!("and {more} more"));
    }
    places.join(", ")
}

/// Writes the totals in one sentence.
pub(super) fn totals(f: &mut fmt::Formatter<'_>, outcome: &Outcome) -> fmt::Result {
    let Total { requests, p95_ms, instance_hours, cost, scaling_events, .. } = outcome.total;
    let p95 = p95_ms.map_or_else(String::new, |p95| format!(", p95 {} ms", quantity(p95)));
    let answered = format!("{} requests{p95}", whole(requests));
    let spent = format!("{} instance-hours, {}", quantity(instance_hours), money(cost));
    let events = count(usize::try_from(scaling_events).unwrap_or(usize::MAX), "scaling event");
    paragraph(f, Style::new(), 0, &format!("In all: {answered}; {spent}; {events}"))
}

/// Counts by name, most first: `policy requests 14, schedule morning 3`.
pub(super) fn ranked<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> String {
    let mut counts: Vec<(&str, u64)> = counts.collect();
    counts.sort_by_key(|(name, times)| (Reverse(*times), *name));
    let each = counts.into_iter().map(|(name, times)| format!("{name} {times}"));
    each.collect::<Vec<_>>().join(", ")
}

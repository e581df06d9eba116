//! What Plimsoll's controllers did in a run.

use std::fmt;

use clap::builder::styling::Style;
use plimsoll_twin::outcome::{Controllers, Found, Outcome};

use super::super::{count, style};
use super::headline::ranked;
use super::{labelled, paragraph};

/// Findings that are shown; JSON has them all.
const SHOWN: usize = 5;

/// Writes what the controllers did and what they found, if they ran.
pub(super) fn controllers(f: &mut fmt::Formatter<'_>, outcome: &Outcome) -> fmt::Result {
    let Some(all) = &outcome.controllers else { return Ok(()) };
    paragraph(f, Style::new(), 0, &said(outcome))?;
    for Found { about, what, next, .. } in all.findings.iter().take(SHOWN) {
        labelled(f, style::CHANGE, about, &format!("{what}; {next}"))?;
    }
    Ok(())
}

/// `The controller decided 720 times: leases dark 24, failover 6; traffic moved 5 times`.
pub(super) fn said(outcome: &Outcome) -> String {
    let Some(all) = &outcome.controllers else { return String::new() };
    let Controllers { ticks, missed, actions, refused, moves, grants, holds, .. } = all;
    let times = |number: u64| count(usize::try_from(number).unwrap_or(usize::MAX), "time");
    let mut said = vec![format!("The controller decided {}", times(*ticks))];
    let leases = ranked(grants.iter().map(|(cause, times)| (cause.as_str(), *times)));
    let holds = ranked(holds.iter().map(|(code, times)| (code.as_str(), *times)));
    let parts = [
        (*missed > 0).then(|| format!("could not read its region {}", times(*missed))),
        (!leases.is_empty()).then(|| format!("leases granted or renewed: {leases}")),
        (*moves > 0).then(|| format!("moved traffic {}", times(*moves))),
        (*actions > 0).then(|| format!("acted {}", times(*actions))),
        (*refused > 0).then(|| format!("was refused {}", times(*refused))),
        (!holds.is_empty()).then(|| format!("held still: {holds}")),
    ];
    said.extend(parts.into_iter().flatten());
    said.join("; ")
}

//! What happened in a run, told so that a person reads it in a minute.
//!
//! A run leaves a mark for each change in each region. Marks of one kind and service that follow
//! each other closely are one moment; how closely is widened until there are few enough.

mod episode;

use std::collections::BTreeMap;
use std::fmt;

use clap::builder::styling::Style;
use plimsoll_twin::outcome::{Mark, MarkKind, Outcome};
use serde::Serialize;

use super::super::style::{DELETE, DIM, wrapped};
use super::labelled;
use episode::Episode;

/// How closely marks follow each other in the first attempt, in seconds: an alarm that goes on
/// adjusts each minute, and the next scale-in needs a quarter of an hour.
const CLOSE: u64 = 300;

/// Something that happened, over all regions that it happened in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Moment {
    /// Seconds from the first moment of the run.
    pub(crate) at: u64,
    /// What kind of thing.
    pub(crate) kind: MarkKind,
    /// What happened.
    pub(crate) what: String,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) means: Option<String>,
}

/// Condenses the marks of a traced run to at most so many moments, if the kinds and services of
/// what happened allow. Without a trace nothing is told.
pub(crate) fn timeline(outcome: &Outcome, most: usize) -> Vec<Moment> {
    let Some(trace) = &outcome.trace else { return Vec::new() };
    let mut close = CLOSE;
    let mut episodes = gathered(&trace.marks, close);
    while episodes.len() > most && close < outcome.seconds {
        close *= 2;
        episodes = gathered(&trace.marks, close);
    }
    let price = prices(outcome);
    let teller = episode::Teller { trace, seconds: outcome.seconds, price: &price };
    episodes.iter().map(|episode| teller.tell(episode)).collect()
}

/// Puts marks together that belong together, in the order of their first ones.
fn gathered(marks: &[Mark], close: u64) -> Vec<Episode<'_>> {
    let mut episodes: Vec<Episode<'_>> = Vec::new();
    // The episode that a mark of a kind, a service and a text may still join.
    let mut open: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for mark in marks {
        let (name, told) = (kind_name(mark.kind), told_by_text(mark.kind));
        let key = (name, mark.service.as_str(), if told { mark.text.as_str() } else { "" });
        let joined = open.get(&key).and_then(|at| episodes.get_mut(*at));
        let near = |episode: &&mut Episode<'_>| {
            mark.at.saturating_sub(episode.last_at()) <= close || episode.awaits(mark)
        };
        if let Some(episode) = joined.filter(near) {
            episode.add(mark);
        } else {
            open.insert(key, episodes.len());
            episodes.push(Episode::new(mark));
        }
    }
    episodes
}

/// Whether each text of a kind tells of something else. Texts of the other kinds hold numbers of
/// one group, and the numbers of several are put together.
const fn told_by_text(kind: MarkKind) -> bool {
    matches!(kind, MarkKind::Fault | MarkKind::Traffic | MarkKind::Schedule | MarkKind::Finding)
}

const fn kind_name(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::ScaleOut => "scale out",
        MarkKind::ScaleIn => "scale in",
        MarkKind::Schedule => "schedule",
        MarkKind::LaunchFailed => "launch failed",
        MarkKind::Replaced => "replaced",
        MarkKind::Traffic => "traffic",
        MarkKind::Overload => "overload",
        MarkKind::Fault => "fault",
        MarkKind::Lease => "lease",
        MarkKind::Finding => "finding",
    }
}

/// US dollars for an hour of an instance, by service.
fn prices(outcome: &Outcome) -> BTreeMap<&str, f64> {
    let priced = outcome.rows.iter().filter(|row| row.instance_hours > 0.0);
    priced.filter_map(|row| Some((row.service.as_str(), row.cost? / row.instance_hours))).collect()
}

impl Moment {
    /// Writes the moment below its time of day.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, clock: &str) -> fmt::Result {
        let style = match self.kind {
            MarkKind::Overload | MarkKind::Fault | MarkKind::LaunchFailed => DELETE,
            MarkKind::ScaleOut
            | MarkKind::ScaleIn
            | MarkKind::Schedule
            | MarkKind::Replaced
            | MarkKind::Traffic
            | MarkKind::Lease
            | MarkKind::Finding => Style::new(),
        };
        labelled(f, style, clock, &self.what)?;
        let margin = 4 + clock.len();
        for line in self.means.iter().flat_map(|means| wrapped(margin, &format!("-> {means}"))) {
            writeln!(f, "{DIM}{line}{DIM:#}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

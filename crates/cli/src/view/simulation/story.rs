//! A run as a story: its acts, what happened in each, and what came of it.

use std::fmt;

use clap::builder::styling::Style;
use plimsoll_twin::outcome::Outcome;
use serde::{Serialize, Serializer};

use super::super::style::{DIM, HEAD, paragraph};
use super::{Chart, Moment, clock, compare, controllers, headline, title};

/// A part of a story.
#[derive(Debug, Serialize)]
pub(crate) struct Act {
    /// Seconds from the first moment.
    pub(crate) at: u64,
    pub(crate) title: &'static str,
    /// What to look for.
    pub(crate) text: &'static str,
}

/// A run as a story.
#[derive(Debug, Serialize)]
pub(crate) struct StoryView<'a> {
    /// In order of time, the first one at 0.
    pub(crate) acts: &'a [Act],
    /// In order of time.
    pub(crate) timeline: Vec<Moment>,
    #[serde(serialize_with = "without_curves")]
    pub(crate) outcome: &'a Outcome,
    /// The same story without the controller.
    #[serde(serialize_with = "without_curves")]
    pub(crate) without: &'a Outcome,
    /// The service to draw.
    #[serde(skip)]
    pub(crate) drawn: &'a str,
    /// How wide a chart may be; `None` for no chart.
    #[serde(skip)]
    pub(crate) columns: Option<usize>,
    /// Commands to try next.
    #[serde(skip)]
    pub(crate) next: &'a [String],
}

/// The curves are in the page; here they would bury all else.
fn without_curves<S: Serializer>(outcome: &Outcome, serializer: S) -> Result<S::Ok, S::Error> {
    Outcome { trace: None, ..outcome.clone() }.serialize(serializer)
}

impl fmt::Display for StoryView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        title(f, self.outcome, &format!("seed {}", self.outcome.seed))?;
        self.acts.iter().enumerate().try_for_each(|(index, act)| self.act(f, index, act))?;
        self.chart(f)?;
        writeln!(f, "\n{HEAD}What came of it{HEAD:#}")?;
        headline::verdicts(f, &self.outcome.verdicts)?;
        headline::losses(f, self.outcome)?;
        headline::totals(f, self.outcome)?;
        controllers::controllers(f, self.outcome)?;
        self.beside(f)?;
        writeln!(f, "\n{HEAD}Try next{HEAD:#}")?;
        // Whole lines: they are there to be copied.
        self.next.iter().try_for_each(|command| writeln!(f, "  {command}"))
    }
}

impl StoryView<'_> {
    fn clock(&self, at: u64) -> String {
        clock(self.outcome.start, at, self.outcome.seconds)
    }

    /// Writes an act and what happened until the next one.
    fn act(&self, f: &mut fmt::Formatter<'_>, index: usize, act: &Act) -> fmt::Result {
        let end = self.acts.get(index + 1).map_or(u64::MAX, |next| next.at);
        writeln!(f, "\n{HEAD}{}  {}{HEAD:#}", self.clock(act.at), act.title)?;
        paragraph(f, DIM, 2, act.text)?;
        let mut moments =
            self.timeline.iter().filter(|moment| (act.at..end).contains(&moment.at)).peekable();
        if moments.peek().is_none() {
            return paragraph(f, Style::new(), 2, "Nothing had to change.");
        }
        moments.try_for_each(|moment| moment.write(f, &self.clock(moment.at)))
    }

    /// Writes what the same story is without the controller, act by act.
    fn beside(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{HEAD}Without the controller, and with it{HEAD:#}")?;
        let end = |index: usize| self.acts.get(index + 1).map_or(u64::MAX, |next| next.at);
        let span = |(index, act): (usize, &Act)| (act.title.to_owned(), act.at..end(index));
        let acts: Vec<_> = self.acts.iter().enumerate().map(span).collect();
        compare::acts(f, &acts, [self.without, self.outcome])
    }

    fn chart(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(columns), Some(trace)) = (self.columns, &self.outcome.trace) else {
            return Ok(());
        };
        let (service, seconds) = (self.drawn, self.outcome.seconds);
        let chart = Chart { trace, service, columns, seconds }.to_string();
        if chart.is_empty() { Ok(()) } else { write!(f, "\n{chart}") }
    }
}

#[cfg(test)]
mod tests;

//! What became of a plan: region by region, and each failure with what to do next.

use std::collections::BTreeMap;
use std::fmt;

use clap::builder::styling::Style;
use plimsoll_core::apply::{Failure, RegionReport};
use plimsoll_core::plan::RegionPlan;
use serde::Serialize;

use super::count;
use super::plan::PlanView;
use super::published::Publication;
use super::style::{ADD, DELETE, HEAD, dark, paragraph};
use crate::exit::Exit;

/// What became of a plan.
#[derive(Debug, Serialize)]
pub(crate) struct Report<'a> {
    #[serde(flatten)]
    view: PlanView<'a>,
    done: usize,
    failed: usize,
    skipped: usize,
    /// Whether the operator stopped it.
    stopped: bool,
    /// What does the rest, when something is left.
    #[serde(skip)]
    again: &'a str,
    /// By region that was read.
    regions: BTreeMap<String, RegionReport>,
    /// What became of publishing the spec, when that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<Publication>,
}

impl<'a> Report<'a> {
    /// The report of a plan that was carried out.
    pub(crate) fn new(
        view: PlanView<'a>,
        regions: BTreeMap<String, RegionReport>,
        stopped: bool,
        again: &'a str,
    ) -> Self {
        let sum = |number: fn(&RegionReport) -> usize| regions.values().map(number).sum();
        Self {
            done: sum(|region| region.done),
            failed: sum(|region| region.failed.len()),
            skipped: sum(|region| region.skipped),
            view,
            stopped,
            again,
            regions,
            published: None,
        }
    }

    /// The same with what became of publishing the spec.
    #[cfg(any(feature = "aws", test))]
    pub(crate) fn with_publication(self, published: Publication) -> Self {
        Self { published: Some(published), ..self }
    }

    /// How it ended.
    pub(crate) fn exit(&self) -> Exit {
        let published = self.published.as_ref().is_none_or(Publication::whole);
        if self.whole() && published { Exit::Done } else { Exit::Partial }
    }

    /// Whether every change was made in every region.
    pub(crate) fn whole(&self) -> bool {
        self.failed + self.skipped + self.view.summary.unreachable == 0
    }

    fn ending(&self) -> String {
        let plan = self.view.plan;
        let changes = count(plan.len(), "change");
        let title = format!("{}/{}", plan.platform, plan.environment);
        if self.whole() {
            return format!("Done: {changes} to {title}");
        }
        let regions = self.view.summary.unreachable;
        let dark = format!("{} not read", count(regions, "region"));
        let (failed, skipped) = (self.failed, self.skipped);
        let parts = [
            (failed, format!("{failed} failed")),
            (skipped, format!("{skipped} skipped")),
            (regions, dark),
        ];
        let parts = parts.into_iter().filter(|(number, _)| *number > 0).map(|(_, text)| text);
        let parts: Vec<String> = parts.collect();
        let how = if self.stopped { "Stopped" } else { "Not all is done" };
        format!(
            "{how}: {} of {changes} to {title}, {}\n{}",
            self.done,
            parts.join(", "),
            self.again
        )
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.view.plan.is_empty() {
            self.view.fmt(f)?;
            return self.published.iter().try_for_each(|published| write!(f, "\n{published}"));
        }
        for (name, plan) in &self.view.plan.regions {
            match (plan, self.regions.get(name)) {
                (RegionPlan::Unreachable(why), _) => dark(f, name, why)?,
                (RegionPlan::Planned(_), Some(report)) => write_region(f, name, report)?,
                (RegionPlan::Planned(_), None) => {}
            }
        }
        self.published.iter().try_for_each(|published| published.fmt(f))?;
        write!(f, "\n{HEAD}{}{HEAD:#}", self.ending())
    }
}

fn write_region(f: &mut fmt::Formatter<'_>, name: &str, report: &RegionReport) -> fmt::Result {
    let RegionReport { done, failed, skipped } = report;
    if done + failed.len() + skipped == 0 {
        return writeln!(f, "{name}: nothing to do");
    }
    let style = if failed.is_empty() { ADD } else { DELETE };
    let (done, number) = (count(*done, "change"), failed.len());
    writeln!(f, "{style}{name}: {done} done, {number} failed, {skipped} skipped{style:#}")?;
    for Failure { service, step, error } in failed {
        paragraph(f, DELETE, 2, &format!("{service}: {step}"))?;
        paragraph(f, Style::new(), 4, &error.to_string())?;
        paragraph(f, Style::new(), 4, &format!("next: {}", error.class.advice()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;

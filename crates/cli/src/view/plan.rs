//! A plan: per region and service, what would be done, why, and what that means.

mod created;
mod mark;

use std::collections::BTreeMap;
use std::fmt;

use mark::Mark;
use plimsoll_core::plan::{Change, CostChange, Note, Plan, Planned, RegionPlan, Step};
use plimsoll_core::spec::{Problem, Severity};
use plimsoll_core::units::HourlyPrice;
use serde::Serialize;

use super::count;
use super::style::{CHANGE, DELETE, DIM, HEAD, dark, paragraph, with_remark};

/// A plan, counted.
#[derive(Debug, Serialize)]
pub(crate) struct PlanView<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) summary: Summary,
    /// Doubts about the spec itself; what the world does not allow is in the plan.
    pub(crate) doubts: &'a [Problem],
    /// What to say when there is nothing to do.
    #[serde(skip)]
    idle: &'a str,
}

/// A plan in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Summary {
    /// Steps that make something.
    pub(crate) add: usize,
    /// Steps that change something.
    pub(crate) change: usize,
    /// Steps that delete something.
    pub(crate) delete: usize,
    /// Regions with steps.
    pub(crate) regions: usize,
    /// Regions that could not be read.
    pub(crate) unreachable: usize,
}

impl<'a> PlanView<'a> {
    /// A plan, and what to say when there is nothing to do.
    pub(crate) fn new(plan: &'a Plan, doubts: &'a [Problem], idle: &'a str) -> Self {
        let mut summary = Summary::default();
        for region in plan.regions.values() {
            summary.unreachable += usize::from(matches!(region, RegionPlan::Unreachable(_)));
            summary.regions += usize::from(!region.steps().is_empty());
            let made = created::names(region.steps());
            for step in region.steps() {
                let completes = made.contains(step.action.resource());
                match Mark::of(step) {
                    Mark::Change if completes => summary.add += 1,
                    Mark::Add => summary.add += 1,
                    Mark::Change => summary.change += 1,
                    Mark::Delete => summary.delete += 1,
                }
            }
        }
        Self { plan, summary, doubts, idle }
    }

    fn cost(&self) -> Option<CostChange> {
        let costs = self.plan.regions.values().filter_map(|region| match region {
            RegionPlan::Planned(planned) => planned.cost,
            RegionPlan::Unreachable(_) => None,
        });
        let (before, after): (Vec<HourlyPrice>, Vec<HourlyPrice>) =
            costs.map(|cost| (cost.before, cost.after)).unzip();
        (before.len() > 1).then(|| CostChange {
            before: before.into_iter().sum(),
            after: after.into_iter().sum(),
        })
    }

    /// The last line.
    fn ending(&self) -> String {
        let Summary { add, change, delete, regions, unreachable } = self.summary;
        let is_error = |problem: &&Problem| problem.severity == Severity::Error;
        let errors = self.plan.problems.iter().filter(is_error).count();
        let what = match (self.plan.is_empty(), errors) {
            (true, 0) => self.idle.to_owned(),
            (true, _) => "Nothing to do beside the problems".to_owned(),
            (false, _) => format!(
                "Plan: {add} to add, {change} to change, {delete} to delete in {}",
                count(regions, "region")
            ),
        };
        let stops = format!("; not to be applied: {}", count(errors, "problem"));
        let dark = format!("; {} could not be read", count(unreachable, "region"));
        let some = |number: usize, text: String| if number > 0 { text } else { String::new() };
        what + &some(errors, stops) + &some(unreachable, dark)
    }
}

impl fmt::Display for PlanView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, region) in &self.plan.regions {
            match region {
                RegionPlan::Unreachable(why) => {
                    dark(f, name, why)?;
                    writeln!(f)?;
                }
                RegionPlan::Planned(planned) => write_region(f, name, planned)?,
            }
        }
        if let Some(cost) = self.cost().filter(|_| !self.plan.is_empty()) {
            writeln!(f, "Cost: {}", cost_change(cost))?;
        }
        write!(f, "{HEAD}{}{HEAD:#}", self.ending())
    }
}

fn write_region(f: &mut fmt::Formatter<'_>, name: &str, planned: &Planned) -> fmt::Result {
    let Planned { steps, notes, cost } = planned;
    if steps.is_empty() && notes.is_empty() {
        return Ok(());
    }
    let cost = cost.map_or_else(String::new, |cost| format!("   {}", cost_change(cost)));
    writeln!(f, "{HEAD}{name}{HEAD:#}{cost}")?;
    // Steps of different services do not depend on each other, so they may be shown apart.
    let mut services: BTreeMap<&str, (Vec<&Step>, Vec<&Note>)> = BTreeMap::new();
    for step in steps {
        services.entry(&step.service).or_default().0.push(step);
    }
    for note in notes {
        services.entry(&note.service).or_default().1.push(note);
    }
    for (service, (steps, notes)) in services {
        writeln!(f, "  {HEAD}{service}{HEAD:#}")?;
        if let Some(group) = created::find(&steps) {
            write_step(f, group.step, &group.lines())?;
        }
        for step in steps.iter().filter(|step| !created::covers(&steps, step)) {
            write_step(f, step, &change_lines(step))?;
        }
        for note in notes {
            paragraph(f, DIM, 4, &format!("note: {}", note.text))?;
        }
    }
    writeln!(f)
}

fn write_step(f: &mut fmt::Formatter<'_>, step: &Step, details: &[String]) -> fmt::Result {
    let (sign, style) = Mark::of(step).sign();
    paragraph(f, style, 4, &format!("{sign} {}", step.action))?;
    for line in details {
        writeln!(f, "{line}")?;
    }
    let style = if step.destructive { DELETE } else { CHANGE };
    step.consequences.iter().try_for_each(|text| paragraph(f, style, 8, &format!("! {text}")))
}

fn change_lines(step: &Step) -> Vec<String> {
    let lines = |Change { field, old, new, reason }: &Change| {
        let value = match (old, new) {
            (None, Some(new)) => format!("(none) -> {new}"),
            (Some(old), None) => format!("{old} -> (none)"),
            (Some(old), Some(new)) => format!("{old} -> {new}"),
            (None, None) => String::new(),
        };
        with_remark(8, &format!("{field}: {value}"), &format!("({reason})"))
    };
    step.changes.iter().flat_map(lines).collect()
}

fn cost_change(CostChange { before, after }: CostChange) -> String {
    if before == after { before.to_string() } else { format!("{before} -> {after}") }
}

#[cfg(test)]
mod tests;

//! Whether two plans do the same: the one that was looked at, and the one that would be made now.
//!
//! Plans are compared as JSON, since one of them may come from a file. Notes and costs do not
//! count, and consequences only where something ends: the rest follows the load, and nothing is
//! done about it.

use anyhow::{Result, bail};
use plimsoll_core::plan::Plan;
use serde_json::Value;

/// What a plan does in one place.
#[derive(Debug, PartialEq)]
enum Deed<'a> {
    /// A step of a service, in the order of the plan.
    Step {
        region: &'a str,
        service: &'a str,
        action: Option<&'a Value>,
        /// Field, old and new.
        changes: Vec<[Option<&'a str>; 3]>,
        /// Of a step that ends instances or deletes something: whoever agreed to three must not
        /// get five. `None` for other steps.
        ends: Option<Vec<&'a str>>,
    },
    /// A region that could not be read. How it failed does not count.
    Dark { region: &'a str, call: &'a str },
}

/// Refuses when the plan that was shown would be another one now.
pub(crate) fn check_shown(shown: &Plan, now: &Plan) -> Result<()> {
    match moved(&serde_json::to_value(shown)?, &serde_json::to_value(now)?) {
        None => Ok(()),
        Some(moved) => bail!(
            "the world has moved since the plan was shown (- was shown, + would be now):\n\
             {moved}\nNothing was done; run the command again."
        ),
    }
}

/// What differs, line by line with a sign; `None` when both plans do the same.
pub(crate) fn moved(then: &Value, now: &Value) -> Option<String> {
    let (then, now) = (deeds(then), deeds(now));
    if same(&then, &now) {
        return None;
    }
    let lacks = |deeds: &[Deed], deed: &Deed| !deeds.iter().any(|other| other.is(deed));
    let gone = then.iter().filter(|deed| lacks(&now, deed)).map(|deed| ("-", deed));
    let come = now.iter().filter(|deed| lacks(&then, deed)).map(|deed| ("+", deed));
    let mut moved: Vec<String> =
        gone.chain(come).map(|(sign, deed)| format!("  {sign} {}", deed.line())).collect();
    if moved.is_empty() {
        moved.push("  the order of the steps".to_owned());
    }
    Some(moved.join("\n"))
}

fn same(then: &[Deed], now: &[Deed]) -> bool {
    then.len() == now.len() && then.iter().zip(now).all(|(then, now)| then.is(now))
}

/// The deeds of a plan by region and service; those of one service in their order.
fn deeds(plan: &Value) -> Vec<Deed<'_>> {
    let regions = plan.get("regions").and_then(Value::as_object).into_iter().flatten();
    let mut deeds: Vec<Deed> = regions
        .flat_map(|(region, plan)| {
            let steps = plan.pointer("/planned/steps").and_then(Value::as_array);
            let steps = steps.into_iter().flatten().map(move |step| Deed::step(region, step));
            let dark = plan.get("unreachable");
            steps.chain(dark.map(|why| Deed::Dark { region, call: text(why, "call") }))
        })
        .collect();
    // Steps of different services do not depend on each other. The sort keeps equals in order.
    deeds.sort_by(|one, other| one.place().cmp(&other.place()));
    deeds
}

impl<'a> Deed<'a> {
    fn step(region: &'a str, step: &'a Value) -> Self {
        let list = |key| step.get(key).and_then(Value::as_array).into_iter().flatten();
        let destructive = step.get("destructive").and_then(Value::as_bool).unwrap_or(true);
        let change = |change: &'a Value| {
            ["field", "old", "new"].map(|key| change.get(key).and_then(Value::as_str))
        };
        Self::Step {
            region,
            service: text(step, "service"),
            action: step.get("action"),
            changes: list("changes").map(change).collect(),
            ends: destructive.then(|| list("consequences").filter_map(Value::as_str).collect()),
        }
    }

    fn place(&self) -> (&'a str, &'a str) {
        match self {
            Self::Step { region, service, .. } => (region, service),
            Self::Dark { region, .. } => (region, ""),
        }
    }

    /// Whether both do the same.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Dark { region, .. }, Self::Dark { region: other, .. }) => region == other,
            (one, other) => one == other,
        }
    }

    /// In one line.
    fn line(&self) -> String {
        let (region, action, changes, ends) = match self {
            Self::Dark { region, call } => return format!("{region}: could not be read: {call}"),
            Self::Step { region, action, changes, ends, .. } => (region, action, changes, ends),
        };
        let (kind, action) = action
            .and_then(Value::as_object)
            .and_then(|action| action.iter().next())
            .map_or(("do", &Value::Null), |(kind, action)| (kind.as_str(), action));
        let resource = [text(action, "group"), text(action, "name")].join(" ");
        let head = format!("{region}: {} {}", kind.replace('_', " "), resource.trim());
        let changes = changes.iter().map(|change| {
            let [field, old, new] = change.map(|text| text.unwrap_or("(none)"));
            format!("{field} {old} -> {new}")
        });
        let ends = ends.iter().flatten().copied().map(str::to_owned);
        let details: Vec<String> = changes.chain(ends).collect();
        if details.is_empty() { head } else { format!("{head}: {}", details.join("; ")) }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

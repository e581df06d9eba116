//! Step scaling.

use super::At;
use crate::spec::lower::Lower;
use crate::spec::problem::code;
use crate::spec::scaling::StepDoc;
use crate::units::MetricValue;
use crate::world::{Adjustment, Policy, Statistic, StepAdjustment, StepScaling};

/// Most steps of a policy. Source: EC2 Auto Scaling quotas.
const MOST_STEPS: usize = 20;

impl Lower<'_> {
    pub(super) fn step(&mut self, doc: &StepDoc, at: At<'_>) -> Policy {
        let mut steps: Vec<StepAdjustment> = doc
            .steps
            .iter()
            .map(|step| StepAdjustment { lower: step.from, upper: step.to, change: step.change })
            .collect();
        steps.sort_by_key(|step| step.lower);
        if let Some(message) = bad_steps(&steps) {
            let help = "each step begins where the one before ends, and one reaches the threshold";
            let path: Vec<&str> = at.iter().copied().chain(["steps"]).collect();
            self.error(code::BAD_STEPS, &path, message, help);
        }
        if doc.min_magnitude.is_some() && doc.adjustment != Adjustment::PercentChangeInCapacity {
            let path: Vec<&str> = at.iter().copied().chain(["min_magnitude"]).collect();
            let message = "`min_magnitude` goes with percent_change_in_capacity only";
            self.error(code::BAD_STEPS, &path, message, "remove it");
        }
        if matches!(doc.aggregation, Statistic::Sum | Statistic::SampleCount) {
            let path: Vec<&str> = at.iter().copied().chain(["aggregation"]).collect();
            let message = format!("a step policy cannot aggregate by {}", doc.aggregation.as_aws());
            self.error(code::OUT_OF_RANGE, &path, message, "write average, minimum or maximum");
        }
        Policy::Step(StepScaling {
            adjustment: doc.adjustment,
            min_magnitude: doc.min_magnitude,
            aggregation: doc.aggregation,
            warmup: doc.warmup,
            steps,
            enabled: doc.enabled,
        })
    }
}

/// What is wrong with steps that are ordered by their lower bound.
/// Source: EC2 Auto Scaling API, `StepAdjustment`.
fn bad_steps(steps: &[StepAdjustment]) -> Option<String> {
    if steps.is_empty() || steps.len() > MOST_STEPS {
        return Some(format!("a policy has 1 to {MOST_STEPS} steps, not {}", steps.len()));
    }
    let zero = MetricValue::default();
    for step in steps {
        if let (Some(lower), Some(upper)) = (step.lower, step.upper)
            && lower >= upper
        {
            return Some(format!("a step from {lower} to {upper} holds nothing"));
        }
        if step.lower.is_none() && step.upper.is_none() && steps.len() > 1 {
            return Some("a step without bounds leaves no room for another".to_owned());
        }
    }
    for pair in steps.windows(2) {
        let [before, after] = pair else { continue };
        if before.upper != after.lower || before.upper.is_none() {
            let end = before.upper.map_or_else(|| "infinity".to_owned(), |end| end.to_string());
            let start =
                after.lower.map_or_else(|| "minus infinity".to_owned(), |start| start.to_string());
            return Some(format!("one step ends at {end} and the next begins at {start}"));
        }
    }
    let negative = steps.iter().any(|step| step.lower.is_some_and(|lower| lower < zero));
    if negative && steps.iter().all(|step| step.lower.is_some()) {
        return Some("a step below the threshold needs one without a lower bound".to_owned());
    }
    let positive = steps.iter().any(|step| step.upper.is_some_and(|upper| upper > zero));
    if positive && steps.iter().all(|step| step.upper.is_some()) {
        return Some("a step above the threshold needs one without an upper bound".to_owned());
    }
    None
}

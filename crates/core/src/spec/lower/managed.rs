//! Managed scaling: who decides the size, by which metrics, and at which pace.

use super::Lower;
use crate::scaling::Behavior;
use crate::spec::document::Kind;
use crate::spec::model::{Managed, Mode};
use crate::spec::names::{ALARM, Names};
use crate::spec::problem::{Place, Problem, code};
use crate::spec::scaling::{
    MetricDoc, ModeDoc, PolicyDoc, RatePolicyDoc, RulesDoc, ScalingDoc, TargetTrackingDoc,
};
use crate::spec::tree::Value;
use crate::units::{MetricValue, Seconds};
use crate::world::Wake;

/// The periods of metrics that target tracking accepts, so that a metric serves in either mode.
const INTERVALS: [u32; 3] = [10, 30, 60];

/// Longest stabilisation window and longest period of a rate policy.
/// Source: `autoscaling/v2`, `HPAScalingRules` and `HPAScalingPolicy`.
const LONGEST_WINDOW: Seconds = Seconds(3_600);
const LONGEST_PERIOD: Seconds = Seconds(1_800);

impl Lower<'_> {
    /// Who decides the size. The pace is judged in either mode, so that a service which changes
    /// its mode meets no new mistakes.
    pub(super) fn mode(&mut self, doc: &ScalingDoc, kind: Kind) -> Mode {
        let interval = self.interval(doc.interval);
        let behavior = self.behavior(doc);
        if doc.mode != Some(ModeDoc::Managed) {
            let unread = doc.mode.is_none() && self.node.at(&["scaling", "mode"]).is_some();
            if kind == Kind::Stateless && !unread {
                self.unused(doc);
            }
            return Mode::TargetTracking;
        }
        if kind == Kind::Stateful {
            let message = format!("`{}` is stateful and does not scale", self.names.service);
            let help = "remove `mode: managed`; where it is inherited, write `mode: \
                        target_tracking`";
            self.error(code::STATEFUL_SCALING, &["scaling", "mode"], message, help);
        } else {
            self.managed_metrics(doc);
        }
        Mode::Managed(Managed { behavior, interval })
    }

    fn interval(&mut self, interval: Option<Seconds>) -> Seconds {
        let interval = interval.unwrap_or(Seconds(60));
        if !INTERVALS.contains(&interval.0) {
            let message = format!("managed scaling does not decide every {interval}");
            let path = ["scaling", "interval"];
            self.error(code::OUT_OF_RANGE, &path, message, "write 10s, 30s or 60s");
        }
        interval
    }

    /// What is written for managed scaling on a service that is not managed.
    fn unused(&mut self, doc: &ScalingDoc) {
        let written = [("behavior", doc.behavior.is_some()), ("interval", doc.interval.is_some())];
        for (key, _) in written.into_iter().filter(|(_, written)| *written) {
            let message = format!(
                "`{key}` of `{}` does nothing: only managed scaling has one",
                self.names.service
            );
            let help = "write `mode: managed` beside it, or remove it";
            self.warning(code::UNUSED_BEHAVIOR, &["scaling", key], message, help);
        }
    }

    fn behavior(&mut self, doc: &ScalingDoc) -> Behavior {
        let Some(behavior) = &doc.behavior else { return Behavior::kubernetes() };
        self.rules("scaleUp", &behavior.scale_up);
        self.rules("scaleDown", &behavior.scale_down);
        behavior.filled_in()
    }

    fn rules(&mut self, direction: &str, doc: &RulesDoc) {
        let at = |key| ["scaling", "behavior", direction, key];
        if let Some(window) = doc.stabilization_window_seconds.filter(|it| *it > LONGEST_WINDOW) {
            let message = format!("a stabilisation window cannot be {window}");
            let help = format!("Kubernetes accepts 0s to {LONGEST_WINDOW}");
            self.error(code::BAD_BEHAVIOR, &at("stabilizationWindowSeconds"), message, help);
        }
        let share = MetricValue::default()..MetricValue::whole(1);
        if let Some(tolerance) = doc.tolerance.filter(|it| !share.contains(it)) {
            let message = format!("a tolerance cannot be {tolerance}");
            let help = "it is a share of the target, 0 or more and below 1: 0.1 is 10 %";
            self.error(code::BAD_BEHAVIOR, &at("tolerance"), message, help);
        }
        let Some(policies) = &doc.policies else { return };
        // Policies that were written wrong were reported when they were read.
        if self.is_empty(&at("policies")) {
            let message = format!("`{direction}` has no rate policy");
            let help = "remove `policies` for the defaults of Kubernetes, or write `selectPolicy: \
                        Disabled`";
            self.error(code::BAD_BEHAVIOR, &at("policies"), message, help);
        }
        for (index, rate) in policies.iter().enumerate() {
            self.rate(&at("policies"), index, *rate);
        }
    }

    fn rate(&mut self, path: &[&str], index: usize, rate: RatePolicyDoc) {
        let period = rate.period_seconds;
        if rate.value == 0 {
            let message = "a rate policy cannot have the value 0".to_owned();
            let help = "write 1 or more; `selectPolicy: Disabled` ends all moves in this direction";
            self.bad_rate(path, index, "value", message, help.to_owned());
        }
        if period.0 == 0 || period > LONGEST_PERIOD {
            let message = format!("a rate policy cannot have a period of {period}");
            let help = format!("Kubernetes accepts 1s to {LONGEST_PERIOD}");
            self.bad_rate(path, index, "periodSeconds", message, help);
        }
    }

    fn bad_rate(&mut self, path: &[&str], index: usize, key: &str, message: String, help: String) {
        let place = self.key_of_item(path, index, key).or_else(|| self.place(path));
        self.problems.push(Problem::error(code::BAD_BEHAVIOR, place, message).help(help));
    }

    /// Whether a list or a mapping holds nothing, or is not there.
    fn is_empty(&self, path: &[&str]) -> bool {
        self.node.at(path).is_none_or(|node| {
            if let Value::List(items) = &node.value {
                items.is_empty()
            } else {
                node.entries().is_empty()
            }
        })
    }

    /// The place of a key in an item of a list.
    fn key_of_item(&self, path: &[&str], index: usize, key: &str) -> Option<Place> {
        let Value::List(items) = &self.node.at(path)?.value else { return None };
        items.get(index)?.get(key).map(|node| node.place)
    }

    /// The metrics of a managed service are its target tracking policies, without what belongs to
    /// AWS's way of tracking them.
    fn managed_metrics(&mut self, doc: &ScalingDoc) {
        if self.is_empty(&["scaling", "policies"]) {
            let message = format!("`{}` is managed and has no metric", self.names.service);
            let help =
                "add `cpu: { target_tracking: { metric: cpu, target: 75 } }` to its policies";
            self.error(code::MISSING, &["scaling", "policies"], message, help);
        }
        for (name, policy) in &doc.policies {
            self.wake_alarm(name);
            let kind = match policy {
                PolicyDoc::TargetTracking(doc) => {
                    self.managed_metric(name, doc);
                    continue;
                }
                PolicyDoc::Step(_) => "step",
                PolicyDoc::Predictive(_) => "predictive",
            };
            let message =
                format!("`{name}` is a {kind} policy, which managed scaling does not follow");
            let help = "track its metric with `target_tracking`, or write `mode: target_tracking`";
            self.error(code::NOT_MANAGED, &["scaling", "policies", name], message, help);
        }
    }

    /// The alarm on a metric has its name in it.
    fn wake_alarm(&mut self, policy: &str) {
        let Names { platform, environment, service, .. } = self.names;
        let name = Wake { platform, environment, service, policy }.name();
        self.name(ALARM, &["scaling", "policies", policy], &name);
    }

    fn managed_metric(&mut self, name: &str, doc: &TargetTrackingDoc) {
        let at = |key| ["scaling", "policies", name, "target_tracking", key];
        if !doc.scale_in {
            let message = format!("managed scaling cannot leave `{name}` out when it scales in");
            let help = "remove `scale_in`; `behavior: { scaleDown: { selectPolicy: Disabled } }` \
                        ends all scale-in";
            self.error(code::NOT_MANAGED, &at("scale_in"), message, help);
        }
        if doc.warmup.is_some() {
            let message = format!("`{name}` cannot have a warmup of its own in managed scaling");
            let help = "remove it; the service's own `warmup` holds for all its metrics";
            self.error(code::NOT_MANAGED, &at("warmup"), message, help);
        }
        if has_period(&doc.metric) {
            let message = format!("`{name}` cannot have a period of its own in managed scaling");
            let help = "remove it; `scaling.interval` is the period of all metrics";
            self.error(code::NOT_MANAGED, &at("metric"), message, help);
        }
    }
}

fn has_period(metric: &MetricDoc) -> bool {
    match metric {
        MetricDoc::Custom(stat) => stat.period.is_some(),
        MetricDoc::Math(queries) => queries
            .values()
            .filter_map(|query| query.metric.as_ref())
            .any(|stat| stat.period.is_some()),
        MetricDoc::Cpu
        | MetricDoc::Memory
        | MetricDoc::NetworkIn
        | MetricDoc::NetworkOut
        | MetricDoc::AlbRequestsPerTarget => false,
    }
}

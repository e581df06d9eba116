//! The metrics of a service, looked up in the world: policies that track them, and alarms that watch
//! them.

use std::collections::BTreeMap;

use super::wanted::Context;
use crate::spec::{Kind, Managed, Mode, Problem, Service, Spec, code, fill};
use crate::world::{Alarm, Policy, TargetGroup, Wake};

/// What makes a group grow and shrink.
#[derive(Default)]
pub(super) struct Scaling {
    pub(super) policies: BTreeMap<String, Policy>,
    /// By name.
    pub(super) alarms: BTreeMap<String, Alarm>,
}

impl Context<'_> {
    /// The policies that Auto Scaling keeps, and the alarms that wake the controller.
    pub(super) fn scaling(
        &self,
        name: &str,
        service: &Service,
        group: &str,
        target_group: Option<&TargetGroup>,
        problems: &mut Vec<Problem>,
    ) -> Option<Scaling> {
        if service.kind == Kind::Stateful {
            return Some(Scaling::default());
        }
        let label = target_group.and_then(TargetGroup::resource_label);
        let mut resolved = BTreeMap::new();
        let mut unresolved = false;
        for (name, policy) in &service.policies {
            let mut policy = policy.clone();
            let needed = resolve(&mut policy, group, label.as_deref());
            if needed && label.is_none() {
                unresolved = true;
                let target = service.target_group.as_deref().unwrap_or_default();
                let message = format!(
                    "no application load balancer in {} forwards to `{target}`, so policy \
                     `{name}` has nothing to count",
                    self.region_name
                );
                problems.push(
                    Problem::error(code::NO_LOAD_BALANCER, service.places.target_group, message)
                        .help("add a listener or a rule that forwards to it"),
                );
            }
            resolved.insert(name.clone(), policy);
        }
        // The metrics of a managed service are looked up as well: its alarms watch them.
        let scaling = match &service.mode {
            Mode::TargetTracking => Scaling { policies: resolved, alarms: BTreeMap::new() },
            Mode::Managed(mode) => Scaling {
                policies: service.native_policies(),
                alarms: self.alarms(name, group, mode, &resolved),
            },
        };
        (!unresolved).then_some(scaling)
    }

    /// An alarm for each metric by which a managed service is decided. There is none for low load:
    /// what shrinks a group is patience, and the controller looks each minute anyway.
    fn alarms(
        &self,
        service: &str,
        group: &str,
        mode: &Managed,
        metrics: &BTreeMap<String, Policy>,
    ) -> BTreeMap<String, Alarm> {
        let alarm = |(policy, metric): (&String, &Policy)| {
            let Policy::TargetTracking(metric) = metric else { return None };
            let Spec { platform, environment, .. } = self.spec;
            let wake = Wake { platform, environment, service, policy };
            // The spec has no other predefined metrics than those that are known, and a label that
            // is missing was reported.
            let alarm = wake.alarm(group, &metric.metric, metric.target, mode.interval).ok()?;
            metric.enabled.then(|| (wake.name(), alarm))
        };
        metrics.iter().filter_map(alarm).collect()
    }
}

/// Fills in the group's name and the resource label; says whether a label is needed.
fn resolve(policy: &mut Policy, group: &str, label: Option<&str>) -> bool {
    match policy {
        Policy::TargetTracking(policy) => fill::metric(&mut policy.metric, group, label),
        Policy::Predictive(policy) if policy.metric.name == "ALBRequestCount" => {
            policy.metric.resource_label = label.map(str::to_owned);
            true
        }
        Policy::Predictive(_) | Policy::Step(_) | Policy::Foreign(_) => false,
    }
}

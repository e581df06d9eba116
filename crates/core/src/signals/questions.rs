//! Which series are read this tick.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{ask, sizes};
use crate::bounds::{Declared, Effective};
use crate::cloud::{Query, Window};
use crate::lease::{Cause, Lease, leases_of};
use crate::reflex::Shortage;
use crate::scaling::managed::Memory;
use crate::spec::{Controller, Kind, Mode, Service, Spec, fill};
use crate::units::Seconds;
use crate::world::{Group, Metric, Policy, TargetGroup};

/// How far back every tick looks: an hour of moves, and what the metrics lag behind.
const HOUR: u32 = 65 * 60;

/// What is added to the memory of managed scaling: the lag of metrics, and a few periods.
const LAG: u32 = 10 * 60;

/// How often EC2 tells of instances without detailed monitoring. Source: EC2 user guide, "Manage
/// detailed monitoring for your EC2 instances".
const BASIC_MONITORING: Seconds = Seconds(300);

/// What is asked this tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questions {
    /// The series, to be measured in one go.
    pub queries: Vec<Query>,
    /// What each of them is for, in the same order.
    pub asked: Vec<Asked>,
    /// Over this window. A longer one costs no more.
    pub window: Window,
    /// The application load balancer of each service that has one, as a dimension names it.
    pub(super) balancers: BTreeMap<String, String>,
}

/// What one series is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// A service, or a load balancer by the dimension of its metrics.
    pub about: String,
    /// What it tells.
    pub purpose: Purpose,
    /// How often a value of it comes.
    pub pace: Seconds,
}

/// What a series tells.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// `GroupDesiredCapacity`: moves.
    Desired,
    /// `GroupInServiceInstances`: how many are warmed up.
    InService,
    /// `GroupTotalInstances`: since when the group is short.
    Total,
    /// `RequestCount` of a target group: demand.
    Requests,
    /// `HTTPCode_Target_5XX_Count` of a target group.
    TargetErrors,
    /// `HTTPCode_ELB_5XX_Count` of a load balancer: CloudWatch has it by no target group.
    BalancerErrors,
    /// `RequestCount` of a load balancer that several target groups share.
    BalancerRequests,
    /// `HealthyHostCount`.
    Healthy,
    /// `UnHealthyHostCount`.
    Unhealthy,
    /// The metric of a target tracking policy, by the policy's name.
    Policy(String),
    /// The metric of a guard.
    Guard,
}

/// Which series to read: as few as serve.
///
/// `groups` and `target_groups` are those of the region. A no-change tick over a platform whose
/// metrics have periods of a minute is one call of `GetMetricData`; a metric of another period and
/// each metric math that is read take another.
#[must_use]
pub fn questions(
    spec: &Spec,
    region: &str,
    groups: &[Group],
    target_groups: &[TargetGroup],
    now: Timestamp,
) -> Questions {
    let mut asking = Asking::default();
    if let Some(declared) = spec.regions.get(region) {
        for (name, service) in &declared.services {
            let group = groups.iter().find(|group| group.serves(name));
            let wanted = service.target_group.as_deref();
            let target_group = wanted.and_then(|wanted| {
                target_groups.iter().find(|it| it.name == wanted || it.arn == wanted)
            });
            if let (Kind::Stateless, Some(group)) = (service.kind, group) {
                let leases = leases_of(service, Some(group));
                let effective = Declared::of(declared, service).with(&leases, now);
                let closely = is_watched(&spec.controller, service, group, &effective, now);
                asking.group(name, group, closely);
                asking.targets(name, group, target_group, target_groups);
                if closely {
                    asking.policies(name, service, group, target_group);
                }
            }
            asking.guard(spec, (name, service), group, target_group);
        }
    }
    let span = asking.span.max(HOUR);
    let start = now.checked_sub(SignedDuration::from_secs(span.into())).unwrap_or(now);
    Questions {
        queries: asking.queries,
        asked: asking.asked,
        window: Window { start, end: now },
        balancers: asking.balancers,
    }
}

/// Whether somebody has to know what the policies read: who sizes the service; who helps it when it
/// may not grow, or was short a moment ago; and who keeps room in it for the load of others, since
/// its size does not tell then what its own load asks for.
#[must_use]
pub fn is_watched(
    controller: &Controller,
    service: &Service,
    group: &Group,
    effective: &Effective,
    now: Timestamp,
) -> bool {
    matches!(service.mode, Mode::Managed(_))
        || controller.standing
        || group.desired >= group.bounds.max.min(effective.bounds.max)
        || effective.leases.iter().any(|lease| keeps_room(lease) && lease.in_force(now))
        || Shortage::now(group, now).is_some()
}

fn keeps_room(lease: &Lease) -> bool {
    matches!(lease.cause, Cause::Standing | Cause::Overflow | Cause::Failover)
}

#[derive(Default)]
struct Asking {
    queries: Vec<Query>,
    asked: Vec<Asked>,
    balancers: BTreeMap<String, String>,
    /// Load balancers that were asked about.
    known: BTreeSet<String>,
    span: u32,
}

impl Asking {
    fn ask(&mut self, about: &str, purpose: Purpose, group: &str, metric: Metric, pace: Seconds) {
        self.asked.push(Asked { about: about.to_owned(), purpose, pace });
        self.queries.push(Query { group: group.to_owned(), metric });
    }

    fn minutely(&mut self, about: &str, purpose: Purpose, group: &Group, metric: Metric) {
        self.ask(about, purpose, &group.name, metric, Seconds(60));
    }

    /// Metrics of the group, as far as it collects them.
    fn group(&mut self, name: &str, group: &Group, closely: bool) {
        let short = sizes::Sizes::of(group).alive < group.desired;
        let all = [
            (Purpose::Desired, "GroupDesiredCapacity", true),
            (Purpose::InService, "GroupInServiceInstances", closely),
            (Purpose::Total, "GroupTotalInstances", short),
        ];
        for (purpose, metric, serves) in all {
            if serves && group.metrics.contains(metric) {
                self.minutely(name, purpose, group, ask::of_group(metric, &group.name));
            }
        }
    }

    /// Metrics of the target group, and once those of its load balancer.
    fn targets(
        &mut self,
        name: &str,
        group: &Group,
        target_group: Option<&TargetGroup>,
        all: &[TargetGroup],
    ) {
        let Some((balancer, targets)) = target_group.and_then(TargetGroup::dimensions) else {
            return;
        };
        let of_targets = [
            (Purpose::Requests, ask::sum("RequestCount", balancer, Some(targets))),
            (Purpose::TargetErrors, ask::sum("HTTPCode_Target_5XX_Count", balancer, Some(targets))),
            (Purpose::Healthy, ask::mean("HealthyHostCount", balancer, targets)),
            (Purpose::Unhealthy, ask::mean("UnHealthyHostCount", balancer, targets)),
        ];
        for (purpose, metric) in of_targets {
            self.minutely(name, purpose, group, metric);
        }
        self.balancers.insert(name.to_owned(), balancer.to_owned());
        if !self.known.insert(balancer.to_owned()) {
            return;
        }
        let errors = ask::sum("HTTPCode_ELB_5XX_Count", balancer, None);
        self.minutely(balancer, Purpose::BalancerErrors, group, errors);
        let behind = all.iter().filter(|it| it.dimensions().is_some_and(|(it, _)| it == balancer));
        if behind.count() > 1 {
            let requests = ask::sum("RequestCount", balancer, None);
            self.minutely(balancer, Purpose::BalancerRequests, group, requests);
        }
    }

    /// Metrics of the enabled target tracking policies.
    fn policies(
        &mut self,
        name: &str,
        service: &Service,
        group: &Group,
        target_group: Option<&TargetGroup>,
    ) {
        let label = target_group.and_then(TargetGroup::resource_label);
        for (policy_name, policy) in &service.policies {
            let Policy::TargetTracking(policy) = policy else { continue };
            if !policy.enabled {
                continue;
            }
            let mut metric = policy.metric.clone();
            fill::metric(&mut metric, &group.name, label.as_deref());
            let mut pace = metric.period();
            if let Mode::Managed(mode) = &service.mode {
                ask::every(&mut metric, mode.interval);
                pace = metric.period();
                let memory = Memory::of(Some(&mode.behavior));
                let longest = memory.recommendations.max(memory.events).0;
                let warmup = sizes::warmup(policy, group).0;
                self.span = self.span.max(longest + warmup + LAG);
            }
            if ask::is_of_ec2(&metric) && !service.instances.detailed_monitoring {
                pace = pace.max(BASIC_MONITORING);
            }
            self.ask(name, Purpose::Policy(policy_name.clone()), &group.name, metric, pace);
        }
    }

    /// The metric of a guard. A service without a group may have one: it is about what others use.
    fn guard(
        &mut self,
        spec: &Spec,
        (name, service): (&str, &Service),
        group: Option<&Group>,
        target_group: Option<&TargetGroup>,
    ) {
        let Some(guard) = &service.guard else { return };
        let first = || spec.group_name(name, crate::spec::Slot::A);
        let group = group.map_or_else(first, |group| group.name.clone());
        let label = target_group.and_then(TargetGroup::resource_label);
        let mut metric = guard.metric.clone();
        fill::metric(&mut metric, &group, label.as_deref());
        let pace = metric.period();
        self.ask(name, Purpose::Guard, &group, metric, pace);
    }
}

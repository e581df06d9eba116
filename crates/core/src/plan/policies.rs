//! Scaling policies, in an order that AWS accepts and in which a group that has policies, and keeps
//! or gets some, is not without them for a moment longer than it must be.

use std::collections::BTreeMap;

use super::describe;
use super::steps::{Steps, change};
use crate::action::Action;
use crate::spec::{BACKSTOP, MOST_POLICIES, Mode, Service};
use crate::world::{Group, Metric, Policy, TargetTracking};

/// Puts come before deletes, so that what scales out is replaced before it goes. A policy goes
/// earlier only where AWS asks for it: right before the put that it is in the way of.
pub(super) fn all(
    living: Option<&Group>,
    service: &Service,
    wanted: &BTreeMap<String, Policy>,
    group: &str,
    steps: &mut Steps<'_>,
) {
    let held = living.map(|group| group.policies.iter().collect()).unwrap_or_default();
    let mut policies = Policies { service, wanted, group, held, steps };
    let due = wanted.iter().filter(|(name, policy)| policies.held.get(name) != Some(policy));
    let (blocked, free): (Vec<_>, Vec<_>) =
        due.partition(|(name, policy)| policies.in_the_way(name, policy).is_some());
    for (name, policy) in free.into_iter().chain(blocked) {
        while let Some(other) = policies.in_the_way(name, policy).or_else(|| policies.surplus(name))
        {
            policies.delete(other);
        }
        policies.put(name, policy);
    }
    while let Some(name) = policies.unwanted() {
        policies.delete(name);
    }
}

/// The policies of a group while steps are found for it.
struct Policies<'a, 's, 'n> {
    service: &'a Service,
    wanted: &'a BTreeMap<String, Policy>,
    group: &'a str,
    /// What the group has after the steps so far.
    held: BTreeMap<&'a String, &'a Policy>,
    steps: &'s mut Steps<'n>,
}

impl<'a> Policies<'a, '_, '_> {
    /// A policy that goes or changes, and until then tracks the metric that another shall track.
    /// Each target tracking policy of a group must track another metric.
    fn in_the_way(&self, name: &str, policy: &Policy) -> Option<&'a String> {
        let metric = metric_of(policy)?;
        let stays = |other: &str, held| self.wanted.get(other) == Some(held);
        self.held
            .iter()
            .find(|(other, held)| {
                other.as_str() != name && metric_of(held) == Some(metric) && !stays(other, held)
            })
            .map(|(other, _)| *other)
    }

    /// A policy that makes room for another in a group that is full.
    fn surplus(&self, name: &String) -> Option<&'a String> {
        let full = self.held.len() >= MOST_POLICIES && !self.held.contains_key(name);
        self.unwanted().filter(|_| full)
    }

    fn unwanted(&self) -> Option<&'a String> {
        self.held.keys().copied().find(|name| !self.wanted.contains_key(*name))
    }

    fn put(&mut self, name: &'a String, policy: &'a Policy) {
        let old = self.held.insert(name, policy).map(describe::policy);
        let mut consequences = Vec::new();
        let mut changed = change(&field(name), old, Some(describe::policy(policy)));
        if name == BACKSTOP {
            "the service is managed".clone_into(&mut changed.reason);
            consequences.push(
                "scales out by itself if the controller stops; only the controller scales in"
                    .to_owned(),
            );
        }
        let (group, name, policy) = (self.group.to_owned(), name.clone(), Box::new(policy.clone()));
        self.steps.push(Action::PutPolicy { group, name, policy }, vec![changed], consequences);
    }

    fn delete(&mut self, name: &'a String) {
        let old = self.held.remove(name).map(describe::policy);
        let mut consequences = vec!["AWS deletes its alarms too".to_owned()];
        let mut changed = change(&field(name), old, None);
        let managed = matches!(self.service.mode, Mode::Managed(_));
        if managed && self.service.policies.contains_key(name) {
            "the service is managed".clone_into(&mut changed.reason);
            consequences.push("the controller holds its target from now on".to_owned());
        } else if !managed && name == BACKSTOP {
            "the service is not managed".clone_into(&mut changed.reason);
        }
        let action = Action::DeletePolicy { group: self.group.to_owned(), name: name.clone() };
        self.steps.push(action, vec![changed], consequences);
    }
}

fn field(name: &str) -> String {
    format!("scaling.policies.{name}")
}

fn metric_of(policy: &Policy) -> Option<&Metric> {
    match policy {
        Policy::TargetTracking(TargetTracking { metric, .. }) => Some(metric),
        Policy::Step(_) | Policy::Predictive(_) | Policy::Foreign(_) => None,
    }
}

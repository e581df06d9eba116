//! Asking every reflex, and making actions of what they want.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    Effect, Finding, Hold, Input, Reflex, Shortage, Verdict, bounds, guards, moves, shortage,
};
use crate::action::Action;
use crate::lease::{Lease, Settled};
use crate::spec::{Kind, Service};
use crate::traffic::Share;
use crate::units::Instances;
use crate::world::Group;

/// What was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Decision<'a> {
    /// What each reflex said, in their order.
    pub verdicts: Vec<Verdict<'a>>,
    /// What is done, in this order. Steps of different services do not depend on each other.
    pub steps: Vec<Step<'a>>,
    /// The share of its traffic that each judged region keeps.
    pub shares: BTreeMap<&'a str, Share>,
}

/// One action for one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step<'a> {
    /// The service.
    pub service: &'a str,
    /// What is done.
    pub action: Action,
}

impl Decision<'_> {
    /// What a person should know.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.effects().filter_map(|(_, effect)| match effect {
            Effect::Find(finding) => Some(finding),
            Effect::Grant(_)
            | Effect::Follow { .. }
            | Effect::Drop(_)
            | Effect::Scale { .. }
            | Effect::Remember(_)
            | Effect::Judge { .. } => None,
        })
    }

    /// Why nothing was done, reflex by reflex.
    pub fn holds(&self) -> impl Iterator<Item = (Reflex, &str, &Hold)> {
        self.verdicts.iter().filter_map(|verdict| {
            let hold = verdict.outcome.as_ref().err()?;
            Some((verdict.reflex, verdict.about, hold))
        })
    }

    fn effects(&self) -> impl Iterator<Item = (&str, &Effect)> {
        self.verdicts.iter().flat_map(|verdict| {
            let effects = verdict.outcome.as_deref().unwrap_or_default();
            effects.iter().map(|effect| (verdict.about, effect))
        })
    }
}

/// Decides. The same input gives the same decision (law 5).
#[must_use]
pub fn decide<'a>(input: &Input<'a>) -> Decision<'a> {
    let mut verdicts = Vec::new();
    for (_, reflex) in super::REFLEXES {
        reflex(input, &mut verdicts);
    }
    guards::all(input, &mut verdicts);
    let shares = shares(&verdicts);
    let mut wishes = wishes(&verdicts);
    let mut steps = Vec::new();
    for (name, service, group) in input.stateless() {
        let wish = wishes.remove(name).unwrap_or_default();
        let settled = bounds::settle(input, (name, service), group, &wish.granted, &wish.dropped);
        verdicts.extend(bounds::verdict(input, name, group, &settled));
        let actions = lower(input, group, &wish, settled);
        steps.extend(actions.into_iter().map(|action| Step { service: name, action }));
    }
    Decision { verdicts, steps, shares }
}

/// The share that every judged region keeps: of several judgements the smallest.
fn shares<'a>(verdicts: &[Verdict<'a>]) -> BTreeMap<&'a str, Share> {
    let mut shares = BTreeMap::new();
    for verdict in verdicts {
        for effect in verdict.outcome.as_deref().unwrap_or_default() {
            if let Effect::Judge { share, .. } = effect {
                let least = shares.entry(verdict.about).or_insert(*share);
                *least = (*least).min(*share);
            }
        }
    }
    shares
}

/// What the reflexes want of one service.
#[derive(Default)]
struct Wish {
    granted: Vec<Lease>,
    dropped: BTreeSet<String>,
    remember: Option<Shortage>,
    scale: Option<(Instances, Instances)>,
}

/// What the reflexes want of each service.
fn wishes<'a>(verdicts: &[Verdict<'a>]) -> BTreeMap<&'a str, Wish> {
    let mut wishes: BTreeMap<&str, Wish> = BTreeMap::new();
    for verdict in verdicts {
        for effect in verdict.outcome.as_deref().unwrap_or_default() {
            let wish = wishes.entry(verdict.about).or_default();
            match effect {
                Effect::Grant(lease) => wish.granted.push(lease.clone()),
                Effect::Drop(key) => _ = wish.dropped.insert(key.clone()),
                Effect::Remember(shortage) => wish.remember = Some(shortage.clone()),
                Effect::Scale { from, to, .. } => wish.scale = Some((*from, *to)),
                Effect::Follow { .. } | Effect::Judge { .. } | Effect::Find(_) => {}
            }
        }
    }
    wishes
}

/// The actions for one group, in the order in which they are written: what is remembered, then
/// lease, end action, bounds and what is over, then the move with its memory first.
fn lower(input: &Input<'_>, group: &Group, wish: &Wish, settled: Settled) -> Vec<Action> {
    let mut actions = shortage::actions(group, wish.remember.as_ref(), input.now);
    actions.extend(settled.actions);
    if let Some((from, to)) = wish.scale {
        let to = settled.bounds.clamp(to);
        if to != from {
            actions.extend(moves::actions(group, input.now, from, to));
        }
    }
    actions
}

impl<'a> Input<'a> {
    /// The services of the region, stateful ones included.
    pub fn services(&self) -> impl Iterator<Item = (&'a str, &'a Service)> {
        let services = self.spec.regions.get(self.region).map(|region| &region.services);
        services.into_iter().flatten().map(|(name, service)| (name.as_str(), service))
    }

    /// The group to look after of one service.
    #[must_use]
    pub fn group(&self, service: &str) -> Option<&'a Group> {
        self.groups.iter().find(|group| group.serves(service))
    }

    /// A stateless service of the region that has a group to look after, with the spec's copy of its
    /// name.
    #[must_use]
    pub fn stateless_one(&self, service: &str) -> Option<(&'a str, &'a Group)> {
        let region = self.spec.regions.get(self.region)?;
        let (name, declared) = region.services.get_key_value(service)?;
        let group = self.group(service).filter(|_| declared.kind == Kind::Stateless)?;
        Some((name, group))
    }

    /// The stateless services of the region that have a group to look after, with their groups.
    pub fn stateless(&self) -> impl Iterator<Item = (&'a str, &'a Service, &'a Group)> {
        let services = self.spec.regions.get(self.region).map(|region| &region.services);
        let groups = self.groups;
        let stateless =
            services.into_iter().flatten().filter(|(_, service)| service.kind == Kind::Stateless);
        stateless.filter_map(move |(name, service)| {
            let group = groups.iter().find(|group| group.serves(name))?;
            Some((name.as_str(), service, group))
        })
    }
}

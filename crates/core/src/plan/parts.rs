//! The parts of a group that have calls of their own: tags, target groups, hooks, metrics,
//! processes, the warm pool, policies and scheduled actions.

use std::collections::{BTreeMap, BTreeSet};

use super::steps::{Steps, change};
use super::wanted::Wanted;
use super::{describe, policies};
use crate::action::Action;
use crate::lease::is_end;
use crate::spec::Service;
use crate::world::{Group, ScheduledAction, Tag};

/// The parts that have calls of their own, in an order that AWS accepts: target groups before the
/// policies that count on them, deletes before puts; policies have an order of their own.
pub(super) fn all(
    living: Option<&Group>,
    service: &Service,
    wanted: &Wanted,
    steps: &mut Steps<'_>,
) {
    let name = &wanted.name;
    if let Some(group) = living {
        tags(group, &wanted.tags, steps);
        target_groups(group, &wanted.target_groups, steps);
        hooks(group, service, steps);
    }
    let none = BTreeSet::new();
    let metrics = living.map_or(&none, |group| &group.metrics);
    steps.words(metrics, &service.metrics, "metrics", |add, metrics| {
        let group = name.clone();
        if add {
            Action::EnableMetrics { group, metrics }
        } else {
            Action::DisableMetrics { group, metrics }
        }
    });
    let suspended = living.map_or(&none, |group| &group.suspended);
    steps.words(suspended, &service.suspended, "suspended", |add, processes| {
        let group = name.clone();
        if add {
            Action::SuspendProcesses { group, processes }
        } else {
            Action::ResumeProcesses { group, processes }
        }
    });
    steps.explain_last(
        |action| matches!(action, Action::ResumeProcesses { .. }),
        "they run again, also if somebody suspended them on purpose",
    );
    warm_pool(living, service, name, steps);
    policies::all(living, service, &wanted.policies, name, steps);
    schedules(living, service, &wanted.schedules, name, steps);
}

/// Only the keys that the spec names, and the identity, are ours.
fn tags(group: &Group, wanted: &BTreeMap<String, Tag>, steps: &mut Steps<'_>) {
    let wrong: BTreeMap<String, Tag> = wanted
        .iter()
        .filter(|(key, tag)| group.tags.get(*key) != Some(tag))
        .map(|(key, tag)| (key.clone(), tag.clone()))
        .collect();
    if wrong.is_empty() {
        return;
    }
    let changes = wrong
        .iter()
        .map(|(key, tag)| {
            let old = group.tags.get(key).map(describe::tag);
            change(&format!("tags.{key}"), old, Some(describe::tag(tag)))
        })
        .collect();
    steps.push(Action::PutTags { group: group.name.clone(), tags: wrong }, changes, vec![]);
}

fn target_groups(group: &Group, wanted: &BTreeSet<String>, steps: &mut Steps<'_>) {
    let name = || group.name.clone();
    let short = |arn: &String| arn.split('/').nth(1).unwrap_or(arn).to_owned();
    let missing: BTreeSet<String> = wanted.difference(&group.target_groups).cloned().collect();
    let extra: BTreeSet<String> = group.target_groups.difference(wanted).cloned().collect();
    let field = "load_balancing.target_group";
    if !missing.is_empty() {
        let changes = missing.iter().map(|arn| change(field, None, Some(short(arn)))).collect();
        let consequence = "instances are registered there as they pass its health check";
        let action = Action::AttachTargetGroups { group: name(), arns: missing };
        steps.push(action, changes, vec![consequence.to_owned()]);
    }
    if !extra.is_empty() {
        let changes = extra.iter().map(|arn| change(field, Some(short(arn)), None)).collect();
        let consequence = "instances are drained and get no more requests from there";
        let action = Action::DetachTargetGroups { group: name(), arns: extra };
        steps.push(action, changes, vec![consequence.to_owned()]);
        steps.mark_destructive(true);
    }
}

fn hooks(group: &Group, service: &Service, steps: &mut Steps<'_>) {
    // Hooks of a group that is being adopted were not read; putting one twice is harmless.
    let unread = BTreeMap::new();
    let living = group.hooks.as_ref().unwrap_or(&unread);
    for (name, hook) in living.iter().filter(|(name, _)| !service.hooks.contains_key(*name)) {
        let old = Some(describe::hook(hook));
        let changes = vec![change(&format!("hooks.{name}"), old, None)];
        let action = Action::DeleteHook { group: group.name.clone(), name: name.clone() };
        steps.push(action, changes, vec![]);
    }
    for (name, hook) in &service.hooks {
        let is = living.get(name);
        if is != Some(hook) {
            let old = is.map(describe::hook);
            let changes = vec![change(&format!("hooks.{name}"), old, Some(describe::hook(hook)))];
            let (group, name, hook) = (group.name.clone(), name.clone(), Box::new(hook.clone()));
            steps.push(Action::PutHook { group, name, hook }, changes, vec![]);
        }
    }
}

fn warm_pool(living: Option<&Group>, service: &Service, name: &str, steps: &mut Steps<'_>) {
    let is = living.and_then(|group| group.warm_pool.as_ref());
    if is == service.warm_pool.as_ref() {
        return;
    }
    let new = service.warm_pool.as_ref().map(describe::warm_pool);
    let changes = vec![change("warm_pool", is.map(describe::warm_pool), new)];
    let group = name.to_owned();
    if let Some(pool) = &service.warm_pool {
        steps.push(Action::PutWarmPool { group, pool: pool.clone() }, changes, vec![]);
    } else {
        let consequence = "terminates the prepared instances".to_owned();
        steps.push(Action::DeleteWarmPool { group }, changes, vec![consequence]);
        steps.mark_destructive(true);
    }
}

fn schedules(
    living: Option<&Group>,
    service: &Service,
    ahead: &BTreeMap<String, ScheduledAction>,
    group: &str,
    steps: &mut Steps<'_>,
) {
    let none = BTreeMap::new();
    let living = living.map_or(&none, |group| &group.schedules);
    let field = |name: &str| format!("scaling.schedule.{name}");
    // A single moment that has passed goes by itself, perhaps two minutes late.
    let passes = |name: &str, is: &ScheduledAction| service.schedule.get(name) == Some(is);
    let stays = |name: &str, is: &ScheduledAction| {
        ahead.contains_key(name) || passes(name, is) || is_end(name)
    };
    for (name, schedule) in living.iter().filter(|(name, is)| !stays(name, is)) {
        let changes = vec![change(&field(name), Some(describe::schedule(schedule)), None)];
        let action = Action::DeleteSchedule { group: group.to_owned(), name: name.clone() };
        steps.push(action, changes, vec![]);
    }
    for (name, schedule) in ahead {
        let is = living.get(name);
        if is != Some(schedule) {
            let new = Some(describe::schedule(schedule));
            let changes = vec![change(&field(name), is.map(describe::schedule), new)];
            let schedule = Box::new(schedule.clone());
            let (group, name) = (group.to_owned(), name.clone());
            steps.push(Action::PutSchedule { group, name, schedule }, changes, vec![]);
        }
    }
}

//! One service in one region: what is against what should be, part by part.

use std::collections::{BTreeMap, BTreeSet};

use super::describe::{self, Field};
use super::wanted::{Context, Wanted, count};
use super::{Change, CostChange, Note, Planned, Step};
use crate::action::{Action, GroupChange, NewGroup};
use crate::bounds::Bounds;
use crate::spec::{Problem, Service, code};
use crate::units::HourlyPrice;
use crate::world::{
    Group, GroupSettings, Policy, Role, ScheduledAction, Tag, TargetTracking, Template,
    TemplateRef, tag_keys,
};

/// The scheduled action of the lease room: not the spec's.
const LEASE_END: &str = "plimsoll-lease-end";

/// Plans one service.
pub(super) fn service(
    context: &Context<'_>,
    name: &str,
    service: &Service,
    planned: &mut Planned,
    cost: &mut CostChange,
    problems: &mut Vec<Problem>,
) {
    let Ok(living) = find(context, name, service, problems) else { return };
    let Some(wanted) = context.wanted(name, service, living, problems) else { return };
    let mut steps = Steps { service: name, steps: Vec::new() };
    let Some(pin) = template(context, service, living, &wanted, &mut steps, problems) else {
        return;
    };
    match living {
        None => create(service, &wanted, pin, &mut steps),
        Some(group) => {
            update(group, service, &wanted, &pin, &mut steps);
            if let Some(note) = outdated(group, &pin) {
                planned.notes.push(Note { service: name.to_owned(), text: note });
            }
        }
    }
    parts(living, service, &wanted, &mut steps);
    if let Some(price) = service.capacity.hourly_price {
        let before = living.map_or(0, |group| group.desired);
        let after = living.map_or(wanted.effective.bounds.min, |group| {
            wanted.effective.bounds.clamp(group.desired)
        });
        cost.before = cost.before + price.times(i64::from(before));
        cost.after = cost.after + price.times(i64::from(after));
    }
    planned.steps.extend(steps.steps);
}

/// The living group of a service, if there is one.
fn find<'a>(
    context: &Context<'a>,
    name: &str,
    service: &Service,
    problems: &mut Vec<Problem>,
) -> Result<Option<&'a Group>, ()> {
    let active: Vec<&Group> = context
        .region
        .groups
        .iter()
        .filter(|group| group.tag(tag_keys::SERVICE) == Some(name))
        .filter(|group| group.tag(tag_keys::ROLE).is_none_or(|role| role == Role::Active.as_str()))
        .collect();
    let place = service.places.service;
    let region = context.region_name;
    match active.as_slice() {
        [group] if group.deleting.is_some() => {
            let message = format!("AWS is still deleting {} in {region}", group.name);
            let problem = Problem::error(code::NAME_TAKEN, place, message);
            problems.push(problem.help("run the command again when it is gone"));
            Err(())
        }
        [group] => Ok(Some(group)),
        [first, second, ..] => {
            let message = format!(
                "{} and {} in {region} both claim to be the active group of `{name}`",
                first.name, second.name
            );
            let help = format!("correct the tag {} of one of them", tag_keys::ROLE);
            problems.push(Problem::error(code::TWO_ACTIVE, place, message).help(help));
            Err(())
        }
        [] => {
            let wanted = context.spec.group_name(name, crate::spec::Slot::A);
            let namesake = context.region.namesakes.iter().find(|group| group.name == wanted);
            match namesake {
                Some(group) if !context.options.adopt => {
                    let message = format!("group {wanted} in {region} {}", owner(group));
                    problems.push(
                        Problem::error(code::NAME_TAKEN, place, message)
                            .help("take it over with --adopt, or rename the service"),
                    );
                    Err(())
                }
                namesake => Ok(namesake),
            }
        }
    }
}

fn owner(group: &Group) -> String {
    match (group.tag(tag_keys::PLATFORM), group.tag(tag_keys::ENVIRONMENT)) {
        (Some(platform), Some(environment)) => format!("belongs to {platform}/{environment}"),
        _ => "was not made by Plimsoll".to_owned(),
    }
}

/// Makes sure that a template version holds the wanted data, and says which one. The version is
/// empty when a step of this plan makes it.
fn template(
    context: &Context<'_>,
    service: &Service,
    living: Option<&Group>,
    wanted: &Wanted,
    steps: &mut Steps<'_>,
    problems: &mut Vec<Problem>,
) -> Option<TemplateRef> {
    let name = wanted.name.clone();
    let fields = describe::template(&wanted.template);
    let Some(newest) = context.region.templates.get(&name) else {
        let tags = wanted.template.volume_tags.clone();
        let data = Box::new(wanted.template.clone());
        let changes = describe::changes(None, &fields, "not there yet");
        steps.push(Action::CreateTemplate { name: name.clone(), data, tags }, changes, vec![]);
        return Some(TemplateRef { name, version: String::new() });
    };
    let used = living.and_then(|group| group.settings.template.as_ref());
    if !ours(newest, wanted) && used.is_none_or(|used| used.name != name) && !context.options.adopt
    {
        let message =
            format!("launch template {name} in {} was not made by Plimsoll", context.region_name);
        problems.push(
            Problem::error(code::NAME_TAKEN, service.places.service, message)
                .help("take it over with --adopt, or rename the service"),
        );
        return None;
    }
    if newest.data == wanted.template {
        return Some(TemplateRef { name, version: newest.version.to_string() });
    }
    let changes =
        describe::changes(Some(&describe::template(&newest.data)), &fields, "the spec differs");
    let data = Box::new(wanted.template.clone());
    steps.push(Action::CreateTemplateVersion { name: name.clone(), data }, changes, vec![]);
    Some(TemplateRef { name, version: String::new() })
}

fn ours(template: &Template, wanted: &Wanted) -> bool {
    [tag_keys::PLATFORM, tag_keys::ENVIRONMENT, tag_keys::SERVICE]
        .iter()
        .all(|key| template.data.volume_tags.get(*key) == wanted.template.volume_tags.get(*key))
}

fn create(service: &Service, wanted: &Wanted, pin: TemplateRef, steps: &mut Steps<'_>) {
    let bounds = wanted.effective.bounds;
    let settings = GroupSettings { template: Some(pin), ..wanted.settings.clone() };
    let mut fields: Vec<Field> = vec![
        ("bounds.min", Some(bounds.min.to_string())),
        ("bounds.max", Some(bounds.max.to_string())),
    ];
    fields.extend(describe::settings(&settings));
    let mut consequences = Vec::new();
    if bounds.min > 0 {
        consequences.push(format!(
            "launches {} of {} in {}",
            count(bounds.min as usize, "instance"),
            wanted.template.instance_type,
            count(wanted.zones, "zone")
        ));
    }
    steps.push(
        Action::CreateGroup(Box::new(NewGroup {
            name: wanted.name.clone(),
            bounds,
            settings,
            target_groups: wanted.target_groups.clone(),
            tags: wanted.tags.clone(),
            hooks: service.hooks.clone(),
        })),
        describe::changes(None, &fields, "not there yet"),
        consequences,
    );
}

fn update(
    group: &Group,
    service: &Service,
    wanted: &Wanted,
    pin: &TemplateRef,
    steps: &mut Steps<'_>,
) {
    let (is, should) = (&group.settings, &wanted.settings);
    let bounds = wanted.effective.bounds;
    let template = (is.template.as_ref() != Some(pin)).then(|| pin.clone());
    let size = bounds.clamp(group.desired);
    let change = GroupChange {
        min: differs(&group.bounds.min, &bounds.min),
        max: differs(&group.bounds.max, &bounds.max),
        desired: differs(&group.desired, &size),
        template: template.clone(),
        subnets: differs(&is.subnets, &should.subnets),
        health_checks: differs(&is.health_checks, &should.health_checks),
        health_check_grace: differs(&is.health_check_grace, &should.health_check_grace),
        warmup: differs(&is.warmup, &should.warmup),
        termination_policies: differs(&is.termination_policies, &should.termination_policies),
        maintenance: differs(&is.maintenance, &should.maintenance),
        zones: differs(&is.zones, &should.zones),
        scale_in_protection: differs(&is.scale_in_protection, &should.scale_in_protection),
        max_instance_lifetime: differs(&is.max_instance_lifetime, &should.max_instance_lifetime),
    };
    if change == GroupChange::default() {
        return;
    }
    let mut changes = bounds_changes(group, wanted);
    if let Some(pin) = &template {
        changes.push(Change {
            field: "launch template".to_owned(),
            old: is.template.as_ref().map(version),
            new: Some(version(pin)),
            reason: "the group is pinned to the version that holds the spec".to_owned(),
        });
    }
    changes.extend(describe::changes(
        Some(&describe::settings(is)),
        &describe::settings(should),
        "the spec differs",
    ));
    let mut consequences = size_consequences(group, bounds, service.capacity.hourly_price);
    if template.is_some() && !group.instances.is_empty() {
        let running = count(group.instances.len(), "instance");
        let old = is.template.as_ref().map_or_else(|| "the old one".to_owned(), version);
        consequences.push(format!("{running} still run {old} until they are replaced"));
    }
    let ends = size < group.desired;
    let change = Box::new(change);
    let action = Action::UpdateGroup { group: group.name.clone(), change };
    steps.push(action, changes, consequences);
    steps.mark_destructive(ends);
}

fn differs<T: PartialEq + Clone>(is: &T, should: &T) -> Option<T> {
    (is != should).then(|| should.clone())
}

fn version(template: &TemplateRef) -> String {
    if template.version.is_empty() {
        format!("{} (new version)", template.name)
    } else {
        format!("{} v{}", template.name, template.version)
    }
}

fn bounds_changes(group: &Group, wanted: &Wanted) -> Vec<Change> {
    let effective = &wanted.effective;
    let from = |entry: &Option<String>| match entry {
        Some(entry) => format!("schedule entry {entry} is in force"),
        None => "the spec differs".to_owned(),
    };
    let sides = [
        ("bounds.min", group.bounds.min, effective.bounds.min, from(&effective.min_from)),
        ("bounds.max", group.bounds.max, effective.bounds.max, from(&effective.max_from)),
        (
            "desired capacity",
            group.desired,
            effective.bounds.clamp(group.desired),
            "it lies outside the bounds".to_owned(),
        ),
    ];
    sides
        .into_iter()
        .filter(|(_, old, new, _)| old != new)
        .map(|(field, old, new, reason)| Change {
            field: field.to_owned(),
            old: Some(old.to_string()),
            new: Some(new.to_string()),
            reason,
        })
        .collect()
}

/// What new bounds do to the instances that run.
fn size_consequences(group: &Group, bounds: Bounds, price: Option<HourlyPrice>) -> Vec<String> {
    let size = bounds.clamp(group.desired);
    if size == group.desired {
        return Vec::new();
    }
    let (verb, changed, bound) = if size < group.desired {
        ("terminates", group.desired - size, ("max", group.bounds.max, bounds.max))
    } else {
        ("launches", size - group.desired, ("min", group.bounds.min, bounds.min))
    };
    let (name, old, new) = bound;
    let paid = price.map_or_else(String::new, |price| {
        let difference = price.times(i64::from(size) - i64::from(group.desired));
        format!("; {difference}")
    });
    vec![format!(
        "{verb} {}: {name} {old} -> {new}, {} running{paid}",
        count(changed as usize, "instance"),
        group.instances.len()
    )]
}

/// Says how many instances run another version than the group is pinned to.
fn outdated(group: &Group, pin: &TemplateRef) -> Option<String> {
    let newest = &pin.version;
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for instance in &group.instances {
        if let Some(runs) = instance.template.as_ref().filter(|runs| *runs != pin) {
            *others.entry(runs.version.as_str()).or_default() += 1;
        }
    }
    let (version, number) = others.into_iter().next()?;
    if newest.is_empty() {
        return None;
    }
    let verb = if number == 1 { "runs" } else { "run" };
    Some(format!(
        "{} still {verb} template v{version}; new ones get v{newest}",
        count(number, "instance")
    ))
}

/// The parts that have calls of their own, in an order that AWS accepts: target groups before the
/// policies that count on them, deletes before puts.
fn parts(living: Option<&Group>, service: &Service, wanted: &Wanted, steps: &mut Steps<'_>) {
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
    warm_pool(living, service, name, steps);
    policies(living, &wanted.policies, name, steps);
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
    let Some(living) = &group.hooks else { return };
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

fn policies(
    living: Option<&Group>,
    wanted: &BTreeMap<String, Policy>,
    group: &str,
    steps: &mut Steps<'_>,
) {
    let none = BTreeMap::new();
    let living = living.map_or(&none, |group| &group.policies);
    // Two policies cannot track one metric even for a moment, so a policy whose metric moves to
    // another name goes first.
    let in_the_way = |name: &str, policy: &Policy| {
        metric_of(policy).is_some_and(|metric| {
            wanted.iter().any(|(other, policy)| other != name && metric_of(policy) == Some(metric))
        })
    };
    let leaves = |name: &str, policy: &Policy| {
        !wanted.contains_key(name) || (wanted.get(name) != Some(policy) && in_the_way(name, policy))
    };
    let field = |name: &str| format!("scaling.policies.{name}");
    for (name, policy) in living.iter().filter(|(name, policy)| leaves(name, policy)) {
        let changes = vec![change(&field(name), Some(describe::policy(policy)), None)];
        let action = Action::DeletePolicy { group: group.to_owned(), name: name.clone() };
        steps.push(action, changes, vec!["AWS deletes its alarms too".to_owned()]);
    }
    for (name, policy) in wanted {
        let is = living.get(name).filter(|is| !leaves(name, is));
        if is != Some(policy) {
            let new = Some(describe::policy(policy));
            let changes = vec![change(&field(name), is.map(describe::policy), new)];
            let policy = Box::new(policy.clone());
            let (group, name) = (group.to_owned(), name.clone());
            steps.push(Action::PutPolicy { group, name, policy }, changes, vec![]);
        }
    }
}

fn metric_of(policy: &Policy) -> Option<&crate::world::Metric> {
    match policy {
        Policy::TargetTracking(TargetTracking { metric, .. }) => Some(metric),
        Policy::Step(_) | Policy::Predictive(_) | Policy::Foreign(_) => None,
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
    let stays = |name: &str| service.schedule.contains_key(name) || name == LEASE_END;
    for (name, schedule) in living.iter().filter(|(name, _)| !stays(name)) {
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

fn change(field: &str, old: Option<String>, new: Option<String>) -> Change {
    let reason = match (&old, &new) {
        (None, _) => "not there yet",
        (_, None) => "the spec does not have it",
        _ => "the spec differs",
    };
    Change { field: field.to_owned(), old, new, reason: reason.to_owned() }
}

/// The steps of one service, as they are found.
struct Steps<'a> {
    service: &'a str,
    steps: Vec<Step>,
}

impl Steps<'_> {
    fn push(&mut self, action: Action, changes: Vec<Change>, consequences: Vec<String>) {
        let service = self.service.to_owned();
        self.steps.push(Step { service, action, changes, consequences, destructive: false });
    }

    /// Marks the step that was pushed last.
    fn mark_destructive(&mut self, destructive: bool) {
        if let Some(step) = self.steps.last_mut() {
            step.destructive = destructive;
        }
    }

    /// Adds and removes words of a set, each in one call.
    fn words(
        &mut self,
        is: &BTreeSet<String>,
        should: &BTreeSet<String>,
        field: &str,
        action: impl Fn(bool, BTreeSet<String>) -> Action,
    ) {
        for (add, words) in [(true, should.difference(is)), (false, is.difference(should))] {
            let words: BTreeSet<String> = words.cloned().collect();
            if !words.is_empty() {
                let shown = Some(describe::list(&words));
                let (old, new) = if add { (None, shown) } else { (shown, None) };
                self.push(action(add, words), vec![change(field, old, new)], vec![]);
            }
        }
    }
}

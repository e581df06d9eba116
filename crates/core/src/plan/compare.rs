//! One service in one region: what is against what should be, part by part.

use super::consequence::{
    bounds_changes, outdated, size_consequences, template_consequence, version,
};
use super::describe::{self, Field};
use super::steps::Steps;
use super::wanted::{Context, Wanted, count};
use super::{Change, CostChange, Note, Planned};
use super::{alarms, parts};
use crate::action::{Action, GroupChange, NewGroup};
use crate::spec::{Place, Problem, Service, code};
use crate::world::{Group, GroupSettings, Role, Template, TemplateRef, tag_keys};

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
    let Some(mut wanted) = context.wanted(name, service, living, problems) else { return };
    let mut steps = Steps::of(name);
    let Some(pin) = template(context, service, living, &wanted, &mut steps, problems) else {
        return;
    };
    let newest = context.region.templates.get(&wanted.name);
    wanted.other_template = living
        .and_then(|group| group.template_id.as_ref())
        .zip(newest)
        .is_some_and(|(id, newest)| *id != newest.id);
    match living {
        None => create(service, &wanted, pin, &mut steps),
        Some(group) => {
            update(group, service, &wanted, &pin, &mut steps);
            if let Some(note) = outdated(group, &pin) {
                planned.notes.push(Note { service: name.to_owned(), text: note });
            }
        }
    }
    parts::all(living, service, &wanted, &mut steps);
    alarms::all(context, name, service, &wanted.alarms, &mut steps, problems);
    if let Some(price) = service.capacity.hourly_price {
        let before = living.map_or(0, |group| group.desired);
        let after = living.map_or(wanted.effective.bounds.min, |group| {
            wanted.effective.bounds.clamp(group.desired)
        });
        cost.before = cost.before + price.times(i64::from(before));
        cost.after = cost.after + price.times(i64::from(after));
    }
    planned.steps.extend(steps.into_found());
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
            if let Some(group) = context.region.groups.iter().find(|group| group.name == wanted) {
                return unmarked(group, name, region, place, problems);
            }
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

/// A group of ours that has the wanted name and whose tags do not make it the active group. A tag
/// that is missing is put back; a tag that says something else was set by somebody, who must say
/// what was meant.
fn unmarked<'a>(
    group: &'a Group,
    service: &str,
    region: &str,
    place: Option<Place>,
    problems: &mut Vec<Problem>,
) -> Result<Option<&'a Group>, ()> {
    let wanted = [(tag_keys::SERVICE, service), (tag_keys::ROLE, Role::Active.as_str())];
    let wrong = wanted.into_iter().find_map(|(key, value)| {
        group.tag(key).filter(|is| *is != value).map(|is| (key, value, is))
    });
    let Some((key, value, is)) = wrong else { return Ok(Some(group)) };
    let message = format!("the tag {key} of {} in {region} is `{is}`, not `{value}`", group.name);
    let problem = Problem::error(code::NAME_TAKEN, place, message);
    problems.push(problem.help("correct the tag; a second group of that name cannot be made"));
    Err(())
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
    let template =
        (is.template.as_ref() != Some(pin) || wanted.other_template).then(|| pin.clone());
    let size = bounds.clamp(group.desired);
    let change = GroupChange {
        min: differs(&group.bounds.min, &bounds.min),
        max: differs(&group.bounds.max, &bounds.max),
        // New bounds bring the size with them, from where it stands when AWS sets them: a size sent
        // along would undo what scaling did since the world was read.
        desired: differs(&group.desired, &size).filter(|_| group.bounds == bounds),
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
            reason: "that version holds the spec".to_owned(),
        });
    }
    changes.extend(describe::changes(
        Some(&describe::settings(is)),
        &describe::settings(should),
        "the spec differs",
    ));
    let mut consequences = size_consequences(group, bounds, service.capacity.hourly_price);
    let lost = is.subnets.difference(&should.subnets).count();
    if lost > 0 {
        consequences.push(format!("terminates the instances in {}", count(lost, "subnet")));
    }
    if let Some(age) =
        should.max_instance_lifetime.filter(|_| change.max_instance_lifetime.is_some())
    {
        consequences.push(format!("replaces every instance that is older than {age}"));
    }
    if template.is_some() {
        let stay = group.instances.len().min(size as usize);
        consequences.extend(template_consequence(stay, is.template.as_ref()));
    }
    let ends = size < group.desired || lost > 0;
    let change = Box::new(change);
    let action = Action::UpdateGroup { group: group.name.clone(), change };
    steps.push(action, changes, consequences);
    steps.mark_destructive(ends);
}

fn differs<T: PartialEq + Clone>(is: &T, should: &T) -> Option<T> {
    (is != should).then(|| should.clone())
}

//! What goes: groups that the spec no longer has, and whole platforms.

use std::collections::BTreeSet;

use super::wanted::count;
use super::{Note, Options, Plan, Planned, Step, alarms, each_region};
use crate::action::Action;
use crate::spec::{BACKSTOP, Slot, Spec};
use crate::world::{Group, Region, Template, World, tag_keys};

/// Deletes every group, wake alarm and launch template of the platform in this environment.
///
/// Templates whose group is gone already are found by the tags that they give to volumes, so a
/// second run finishes what a first one could not.
#[must_use]
pub fn destroy(spec: &Spec, world: &World, options: &Options) -> Plan {
    each_region(spec, world, options, |_, region, _| {
        let mut planned = Planned::default();
        let goes = |group: &Group| options.has_service(service_of(group));
        for group in region.groups.iter().filter(|group| goes(group)) {
            if group.deleting.is_none() {
                planned.steps.push(delete_group(group));
            }
        }
        let chosen = |service: &str| options.has_service(service);
        alarms::remove(spec, region, chosen, "nothing is left to wake for", &mut planned);
        for (template, service) in templates(spec, region) {
            if options.has_service(service) {
                remove_template(region, template, service, &goes, &mut planned);
            }
        }
        planned
    })
}

/// Takes the tags of Plimsoll off every group of the platform in this environment. Groups,
/// instances, templates, policies and scheduled actions stay as they are. Alarms go last: they would
/// wake a controller that no longer sees the groups.
#[must_use]
pub fn release(spec: &Spec, world: &World, options: &Options) -> Plan {
    each_region(spec, world, options, |_, region, _| {
        let ours = region.groups.iter().filter(|group| options.has_service(service_of(group)));
        let steps = ours
            .map(|group| {
                let keys: BTreeSet<String> =
                    group.tags.keys().filter(|key| key.starts_with("plimsoll:")).cloned().collect();
                Step {
                    service: service_of(group).to_owned(),
                    action: Action::DeleteTags { group: group.name.clone(), keys },
                    changes: Vec::new(),
                    consequences: vec![released(group)],
                    destructive: false,
                }
            })
            .collect();
        let mut planned = Planned { steps, ..Planned::default() };
        let chosen = |service: &str| options.has_service(service);
        alarms::remove(spec, region, chosen, "the controller is not woken any more", &mut planned);
        planned
    })
}

fn released(group: &Group) -> String {
    let instances = count(group.instances.len(), "instance");
    let policies = if group.policies.contains_key(BACKSTOP) {
        "the policy that only scales out"
    } else {
        "its scaling policies"
    };
    format!("{} goes on with {instances} and {policies}; Plimsoll forgets it", group.name)
}

/// Groups of this platform and environment that the spec no longer has: shown, and with
/// `prune` deleted.
pub(super) fn strays(
    spec: &Spec,
    region_name: &str,
    region: &Region,
    options: &Options,
    planned: &mut Planned,
) {
    let declared = |service: &str| {
        spec.regions.get(region_name).is_some_and(|region| region.services.contains_key(service))
    };
    // A group that lost its service tag and has the name of a declared service is no stray.
    let wanted: BTreeSet<String> = spec
        .regions
        .get(region_name)
        .into_iter()
        .flat_map(|region| region.services.keys())
        .flat_map(|service| [Slot::A, Slot::B].map(|slot| spec.group_name(service, slot)))
        .collect();
    let stray = |group: &Group| !declared(service_of(group)) && !wanted.contains(&group.name);
    for group in region.groups.iter().filter(|group| stray(group)) {
        if options.prune && group.deleting.is_none() {
            planned.steps.push(delete_group(group));
        } else if group.deleting.is_none() {
            planned.notes.push(Note {
                service: service_of(group).to_owned(),
                text: format!(
                    "the spec no longer has {} ({}); --prune deletes it",
                    group.name,
                    count(group.instances.len(), "instance")
                ),
            });
        }
    }
    if options.prune {
        for (template, service) in templates(spec, region) {
            if !declared(service) {
                remove_template(region, template, service, &stray, planned);
            }
        }
    }
}

/// Deletes a template, unless a group that stays launches from it: one that was released, or that
/// somebody else made.
fn remove_template(
    region: &Region,
    template: &Template,
    service: &str,
    goes: &dyn Fn(&Group) -> bool,
    planned: &mut Planned,
) {
    let uses = |group: &&Group| {
        group.settings.template.as_ref().is_some_and(|used| used.name == template.name)
    };
    let stays = region.groups.iter().filter(|group| !goes(group));
    match stays.chain(&region.namesakes).find(uses) {
        Some(group) => planned.notes.push(Note {
            service: service.to_owned(),
            text: format!("launch template {} stays: {} uses it", template.name, group.name),
        }),
        None => planned.steps.push(delete_template(template, service)),
    }
}

fn service_of(group: &Group) -> &str {
    group.tag(tag_keys::SERVICE).unwrap_or(&group.name)
}

/// Templates that this platform and environment made, with their services.
fn templates<'a>(
    spec: &'a Spec,
    region: &'a Region,
) -> impl Iterator<Item = (&'a Template, &'a str)> {
    region.templates.values().filter_map(|template| {
        let tags = &template.data.volume_tags;
        let ours = tags.get(tag_keys::PLATFORM) == Some(&spec.platform)
            && tags.get(tag_keys::ENVIRONMENT) == Some(&spec.environment);
        let service = tags.get(tag_keys::SERVICE).filter(|_| ours)?;
        Some((template, service.as_str()))
    })
}

fn delete_group(group: &Group) -> Step {
    Step {
        service: service_of(group).to_owned(),
        action: Action::DeleteGroup { group: group.name.clone() },
        changes: Vec::new(),
        consequences: vec![format!("terminates {}", count(group.instances.len(), "instance"))],
        destructive: true,
    }
}

fn delete_template(template: &Template, service: &str) -> Step {
    Step {
        service: service.to_owned(),
        action: Action::DeleteTemplate { name: template.name.clone() },
        changes: Vec::new(),
        consequences: vec![],
        destructive: true,
    }
}

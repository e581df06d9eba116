//! A group that is made, in a few lines: its first apply would otherwise fill screens with fields
//! that all go from nothing to something.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::action::{Action, NewGroup};
use plimsoll_core::plan::Step;
use plimsoll_core::world::{TemplateData, tag_keys};

use super::super::count;
use super::super::style::wrapped;

/// A group that is made, with the steps that complete it.
pub(super) struct Created<'a> {
    pub(super) step: &'a Step,
    group: &'a NewGroup,
    parts: Vec<&'a Action>,
    /// The data of a template version that the steps make for it.
    launches: Option<&'a TemplateData>,
}

/// Names of the groups that steps make: what is done to them counts as making them.
pub(super) fn names(steps: &[Step]) -> BTreeSet<&str> {
    let made = steps.iter().filter(|step| matches!(step.action, Action::CreateGroup(_)));
    made.map(|step| step.action.resource()).collect()
}

/// The group that a service's steps make, if they do.
pub(super) fn find<'a>(steps: &[&'a Step]) -> Option<Created<'a>> {
    steps.iter().find_map(|step| {
        let Action::CreateGroup(group) = &step.action else { return None };
        let actions = || steps.iter().map(|step| &step.action);
        let parts = actions().filter(|action| completes(group, action)).collect();
        let launches = actions().find_map(|action| version_for(group, action));
        Some(Created { step, group, parts, launches })
    })
}

/// Whether a step is told with the group that is made.
pub(super) fn covers(steps: &[&Step], step: &Step) -> bool {
    find(steps).is_some_and(|made| made.step == step || completes(made.group, &step.action))
}

fn completes(group: &NewGroup, action: &Action) -> bool {
    if let Action::PutAlarm { alarm, .. } = action {
        let service = group.tags.get(tag_keys::SERVICE).map(|tag| tag.value.as_str());
        return alarm.about().is_some_and(|about| Some(about.service) == service);
    }
    let part = matches!(
        action,
        Action::CreateTemplate { .. }
            | Action::EnableMetrics { .. }
            | Action::SuspendProcesses { .. }
            | Action::PutPolicy { .. }
            | Action::PutSchedule { .. }
            | Action::PutHook { .. }
            | Action::PutWarmPool { .. }
    );
    part && action.resource() == group.name
}

/// What an action makes the group's template launch.
fn version_for<'a>(group: &NewGroup, action: &'a Action) -> Option<&'a TemplateData> {
    let (Action::CreateTemplate { name, data, .. } | Action::CreateTemplateVersion { name, data }) =
        action
    else {
        return None;
    };
    let pin = group.settings.template.as_ref();
    (*name == group.name || pin.is_some_and(|pin| pin.name == *name)).then_some(data)
}

impl Created<'_> {
    /// Size, template and parts.
    pub(super) fn lines(&self) -> Vec<String> {
        let NewGroup { bounds, settings, target_groups, hooks, .. } = self.group;
        let arns = target_groups.iter().map(|arn| arn.split('/').nth(1).unwrap_or(arn));
        let mut lists: BTreeMap<&str, Vec<&str>> = BTreeMap::from([
            ("target groups", arns.collect()),
            ("hooks", hooks.keys().map(String::as_str).collect()),
        ]);
        for (title, name) in self.parts.iter().flat_map(|part| named(part)) {
            lists.entry(title).or_default().push(name);
        }
        let lists = lists.iter().filter(|(_, names)| !names.is_empty());
        let lists = lists.map(|(title, names)| format!("{title}: {}", names.join(", ")));
        let size = if bounds.min == bounds.max {
            count(bounds.max as usize, "instance")
        } else {
            format!("{} to {} instances", bounds.min, bounds.max)
        };
        let subnets = count(settings.subnets.len(), "subnet");
        let size = format!("{size}{} in {subnets}", self.launched());
        std::iter::once(size).chain(lists).flat_map(|text| wrapped(8, &text)).collect()
    }

    fn launched(&self) -> String {
        match (self.launches, &self.group.settings.template) {
            (Some(data), _) => format!(" of {}", data.instance_type),
            (None, Some(pin)) if pin.version.is_empty() => {
                format!(" of launch template {}", pin.name)
            }
            (None, Some(pin)) => format!(" of launch template {} v{}", pin.name, pin.version),
            (None, None) => String::new(),
        }
    }
}

/// The kind and the names of what an action adds to its group.
fn named(action: &Action) -> Vec<(&'static str, &str)> {
    if let Action::PutPolicy { name, .. } = action {
        vec![("policies", name)]
    } else if let Action::PutAlarm { alarm, .. } = action {
        alarm.about().map(|about| ("wake alarms", about.policy)).into_iter().collect()
    } else if let Action::PutSchedule { name, .. } = action {
        vec![("scheduled actions", name)]
    } else if let Action::SuspendProcesses { processes, .. } = action {
        processes.iter().map(|process| ("suspended", process.as_str())).collect()
    } else if let Action::PutWarmPool { pool, .. } = action {
        vec![("warm pool", &pool.state)]
    } else {
        Vec::new()
    }
}

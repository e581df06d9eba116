//! The actions of the port, as Auto Scaling carries them out.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::action::{Action, GroupChange, NewGroup};
use plimsoll_core::bounds::Bounds;
use plimsoll_core::cloud::{ActError, ErrorClass, Outcome};
use plimsoll_core::world::{Group, Region, RegionState, Template, TemplateData, tag_keys};

use super::Engine;
use super::queue::At;

impl Engine {
    /// The same for somebody who stands in a region, whom a partition may keep from it.
    pub(crate) fn act_from(
        &mut self,
        region: &str,
        action: &Action,
        from: Option<&str>,
    ) -> Result<Outcome, ActError> {
        let site = self.sites.iter().find(|site| site.name == region);
        let cut = |from| site.is_some_and(|site| site.ails.cut_off_from.contains(from));
        if from.is_some_and(cut) {
            let why = "the network between the regions is cut";
            return Err(refused(action, ErrorClass::Unreachable, why));
        }
        self.act(region, action)
    }

    /// Carries out an action in a region, unless what ails the region keeps it from that.
    pub(crate) fn act(&mut self, region: &str, action: &Action) -> Result<Outcome, ActError> {
        let Some(place) = self.sites.iter().position(|site| site.name == region) else {
            return Err(refused(action, ErrorClass::Unreachable, "the twin has no such region"));
        };
        let ails = self.sites.get(place).map(|site| site.ails.clone()).unwrap_or_default();
        if ails.control_dark {
            return Err(refused(action, ErrorClass::Unreachable, "the API does not answer"));
        }
        if ails.throttled {
            return Err(refused(action, ErrorClass::Throttled, "Rate exceeded"));
        }
        let outcome = self.carry_out(place, region, action)?;
        if ails.lost_answers {
            return Err(refused(action, ErrorClass::Unreachable, "the answer was lost"));
        }
        Ok(outcome)
    }

    fn carry_out(
        &mut self,
        place: usize,
        name: &str,
        action: &Action,
    ) -> Result<Outcome, ActError> {
        let now = self.now;
        self.keep_past(place);
        if let Some(site) = self.sites.get_mut(place) {
            site.advance(now);
        }
        let Some(RegionState::Observed(region)) = self.world.regions.get_mut(name) else {
            return Err(refused(action, ErrorClass::Unreachable, "the twin has no such region"));
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "every other action changes one group")]
        match action {
            Action::CreateTemplate { name, data, .. }
            | Action::CreateTemplateVersion { name, data } => Ok(template(region, name, data)),
            Action::DeleteTemplate { name } => {
                region.templates.remove(name);
                Ok(Outcome::Done)
            }
            Action::CreateGroup(new) => {
                if let Some(group) = region.groups.iter().find(|group| group.name == new.name) {
                    return already(action, group, new);
                }
                region.groups.push(made(name, &self.spec.account, new, &region.templates));
                let group = region.groups.len() - 1;
                self.learn(At { site: place, group });
                Ok(Outcome::Done)
            }
            Action::DeleteGroup { group } => {
                if let Some(at) = self.find(name, group) {
                    self.delete(at);
                }
                Ok(Outcome::Done)
            }
            change => self.change(name, change),
        }
    }

    fn change(&mut self, region: &str, action: &Action) -> Result<Outcome, ActError> {
        let Some(at) = self.find(region, action.resource()) else {
            return Err(refused(action, ErrorClass::NotFound, "there is no such group"));
        };
        let mut wrong = None;
        let mut desired = None;
        self.with(at, |_, seen| {
            let Action::UpdateGroup { change, .. } = action else {
                return change_parts(seen, action);
            };
            match update(seen, change) {
                Ok(wanted) => desired = Some(wanted),
                Err(why) => wrong = Some(why),
            }
        });
        if let Some(why) = wrong {
            return Err(refused(action, ErrorClass::Invalid, why));
        }
        if let Some(desired) = desired {
            self.desire(at, desired, "operator", String::new);
        }
        self.learn(at);
        self.reflow(at.site);
        Ok(Outcome::Done)
    }

    /// A group goes, with its instances and all that hangs on it. What is queued for groups behind
    /// it moves up.
    fn delete(&mut self, at: At) {
        let Some(site) = self.sites.get_mut(at.site) else { return };
        if at.group < site.groups.len() {
            site.groups.remove(at.group);
        }
        if let Some(RegionState::Observed(region)) = self.world.regions.values_mut().nth(at.site) {
            region.groups.remove(at.group);
        }
        self.queue.drop_group(at);
        self.connect(at.site);
    }
}

fn refused(action: &Action, class: ErrorClass, message: &str) -> ActError {
    ActError {
        call: "twin:Act".to_owned(),
        resource: action.resource().to_owned(),
        class,
        message: message.to_owned(),
    }
}

/// A create that is repeated finds its own group; a name that somebody else has stays theirs.
fn already(action: &Action, group: &Group, new: &NewGroup) -> Result<Outcome, ActError> {
    let same = |key: &str| group.tag(key) == new.tags.get(key).map(|tag| tag.value.as_str());
    if tag_keys::IDENTITY.iter().all(|key| same(key)) {
        return Ok(Outcome::Done);
    }
    Err(refused(action, ErrorClass::Taken, "a group of that name exists"))
}

/// A version with the data: one that is there already, or a new one.
fn template(region: &mut Region, name: &str, data: &TemplateData) -> Outcome {
    let before = region.templates.get(name);
    let version = match before {
        Some(template) if template.data == *data => template.version,
        Some(template) => template.version + 1,
        None => 1,
    };
    let id = before.map_or_else(|| format!("lt-{name}"), |template| template.id.clone());
    let name = name.to_owned();
    let template = Template { id, name: name.clone(), version, data: data.clone() };
    region.templates.insert(name.clone(), template);
    Outcome::TemplateVersion { name, version }
}

fn made(
    region: &str,
    account: &str,
    new: &NewGroup,
    templates: &BTreeMap<String, Template>,
) -> Group {
    let template = new.settings.template.as_ref();
    Group {
        name: new.name.clone(),
        arn: format!(
            "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:twin:autoScalingGroupName/{}",
            new.name
        ),
        bounds: new.bounds,
        desired: new.bounds.min,
        settings: new.settings.clone(),
        template_id: template.and_then(|of| templates.get(&of.name)).map(|of| of.id.clone()),
        tags: new.tags.clone(),
        metrics: BTreeSet::new(),
        suspended: BTreeSet::new(),
        target_groups: new.target_groups.clone(),
        instances: Vec::new(),
        policies: BTreeMap::new(),
        schedules: BTreeMap::new(),
        hooks: Some(new.hooks.clone()),
        warm_pool: None,
        deleting: None,
    }
}

/// Changes settings, and says what the desired capacity is from then on.
///
/// # Errors
/// What Auto Scaling refuses: nothing is changed then.
fn update(group: &mut Group, change: &GroupChange) -> Result<u32, &'static str> {
    let bounds = Bounds {
        min: change.min.unwrap_or(group.bounds.min),
        max: change.max.unwrap_or(group.bounds.max),
    };
    if bounds.min > bounds.max {
        return Err("the minimum is above the maximum");
    }
    // Source: `UpdateAutoScalingGroup`: without a desired capacity the bounds clamp it.
    let desired = change.desired.unwrap_or_else(|| bounds.clamp(group.desired));
    if bounds.clamp(desired) != desired {
        return Err("the desired capacity lies outside the bounds");
    }
    group.bounds = bounds;
    let new = change.clone();
    let settings = &mut group.settings;
    let keep = |slot: &mut _, new: Option<_>| new.map_or((), |new| *slot = new);
    keep(&mut settings.subnets, new.subnets);
    if let Some(template) = new.template {
        settings.template = Some(template);
    }
    if let Some(checks) = new.health_checks {
        settings.health_checks = checks;
    }
    settings.health_check_grace = new.health_check_grace.unwrap_or(settings.health_check_grace);
    settings.warmup = new.warmup.unwrap_or(settings.warmup);
    if let Some(policies) = new.termination_policies {
        settings.termination_policies = policies;
    }
    settings.maintenance = new.maintenance.unwrap_or(settings.maintenance);
    settings.zones = new.zones.unwrap_or(settings.zones);
    settings.scale_in_protection = new.scale_in_protection.unwrap_or(settings.scale_in_protection);
    settings.max_instance_lifetime =
        new.max_instance_lifetime.unwrap_or(settings.max_instance_lifetime);
    Ok(desired)
}

fn change_parts(group: &mut Group, action: &Action) {
    match action {
        Action::PutTags { tags, .. } => group.tags.extend(tags.clone()),
        Action::DeleteTags { keys, .. } => group.tags.retain(|key, _| !keys.contains(key)),
        Action::AttachTargetGroups { arns, .. } => group.target_groups.extend(arns.clone()),
        Action::DetachTargetGroups { arns, .. } => {
            group.target_groups.retain(|arn| !arns.contains(arn));
        }
        Action::EnableMetrics { metrics, .. } => group.metrics.extend(metrics.clone()),
        Action::DisableMetrics { metrics, .. } => group.metrics.retain(|m| !metrics.contains(m)),
        Action::SuspendProcesses { processes, .. } => group.suspended.extend(processes.clone()),
        Action::ResumeProcesses { processes, .. } => {
            group.suspended.retain(|process| !processes.contains(process));
        }
        Action::PutPolicy { name, policy, .. } => {
            group.policies.insert(name.clone(), (**policy).clone());
        }
        Action::DeletePolicy { name, .. } => drop(group.policies.remove(name)),
        Action::PutSchedule { name, schedule, .. } => {
            group.schedules.insert(name.clone(), (**schedule).clone());
        }
        Action::DeleteSchedule { name, .. } => drop(group.schedules.remove(name)),
        Action::PutHook { name, hook, .. } => {
            group.hooks.get_or_insert_default().insert(name.clone(), (**hook).clone());
        }
        Action::DeleteHook { name, .. } => {
            group.hooks.get_or_insert_default().remove(name);
        }
        Action::PutWarmPool { pool, .. } => group.warm_pool = Some(pool.clone()),
        Action::DeleteWarmPool { .. } => group.warm_pool = None,
        // Those are carried out elsewhere: they are no changes of parts.
        Action::CreateTemplate { .. }
        | Action::CreateTemplateVersion { .. }
        | Action::DeleteTemplate { .. }
        | Action::CreateGroup(_)
        | Action::UpdateGroup { .. }
        | Action::DeleteGroup { .. } => {}
    }
}

//! The actions of the port, as Auto Scaling carries them out.

mod parts;
mod settings;
mod templates;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::action::{Action, NewGroup};
use plimsoll_core::cloud::{ActError, ErrorClass, Outcome};
use plimsoll_core::world::{Group, RegionState, Template, tag_keys};

use super::queue::At;
use super::{Engine, seen_mut};

const NO_REGION: &str = "the twin has no such region";

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
            return Err(refused(action, ErrorClass::Unreachable, NO_REGION));
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
        let id = self.next_id;
        let Some(RegionState::Observed(region)) = self.world.regions.get_mut(name) else {
            return Err(refused(action, ErrorClass::Unreachable, NO_REGION));
        };
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the others change alarms, or one group"
        )]
        match action {
            Action::CreateTemplate { name, data, .. } => {
                self.next_id += 1;
                templates::create(region, name, data, id)
                    .map_err(|why| refused(action, ErrorClass::Taken, why))
            }
            Action::CreateTemplateVersion { name, data } => templates::add(region, name, data)
                .map_err(|why| refused(action, ErrorClass::NotFound, why)),
            Action::DeleteTemplate { name } => {
                region.templates.remove(name);
                Ok(Outcome::Done)
            }
            Action::CreateGroup(new) => {
                self.create(place, name, new).map_err(|(class, why)| refused(action, class, why))
            }
            Action::DeleteGroup { group } => {
                if let Some(at) = self.find(name, group) {
                    self.delete(at);
                }
                Ok(Outcome::Done)
            }
            // They wake nobody here: a controller in the twin looks at the metrics itself.
            change if change.change_alarms(&mut region.alarms) => Ok(Outcome::Done),
            change => self.change(name, change),
        }
    }

    /// Makes a group. One of somebody else is simulated like ours, and gets no traffic.
    fn create(
        &mut self,
        place: usize,
        name: &str,
        new: &NewGroup,
    ) -> Result<Outcome, (ErrorClass, &'static str)> {
        settings::in_order(new.bounds).map_err(|why| (ErrorClass::Invalid, why))?;
        let Some(RegionState::Observed(region)) = self.world.regions.get_mut(name) else {
            return Err((ErrorClass::Unreachable, NO_REGION));
        };
        if let Some(group) = region.groups.iter().find(|group| group.name == new.name) {
            return already(group, new);
        }
        let made = made(name, &self.spec.account, new, &region.templates);
        let group = region.groups.len();
        region.groups.push(made);
        self.learn(At { site: place, group });
        Ok(Outcome::Done)
    }

    fn change(&mut self, region: &str, action: &Action) -> Result<Outcome, ActError> {
        let Some(at) = self.find(region, action.resource()) else {
            if parts::removes(action) {
                return Ok(Outcome::Done);
            }
            return Err(refused(action, ErrorClass::NotFound, "there is no such group"));
        };
        let templates = templates::ids(self.world.regions.get(region));
        let Some(seen) = seen_mut(&mut self.world, at) else {
            return Err(refused(action, ErrorClass::NotFound, "there is no such group"));
        };
        if let Action::UpdateGroup { change, .. } = action {
            let desired = settings::update(seen, change, &templates)
                .map_err(|why| refused(action, ErrorClass::Invalid, why))?;
            self.desire(at, desired, self.actor, String::new);
        } else {
            action.change_parts(seen);
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
        // Virtual users knew the groups by their places.
        self.spread_again();
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

/// A create that is repeated finds its own group; a name that somebody else has stays theirs, and
/// a create that says no owner owns nothing.
fn already(group: &Group, new: &NewGroup) -> Result<Outcome, (ErrorClass, &'static str)> {
    let same = |key: &str| {
        let wanted = new.tags.get(key).map(|tag| tag.value.as_str());
        wanted.is_some() && group.tag(key) == wanted
    };
    if tag_keys::IDENTITY.iter().all(|key| same(key)) {
        return Ok(Outcome::Done);
    }
    Err((ErrorClass::Taken, "a group of that name exists"))
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

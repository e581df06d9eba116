//! A service of the spec, lowered to what its group in a region should be: references are looked
//! up in the world.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Options;
use crate::bounds::{Declared, Effective};
use crate::lease::leases_of;
use crate::spec::{Fits, Machine, Place, Problem, Selector, Service, Slot, Spec, code, nearest};
use crate::world::{
    Alarm, Group, GroupSettings, InstanceType, Policy, Region, ScheduledAction, Tag, TargetGroup,
    TemplateData, TemplateRef, tag_keys,
};

/// What planning a region needs to know.
pub(super) struct Context<'a> {
    pub(super) spec: &'a Spec,
    pub(super) region_name: &'a str,
    pub(super) region: &'a Region,
    pub(super) now: Timestamp,
    pub(super) options: &'a Options,
}

/// What a group should be.
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) effective: Effective,
    /// The template's version is filled in when it is known which one holds the data.
    pub(super) settings: GroupSettings,
    pub(super) template: TemplateData,
    pub(super) target_groups: BTreeSet<String>,
    pub(super) tags: BTreeMap<String, Tag>,
    pub(super) policies: BTreeMap<String, Policy>,
    /// Alarms that wake the controller, by name.
    pub(super) alarms: BTreeMap<String, Alarm>,
    /// Scheduled actions that still lie ahead.
    pub(super) schedules: BTreeMap<String, ScheduledAction>,
    pub(super) zones: usize,
    /// Whether the living group references a template that was deleted and made again since.
    pub(super) other_template: bool,
    /// The overlay that declares the minimum, and the one that declares the maximum.
    pub(super) overlaid: (Option<String>, Option<String>),
}

impl Context<'_> {
    /// The overlay, when this place lies in it.
    fn overlay_of(&self, place: Option<Place>) -> Option<String> {
        place.filter(|place| place.is_of_overlay()).and_then(|_| self.spec.overlay.clone())
    }

    /// What the group of a service should be. Every reference that means nothing is a problem.
    pub(super) fn wanted(
        &self,
        name: &str,
        service: &Service,
        living: Option<&Group>,
        problems: &mut Vec<Problem>,
    ) -> Option<Wanted> {
        let group =
            living.map_or_else(|| self.spec.group_name(name, Slot::A), |group| group.name.clone());
        let subnets = self.subnets(service, problems);
        let security_groups = self.security_groups(service, problems);
        let target_groups = self.target_groups(service, problems);
        let instance_type = self.instance_type(&group, service, problems);
        let (subnets, zones) = subnets?;
        self.one_network(service, &subnets, security_groups.as_ref()?, problems)?;
        let target_groups = target_groups?;
        let target_group = target_groups.first().copied();
        let scaling = self.scaling(name, service, &group, target_group, problems)?;
        let identity = self.identity(name);
        let instances = &service.instances;
        let template = TemplateData {
            image: instances.image.clone(),
            instance_type: instance_type?,
            instance_profile: instances.profile.clone(),
            user_data: instances.user_data.clone(),
            security_groups: security_groups?,
            public_address: instances.public_address,
            imdsv2_required: instances.imdsv2_required,
            detailed_monitoring: instances.detailed_monitoring,
            root_volume: Some(instances.root_volume.clone()),
            volume_tags: volume_tags(&identity, &service.tags),
            unmanaged: BTreeSet::new(),
        };
        let settings = GroupSettings {
            template: Some(TemplateRef { name: group.clone(), version: String::new() }),
            subnets,
            health_checks: service.health_checks.clone(),
            health_check_grace: service.health_check_grace,
            warmup: service.warmup,
            termination_policies: service.termination_policies.clone(),
            maintenance: service.maintenance,
            zones: service.zones,
            scale_in_protection: service.scale_in_protection,
            max_instance_lifetime: service.max_instance_lifetime,
        };
        Some(Wanted {
            name: group,
            effective: self.effective(service, living),
            settings,
            template,
            target_groups: target_groups.iter().map(|group| group.arn.clone()).collect(),
            tags: identity
                .into_iter()
                .map(|(key, value)| (key, Tag { value, propagate: true }))
                .chain(service.tags.clone())
                .collect(),
            policies: scaling.policies,
            alarms: scaling.alarms,
            schedules: self.ahead(service),
            zones,
            other_template: false,
            overlaid: (self.overlay_of(service.places.min), self.overlay_of(service.places.max)),
        })
    }

    /// The bounds now, with the leases of the living group.
    fn effective(&self, service: &Service, living: Option<&Group>) -> Effective {
        let most =
            self.spec.regions.get(self.region_name).and_then(|it| it.limits.instances_per_service);
        let declared = Declared { bounds: service.bounds, schedule: &service.schedule, most };
        declared.with(&leases_of(service, living), self.now)
    }

    /// The tags that make a group ours.
    pub(super) fn identity(&self, service: &str) -> BTreeMap<String, String> {
        BTreeMap::from([
            (tag_keys::PLATFORM.to_owned(), self.spec.platform.clone()),
            (tag_keys::ENVIRONMENT.to_owned(), self.spec.environment.clone()),
            (tag_keys::SERVICE.to_owned(), service.to_owned()),
            (tag_keys::ROLE.to_owned(), crate::world::Role::Active.as_str().to_owned()),
        ])
    }

    /// Single moments that have passed are gone from AWS, and their effect is in the bounds.
    fn ahead(&self, service: &Service) -> BTreeMap<String, ScheduledAction> {
        let ahead = |entry: &ScheduledAction| match (&entry.recurrence, entry.start) {
            (None, Some(start)) => start > self.now,
            _ => entry.end.is_none_or(|end| end > self.now),
        };
        let entries = service.schedule.iter().filter(|(_, entry)| ahead(entry));
        entries.map(|(name, entry)| (name.clone(), entry.clone())).collect()
    }

    fn subnets(
        &self,
        service: &Service,
        problems: &mut Vec<Problem>,
    ) -> Option<(BTreeSet<String>, usize)> {
        let known: Vec<_> = self.region.subnets.iter().map(|s| (s.id.as_str(), &s.tags)).collect();
        let ids =
            self.select("subnet", &service.subnets, &known, service.places.subnets, problems)?;
        let chosen = || self.region.subnets.iter().filter(|subnet| ids.contains(&subnet.id));
        let vpcs: BTreeSet<_> = chosen().map(|subnet| subnet.vpc.as_str()).collect();
        if vpcs.len() > 1 {
            let vpcs = vpcs.into_iter().collect::<Vec<_>>().join(" and ");
            let message = format!("the subnets in {} lie in {vpcs}", self.region_name);
            problems.push(
                Problem::error(code::NO_NETWORK, service.places.subnets, message)
                    .help("a group's subnets lie in one VPC; add a tag that tells them apart"),
            );
            return None;
        }
        let zones: BTreeSet<_> = chosen().map(|subnet| subnet.zone.as_str()).collect();
        Some((ids, zones.len()))
    }

    fn security_groups(
        &self,
        service: &Service,
        problems: &mut Vec<Problem>,
    ) -> Option<BTreeSet<String>> {
        let known: Vec<_> =
            self.region.security_groups.iter().map(|s| (s.id.as_str(), &s.tags)).collect();
        let place = service.places.security_groups;
        self.select("security group", &service.security_groups, &known, place, problems)
    }

    /// Instances cannot launch with a security group of another VPC.
    fn one_network(
        &self,
        service: &Service,
        subnets: &BTreeSet<String>,
        security_groups: &BTreeSet<String>,
        problems: &mut Vec<Problem>,
    ) -> Option<()> {
        let home = self.region.subnets.iter().find(|subnet| subnets.contains(&subnet.id))?;
        let strangers = self
            .region
            .security_groups
            .iter()
            .filter(|group| security_groups.contains(&group.id) && group.vpc != home.vpc);
        let strangers: Vec<&str> = strangers.map(|group| group.id.as_str()).collect();
        if strangers.is_empty() {
            return Some(());
        }
        let message = format!(
            "{} in {} lies outside {}, where the subnets are",
            strangers.join(", "),
            self.region_name,
            home.vpc
        );
        problems.push(
            Problem::error(code::NO_NETWORK, service.places.security_groups, message)
                .help("choose security groups of the subnets' VPC"),
        );
        None
    }

    fn select(
        &self,
        what: &str,
        selector: &Selector,
        known: &[(&str, &BTreeMap<String, String>)],
        place: Option<Place>,
        problems: &mut Vec<Problem>,
    ) -> Option<BTreeSet<String>> {
        let region = self.region_name;
        let (chosen, message) = match selector {
            Selector::Ids(ids) => {
                let missing: Vec<&str> = ids
                    .iter()
                    .map(String::as_str)
                    .filter(|id| !known.iter().any(|(known, _)| known == id))
                    .collect();
                let message = format!("{region} has no {what} {}", missing.join(", "));
                let chosen = missing.is_empty().then(|| ids.iter().cloned().collect());
                (chosen.unwrap_or_default(), message)
            }
            Selector::Tags(tags) => {
                let matches = |has: &BTreeMap<String, String>| {
                    tags.iter().all(|(key, value)| has.get(key) == Some(value))
                };
                let chosen: BTreeSet<String> = known
                    .iter()
                    .filter(|(_, has)| matches(has))
                    .map(|(id, _)| (*id).to_owned())
                    .collect();
                let tags: Vec<_> =
                    tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
                let tags = tags.join(", ");
                (chosen, format!("{region} has no {what} with the tags {tags}"))
            }
        };
        if chosen.is_empty() {
            problems.push(
                Problem::error(code::NO_NETWORK, place, message)
                    .help(format!("{region} has {} in all", count(known.len(), what))),
            );
            return None;
        }
        Some(chosen)
    }

    /// None or one: a service may do without.
    fn target_groups(
        &self,
        service: &Service,
        problems: &mut Vec<Problem>,
    ) -> Option<Vec<&TargetGroup>> {
        let Some(wanted) = &service.target_group else { return Some(Vec::new()) };
        let groups = &self.region.target_groups;
        let found = groups.iter().find(|group| group.name == *wanted || group.arn == *wanted);
        if found.is_none() {
            let names = groups.iter().map(|group| group.name.as_str());
            let help = nearest(wanted, names)
                .unwrap_or_else(|| "create it with its load balancer first".to_owned());
            let message = format!("target group `{wanted}` is not in {}", self.region_name);
            let place = service.places.target_group;
            problems.push(Problem::error(code::NO_SUCH_TARGET_GROUP, place, message).help(help));
        }
        found.map(|found| vec![found])
    }

    fn instance_type(
        &self,
        group: &str,
        service: &Service,
        problems: &mut Vec<Problem>,
    ) -> Option<String> {
        let fits = match &service.instances.machine {
            Machine::Type(name) => return Some(name.clone()),
            Machine::Fits(fits) => fits,
        };
        let offered = || self.region.instance_types.iter().filter(|offer| offers(offer, fits));
        let running = self.region.templates.get(group).map(|living| &living.data.instance_type);
        if let Some(running) = running.filter(|name| offered().any(|offer| offer.name == **name)) {
            return Some(running.clone());
        }
        let smallest = offered().min_by_key(|offer| {
            (offer.memory_mib, offer.vcpus, !offer.burstable, offer.name.clone())
        });
        if smallest.is_none() {
            let message = format!(
                "{} offers no current {} type with {} vCPU and {} GiB",
                self.region_name, fits.architecture, fits.vcpus, fits.memory_gib
            );
            problems.push(
                Problem::error(code::NO_INSTANCE_TYPE, service.places.machine, message)
                    .help("ask for less, or name a `type`"),
            );
        }
        smallest.map(|offer| offer.name.clone())
    }
}

/// Volumes do not get a group's tags, so the template gives them what instances get.
fn volume_tags(
    identity: &BTreeMap<String, String>,
    tags: &BTreeMap<String, Tag>,
) -> BTreeMap<String, String> {
    let propagated = tags.iter().filter(|(_, tag)| tag.propagate);
    identity
        .clone()
        .into_iter()
        .chain(propagated.map(|(key, tag)| (key.clone(), tag.value.clone())))
        .collect()
}

fn offers(offer: &InstanceType, fits: &Fits) -> bool {
    offer.current
        && offer.vcpus >= fits.vcpus
        && offer.memory_mib >= u64::from(fits.memory_gib) * 1024
        && (fits.burstable || !offer.burstable)
        && offer.architectures.contains(&fits.architecture)
}

/// A number with its noun.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

//! A platform is brought to the regions by its own plan, and settles.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_core::apply::Outputs;
use plimsoll_core::plan::{self, Options as PlanOptions};
use plimsoll_core::spec::{Capacity, Kind, Service, Spec};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::{self, Role, tag_keys};

use super::faults::weather;
use super::group::{Call, Group};
use super::queue::{At, Step};
use super::site::Site;
use super::strip::Strip;
use super::{Engine, common_span, groups};
use crate::model::Model;
use crate::station::Station;

impl Engine {
    /// Carries out the plan of the spec, and lets what it launches come into service at once.
    pub(super) fn bring_up(&mut self) {
        let plan = plan::plan(&self.spec, &self.world, self.start, &PlanOptions::default());
        self.notes.extend(plan.problems.iter().map(|problem| problem.message.clone()));
        for (region, planned) in &plan.regions {
            let mut outputs = Outputs::default();
            for step in planned.steps() {
                match self.act(region, &outputs.fill_in(&step.action)) {
                    Ok(outcome) => outputs.take(outcome),
                    Err(error) => drop(self.notes.insert(error.to_string())),
                }
            }
        }
        self.settle();
    }

    /// What boots is in service, and what warms up is warm.
    fn settle(&mut self) {
        for place in 0..self.sites.len() {
            for group in 0..self.groups_of(place).len() {
                let at = At { site: place, group };
                self.reconcile(at);
                self.with(at, |group, seen| {
                    group.fleet.settle(seen);
                    group.rises = super::rises::RiseLog::default();
                });
            }
        }
    }

    /// The twin learns of a group that was made or changed.
    pub(super) fn learn(&mut self, at: At) {
        let Some(seen) = self.groups_of(at.site).get(at.group).cloned() else { return };
        let Some(site) = self.sites.get_mut(at.site) else { return };
        let name = seen.tag(tag_keys::SERVICE).unwrap_or_default();
        let region = self.spec.regions.get(&site.name);
        let service = region.and_then(|region| region.services.get(name));
        if service.is_none() {
            self.notes.insert(format!("{}: the spec does not know what it is", seen.name));
        }
        let unrated = Capacity::default();
        let capacity = service.map_or(&unrated, |service| &service.capacity);
        if at.group >= site.groups.len() {
            let station = station(capacity, &self.model, &mut self.stations);
            let mut group = Group::new(name, capacity, station, self.now);
            group.asked = self.traffic.asks(name);
            group.weather = weather(&self.faults, self.now, &self.model, &site.name, name);
            if self.recorder.is_some() {
                group.strip = Some(Box::new(Strip::new(name, &site.name)));
            }
            site.groups.push(group);
        }
        if let Some(group) = site.groups.get_mut(at.group) {
            let role = seen.tag(tag_keys::ROLE).unwrap_or(Role::Active.as_str());
            let owner = |key: &str, of: &String| seen.tag(key) == Some(of);
            group.active = role == Role::Active.as_str()
                && owner(tag_keys::PLATFORM, &self.spec.platform)
                && owner(tag_keys::ENVIRONMENT, &self.spec.environment);
            self.notes.extend(group.learn(&seen, service, &self.model, self.now));
            self.span = group.periods().fold(self.span, common_span);
        }
        if let Some(service) = service {
            self.notes.extend(unmodelled(name, service));
        }
        self.connect(at.site);
        self.queue_schedule(at);
        if self.look(at).is_some_and(|(group, _)| group.fleet.has_news()) {
            self.queue_in(0, at, Step::HealthCheck);
        }
        self.reconcile_soon(at);
    }

    /// Who asks whom in a region.
    pub(super) fn connect(&mut self, place: usize) {
        let Some(site) = self.sites.get_mut(place) else { return };
        let calls: Vec<Vec<Call>> =
            site.groups.iter().map(|group| calls(&self.spec, site, &group.service)).collect();
        for (group, calls) in site.groups.iter_mut().zip(calls) {
            group.calls = calls;
        }
        site.settle_order();
        self.traffic.connect(place, site);
    }

    /// Where a group of a name is.
    pub(super) fn find(&self, region: &str, name: &str) -> Option<At> {
        let site = self.sites.iter().position(|site| site.name == region)?;
        let seen = self.world.regions.get(region).map(groups)?;
        let group = seen.iter().position(|group: &world::Group| group.name == name)?;
        Some(At { site, group })
    }
}

fn calls(spec: &Spec, site: &Site, service: &str) -> Vec<Call> {
    let service = spec.regions.get(&site.name).and_then(|region| region.services.get(service));
    let uses = service.into_iter().flat_map(|service| &service.uses);
    uses.filter_map(|(name, how)| {
        let per_request = how.per_request.map_or(0.0, MetricValue::as_f64);
        Some(Call {
            to: site.place_of(name)?,
            per_request,
            // Connections alone say that requests need it, and not how many.
            depends: if how.per_request.is_some() { per_request.min(1.0) } else { 1.0 },
            connections: f64::from(how.connections_per_instance.unwrap_or_default()),
        })
    })
    .collect()
}

/// What to say of a service that is simpler here than at AWS.
fn unmodelled(name: &str, service: &Service) -> impl Iterator<Item = String> {
    let unrated = service.kind == Kind::Stateless && service.capacity.requests_per_second.is_none();
    let said = [
        unrated.then_some("has no `requests_per_second`: it never saturates here"),
        service
            .max_instance_lifetime
            .map(|_| "replaces no instance for its age here: `max_instance_lifetime` is ignored"),
    ];
    said.into_iter().flatten().map(move |said| format!("{name} {said}"))
}

/// Stations by their rating: requests per second, and milliseconds without load. Groups share
/// them, since working one out takes longer than an hour of a whole platform.
pub(super) type Stations = BTreeMap<(Option<MetricValue>, u32), Arc<Station>>;

/// What an instance makes of its load. One without a rating never saturates.
fn station(capacity: &Capacity, model: &Model, known: &mut Stations) -> Arc<Station> {
    let rated = capacity.requests_per_second;
    let base = capacity.base_latency_ms.unwrap_or(model.base_latency_ms);
    let worked_out = || {
        let rated = rated.map_or(1e9, MetricValue::as_f64);
        Arc::new(Station::new(rated, f64::from(base) / 1_000.0, model.queue_seconds))
    };
    Arc::clone(known.entry((rated, base)).or_insert_with(worked_out))
}

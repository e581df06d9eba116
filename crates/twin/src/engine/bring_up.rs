//! A platform is brought to the regions by its own plan, and settles.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_core::apply::Outputs;
use plimsoll_core::plan::{self, Options as PlanOptions};
use plimsoll_core::spec::{Kind, Service, Spec};
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::{self, tag_keys};

use super::group::{Call, Group};
use super::queue::At;
use super::strip::Strip;
use super::{Engine, groups};
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
        let Some(seen) = self.groups_of(at.site).get(at.group) else { return };
        let seen = seen.clone();
        let Some(site) = self.sites.get_mut(at.site) else { return };
        let region = self.spec.regions.get(&site.name);
        let service = seen.tag(tag_keys::SERVICE);
        let Some((name, service)) = service.zip(region).and_then(|(name, region)| {
            region.services.get(name).map(|service| (name.to_owned(), service.clone()))
        }) else {
            self.notes.insert(format!("{}: the spec does not know what it is", seen.name));
            return;
        };
        if at.group >= site.groups.len() {
            let station = station(&service, &self.model, &mut self.stations);
            let mut group = Group::new(&name, &service, station, self.now);
            group.asked = self.traffic.asks(&name);
            group.weather.delay = u64::from(self.model.metric_delay.0);
            if self.recorder.is_some() {
                group.strip = Some(Box::new(Strip::new(&name, &site.name)));
            }
            site.groups.push(group);
        }
        if let Some(group) = site.groups.get_mut(at.group) {
            let untold = group.learn(&seen, &service, &self.model, self.now);
            self.notes.extend(untold);
            if service.kind == Kind::Stateless && service.capacity.requests_per_second.is_none() {
                let why = "has no `requests_per_second`: it never saturates here";
                self.notes.insert(format!("{name} {why}"));
            }
        }
        self.connect(at.site);
        self.queue_schedule(at);
        self.reconcile_soon(at);
    }

    /// Who leans on whom in a region.
    pub(super) fn connect(&mut self, place: usize) {
        let Some(site) = self.sites.get_mut(place) else { return };
        let places: BTreeMap<String, usize> = site
            .groups
            .iter()
            .enumerate()
            .rev()
            .map(|(place, group)| (group.service.clone(), place))
            .collect();
        for group in &mut site.groups {
            group.calls = calls(&self.spec, &site.name, &group.service, &places);
        }
        site.settle_order();
    }

    /// Where a group of a name is.
    pub(super) fn find(&self, region: &str, name: &str) -> Option<At> {
        let site = self.sites.iter().position(|site| site.name == region)?;
        let seen = self.world.regions.get(region).map(groups)?;
        let group = seen.iter().position(|group: &world::Group| group.name == name)?;
        Some(At { site, group })
    }
}

fn calls(spec: &Spec, region: &str, service: &str, places: &BTreeMap<String, usize>) -> Vec<Call> {
    let service = spec.regions.get(region).and_then(|region| region.services.get(service));
    let uses = service.into_iter().flat_map(|service| &service.uses);
    uses.filter_map(|(name, how)| {
        let per_request = how.per_request.map_or(0.0, MetricValue::as_f64);
        Some(Call {
            to: *places.get(name)?,
            per_request,
            // Connections alone say that requests need it, and not how many.
            depends: if how.per_request.is_some() { per_request.min(1.0) } else { 1.0 },
            connections: f64::from(how.connections_per_instance.unwrap_or_default()),
        })
    })
    .collect()
}

/// Stations by their rating: requests per second, and milliseconds without load. Groups share
/// them, since working one out takes longer than an hour of a whole platform.
pub(super) type Stations = BTreeMap<(Option<MetricValue>, u32), Arc<Station>>;

/// What an instance of a service makes of its load. One without a rating never saturates.
fn station(service: &Service, model: &Model, known: &mut Stations) -> Arc<Station> {
    let rated = service.capacity.requests_per_second;
    let base = service.capacity.base_latency_ms.unwrap_or(model.base_latency_ms);
    let make = || {
        let rated = rated.map_or(1e9, MetricValue::as_f64);
        Arc::new(Station::new(rated, f64::from(base) / 1_000.0, model.queue_seconds))
    };
    Arc::clone(known.entry((rated, base)).or_insert_with(make))
}

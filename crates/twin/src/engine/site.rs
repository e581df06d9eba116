//! A region: its groups, and what ails it.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::world;

use super::flow::{Blame, Surroundings};
use super::group::Group;
use super::observe::Past;
use super::published::Published;
use super::traffic::{self, Session};

/// A region.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) name: String,
    /// In the order of the world's groups of the region.
    pub(crate) groups: Vec<Group>,
    /// Its share of the traffic by the spec, relative to the others'.
    pub(crate) weight: f64,
    /// Whether the global load balancer sends requests here.
    pub(crate) open: bool,
    /// The share of its traffic that its peers leave it, 0 to 1.
    pub(crate) share: f64,
    pub(crate) ails: Ailments,
    /// Virtual users who ask here, in the span that runs.
    pub(crate) sessions: Vec<Session>,
    pub(crate) past: Past,
    /// Metrics that controllers published here.
    pub(crate) published: Published,
    /// Places of its groups, callers before those that they call.
    order: Vec<usize>,
    /// Requests per second at each group, while they are worked out.
    demand: Vec<f64>,
}

/// What is wrong with a region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fault of its own, in force or not")]
pub(crate) struct Ailments {
    pub(crate) control_dark: bool,
    pub(crate) data_dark: bool,
    pub(crate) throttled: bool,
    pub(crate) lost_answers: bool,
    /// Seconds by which reads lag.
    pub(crate) stale: u32,
    /// How long a boot takes, in percent of the usual.
    pub(crate) boot_percent: u32,
    /// Zone and instance type; `None` for all.
    pub(crate) no_capacity: Vec<(Option<String>, Option<String>)>,
    pub(crate) lost_zones: BTreeSet<String>,
    /// Instances that answer nothing, by service.
    pub(crate) silent: BTreeMap<String, usize>,
    /// Regions that it cannot see.
    pub(crate) cut_off_from: BTreeSet<String>,
}

impl Ailments {
    /// Why an instance of a type cannot be launched in a zone.
    pub(crate) fn refuses(&self, zone: &str, instance_type: &str) -> Option<&'static str> {
        let narrowed = |by: &Option<String>, to: &str| by.as_deref().is_none_or(|by| by == to);
        let short = self
            .no_capacity
            .iter()
            .any(|(in_zone, of_type)| narrowed(in_zone, zone) && narrowed(of_type, instance_type));
        if self.control_dark {
            Some("the control plane does not answer")
        } else if self.lost_zones.contains(zone) {
            Some("the zone is lost")
        } else {
            short.then_some("insufficient capacity")
        }
    }
}

impl Site {
    pub(crate) fn new(name: &str, weight: u32) -> Self {
        Self {
            name: name.to_owned(),
            groups: Vec::new(),
            weight: f64::from(weight),
            open: true,
            share: 1.0,
            ails: Ailments { boot_percent: 100, ..Ailments::default() },
            sessions: Vec::new(),
            past: Past::new(),
            published: Published::new(),
            order: Vec::new(),
            demand: Vec::new(),
        }
    }

    /// Whether the global load balancer sends requests here, rather than to the other regions.
    pub(crate) fn is_open(&self) -> bool {
        self.open && self.share > 0.0
    }

    /// The place of the group that carries a service's traffic.
    pub(crate) fn place_of(&self, service: &str) -> Option<usize> {
        self.groups.iter().position(|group| group.active && group.service == service)
    }

    /// Groups came or went: who calls whom is worked out again. A circle is cut where it closes.
    pub(crate) fn settle_order(&mut self) {
        let mut order = Vec::new();
        let mut left: Vec<usize> = (0..self.groups.len()).collect();
        while !left.is_empty() {
            let called = |place: &usize| {
                let calls = |caller: &&usize| {
                    self.groups
                        .get(**caller)
                        .is_some_and(|group| group.calls.iter().any(|call| call.to == *place))
                };
                left.iter().filter(|caller| *caller != place).any(|caller| calls(&caller))
            };
            let next = left.iter().position(|place| !called(place)).unwrap_or(0);
            order.push(left.remove(next));
        }
        self.order = order;
        self.demand = vec![0.0; self.groups.len()];
    }

    /// Counts what has gone through until now.
    pub(crate) fn advance(&mut self, now: u64) {
        for group in &mut self.groups {
            group.advance(now);
        }
    }

    /// Works out what goes through from now on.
    pub(crate) fn reflow(&mut self, now: u64, seen: &[world::Group]) {
        let mut demand = std::mem::take(&mut self.demand);
        for (demand, group) in demand.iter_mut().zip(&self.groups) {
            *demand = group.direct;
        }
        traffic::settle(&mut self.sessions, &mut demand, &self.groups, self.ails.data_dark);
        for place in &self.order {
            let Some(group) = self.groups.get(*place) else { continue };
            if group.calls.is_empty() {
                continue;
            }
            let offered = demand.get(*place).copied().unwrap_or_default();
            let offered = if self.ails.data_dark { 0.0 } else { group.accepts(offered) };
            for call in &group.calls {
                if let Some(demand) = demand.get_mut(call.to) {
                    *demand += offered * call.per_request;
                }
            }
        }
        // Those that are called first, since their state is part of their callers'.
        for index in (0..self.order.len()).rev() {
            let Some(place) = self.order.get(index).copied() else { continue };
            let around = self.around(place);
            // Only what is watched is counted: that is once for each group that others lean on.
            let watched = self.groups.get(place).is_some_and(|group| group.guard.is_some());
            let held = if watched { self.connections_to(place) } else { 0.0 };
            let offered = demand.get(place).copied().unwrap_or_default();
            let max = seen.get(place).map_or(0, |group| group.bounds.max);
            if let Some(group) = self.groups.get_mut(place) {
                group.held = group.connections.map_or(held, |limit| held.min(limit));
                group.flow(now, offered, around, max);
            }
        }
        self.demand = demand;
    }

    /// What the region, and the services that a group leans on, do to its requests.
    fn around(&self, place: usize) -> Surroundings {
        let mut around = Surroundings { dark: self.ails.data_dark, ..Surroundings::default() };
        let Some(group) = self.groups.get(place) else { return around };
        let (mut working, mut worst) = (1.0, 0.0);
        for call in &group.calls {
            let Some(other) = self.groups.get(call.to) else { continue };
            let flow = other.flow;
            let lost = if flow.offered > 0.0 { flow.lost / flow.offered } else { 0.0 };
            let unconnected = self.without_connection(call.to, other);
            let failing = call.depends * (1.0 - (1.0 - lost) * (1.0 - unconnected));
            if failing > worst {
                worst = failing;
                let connections = unconnected > lost;
                let blame = if connections { Blame::Connections } else { Blame::Called };
                around.blame = Some(blame(call.to));
            }
            working *= 1.0 - failing;
            let waits = other.station.mean(flow.at) - other.station.idle;
            around.elsewhere += call.per_request * waits.max(0.0);
        }
        around.failing = 1.0 - working;
        around
    }

    /// The share of the callers' instances that gets no connection.
    fn without_connection(&self, place: usize, other: &Group) -> f64 {
        let Some(limit) = other.connections else { return 0.0 };
        let wanted = self.connections_to(place);
        if wanted > limit { 1.0 - limit / wanted } else { 0.0 }
    }

    /// Connections that the callers of a group would hold open.
    fn connections_to(&self, place: usize) -> f64 {
        let calls =
            self.groups.iter().flat_map(|group| group.calls.iter().map(move |call| (group, call)));
        calls
            .filter(|(_, call)| call.to == place)
            .map(|(group, call)| f64::from(group.fleet.counts().in_service) * call.connections)
            .sum()
    }
}

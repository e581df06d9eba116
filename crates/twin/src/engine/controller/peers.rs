//! What a controller knows of the other regions: what their controllers published a minute ago, what
//! their metrics say, and whether their endpoints answer.

use std::collections::BTreeMap;

use plimsoll_core::bounds::Effective;
use plimsoll_core::reflex::shortage;
use plimsoll_core::reflex::{Evidence, Load, Peer, Pulse, Scarcity, Shortage, Signals};
use plimsoll_core::spec::Failover;
use plimsoll_core::traffic::Published;
use plimsoll_core::world::{Group, tag_keys};

use super::course::Course;
use crate::engine::Engine;
use crate::engine::site::Site;

/// A controller is heard that published within so many seconds: three ticks, of which two were lost.
const HEARD: u64 = 180;

/// What a controller published last.
#[derive(Debug, Default)]
pub(super) struct Beat {
    /// When, if ever.
    pub(super) at: Option<u64>,
    pub(super) loads: BTreeMap<String, Load>,
    /// The shares of the other regions' traffic, by their places.
    pub(super) judged: Vec<Option<Published>>,
}

/// What the metrics of a region's load balancers say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Vital {
    errors: Course,
    healthy: Course,
}

impl Vital {
    /// Looks at what the region's metrics show now.
    pub(super) fn look(&mut self, site: &Site, failover: &Failover, now: u64) {
        let (mut requests, mut errors, mut registered, mut healthy) = (0.0, 0.0, 0, 0);
        for group in site.groups.iter().filter(|group| group.active && group.asked) {
            let Some(minute) = group.watch.shown(group.weather) else { continue };
            requests += minute.requests;
            errors += minute.errors;
            registered += minute.registered;
            healthy += minute.healthy;
        }
        let many = || errors * 100.0 >= requests * f64::from(failover.errors_percent);
        let few = || {
            let wanted = u64::from(registered) * u64::from(failover.healthy_percent);
            u64::from(healthy) * 100 < wanted
        };
        self.errors.see(now, (requests > 0.0).then(many));
        self.healthy.see(now, (registered > 0).then(few));
    }
}

/// Brings what the controller at `here` knows of the region at `there` up to date.
pub(super) fn update(
    peer: &mut Peer,
    asked: &mut Course,
    (here, there): (usize, usize),
    (beats, vitals): (&[Beat], &[Vital]),
    engine: &Engine,
) {
    let sites = (engine.sites.get(here), engine.sites.get(there));
    let ((Some(here_site), Some(site)), Some(beat)) = (sites, beats.get(there)) else { return };
    let now = engine.now;
    let cut = here_site.ails.cut_off_from.contains(&site.name);
    let has_endpoint =
        engine.spec.regions.get(&site.name).is_some_and(|region| region.endpoint.is_some());
    asked.see(now, has_endpoint.then_some(site.ails.data_dark || cut));
    let is_readable = !(cut || site.ails.control_dark || site.ails.throttled);
    let vital = vitals.get(there).copied().filter(|_| is_readable).unwrap_or_default();
    peer.evidence = Evidence {
        endpoint: asked.condition(now),
        errors: vital.errors.condition(now),
        healthy: vital.healthy.condition(now),
    };
    peer.pulse = match beat.at {
        _ if !is_readable => Pulse::Unreadable,
        None => Pulse::Never,
        Some(at) if now - at <= HEARD => Pulse::Heard,
        Some(_) => Pulse::Silent,
    };
    if peer.pulse == Pulse::Heard {
        copy(&beat.loads, &mut peer.loads);
    } else {
        peer.loads.clear();
    }
    let judged = |by: usize, about: usize| beats.get(by)?.judged.get(about).copied().flatten();
    peer.judged = judged(here, there);
    peer.judges_us = judged(there, here).filter(|_| is_readable);
}

/// Copies without making names anew, as long as they are the same.
fn copy(from: &BTreeMap<String, Load>, to: &mut BTreeMap<String, Load>) {
    if from.keys().eq(to.keys()) {
        to.values_mut().zip(from.values()).for_each(|(to, from)| *to = *from);
    } else {
        to.clone_from(from);
    }
}

/// What a controller publishes of its services. One whose load is not known is left out.
pub(super) fn publish(
    loads: &mut BTreeMap<String, Load>,
    groups: &[Group],
    (signals, effective): (&BTreeMap<String, Signals>, &BTreeMap<String, Effective>),
    now: jiff::Timestamp,
) {
    for ((name, effective), signals) in
        effective.iter().filter_map(|it| Some((it, signals.get(it.0)?)))
    {
        let group = groups.iter().find(|group| group.tag(tag_keys::SERVICE) == Some(name));
        let (Some(group), Some(wanted)) = (group, signals.wanted) else {
            loads.remove(name);
            continue;
        };
        let short = group.tags.contains_key(shortage::KEY).then(|| Shortage::now(group, now));
        let short = short.flatten();
        let stuck = short.as_ref().is_some_and(|short| short.why == Scarcity::CannotLaunch);
        let free = effective.bounds.max.saturating_sub(group.desired);
        let load = Load {
            wanted,
            shortage: short.map_or(0, |short| short.missing),
            headroom: if stuck { 0 } else { free },
            demand: signals.demand,
        };
        match loads.get_mut(name) {
            Some(known) => *known = load,
            None => drop(loads.insert(name.clone(), load)),
        }
    }
}

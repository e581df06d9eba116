//! Plimsoll's controller, one in every region: each minute it decides by the core's own rules, and
//! its actions meet whatever ails the region.
//!
//! ```text
//!   watch ──> signals ─┐
//!   groups, bounds ────┼──> plimsoll_core::reflex::decide ──> steps ──> act
//!   beats of the peers ┘              │                └────> shares ──> DNS, later
//!         ^───────────── published ───┘
//! ```
//!
//! All controllers decide on the same moment, and before any of them acts: none sees what another
//! does in the same minute. One whose region's API does not answer, or refuses its calls, decides
//! nothing.

mod beat;
mod bounds;
mod carry;
mod course;
mod peers;
mod shares;
mod signals;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_core::reflex::{Input, Peer, Signals, decide};
use plimsoll_core::spec::Spec;
use plimsoll_core::traffic::Share;

use self::beat::Beat;
use self::bounds::Known;
use self::carry::Order;
use self::peers::Asked;
use super::site::Site;
use super::{Engine, groups};
use crate::outcome::Controllers as Count;

/// Seconds between two decisions.
const TICK: u64 = 60;

/// The controllers of all regions, in the order of the regions.
#[derive(Debug)]
pub(crate) struct Controllers {
    each: Vec<Controller>,
    beats: Vec<Beat>,
    /// The share of every region's traffic that its peers agreed on last.
    agreed: Vec<Share>,
    pub(super) count: Count,
}

/// The controller of one region: what it has read.
#[derive(Debug)]
struct Controller {
    known: Known,
    signals: BTreeMap<String, Signals>,
    peers: BTreeMap<String, Peer>,
    asked: Asked,
    failed_launches: BTreeSet<String>,
    /// Whether it could read its region.
    reads: bool,
    /// Whether its last reads lagged.
    lagged: bool,
}

impl Controllers {
    /// Controllers that have not read anything yet.
    pub(super) fn of(spec: &Spec, now: jiff::Timestamp) -> Self {
        let all = spec.regions.len();
        let controller = |(name, region): (&String, _)| Controller {
            known: Known::of(region, now),
            signals: signals::none(region),
            peers: peers::unheard(spec, name),
            asked: Asked::nobody(all.saturating_sub(1)),
            failed_launches: BTreeSet::new(),
            reads: false,
            lagged: false,
        };
        Self {
            each: spec.regions.iter().map(controller).collect(),
            beats: (0..all).map(|_| Beat::none(all)).collect(),
            agreed: vec![Share::OPEN; all],
            count: Count::default(),
        }
    }

    /// Every controller reads.
    fn look(&mut self, engine: &mut Engine) {
        let (now, moment) = (engine.now, engine.moment(engine.now));
        for (place, controller) in self.each.iter_mut().enumerate() {
            let Some(site) = engine.sites.get(place) else { continue };
            controller.reads = !(site.ails.control_dark || site.ails.throttled);
            if controller.reads {
                signals::update(&mut controller.signals, site, now);
                controller.refresh(engine, place, moment);
            } else {
                self.count.missed += 1;
            }
        }
        for (place, controller) in self.each.iter_mut().enumerate() {
            controller.meet(&engine.spec, &engine.sites, place, &self.beats, now);
        }
    }

    /// Every controller decides.
    fn decide(&mut self, engine: &Engine) -> Vec<Order> {
        let now = engine.moment(engine.now);
        let mut orders = Vec::new();
        let places = self.each.iter().zip(&mut self.beats).zip(&engine.sites).enumerate();
        for (place, ((controller, beat), site)) in places.filter(|(_, ((it, _), _))| it.reads) {
            let Some(seen) = engine.as_read(place) else { continue };
            let input = Input {
                spec: &engine.spec,
                region: &site.name,
                groups: &seen.groups,
                effective: &controller.known.effective,
                signals: &controller.signals,
                peers: &controller.peers,
                failed_launches: &controller.failed_launches,
                now,
            };
            let decision = decide(&input);
            self.count.ticks += 1;
            beat.publish(&input, &decision, engine.now);
            if !decision.verdicts.is_empty() || !decision.steps.is_empty() {
                let tells = engine.recorder.is_some();
                orders.push(Order::of(place, &decision, &seen.groups, tells, &mut self.count));
            }
        }
        orders
    }
}

impl Controller {
    /// Reads what the others published, and asks their endpoints for the next minute. Loads are read
    /// when they are worth their price, as it is at AWS.
    fn meet(&mut self, spec: &Spec, sites: &[Site], place: usize, beats: &[Beat], now: u64) {
        let Some(here) = sites.get(place).filter(|_| self.reads) else { return };
        let others = || sites.iter().enumerate().filter(|(there, _)| *there != place);
        let mut wants_loads = spec.controller.standing;
        for (index, (peer, there)) in self.peers.values_mut().zip(others()).enumerate() {
            peers::update(peer, (&self.asked, index), ((place, here), there), beats, now);
            let short = beats.get(there.0).is_some_and(|beat| beat.is_short(now));
            wants_loads |=
                peer.is_troubled() || peer.is_lowered() || (short && peers::reads(here, there.1));
        }
        for (peer, (there, site)) in self.peers.values_mut().zip(others()) {
            peer.loads = match beats.get(there) {
                Some(beat) if wants_loads && peers::reads(here, site) => beat.loads(now),
                _ => BTreeMap::new(),
            };
        }
        let others: Vec<&Site> = others().map(|(_, site)| site).collect();
        self.asked.ask(spec, here, &others, now);
    }

    /// Reads the bounds and what events told.
    fn refresh(&mut self, engine: &mut Engine, place: usize, now: jiff::Timestamp) {
        self.failed_launches.clear();
        let stale = engine.sites.get(place).is_some_and(|site| site.ails.stale > 0);
        let lags = std::mem::replace(&mut self.lagged, stale) || stale;
        let mut changed = BTreeSet::new();
        if let Some(site) = engine.sites.get_mut(place) {
            let seen = engine.world.regions.values().nth(place).map(groups).unwrap_or_default();
            for (group, seen) in site.groups.iter_mut().zip(seen) {
                if std::mem::take(&mut group.watch.failed) {
                    self.failed_launches.insert(seen.name.clone());
                }
                if std::mem::take(&mut group.watch.changed) {
                    changed.insert(group.service.clone());
                }
            }
        }
        let region = engine.sites.get(place).and_then(|it| engine.spec.regions.get(&it.name));
        let (Some(region), Some(seen)) = (region, engine.as_read(place)) else { return };
        let changed = |service: &str| lags || changed.contains(service);
        self.known.refresh(region, &seen.groups, now, changed);
        let Some(site) = engine.sites.get(place) else { return };
        let read = (seen.groups.as_slice(), &self.known);
        signals::watch(&mut self.signals, (&engine.spec, site), read, now);
    }
}

impl Engine {
    /// The controllers decide and act, when a minute is over.
    pub(super) fn control(&mut self) {
        if !self.now.is_multiple_of(TICK) {
            return;
        }
        let Some(mut controllers) = self.controllers.take() else { return };
        let now = self.now;
        for (site, seen) in self.sites.iter_mut().zip(self.world.regions.values()) {
            for (group, seen) in site.groups.iter_mut().zip(groups(seen)) {
                group.end_minute(now, seen.desired);
            }
        }
        controllers.look(self);
        let orders = controllers.decide(self);
        controllers.agree(self);
        for order in orders {
            self.carry_out_order(order, &mut controllers.count);
        }
        self.controllers = Some(controllers);
    }
}

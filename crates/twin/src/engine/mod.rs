//! The engine: regions in virtual time.
//!
//! ```text
//!   load ──> traffic ──> flow through every group ──> metric periods ──> alarms ──> policies
//!                          ^                                                          │
//!   queue of events ──> fleet (launch, boot, serve, drain) <── desired capacity <─────┘
//! ```
//!
//! Time advances in spans over which the load is constant; events fall between, to the second. What
//! an observer can see is kept in a [`World`] that is changed in place, and decisions borrow it.

mod act;
mod bring_up;
mod controller;
mod faults;
mod fleet;
mod flow;
mod gauge;
mod ground;
mod group;
mod health;
mod launch;
mod lifecycle;
mod managed;
mod math;
mod observe;
mod policies;
mod pool;
mod published;
mod queue;
mod rises;
mod schedule;
mod score;
mod signal;
mod site;
mod sizing;
mod strip;
mod tally;
mod termination;
#[cfg(test)]
mod tests;
mod traffic;
mod verdict;
mod watch;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use plimsoll_core::spec::Spec;
use plimsoll_core::world::{self, RegionState, World};

use self::bring_up::Stations;
use self::controller::Controllers;
use self::queue::{At, Queue};
use self::site::Site;
use self::traffic::Traffic;
use crate::fault::Fault;
use crate::load::{Load, Source};
use crate::model::Model;
use crate::outcome::{Mark, MarkKind};
use crate::run::{Controller, Options};

/// Curves have at most so many points.
const MOST_POINTS: u64 = 1_500;

/// Regions in virtual time.
#[derive(Debug)]
pub(crate) struct Engine {
    spec: Spec,
    model: Model,
    faults: Vec<Fault>,
    start: Timestamp,
    /// Seconds from the first moment.
    now: u64,
    /// Seconds over which the load is taken as constant; divides a minute and every metric's period.
    span: u64,
    /// What an observer who sees everything sees.
    world: World,
    sites: Vec<Site>,
    traffic: Traffic,
    stations: Stations,
    queue: Queue,
    rng: fastrand::Rng,
    next_id: u64,
    notes: BTreeSet<String>,
    recorder: Option<Recorder>,
    /// Plimsoll's controllers, if they run.
    controllers: Option<Box<Controllers>>,
    /// Who acts, in the words that the causes of changes are counted by.
    actor: &'static str,
}

/// What a trace keeps besides the groups' curves.
#[derive(Debug)]
struct Recorder {
    step: u64,
    marks: Vec<Mark>,
}

impl Engine {
    /// Regions that a platform was brought to and that have settled.
    pub(crate) fn new(spec: &Spec, load: &Load, options: &Options) -> Self {
        let mut engine = Self::empty(spec, load, options);
        engine.bring_up();
        engine
    }

    /// Regions with networks and nothing else.
    pub(crate) fn empty(spec: &Spec, load: &Load, options: &Options) -> Self {
        let mut world = World::default();
        let mut sites = Vec::new();
        for (name, region) in &spec.regions {
            let ground = Box::new(ground::region(spec, name, region));
            world.regions.insert(name.clone(), RegionState::Observed(ground));
            sites.push(Site::new(name, region.traffic_weight));
        }
        let load = &load.begun_at(whole_minute(options.start));
        let traffic = Traffic::new(load, &sites, f64::from(options.model.timeout.0));
        let span = span(load);
        // The load's span and not the specs', so that curves of several specs can be laid over one
        // another; what a spec shortens it to divides it.
        let step = options.seconds.div_ceil(MOST_POINTS).next_multiple_of(span).max(span);
        let recorder = options.trace.then(|| Recorder { step, marks: Vec::new() });
        let mut engine = Self {
            spec: spec.clone(),
            model: options.model.clone(),
            faults: options.faults.clone(),
            start: whole_minute(options.start),
            now: 0,
            span,
            world,
            sites,
            traffic,
            stations: Stations::new(),
            queue: Queue::default(),
            rng: fastrand::Rng::with_seed(options.seed),
            next_id: 1,
            notes: load.notes.iter().cloned().collect(),
            recorder,
            controllers: None,
            actor: "operator",
        };
        if options.controller == Controller::On {
            engine.controllers = Some(Box::new(Controllers::of(spec, engine.start)));
        }
        engine.queue_faults();
        engine
    }

    /// Lets time pass until a second of the run. In a second in which a metric's period ends, that
    /// comes first, then what else happens, and decisions last.
    pub(crate) fn run_until(&mut self, end: u64) {
        while self.now < end {
            let from = self.now;
            let next = (from / self.span * self.span + self.span).min(end);
            self.traffic.sample(from, next, &mut self.sites);
            self.reflow_all();
            while let Some((at, event)) = self.queue.pop_until(next - 1) {
                self.happen(at, event);
            }
            self.now = next;
            for site in &mut self.sites {
                site.advance(next);
            }
            self.end_periods();
            while let Some((at, event)) = self.queue.pop_until(next) {
                self.happen(at, event);
            }
            self.decide();
            self.control();
            self.draw();
        }
    }

    /// The moment that a second of the run is.
    fn moment(&self, at: u64) -> Timestamp {
        let seconds = i64::try_from(at).unwrap_or(i64::MAX);
        self.start.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
    }

    /// The second of the run that a moment is, if it is not before the first.
    fn second(&self, moment: Timestamp) -> Option<u64> {
        u64::try_from(moment.duration_since(self.start).as_secs()).ok()
    }

    fn reflow_all(&mut self) {
        let now = self.now;
        for (site, seen) in self.sites.iter_mut().zip(self.world.regions.values()) {
            site.reflow(now, groups(seen));
        }
        self.tell_overloads();
    }

    fn reflow(&mut self, place: usize) {
        let now = self.now;
        let seen = self.world.regions.values().nth(place);
        if let (Some(site), Some(seen)) = (self.sites.get_mut(place), seen) {
            site.reflow(now, groups(seen));
        }
    }

    /// Adds a point to every curve at the end of a step.
    fn draw(&mut self) {
        let Some(recorder) = &self.recorder else { return };
        if self.now.is_multiple_of(recorder.step) {
            self.add_points();
        }
    }

    /// Adds a point to every curve.
    fn add_points(&mut self) {
        for (site, seen) in self.sites.iter_mut().zip(self.world.regions.values()) {
            for (group, seen) in site.groups.iter_mut().zip(groups(seen)) {
                if let Some(strip) = &mut group.strip {
                    strip.end(seen.bounds.min, seen.bounds.max, seen.desired);
                }
            }
        }
    }

    /// Tells of groups that begin or cease to lose requests, when a trace is kept.
    fn tell_overloads(&mut self) {
        let Some(recorder) = &mut self.recorder else { return };
        for site in &mut self.sites {
            for group in &mut site.groups {
                let Some(strip) = &mut group.strip else { continue };
                let overloaded = group.flow.is_overloaded();
                if std::mem::replace(&mut strip.overloaded, overloaded) != overloaded {
                    let text = if overloaded {
                        let percent = group.flow.lost / group.flow.offered * 100.0;
                        format!("{percent:.0} % of the requests are lost")
                    } else {
                        "no more requests are lost".to_owned()
                    };
                    recorder.marks.push(Mark {
                        at: self.now,
                        region: site.name.clone(),
                        service: group.service.clone(),
                        kind: MarkKind::Overload,
                        text,
                    });
                }
            }
        }
    }

    /// Writes down what happened in a region, when a trace is kept.
    fn tell(&mut self, region: &str, service: &str, kind: MarkKind, text: String) {
        let (at, region, service) = (self.now, region.to_owned(), service.to_owned());
        if let Some(recorder) = &mut self.recorder {
            recorder.marks.push(Mark { at, region, service, kind, text });
        }
    }

    /// Writes down what happened to a group, when a trace is kept.
    fn mark(&mut self, at: At, kind: MarkKind, text: impl FnOnce() -> String) {
        let Some(recorder) = &mut self.recorder else { return };
        let site = self.sites.get(at.site);
        let group = site.and_then(|site| site.groups.get(at.group));
        recorder.marks.push(Mark {
            at: self.now,
            region: site.map(|site| site.name.clone()).unwrap_or_default(),
            service: group.map(|group| group.service.clone()).unwrap_or_default(),
            kind,
            text: text(),
        });
    }
}

/// Metric periods are counted from the epoch, so a run begins with a whole minute.
fn whole_minute(start: Timestamp) -> Timestamp {
    let second = start.as_second();
    Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(start)
}

/// The groups of a region; the twin's world knows every region.
fn groups(region: &RegionState) -> &[world::Group] {
    match region {
        RegionState::Observed(region) => &region.groups,
        RegionState::Unreachable(_) => &[],
    }
}

/// A group of the world.
fn seen_mut(world: &mut World, at: At) -> Option<&mut world::Group> {
    match world.regions.values_mut().nth(at.site)? {
        RegionState::Observed(region) => region.groups.get_mut(at.group),
        RegionState::Unreachable(_) => None,
    }
}

/// The longest span that suits the load; it divides a minute.
fn span(load: &Load) -> u64 {
    let resolutions = load.sources.iter().map(|source| match source {
        Source::Open { rate, .. } => rate.resolution(),
        Source::Closed { users, .. } => users.resolution(),
    });
    let finest = resolutions.min().unwrap_or(60).clamp(1, 60);
    (1..=finest).rev().find(|span| 60 % span == 0).unwrap_or(1)
}

/// The longest span that divides both a span and a period.
fn common_span(span: u64, period: u64) -> u64 {
    let divides = |it: &u64| span.is_multiple_of(*it) && period.is_multiple_of(*it);
    (1..=span).rev().find(divides).unwrap_or(1)
}

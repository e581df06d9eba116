//! What a controller publishes with a tick, and what its peers read of it for an hour.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use plimsoll_core::peers;
use plimsoll_core::reflex::{Decision, Evidence, Input, Load, Peak};
use plimsoll_core::traffic::{Published, Share};
use plimsoll_core::units::{Instances, MetricValue};

use super::course::Course;

/// How far back peers read, in seconds.
const HOUR: u64 = 3_600;

/// How far back a controller remembers shares, in seconds: 24 leases, as they are at AWS.
const MEMORY: u64 = 24 * 900;

/// What is older than so many seconds is no news.
const FRESH: u64 = 180;

/// A metric is read so many seconds after it was published.
const LATE: u64 = 120;

/// What a controller published.
#[derive(Debug, Default)]
pub(super) struct Beat {
    /// When last, if ever.
    at: Option<u64>,
    /// Of each stateless service.
    services: BTreeMap<String, History>,
    /// The shares of the other regions' traffic, by their places.
    judged: Vec<Judged>,
    errors: Course,
    healthy: Course,
}

/// The shares of one region, as they changed, with the second of the run; the last one before the
/// time that is remembered is the first.
#[derive(Clone, Debug, Default)]
struct Judged(VecDeque<(u64, Timestamp, Share)>);

impl Judged {
    fn see(&mut self, now: u64, at: Timestamp, share: Share) {
        if self.0.back().is_some_and(|(_, _, last)| *last == share) {
            return;
        }
        let is_old = |(then, ..): &(u64, Timestamp, Share)| now - then > MEMORY;
        while self.0.get(1).is_some_and(is_old) {
            self.0.pop_front();
        }
        self.0.push_back((now, at, share));
    }

    /// What was said until a second of the run.
    fn until(&self, second: u64) -> Option<Published> {
        let said = self.0.iter().filter(|(then, ..)| *then <= second);
        Published::of(said.map(|(_, at, share)| (*at, *share)))
    }
}

/// What was published of a service.
#[derive(Debug, Default)]
struct History {
    last: Load,
    /// Of the last hour.
    past: VecDeque<(u64, Option<Instances>, Option<MetricValue>)>,
}

impl Beat {
    /// Nothing yet, of so many regions.
    pub(super) fn none(regions: usize) -> Self {
        Self { judged: vec![Judged::default(); regions], ..Self::default() }
    }

    /// What was said last of the region at a place: alarms see it at once.
    pub(super) fn judged(&self, about: usize) -> Option<Published> {
        self.judged.get(about)?.until(u64::MAX)
    }

    /// The same as controllers read it: a metric is late.
    pub(super) fn judged_as_read(&self, about: usize, now: u64) -> Option<Published> {
        self.judged.get(about)?.until(now.checked_sub(LATE)?)
    }

    /// Publishes what goes with a decision.
    pub(super) fn publish(&mut self, input: &Input<'_>, decision: &Decision<'_>, now: u64) {
        self.at = Some(now);
        for (name, load) in peers::loads(input) {
            match self.services.get_mut(name) {
                Some(history) => history.add(now, load),
                None => self.services.entry(name.to_owned()).or_default().add(now, load),
            }
        }
        let health = peers::health(input);
        let failover = &input.spec.controller.failover;
        self.errors.see(now, health.errors.map(|percent| failover.has_errors(percent)));
        self.healthy.see(now, health.healthy.map(|percent| failover.lacks_targets(percent)));
        let judged = input.spec.regions.keys().zip(&mut self.judged);
        for (region, judged) in judged {
            let Some(peer) = input.peers.get(region) else { continue };
            let Some(share) = peers::share(input, decision, region, peer) else { continue };
            judged.see(now, input.now, share);
        }
    }

    /// Whether it was published lately.
    pub(super) fn is_fresh(&self, now: u64) -> bool {
        self.at.is_some_and(|at| now - at <= FRESH)
    }

    /// Whether it was published within the hour that peers read.
    pub(super) fn is_known(&self, now: u64) -> bool {
        self.at.is_some_and(|at| now - at <= HOUR)
    }

    /// What the region's own metrics say of its data plane.
    pub(super) fn evidence(&self, now: u64) -> Evidence {
        Evidence {
            errors: self.errors.condition(now),
            healthy: self.healthy.condition(now),
            ..Evidence::default()
        }
    }

    /// Whether instances are missing in the region.
    pub(super) fn is_short(&self, now: u64) -> bool {
        self.is_fresh(now) && self.services.values().any(|history| history.last.shortage > 0)
    }

    /// What a peer reads of the services: what it was at most, and the rest while
    /// it is news.
    pub(super) fn loads(&self, now: u64) -> BTreeMap<String, Load> {
        let fresh = self.is_fresh(now);
        let read = |(name, history): (&String, &History)| {
            let load = history.read(now);
            let stale = Load { stale: true, shortage: 0, headroom: 0, demand: None, ..load };
            (name.clone(), if fresh { load } else { stale })
        };
        self.services.iter().filter(|_| self.is_known(now)).map(read).collect()
    }
}

impl History {
    fn add(&mut self, now: u64, load: Load) {
        while self.past.front().is_some_and(|(at, ..)| at + HOUR <= now) {
            self.past.pop_front();
        }
        self.past.push_back((now, (!load.stale).then_some(load.wanted), load.demand));
        self.last = load;
    }

    fn read(&self, now: u64) -> Load {
        let past = || self.past.iter().filter(|(at, ..)| at + HOUR > now);
        let wanted = past().filter_map(|(_, wanted, _)| *wanted).max().unwrap_or_default();
        let demand = past().filter_map(|(.., demand)| *demand).max();
        Load { peak: Peak { wanted, demand }, ..self.last }
    }
}

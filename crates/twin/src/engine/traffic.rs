//! Who asks where: the global load balancer spreads the load over the open regions.
//!
//! It knows where a service runs, and follows the weights as Route 53 does: a weight of 0 gets
//! nothing until no other region is left, and with no region open all of them are tried. A region is
//! open when the health check of its endpoint says so and its peers leave it a share; of its weight it
//! has that share. Source:
//! Route 53 developer guide, "How Amazon Route 53 chooses records when health checking is
//! configured".

use std::collections::BTreeMap;
use std::sync::Arc;

use super::group::Group;
use super::site::Site;
use crate::load::{Curve, Load, Source};
use crate::station::position;

/// Rounds in which the virtual users of several sources are worked out against each other: what is
/// left of the difference shrinks each time, to less than a thousandth.
const ROUNDS: usize = 12;

/// The load, with the places of what it asks.
#[derive(Clone, Debug)]
pub(crate) struct Traffic {
    streams: Vec<Stream>,
    /// Each region's share of the stream that is being spread.
    shares: Vec<f64>,
    /// Seconds after which a virtual user gives up on a request.
    timeout: f64,
}

/// One source of the load.
#[derive(Clone, Debug)]
struct Stream {
    /// The place of the only region that it asks, while that is open.
    only: Option<usize>,
    kind: Kind,
    /// Region by region: the places of the groups that it asks there, and how often.
    calls: Vec<Calls>,
}

/// Places of groups, and calls in an iteration or for each request.
type Calls = Arc<[(usize, f64)]>;

#[derive(Clone, Debug)]
enum Kind {
    Open { service: String, rate: Curve },
    Closed { users: Curve, think: f64, calls: BTreeMap<String, f64> },
}

/// Virtual users of one source who ask in one region, in the span that runs.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    users: f64,
    think: f64,
    calls: Calls,
    timeout: f64,
    /// Iterations per second, as far as they are worked out.
    made: f64,
}

impl Traffic {
    /// The sources of a load. What they ask has to be [connected](Self::connect).
    pub(crate) fn new(load: &Load, sites: &[Site], timeout: f64) -> Self {
        let place = |region: &Option<String>| {
            region.as_ref().and_then(|name| sites.iter().position(|site| site.name == *name))
        };
        let stream = |source: &Source| match source {
            Source::Open { service, region, rate } => {
                let (service, rate) = (service.clone(), rate.clone());
                (place(region), Kind::Open { service, rate })
            }
            Source::Closed { region, users, think, calls } => {
                let (users, calls) = (users.clone(), calls.clone());
                (place(region), Kind::Closed { users, think: *think, calls })
            }
        };
        let streams = load.sources.iter().map(stream).map(|(only, kind)| {
            let calls = sites.iter().map(|_| Calls::default()).collect();
            Stream { only, kind, calls }
        });
        Self { streams: streams.collect(), shares: vec![0.0; sites.len()], timeout }
    }

    /// Groups of a region came or went.
    pub(crate) fn connect(&mut self, place: usize, site: &Site) {
        let group = |service: &str| site.place_of(service);
        for stream in &mut self.streams {
            let Some(calls) = stream.calls.get_mut(place) else { continue };
            *calls = match &stream.kind {
                Kind::Open { service, .. } => {
                    group(service).map(|to| (to, 1.0)).into_iter().collect()
                }
                Kind::Closed { calls, .. } => {
                    calls.iter().filter_map(|(name, count)| Some((group(name)?, *count))).collect()
                }
            };
        }
    }

    /// Whether a service is asked by the load itself.
    pub(crate) fn asks(&self, wanted: &str) -> bool {
        self.streams.iter().any(|stream| match &stream.kind {
            Kind::Open { service, .. } => service == wanted,
            Kind::Closed { calls, .. } => calls.contains_key(wanted),
        })
    }

    /// What every group is asked for from `from` to `to`.
    pub(crate) fn sample(&mut self, from: u64, to: u64, sites: &mut [Site]) {
        for site in &mut *sites {
            site.sessions.clear();
            for group in &mut site.groups {
                group.direct = 0.0;
            }
        }
        for stream in &self.streams {
            stream.spread(sites, &mut self.shares);
            let all = match &stream.kind {
                Kind::Open { rate: curve, .. } | Kind::Closed { users: curve, .. } => {
                    curve.mean(from, to)
                }
            };
            let parts = sites.iter_mut().zip(&self.shares).zip(&stream.calls);
            for ((site, share), calls) in parts.filter(|((_, share), _)| **share > 0.0) {
                match stream.kind {
                    Kind::Open { .. } => {
                        let group = calls.first().and_then(|(to, _)| site.groups.get_mut(*to));
                        if let Some(group) = group {
                            group.direct += all * share;
                        }
                    }
                    Kind::Closed { think, .. } if all > 0.0 => site.sessions.push(Session {
                        users: all * share,
                        think,
                        calls: Arc::clone(calls),
                        timeout: self.timeout,
                        made: 0.0,
                    }),
                    Kind::Closed { .. } => {}
                }
            }
        }
    }
}

impl Stream {
    /// Each region's share: all in the only one, if that is open, and else by weight among the open
    /// ones that have what is asked.
    fn spread(&self, sites: &[Site], shares: &mut [f64]) {
        let has = |place: usize| self.calls.get(place).is_some_and(|calls| !calls.is_empty());
        let open = |place: usize| sites.get(place).is_some_and(Site::is_open) && has(place);
        let only = self.only.filter(|only| open(*only));
        let any_open = (0..sites.len()).any(open);
        let takes = |place: usize| match only {
            Some(only) => only == place,
            None if any_open => open(place),
            None => has(place),
        };
        let weights = |least: f64| {
            // With no region open, shares say nothing.
            let share = move |site: &Site| if any_open { site.share } else { 1.0 };
            let weight = move |site: &Site| site.weight.max(least) * share(site);
            sites.iter().enumerate().map(
                move |(place, site)| {
                    if takes(place) { weight(site) } else { 0.0 }
                },
            )
        };
        let mut least = if only.is_some() { 1.0 } else { 0.0 };
        let mut all: f64 = weights(least).sum();
        if all <= 0.0 {
            least = 1.0;
            all = weights(least).sum();
        }
        for (share, weight) in shares.iter_mut().zip(weights(least)) {
            *share = if all > 0.0 { weight / all } else { 0.0 };
        }
        if let Some(only) = only {
            self.pass_on(only, sites, shares);
        }
    }

    /// What its peers take from the only region goes to the other open ones, by their weights.
    fn pass_on(&self, only: usize, sites: &[Site], shares: &mut [f64]) {
        let stays = sites.get(only).map_or(1.0, |site| site.share);
        let takes = |(place, site): (usize, &Site)| {
            let has = self.calls.get(place).is_some_and(|calls| !calls.is_empty());
            if place != only && has && site.is_open() { site.weight * site.share } else { 0.0 }
        };
        let all: f64 = sites.iter().enumerate().map(takes).sum();
        if stays >= 1.0 || all <= 0.0 {
            return;
        }
        for ((place, site), share) in sites.iter().enumerate().zip(shares) {
            let passed = takes((place, site)) / all * (1.0 - stays);
            *share = if place == only { stays } else { passed };
        }
    }
}

/// Adds the requests per second of all virtual users of a region. Several sessions meet in the same
/// queues, so each is worked out against the others until they agree; the order does not matter then.
pub(crate) fn settle(sessions: &mut [Session], demand: &mut [f64], groups: &[Group], dark: bool) {
    let rounds = if sessions.len() > 1 { ROUNDS } else { 1 };
    for session in &mut *sessions {
        session.made = 0.0;
    }
    for _ in 0..rounds {
        for session in &mut *sessions {
            session.ask(-session.made, demand);
            session.made = session.iterations(demand, groups, dark);
            session.ask(session.made, demand);
        }
    }
}

impl Session {
    /// Iterations per second: as many as the latency that they bring about allows. More iterations
    /// make the latency longer and so themselves rarer, so there is one such number, and halving
    /// finds it.
    fn iterations(&self, demand: &[f64], groups: &[Group], dark: bool) -> f64 {
        let least = self.seconds(0.0, &[], groups, dark);
        let (mut low, mut high) = (0.0, self.users / least.max(1e-3));
        // Each halving adds a bit: 32 leave less than a request in a billion.
        for _ in 0..32 {
            let middle = f64::midpoint(low, high);
            if middle * self.seconds(middle, demand, groups, dark) < self.users {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    /// Adds the requests of so many iterations per second.
    fn ask(&self, iterations: f64, demand: &mut [f64]) {
        for (place, count) in &*self.calls {
            if let Some(demand) = demand.get_mut(*place) {
                *demand += iterations * count;
            }
        }
    }

    /// Seconds of an iteration when there are so many iterations per second.
    ///
    /// A request that is refused, or that finds no target, is answered as fast as an idle instance
    /// would answer it. One that nobody answers, since the region is dark or its instance fails
    /// unnoticed, is given up after the timeout.
    fn seconds(&self, iterations: f64, demand: &[f64], groups: &[Group], dark: bool) -> f64 {
        let mut seconds = self.think;
        for (place, count) in &*self.calls {
            let Some(group) = groups.get(*place) else { continue };
            let offered = demand.get(*place).copied().unwrap_or_default() + iterations * count;
            seconds += count * if dark { self.timeout } else { self.latency(group, offered) };
        }
        seconds
    }

    /// Seconds of a request to a group, on average.
    fn latency(&self, group: &Group, offered: f64) -> f64 {
        let station = &*group.station;
        let counts = group.fleet.counts();
        if counts.targets == 0 {
            return station.idle;
        }
        let targets = f64::from(counts.targets);
        let utilisation = offered / targets / station.rated;
        let at = position(utilisation);
        let refused = station.refused(utilisation, at);
        let served = station.mean(at) + group.flow.elsewhere;
        let answer = refused * station.idle + (1.0 - refused) * served;
        if counts.failing == 0 {
            return answer;
        }
        let failing = f64::from(counts.failing) / targets;
        failing * self.timeout + (1.0 - failing) * answer
    }
}

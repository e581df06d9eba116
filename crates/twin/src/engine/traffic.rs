//! Who asks where: the global load balancer spreads the load over the open regions.

use std::collections::BTreeMap;

use super::group::Group;
use super::site::Site;
use crate::load::{Curve, Load, Source};
use crate::station::position;

/// The load, with the places of what it asks.
#[derive(Clone, Debug)]
pub(crate) struct Traffic {
    flows: Vec<Stream>,
    shares: Vec<f64>,
}

/// One source of the load.
#[derive(Clone, Debug)]
struct Stream {
    /// The place of the only region that it asks.
    site: Option<usize>,
    kind: Kind,
}

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
    /// Places of groups, and calls in an iteration.
    calls: Vec<(usize, f64)>,
}

impl Traffic {
    /// The sources that ask for what is there.
    pub(crate) fn new(load: &Load, sites: &[Site]) -> Self {
        let place = |region: &Option<String>| {
            region.as_ref().and_then(|name| sites.iter().position(|site| site.name == *name))
        };
        let flows = load
            .sources
            .iter()
            .map(|source| match source {
                Source::Open { service, region, rate } => Stream {
                    site: place(region),
                    kind: Kind::Open { service: service.clone(), rate: rate.clone() },
                },
                Source::Closed { region, users, think, calls } => Stream {
                    site: place(region),
                    kind: Kind::Closed {
                        users: users.clone(),
                        think: *think,
                        calls: calls.clone(),
                    },
                },
            })
            .collect();
        Self { flows, shares: Vec::new() }
    }

    /// Whether a service is asked by the load itself.
    pub(crate) fn asks(&self, wanted: &str) -> bool {
        self.flows.iter().any(|stream| match &stream.kind {
            Kind::Open { service, .. } => service == wanted,
            Kind::Closed { calls, .. } => calls.contains_key(wanted),
        })
    }

    /// What every group is asked for from `from` to `to`.
    pub(crate) fn sample(&mut self, from: u64, to: u64, sites: &mut [Site]) {
        self.spread(sites);
        for site in &mut *sites {
            site.sessions.clear();
            for group in &mut site.groups {
                group.direct = 0.0;
            }
        }
        for stream in &self.flows {
            match &stream.kind {
                Kind::Open { service, rate } => {
                    let rate = rate.mean(from, to);
                    for (place, site) in sites.iter_mut().enumerate() {
                        let share = self.share(stream, place);
                        if let Some(group) =
                            site.groups.iter_mut().find(|group| group.service == *service)
                        {
                            group.direct += rate * share;
                        }
                    }
                }
                Kind::Closed { users, think, calls } => {
                    let users = users.mean(from, to);
                    for (place, site) in sites.iter_mut().enumerate() {
                        let users = users * self.share(stream, place);
                        if users > 0.0 {
                            let session = Session::new(users, *think, calls, &site.groups);
                            site.sessions.push(session);
                        }
                    }
                }
            }
        }
    }

    /// A region's share of the traffic: by weight among the open regions. With none open they are
    /// all tried.
    fn spread(&mut self, sites: &[Site]) {
        let open = sites.iter().any(|site| site.open);
        let weight = |site: &Site| if site.open || !open { site.weight } else { 0.0 };
        let all: f64 = sites.iter().map(weight).sum();
        self.shares.clear();
        let share = |site: &Site| if all > 0.0 { weight(site) / all } else { 0.0 };
        self.shares.extend(sites.iter().map(share));
    }

    /// The share of a stream that a region gets: all, when it asks there and the region is open.
    fn share(&self, stream: &Stream, place: usize) -> f64 {
        let share = self.shares.get(place).copied().unwrap_or_default();
        match stream.site {
            Some(only) if self.shares.get(only).is_some_and(|share| *share > 0.0) => {
                f64::from(u8::from(only == place))
            }
            _ => share,
        }
    }
}

impl Session {
    fn new(users: f64, think: f64, calls: &BTreeMap<String, f64>, groups: &[Group]) -> Self {
        let place = |service: &String| groups.iter().position(|group| group.service == *service);
        let calls = calls.iter().filter_map(|(name, count)| Some((place(name)?, *count)));
        Self { users, think, calls: calls.collect() }
    }

    /// Adds the requests per second that the users make: as many iterations as the latency that
    /// they bring about allows. More iterations make the latency longer and so themselves rarer, so
    /// there is one such number, and halving finds it.
    pub(crate) fn add_to(&self, demand: &mut [f64], groups: &[Group]) {
        let (mut low, mut high) = (0.0, self.users / self.least(groups).max(1e-3));
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if middle * self.seconds(middle, demand, groups) < self.users {
                low = middle;
            } else {
                high = middle;
            }
        }
        for (place, count) in &self.calls {
            if let Some(demand) = demand.get_mut(*place) {
                *demand += high * count;
            }
        }
    }

    /// Seconds of an iteration without load.
    fn least(&self, groups: &[Group]) -> f64 {
        self.seconds(0.0, &[], groups)
    }

    /// Seconds of an iteration when there are so many iterations per second. A request that is
    /// refused is answered at once.
    fn seconds(&self, iterations: f64, demand: &[f64], groups: &[Group]) -> f64 {
        let mut seconds = self.think;
        for (place, count) in &self.calls {
            let Some(group) = groups.get(*place) else { continue };
            let targets = f64::from(group.fleet.counts().in_service);
            if targets < 1.0 {
                continue;
            }
            let offered = demand.get(*place).copied().unwrap_or_default() + iterations * count;
            let utilisation = offered / targets / group.station.rated;
            let at = position(utilisation);
            let answered = 1.0 - group.station.refused(utilisation, at);
            seconds += count * (group.station.mean(at) + group.flow.elsewhere) * answered;
        }
        seconds
    }
}

//! What metrics say of the own region.
//!
//! ```text
//!   spec, groups ──> questions: which series ──> Cloud::measure ──> read ──> Signals of each service
//! ```
//!
//! Each metric that CloudWatch is asked for costs money, however long its window is. So a series is
//! asked for only where something depends on it: how many instances are warmed up and what the
//! policies read only where [`is_watched`] says so, and how many there are in all only of those that
//! are short.
//!
//! What is not known is no zero. A series that is partial is unknown; so is one whose newest whole
//! period ended more than three periods ago, and a value that is not a number.

mod ask;
mod balancer;
mod history;
mod policies;
mod questions;
mod sizes;
mod track;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use balancer::FEWEST_REQUESTS;
pub use questions::{Asked, Purpose, Questions, is_watched, questions};

use crate::cloud::Series;
use crate::reflex::Signals;
use crate::scaling::managed::BadData;
use crate::spec::{Kind, Service, Spec};
use crate::units::{Instances, MetricValue, Seconds};
use crate::world::Group;
use history::History;
use track::{Track, Tracks};

/// What the answers to [`questions`] say of each service of the region: of the stateless ones that
/// have a group, and of those that have a guard.
///
/// `groups` is the world of the same moment. A region that could not be measured has no series, and
/// then nothing is known.
#[must_use]
pub fn read(
    spec: &Spec,
    region: &str,
    groups: &[Group],
    questions: &Questions,
    series: Vec<Series>,
    now: Timestamp,
) -> BTreeMap<String, Signals> {
    let now = now.as_second();
    let tracks = Tracks::of(questions, series, now);
    let services = spec.regions.get(region).map(|region| &region.services);
    let mut all = BTreeMap::new();
    for (name, service) in services.into_iter().flatten() {
        let group = groups.iter().find(|group| group.serves(name));
        let signals = match (service.kind, group) {
            (Kind::Stateless, Some(group)) => stateless(name, service, group, &tracks, now),
            _ => Signals { guarded: guarded(name, service, &tracks, now), ..Signals::default() },
        };
        if (service.kind == Kind::Stateless && group.is_some()) || service.guard.is_some() {
            all.insert(name.clone(), signals);
        }
    }
    all
}

fn stateless(
    name: &str,
    service: &Service,
    group: &Group,
    tracks: &Tracks<'_>,
    now: i64,
) -> Signals {
    let track = |purpose| tracks.get(name, purpose);
    let (desired, in_service) = (track(&Purpose::Desired), track(&Purpose::InService));
    let history = History::of(group, desired, in_service, now);
    let tracked = policies::tracked(name, service, group, tracks);
    let readings = policies::readings(&tracked, &history, now);
    let count = balancer::Count::of(name, tracks, now);
    Signals {
        wanted: policies::wanted(&tracked, &readings, group.desired)
            .filter(|_| history.knows_sizes(now)),
        proposals: policies::proposals(service, &tracked, &history, now),
        moves: history.events(now),
        changes: history.changes(now),
        short_for: history::short_for(group, desired, track(&Purpose::Total), now),
        demand: count.demand(),
        errors: count.errors(),
        healthy: balancer::healthy(name, tracks, now),
        guarded: guarded(name, service, tracks, now),
        readings: readings.into_iter().collect(),
    }
}

/// The value of a service's guard, or why there is none.
fn guarded(
    name: &str,
    service: &Service,
    tracks: &Tracks<'_>,
    now: i64,
) -> Option<Result<MetricValue, BadData>> {
    service.guard.as_ref()?;
    let track = tracks.get(name, &Purpose::Guard);
    Some(track.and_then(|track| track.newest(now)).ok_or(BadData::Missing).and_then(|(_, it)| it))
}

/// A group metric that counts instances, cut to whole ones.
fn instances(value: MetricValue) -> Instances {
    Instances::try_from(value.micros().max(0) / 1_000_000).unwrap_or(Instances::MAX)
}

/// A span in seconds, as far as one can be told.
fn seconds(span: i64) -> Seconds {
    Seconds(u32::try_from(span.max(0)).unwrap_or(u32::MAX))
}

impl Track {
    /// The newest value, if it is fresh and a number.
    fn known(&self, now: i64) -> Option<(i64, MetricValue)> {
        let (at, value) = self.newest(now)?;
        Some((at, value.ok()?))
    }
}

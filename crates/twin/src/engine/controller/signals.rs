//! What metrics say of the services of a region.

use std::collections::BTreeMap;

use plimsoll_core::reflex::Signals;
use plimsoll_core::scaling::managed::BadData;
use plimsoll_core::scaling::target_tracking::proportional;
use plimsoll_core::signals::{FEWEST_REQUESTS, is_watched};
use plimsoll_core::spec::{Region, Spec};
use plimsoll_core::units::{Instances, MetricValue, Seconds};
use plimsoll_core::world;

use super::bounds::Known;
use crate::engine::gauge::Gauge;
use crate::engine::group::Group;
use crate::engine::site::Site;
use crate::engine::watch::Minute;

/// Signals of every service of a region, of which nothing is known yet.
pub(super) fn none(region: &Region) -> BTreeMap<String, Signals> {
    region.services.keys().map(|name| (name.clone(), Signals::default())).collect()
}

/// Brings signals up to date. Readings, proposals and moves stay empty: sizes of managed services
/// are decided by the engine itself, at their own intervals, with the same arithmetic. What the load
/// asks for is read afterwards, by [`watch`].
pub(super) fn update(signals: &mut BTreeMap<String, Signals>, site: &Site, now: u64) {
    for (name, signals) in signals {
        let group = site.place_of(name).and_then(|place| site.groups.get(place));
        let Some(group) = group else {
            *signals = Signals::default();
            continue;
        };
        let minute = group.watch.shown(group.weather);
        signals.demand = minute.and_then(|minute| number(minute.requests / 60.0));
        signals.changes = Some(group.watch.changes(now));
        signals.short_for = Some(Seconds(saturated(group.watch.short_for(now))));
        signals.errors = minute.and_then(errors);
        signals.healthy = minute.and_then(healthy);
        signals.guarded = group.guard.as_ref().map(guarded);
    }
}

/// Reads what the load asks for where the controller at AWS would read it.
pub(super) fn watch(
    signals: &mut BTreeMap<String, Signals>,
    (spec, site): (&Spec, &Site),
    (groups, known): (&[world::Group], &Known),
    now: jiff::Timestamp,
) {
    let Some(region) = spec.regions.get(&site.name) else { return };
    for (name, signals) in signals {
        let is_watched = || {
            let service = region.services.get(name)?;
            let seen = groups.iter().find(|group| group.serves(name))?;
            let effective = known.effective.get(name)?;
            Some(is_watched(&spec.controller, service, seen, effective, now))
        };
        let group = site.place_of(name).and_then(|place| site.groups.get(place));
        let group = group.filter(|_| is_watched() == Some(true));
        signals.wanted = group.and_then(|group| wanted(group, group.watch.shown(group.weather)?));
    }
}

/// How many instances the load asks for, whatever the bounds are: the most that any metric asks for,
/// of as many instances as there were when it was measured.
fn wanted(group: &Group, minute: Minute) -> Option<Instances> {
    let gauges = match &group.managed {
        Some(managed) => managed.gauges.as_slice(),
        None => group.native.as_slice(),
    };
    let asks = |gauge: &Gauge| proportional(minute.registered, gauge.value()?, gauge.target());
    gauges.iter().filter_map(asks).max()
}

fn guarded(gauge: &Gauge) -> Result<MetricValue, BadData> {
    let shown = gauge.shown().ok_or(BadData::Missing)?;
    MetricValue::from_f64(shown).map_err(BadData::from)
}

fn errors(minute: Minute) -> Option<MetricValue> {
    (minute.requests >= f64::from(FEWEST_REQUESTS))
        .then(|| number(minute.errors / minute.requests * 100.0))
        .flatten()
}

fn healthy(minute: Minute) -> Option<MetricValue> {
    let percent = f64::from(minute.healthy) / f64::from(minute.registered) * 100.0;
    (minute.registered > 0).then(|| number(percent)).flatten()
}

fn number(value: f64) -> Option<MetricValue> {
    MetricValue::from_f64(value).ok()
}

fn saturated(seconds: u64) -> u32 {
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

//! Relief: how much of another region's load comes here, in instances, and whether it is in service.
//!
//! Overflow, failover and standing N-1 are the same thing with other causes: load of a region comes
//! here, a floor makes room for it beside the own load, and traffic waits for the room.
//!
//! ```text
//!   own load + what comes = need ──> floor (a lease, capped at the maximum)
//!                                └──> in service? ──> traffic may move
//! ```

use jiff::{SignedDuration, Timestamp};

use super::{Effect, Input, Load, Peer, Scarcity, Shortage};
use crate::capacity::Downstream;
use crate::lease::{Cause, KEY_PREFIX, Lease};
use crate::spec::{Kind, Service};
use crate::traffic::Share;
use crate::units::{Instances, MetricValue, Seconds};
use crate::world::Group;

/// Who grants automatic leases.
const OWNER: &str = "controller";

/// A launch takes two to four minutes; who is short for longer does not get what it asked for.
const LAUNCH: Seconds = Seconds(300);

/// What a service here carries and can carry, in instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Own {
    /// What the load asks for, if that is known.
    pub(crate) wanted: Option<Instances>,
    /// What it has to have for its own load: `wanted`, or what it steers to.
    pub(crate) asks: Instances,
    /// The most that it can carry: its maximum, or what is in service while it cannot launch, and no
    /// more than the stateful services that it leans on can carry.
    pub(crate) limit: Instances,
    /// What is missing.
    pub(crate) shortage: Instances,
}

impl Own {
    /// What a service of this region carries.
    pub(crate) fn of(input: &Input<'_>, service: &str, group: &Group) -> Self {
        Self::with(&Downstream::of(input), input, service, group)
    }

    /// The same, for several services of one input.
    pub(crate) fn with(
        downstream: &Downstream<'_>,
        input: &Input<'_>,
        service: &str,
        group: &Group,
    ) -> Self {
        let remembered = Shortage::now(group, input.now);
        let scarce = scarcity(input, service, group).map(|(why, _)| why);
        let why = scarce.or_else(|| remembered.as_ref().map(|it| it.why));
        let most = most(input, service, group);
        let limit = match why {
            Some(Scarcity::CannotLaunch) => in_service(group).min(most),
            Some(Scarcity::AtMaximum) | None => most,
        };
        let wanted = wanted(input, service);
        let declared = input.spec.regions.get(input.region).and_then(|it| it.services.get(service));
        let leans = declared.zip(wanted);
        let leans = leans.and_then(|(it, wanted)| downstream.limit((service, it), wanted));
        let limit = leans.map_or(limit, |leans| leans.instances.min(limit));
        // A number that is known counts more than what was remembered of it.
        let shortage = match (wanted, remembered) {
            (Some(wanted), _) => wanted.saturating_sub(limit),
            (None, Some(shortage)) => shortage.missing,
            (None, None) => 0,
        };
        Self { wanted, asks: wanted.unwrap_or(group.desired), limit, shortage }
    }

    /// What could still come.
    pub(crate) const fn headroom(&self) -> Instances {
        self.limit.saturating_sub(self.asks)
    }
}

/// What the load of a service here asks for, if that is known.
pub(super) fn wanted(input: &Input<'_>, service: &str) -> Option<Instances> {
    input.signals.get(service)?.wanted
}

/// What a service here has to have for its own load: what that asks for, or what it steers to.
pub(super) fn asks(input: &Input<'_>, service: &str, group: &Group) -> Instances {
    wanted(input, service).unwrap_or(group.desired)
}

/// Why a service cannot get what it needs just now, and how many instances are missing.
pub(super) fn scarcity(
    input: &Input<'_>,
    service: &str,
    group: &Group,
) -> Option<(Scarcity, Instances)> {
    let signals = input.signals.get(service);
    let waits = signals.and_then(|it| it.short_for).is_some_and(|span| span > LAUNCH);
    let missing = group.desired.saturating_sub(in_service(group));
    if missing > 0 && (waits || input.failed_launches.contains(&group.name)) {
        return Some((Scarcity::CannotLaunch, missing));
    }
    let over = signals?.wanted?.saturating_sub(most(input, service, group));
    (over > 0).then_some((Scarcity::AtMaximum, over))
}

/// The effective maximum of a service.
pub(super) fn most(input: &Input<'_>, service: &str, group: &Group) -> Instances {
    input.effective.get(service).map_or(group.bounds.max, |effective| effective.bounds.max)
}

/// Instances in service.
pub(super) fn in_service(group: &Group) -> Instances {
    Instances::try_from(group.in_service()).unwrap_or(Instances::MAX)
}

/// Room that a service here makes for another region's load.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    /// The service.
    pub(super) service: &'a str,
    /// Its group here.
    pub(super) group: &'a Group,
    /// Own load and what comes, however much the group may have.
    pub(super) need: Instances,
}

impl Part<'_> {
    /// What is not in service yet.
    pub(super) fn missing(&self) -> Instances {
        self.need.saturating_sub(in_service(self.group))
    }

    /// The lease that makes the room, if it has to be written.
    pub(super) fn floor(
        &self,
        input: &Input<'_>,
        (cause, id): (Cause, &str),
        why: impl FnOnce() -> String,
    ) -> Option<Effect> {
        let floor = self.need.min(most(input, self.service, self.group));
        grant(input, self.group, (cause, id), floor, why)
    }
}

/// What a group needs for its own load and what comes to it.
///
/// What it steers to already holds the room that a lease made. So with an unknown own load the room
/// that is there stays as it is, and does not grow with every tick.
pub(super) fn need(
    input: &Input<'_>,
    (service, group): (&str, &Group),
    (cause, id): (Cause, &str),
    comes: Instances,
) -> Instances {
    match (
        wanted(input, service),
        granted(group, (cause, id), input.now).and_then(|lease| lease.floor),
    ) {
        (None, Some(floor)) => floor,
        _ => asks(input, service, group).saturating_add(comes),
    }
}

/// A lease for a floor, if it has to be written: a higher floor at once, and a lower one when the
/// lease is renewed, so that a load that wavers does not write with every tick.
pub(super) fn grant(
    input: &Input<'_>,
    group: &Group,
    (cause, id): (Cause, &str),
    floor: Instances,
    why: impl FnOnce() -> String,
) -> Option<Effect> {
    if floor == 0 {
        return None;
    }
    let until = until(input)?;
    let there = granted(group, (cause, id), input.now);
    let lease = Lease {
        cause,
        id: id.to_owned(),
        floor: Some(floor),
        ceiling: None,
        zero: false,
        until,
        by: OWNER.to_owned(),
        why: String::new(),
    };
    let higher = there.as_ref().and_then(|lease| lease.floor).filter(|there| *there > floor);
    let as_it_is = Lease { floor: higher.or(lease.floor), ..lease.clone() };
    let due = as_it_is.is_due(there.as_ref(), input.now);
    due.then(|| Effect::Grant(Lease { why: why(), ..lease }))
}

/// The lease that a group has and that is in force.
pub(super) fn granted(group: &Group, (cause, id): (Cause, &str), now: Timestamp) -> Option<Lease> {
    let key = format!("{KEY_PREFIX}{cause}:{id}");
    let lease = Lease::from_tag(&key, group.tag(&key)?).ok()?;
    lease.in_force(now).then_some(lease)
}

/// When a lease that is granted now ends, in whole seconds.
pub(super) fn until(input: &Input<'_>) -> Option<Timestamp> {
    let now = Timestamp::from_second(input.now.as_second()).ok()?;
    let span = SignedDuration::from_secs(i64::from(input.spec.controller.lease.0));
    now.checked_add(span).ok()
}

/// The share that a peer has in this controller's eyes.
pub(super) fn share(peer: &Peer) -> Share {
    peer.judged.map_or(Share::OPEN, |published| published.share)
}

/// For how long the share has been what it is; one that was never published was always so.
pub(super) fn still(peer: &Peer, now: Timestamp) -> Seconds {
    peer.judged.map_or(Seconds(u32::MAX), |published| published.still(now))
}

/// The longest pause, in leases.
const LONGEST: u32 = 8;

/// How long a share stands still before a quarter more is tried. After a return that came too early
/// it is two leases, and twice as long after each further one, up to eight. The history of the share
/// itself tells how many they were, so nothing else has to be remembered.
pub(super) fn pause(input: &Input<'_>, peer: &Peer) -> Seconds {
    let controller = &input.spec.controller;
    let leases = match peer.judged.map_or(0, |judged| judged.setbacks) {
        0 => 0,
        some => 1u32.checked_shl(some).unwrap_or(LONGEST).min(LONGEST),
    };
    controller.failover.step.max(Seconds(controller.lease.0.saturating_mul(leases)))
}

/// What a region carried of a service, in instances of ours, and whether that is known. What is not
/// known is guessed from the own load and the weights of both regions.
pub(super) fn carried(
    input: &Input<'_>,
    region: &str,
    (name, service): (&str, &Service),
    asks: Instances,
) -> (Instances, bool) {
    if let Some(load) = input.peers.get(region).and_then(|peer| peer.loads.get(name)) {
        return (at_most(load, service.capacity.requests_per_second), true);
    }
    let (theirs, ours) = (weight(input, region), weight(input, input.region));
    (portion(asks, theirs, ours), false)
}

/// The most that a load was in the time that was read, in instances that carry `rated` requests per
/// second each; in the region's own instances when nothing is rated or counted.
fn at_most(load: &Load, rated: Option<MetricValue>) -> Instances {
    let demand = load.demand.max(load.peak.demand);
    let of_demand =
        demand.zip(rated.filter(|rated| *rated > MetricValue::default())).map(|(demand, rated)| {
            let demand = demand.micros().max(0).unsigned_abs();
            Instances::try_from(demand.div_ceil(rated.micros().unsigned_abs()))
        });
    match of_demand {
        Some(count) => count.unwrap_or(Instances::MAX),
        None => load.wanted.max(load.peak.wanted),
    }
}

/// The weight of a region's traffic.
pub(super) fn weight(input: &Input<'_>, region: &str) -> u32 {
    input.spec.regions.get(region).map_or(0, |region| region.traffic_weight)
}

/// The weights of all regions that are not gone, together. This one never is.
pub(super) fn open_weight(input: &Input<'_>, gone: impl Fn(&str) -> bool) -> u32 {
    let regions = input.spec.regions.iter();
    let open = regions.filter(|(name, _)| *name == input.region || !gone(name));
    open.fold(0, |sum, (_, region)| sum.saturating_add(region.traffic_weight))
}

/// Whether a region has a service that can be scaled out.
pub(crate) fn carries(input: &Input<'_>, region: &str, service: &str) -> bool {
    let service = input.spec.regions.get(region).and_then(|it| it.services.get(service));
    service.is_some_and(|service| service.kind == Kind::Stateless)
}

/// `part` of `whole` of an amount, rounded up. Of nothing, all.
pub(super) fn portion(amount: Instances, part: u32, whole: u32) -> Instances {
    if whole == 0 {
        return amount;
    }
    let portion = (u64::from(amount) * u64::from(part)).div_ceil(u64::from(whole));
    Instances::try_from(portion).unwrap_or(Instances::MAX)
}

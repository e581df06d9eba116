//! Overflow: regions help neighbours that have more load than they can carry.
//!
//! ```text
//!   short there ──> floors here, at once ──> in service ──> its share falls to what it can carry
//!                                                   ┌──────────────┘
//!   it could carry more ──> a quarter returns ──> stands for a step ──> looks again
//! ```
//!
//! A share is what fits: what the region can carry, over what its load asks for at its present share.
//! The same formula lowers the share of a region that is short and says how far it may rise again,
//! so a peak that lasts holds the share still, and does not make it fall and rise. Where whole
//! instances leave it open, a quarter is tried every four leases: an hour, unless the spec says
//! otherwise. Nobody knows whether a region that could not launch can launch again before it has to:
//! each return that came too early makes the next one wait twice as long, see [`relief::pause`].

use std::collections::BTreeMap;

use super::relief::{self, Own, Part};
use super::{Effect, Hold, Input, Load, Peer, Pulse, Reflex, Shortage, Verdict};
use crate::lease::Cause;
use crate::traffic::Share;
use crate::units::{Instances, Seconds};

/// What fits is counted in whole instances, which says little of a small group. So a share that stood
/// still for so many leases rises by a quarter when that may be right, and is judged by what comes
/// of it.
const PATIENCE: u32 = 4;

/// Clients follow DNS within a step. What comes of it shows a little later: a minute is over, its
/// metrics are read a minute later, and what is published of them another one.
const SHOWS: Seconds = Seconds(120);

/// Remembers what is missing here, and helps.
pub(super) fn rule<'a>(input: &Input<'a>, verdicts: &mut Vec<Verdict<'a>>) {
    if !input.spec.controller.overflow {
        return;
    }
    if may_be_short(input) {
        remember(input, verdicts);
    }
    for (region, peer) in input.peers {
        if is_short(peer) && relief::share(peer) > Share::CLOSED {
            help(input, (region, peer), verdicts);
        } else if gives_back(input, region, peer) {
            let outcome = give_back(input, (region, peer));
            verdicts.push(Verdict { reflex: Reflex::Overflow, about: region, outcome });
        }
    }
}

/// Whether overflow returns the traffic of a peer, and not failover: it was lowered in part, its
/// controller is heard, and no load of it was failed over.
pub(super) fn gives_back(input: &Input<'_>, region: &str, peer: &Peer) -> bool {
    let share = relief::share(peer);
    let lowered = share > Share::CLOSED && share < Share::OPEN;
    lowered
        && input.spec.controller.overflow
        && peer.pulse == Pulse::Heard
        && !input.stateless().any(|(_, _, group)| {
            relief::granted(group, (Cause::Failover, region), input.now).is_some()
        })
}

fn is_short(peer: &Peer) -> bool {
    peer.pulse == Pulse::Heard && peer.loads.values().any(|load| load.shortage > 0)
}

// ---- here ----

/// Whether it is worth a look: groups are found by their tags, and that takes time.
fn may_be_short(input: &Input<'_>) -> bool {
    let over = |(name, signals): (&String, &super::Signals)| {
        let max = input.effective.get(name).map(|effective| effective.bounds.max);
        signals.short_for > Some(Seconds(0)) || max.is_none_or(|max| signals.wanted > Some(max))
    };
    !input.failed_launches.is_empty() || input.signals.iter().any(over)
}

/// Remembers what is missing, for as long as a lease.
fn remember<'a>(input: &Input<'a>, verdicts: &mut Vec<Verdict<'a>>) {
    for (name, _, group) in input.stateless() {
        let Some((why, missing)) = relief::scarcity(input, name, group) else { continue };
        let Some(until) = relief::until(input) else { continue };
        let third = i64::from(input.spec.controller.lease.0) / 3;
        let is_fresh = Shortage::now(group, input.now).is_some_and(|known| {
            let left = known.until.duration_since(input.now).as_secs();
            known.why == why && known.missing >= missing && left > third
        });
        if !is_fresh {
            let effects = vec![Effect::Remember(Shortage { why, missing, until })];
            verdicts.push(Verdict { reflex: Reflex::Overflow, about: name, outcome: Ok(effects) });
        }
    }
}

// ---- there ----

/// Makes room for a peer that is short, and lets traffic come when the room is there.
fn help<'a>(input: &Input<'a>, (region, peer): (&'a str, &Peer), verdicts: &mut Vec<Verdict<'a>>) {
    let share = relief::share(peer);
    let fits = fitting(peer, share);
    let lease = (Cause::Overflow, region);
    let helpers = Helpers::of(input, (region, peer));
    let room = (fits.as_quarters()..share.as_quarters())
        .map(Share::quarters)
        .find(|to| helpers.have_room(peer, share, *to));
    // Without room anywhere no traffic comes, and instances for it would help nobody.
    let parts = match room {
        None if fits < share && share == Share::OPEN => Vec::new(),
        _ => helpers.parts(input, (region, peer), share, fits),
    };
    for part in parts {
        let why = || format!("{region} has more load than it can carry");
        if let Some(effect) = part.floor(input, lease, why) {
            let outcome = Ok(vec![effect]);
            verdicts.push(Verdict { reflex: Reflex::Overflow, about: part.service, outcome });
        }
    }
    let outcome = match room {
        None if fits >= share => Err(Hold::NoEvidence),
        None => Err(Hold::NoHeadroom),
        Some(to) => {
            let parts = helpers.parts(input, (region, peer), share, to);
            let missing =
                parts.iter().fold(0, |sum: Instances, part| sum.saturating_add(part.missing()));
            let stood =
                relief::still(peer, input.now) >= settled(input.spec.controller.failover.step);
            match (missing, stood) {
                (0, true) => Ok(judge(region, to)),
                (0, false) => Err(Hold::Settling),
                (missing, _) => Err(Hold::Preparing { missing }),
            }
        }
    };
    // What was published stays published while it lasts, unless it is failover that returns it.
    let outcome = outcome.or_else(|hold| {
        let stays = gives_back(input, region, peer);
        if stays { Ok(judge(region, share)) } else { Err(hold) }
    });
    verdicts.push(Verdict { reflex: Reflex::Overflow, about: region, outcome });
}

/// A quarter more, when the peer could carry it.
fn give_back(input: &Input<'_>, (region, peer): (&str, &Peer)) -> Result<Vec<Effect>, Hold> {
    let share = relief::share(peer);
    let controller = &input.spec.controller;
    let still = relief::still(peer, input.now);
    if peer.loads.is_empty() {
        // It is heard and misses nothing, though nothing is known of what its load asks for. That is
        // no reason to keep traffic away from a region that is well.
        if !peer.evidence.is_well(controller.failover.after) {
            return Err(Hold::NoEvidence);
        }
        let pause = settled(relief::pause(input, peer));
        return Ok(judge(region, share.towards(Share::OPEN, still, pause)));
    }
    let patient = still.0 >= controller.lease.0.saturating_mul(PATIENCE);
    let may_fit = || peer.loads.values().all(|load| may_fit(load, share));
    let fits = fitting(peer, share) > share || (patient && may_fit());
    let fits = fits || nobody_carries_better(input, (region, peer));
    let rises = fits && peer.evidence.impaired(Seconds(0)).is_none();
    let to = if rises { Share::OPEN } else { share };
    Ok(judge(region, share.towards(to, still, settled(relief::pause(input, peer)))))
}

/// Whether a peer may have a quarter more of its traffic, as far as its loads tell.
pub(super) fn carries_more(input: &Input<'_>, (region, peer): (&str, &Peer)) -> bool {
    let share = relief::share(peer);
    share == Share::CLOSED
        || peer.loads.values().all(|load| load.wanted == 0 || may_fit(load, share))
        || nobody_carries_better(input, (region, peer))
}

/// What does not fit is no reason to keep traffic away when nobody carries it better: where every
/// region is short, none is spared.
fn nobody_carries_better(input: &Input<'_>, (region, peer): (&str, &Peer)) -> bool {
    let share = relief::share(peer);
    let too_much = |load: &Load| load.wanted > 0 && !may_fit(load, share);
    let mut names = peer.loads.iter().filter(|(_, load)| too_much(load)).peekable();
    let some = names.peek().is_some();
    let helpers = Helpers::of(input, (region, peer));
    some && names.all(|(name, _)| !helpers.0.contains_key(name.as_str()))
}

/// When it is seen what comes of a share that changed.
fn settled(step: Seconds) -> Seconds {
    Seconds(step.0.saturating_add(SHOWS.0))
}

fn judge(region: &str, share: Share) -> Vec<Effect> {
    vec![Effect::Judge { region: region.to_owned(), share }]
}

/// The share that fits the worst service: what it can carry, over what its load asks for. A quarter
/// stays always: to close a region takes evidence from its data plane.
fn fitting(peer: &Peer, share: Share) -> Share {
    let fits = |load: &Load| {
        // What is not known neither lowers nor raises a share.
        if load.stale {
            return share;
        }
        let wanted = u64::from(load.wanted);
        let quarters = u64::from(share.as_quarters()) * can(load);
        quarters.checked_div(wanted).map_or(Share::OPEN, |quarters| {
            Share::quarters(u8::try_from(quarters).unwrap_or(u8::MAX))
        })
    };
    let worst = peer.loads.values().map(fits).min().unwrap_or(Share::OPEN);
    worst.max(Share::quarters(1))
}

/// Whether a quarter more may fit: the load is less than an instance below the whole number that it
/// asks for, and with the least that it can be there is room.
fn may_fit(load: &Load, share: Share) -> bool {
    let least = u64::from(load.wanted.saturating_sub(1));
    let quarters = u64::from(share.as_quarters());
    !load.stale && least * (quarters + 1) <= can(load) * quarters
}

/// Instances that a region can have for a load.
fn can(load: &Load) -> u64 {
    u64::from(load.wanted.saturating_add(load.headroom).saturating_sub(load.shortage))
}

/// The regions that take what a peer cannot carry, service by service: those that are heard, have all
/// of their own traffic, and are not short themselves.
struct Helpers<'a>(BTreeMap<&'a str, Vec<Helper<'a>>>);

/// A region that takes some.
struct Helper<'a> {
    weight: u32,
    headroom: Instances,
    /// What it can carry at most, when it is this region.
    most: Instances,
    /// Its group, when it is this region.
    group: Option<&'a crate::world::Group>,
}

impl<'a> Helpers<'a> {
    fn of(input: &Input<'a>, (region, peer): (&str, &Peer)) -> Self {
        let mut helpers: BTreeMap<&str, Vec<Helper<'_>>> = BTreeMap::new();
        let whole = has_its_traffic(input);
        for (name, _, group) in input.stateless() {
            let own = Own::of(input, name, group);
            if whole && own.shortage == 0 && peer.loads.contains_key(name) {
                let weight = relief::weight(input, input.region);
                let (headroom, most) = (own.headroom(), own.limit.max(own.asks));
                let helper = Helper { weight, headroom, most, group: Some(group) };
                helpers.entry(name).or_default().push(helper);
            }
        }
        let heard = input.peers.iter().filter(|(name, other)| {
            *name != region && other.pulse == Pulse::Heard && relief::share(other) == Share::OPEN
        });
        for (other, its) in heard {
            for (name, load) in its.loads.iter().filter(|(_, load)| load.shortage == 0) {
                let weight = relief::weight(input, other);
                let helper = Helper { weight, headroom: load.headroom, most: 0, group: None };
                helpers.entry(name).or_default().push(helper);
            }
        }
        Self(helpers)
    }

    /// What each service here needs when the peer's share falls. Traffic goes where the weights
    /// send it; what is missing is carried by whoever has room for it.
    fn parts(
        &self,
        input: &Input<'a>,
        (region, peer): (&str, &Peer),
        from: Share,
        to: Share,
    ) -> Vec<Part<'a>> {
        let part = |(name, helpers): (&&'a str, &Vec<Helper<'a>>)| {
            let load = peer.loads.get(*name)?;
            let own = helpers.iter().find(|helper| helper.group.is_some())?;
            let by_weight = relief::portion(moved(load, from, to), own.weight, weights(helpers));
            let room = helpers.iter().fold(0, |sum: u32, it| sum.saturating_add(it.headroom));
            let by_room = relief::portion(load.shortage.min(room), own.headroom, room.max(1));
            let comes = by_weight.max(by_room);
            let group = own.group?;
            let lease = (Cause::Overflow, region);
            let need = relief::need(input, (name, group), lease, comes).min(own.most);
            (comes > 0).then_some(Part { service: name, group, need })
        };
        self.0.iter().filter_map(part).collect()
    }

    /// Whether every service of a peer finds room when its share falls.
    fn have_room(&self, peer: &Peer, from: Share, to: Share) -> bool {
        peer.loads.iter().all(|(name, load)| {
            let moved = moved(load, from, to);
            let helpers = self.0.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
            let fits = |it: &Helper<'_>| {
                relief::portion(moved, it.weight, weights(helpers)) <= it.headroom
            };
            moved == 0 || (!helpers.is_empty() && helpers.iter().all(fits))
        })
    }
}

/// Whether this region has all of its own traffic: a record is open while one judge keeps it open.
fn has_its_traffic(input: &Input<'_>) -> bool {
    let shares = input.peers.values().map(|peer| peer.judges_us.map_or(Share::OPEN, |it| it.share));
    shares.max().is_none_or(|share| share == Share::OPEN)
}

fn weights(helpers: &[Helper<'_>]) -> u32 {
    helpers.iter().fold(0, |sum, helper| sum.saturating_add(helper.weight))
}

/// Instances whose load leaves when a share falls.
fn moved(load: &Load, from: Share, to: Share) -> Instances {
    let part = from.as_quarters().saturating_sub(to.as_quarters());
    relief::portion(load.wanted, u32::from(part), u32::from(from.as_quarters().max(1)))
}

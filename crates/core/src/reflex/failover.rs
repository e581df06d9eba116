//! Failover: regions whose data plane is impaired are closed step by step, and opened again.
//!
//! ```text
//!   first evidence, or darkness ──> every group here holds its size (law 3)
//!   evidence for `after` ──> floors for the load that comes ──> in service ──> share 0
//!                                            └── not after three times `after` ──┘
//!   well for `return_after` ──> a quarter every `step` ──> full: the floors run out
//! ```
//!
//! A controller that is silent and an API that does not answer are reasons to hold still, and move
//! no traffic (law 9). In mode `advise` a person moves it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::relief::{self, Own, Part};
use super::{
    Condition, Effect, Evidence, Finding, Hold, Input, Peer, Pulse, Reflex, Verdict, overflow,
};
use crate::capacity::{Downstream, Limit};
use crate::lease::Cause;
use crate::spec::{Database, FailoverMode};
use crate::traffic::Share;
use crate::units::{Instances, Seconds};

/// A dead region is worse than one that is too small: after so many times `after`, traffic moves
/// though capacity is missing.
const PATIENCE: u32 = 3;

/// The id of the lease that holds a group at its size: one for all neighbours, since a group has few
/// leases.
const NEIGHBOURS: &str = "neighbours";

/// Closes and opens peers.
pub(super) fn rule<'a>(input: &Input<'a>, verdicts: &mut Vec<Verdict<'a>>) {
    hold_sizes(input, verdicts);
    for (region, peer) in input.peers {
        if peer.pulse == Pulse::Refused {
            let what = "its metrics may not be read from here".to_owned();
            let next =
                "allow cloudwatch:GetMetricData there to this region's controller".to_owned();
            let outcome = Ok(vec![find(region, what, next)]);
            verdicts.push(Verdict { reflex: Reflex::Failover, about: region, outcome });
        }
        let after = input.spec.controller.failover.after;
        let outcome = if let Some(what) = weighed(peer, input.now).impaired(after) {
            impaired(input, (region, peer), what, verdicts)
        } else if relief::share(peer) < Share::OPEN && !overflow::gives_back(input, region, peer) {
            give_back(input, (region, peer), verdicts)
        } else if peer.is_troubled() {
            Err(why_not(peer))
        } else {
            continue;
        };
        verdicts.push(Verdict { reflex: Reflex::Failover, about: region, outcome });
    }
}

/// What speaks for and against a peer, errors by the traffic that it has.
///
/// A closed region is asked by stragglers only, whose errors are no sample: where its endpoint or
/// its targets are well they do not count, and after it opens only those since then.
fn weighed(peer: &Peer, now: Timestamp) -> Evidence {
    let mut evidence = peer.evidence;
    let is_well = |condition| matches!(condition, Condition::Well(_));
    if is_well(evidence.endpoint) || is_well(evidence.healthy) {
        evidence.errors = match (evidence.errors, relief::share(peer)) {
            (_, Share::CLOSED) => Condition::Unknown,
            (Condition::Impaired(span), share) if share < Share::OPEN => {
                Condition::Impaired(span.min(relief::still(peer, now)))
            }
            (errors, _) => errors,
        };
    }
    evidence
}

/// Why a troubled peer keeps its traffic.
fn why_not(peer: &Peer) -> Hold {
    if peer.evidence.impaired(Seconds(0)).is_some() {
        Hold::Young
    } else if peer.evidence.endpoint == Condition::CutOff {
        Hold::CutOff
    } else if peer.pulse == Pulse::Unreadable {
        Hold::UnreachableAlone
    } else {
        Hold::SilentAlone
    }
}

/// Holds every group at its size: quiet traffic is not low demand while a neighbour is dark. And what
/// was taken from this region comes back: without traffic its groups are not too large.
fn hold_sizes<'a>(input: &Input<'a>, verdicts: &mut Vec<Verdict<'a>>) {
    let closed = |peer: &Peer| peer.judges_us.is_some_and(|it| it.share == Share::CLOSED);
    let here = input.peers.values().any(closed).then_some(input.region);
    let dark = input.peers.iter().filter(|(_, peer)| peer.is_troubled());
    let regions: Vec<&str> = here.into_iter().chain(dark.map(|(name, _)| name.as_str())).collect();
    if regions.is_empty() {
        return;
    }
    let lease = (Cause::Dark, NEIGHBOURS);
    for (name, _, group) in input.stateless() {
        // A floor that is there and higher stays: an older picture does no harm.
        let there = relief::granted(group, lease, input.now).and_then(|lease| lease.floor);
        let floor = there.unwrap_or(0).max(group.desired);
        let why = || format!("dark or impaired: {}", regions.join(" and "));
        if let Some(effect) = relief::grant(input, group, lease, floor, why) {
            let outcome = Ok(vec![effect]);
            verdicts.push(Verdict { reflex: Reflex::Failover, about: name, outcome });
        }
    }
}

/// Makes room for the load of a peer, and closes it.
fn impaired<'a>(
    input: &Input<'a>,
    (region, peer): (&'a str, &Peer),
    what: &str,
    verdicts: &mut Vec<Verdict<'a>>,
) -> Result<Vec<Effect>, Hold> {
    let failover = &input.spec.controller.failover;
    let since = longest(peer);
    let said = format!("its data plane is impaired ({what}, for {since})");
    let close = format!(
        "close it with the operator's switch: put Open = 0 about {region} into Plimsoll/Switch in \
         every other region, again every hour"
    );
    let next = if is_primary(input, region) {
        format!("move the database primary, then {close}")
    } else {
        close
    };
    if failover.mode == FailoverMode::Advise {
        return Ok(vec![find(region, said, next)]);
    }
    if impaired_here(input) {
        return Err(Hold::NotBetterHere);
    }
    let parts = parts(input, (region, peer));
    make_room(input, region, &parts, verdicts);
    if is_primary(input, region) {
        return Ok(vec![find(region, format!("{said}, and it holds the database primary"), next)]);
    }
    let close = Effect::Judge { region: region.to_owned(), share: Share::CLOSED };
    let missing: Vec<String> = parts
        .iter()
        .filter(|(part, _)| part.missing() > 0)
        .map(|(part, _)| format!("{} of {}", part.missing(), part.service))
        .collect();
    if relief::share(peer) == Share::CLOSED {
        return Ok(vec![close]);
    }
    let narrow = narrow(input, region, &parts);
    if missing.is_empty() && !parts.is_empty() {
        return Ok([close].into_iter().chain(narrow).collect());
    }
    if parts.is_empty() {
        return Err(Hold::NoHeadroom);
    }
    if since.0 < failover.after.0.saturating_mul(PATIENCE) {
        let sum = |sum: Instances, (part, _): &(Part<'_>, bool)| sum.saturating_add(part.missing());
        return Err(Hold::Preparing { missing: parts.iter().fold(0, sum) });
    }
    let what = format!("it is closed though capacity is missing here: {}", missing.join(", "));
    let next = format!("raise maximums in {}, or look at its launches", input.region);
    Ok([close, find(region, what, next)].into_iter().chain(narrow).collect())
}

/// What is found when stateful services here cannot carry what comes: the dead region is closed all
/// the same.
fn narrow(input: &Input<'_>, region: &str, parts: &[(Part<'_>, bool)]) -> Option<Effect> {
    let downstream = Downstream::of(input);
    let declared = |name: &str| input.spec.regions.get(input.region)?.services.get(name);
    let too_much = parts.iter().filter_map(|(part, _)| {
        let own = Own::with(&downstream, input, part.service, part.group);
        let limit = downstream.limit((part.service, declared(part.service)?), own.asks)?;
        let Limit { instances, by } = limit;
        let need = part.need;
        let text = || format!("{by} carries {instances} of {need} instances of {}", part.service);
        (instances < need).then(|| (by, text()))
    });
    let (names, texts): (BTreeSet<&str>, Vec<String>) = too_much.unzip();
    let names: Vec<&str> = names.into_iter().collect();
    (!names.is_empty()).then(|| {
        let what =
            format!("its load is more than {} can carry: {}", input.region, texts.join(", "));
        let next = format!("enlarge {} there, or ask for less", names.join(" and "));
        find(region, what, next)
    })
}

/// For how long the evidence that has lasted longest speaks against a peer.
fn longest(peer: &Peer) -> Seconds {
    let spans = peer.evidence.each().into_iter().filter_map(|(_, condition)| match condition {
        Condition::Impaired(span) => Some(span),
        Condition::Unknown | Condition::CutOff | Condition::Well(_) => None,
    });
    spans.max().unwrap_or_default()
}

/// What each service here needs when the peers that are impaired close; and whether their load is
/// known, or guessed.
///
/// DNS moves the load of a dead region by itself, sooner or later than a controller would. So the own
/// load is the one from before, as far as it is known: what the group had when the region went dark.
/// And once room is made, or the peer is closed, what comes is in the own load or about to be: the room
/// stays as it was made, and grows with nothing but the own load itself.
fn parts<'a>(input: &Input<'a>, (region, peer): (&str, &Peer)) -> Vec<(Part<'a>, bool)> {
    let after = input.spec.controller.failover.after;
    let ours = relief::weight(input, input.region);
    let closing = |name: &str| {
        input.peers.get(name).is_some_and(|peer| {
            peer.evidence.impaired(after).is_some() || relief::share(peer) == Share::CLOSED
        })
    };
    let open = relief::open_weight(input, closing);
    let closed = relief::share(peer) == Share::CLOSED;
    let lease = (Cause::Failover, region);
    let shared = input.stateless().filter(|(name, ..)| relief::carries(input, region, name));
    let part = |(name, service, group)| {
        let (asks, wanted) = (relief::asks(input, name, group), relief::wanted(input, name));
        let mut known = true;
        let mut comes: Instances = 0;
        for (other, its) in input.peers {
            let comes_now = !closed && its.evidence.impaired(after).is_some();
            let comes_now = comes_now && relief::share(its) > Share::CLOSED;
            if comes_now && relief::carries(input, other, name) {
                let (carried, is_known) = relief::carried(input, other, (name, service), asks);
                known &= is_known;
                comes = comes.saturating_add(relief::portion(carried, ours, open));
            }
        }
        let there = relief::granted(group, lease, input.now).and_then(|lease| lease.floor);
        let held = relief::granted(group, (Cause::Dark, NEIGHBOURS), input.now);
        let before = held.and_then(|lease| lease.floor).map_or(asks, |size| size.min(asks));
        let need = match there {
            // What it steers to holds the room that was made: only a load that is known counts.
            Some(there) => there.max(wanted.unwrap_or(0)).max(if known { comes } else { 0 }),
            None => before.saturating_add(comes).max(asks),
        };
        (Part { service: name, group, need }, known)
    };
    shared.map(part).collect()
}

fn make_room<'a>(
    input: &Input<'a>,
    region: &'a str,
    parts: &[(Part<'a>, bool)],
    verdicts: &mut Vec<Verdict<'a>>,
) {
    for (part, known) in parts {
        let source = if *known { "" } else { ", guessed by weights" };
        let why = || format!("load of {region} comes here{source}");
        if let Some(effect) = part.floor(input, (Cause::Failover, region), why) {
            let outcome = Ok(vec![effect]);
            verdicts.push(Verdict { reflex: Reflex::Failover, about: part.service, outcome });
        }
    }
}

/// Gives the traffic back, a quarter at a time, and keeps the room until all of it is back.
fn give_back<'a>(
    input: &Input<'a>,
    (region, peer): (&'a str, &Peer),
    verdicts: &mut Vec<Verdict<'a>>,
) -> Result<Vec<Effect>, Hold> {
    let lease = (Cause::Failover, region);
    for (name, _, group) in input.stateless() {
        let there = relief::granted(group, lease, input.now).and_then(|lease| lease.floor);
        let Some(need) = there else { continue };
        let part = Part { service: name, group, need };
        let why = || format!("load of {region} is going back");
        if let Some(effect) = part.floor(input, lease, why) {
            let outcome = Ok(vec![effect]);
            verdicts.push(Verdict { reflex: Reflex::Failover, about: name, outcome });
        }
    }
    if peer.evidence.endpoint == Condition::CutOff {
        return Err(Hold::CutOff);
    }
    if !peer.evidence.is_known() {
        return Err(Hold::NoEvidence);
    }
    let failover = &input.spec.controller.failover;
    let share = relief::share(peer);
    let still = relief::still(peer, input.now);
    // Without traffic there are no errors: so a region that was closed stays closed for a while,
    // though its endpoint never looked bad. And with its first quarter its errors are known again,
    // which says nothing of the time before.
    let evidence = weighed(peer, input.now);
    let well = match share {
        Share::CLOSED => evidence.is_well(failover.return_after) && still >= failover.return_after,
        _ => evidence.is_well(failover.after.min(failover.return_after)),
    };
    let carries_more = overflow::carries_more(input, (region, peer));
    if well && !carries_more {
        let outcome = Err(Hold::CarriesNoMore);
        verdicts.push(Verdict { reflex: Reflex::Failover, about: region, outcome });
    }
    let rises = well && carries_more;
    let pause = relief::pause(input, peer);
    let to = if rises { share.towards(Share::OPEN, still, pause) } else { share };
    Ok(vec![Effect::Judge { region: region.to_owned(), share: to }])
}

/// Whether this region's own data plane is impaired as well: whatever it is, traffic that comes here
/// would meet it again.
fn impaired_here(input: &Input<'_>) -> bool {
    let failover = &input.spec.controller.failover;
    let health = crate::peers::health(input);
    health.errors.is_some_and(|errors| failover.has_errors(errors))
        || health.healthy.is_some_and(|healthy| failover.lacks_targets(healthy))
}

/// Whether a region holds the database primary: by the spec here, or by what it says itself. An
/// overlay of its own may know better.
fn is_primary(input: &Input<'_>, region: &str) -> bool {
    let database = input.spec.regions.get(region).and_then(|region| region.database);
    let says_so = input.peers.get(region).is_some_and(|peer| peer.is_primary == Some(true));
    database == Some(Database::Primary) || says_so
}

fn find(region: &str, what: String, next: String) -> Effect {
    Effect::Find(Finding { about: region.to_owned(), what, next })
}

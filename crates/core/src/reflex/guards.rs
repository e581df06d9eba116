//! Guards: what no reflex may do, however good its reasons. They come after all reflexes and can
//! only weaken what those want.

use std::collections::BTreeSet;

use super::{Effect, Hold, Input, Peer, Verdict};
use crate::lease::{Cause, Lease, Leases, MOST};
use crate::traffic::Share;

/// Applies every guard.
pub(super) fn all<'a>(input: &Input<'a>, verdicts: &mut [Verdict<'a>]) {
    if verdicts.iter().any(|verdict| verdict.outcome.is_ok()) {
        room_for_leases(input, verdicts);
        one_region_stays_open(input, verdicts);
    }
}

/// A group has a few leases at most: one more would push a tag of the spec out. What holds a group
/// while a neighbour is dark comes first, then room for a region that closes.
fn room_for_leases<'a>(input: &Input<'a>, verdicts: &mut [Verdict<'a>]) {
    for (service, _, group) in input.stateless() {
        let mut wanted: Vec<(u8, String)> = Vec::new();
        for verdict in verdicts.iter().filter(|verdict| verdict.about == service) {
            let effects = verdict.outcome.as_deref().unwrap_or_default();
            wanted.extend(effects.iter().filter_map(granted).map(|it| (rank(it), it.key())));
        }
        if wanted.is_empty() {
            continue;
        }
        let leases = Leases::of(group).readable;
        let mut keys: BTreeSet<String> =
            leases.iter().filter(|it| it.in_force(input.now)).map(Lease::key).collect();
        wanted.sort_by_key(|(rank, _)| *rank);
        for (_, key) in wanted {
            if keys.len() < MOST {
                keys.insert(key);
            }
        }
        for verdict in verdicts.iter_mut().filter(|verdict| verdict.about == service) {
            let Ok(effects) = &mut verdict.outcome else { continue };
            let before = effects.len();
            effects.retain(|effect| granted(effect).is_none_or(|it| keys.contains(&it.key())));
            if effects.is_empty() && before > 0 {
                verdict.outcome = Err(Hold::TooManyLeases);
            }
        }
    }
}

/// The lease that an effect grants.
fn granted(effect: &Effect) -> Option<&Lease> {
    match effect {
        Effect::Grant(lease) => Some(lease),
        Effect::Follow { .. }
        | Effect::Drop(_)
        | Effect::Scale { .. }
        | Effect::Remember(_)
        | Effect::Judge { .. }
        | Effect::Find(_) => None,
    }
}

/// Where a lease stands when there is not room for all.
const fn rank(lease: &Lease) -> u8 {
    match lease.cause {
        Cause::Dark => 0,
        Cause::Failover => 1,
        Cause::Scale
        | Cause::Surge
        | Cause::Maintain
        | Cause::Evacuate
        | Cause::Pause
        | Cause::Overflow
        | Cause::Standing
        | Cause::Damping
        | Cause::Guard => 2,
    }
}

/// The last open region never closes: when every peer would be closed in this controller's eyes and
/// its own region is closed in theirs, nothing is closed any further.
///
/// A record closes when all judges agree, so a region is open while one judge keeps it open. A judge
/// that was never read counts as one that does.
fn one_region_stays_open<'a>(input: &Input<'a>, verdicts: &mut [Verdict<'a>]) {
    if !verdicts.iter().any(|verdict| judged(verdict) == Some(Share::CLOSED)) {
        return;
    }
    let keeps_us_open =
        |peer: &Peer| peer.judges_us.is_none_or(|published| published.share > Share::CLOSED);
    let stays_open = |(region, peer): (&String, &Peer)| {
        let about = verdicts.iter().filter(|verdict| verdict.about == region);
        let share = about.filter_map(judged).min().or_else(|| peer.judged.map(|it| it.share));
        share.is_none_or(|share| share > Share::CLOSED)
    };
    if input.peers.values().any(keeps_us_open) || input.peers.iter().any(stays_open) {
        return;
    }
    for verdict in verdicts.iter_mut() {
        let Ok(effects) = &mut verdict.outcome else { continue };
        let before = effects.len();
        effects.retain(|effect| share(effect) != Some(Share::CLOSED));
        if effects.is_empty() && before > 0 {
            verdict.outcome = Err(Hold::LastOpen);
        }
    }
}

/// The smallest share that a verdict judges.
fn judged(verdict: &Verdict<'_>) -> Option<Share> {
    verdict.outcome.as_deref().unwrap_or_default().iter().filter_map(share).min()
}

/// The share that an effect judges.
fn share(effect: &Effect) -> Option<Share> {
    match effect {
        Effect::Judge { share, .. } => Some(*share),
        Effect::Grant(_)
        | Effect::Follow { .. }
        | Effect::Drop(_)
        | Effect::Scale { .. }
        | Effect::Remember(_)
        | Effect::Find(_) => None,
    }
}

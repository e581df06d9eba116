//! Laws that hold for every input.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use plimsoll_core::lease::{Cause, Leases};
use plimsoll_core::reflex::{Condition, Effect, Evidence, Hold, Load, Peak, Peer, Pulse};
use plimsoll_core::traffic::{Published, Share};
use plimsoll_core::units::Seconds;
use proptest::prelude::*;

use crate::support::{EAST, Scene, WEST, at};

const ACT: &str = "{ failover: { mode: act }, standing_n_minus_1: true }";

fn condition() -> impl Strategy<Value = Condition> {
    let span = || (1u32..20).prop_map(|minutes| Seconds(60 * minutes));
    prop_oneof![
        Just(Condition::Unknown),
        Just(Condition::CutOff),
        span().prop_map(Condition::Well),
        span().prop_map(Condition::Impaired),
    ]
}

fn load() -> impl Strategy<Value = Load> {
    (0u32..20, 0u32..8, 0u32..10, 0u32..20).prop_map(|(wanted, shortage, headroom, peak)| Load {
        stale: false,
        wanted,
        shortage,
        headroom,
        demand: None,
        peak: Peak { wanted: peak, demand: None },
    })
}

fn published() -> impl Strategy<Value = Option<Published>> {
    let at = |minutes| at("10:00:00") - SignedDuration::from_mins(minutes);
    let one = (0u8..=4, 0i64..80, 0u32..6);
    let one = one.prop_map(move |(quarters, minutes, setbacks)| Published {
        share: Share::quarters(quarters),
        since: at(minutes),
        setbacks,
    });
    prop::option::of(one)
}

fn a_peer() -> impl Strategy<Value = Peer> {
    let pulse =
        prop::sample::select(vec![Pulse::Heard, Pulse::Silent, Pulse::Unreadable, Pulse::Never]);
    let evidence = (condition(), condition(), condition())
        .prop_map(|(endpoint, errors, healthy)| Evidence { endpoint, errors, healthy });
    let loads = prop::option::of((load(), load())).prop_map(|loads| {
        loads.map_or_else(BTreeMap::new, |(web, api)| {
            BTreeMap::from([("web".to_owned(), web), ("api".to_owned(), api)])
        })
    });
    (pulse, evidence, loads, published(), published()).prop_map(
        |(pulse, evidence, loads, judged, judges_us)| Peer {
            pulse,
            evidence,
            loads,
            judged,
            judges_us,
            is_primary: None,
        },
    )
}

fn scene() -> impl Strategy<Value = Scene> {
    let own = (prop::option::of(0u32..14), 2u32..=10, 0usize..=10);
    (a_peer(), a_peer(), own.clone(), own).prop_map(|(east, west, web, api)| {
        let mut scene = Scene::new(ACT);
        scene.peers.insert(EAST.to_owned(), east);
        scene.peers.insert(WEST.to_owned(), west);
        for (service, (wanted, desired, in_service)) in [("web", web), ("api", api)] {
            scene.signals(service).wanted = wanted;
            scene.size(service, desired, in_service);
        }
        scene
    })
}

/// Every floor that is granted, by cause, id and service.
fn floors(scene: &Scene) -> BTreeMap<(Cause, String, String), u32> {
    scene.decide(|_, decision| {
        let effects = decision.verdicts.iter().flat_map(|verdict| {
            let effects = verdict.outcome.as_deref().unwrap_or_default();
            effects.iter().map(move |effect| (verdict.about, effect))
        });
        let floors = effects.filter_map(|(about, effect)| match effect {
            Effect::Grant(lease) => {
                Some(((lease.cause, lease.id.clone(), about.to_owned()), lease.floor?))
            }
            Effect::Follow { .. }
            | Effect::Drop(_)
            | Effect::Scale { .. }
            | Effect::Remember(_)
            | Effect::Judge { .. }
            | Effect::Find(_) => None,
        });
        floors.collect()
    })
}

#[test]
fn a_quiet_world_has_no_effects() {
    for controller in ["{}", "{ failover: { mode: act } }"] {
        let mut scene = Scene::new(controller);
        scene.decide(|_, decision| {
            assert_eq!(
                (decision.verdicts.as_slice(), decision.steps.as_slice()),
                (&[][..], &[][..])
            );
        });
        scene.judged(EAST, 4, 1);
        assert_eq!(scene.says(), Vec::<String>::new());
        scene.peers.clear();
        assert_eq!(scene.says(), Vec::<String>::new());
    }
}

proptest! {
    #[test]
    fn the_same_input_gives_the_same_output(scene in scene()) {
        let print = || scene.decide(|_, decision| format!("{decision:?}"));
        prop_assert_eq!(print(), print());
    }

    #[test]
    fn no_share_falls_without_evidence_or_a_shortage(scene in scene()) {
        scene.decide(|_, decision| {
            for (region, share) in &decision.shares {
                let peer = &scene.peers[*region];
                let was = peer.judged.map_or(Share::OPEN, |published| published.share);
                let after = scene.spec.controller.failover.after;
                let short = peer.loads.values().any(|load| load.shortage > 0);
                prop_assert!(*share <= Share::OPEN);
                prop_assert!(*share >= was || short || peer.evidence.impaired(after).is_some());
                prop_assert!(*share > Share::CLOSED || was == Share::CLOSED
                    || peer.evidence.impaired(after).is_some());
                let lowered = was < Share::OPEN && !peer.loads.is_empty();
                prop_assert!(peer.evidence.is_known() || short || lowered);
            }
            Ok(())
        })?;
    }

    #[test]
    fn an_unreachable_api_alone_moves_no_traffic(mut scene in scene()) {
        for peer in scene.peers.values_mut() {
            (peer.pulse, peer.evidence) = (Pulse::Unreadable, Evidence::default());
        }
        prop_assert!(scene.decide(|_, decision| decision.shares.is_empty()));
    }

    #[test]
    fn the_primary_is_never_closed(scene in scene()) {
        let was = scene.peers[WEST].judged.is_some_and(|it| it.share == Share::CLOSED);
        prop_assert!(was || scene.share(WEST) != Some(0));
    }

    #[test]
    fn not_every_region_is_closed(mut scene in scene()) {
        for region in scene.spec.regions.values_mut() {
            region.database = None;
        }
        let closed = |it: Option<Published>| it.is_some_and(|it| it.share == Share::CLOSED);
        scene.decide(|_, decision| {
            let closes = decision.shares.values().any(|share| *share == Share::CLOSED);
            let after = |(region, peer): (&String, &Peer)| {
                decision.shares.get(region.as_str()).map_or_else(|| closed(peer.judged), |it| *it == Share::CLOSED)
            };
            let we_are_closed = scene.peers.values().all(|peer| closed(peer.judges_us));
            prop_assert!(!(closes && we_are_closed && scene.peers.iter().all(after)));
            Ok(())
        })?;
    }

    #[test]
    fn a_dark_region_gives_every_group_a_floor_at_its_size(mut scene in scene()) {
        scene.peer(EAST).pulse = Pulse::Unreadable;
        for (service, group) in ["web", "api"].into_iter().zip(&scene.groups) {
            prop_assert!(scene.floor(Cause::Dark, service) >= Some(group.desired));
        }
        scene.act();
        for group in &scene.groups {
            prop_assert!(group.bounds.min >= group.desired.min(10));
        }
    }

    #[test]
    fn more_load_of_a_peer_never_means_a_lower_floor(
        scene in scene(), more in 1u32..10
    ) {
        let before = floors(&scene);
        let mut larger = scene;
        // What it can carry stays: more load takes its headroom, and then it is short.
        for load in larger.peer(EAST).loads.values_mut() {
            load.wanted += more;
            load.peak.wanted += more;
            load.shortage += more.saturating_sub(load.headroom);
            load.headroom = load.headroom.saturating_sub(more);
        }
        let after = floors(&larger);
        // Where no region has room for a quarter more, no traffic comes and nobody helps.
        let full = larger.decide(|_, decision| {
            decision.holds().any(|(_, about, hold)| about == EAST && *hold == Hold::NoHeadroom)
        });
        for (key, floor) in before {
            if key.0 == Cause::Overflow && full {
                continue;
            }
            // A peer that is short cannot help another: that is about somebody else's load.
            if key.0 == Cause::Overflow && key.1 != EAST {
                continue;
            }
            prop_assert!(after.get(&key).is_some_and(|it| *it >= floor), "{key:?} {floor} {after:?}");
        }
    }

    #[test]
    fn a_crowd_of_leases_only_takes_some_away(mut scene in scene(), crowded in 0usize..9) {
        let free = floors(&scene);
        let shares = |scene: &Scene| -> BTreeMap<String, Share> {
            scene.decide(|_, it| it.shares.iter().map(|(of, it)| ((*of).to_owned(), *it)).collect())
        };
        let free_shares = shares(&scene);
        let until = at("12:00:00");
        let lease = |n: usize| plimsoll_core::lease::Lease {
            cause: Cause::Surge, id: format!("n{n}"), floor: Some(2), ceiling: None, zero: false,
            until, by: "alice".to_owned(), why: String::new(),
        };
        for group in &mut scene.groups {
            group.tags.extend((0..crowded).map(lease).map(|it| (it.key(), it.tag())));
        }
        for (key, floor) in floors(&scene) {
            prop_assert!(free.get(&key) == Some(&floor));
        }
        for (region, share) in shares(&scene) {
            prop_assert!(free_shares.get(&region).is_some_and(|free| share >= *free));
        }
        scene.act();
        for group in &scene.groups {
            prop_assert!(Leases::of(group).readable.len() <= 8.max(crowded));
        }
    }

    #[test]
    fn acting_twice_changes_nothing_more(mut scene in scene()) {
        scene.act();
        let groups = scene.groups.clone();
        scene.act();
        let tags = |groups: &[plimsoll_core::world::Group]| -> Vec<_> {
            groups.iter().map(|group| group.tags.clone()).collect()
        };
        // A size that followed its bounds may give room that was not there: only higher floors.
        for (before, after) in groups.iter().zip(&scene.groups) {
            prop_assert!(after.bounds.min >= before.bounds.min);
            prop_assert!(after.desired >= before.desired || after.desired == 10);
        }
        let settled = scene.groups.clone();
        scene.act();
        prop_assert_eq!(tags(&settled), tags(&scene.groups));
    }
}

//! Which instances go, and how many come and go.

use plimsoll_core::bounds::Bounds;
use plimsoll_core::world::{Group, MaintenancePolicy, TemplateRef};

use super::*;
use crate::engine::fleet::Fleet;
use crate::engine::sizing::{Difference, difference};

/// A group with an instance for each of zone, template version and second of launch; their ids
/// count from 1.
fn fleet(policies: &[&str], instances: &[(&str, &str, u64)]) -> (Fleet, Group) {
    let spec = one("");
    let engine = Engine::new(&spec, &Load::default(), &options(&[]));
    let mut seen = engine.seen(WEB).clone();
    seen.instances.clear();
    seen.settings.termination_policies = policies.iter().map(|&it| it.to_owned()).collect();
    let mut fleet = Fleet::default();
    for (id, (zone, version, launched)) in (1..).zip(instances) {
        let (name, version) = ("web".to_owned(), (*version).to_owned());
        seen.settings.template = Some(TemplateRef { name, version });
        fleet.launch(&mut seen, id, zone, *launched, false);
        fleet.serve(&mut seen, id, *launched);
    }
    (fleet, seen)
}

#[test]
fn the_victim_is_of_the_fullest_zone_and_then_as_the_policies_say() {
    // The third is alone in its zone: it never goes.
    let instances =
        [("a", "2", 0), ("a", "1", 1_800), ("b", "1", 9_000), ("a", "1", 5_000), ("a", "2", 9_500)];
    let cases: [(&[&str], u64); 10] = [
        (&[], 1),
        (&["OldestInstance"], 1),
        (&["NewestInstance"], 5),
        (&["OldestLaunchTemplate"], 2),
        (&["OldestLaunchTemplate", "NewestInstance"], 4),
        // At second 10,000 they are 2800, 1000, -, 1400 and 500 s into their hours.
        (&["ClosestToNextInstanceHour"], 1),
        (&["Default"], 4),
        (&["AllocationStrategy", "NewestInstance"], 5),
        (&["OldestLaunchConfiguration", "Default"], 4),
        (&["NewestInstance", "OldestInstance"], 5),
    ];
    for (policies, expected) in cases {
        let (fleet, seen) = fleet(policies, &instances);
        assert_eq!(fleet.victim(&seen, 10_000), Some(expected), "{policies:?}");
    }
}

#[test]
fn what_has_no_version_number_counts_as_the_oldest_template() {
    let (fleet, seen) = fleet(&["OldestLaunchTemplate"], &[("a", "1", 0), ("a", "$Latest", 0)]);
    assert_eq!(fleet.victim(&seen, 0), Some(2));
}

#[test]
fn the_fullest_zone_is_the_one_with_the_most_that_holds_one_that_may_go() {
    let (mut fleet, seen) =
        fleet(&[], &[("a", "1", 0), ("a", "1", 0), ("b", "1", 0), ("c", "1", 0)]);
    for unit in &mut fleet.units {
        unit.protected = unit.id <= 3;
    }
    assert_eq!(fleet.victim(&seen, 0), Some(4));
    fleet.units.iter_mut().for_each(|unit| unit.protected = true);
    assert_eq!(fleet.victim(&seen, 0), None);
}

/// In service, pending and unhealthy; a maintenance policy; and what is to do when four are
/// desired.
type Case = ((u32, u32, u32), Option<(u16, u16)>, (u32, u32, u32));

#[test]
fn sizes_are_brought_to_what_is_desired_in_the_order_of_the_maintenance_policy() {
    let first = Some((100, 150));
    let cases: [Case; 14] = [
        ((4, 0, 0), None, (0, 0, 0)),
        ((3, 0, 0), None, (0, 0, 1)),
        ((3, 1, 0), None, (0, 0, 0)),
        ((5, 0, 0), None, (0, 1, 0)),
        ((3, 2, 0), None, (0, 1, 0)),
        // Terminate first, then launch.
        ((4, 0, 1), None, (1, 0, 1)),
        ((5, 0, 1), None, (1, 0, 0)),
        ((4, 0, 1), Some((90, 110)), (1, 0, 1)),
        // Launch first, as far as half as many more allow; terminate as replacements come.
        ((4, 0, 1), first, (0, 0, 1)),
        ((4, 1, 1), first, (0, 0, 0)),
        ((5, 0, 1), first, (1, 0, 0)),
        ((4, 0, 3), first, (0, 0, 2)),
        ((6, 0, 3), first, (2, 0, 1)),
        // One more is always possible.
        ((4, 0, 2), Some((100, 100)), (0, 0, 1)),
    ];
    let (_, mut seen) = fleet(&[], &[]);
    (seen.bounds, seen.desired) = (Bounds { min: 1, max: 9 }, 4);
    for ((in_service, pending, unhealthy), policy, (replaced, surplus, missing)) in cases {
        let counts = Counts { pending, in_service, unhealthy, ..Counts::default() };
        seen.settings.maintenance = policy.map(|(min, max)| MaintenancePolicy {
            min_healthy_percent: min,
            max_healthy_percent: max,
        });
        let expected = Difference { unhealthy: replaced, surplus, missing };
        assert_eq!(difference(counts, &seen), expected, "{counts:?} {policy:?}");
    }
}

#[test]
fn while_replacing_is_suspended_the_unhealthy_count_and_go_first_when_the_group_shrinks() {
    let (_, mut seen) = fleet(&[], &[]);
    seen.suspended.insert("ReplaceUnhealthy".to_owned());
    seen.desired = 4;
    let of = |in_service, unhealthy| Counts { in_service, unhealthy, ..Counts::default() };
    assert_eq!(difference(of(4, 2), &seen), Difference::default());
    seen.desired = 1;
    let expected = Difference { unhealthy: 2, surplus: 1, missing: 0 };
    assert_eq!(difference(of(4, 2), &seen), expected);
}

//! A platform is brought up.

use plimsoll_core::plan::{self, plan};

use super::*;

#[test]
fn every_group_of_alfred_is_there_with_its_instances_at_their_minimum() {
    let spec = alfred();
    let engine = Engine::new(&spec, &Load::default(), &options(&[]));
    assert_eq!(engine.sites.len(), 3);
    for (place, (site, region)) in engine.sites.iter().zip(spec.regions.values()).enumerate() {
        assert_eq!(site.groups.len(), region.services.len());
        for (group, twin) in site.groups.iter().enumerate() {
            let seen = engine.seen(At { site: place, group });
            let service = &region.services[&twin.service];
            let counts = twin.fleet.counts();
            assert_eq!(seen.desired, service.bounds.min, "{}", seen.name);
            assert_eq!(counts.warmed, service.bounds.min, "{}", seen.name);
            assert_eq!(counts.live() + counts.terminating, service.bounds.min, "{}", seen.name);
            assert_eq!(seen.instances.len(), service.bounds.min as usize, "{}", seen.name);
        }
        let core = site.place_of("agent-core").unwrap();
        let called: Vec<&str> =
            site.groups[core].calls.iter().map(|call| &*site.groups[call.to].service).collect();
        assert_eq!(called, ["db-postgres", "redis"]);
    }
}

#[test]
fn a_group_of_a_service_that_the_spec_does_not_know_keeps_its_place() {
    let both = "
  one: { bounds: { min: 1, max: 9 } }
  two: { bounds: { min: 2, max: 9 } }";
    let region = "{ us-east-1: { traffic_weight: 100 } }";
    let (known, whole) =
        (spec(region, "\n  two: { bounds: { min: 2, max: 9 } }"), spec(region, both));
    // Somebody brings more to the region than the twin was told of.
    let mut engine = Engine::empty(&known, &steady("two", 1.0), &options(&[]));
    let plan = plan(&whole, &engine.world, engine.start, &plan::Options::default());
    for step in plan.regions[EAST].steps() {
        let _ = engine.act(EAST, &step.action);
    }
    let second = At { site: 0, group: 1 };
    engine.run_until(600);
    assert_eq!(engine.counts(second).in_service, 2);
    assert!(engine.notes.iter().any(|note| note.contains("does not know")), "{:?}", engine.notes);
}

#[test]
fn a_service_that_is_simpler_here_than_at_aws_is_told() {
    let engine = engine(&one("    max_instance_lifetime: 7d\n"), 1.0, &[]);
    assert!(
        engine.notes.iter().any(|note| note.contains("`max_instance_lifetime` is ignored")),
        "{:?}",
        engine.notes
    );
}

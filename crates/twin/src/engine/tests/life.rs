//! Instances come and go.

use plimsoll_core::action::Action;
use plimsoll_core::world::WarmPool;

use super::*;

fn no_capacity() -> Kind {
    Kind::NoCapacity { region: EAST.to_owned(), zone: None, instance_type: None }
}

fn control_dark() -> Kind {
    Kind::ControlPlaneDark { region: EAST.to_owned() }
}

fn zone_lost(zone: &str) -> Kind {
    Kind::ZoneLost { region: EAST.to_owned(), zone: format!("{EAST}{zone}") }
}

fn suspend(engine: &mut Engine, processes: &[&str]) {
    let processes = processes.iter().map(|&process| process.to_owned()).collect();
    let group = engine.seen(WEB).name.clone();
    engine.act(EAST, &Action::SuspendProcesses { group, processes }).unwrap();
}

fn resume(engine: &mut Engine, processes: &[&str]) {
    let processes = processes.iter().map(|&process| process.to_owned()).collect();
    let group = engine.seen(WEB).name.clone();
    engine.act(EAST, &Action::ResumeProcesses { group, processes }).unwrap();
}

#[test]
fn a_launch_takes_its_delay_its_boot_and_its_hook() {
    let mut engine = engine(&one("    hooks: { warm: { on: launch, timeout: 60s } }\n"), 0.0, &[]);
    engine.run_until(600);
    engine.resize(WEB, 5);
    // 6 s until the launch, 75 s of boot, 30 s of the hook; then a minute of warmup.
    engine.run_until(600 + 110);
    assert_eq!((engine.counts(WEB).pending, engine.counts(WEB).in_service), (1, 4));
    engine.run_until(600 + 111);
    assert_eq!((engine.counts(WEB).pending, engine.counts(WEB).in_service), (0, 5));
    engine.run_until(600 + 170);
    assert_eq!(engine.counts(WEB).warming(), 1);
    engine.run_until(600 + 171);
    assert_eq!(engine.counts(WEB).warming(), 0);
}

#[test]
fn an_instance_drains_before_it_is_gone_and_is_billed_until_then() {
    let mut engine = engine(&one(""), 0.0, &[]);
    engine.run_until(60);
    engine.resize(WEB, 3);
    engine.run_until(60 + 6 + 299);
    assert_eq!((engine.counts(WEB).in_service, engine.counts(WEB).terminating), (3, 1));
    engine.run_until(3_600);
    assert_eq!((engine.counts(WEB).in_service, engine.counts(WEB).terminating), (3, 0));
    // Four instances, of which one ends after 366 s.
    let hours = engine.look(WEB).unwrap().0.tally.billed_seconds / 3_600.0;
    assert!((hours - (3.0 + 366.0 / 3_600.0)).abs() < 1e-9, "{hours}");
}

#[test]
fn a_warm_pool_is_full_from_the_start_and_an_instance_is_in_it_once() {
    let pool = "    warm_pool: { min: 0, reuse_on_scale_in: true }\n";
    let mut engine = engine(&one(pool), 0.0, &[]);
    let pool = |engine: &Engine| engine.look(WEB).unwrap().0.fleet.pool;
    let ready = |count: u32| {
        let mut pool = super::super::pool::Pool::default();
        (0..count).for_each(|_| pool.take_back());
        pool
    };
    // Four run, ten are allowed: six wait, and they stay six when their boots would have ended.
    assert_eq!(pool(&engine), ready(6));
    engine.run_until(600);
    assert_eq!(pool(&engine), ready(6));
    engine.resize(WEB, 7);
    engine.run_until(600 + 6 + 20);
    assert_eq!((engine.counts(WEB).in_service, pool(&engine)), (7, ready(3)));
    // One goes back: it drains first, and no other is prepared in its place meanwhile.
    engine.resize(WEB, 6);
    engine.run_until(900);
    assert_eq!((engine.counts(WEB).returning, pool(&engine)), (1, ready(3)));
    engine.run_until(1_200);
    assert_eq!((engine.counts(WEB).terminating, pool(&engine)), (0, ready(4)));
    assert_eq!(engine.look(WEB).unwrap().0.fleet.billed(), 6, "a stopped pool costs nothing");
}

#[test]
fn a_running_pool_is_billed_and_a_deleted_one_is_gone() {
    let mut engine = engine(&one("    warm_pool: { min: 2, state: running }\n"), 0.0, &[]);
    engine.run_until(60);
    assert_eq!(engine.look(WEB).unwrap().0.fleet.billed(), 4 + 6);
    let group = engine.seen(WEB).name.clone();
    engine.act(EAST, &Action::DeleteWarmPool { group: group.clone() }).unwrap();
    engine.run_until(120);
    assert_eq!(engine.look(WEB).unwrap().0.fleet.billed(), 4);
    let pool = WarmPool {
        min: 3,
        max_prepared: Some(0),
        state: "Stopped".to_owned(),
        reuse_on_scale_in: false,
    };
    engine.act(EAST, &Action::PutWarmPool { group, pool }).unwrap();
    engine.run_until(600);
    engine.resize(WEB, 8);
    // Three are there after 20 s, the fourth boots.
    engine.run_until(600 + 6 + 20);
    assert_eq!((engine.counts(WEB).in_service, engine.counts(WEB).pending), (7, 1));
}

#[test]
fn protected_instances_stay_and_the_size_with_them() {
    let mut engine = engine(&with_min(one("    scale_in_protection: true\n"), 1), 0.0, &[]);
    engine.resize(WEB, 6);
    engine.run_until(300);
    engine.resize(WEB, 2);
    engine.run_until(1_200);
    assert_eq!((engine.seen(WEB).desired, engine.counts(WEB).in_service), (2, 6));
}

#[test]
fn suspended_launches_and_terminations_wait_until_they_are_resumed() {
    let mut engine = engine(&with_min(one(""), 1), 0.0, &[]);
    engine.resize(WEB, 4);
    engine.run_until(200);
    suspend(&mut engine, &["Launch", "Terminate"]);
    engine.resize(WEB, 6);
    engine.run_until(300);
    assert_eq!(engine.counts(WEB).live(), 4);
    resume(&mut engine, &["Launch"]);
    engine.run_until(600);
    assert_eq!(engine.counts(WEB).live(), 6);
    engine.resize(WEB, 3);
    engine.run_until(900);
    assert_eq!(engine.counts(WEB).live(), 6);
    resume(&mut engine, &["Terminate"]);
    engine.run_until(960);
    assert_eq!(engine.counts(WEB).live(), 3);
}

#[test]
fn what_cannot_be_launched_is_tried_again_each_minute() {
    let mut engine = engine(&one(""), 0.0, &[(0, 700, no_capacity())]);
    assert_eq!(engine.counts(WEB).in_service, 4, "what was there before stays");
    engine.run_until(590);
    engine.resize(WEB, 5);
    engine.run_until(700);
    assert_eq!(engine.counts(WEB).live(), 4);
    engine.run_until(590 + 6 + 120);
    assert_eq!(engine.counts(WEB).live(), 5);
    let holds = &engine.look(WEB).unwrap().0.tally.holds;
    assert_eq!(holds["launch: insufficient capacity"], 2);
}

#[test]
fn while_the_control_plane_is_dark_nothing_comes_or_goes_and_schedules_are_late() {
    let schedule = "    scaling: { schedule: { late: { cron: \"0 20 * * *\", min: 4 }, early: { cron: \"10 0 * * *\", min: 6 } } }\n";
    let spec = one(schedule);
    let faults = [(300, 1_200, control_dark()), (300, 1_200, zone_lost("a"))];
    let mut engine = engine(&spec, 0.0, &faults);
    engine.run_until(1_199);
    assert_eq!((engine.seen(WEB).bounds.min, engine.seen(WEB).desired), (4, 4));
    assert_eq!(engine.counts(WEB).live(), 4, "the lost ones are not found");
    engine.run_until(1_200);
    assert_eq!((engine.seen(WEB).bounds.min, engine.seen(WEB).desired), (6, 6));
    engine.run_until(1_300);
    assert_eq!(engine.counts(WEB).in_service, 6);
    // The next one is on time.
    engine.run_until(20 * 3_600);
    assert_eq!(engine.seen(WEB).bounds.min, 4);
}

#[test]
fn a_suspended_schedule_is_not_made_up_for() {
    let schedule = "    scaling: { schedule: { late: { cron: \"0 20 * * *\", min: 4 }, early: { cron: \"10 0 * * *\", min: 6 } } }\n";
    let mut engine = engine(&one(schedule), 0.0, &[]);
    suspend(&mut engine, &["ScheduledActions"]);
    engine.run_until(660);
    resume(&mut engine, &["ScheduledActions"]);
    engine.run_until(3_600);
    assert_eq!(engine.seen(WEB).bounds.min, 4);
}

#[test]
fn zones_are_balanced_again_when_a_lost_one_is_back_by_launching_first() {
    let mut engine = engine(&with_min(one(""), 6), 0.0, &[(60, 1_200, zone_lost("a"))]);
    assert_eq!(engine.by_zone(WEB), BTreeMap::from([('a', 2), ('b', 2), ('c', 2)]));
    engine.run_until(1_199);
    assert_eq!(engine.by_zone(WEB), BTreeMap::from([('b', 3), ('c', 3)]));
    engine.run_until(1_206);
    assert_eq!(engine.counts(WEB).live(), 7, "one more, before one goes");
    engine.run_until(2_400);
    assert_eq!(engine.by_zone(WEB), BTreeMap::from([('a', 2), ('b', 2), ('c', 2)]));
    suspend(&mut engine, &["AZRebalance"]);
    assert_eq!(engine.counts(WEB).live(), 6);
}

#[test]
fn zones_stay_as_they_are_while_rebalancing_is_suspended_or_nothing_may_go_for_it() {
    for more in ["    suspended: [AZRebalance]\n", "    scale_in_protection: true\n"] {
        let faults = [(60, 1_200, zone_lost("a"))];
        let mut engine = engine(&with_min(one(more), 6), 0.0, &faults);
        engine.run_until(3_600);
        assert_eq!(engine.by_zone(WEB), BTreeMap::from([('b', 3), ('c', 3)]), "{more}");
    }
}

#[test]
fn a_group_that_is_deleted_takes_its_events_with_it() {
    let spec = spec(
        "{ us-east-1: { traffic_weight: 100 } }",
        "
  one: { bounds: { min: 1, max: 9 } }
  two: { bounds: { min: 1, max: 9 } }",
    );
    let mut engine = Engine::new(&spec, &steady("two", 1.0), &options(&[]));
    let (first, second) = (WEB, At { site: 0, group: 1 });
    engine.run_until(60);
    engine.resize(first, 5);
    engine.resize(second, 3);
    engine.run_until(70);
    let group = engine.seen(first).name.clone();
    engine.act(EAST, &Action::DeleteGroup { group }).unwrap();
    engine.run_until(600);
    assert!(engine.look(second).is_none());
    assert_eq!(engine.counts(first).in_service, 3, "the second is the first now");
    assert!(engine.look(first).unwrap().0.flow.reached > 0.9);
}

#[test]
fn a_group_that_starts_from_nothing_serves_when_it_is_told_to() {
    let mut engine = engine(&with_min(one(""), 0), 10.0, &[]);
    engine.run_until(600);
    assert_eq!(engine.counts(WEB).live(), 0);
    assert!(engine.look(WEB).unwrap().0.flow.is_overloaded());
    engine.resize(WEB, 1);
    engine.run_until(720);
    assert!(!engine.look(WEB).unwrap().0.flow.is_overloaded());
}

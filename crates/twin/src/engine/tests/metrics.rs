//! Metrics, alarms, and when policies act.

use plimsoll_core::action::Action;
use plimsoll_core::cloud::Point;
use plimsoll_core::scaling::target_tracking::Hold;
use plimsoll_core::units::MetricValue;
use plimsoll_core::world::Policy;

use super::*;
use crate::fault::MetricFault;

const CPU: &str =
    "    scaling: { policies: { cpu: { target_tracking: { metric: cpu, target: 50 } } } }\n";

/// Requests per second from 180 per second up at a moment.
fn step(at: u64, from: f64, to: f64) -> Load {
    open("web", None, Curve::Lines(vec![(at, from), (at, to)]))
}

fn metrics(how: MetricFault) -> Kind {
    Kind::Metrics { region: EAST.to_owned(), service: None, how }
}

/// When the desired capacity changed, and to what, looking each second.
fn moves(engine: &mut Engine, until: u64) -> Vec<(u64, u32)> {
    let mut moves = Vec::new();
    let mut before = engine.seen(WEB).desired;
    while engine.now() < until {
        engine.run_until(engine.now() + 1);
        let now = engine.seen(WEB).desired;
        if now != before {
            moves.push((engine.now(), now));
            before = now;
        }
    }
    moves
}

#[test]
fn three_minutes_above_and_the_publishing_delay_pass_before_a_scale_out() {
    let mut engine = Engine::new(&one(CPU), &step(600, 180.0, 380.0), &options(&[]));
    // Periods end at 660, 720 and 780 above the target; the last shows at 840. 95 % of 4 at a
    // target of 50: 8.
    assert_eq!(moves(&mut engine, 900), [(840, 8)]);
}

#[test]
fn ten_second_metrics_act_when_the_alarm_goes_off_and_each_minute_after_it() {
    let fast = "
    scaling:
      policies:
        load:
          target_tracking:
            metric: { custom: { namespace: Shop, name: load, period: 10s } }
            target: 45
    warmup: 0s
    capacity: { requests_per_second: 100, signals: { load: { per_request: 1 } } }
";
    let spec = spec(
        "{ us-east-1: { traffic_weight: 100 } }",
        &format!("\n  web:\n    bounds: {{ min: 4, max: 99 }}{fast}"),
    );
    let mut options = options(&[]);
    (options.model.metric_delay.0, options.model.boot_least.0, options.model.boot_mean.0) =
        (10, 1, 1);
    let mut engine = Engine::new(&spec, &step(605, 160.0, 380.0), &options);
    // The period that ends at 610 holds half of the rise: 67.5 a target, above 45 already. So do
    // those that end at 620 and 630, which shows at 640.
    let moves = moves(&mut engine, 710);
    // 95 a target, so 4 x 95 / 45 = 8.4.
    assert_eq!(moves, [(640, 9)]);
    // A boot of a second later nine carry it.
    assert_eq!(engine.counts(WEB).in_service, 9);
}

#[test]
fn an_alarm_that_stays_on_invokes_its_policy_once_a_minute() {
    let spec = one(&format!("{CPU}    warmup: 0s\n"));
    let mut options = options(&[]);
    (options.model.boot_least.0, options.model.boot_mean.0) = (1, 1);
    // 4 instances can show 100 % at most, so each round at most doubles them.
    let mut engine = Engine::new(&spec, &step(600, 180.0, 2_000.0), &options);
    assert_eq!(moves(&mut engine, 1_000), [(840, 8), (900, 10)]);
    let holds = &engine.look(WEB).unwrap().0.tally.native_holds;
    assert_eq!(holds[&Hold::AtMaximum], 1, "at 960 it asks for more");
}

#[test]
fn an_old_alarm_counts_from_its_own_second() {
    let mut engine = Engine::new(&one(CPU), &step(600, 180.0, 380.0), &options(&[]));
    engine.run_until(839);
    assert!(!engine.look(WEB).unwrap().0.native[0].reading().high);
    engine.run_until(840);
    assert!(engine.look(WEB).unwrap().0.native[0].invokes(840));
    assert!(!engine.look(WEB).unwrap().0.native[0].invokes(850));
    assert!(engine.look(WEB).unwrap().0.native[0].invokes(900));
}

#[test]
fn suspended_alarm_notifications_reach_nobody_and_are_heard_when_they_are_resumed() {
    let spec = one(&format!("{CPU}    suspended: [AlarmNotification]\n"));
    let mut engine = Engine::new(&spec, &step(600, 180.0, 380.0), &options(&[]));
    assert_eq!(moves(&mut engine, 1_000), []);
    let processes = ["AlarmNotification".to_owned()].into();
    let group = engine.seen(WEB).name.clone();
    engine.act(EAST, &Action::ResumeProcesses { group, processes }).unwrap();
    assert_eq!(moves(&mut engine, 1_060), [(1_020, 8)]);
}

#[test]
fn a_disabled_policy_does_nothing() {
    let mut spec = one(CPU);
    for service in spec.regions.get_mut(EAST).unwrap().services.values_mut() {
        for policy in service.policies.values_mut() {
            let Policy::TargetTracking(policy) = policy else { continue };
            policy.enabled = false;
        }
    }
    let mut engine = Engine::new(&spec, &step(600, 180.0, 380.0), &options(&[]));
    assert_eq!(moves(&mut engine, 1_800), []);
    assert_eq!(engine.look(WEB).unwrap().0.tally.minutes_above, 0);
}

#[test]
fn a_policy_of_its_own_warmup_overrides_the_groups() {
    let own = "    scaling: { policies: { cpu: { target_tracking: { metric: cpu, target: 50, warmup: 200s } } } }\n";
    let mut engine = engine(&one(own), 180.0, &[]);
    engine.resize(WEB, 5);
    engine.run_until(6 + 75 + 199);
    assert_eq!(engine.counts(WEB).warming(), 1);
    engine.run_until(6 + 75 + 200);
    assert_eq!(engine.counts(WEB).warming(), 0);
}

#[test]
fn a_policy_whose_target_changes_is_judged_by_the_data_that_is_there() {
    let mut engine = engine(&one(CPU), 180.0, &[]);
    engine.run_until(900);
    let seen = engine.seen(WEB);
    let (group, mut policy) = (seen.name.clone(), seen.policies["cpu"].clone());
    let Policy::TargetTracking(tracked) = &mut policy else { unreachable!() };
    tracked.target = MetricValue::whole(40);
    let name = "cpu".to_owned();
    engine.act(EAST, &Action::PutPolicy { group, name, policy: Box::new(policy) }).unwrap();
    // CPU is at 45: above the new target, and has been for minutes.
    assert_eq!(moves(&mut engine, 1_000), [(960, 5)]);
}

#[test]
fn points_come_late_by_the_delay_and_are_none_or_no_numbers_in_a_fault() {
    let faults =
        [(1_200, 1_800, metrics(MetricFault::Missing)), (2_400, 3_000, metrics(MetricFault::Nan))];
    let mut engine = engine(&one(CPU), 180.0, &faults);
    let shown = |engine: &Engine| engine.look(WEB).unwrap().0.native[0].shown();
    let value = |engine: &Engine| engine.look(WEB).unwrap().0.native[0].value();
    engine.run_until(119);
    assert_eq!(shown(&engine), None, "the first period ended at 60");
    engine.run_until(120);
    assert!((shown(&engine).unwrap() - 45.0).abs() < 1e-9);
    engine.run_until(1_700);
    assert_eq!((shown(&engine), value(&engine)), (None, None));
    engine.run_until(1_980);
    assert!(value(&engine).is_some());
    engine.run_until(2_700);
    assert!(shown(&engine).is_some() && value(&engine).is_none());
    let points = engine.look(WEB).unwrap().0.native[0].points().count();
    assert_eq!(points, 44 - 10, "one a minute, but for the ten that are missing");
}

#[test]
fn points_that_come_more_than_an_hour_late_are_the_right_ones() {
    let faults = [(0, 9_000, metrics(MetricFault::Delayed(5_400)))];
    let load = step(600, 180.0, 120.0);
    let mut engine = Engine::new(&one(CPU), &load, &options(&faults));
    let gauge = |engine: &Engine| engine.look(WEB).unwrap().0.native[0].clone();
    let newest = |engine: &Engine| gauge(engine).points().last().unwrap().1;
    engine.run_until(5_400 + 60 + 600);
    assert_eq!(newest(&engine), Point::Value(MetricValue::whole(45)));
    engine.run_until(5_400 + 60 + 660);
    assert_eq!(newest(&engine), Point::Value(MetricValue::whole(30)));
    assert_eq!(gauge(&engine).shown(), None, "it is too old to decide by");
}

#[test]
fn the_longest_of_several_delays_counts() {
    let late = |seconds| metrics(MetricFault::Delayed(seconds));
    let faults = [(0, 900, late(300)), (0, 600, late(120))];
    let mut engine = engine(&one(CPU), 180.0, &faults);
    let delay = |engine: &Engine| engine.look(WEB).unwrap().0.weather.delay;
    for (until, expected) in [(1, 360), (601, 360), (901, 60)] {
        engine.run_until(until);
        assert_eq!(delay(&engine), expected, "at {until}");
    }
}

#[test]
fn minutes_above_the_target_count_whether_the_metric_shows_or_not() {
    let faults = [(0, 3_600, metrics(MetricFault::Missing))];
    let mut engine = engine(&one(CPU), 240.0, &faults);
    engine.run_until(600);
    assert_eq!(engine.look(WEB).unwrap().0.tally.minutes_above, 10);
}

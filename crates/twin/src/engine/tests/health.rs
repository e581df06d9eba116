//! Instances fail, and are found out.

use plimsoll_core::world::HealthStatus;

use super::*;

fn failing(count: u32) -> Kind {
    Kind::InstancesFail { region: EAST.to_owned(), service: "web".to_owned(), count }
}

/// The share of the requests that is lost, and the utilisation of those that serve.
fn flow(engine: &Engine) -> (f64, f64) {
    let flow = engine.look(WEB).unwrap().0.flow;
    (flow.lost / flow.offered, flow.utilisation)
}

#[test]
fn the_load_balancer_notices_and_spreads_over_the_rest() {
    let spec = one("    health_check: { type: ec2 }\n");
    let mut engine = engine(&spec, 120.0, &[(600, 3_000, failing(1))]);
    engine.run_until(600);
    engine.run_until(629);
    let (lost, utilisation) = flow(&engine);
    assert!((lost - 0.25).abs() < 1e-3 && (utilisation - 0.3).abs() < 1e-9, "{lost} {utilisation}");
    engine.run_until(630);
    let (lost, utilisation) = flow(&engine);
    assert!(lost < 1e-3 && (utilisation - 0.4).abs() < 1e-9, "{lost} {utilisation}");
    // EC2 checks alone never notice: it stays in service, and answers again when the fault is over.
    engine.run_until(2_999);
    assert_eq!((engine.counts(WEB).in_service, engine.counts(WEB).targets), (4, 3));
    assert_eq!(engine.counts(WEB).unhealthy, 0);
    engine.run_until(3_030);
    assert_eq!(engine.counts(WEB).targets, 4);
}

#[test]
fn with_elb_checks_it_is_replaced_after_it_was_terminated() {
    let mut engine = engine(&one(""), 120.0, &[(600, 3_000, failing(1))]);
    engine.run_until(630);
    assert_eq!(engine.seen(WEB).instances[0].health, HealthStatus::Unhealthy);
    engine.run_until(636);
    let counts = engine.counts(WEB);
    assert_eq!((counts.terminating, counts.in_service, counts.pending), (1, 3, 1));
    engine.run_until(636 + 75);
    assert_eq!(engine.counts(WEB).targets, 4);
    engine.run_until(3_600);
    assert_eq!((engine.counts(WEB).live(), engine.counts(WEB).terminating), (4, 0));
    assert_eq!(engine.seen(WEB).desired, 4);
}

#[test]
fn no_instance_is_judged_before_its_grace_is_over() {
    let mut engine = engine(&one(""), 120.0, &[(700, 3_000, failing(5))]);
    engine.run_until(600);
    engine.resize(WEB, 5);
    // The fifth came into service at 681: its grace lasts until 801.
    engine.run_until(730);
    assert_eq!((engine.counts(WEB).targets, engine.counts(WEB).unhealthy), (0, 4));
    engine.run_until(800);
    assert_eq!(engine.counts(WEB).unhealthy, 0, "four are being replaced");
    assert_eq!(engine.counts(WEB).live(), 5);
    engine.run_until(807);
    assert_eq!(engine.counts(WEB).terminating, 5);
}

#[test]
fn a_maintenance_policy_that_keeps_all_healthy_launches_first() {
    let maintenance = "    maintenance: { min_healthy_percent: 100, max_healthy_percent: 150 }\n";
    let mut engine = engine(&one(maintenance), 120.0, &[(600, 3_000, failing(3))]);
    engine.run_until(636);
    let counts = engine.counts(WEB);
    // Of four at most six: two of the three replacements come first.
    assert_eq!((counts.in_service, counts.pending, counts.terminating), (4, 2, 0));
    engine.run_until(636 + 75 + 6);
    let counts = engine.counts(WEB);
    assert_eq!((counts.targets, counts.pending, counts.terminating), (3, 1, 2));
    engine.run_until(3_600);
    assert_eq!((engine.counts(WEB).targets, engine.counts(WEB).live()), (4, 4));
}

#[test]
fn what_is_suspended_leaves_the_unhealthy_where_they_are() {
    for (process, found) in [("HealthCheck", 0), ("ReplaceUnhealthy", 1)] {
        let spec = one(&format!("    suspended: [{process}]\n"));
        let mut engine = engine(&spec, 120.0, &[(600, 3_000, failing(1))]);
        engine.run_until(2_000);
        let counts = engine.counts(WEB);
        assert_eq!((counts.in_service, counts.targets, counts.unhealthy), (4, 3, found));
    }
}

#[test]
fn a_lost_zone_is_found_whatever_the_checks_and_comes_back_where_nobody_replaced_it() {
    let zone = Kind::ZoneLost { region: EAST.to_owned(), zone: format!("{EAST}a") };
    for (more, live, targets) in
        [("    health_check: { type: ec2 }\n", 4, 4), ("    suspended: [ReplaceUnhealthy]\n", 4, 2)]
    {
        let mut engine = engine(&one(more), 120.0, &[(600, 1_200, zone.clone())]);
        engine.run_until(800);
        assert_eq!((engine.counts(WEB).live(), engine.counts(WEB).targets), (live, targets));
        engine.run_until(1_230);
        assert_eq!(engine.counts(WEB).targets, 4);
    }
}

#[test]
fn overlapping_failures_add_up_and_end_one_by_one() {
    let spec = one("    health_check: { type: ec2 }\n");
    let faults = [(0, 1_000, failing(1)), (500, 2_000, failing(2))];
    let mut engine = engine(&spec, 120.0, &faults);
    for (until, targets) in [(400, 3), (900, 1), (1_900, 2), (2_100, 4)] {
        engine.run_until(until);
        assert_eq!(engine.counts(WEB).targets, targets, "at {until}");
    }
}

#[test]
fn the_cpu_of_an_instance_that_answers_nothing_counts_as_idle() {
    let cpu = "    health_check: { type: ec2 }
    scaling: { policies: { cpu: { target_tracking: { metric: cpu, target: 90 } } } }\n";
    let mut engine = engine(&one(cpu), 240.0, &[(600, 3_000, failing(1))]);
    engine.run_until(900);
    // Three serve 80 requests per second each; the fourth is idle.
    let shown = engine.look(WEB).unwrap().0.native[0].shown().unwrap();
    assert!((shown - 60.0).abs() < 1e-6, "{shown}");
}

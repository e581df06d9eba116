//! Who is asked how much.

use super::*;

const WEST: &str = "us-west-2";

fn two(weights: (u32, u32)) -> Spec {
    let (east, west) = weights;
    let web = "
  web:
    bounds: { min: 2, max: 10 }
    capacity: { requests_per_second: 100, base_latency_ms: 50 }
    load_balancing: { target_group: web }";
    spec(
        &format!(
            "{{ us-east-1: {{ traffic_weight: {east} }}, us-west-2: {{ traffic_weight: {west} }} }}"
        ),
        web,
    )
}

fn dark(region: &str) -> (u64, u64, Kind) {
    (60, 3_600, Kind::DataPlaneDark { region: region.to_owned() })
}

/// Requests per second at `web` in each region, `None` where it is not.
fn offered(engine: &Engine) -> [Option<f64>; 2] {
    [0, 1].map(|site| {
        let group = engine.sites[site].place_of("web")?;
        Some(engine.sites[site].groups[group].flow.offered)
    })
}

fn close(found: [Option<f64>; 2], expected: [Option<f64>; 2]) {
    let same = |(found, expected): (&Option<f64>, &Option<f64>)| match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() < 1e-6,
        (found, expected) => found.is_none() && expected.is_none(),
    };
    assert!(found.iter().zip(&expected).all(same), "{found:?} and not {expected:?}");
}

#[test]
fn traffic_follows_the_weights_of_the_open_regions() {
    let load = steady("web", 40.0);
    // Before the global load balancer notices, and after it.
    let cases = [
        ((100, 300), vec![], [10.0, 30.0], [10.0, 30.0]),
        ((100, 300), vec![dark(EAST)], [10.0, 30.0], [0.0, 40.0]),
        ((100, 300), vec![dark(EAST), dark(WEST)], [10.0, 30.0], [10.0, 30.0]),
        ((100, 0), vec![], [40.0, 0.0], [40.0, 0.0]),
        ((100, 0), vec![dark(EAST)], [40.0, 0.0], [0.0, 40.0]),
    ];
    for (weights, faults, before, after) in cases {
        let mut engine = Engine::new(&two(weights), &load, &options(&faults));
        engine.run_until(60 + 149);
        close(offered(&engine), before.map(Some));
        engine.run_until(60 + 150);
        close(offered(&engine), after.map(Some));
    }
}

#[test]
fn traffic_comes_back_when_that_was_noticed() {
    let (_, _, kind) = dark(EAST);
    let faults = [(60, 600, kind)];
    let mut engine = Engine::new(&two((100, 100)), &steady("web", 40.0), &options(&faults));
    engine.run_until(749);
    close(offered(&engine), [Some(0.0), Some(40.0)]);
    engine.run_until(750);
    close(offered(&engine), [Some(20.0), Some(20.0)]);
}

#[test]
fn an_outage_that_is_over_before_it_is_noticed_moves_nobody() {
    let (_, _, kind) = dark(EAST);
    let mut engine =
        Engine::new(&two((100, 100)), &steady("web", 40.0), &options(&[(60, 120, kind)]));
    for until in [150, 210, 270, 330] {
        engine.run_until(until);
        close(offered(&engine), [Some(20.0), Some(20.0)]);
    }
}

#[test]
fn a_region_without_the_service_gets_none_of_its_traffic() {
    let mut spec = two((100, 100));
    spec.regions.get_mut(EAST).unwrap().services.clear();
    for load in [steady("web", 40.0), open("web", Some(EAST), Curve::Steady(40.0))] {
        let mut engine = Engine::new(&spec, &load, &options(&[]));
        engine.run_until(60);
        close(offered(&engine), [None, Some(40.0)]);
    }
}

#[test]
fn a_load_for_one_region_moves_only_when_that_is_closed() {
    let load = open("web", Some(EAST), Curve::Steady(40.0));
    let mut engine = Engine::new(&two((0, 100)), &load, &options(&[dark(EAST)]));
    engine.run_until(200);
    close(offered(&engine), [Some(40.0), Some(0.0)]);
    engine.run_until(300);
    close(offered(&engine), [Some(0.0), Some(40.0)]);
}

#[test]
fn a_group_that_was_replaced_or_is_being_rolled_out_gets_no_traffic() {
    use plimsoll_core::action::Action;
    use plimsoll_core::world::{Role, Tag, tag_keys};
    let mut engine = engine(&one(""), 40.0, &[]);
    let tag = |role: Role| {
        let tag = Tag { value: role.as_str().to_owned(), propagate: true };
        BTreeMap::from([(tag_keys::ROLE.to_owned(), tag)])
    };
    for (role, expected) in [(Role::Retired, 0.0), (Role::Active, 40.0), (Role::Preview, 0.0)] {
        let group = engine.seen(WEB).name.clone();
        engine.act(EAST, &Action::PutTags { group, tags: tag(role) }).unwrap();
        let end = engine.now() + 60;
        engine.run_until(end);
        let offered = engine.look(WEB).unwrap().0.flow.offered;
        assert!((offered - expected).abs() < 1e-9, "{role:?}: {offered}");
    }
}

#[test]
fn users_make_as_many_requests_as_their_thinking_and_the_latency_allow() {
    // Far below the rated load a call takes 50 ms, so 42 users make 42 / (2 + 2 x 0.05) = 20
    // iterations a second, and 40 requests.
    let load = closed(42.0, 2.0, &[("web", 2.0)]);
    let mut engine = Engine::new(&one(""), &load, &options(&[]));
    engine.run_until(60);
    let offered = engine.look(WEB).unwrap().0.flow.offered;
    assert!((offered - 40.0).abs() < 0.01, "{offered}");
}

#[test]
fn the_rate_of_users_is_the_one_at_which_its_own_latency_brings_it_about() {
    // 4 x 100 requests per second are rated: 500 users without a pause saturate them.
    let load = closed(500.0, 0.0, &[("web", 1.0)]);
    let mut engine = Engine::new(&one(""), &load, &options(&[]));
    engine.run_until(60);
    let group = engine.look(WEB).unwrap().0;
    let flow = group.flow;
    let answered = group.station.mean(flow.at) * (flow.offered - flow.lost);
    // Little's law: the users are those who wait for an answer, and those who are refused in 50 ms.
    let users = answered + flow.lost * 0.05;
    assert!((users - 500.0).abs() < 1.0, "{users}");
    assert!(flow.offered > 400.0, "{}", flow.offered);
}

#[test]
fn users_of_a_dark_region_wait_for_their_timeout_and_of_a_refusal_they_hear_at_once() {
    let load = closed(61.0, 1.0, &[("web", 1.0)]);
    let faults = [(60, 3_600, Kind::DataPlaneDark { region: EAST.to_owned() })];
    let mut engine = Engine::new(&one(""), &load, &options(&faults));
    engine.run_until(120);
    let offered = |engine: &Engine| engine.look(WEB).unwrap().0.flow.offered;
    // 61 users, a second of thinking and a minute of waiting.
    assert!((offered(&engine) - 1.0).abs() < 1e-6, "{}", offered(&engine));
    // Without a target the load balancer answers at once.
    let load = closed(63.0, 1.0, &[("web", 1.0)]);
    let mut engine = Engine::new(&with_min(one(""), 0), &load, &options(&[]));
    engine.run_until(120);
    assert!((offered(&engine) - 60.0).abs() < 0.01, "{}", offered(&engine));
}

#[test]
fn users_of_several_sources_share_a_full_queue_whatever_their_order() {
    let spec = two((1, 0));
    let users = |users: f64, think: f64| Source::Closed {
        region: None,
        users: Curve::Steady(users),
        think,
        calls: BTreeMap::from([("web".to_owned(), 1.0)]),
    };
    let offered = |sources: Vec<Source>| {
        let load = Load { sources, ..Load::default() };
        let mut engine = Engine::new(&spec, &load, &options(&[]));
        engine.run_until(30);
        offered(&engine)[0].unwrap()
    };
    // 2 instances carry 200 a second: users who do not think fill their queues, and who is refused
    // asks again at once.
    let one = offered(vec![users(300.0, 0.0)]);
    let [ab, ba] = [(100.0, 200.0), (200.0, 100.0)]
        .map(|(first, second)| offered(vec![users(first, 0.0), users(second, 0.0)]));
    assert!((ab - ba).abs() < one * 0.001, "{ab} {ba}");
    assert!((ab - one).abs() < one * 0.002, "{ab} {one}");
}

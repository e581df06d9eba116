use insta::assert_snapshot;
use plimsoll_twin::outcome::Rise;

use super::super::samples::{outcome, rise, shown};
use super::*;

fn compared(spec: &str, outcome: Outcome) -> Compared {
    Compared { spec: spec.to_owned(), outcome }
}

/// As the sample, but agent-core decides sooner, costs less and loses nothing.
fn managed() -> Outcome {
    let mut managed = outcome();
    for row in managed.rows.iter_mut().filter(|row| row.service == "agent-core") {
        row.rises.first = Some(rise(15, 60));
        row.cost = Some(11.25);
        row.lost = 0.0;
        row.mean_capacity = 5.5;
    }
    managed.total.cost = 72.0;
    managed.total.lost = 0.0;
    managed.verdicts[1].holds = true;
    managed
}

#[test]
fn differences_are_marked_and_the_first_rise_is_taken_apart() {
    let runs = [
        compared("examples/alfred.yaml", outcome()),
        compared("examples/alfred-managed.yaml", managed()),
    ];
    assert_snapshot!(shown(&CompareView(&runs)), @r"
    alfred/production
    under examples/k6.js x30, for 1d from 2027-01-04T00:00:00Z, seed 1

      A  examples/alfred.yaml: 1 of 2 conditions held
      B  examples/alfred-managed.yaml: 2 of 2 conditions held
    Percentages say how a spec differs from A.

                                       A       B
    Conditions
      http_req_duration: p(95)<500  pass    pass
      http_req_failed: rate<0.01    FAIL  pass *

                                 A              B
    In all
      cost                  $76.50  $72.00 -5.9 %
      instance-hours          1972           1972
      requests                 74M            74M
      lost                    247k       0 -100 %
      p95 ms                  52.4           52.4
      minutes above target      84             84
      scaling events           180            180

    agent-core
      peak in a region          10             10
      mean                    18.8     16.5 -12 %
      cost                  $38.25   $33.75 -12 %
      lost                    247k       0 -100 %
      p95 ms                  52.4           52.4
      minutes above target      42             42
      scaling events            90             90

                                    A      B
    agent-core, first rise
      instances                   2-8    2-8
      metric                       1m     1m
      + detection                  3m    15s
      + window                     0s     0s
      = to decision                4m  1m15s
        sooner than A                   3.2x
      + rounds                     2m     1m
      + launch                     6s     6s
      + boot                    1m15s  1m15s
      = to needed capacity      7m21s  3m36s
        sooner than A                   2.0x
      longest part          detection   boot
    Assumed: a metric shows 1m after its period, a launch follows 6s after the
        decision, a boot takes 1m15s on average and the last of many longer.

    No difference in agent-financial and db-postgres
    No difference in the first rise of agent-financial
    ");
}

#[test]
fn four_specs_fit_eighty_columns() {
    let runs = ["a.yaml", "b.yaml", "c.yaml", "d.yaml"].map(|spec| compared(spec, managed()));
    let mut runs = Vec::from(runs);
    runs[0].outcome = outcome();
    let text = shown(&CompareView(&runs));
    assert!(text.contains("-5.9 %") && !text.contains("A * marks"), "{text}");
    assert!(text.contains("3.2x"), "{text}");
}

#[test]
fn five_specs_fit_without_percentages() {
    let mut runs = Vec::from(
        ["a", "b", "c", "d", "e"].map(|spec| compared(&format!("{spec}.yaml"), managed())),
    );
    runs[0].outcome = outcome();
    let text = shown(&CompareView(&runs));
    assert!(text.contains("A * marks") && !text.contains(" %"), "{text}");
    assert!(text.contains("$72.00 *"), "{text}");
}

#[test]
fn a_window_is_named_with_what_it_costs() {
    let mut windowed = outcome();
    for row in windowed.rows.iter_mut().filter(|row| row.service == "agent-core") {
        row.rises.first = Some(Rise { window: 60, to_decision: 120, ..rise(0, 0) });
    }
    let runs = [compared("a.yaml", outcome()), compared("b.yaml", windowed)];
    let text = shown(&CompareView(&runs));
    // A decides after 60 + 180 s.
    let told = "agent-core: the scaleUp window of B holds its decision for 1m; without it, B would \
                decide after 1m, 4.0 times sooner than A";
    assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(told), "{text}");
}

#[test]
fn the_parts_of_a_pace_are_those_of_one_region() {
    let mut slow = outcome();
    slow.rows[2].rises.first = Some(rise(400, 0));
    slow.rows[1].rises.first = Some(rise(0, 500));
    let runs = [compared("a.yaml", slow), compared("b.yaml", outcome())];
    let text = shown(&CompareView(&runs));
    // 60 + 0 + 500 + 6 + 75 in eu-central-1 is longer than 60 + 400 + 6 + 75 in us-east-1.
    let block: Vec<_> = text.lines().skip_while(|line| !line.contains("core, first")).collect();
    let line = |name: &str| *block.iter().find(|line| line.contains(name)).unwrap();
    assert!(line("= to needed capacity").contains("10m41s"), "{text}");
    assert!(line("+ detection").contains("0s"), "{text}");
    assert!(line("longest part").contains("rounds"), "{text}");
    // 60 s against 60 + 180 s.
    assert!(line("sooner than A").contains("0.2x"), "{text}");
}

#[test]
fn specs_that_do_the_same_differ_in_nothing() {
    let runs = [compared("a.yaml", outcome()), compared("b.yaml", outcome())];
    let text = shown(&CompareView(&runs));
    assert!(
        text.contains("No difference in agent-core, agent-financial and db-postgres"),
        "{text}"
    );
    assert!(!text.contains(" %\n") && !text.contains('*'), "{text}");
}

#[test]
fn a_service_that_one_spec_lacks_is_a_difference() {
    let mut without = outcome();
    without.rows.retain(|row| row.service != "agent-financial");
    let runs = [compared("a.yaml", outcome()), compared("b.yaml", without)];
    let text = shown(&CompareView(&runs));
    assert!(text.contains("agent-financial, first rise"), "{text}");
    assert!(text.contains("not met"), "{text}");
}

#[test]
fn json_is_a_list_of_specs_with_their_outcomes() {
    let runs = [compared("a.yaml", outcome())];
    let json = serde_json::to_value(CompareView(&runs)).unwrap();
    assert_eq!(json[0]["spec"], "a.yaml");
    assert_eq!(json[0]["outcome"]["title"], "alfred/production");
}

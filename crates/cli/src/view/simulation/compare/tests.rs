use insta::assert_snapshot;

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

    agent-core, first rise
      instances                2-8            2-8
      metric delay              1m             1m
      + detection               3m      15s -92 %
      = to decision             4m    1m15s -69 %
      + rounds                  2m       1m -50 %
      + launch                  6s             6s
      + boot                 1m15s          1m15s
      = to needed capacity   7m21s    3m36s -51 %

    No difference in agent-financial and db-postgres
    No difference in the first rise of agent-financial
    agent-core: B decides 3.2 times sooner than A, and has what it needs 2.0 times
        sooner than A
    ");
}

#[test]
fn four_specs_fit_eighty_columns() {
    let runs = ["a.yaml", "b.yaml", "c.yaml", "d.yaml"].map(|spec| compared(spec, managed()));
    let mut runs = Vec::from(runs);
    runs[0].outcome = outcome();
    let text = shown(&CompareView(&runs));
    assert!(text.contains("D decides 3.2 times sooner than A"), "{text}");
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
    assert!(text.contains("agent-core: B decides 4.0 times later than A"), "{text}");
}

#[test]
fn specs_that_do_the_same_differ_in_nothing() {
    let runs = [compared("a.yaml", outcome()), compared("b.yaml", outcome())];
    let text = shown(&CompareView(&runs));
    assert!(
        text.contains("No difference in agent-core, agent-financial and db-postgres"),
        "{text}"
    );
    assert!(!text.contains("decides"), "{text}");
    assert!(!text.contains(" %\n") && !text.contains('*'), "{text}");
}

#[test]
fn a_service_that_one_spec_lacks_is_a_difference() {
    let mut without = outcome();
    without.rows.retain(|row| row.service != "agent-financial");
    let runs = [compared("a.yaml", outcome()), compared("b.yaml", without)];
    let text = shown(&CompareView(&runs));
    assert!(text.contains("agent-financial, first rise"), "{text}");
    assert!(text.contains("not met *"), "{text}");
}

#[test]
fn json_is_a_list_of_specs_with_their_outcomes() {
    let runs = [compared("a.yaml", outcome())];
    let json = serde_json::to_value(CompareView(&runs)).unwrap();
    assert_eq!(json[0]["spec"], "a.yaml");
    assert_eq!(json[0]["outcome"]["title"], "alfred/production");
}

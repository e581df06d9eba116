use insta::assert_snapshot;

use super::super::samples::{outcome, trace};
use super::super::sums::sums;
use super::*;

fn drawn(trace: &Trace, columns: usize) -> String {
    let chart = Chart { trace, service: "agent-core", columns, seconds: 7_200 };
    anstream::adapter::strip_str(&chart.to_string()).to_string()
}

#[test]
fn each_region_has_its_load_its_capacity_and_its_latency() {
    assert_snapshot!(drawn(&trace(8, Vec::new(), Vec::new()), 80), @r"
    agent-core
    ap-southeast-1  load/s      ▂▂██████████████████████████████████  100 to 400
                    in service  ▂▂▂█████████████████████████████████  2 to 8
                    p95 ms      ████████████████████████████████████  50
                    lost/s      ▁▁█▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  0 to 5
    eu-central-1    load/s      ▂▂██████████████████████████████████  100 to 400
                    in service  ▂▂▂█████████████████████████████████  2 to 8
                    p95 ms      ████████████████████████████████████  50
                    lost/s      ▁▁█▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  0 to 5
    us-east-1       load/s      ▂▂██████████████████████████████████  100 to 400
                    in service  ▂▂▂█████████████████████████████████  2 to 8
                    p95 ms      ████████████████████████████████████  50
                    lost/s      ▁▁█▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  0 to 5
                                07:00          08:00           09:00 UTC
    ");
}

#[test]
fn a_chart_is_never_wider_than_its_terminal() {
    let trace = trace(8, Vec::new(), Vec::new());
    for columns in 0..300 {
        let chart = drawn(&trace, columns);
        let widest = chart.lines().map(|line| line.chars().count()).max().unwrap_or_default();
        assert!(widest <= columns, "{widest} in {columns} columns:\n{chart}");
        assert_eq!(chart.is_empty(), columns < 56, "{columns} columns");
    }
}

#[test]
fn a_short_spike_is_not_lost_between_two_columns() {
    let mut trace = trace(8, Vec::new(), Vec::new());
    trace.groups.truncate(1);
    trace.groups[0].offered = vec![1.0; 10_000];
    trace.groups[0].offered[7_777] = 1_000.0;
    let chart = drawn(&trace, 80);
    assert!(chart.lines().nth(1).unwrap().contains('█'), "{chart}");
}

#[test]
fn curves_without_points_or_numbers_do_no_harm() {
    let mut trace = trace(8, Vec::new(), Vec::new());
    for group in &mut trace.groups {
        group.offered.clear();
        group.p95_ms = vec![None; 5];
        group.lost = vec![f64::NAN];
    }
    assert!(drawn(&trace, 80).contains("load/s"));
}

#[test]
fn the_busiest_service_is_the_one_that_is_asked_most_in_all_regions() {
    let mut some = outcome();
    some.rows[3].requests *= 2.0;
    assert_eq!(busiest(&sums(&some)), Some("agent-financial"));
    some.rows.iter_mut().for_each(|row| row.requests = 0.0);
    assert_eq!(busiest(&sums(&some)), None);
}

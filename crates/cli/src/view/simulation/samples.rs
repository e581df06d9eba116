//! Hand-made outcomes for the tests of the views.

use std::collections::BTreeMap;

use plimsoll_core::units::Seconds;
use plimsoll_twin::outcome::{
    Curves, Delays, Mark, MarkKind, Outcome, Rise, Rises, Row, Span, Total, Trace, Verdict,
};

pub(super) const REGIONS: [&str; 3] = ["ap-southeast-1", "eu-central-1", "us-east-1"];

/// Text without colours, none of whose lines is wider than 80 columns, unless it is one word.
pub(super) fn shown(view: &impl std::fmt::Display) -> String {
    let text = anstream::adapter::strip_str(&view.to_string()).to_string();
    for line in text.lines() {
        let breakable = line.trim_start().contains(' ');
        assert!(!breakable || line.chars().count() <= 80, "wider than 80 columns: {line}");
    }
    text
}

pub(super) fn counts(counts: &[(&str, u64)]) -> BTreeMap<String, u64> {
    counts.iter().map(|(name, times)| ((*name).to_owned(), *times)).collect()
}

pub(super) fn rise(detection: u64, rounds: u64) -> Rise {
    let (metric_delay, launch, boot) = (60, 6, 75);
    let to_decision = metric_delay + detection;
    Rise {
        at: 600,
        from: 2,
        to: 8,
        to_decision,
        to_capacity: to_decision + rounds + launch + boot,
        metric_delay,
        detection,
        window: 0,
        rounds,
        launch,
        boot,
    }
}

pub(super) fn row(service: &str, region: &str) -> Row {
    let slowest = Some(rise(180, 120));
    Row {
        service: service.to_owned(),
        region: region.to_owned(),
        asked: true,
        peak_capacity: 10,
        mean_capacity: 6.25,
        instance_hours: 150.0,
        cost: Some(12.75),
        minutes_above_target: 14,
        requests: 12_345_678.0,
        lost: 0.0,
        p95_ms: Some(52.4),
        scaling_events: 30,
        scaling_events_per_hour: 1.25,
        rises: Rises { count: 4, met: 3, mean_seconds: Some(320.4), slowest, first: slowest },
        drivers: counts(&[("policy requests", 27), ("schedule weekday-morning", 1)]),
        holds: counts(&[("at the maximum", 12)]),
    }
}

fn database(region: &str) -> Row {
    Row {
        asked: false,
        peak_capacity: 1,
        mean_capacity: 1.0,
        instance_hours: 24.0,
        cost: None,
        minutes_above_target: 0,
        scaling_events: 0,
        scaling_events_per_hour: 0.0,
        rises: Rises::default(),
        drivers: BTreeMap::new(),
        holds: BTreeMap::new(),
        ..row("db-postgres", region)
    }
}

pub(super) fn verdict(condition: &str, holds: bool) -> Verdict {
    let reason = if holds { "52.4 ms over 74M requests" } else { "2 % of 74M requests failed" };
    Verdict {
        condition: condition.to_owned(),
        measured: Some(if holds { 52.4 } else { 0.02 }),
        holds,
        reason: reason.to_owned(),
    }
}

/// A day of two services that scale and one that does not, in three regions; one condition holds
/// and one does not.
pub(super) fn outcome() -> Outcome {
    let mut rows: Vec<Row> = ["agent-core", "agent-financial"]
        .iter()
        .flat_map(|service| REGIONS.map(|region| row(service, region)))
        .chain(REGIONS.map(database))
        .collect();
    rows[1].lost = 0.3;
    rows[2].lost = 246_913.0;
    Outcome {
        title: "alfred/production".to_owned(),
        load: "examples/k6.js x30".to_owned(),
        start: "2027-01-04T00:00:00Z".parse().unwrap(),
        seconds: 86_400,
        seed: 1,
        faults: Vec::new(),
        delays: Delays { metric: Seconds(60), launch: Seconds(6), boot: Seconds(75) },
        total: Total {
            requests: 74e6,
            lost: 246_913.3,
            p95_ms: Some(52.4),
            instance_hours: 1_972.0,
            cost: 76.5,
            minutes_above_target: 84,
            scaling_events: 180,
        },
        rows,
        verdicts: vec![
            verdict("http_req_duration: p(95)<500", true),
            verdict("http_req_failed: rate<0.01", false),
        ],
        controllers: None,
        notes: vec!["policy backlog of agent-rag follows a metric without a model".to_owned()],
        trace: None,
    }
}

pub(super) fn mark(at: u64, region: &str, service: &str, kind: MarkKind, text: &str) -> Mark {
    let (region, service, text) = (region.to_owned(), service.to_owned(), text.to_owned());
    Mark { at, region, service, kind, text }
}

/// Two hours of agent-core in each region, a point a minute: 2 instances, and `grown` of them in
/// service from minute 10 on.
pub(super) fn trace(grown: u32, marks: Vec<Mark>, faults: Vec<Span>) -> Trace {
    let curves = |region: &str| {
        let minutes = 0..120_u32;
        let size = |minute: u32| if minute < 10 { 2 } else { grown };
        let load = |minute: u32| if minute < 8 { 100.0 } else { 400.0 };
        Curves {
            service: "agent-core".to_owned(),
            region: region.to_owned(),
            offered: minutes.clone().map(load).collect(),
            lost: minutes.clone().map(|minute| f64::from(minute == 8) * 5.0).collect(),
            min: minutes.clone().map(|_| 2).collect(),
            max: minutes.clone().map(|_| 10).collect(),
            desired: minutes.clone().map(size).collect(),
            in_service: minutes.clone().map(size).collect(),
            cpu: minutes.clone().map(load).map(|load| load / 5.0).collect(),
            p95_ms: minutes.map(|minute| (minute != 0).then_some(50.0)).collect(),
        }
    };
    Trace {
        start: "2027-01-04T07:00:00Z".parse().unwrap(),
        step: 60,
        groups: REGIONS.iter().map(|region| curves(region)).collect(),
        marks,
        faults,
    }
}

/// An outcome of two hours with a trace.
pub(super) fn traced(trace: Trace) -> Outcome {
    let mut traced = outcome();
    traced.rows.retain(|row| row.service != "agent-financial");
    Outcome { start: trace.start, seconds: 7_200, trace: Some(trace), ..traced }
}

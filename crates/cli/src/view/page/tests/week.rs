//! A week that nobody simulated: an outcome with something of everything that the page shows.

use std::collections::BTreeMap;

use plimsoll_twin::outcome::{
    Curves, Delays, Mark, MarkKind, Outcome, Rise, Rises, Row, Span, Total, Trace, Verdict,
};

const REGIONS: [&str; 3] = ["eu-central-1", "us-east-1", "us-west-2"];
const SERVICES: [&str; 8] = [
    "agent-core",
    "agent-financial",
    "agent-legal",
    "api-gateway",
    "ingest",
    "postgres",
    "vector-store",
    "web",
];
const DAY: u64 = 86_400;
const WEEK: u64 = 7 * DAY;
/// `us-east-1` is dark for two hours of the third day.
const DARK: (u64, u64) = (2 * DAY + 13 * 3600, 2 * DAY + 15 * 3600);

/// A week of the first so many services, with a point every `step` seconds.
pub(super) fn outcome(title: &str, services: usize, step: u64) -> Outcome {
    let mut marks = Vec::new();
    let mut groups = Vec::new();
    for (index, service) in SERVICES.iter().take(services).enumerate() {
        for (place, region) in REGIONS.iter().enumerate() {
            let group = curves(service, region, index, place, step);
            marks.extend(changes(&group, step));
            groups.push(group);
        }
    }
    marks.push(mark(DARK.0, "us-east-1", "", MarkKind::Fault, "data plane dark begins"));
    marks.push(mark(DARK.1, "us-east-1", "", MarkKind::Fault, "data plane dark ends"));
    marks.push(mark(DARK.0 + 90, "", "", MarkKind::Traffic, "us-east-1 gets no traffic"));
    marks.sort_by_key(|mark| mark.at);
    let rows: Vec<Row> = groups.iter().map(|group| row(group, step)).collect();
    let start = "2026-03-02T00:00:00Z".parse().unwrap();
    let text = "us-east-1: data plane dark".to_owned();
    let faults = vec![Span { from: DARK.0, to: DARK.1, region: "us-east-1".into(), text }];
    Outcome {
        title: title.into(),
        load: "alfred.load.json".into(),
        start,
        seconds: WEEK,
        seed: 7,
        delays: Delays::default(),
        total: total(&rows),
        rows,
        verdicts: verdicts(),
        notes: vec!["memory of postgres is not modelled: its policy never fires".into()],
        faults: Vec::new(),
        controllers: None,
        trace: Some(Trace { start, step, groups, marks, faults }),
    }
}

fn curves(service: &str, region: &str, index: usize, place: usize, step: u64) -> Curves {
    let mut group = Curves { service: service.into(), region: region.into(), ..Curves::default() };
    let (size, shift) = (30.0 + 12.0 * index as f64, place as f64 * 1.5);
    let mut desired = 2;
    for at in (0..WEEK).step_by(usize::try_from(step).unwrap()) {
        let hour = at as f64 / 3600.0 + shift;
        let weekend = if at / DAY >= 5 { 0.55 } else { 1.0 };
        let wave = (1.0 - ((hour - 3.0) / 24.0 * std::f64::consts::TAU).cos()) / 2.0;
        let ripple = ((at * 7919 + place as u64 * 104_729) % 997) as f64 / 997.0 * 0.12;
        let dark = (DARK.0..DARK.1).contains(&at);
        let here = if dark { if region == "us-east-1" { 0.0 } else { 1.5 } } else { 1.0 };
        let offered = size * weekend * here * (0.2 + wave + ripple);
        let in_service = desired;
        let load = offered / f64::from(desired);
        if load > 13.0 || (load < 8.0 && at % 900 == 0) {
            desired = ((offered / 11.0).ceil() as u32).clamp(2, 14);
        }
        let rated = f64::from(in_service) * 18.0;
        group.lost.push((offered - rated).max(0.0));
        group.cpu.push((offered / rated * 100.0).min(100.0));
        let pressure = (offered / rated).min(1.4);
        group.p95_ms.push((offered > 0.0).then(|| 80.0 + 250.0 * pressure.powi(6)));
        group.offered.push(offered);
        group.desired.push(desired);
        group.in_service.push(in_service);
        group.min.push(if at % DAY / 3600 >= 6 { 2 } else { 1 });
        group.max.push(14);
    }
    group
}

/// A mark for each change of the desired capacity.
fn changes(group: &Curves, step: u64) -> impl Iterator<Item = Mark> {
    group.desired.windows(2).zip(1..).filter(|(pair, _)| pair[0] != pair[1]).map(
        move |(pair, point)| {
            let out = pair[1] > pair[0];
            let kind = if out { MarkKind::ScaleOut } else { MarkKind::ScaleIn };
            let text = format!("{} -> {}: policy requests, target of 1000", pair[0], pair[1]);
            mark(point * step + 60, &group.region, &group.service, kind, &text)
        },
    )
}

fn mark(at: u64, region: &str, service: &str, kind: MarkKind, text: &str) -> Mark {
    Mark { at, region: region.into(), service: service.into(), kind, text: text.into() }
}

fn row(group: &Curves, step: u64) -> Row {
    let hours = WEEK as f64 / 3600.0;
    let events = changes(group, step).count() as u64;
    let instances: u32 = group.in_service.iter().sum();
    let mean = f64::from(instances) / group.in_service.len() as f64;
    let sum = |values: &[f64]| values.iter().sum::<f64>() * step as f64;
    let busy = group.cpu.iter().filter(|percent| **percent > 75.0).count() as u64;
    Row {
        service: group.service.clone(),
        region: group.region.clone(),
        asked: true,
        peak_capacity: group.in_service.iter().copied().max().unwrap(),
        mean_capacity: mean,
        instance_hours: mean * hours,
        cost: (group.service != "postgres").then_some(mean * hours * 0.085),
        minutes_above_target: busy * step / 60,
        requests: sum(&group.offered),
        lost: sum(&group.lost),
        p95_ms: group.p95_ms.iter().flatten().copied().reduce(f64::max),
        scaling_events: events,
        scaling_events_per_hour: events as f64 / hours,
        rises: rises(),
        drivers: BTreeMap::from([("policy cpu".into(), 9), ("policy requests".into(), events)]),
        holds: BTreeMap::from([("stabilisation window".into(), 31), ("warmup".into(), 12)]),
    }
}

fn rises() -> Rises {
    let slowest = Rise {
        at: DARK.0,
        from: 4,
        to: 9,
        to_decision: 240,
        to_capacity: 560,
        metric_delay: 60,
        detection: 180,
        window: 0,
        rounds: 120,
        launch: 20,
        boot: 180,
    };
    let (first, slowest) = (Some(Rise { at: 6 * 3600, ..slowest }), Some(slowest));
    Rises { count: 14, met: 13, mean_seconds: Some(318.0), slowest, first }
}

fn total(rows: &[Row]) -> Total {
    let sum = |value: fn(&Row) -> f64| rows.iter().map(value).sum::<f64>();
    Total {
        requests: sum(|row| row.requests),
        lost: sum(|row| row.lost),
        p95_ms: Some(212.4),
        instance_hours: sum(|row| row.instance_hours),
        cost: sum(|row| row.cost.unwrap_or_default()),
        minutes_above_target: rows.iter().map(|row| row.minutes_above_target).sum(),
        scaling_events: rows.iter().map(|row| row.scaling_events).sum(),
    }
}

fn verdicts() -> Vec<Verdict> {
    let verdict = |condition: &str, measured, holds, reason: &str| Verdict {
        condition: condition.into(),
        measured: Some(measured),
        holds,
        reason: reason.into(),
    };
    let slow = "212 ms at the 95th percentile, over all services and regions";
    let lost = "1.4 % of the requests failed, most of them of agent-core in us-east-1";
    vec![
        verdict("http_req_duration: p(95)<500", 212.4, true, slow),
        verdict("http_req_failed: rate<0.01", 0.014, false, lost),
    ]
}

#[test]
#[ignore = "writes a report to the file named by PLIMSOLL_REPORT, for tests/page and the eye"]
fn write_a_report() {
    let file = std::env::var_os("PLIMSOLL_REPORT").unwrap();
    let one = outcome("alfred/production", 8, 300);
    let mut runs = vec![("alfred.yaml", &one)];
    let mut other = one.clone();
    if std::env::var_os("PLIMSOLL_COMPARE").is_some() {
        for group in &mut other.trace.as_mut().unwrap().groups {
            group.in_service.iter_mut().for_each(|count| *count += 1);
            group.cpu.iter_mut().for_each(|percent| *percent *= 0.8);
        }
        for row in &mut other.rows {
            (row.lost, row.instance_hours) = (0.0, row.instance_hours * 1.2);
            row.cost = row.cost.map(|cost| cost * 1.2);
        }
        other.total = total(&other.rows);
        runs.push(("alfred-managed.yaml", &other));
    }
    std::fs::write(file, super::page(&runs).unwrap()).unwrap();
}

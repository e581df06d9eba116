//! Files of faults: what is read, what is refused, and where a mistake is shown.

use std::collections::HashSet;
use std::mem;

use plimsoll_core::spec::{Document, Fits, Machine, Source, Spec};
use proptest::prelude::*;

use super::{Fault, Kind, MetricFault, TO_THE_END, check, check_length, read};

const EXAMPLE: &str = include_str!("../../../../examples/faults/us-east-1-dark.yaml");

const ALL: &str = include_str!("../../../../examples/faults/all.yaml");

fn example(name: &str) -> String {
    std::fs::read_to_string(format!("../../examples/{name}")).unwrap()
}

fn alfred() -> Spec {
    let (name, text) = ("alfred.yaml".to_owned(), example("alfred.yaml"));
    let document = Document::parse(Source { name, text });
    let read = |file: String| (file.clone(), Ok(example(&file)));
    let files = document.user_data_files().into_iter().map(read).collect();
    document.compile("production", &files).spec.unwrap()
}

fn one(entry: &str) -> Fault {
    let faults = read(&format!("faults:\n  - {entry}\n"), "faults.yaml").unwrap();
    faults.into_iter().next().unwrap()
}

fn region() -> String {
    "us-east-1".to_owned()
}

/// Reads each entry, and compares its kind and its words.
fn each_reads(cases: &[(&str, Kind, &str)]) {
    let spec = alfred();
    for (text, kind, words) in cases {
        let fault = one(text);
        assert_eq!(fault.kind, *kind, "{text}");
        assert_eq!(fault.kind.to_string(), *words);
        check(&[fault], &spec).unwrap();
    }
}

#[test]
fn each_outage_is_read_and_said_in_the_operators_words() {
    let no_capacity = |zone: Option<&str>, instance_type: Option<&str>| Kind::NoCapacity {
        region: region(),
        zone: zone.map(str::to_owned),
        instance_type: instance_type.map(str::to_owned),
    };
    let failing = |count| {
        let service = "agent-core".to_owned();
        Kind::InstancesFail { region: region(), service, count }
    };
    let (zone, machine) = (Some("us-east-1a"), Some("c6i.large"));
    each_reads(&[
        ("no_capacity: { region: us-east-1 }", no_capacity(None, None), "us-east-1: no capacity"),
        (
            "no_capacity: { region: us-east-1, zone: us-east-1a, instance_type: c6i.large }",
            no_capacity(zone, machine),
            "us-east-1: no capacity for c6i.large in us-east-1a",
        ),
        (
            "control_plane_dark: { region: us-east-1 }",
            Kind::ControlPlaneDark { region: region() },
            "us-east-1: control plane dark",
        ),
        (
            "data_plane_dark: { region: us-east-1 }",
            Kind::DataPlaneDark { region: region() },
            "us-east-1: data plane dark",
        ),
        (
            "partition: { between: us-east-1, and: eu-central-1 }",
            Kind::Partition { between: region(), and: "eu-central-1".to_owned() },
            "us-east-1 and eu-central-1: cut off from each other",
        ),
        (
            "zone_lost: { region: us-east-1, zone: us-east-1b }",
            Kind::ZoneLost { region: region(), zone: "us-east-1b".to_owned() },
            "us-east-1: zone us-east-1b lost",
        ),
        (
            "instances_fail: { region: us-east-1, service: agent-core, count: 2 }",
            failing(2),
            "us-east-1: 2 instances of agent-core failing",
        ),
        (
            "instances_fail: { region: us-east-1, service: agent-core, count: 1 }",
            failing(1),
            "us-east-1: 1 instance of agent-core failing",
        ),
        (
            "throttled: { region: us-east-1 }",
            Kind::Throttled { region: region() },
            "us-east-1: API throttled",
        ),
    ]);
}

#[test]
fn each_disturbance_is_read_and_said_in_the_operators_words() {
    let metrics = |service: Option<&str>, how| Kind::Metrics {
        region: region(),
        service: service.map(str::to_owned),
        how,
    };
    each_reads(&[
        (
            "slow_boot: { region: us-east-1, times: 3 }",
            Kind::SlowBoot { region: region(), percent: 300 },
            "us-east-1: boot takes 3 times as long",
        ),
        (
            "slow_boot: { region: us-east-1, times: 1.5 }",
            Kind::SlowBoot { region: region(), percent: 150 },
            "us-east-1: boot takes 1.5 times as long",
        ),
        (
            "metrics: { region: us-east-1, service: agent-core, missing: true }",
            metrics(Some("agent-core"), MetricFault::Missing),
            "us-east-1: metrics of agent-core missing",
        ),
        (
            "metrics: { region: us-east-1, delayed: 5m }",
            metrics(None, MetricFault::Delayed(300)),
            "us-east-1: all metrics late by 5m",
        ),
        (
            "metrics: { region: us-east-1, nan: true }",
            metrics(None, MetricFault::Nan),
            "us-east-1: all metrics not a number",
        ),
        (
            "stale_reads: { region: us-east-1, by: 30s }",
            Kind::StaleReads { region: region(), seconds: 30 },
            "us-east-1: reads up to 30s old",
        ),
        (
            "lost_answers: { region: us-east-1 }",
            Kind::LostAnswers { region: region() },
            "us-east-1: answers to writes lost",
        ),
    ]);
}

#[test]
fn times_count_from_the_first_moment_and_no_end_is_the_runs() {
    let times = |times: &str| {
        let fault = one(&format!("throttled: {{ region: us-east-1 }}\n{times}"));
        (fault.from, fault.to, fault.to_string())
    };
    let words = |from_to: &str| format!("us-east-1: API throttled, {from_to}");
    assert_eq!(times(""), (0, TO_THE_END, words("from 0s to the end")));
    assert_eq!(times("    from: 2h\n    for: 1h"), (7200, 10_800, words("from 2h to 3h")));
    assert_eq!(times("    from: 30m\n    until: 45m"), (1800, 2700, words("from 30m to 45m")));
    assert_eq!(times("    for: 90"), (0, 90, words("from 0s to 1m30s")));
}

#[test]
fn the_example_holds_for_alfred() {
    let faults = read(EXAMPLE, "us-east-1-dark.yaml").unwrap();
    assert_eq!(faults[0].to_string(), "us-east-1: data plane dark, from 2h to 3h");
    assert_eq!(faults.len(), 3);
    check(&faults, &alfred()).unwrap();
}

#[test]
fn the_example_of_every_kind_holds_for_alfred() {
    let faults = read(ALL, "all.yaml").unwrap();
    check(&faults, &alfred()).unwrap();
    check_length(&faults, 86_400).unwrap();
    let kinds: HashSet<_> = faults.iter().map(|fault| mem::discriminant(&fault.kind)).collect();
    assert_eq!(kinds.len(), 11, "one of each kind");
    let hows = |fault: &Fault| {
        if let Kind::Metrics { how, .. } = fault.kind {
            Some(mem::discriminant(&how))
        } else {
            None
        }
    };
    assert_eq!(faults.iter().filter_map(hows).collect::<HashSet<_>>().len(), 3);
}

/// Reads each entry as the first of a file, and compares what it is refused with.
fn each_is_refused(cases: &[(&str, &str)]) {
    for (entry, message) in cases {
        let error = read(&format!("faults:\n  - {entry}\n"), "faults.yaml").unwrap_err();
        assert_eq!(error.to_string(), *message);
    }
}

#[test]
fn what_cannot_be_read_says_where_and_what_to_write() {
    each_is_refused(&[
        (
            "datta_plane_dark: { region: us-east-1 }",
            "faults.yaml:2:5: `datta_plane_dark` means nothing here; \
             did you mean `data_plane_dark`? Known are from, for, until, no_capacity, \
             control_plane_dark, data_plane_dark, partition, zone_lost, instances_fail, throttled, \
             slow_boot, metrics, stale_reads, lost_answers",
        ),
        (
            "earthquake: { region: us-east-1 }",
            "faults.yaml:2:5: `earthquake` means nothing here; write one of from, for, until, \
             no_capacity, control_plane_dark, data_plane_dark, partition, zone_lost, \
             instances_fail, throttled, slow_boot, metrics, stale_reads, lost_answers",
        ),
        (
            "data_plane_dark: { regoin: us-east-1 }",
            "faults.yaml:2:24: `regoin` means nothing here; did you mean `region`? Known are region",
        ),
        ("data_plane_dark: {}", "faults.yaml:2:22: `region` is missing; add `region: …`"),
        (
            "data_plane_dark: us-east-1",
            "faults.yaml:2:22: the value here is of another kind than it must be; \
             write a mapping, such as `{ region: us-east-1 }`",
        ),
        (
            "throttled: { region: [us-east-1] }",
            "faults.yaml:2:26: the value here is of another kind than it must be; write one word",
        ),
        (
            "metrics: { region: us-east-1, nan: maybe }",
            "faults.yaml:2:40: the value here is no boolean; write `true` or `false`",
        ),
    ]);
}

#[test]
fn what_is_no_fault_says_where_and_what_to_write() {
    each_is_refused(&[
        (
            "from: 2h",
            "faults.yaml:2:5: the entry says when, and not what goes wrong; \
             add a fault such as `data_plane_dark: { region: us-east-1 }`",
        ),
        (
            "throttled: { region: us-east-1 }\n    lost_answers: { region: us-east-1 }",
            "faults.yaml:2:5: several faults stand in one entry; begin each with a `-` of its own",
        ),
        (
            "throttled: { region: us-east-1 }\n    throttled: { region: us-west-2 }",
            "faults.yaml:3:5: `throttled` is given twice; \
             keep one of them; a second fault begins with a `-` of its own",
        ),
        (
            "throttled: { region: us-east-1 }\n    for: 1h\n    until: 2h",
            "faults.yaml:2:5: `for` and `until` stand side by side; keep one of them",
        ),
        (
            "throttled: { region: us-east-1 }\n    for: soon",
            "faults.yaml:3:10: `soon` is not a duration; \
             write whole units such as 90s, 5m, 2h or 1h30m",
        ),
        (
            "metrics: { region: us-east-1 }",
            "faults.yaml:2:5: it is not said how the metrics of us-east-1 suffer; \
             write exactly one of `delayed: 5m`, `missing: true` and `nan: true`",
        ),
        (
            "metrics: { region: us-east-1, nan: true, missing: true }",
            "faults.yaml:2:5: it is not said how the metrics of us-east-1 suffer; \
             write exactly one of `delayed: 5m`, `missing: true` and `nan: true`",
        ),
        (
            "slow_boot: { region: us-east-1, times: -3 }",
            "faults.yaml:2:5: a boot cannot take -3 times as long; \
             write 1 or more, such as `times: 3`",
        ),
        (
            "slow_boot: { region: us-east-1, times: .nan }",
            "faults.yaml:2:44: NaN is not a usable number; it must be finite and within ±9e12",
        ),
    ]);
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    each_is_refused(&[
        (
            "throttled: { region: us-east-1 }\n    from: 2h\n    until: 1h",
            "faults.yaml:2:5: it ends at 1h and begins at 2h; \
             end it later, or write neither `for` nor `until` to let it last",
        ),
        (
            "stale_reads: { region: us-east-1, by: 31s }",
            "faults.yaml:2:5: reads that are 31s old are not AWS's; write 30s or less",
        ),
        (
            "slow_boot: { region: us-east-1, times: 0.5 }",
            "faults.yaml:2:5: a boot of 50 % of its usual time is not slow; \
             write 1 or more, such as `times: 3`",
        ),
        (
            "instances_fail: { region: us-east-1, service: agent-core, count: 0 }",
            "faults.yaml:2:5: no instance fails; write a `count` of 1 or more",
        ),
        (
            "partition: { between: us-east-1, and: us-east-1 }",
            "faults.yaml:2:5: us-east-1 cannot be cut off from itself; name two regions",
        ),
        (
            "zone_lost: { region: us-east-1, zone: us-west-2a }",
            "faults.yaml:2:5: `us-west-2a` is no zone of us-east-1 in the twin; \
             write one of us-east-1a, us-east-1b, us-east-1c",
        ),
        (
            "no_capacity: { region: us-east-1, zone: us-east-1f }",
            "faults.yaml:2:5: `us-east-1f` is no zone of us-east-1 in the twin; \
             write one of us-east-1a, us-east-1b, us-east-1c",
        ),
    ]);
}

#[test]
fn a_fault_that_the_spec_does_not_know_is_told_by_its_number() {
    let cases = [
        (
            "data_plane_dark: { region: us-east-2 }",
            "fault 1 (us-east-2: data plane dark): `us-east-2` is no region of \
             alfred/production; did you mean `us-east-1`?",
        ),
        (
            "partition: { between: us-east-1, and: mars }",
            "fault 1 (us-east-1 and mars: cut off from each other): `mars` is no region of \
             alfred/production; write one of eu-central-1, us-east-1, us-west-2",
        ),
        (
            "instances_fail: { region: us-east-1, service: agent-cor, count: 1 }",
            "fault 1 (us-east-1: 1 instance of agent-cor failing): `agent-cor` is no service in \
             us-east-1; did you mean `agent-core`?",
        ),
        (
            "metrics: { region: us-east-1, service: agent-cor, nan: true }",
            "fault 1 (us-east-1: metrics of agent-cor not a number): `agent-cor` is no service \
             in us-east-1; did you mean `agent-core`?",
        ),
    ];
    let spec = alfred();
    for (entry, message) in cases {
        assert_eq!(check(&[one(entry)], &spec).unwrap_err().to_string(), message);
    }
    let backwards = Fault { from: 5, to: 5, kind: Kind::Throttled { region: region() } };
    let error = check(&[one("throttled: { region: us-east-1 }"), backwards], &spec).unwrap_err();
    assert!(error.to_string().starts_with("fault 2 "), "{error}");
}

#[test]
fn capacity_can_only_lack_for_types_that_somebody_asks_for() {
    let lack = one("no_capacity: { region: us-east-1, instance_type: m5.huge }");
    let mut spec = alfred();
    let mut all_run_on = |machine: &Machine| {
        let services = &mut spec.regions.get_mut("us-east-1").unwrap().services;
        for service in services.values_mut() {
            service.instances.machine = machine.clone();
        }
        check(std::slice::from_ref(&lack), &spec)
    };
    assert_eq!(
        all_run_on(&Machine::Type("c6i.large".to_owned())).unwrap_err().to_string(),
        "fault 1 (us-east-1: no capacity for m5.huge): no service in us-east-1 runs on `m5.huge`; \
         write one of c6i.large, or none for all types"
    );
    all_run_on(&Machine::Type("m5.huge".to_owned())).unwrap();
    let (vcpus, memory_gib, architecture) = (2, 4, "x86_64".to_owned());
    let fits = Fits { vcpus, memory_gib, architecture, burstable: false };
    all_run_on(&Machine::Fits(fits)).unwrap();
}

#[test]
fn a_fault_begins_before_the_run_ends() {
    let at = |from: &str| one(&format!("throttled: {{ region: us-east-1 }}\n    from: {from}"));
    check_length(&[at("0s"), at("59m59s")], 3_600).unwrap();
    for (from, said) in [("1h", "1h"), ("5h", "5h")] {
        let error = check_length(&[at("0s"), at(from)], 3_600).unwrap_err();
        let message = format!(
            "fault 2 (us-east-1: API throttled): it begins at {said}, and the run ends at 1h; \
             let it begin earlier, or the run last longer"
        );
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn what_is_no_file_of_faults_is_refused() {
    let endless = format!("faults: {}", "[".repeat(10_000));
    let large = " ".repeat(2 * 1024 * 1024);
    for text in ["", "faults", "faults: 3", "faults: [", "- a", "a: &a [*a]", &endless, &large] {
        let error = read(text, "faults.yaml").unwrap_err();
        assert!(error.to_string().starts_with("faults.yaml:"), "{error}");
        assert!(!error.help.is_empty());
    }
    assert_eq!(read("faults: []", "faults.yaml"), Ok(Vec::new()));
}

proptest! {
    #[test]
    fn garbage_is_an_error_and_never_a_panic(text in "\\PC*") {
        prop_assert!(read(&text, "faults.yaml").is_err());
    }

    #[test]
    fn a_file_with_a_hole_is_an_error_or_a_file(at in 0..EXAMPLE.len(), with in ".{0,3}") {
        let mut text = EXAMPLE.to_owned();
        text.replace_range(at..=at, &with);
        if let Ok(faults) = read(&text, "faults.yaml") {
            prop_assert!(faults.iter().all(|fault| fault.from < fault.to));
        }
    }
}

//! What a plan asks AWS for: nothing that changes, few calls, two rounds deep.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::harness::{Account, Operator, Proxy, REGIONS, Rule, Spec};
use crate::standing::alfred;

const MOST_CALLS: usize = 9;
const MOST_ROUNDS: usize = 2;

/// The calls of a plan per region, without those that stand apart; no call may change anything.
fn reads(account: &Account, spec: &Spec, exit: i32) -> Vec<BTreeSet<String>> {
    let proxy = Proxy::start(Rule::Rounds);
    let ran = Operator::new(account, spec).through(&proxy).run("plan --detailed-exitcode");
    assert_eq!(ran.code, Some(exit), "{}", ran.said());
    assert_eq!(proxy.writes(), [], "a plan changes nothing");
    REGIONS
        .map(|region| {
            let reads = proxy.reads(region);
            assert!((1..=MOST_CALLS).contains(&reads.len()), "{}: {reads:#?}", reads.len());
            let rounds: BTreeSet<usize> = reads.iter().map(|call| call.round).collect();
            assert!(rounds.len() <= MOST_ROUNDS, "{} rounds: {reads:#?}", rounds.len());
            reads.into_iter().map(|call| call.action).collect()
        })
        .into()
}

#[test]
fn the_first_plan_reads_little_and_changes_nothing() {
    let account = Account::production();
    let before = account.read_back();
    reads(&account, &Spec::alfred(&account), 2);
    assert!(before == account.read_back(), "the world is as it was");
}

#[test]
fn a_plan_of_what_stands_reads_little_and_changes_nothing() {
    reads(&alfred().account, &Spec::alfred(&alfred().account), 0);
}

#[test]
fn forty_services_are_read_with_as_many_calls_as_two() {
    let account = Account::production();
    let pair = Spec::pair(&account).edit(
        "    hooks:\n      drain: { on: terminate, timeout: 300s, otherwise: continue }\n",
        "",
    );
    let of_two = reads(&account, &pair, 2);
    let forty = many(&account, 40);
    assert_eq!(reads(&account, &forty, 2), of_two, "before they are there");
    Operator::new(&account, &forty).done("apply --yes");
    let steady = reads(&account, &forty, 0);
    for (steady, first) in steady.iter().zip(&of_two) {
        assert!(steady.is_subset(first), "{steady:?} and {first:?}");
    }
}

#[test]
fn status_changes_nothing() {
    let proxy = Proxy::start(Rule::Pass);
    let spec = Spec::alfred(&alfred().account);
    Operator::new(&alfred().account, &spec).through(&proxy).done("status");
    assert_eq!(proxy.writes(), []);
    for region in REGIONS {
        let calls = proxy.reads(region);
        let health = calls.iter().filter(|call| call.action == "DescribeTargetHealth").count();
        assert_eq!(health, 5, "one for each target group, and {calls:#?}");
        assert!(calls.len() - health <= MOST_CALLS, "{calls:#?}");
    }
}

/// A platform of many services that run nothing yet. Two policies each stay below a page.
fn many(account: &Account, services: usize) -> Spec {
    let mut text = String::from("services:\n");
    for number in 0..services {
        let _ = write!(
            text,
            "  worker-{number}:\n    bounds: {{ min: 0, max: 4 }}\n    scaling:\n      policies:\n        \
             cpu: {{ target_tracking: {{ metric: cpu, target: 75 }} }}\n        \
             memory: {{ target_tracking: {{ metric: memory, target: 80 }} }}\n"
        );
    }
    Spec::pair(account).with_services(&text)
}

#[test]
fn a_plan_tells_the_calls_that_it_made() {
    let proxy = Proxy::start(Rule::Pass);
    let ran = Operator::new(&alfred().account, &Spec::alfred(&alfred().account))
        .through(&proxy)
        .run("plan -v");
    for region in REGIONS {
        let made = proxy
            .calls()
            .iter()
            .filter(|call| call.region == region && call.action != "GetCallerIdentity")
            .count();
        ran.expect(0, &[&format!("{region}: {made} calls"), "ec2:DescribeInstanceTypes"]);
    }
}

//! What operators and controllers say to each other: the published spec, the red button, and what a
//! deployment lays over the spec.

use std::fs;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::harness::{Account, Operator, Proxy, REGIONS, Rule, Spec};

const SPEC: &str = "/plimsoll/alfred/production/spec";
const BUTTON: &str = "/plimsoll/alfred/production/controller";

/// The value of a parameter, read with the AWS CLI.
fn parameter(account: &Account, region: &str, name: &str) -> Option<String> {
    let found = account.aws(region, &format!("ssm get-parameters --names {name}"));
    found["Parameters"][0]["Value"].as_str().map(str::to_owned)
}

#[test]
fn a_spec_is_published_once_and_told_apart_from_another() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let operator = Operator::new(&account, &spec);
    assert_eq!(operator.json("status").get("published"), None, "nobody published a spec");
    let first = operator.json("apply --yes --publish");
    let digest = first["published"]["digest"].as_str().unwrap().to_owned();
    assert_eq!(first["published"]["regions"].as_object().unwrap().len(), REGIONS.len());
    for region in REGIONS {
        let value = parameter(&account, region, SPEC).unwrap();
        assert!(value.starts_with("plimsoll1:"), "{value}");
    }

    let again = operator.json("apply --yes --publish");
    assert_eq!(
        again["published"],
        json!({
            "digest": digest, "already": REGIONS.len(), "regions": {}, "left_out": false
        })
    );

    let other = Spec::pair(&account).edit("{ min: 1, max: 4 }", "{ min: 1, max: 6 }");
    let newcomer = Operator::new(&account, &other);
    let status = newcomer.json("status");
    for region in REGIONS {
        assert_eq!(status["published"]["regions"][region], json!({ "other": digest }));
    }
    newcomer.run("status").expect(0, &["The controllers read another spec", &digest]);
    newcomer.run("controller status").expect(0, &["reads another spec", "not stopped"]);
    operator.run("controller status").expect(0, &["not heard of for an hour", "reads "]);
}

#[test]
fn publishing_asks_and_is_refused_without_an_answer() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let operator = Operator::new(&account, &spec);
    operator.done("apply --yes");
    operator.run("apply --publish").expect(1, &["no terminal", "--yes"]);
    assert_eq!(parameter(&account, REGIONS[0], SPEC), None);
    let ran = operator.answer("yes", "apply --publish");
    assert_eq!(ran.code, Some(0), "{}", ran.said());
    assert!(parameter(&account, REGIONS[0], SPEC).is_some());
}

#[test]
fn the_button_stops_every_region_and_keeps_who_pressed_it_first() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let operator = Operator::new(&account, &spec);
    operator.run("controller stop --reason network-test").expect(1, &["no terminal", "--yes"]);
    operator.done("controller stop --yes --reason network-test");
    let first = REGIONS.map(|region| parameter(&account, region, BUTTON).unwrap());
    for value in &first {
        assert!(value.starts_with("stop by=") && value.ends_with("why=network-test"), "{value}");
    }
    let again = operator.run("controller stop --yes --reason another");
    again.expect(0, &["already stopped by", "network-test"]);
    assert_eq!(REGIONS.map(|region| parameter(&account, region, BUTTON).unwrap()), first);
    let status = operator.json("controller status");
    for region in REGIONS {
        let stop = &status["regions"][region]["read"]["switch"]["stop"];
        assert_eq!(stop["why"], "network-test", "{status}");
    }

    operator.done(&format!("controller start --yes --region {}", REGIONS[0]));
    assert_eq!(parameter(&account, REGIONS[0], BUTTON).as_deref(), Some("run"));
    assert_eq!(parameter(&account, REGIONS[1], BUTTON).as_deref(), Some(first[1].as_str()));
    operator.run("controller start --yes").expect(0, &["was not stopped", "is no longer stopped"]);
}

#[test]
fn a_region_that_does_not_answer_is_told_and_the_others_stop() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let proxy = Proxy::start(Rule::Deny(REGIONS[1]));
    let operator = Operator::new(&account, &spec).through(&proxy);
    let ran = operator.run("controller stop --yes --reason test");
    ran.expect(3, &["ssm:PutParameter", "Not all is done: 1 of 3 regions", "same command again"]);
    assert!(parameter(&account, REGIONS[0], BUTTON).is_some());
    assert_eq!(parameter(&account, REGIONS[1], BUTTON), None);
}

#[test]
fn a_controller_is_heard_of_by_its_metric() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let operator = Operator::new(&account, &spec);
    let at = Timestamp::now() - SignedDuration::from_mins(5);
    account.aws(
        REGIONS[0],
        &format!(
            "cloudwatch put-metric-data --namespace Plimsoll/Controller --metric-name Heartbeat \
             --dimensions Platform=alfred,Environment=production --value 1 --timestamp {at}"
        ),
    );
    let regions = &operator.json("controller status")["regions"];
    let heard: Timestamp =
        regions[REGIONS[0]]["read"]["heartbeat"]["at"].as_str().unwrap().parse().unwrap();
    assert!(heard <= at && at.duration_since(heard) < SignedDuration::from_mins(1), "{heard}");
    assert_eq!(regions[REGIONS[1]]["read"]["heartbeat"], "none");
}

#[test]
fn looking_at_controllers_changes_nothing() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let proxy = Proxy::start(Rule::Pass);
    Operator::new(&account, &spec).through(&proxy).done("controller status");
    assert_eq!(proxy.writes(), []);
    for region in REGIONS {
        let parameters =
            proxy.reads(region).into_iter().filter(|call| call.action == "GetParameters");
        assert_eq!(parameters.count(), 1);
    }
}

#[test]
fn a_plan_says_which_bounds_an_overlay_declares() {
    let account = Account::production();
    let spec = Spec::pair(&account);
    let operator = Operator::new(&account, &spec);
    operator.done("apply --yes");
    let file = operator.file("west.yaml");
    fs::write(
        &file,
        "services: { agent-core: { regions: { us-west-2: { bounds: { max: 7 } } } } }",
    )
    .unwrap();
    let shown = operator.json(&format!("plan --overlay {file}"));
    let steps = shown["plan"]["regions"]["us-west-2"]["planned"]["steps"].as_array().unwrap();
    let reasons: Vec<&Value> = steps.iter().map(|step| &step["changes"][0]["reason"]).collect();
    assert_eq!(reasons, [&json!(format!("the overlay {file} says so"))]);
    assert_eq!(shown["summary"]["regions"], 1, "no other region hears of it");

    let saved = operator.file("west.plan");
    operator.done(&format!("plan --overlay {file} --out {saved}"));
    fs::remove_file(&file).unwrap();
    operator.done(&format!("apply {saved} --yes"));
    operator.run("plan --detailed-exitcode").expect(2, &["7 -> 4"]);
}

use plimsoll_core::spec::{Document, Source as Text};
use plimsoll_twin::load::Curve;
use plimsoll_twin::outcome::{Delays, Total, Verdict};

use super::*;
use crate::args::{Cli, Command};

fn args(words: &[&str]) -> SimulateArgs {
    use clap::Parser as _;
    let words = ["plimsoll", "simulate", "--load", "k6.js"].iter().chain(words);
    let Command::Simulate(args) = Cli::try_parse_from(words).unwrap().command else {
        panic!("not simulate");
    };
    *args
}

fn contender() -> Contender {
    let text = plimsoll_core::spec::STARTER.to_owned();
    let document = Document::parse(Text { name: "plimsoll.yaml".to_owned(), text });
    let environment = document.environments().remove(0);
    let spec = document.compile(&environment, &std::collections::BTreeMap::new()).spec.unwrap();
    Contender { name: "plimsoll.yaml".to_owned(), spec, controller: Controller::Off }
}

fn load(service: &str, region: Option<&str>) -> Load {
    let rate = Curve::Steady(1.0);
    let (service, region) = (service.to_owned(), region.map(str::to_owned));
    let sources = vec![Source::Open { service, region, rate }];
    Load { name: "day.csv".to_owned(), sources, ..Load::default() }
}

#[test]
fn a_load_that_asks_for_what_is_not_there_is_refused_with_what_there_is() {
    let contender = contender();
    let (region, service, _) = contender.spec.services().next().unwrap();
    contender.knows(&load(service, Some(region))).unwrap();
    let refused = contender.knows(&load("wbe", None)).unwrap_err().to_string();
    assert!(refused.contains("`wbe`") && refused.contains(service), "{refused}");
    let refused = contender.knows(&load(service, Some("us-est-1"))).unwrap_err().to_string();
    assert!(refused.contains("`us-est-1`") && refused.contains(region), "{refused}");
}

#[test]
fn a_run_is_as_long_as_asked_or_as_its_load_or_a_day() {
    let long = |words: &[&str], length| {
        let load = Load { length, ..Load::default() };
        options(&args(words).run, &load, &contender().spec).unwrap().seconds
    };
    assert_eq!(long(&["--for", "2h"], Some(2_100)), 7_200);
    assert_eq!(long(&[], Some(2_100)), 2_100);
    assert_eq!(long(&[], None), 86_400);
}

#[test]
fn what_is_not_asked_for_stays_as_the_model_has_it() {
    assert_eq!(model(&args(&[]).run), Model::default());
    let words = ["--boot", "200s", "--metric-delay", "0s", "--low-factor", "0.7"];
    let wanted = Model {
        boot_least: Seconds(120),
        boot_mean: Seconds(200),
        metric_delay: Seconds(0),
        low_percent: 70,
        ..Model::default()
    };
    assert_eq!(model(&args(&words).run), wanted);
}

#[test]
fn a_flag_of_k6_scripts_is_refused_with_any_other_load() {
    for flag in ["--think-time", "--requests-per-iteration"] {
        let mut args = args(&[flag, "2"]).load;
        args.load = "web=steady:1".to_owned();
        let refused = load::read(&args, &contender().spec).unwrap_err().to_string();
        let wanted = format!("{flag} is for k6 scripts, and web=steady:1 is none");
        assert!(refused.starts_with(&wanted), "{refused}");
    }
}

#[test]
fn a_spec_stands_beside_itself_with_the_controller_when_both_are_asked_for() {
    let runs = |controllers| {
        let runs = beside(vec![contender()], controllers);
        runs.into_iter().map(|run| (run.name, run.controller)).collect::<Vec<_>>()
    };
    let name = |how: &str| format!("plimsoll.yaml{how}");
    assert_eq!(runs(Controllers::Off), [(name(""), Controller::Off)]);
    assert_eq!(runs(Controllers::On), [(name(""), Controller::On)]);
    let both =
        [(name(", controller off"), Controller::Off), (name(", controller on"), Controller::On)];
    assert_eq!(runs(Controllers::Both), both);
}

#[test]
fn one_condition_that_does_not_hold_is_a_failure() {
    let verdict =
        |holds| Verdict { condition: String::new(), measured: None, holds, reason: String::new() };
    let outcome = |verdicts| Outcome {
        title: String::new(),
        load: String::new(),
        start: jiff::Timestamp::UNIX_EPOCH,
        seconds: 1,
        seed: 1,
        delays: Delays::default(),
        rows: Vec::new(),
        total: Total::default(),
        verdicts,
        faults: Vec::new(),
        notes: Vec::new(),
        controllers: None,
        trace: None,
    };
    assert_eq!(ended(&outcome(Vec::new())), Exit::Done);
    assert_eq!(ended(&outcome(vec![verdict(true)])), Exit::Done);
    assert_eq!(ended(&outcome(vec![verdict(true), verdict(false)])), Exit::Failed);
}

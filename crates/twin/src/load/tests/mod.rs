//! Every form of load, with good and bad texts.

mod cloudwatch;
mod document;
mod generator;
mod hostile;
#[cfg(feature = "k6")]
mod k6;
#[cfg(feature = "k6")]
mod k6_calls;
mod rows;

use super::*;

const SERVICES: [&str; 2] = ["agent-core", "agent-rag"];
const REGIONS: [&str; 2] = ["us-east-1", "us-west-2"];

/// Two services and two regions, and nothing by default.
fn options() -> ReadOptions<'static> {
    ReadOptions { services: &SERVICES, regions: &REGIONS, ..ReadOptions::default() }
}

/// The same, where `agent-core` is asked unless another is named.
fn by_default() -> ReadOptions<'static> {
    ReadOptions { default_service: Some("agent-core"), ..options() }
}

fn open(service: &str, region: Option<&str>, rate: Curve) -> Source {
    Source::Open { service: service.to_owned(), region: region.map(str::to_owned), rate }
}

/// The error of a text that must not be read.
fn refusal(name: &str, text: &str, form: Form, options: &ReadOptions<'_>) -> LoadError {
    let error = read(name, text, form, options).expect_err(text);
    assert!(!error.help.is_empty(), "{error} has no way out");
    error
}

/// A text without the `^` in it, and the line and column of what stood behind it.
#[cfg(feature = "k6")]
fn marked(text: &str) -> (String, String) {
    let (before, after) = text.split_once('^').unwrap_or_else(|| panic!("no mark in {text}"));
    let line = before.lines().last().filter(|_| !before.ends_with('\n')).unwrap_or_default();
    let (row, column) = (before.matches('\n').count() + 1, line.chars().count() + 1);
    (format!("{before}{after}"), format!("{row}:{column}"))
}

#[test]
fn the_form_is_found_by_the_extension_or_the_generator() {
    for (argument, form) in [
        ("loads/alfred.js", Form::K6),
        ("alfred.mjs", Form::K6),
        ("alfred.TS", Form::K6),
        ("week.csv", Form::Csv),
        ("metrics.json", Form::CloudWatch),
        ("alfred.load.json", Form::Document),
        ("daily:50..400,peak=14:00", Form::Generator),
        ("agent-core=steady:5+agent-rag=steady:1", Form::Generator),
        ("stedy:5", Form::Generator),
    ] {
        assert_eq!(Form::of(argument), Ok(form), "{argument}");
    }
}

#[test]
fn a_name_without_a_form_is_refused_with_all_forms() {
    let error = Form::of("load.txt").unwrap_err();
    assert_eq!(
        error.to_string(),
        "load.txt: this is neither a generator nor a file whose form is known"
    );
    assert!(error.help.contains(".load.json"), "{}", error.help);
}

#[test]
fn options_out_of_bounds_are_refused_by_name() {
    let bad = [
        (ReadOptions { scale: f64::NAN, ..by_default() }, "NaN cannot be the scale"),
        (ReadOptions { scale: -1.0, ..by_default() }, "-1 cannot be the scale"),
        (
            ReadOptions { think_time: Some(f64::INFINITY), ..by_default() },
            "inf cannot be the think time",
        ),
        (
            ReadOptions { default_service: Some("agent"), ..options() },
            "`agent` is not a service that can be asked",
        ),
    ];
    for (options, message) in bad {
        let error = refusal("steady:1", "steady:1", Form::Generator, &options);
        assert_eq!(error.message, message);
    }
}

#[test]
fn the_scale_is_applied_to_rates_and_users_only() {
    let options = ReadOptions { scale: 30.0, ..options() };
    let text = r#"{ "sources": [
        { "open": { "service": "agent-rag", "rate": { "steady": 2 } } },
        { "closed": { "users": { "steady": 5 }, "think": 1, "calls": { "agent-core": 2 } } }
    ] }"#;
    let load = read("a.load.json", text, Form::Document, &options).unwrap();
    let calls = BTreeMap::from([("agent-core".to_owned(), 2.0)]);
    let users = Curve::Steady(150.0);
    assert_eq!(
        load.sources,
        [
            open("agent-rag", None, Curve::Steady(60.0)),
            Source::Closed { region: None, users, think: 1.0, calls },
        ]
    );
}

#[cfg(not(feature = "k6"))]
#[test]
fn a_build_without_the_parser_says_how_to_get_it() {
    let error = refusal("a.js", "", Form::K6, &options());
    assert_eq!(error.to_string(), "a.js: this build reads no k6 scripts");
    assert!(error.help.contains("feature `k6`"));
}

use super::*;

/// An answer with one metric.
fn answer(label: &str, timestamps: &[&str], values: &str) -> String {
    let timestamps = serde_json::to_string(timestamps).unwrap();
    format!(
        r#"{{"Messages": [], "MetricDataResults": [{{"Id": "m1", "Label": "{label}",
        "Timestamps": {timestamps}, "Values": {values}, "StatusCode": "Complete"}}]}}"#
    )
}

fn load(text: &str) -> Load {
    read("m.json", text, Form::CloudWatch, &options()).unwrap_or_else(|error| panic!("{error}"))
}

const NEWEST_FIRST: [&str; 3] =
    ["2026-01-05T08:02:00+00:00", "2026-01-05T08:01:00+00:00", "2026-01-05T08:00:00+00:00"];

#[test]
fn sums_are_sorted_and_divided_by_the_period() {
    let load = load(&answer("agent-core", &NEWEST_FIRST, "[1800, 1200, 600]"));
    let rate = Curve::Samples { step: 60, values: vec![10.0, 20.0, 30.0] };
    assert_eq!(load.sources, [open("agent-core", None, rate)]);
    assert_eq!(load.length, Some(180));
    assert_eq!(load.notes, ["metric `m1`: sums over 60 s, by the spacing"]);
    assert_eq!(load.start, Some("2026-01-05T08:00:00Z".parse().unwrap()));
}

#[test]
fn a_missing_period_is_one_without_requests() {
    let times = ["2026-01-05T08:00:00Z", "2026-01-05T08:05:00Z", "2026-01-05T08:20:00Z"];
    let load = load(&answer("agent-rag@us-west-2", &times, "[300, 600, 900]"));
    let rate = Curve::Samples { step: 300, values: vec![1.0, 2.0, 0.0, 0.0, 3.0] };
    assert_eq!(load.sources, [open("agent-rag", Some("us-west-2"), rate)]);
    assert!(
        load.notes
            .contains(&"metric `m1`: 2 periods have no value and count as no requests".to_owned())
    );
}

#[test]
fn the_service_is_the_label_or_the_id_or_the_default() {
    let text = r#"{"MetricDataResults": [
        {"Id": "agent_rag", "Label": "RequestCount", "Timestamps": ["2026-01-05T08:00:00Z"],
         "Values": [120], "StatusCode": "PartialData"},
        {"Id": "m2", "Label": "all", "Timestamps": ["2026-01-05T08:01:00Z"], "Values": [60]},
        {"Id": "m3", "Label": "agent-core", "Timestamps": [], "Values": []}
    ], "NextToken": "more"}"#;
    let load = read("m.json", text, Form::CloudWatch, &by_default()).unwrap();
    let late = Curve::Samples { step: 60, values: vec![0.0, 1.0] };
    assert_eq!(
        load.sources,
        [open("agent-rag", None, Curve::Steady(2.0)), open("agent-core", None, late)]
    );
    insta::assert_snapshot!(load.notes.join("\n"), @"
    the answer has a NextToken: it is not the whole
    metric `agent_rag` is partial: CloudWatch left data out
    metric `agent_rag`: sums over 60 s, by the spacing
    metric `m2` (label `all`) is read as agent-core
    metric `m2`: sums over 60 s, by the spacing
    metric `m3` has no values: nothing is asked
    ");
}

#[test]
fn bad_answers_name_the_metric_and_the_value() {
    let one = ["2026-01-05T08:00:00Z"];
    let table = [
        (
            "{".to_owned(),
            "m.json:1:1: this is not what get-metric-data prints: EOF while parsing an object",
        ),
        (
            "{\n}".to_owned(),
            "m.json:2:1: this is not what get-metric-data prints: missing field `MetricDataResults`",
        ),
        (answer("agent-core", &[], "[]"), "m.json: no metric has a value"),
        (
            answer("agent-core", &one, "[-1]"),
            "m.json: metric `m1`: the value -1 at 2026-01-05T08:00:00Z is not a number of requests",
        ),
        (
            answer("agent-core", &one, "[1, 2]"),
            "m.json: metric `m1`: it has 1 timestamps and 2 values",
        ),
        (
            answer("agent-core", &[one[0], one[0]], "[1, 2]"),
            "m.json: metric `m1`: it has two values at 2026-01-05T08:00:00Z",
        ),
        (
            answer("agent-core", &one, "[1]").replace("Complete", "Forbidden"),
            "m.json: metric `m1`: its status is Forbidden",
        ),
        (answer("cpu", &one, "[1]"), "m.json: metric `m1` (label `cpu`): no service is named"),
        (
            answer("agent-core@mars", &one, "[1]"),
            "m.json: metric `m1` (label `agent-core@mars`): `mars` is not a region of the spec",
        ),
        (
            answer("agent-core", &[one[0], "1970-01-01T00:00:00Z"], "[1, 2]"),
            "m.json: metric `m1` is 40916 days long",
        ),
    ];
    for (text, message) in table {
        assert_eq!(refusal("m.json", &text, Form::CloudWatch, &options()).to_string(), message);
    }
    let noon = answer("agent-core", &["noon"], "[1]");
    let error = refusal("m.json", &noon, Form::CloudWatch, &options()).to_string();
    assert!(error.starts_with("m.json:2:29: this is not what get-metric-data prints: "), "{error}");
}

use super::*;

/// A closed source with one field put in place of another.
fn closed(from: &str, to: &str) -> String {
    let text = r#"{ "sources": [{ "closed": { "region": "us-east-1",
        "users": { "lines": [[0, 1], [60, 5]] },
        "think": 1, "calls": { "agent-core": 2 } } }] }"#;
    assert!(text.contains(from), "{from}");
    text.replace(from, to)
}

#[test]
fn a_load_is_read_as_it_is_written() {
    let daily = Day { low: 1.0, high: 9.0, trough: 0, peak: 43_200, noise: 0.1 };
    let load = Load {
        name: "all forms".to_owned(),
        sources: vec![
            open("agent-core", Some("us-east-1"), Curve::Daily(Daily::new(daily).unwrap())),
            open("agent-rag", None, Curve::Samples { step: 60, values: vec![1.0, 2.5] }),
            Source::Closed {
                region: None,
                users: Curve::Lines(vec![(0, 1.0), (60, 1.0), (60, 4.0)]),
                think: 0.5,
                calls: BTreeMap::from([("agent-core".to_owned(), 2.0)]),
            },
        ],
        assertions: vec!["http_reqs: count>1000".parse().unwrap()],
        length: Some(120),
        start: None,
        notes: vec!["a note".to_owned()],
    };
    let text = serde_json::to_string_pretty(&load).unwrap();
    assert_eq!(read("a.load.json", &text, Form::Document, &options()), Ok(load));
}

#[test]
fn a_load_without_a_name_takes_the_files() {
    let load = read("a.load.json", r#"{ "sources": [] }"#, Form::Document, &options());
    assert_eq!(load.unwrap().name, "a.load.json");
}

#[test]
fn bad_documents_name_the_source_and_the_value() {
    let table = [
        ("agent-core", "agent", "source 1: `agent` is not a service that can be asked"),
        ("us-east-1", "mars", "source 1: `mars` is not a region of the spec"),
        (r#""think": 1"#, r#""think": -1"#, "source 1: `think` is -1"),
        (r#"": 2 }"#, r#"": -2 }"#, "source 1: the number of calls to agent-core is -2"),
        (r#"": 2 }"#, r#"": 0 }"#, "source 1: it calls nothing"),
        ("[60, 5]", "[60, -5]", "source 1: the value -5 is not between 0 and 1e12"),
        ("[0, 1]", "[90, 1]", "source 1: second 60 of `lines` comes after a later one"),
        ("[[0, 1], [60, 5]]", "[]", "source 1: `lines` is empty"),
        (
            r#"{ "lines": [[0, 1], [60, 5]] }"#,
            r#"{ "samples": { "step": 0, "values": [1] } }"#,
            "source 1: `step` is 0",
        ),
        (
            r#"{ "lines": [[0, 1], [60, 5]] }"#,
            r#"{ "samples": { "step": 1, "values": [] } }"#,
            "source 1: `values` is empty",
        ),
    ];
    for (from, to, message) in table {
        let error = refusal("a.load.json", &closed(from, to), Form::Document, &options());
        assert_eq!(error.to_string(), format!("a.load.json: {message}"));
    }
}

#[test]
fn a_document_of_another_form_says_where() {
    let table = [
        (
            "[1]",
            "a.load.json:1:2: this is not a load: invalid type: integer `1`, expected a string",
        ),
        (
            "{\n  \"source\": []\n}",
            "a.load.json:2:10: this is not a load: unknown field `source`, expected one of `name`, `sources`, `assertions`, `length`, `start`, `notes`",
        ),
        (r#"{ "sources": [], "length": 0 }"#, "a.load.json: the length is 0"),
        (
            r#"{ "sources": [], "assertions": ["cpu: avg<1"] }"#,
            "a.load.json:1:45: this is not a load: `cpu` is not measured; assert on http_req_duration, http_req_failed or http_reqs, without tags",
        ),
        (
            r#"{ "sources": [{ "open": { "service": "agent-core", "rate": { "daily":
                { "low": 9, "high": 1, "trough": 0, "peak": 1, "noise": 0 } } } }] }"#,
            "a.load.json:2:77: this is not a load: the low 9 is above the high 1",
        ),
    ];
    for (text, message) in table {
        assert_eq!(refusal("a.load.json", text, Form::Document, &options()).to_string(), message);
    }
}

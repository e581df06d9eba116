//! `policy eval` under what no page can hold: pipes, garbage and lines without end.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread;

/// A line that is answered with capacity 9.
const GOOD: &str = r#"{"current":5,"max":100,"proposal":9}"#;

fn eval() -> Child {
    Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["policy", "eval"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The answers to an input, and the exit code.
fn answers(input: impl Into<Vec<u8>>) -> (Vec<serde_json::Value>, i32) {
    let (mut child, input) = (eval(), input.into());
    let mut stdin = child.stdin.take().unwrap();
    let writer = thread::spawn(move || stdin.write_all(&input).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let answers = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (answers, output.status.code().unwrap())
}

/// What one bad line between two good ones is told.
fn refusal(bad: &[u8]) -> String {
    let input = [GOOD.as_bytes(), bad, GOOD.as_bytes(), b""].join(&b'\n');
    let (answers, code) = answers(input);
    assert_eq!((answers.len(), code), (3, 1), "{answers:?}");
    assert_eq!((&answers[0]["capacity"], &answers[2]["capacity"]), (&9.into(), &9.into()));
    assert_eq!(answers[1]["line"], 2);
    answers[1]["error"].as_str().unwrap().to_owned()
}

fn capacity(line: &str) -> serde_json::Value {
    let (answers, code) = answers(line);
    assert_eq!((answers.len(), code), (1, 0), "{answers:?}");
    answers[0]["capacity"].clone()
}

#[test]
fn each_line_is_answered_before_the_next_is_written() {
    let mut child = eval();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..3 {
        writeln!(stdin, "{GOOD}").unwrap();
        assert!(answers.next().unwrap().unwrap().contains("\"capacity\":9"));
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn garbage_is_refused_in_its_line() {
    let cases: [(&[u8], &str); 16] = [
        (b"{\"current\":\xff}", "byte 12 is not UTF-8 text"),
        (b"\x00\x00", "column 1: not a JSON object"),
        (b"[1,2,3]", "column 1: not a JSON object"),
        (b"  nonsense", "column 3: not a JSON object; `plimsoll policy eval --help` has the form"),
        (
            br#"{"current":5,"max":9,"metrics":[{"type":"value","value":1,"target":1e-300}]}"#,
            "target 1e-300 is too small; write 0.000001 or more",
        ),
        (
            br#"{"current":5,"max":9,"metrics":[{"type":"value","value":1,"target":"-1n"}]}"#,
            "target -1e-9 is too small",
        ),
        (
            br#"{"current":5,"max":9,"metrics":[{"type":"value","value":1,"target":0}]}"#,
            "metrics[0]: target 0 is not above 0",
        ),
        (b"null", "column 1: not a JSON object"),
        (
            br#"{"current":5,"max":9,"proposal":9,"behavior":[null,null]}"#,
            "invalid type: sequence, expected an object",
        ),
        (b"{\"current\":5", "EOF while parsing an object"),
        (br#"{"current":-5,"max":9,"proposal":9}"#, "invalid value: integer `-5`"),
        (br#"{"current":4294967296,"max":9,"proposal":9}"#, "integer `4294967296`"),
        (br#"{"current":5,"current":6,"max":9,"proposal":9}"#, "duplicate field `current`"),
        (br#"{"current":5,"max":9,"proposal":9} {}"#, "trailing characters"),
        (br#"{"current":5,"max":9,"proposal":9,"metrics":[]}"#, "both `proposal` and `metrics`"),
        (
            br#"{"current":5,"max":9,"metrics":[{"type":"value","value":1e999,"target":1}]}"#,
            "number out of range",
        ),
    ];
    for (line, expected) in cases {
        let error = refusal(line);
        assert!(error.contains(expected), "{}: {error}", String::from_utf8_lossy(line));
    }
}

#[test]
fn what_kubernetes_would_refuse_is_refused() {
    let cases = [
        (r#""scaleUp":{"policies":[{"type":"Pods","value":0,"periodSeconds":60}]}"#, "value 0"),
        (r#""scaleUp":{"policies":[{"type":"Pods","value":1,"periodSeconds":0}]}"#, "not 1 to"),
        (r#""scaleUp":{"policies":[{"type":"Nodes","value":1,"periodSeconds":9}]}"#, "`Nodes`"),
        (r#""scaleUp":{"policies":[{"type":"Pods","value":1}]}"#, "missing field `periodSeconds`"),
        (r#""scaleDown":{"stabilizationWindowSeconds":3601}"#, "is not 0 to 3600"),
        (r#""scaleDown":{"selectPolicy":"max"}"#, "unknown variant `max`"),
        (r#""scaleDown":{"tolerance":"-0.1"}"#, "tolerance -0.1 is below 0"),
        (r#""scaleDown":{"tolerance":"wide"}"#, "invalid value: string \"wide\""),
        (r#""scale_down":{}"#, "unknown field `scale_down`"),
    ];
    for (behavior, expected) in cases {
        let line = format!(r#"{{"current":5,"max":9,"proposal":9,"behavior":{{{behavior}}}}}"#);
        let error = refusal(line.as_bytes());
        assert!(error.contains(expected), "{behavior}: {error}");
    }
}

#[test]
fn a_line_that_no_person_wrote_is_refused_and_not_quoted() {
    let unknown = format!(r#"{{"{}":1}}"#, "x".repeat(1_000_000));
    let error = refusal(unknown.as_bytes());
    assert!(error.contains("unknown field") && error.len() < 400, "{error}");
    assert_eq!(refusal(&vec![b' '; 17 * 1024 * 1024]), "the line is longer than 16 MiB");
    let deep = "[".repeat(100_000);
    assert!(refusal(deep.as_bytes()).contains("column"));
}

#[test]
fn a_long_log_is_read() {
    let log = vec![r#"{"capacity":7,"ageSeconds":3}"#; 100_000].join(",");
    let line = format!(r#"{{"current":9,"max":99,"proposal":5,"recommendations":[{log}]}}"#);
    assert_eq!(capacity(&line), 7);
}

#[test]
fn ages_may_have_decimals_and_lists_may_be_null() {
    let aged = |age: &str| {
        capacity(
            &format!(
                r#"{{"current":9,"max":99,"proposal":5,"behavior":{{}},"events":null,
                "recommendations":[{{"capacity":7,"ageSeconds":{age}}}]}}"#
            )
            .replace('\n', " "),
        )
    };
    assert_eq!([aged("299.9995"), aged("300"), aged("3e2")], [7, 5, 5]);
    let negative = r#"{"current":9,"max":99,"proposal":5,"events":[{"change":1,"ageSeconds":-1}]}"#;
    assert!(refusal(negative.as_bytes()).contains("ageSeconds -1 is below 0"));
}

#[test]
fn every_form_of_bad_data_holds() {
    for value in ["null", r#""NaN""#, r#""Infinity""#, r#""-Infinity""#, "1e300"] {
        let line = format!(
            r#"{{"current":5,"max":9,"metrics":[{{"type":"value","value":{value},"target":1}}]}}"#
        );
        let (answers, code) = answers(line.clone());
        assert!(code == 0 && answers[0]["hold"].is_string(), "{line}: {answers:?}");
    }
}

#[test]
fn the_last_line_needs_no_end_and_blank_lines_count() {
    let (answers, code) = answers(format!("\r\n \t\n{GOOD}\r\n\nnonsense"));
    assert_eq!((answers.len(), code), (2, 1));
    assert_eq!(answers[1]["line"], 5);
    assert_eq!(self::answers(""), (vec![], 0));
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_run() {
    let mut child = eval();
    drop(child.stdout.take());
    writeln!(child.stdin.take().unwrap(), "{GOOD}").unwrap();
    assert!(child.wait().unwrap().success());
}

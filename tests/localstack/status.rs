//! What `status` and `plan` show: text and JSON of one value.

use serde_json::Value;

use crate::harness::{Operator, Spec};
use crate::standing::alfred;

#[test]
fn status_shows_eight_services_in_three_regions_with_healthy_targets() {
    let (account, spec) = (&alfred().account, Spec::alfred(&alfred().account));
    let operator = Operator::new(account, &spec);
    let shown = operator.json("status");
    let rows = shown["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 24);
    for row in rows {
        let group = &row["group"];
        let (desired, healthy) = (&group["desired"], &group["healthy_targets"]);
        assert_eq!(group["in_service"], *desired, "{row}");
        let expected = if row["kind"] == "stateful" { &Value::Null } else { desired };
        assert_eq!(healthy, expected, "{row}");
        assert_eq!(group["policies_in_place"], group["policies_wanted"], "{row}");
        assert_eq!(group["drift"], serde_json::json!([]), "{row}");
    }
    let text = operator.done("status").stdout;
    for row in rows {
        assert!(text.lines().any(|line| agrees(line, row)), "{row} is not in\n{text}");
    }
}

/// Whether a line of the table shows the numbers of a row.
fn agrees(line: &str, row: &Value) -> bool {
    let group = &row["group"];
    let healthy =
        group["healthy_targets"].as_u64().map_or_else(|| "-".to_owned(), |n| n.to_string());
    let policies = if group["policies_wanted"] == 0 {
        "-".to_owned()
    } else {
        format!("{}/{}", group["policies_in_place"], group["policies_wanted"])
    };
    let bounds = &group["bounds"];
    let mut expected = vec![row["region"].as_str().unwrap().to_owned()];
    expected.extend(
        [&bounds["min"], &group["desired"], &bounds["max"], &group["in_service"]]
            .map(Value::to_string),
    );
    expected.extend([healthy, policies]);
    let words: Vec<&str> = line.split_whitespace().collect();
    words.ends_with(&expected.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn the_json_of_a_plan_holds_what_its_text_shows() {
    let account = &alfred().account;
    let spec = Spec::alfred(account).edit("{ min: 2, max: 8 }", "{ min: 3, max: 8 }");
    let operator = Operator::new(account, &spec);
    let shown = operator.json("plan");
    assert_eq!(shown["summary"]["change"], 3);
    let text = operator.done("plan").stdout;
    for region in shown["plan"]["regions"].as_object().unwrap().values() {
        let steps = region["planned"]["steps"].as_array().unwrap();
        assert_eq!(steps.len(), 1);
        let step = &steps[0];
        assert_eq!(step["service"], "agent-rag");
        for consequence in step["consequences"].as_array().unwrap() {
            assert!(text.contains(consequence.as_str().unwrap()), "{consequence}\n{text}");
        }
    }
    assert_eq!(text.matches("bounds.min: 2 -> 3").count(), 3);
}

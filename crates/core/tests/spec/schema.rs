//! The JSON Schema that editors use says what the reader says.

use plimsoll_core::spec::{STARTER, json_schema};
use serde_json::Value;

use crate::support::{check, example};

#[test]
fn the_committed_schema_is_current() {
    let current = format!("{:#}\n", json_schema());
    assert!(
        example("plimsoll.schema.json") == current,
        "the schema has changed; run `plimsoll schema > examples/plimsoll.schema.json`"
    );
}

#[test]
fn the_starter_has_no_problems_at_all() {
    assert_eq!(check(STARTER), []);
}

/// Every schema of a mapping with known keys, with the name under which it is defined.
fn structures(schema: &Value) -> Vec<(&str, &Value)> {
    let definitions = schema["$defs"].as_object().unwrap().iter();
    let all = definitions.map(|(name, schema)| (name.as_str(), schema)).chain([("root", schema)]);
    all.filter(|(_, schema)| schema.get("properties").is_some()).collect()
}

#[test]
fn a_mapping_with_known_keys_refuses_others() {
    let schema = json_schema();
    let structures = structures(&schema);
    assert!(structures.len() > 20);
    for (name, schema) in structures {
        assert_eq!(schema["additionalProperties"], Value::Bool(false), "{name}");
    }
}

#[test]
fn every_key_says_what_it_means() {
    let schema = json_schema();
    for (name, schema) in structures(&schema) {
        for (key, property) in schema["properties"].as_object().unwrap() {
            assert!(property["description"].is_string(), "{name}.{key}");
        }
    }
}

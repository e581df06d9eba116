//! Places and layers.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value as Json;

use super::*;
use crate::spec::problem::code;

fn parse(text: &str) -> Node {
    Node::parse(text).unwrap().0
}

#[test]
fn every_value_knows_its_place() {
    let tree = parse("a: 1\nb:\n  c: [x, 'y z']\n  d: 012\n");
    let place = |path: &[&str]| tree.at(path).unwrap().place;
    assert_eq!(place(&["a"]).to_string(), "1:4");
    assert_eq!(place(&["b", "c"]).to_string(), "3:3", "a list is pointed at by its key");
    let Value::List(items) = &tree.at(&["b", "c"]).unwrap().value else { panic!() };
    assert_eq!((items[1].place.column, items[1].place.length), (10, 5));
}

#[test]
fn what_an_alias_repeats_lies_where_it_was_written() {
    let tree = parse("a: &a {x: 1}\nb: *a\nc: &c 5\nd: *c\n");
    let place = |path: &[&str]| tree.at(path).unwrap().place.to_string();
    assert_eq!(place(&["b"]), "2:1");
    assert_eq!(place(&["b", "x"]), "1:11");
    assert_eq!(place(&["d"]), "4:4");
}

#[test]
fn an_overlay_merges_removes_and_keeps_places() {
    let base = parse("a: {x: 1, y: 2}\nb: 1\n");
    let merged = base.overlaid(&parse("a: {y: 3}\nb: null\n"), Keep::Base);
    assert!(matches!(merged.at(&["a", "x"]).unwrap().value, Value::Int(1)));
    assert!(matches!(merged.at(&["a", "y"]).unwrap().value, Value::Int(3)));
    assert_eq!(merged.at(&["a", "x"]).unwrap().place.to_string(), "1:8");
    assert!(merged.get("b").is_none());
}

#[test]
fn another_alternative_replaces_the_first() {
    let base = parse("instances: {image: {id: ami-1}}\npolicies: {cpu: {step: {x: 1}}}");
    let top = parse("instances: {image: {ssm: /p}}\npolicies: {cpu: {predictive: {}}}");
    let merged = base.clone().overlaid(&top, Keep::Base);
    assert!(merged.at(&["instances", "image", "id"]).is_none());
    assert!(merged.at(&["policies", "cpu", "step"]).is_none());
    let part = parse("policies: {cpu: {step: {y: 2}}}");
    assert!(base.overlaid(&part, Keep::Base).at(&["policies", "cpu", "step", "x"]).is_some());
}

#[test]
fn a_service_may_have_the_name_of_a_setting() {
    let base = parse("services: {image: {bounds: {min: 1}}}");
    let merged = base.overlaid(&parse("services: {image: {bounds: {max: 2}}}"), Keep::Base);
    assert!(merged.at(&["services", "image", "bounds", "min"]).is_some());
}

#[test]
fn what_is_no_yaml_says_where() {
    let problem = Node::parse("a: [1\nb: }\n").unwrap_err();
    assert_eq!(problem.code, code::NOT_YAML);
    assert!(problem.place.is_some());
}

/// Pairs of parent and key at which a spec holds one alternative of several, `*` for a name.
fn alternatives(schema: &Json, root: &Json, at: (&str, &str), depth: usize, found: &mut Found) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return alternatives(&root["$defs"][name], root, at, depth, found);
    }
    for other in schema["anyOf"].as_array().into_iter().flatten() {
        alternatives(other, root, at, depth, found);
    }
    let several = schema["oneOf"].as_array().into_iter().flatten();
    if several.clone().any(|one| one.get("properties").is_some()) {
        found.insert((at.0.to_owned(), at.1.to_owned()));
    }
    if depth == 0 {
        return;
    }
    for one in several.chain([schema]) {
        for (key, inner) in one["properties"].as_object().into_iter().flatten() {
            alternatives(inner, root, (at.1, key), depth - 1, found);
        }
        alternatives(&one["additionalProperties"], root, (at.1, "*"), depth - 1, found);
    }
}

type Found = std::collections::BTreeSet<(String, String)>;

#[test]
fn every_setting_with_alternatives_is_replaced_whole() {
    let schema = crate::spec::json_schema();
    let mut found = Found::new();
    // As deep as the metric of a policy in a region of a service of an environment.
    alternatives(&schema, &schema, ("", ""), 12, &mut found);
    let named = NAMED_CHOICES.iter().map(|parent| (*parent, "*"));
    let choices = CHOICES.iter().copied().chain(named);
    let expected: Found =
        choices.map(|(parent, key)| (parent.to_owned(), key.to_owned())).collect();
    assert_eq!(found, expected);
}

/// A layer in which every key has one kind, as in a spec.
fn layer() -> impl Strategy<Value = Node> {
    let scalars = prop::collection::btree_map("[xyz]", (0..9i64).prop_map(Value::Int), 0..3);
    scalars.prop_map(mapping).prop_recursive(3, 24, 3, |inner| {
        let inner = inner.prop_map(|node| node.value);
        let maps = prop::collection::btree_map("[abc]", inner, 0..3);
        let scalars = prop::collection::btree_map("[xyz]", (0..9i64).prop_map(Value::Int), 0..3);
        (maps, scalars).prop_map(|(mut entries, scalars)| {
            entries.extend(scalars);
            mapping(entries)
        })
    })
}

fn mapping(entries: BTreeMap<String, Value>) -> Node {
    let node = |value| Node { place: Place::default(), value };
    let entry = |(key, value)| Entry { key, key_place: Place::default(), node: node(value) };
    node(Value::Map(entries.into_iter().map(entry).collect()))
}

/// What a tree says, without places and order.
fn content(node: &Node) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    for entry in node.entries() {
        for (path, value) in content(&entry.node) {
            said.insert(format!("{}.{path}", entry.key), value);
        }
        let own = if let Value::Map(_) = entry.node.value {
            String::new()
        } else {
            format!("{:?}", entry.node.value)
        };
        said.insert(entry.key.clone(), own);
    }
    said
}

proptest! {
    #[test]
    fn it_does_not_matter_which_layers_are_merged_first(
        one in layer(), two in layer(), three in layer(),
    ) {
        let left = one.clone().overlaid(&two, Keep::Base).overlaid(&three, Keep::Base);
        let right = one.overlaid(&two.overlaid(&three, Keep::Base), Keep::Base);
        prop_assert_eq!(content(&left), content(&right));
    }
}

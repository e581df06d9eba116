//! Hostile texts end with a problem, in bounded work, and never with a panic.

use std::fmt::Write as _;

use plimsoll_core::spec::{Code, Files, LIMITS, Problem, code};
use proptest::prelude::*;

use crate::support::{check, document, example};

/// Levels of anchors, each repeating the one before nine times.
fn bomb(level: impl Fn(usize, &str) -> String) -> String {
    let mut text = String::from("a0: &a0 { k: [x, x, x, x, x, x, x, x, x] }\n");
    for number in 1..12 {
        writeln!(text, "a{number}: &a{number} {}", level(number, &format!("*a{}", number - 1)))
            .unwrap();
    }
    text
}

fn many(count: usize, entry: impl Fn(usize) -> String) -> String {
    (0..count).map(entry).collect()
}

/// A small platform with something added at the end.
fn with(more: &str) -> String {
    format!("{HEAD}{more}")
}

const HEAD: &str = "\
platform: alfred
account: \"123456789012\"
regions: { eu-central-1: {} }
environments: { production: {} }
";

/// What the services of the platform need to be whole.
const WHOLE: &str = concat!(
    "    network: { subnets: { tags: { a: b } }, security_groups: { tags: { a: b } } }\n",
    "    instances: { machine: { type: c6i.large }, image: { ssm_parameter: /image } }\n",
);

fn too_large() -> Vec<(&'static str, String)> {
    vec![
        ("an alias bomb", bomb(|_, below| format!("[{}]", [below; 9].join(", ")))),
        (
            "a bomb of merge keys",
            bomb(|level, below| {
                let merges = many(9, |n| format!("k{n}: {{ <<: {below}, m{level}: 1 }}, "));
                format!("{{ {merges} }}")
            }),
        ),
        ("deep brackets", "[".repeat(10_000)),
        ("deep braces", "{a: ".repeat(10_000)),
        ("deep blocks", many(500, |depth| format!("{}a:\n", " ".repeat(depth)))),
        ("a deep list", "- ".repeat(500) + "x"),
        ("more than a megabyte", "#".repeat(LIMITS.file_bytes + 1)),
        ("many values", format!("a: [{}]", "x,".repeat(LIMITS.nodes))),
        ("a wide mapping", many(LIMITS.keys + 1, |n| format!("k{n}: x\n"))),
        (
            "many services in many regions",
            format!(
                "platform: a\naccount: \"123456789012\"\nenvironments: {{ production: {{}} }}\n\
                 regions:\n{}services:\n{}",
                many(1_000, |n| format!("  r{n}: {{}}\n")),
                many(1_000, |n| format!("  s{n}: {{ bounds: {{ min: 1, max: 1 }} }}\n")),
            ),
        ),
    ]
}

fn not_yaml() -> Vec<(&'static str, String)> {
    let text = |text: &str| text.to_owned();
    vec![
        ("an empty file", text("")),
        ("white space", text(" \n\t\n")),
        ("a comment", text("# nothing\n")),
        ("null", text("null\n")),
        ("a list", text("- platform: alfred\n")),
        ("a word", text("alfred")),
        ("two documents", text("platform: a\n---\nplatform: b\n")),
        ("a list as a key", text("[a]: b\n")),
        ("a mapping as a key", text("{a: b}: c\n")),
        ("nothing as a key", text("~: b\n")),
        ("an alias without an anchor", text("a: *b\n")),
        ("an alias of itself", text("a: &a [*a]\n")),
        ("a foreign tag", text("a: !ruby/object:Gem {}\n")),
        ("a NUL", text("a: x\0y\n")),
        ("a tab for indentation", text("a:\n\tb: 1\n")),
        ("an open quote", text("a: \"x\n")),
        ("a directive", text("%YAML 9.9\n---\n")),
        ("binary that is no text", text("a: !!binary gP8=\n")),
    ]
}

/// Texts that can be read and still make much work.
fn laborious() -> Vec<(&'static str, String)> {
    let service = |settings: &str| with(&format!("services:\n  web:\n{WHOLE}{settings}"));
    vec![
        ("unknown keys", service(&many(900, |n| format!("    key{n}: x\n")))),
        ("wrong values", {
            let policies = many(900, |n| format!("        p{n}: {{ step: {n} }}\n"));
            service(&format!("    scaling:\n      policies:\n{policies}"))
        }),
        ("a wrong default in many services", {
            let services = many(900, |n| format!("  s{n}: {{}}\n"));
            with(&format!("defaults: {{ warmup: much, kind: x }}\nservices:\n{services}"))
        }),
        ("a long word", {
            let zone = "x".repeat(LIMITS.file_bytes / 2);
            service(&format!(
                "    scaling: {{ schedule: {{ a: {{ cron: 0 8 * * *, time_zone: {zone} }} }} }}\n"
            ))
        }),
        ("numbers beyond all bounds", {
            service(
                "    bounds: { min: 4294967295, max: 4294967295 }\n    \
                 capacity: { requests_per_second: 9000000000000, connections: 1 }\n    \
                 uses: { web: { per_request: 9000000000000, connections_per_instance: 4294967295 } }\n",
            )
        }),
        (
            "numbers that are none",
            service("    bounds: { min: .nan, max: 99999999999999999999 }\n"),
        ),
        ("floats that are none", service("    capacity: { requests_per_second: .inf }\n")),
    ]
}

fn ends_with(texts: Vec<(&'static str, String)>, expected: Code) {
    for (name, text) in texts {
        let document = document(&text);
        let problems = document.check(&Files::new());
        let codes: Vec<Code> = problems.iter().map(|problem| problem.code).collect();
        assert!(codes.contains(&expected), "{name}: {problems:#?}");
        assert_eq!(document.compile("production", &Files::new()).spec, None, "{name}");
    }
}

#[test]
fn what_is_too_large_deep_or_entangled_is_refused() {
    ends_with(too_large(), code::TOO_LARGE);
}

#[test]
fn what_is_no_yaml_is_refused() {
    ends_with(not_yaml(), code::NOT_YAML);
}

#[test]
fn a_list_of_problems_has_an_end_and_so_has_a_message() {
    for (name, text) in laborious() {
        let problems = check(&text);
        assert!((1..=LIMITS.problems).contains(&problems.len()), "{name}: {}", problems.len());
        for problem in problems {
            assert!(problem.message.chars().count() <= 501, "{name}");
            assert!(problem.code > code::TOO_LARGE, "{name} is read, {}", problem.message);
        }
    }
}

#[test]
fn keys_that_are_numbers_or_words_of_yaml_are_text() {
    let problems = check(&with("1: x\ntrue: y\n1.5: z\nservices: {}\n"));
    let keys: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        keys,
        ["`1` is not known here", "`true` is not known here", "`1.5` is not known here"]
    );
}

#[test]
fn the_marks_of_other_editors_change_no_place() {
    let plain = with("services: {}\ncolour: red\n");
    let places = |text: &str| {
        check(text).iter().map(|problem| problem.place.unwrap().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(places(&plain), ["6:1"]);
    assert_eq!(places(&plain.replace('\n', "\r\n")), ["6:1"]);
    assert_eq!(places(&format!("\u{feff}{plain}")), ["6:1"]);
}

/// Every place lies inside the text, at the beginning of a character.
fn places_lie_inside(text: &str, problems: &[Problem]) -> Result<(), TestCaseError> {
    let lines = text.split(['\n', '\r']).count();
    for problem in problems {
        let Some(place) = problem.place else { continue };
        let (start, length) = (place.offset as usize, place.length as usize);
        prop_assert!(text.get(start..start + length).is_some(), "{problem:?} in {text:?}");
        prop_assert!((1..=lines + 1).contains(&(place.line as usize)), "{problem:?} in {text:?}");
    }
    Ok(())
}

/// A change to a text, as an accident or an attacker would make it.
#[derive(Clone, Debug)]
enum Change {
    Delete(prop::sample::Index),
    Repeat(prop::sample::Index),
    Swap(prop::sample::Index, prop::sample::Index),
    Byte(prop::sample::Index, u8),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        index().prop_map(Change::Delete),
        index().prop_map(Change::Repeat),
        (index(), index()).prop_map(|(one, two)| Change::Swap(one, two)),
        (index(), 0..128u8).prop_map(|(at, byte)| Change::Byte(at, byte)),
    ]
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for change in changes {
        match change {
            Change::Delete(at) => drop(lines.remove(at.index(lines.len()))),
            Change::Repeat(at) => {
                let at = at.index(lines.len());
                lines.insert(at, lines[at].clone());
            }
            Change::Swap(one, two) => {
                let (one, two) = (one.index(lines.len()), two.index(lines.len()));
                lines.swap(one, two);
            }
            Change::Byte(at, byte) => {
                let mut bytes = lines.join("\n").into_bytes();
                let at = at.index(bytes.len());
                bytes[at] = *byte;
                let text = String::from_utf8_lossy(&bytes).into_owned();
                lines = text.lines().map(str::to_owned).collect();
            }
        }
    }
    lines.join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,200}") {
        places_lie_inside(&text, &check(&text))?;
    }

    #[test]
    fn anything_like_yaml_is_answered(text in "[a-c:,{}&*!|>'\"#%\\-\\[\\] \n\t0.<é\0]{0,80}") {
        places_lie_inside(&text, &check(&text))?;
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_damaged_spec_is_answered(changes in prop::collection::vec(change(), 1..6)) {
        let text = changed(&example("alfred.yaml"), &changes);
        places_lie_inside(&text, &check(&text))?;
    }
}

//! What a deployment lays over every environment, and what is said when it is wrong: in its own
//! text, under its own name.

use std::fmt::Write as _;

use insta::assert_snapshot;
use plimsoll_core::bounds::Bounds;
use plimsoll_core::spec::{Database, Document, Files, Problem, Source, Spec, Text};
use proptest::prelude::*;

use crate::support::{alfred, document};

const SPEC: &str = "\
platform: alfred
account: \"123456789012\"
regions: { us-east-1: { database: primary }, us-west-2: { database: replica } }
environments:
  production: { services: { web: { bounds: { max: 8 } } } }
  development: { services: { old: null } }
defaults:
  network: { subnets: { tags: { tier: private } }, security_groups: { tags: { role: instance } } }
  instances: { machine: { type: c6i.large }, image: { ssm_parameter: /image } }
services: { web: { bounds: { min: 1, max: 4 } }, old: { bounds: { min: 1, max: 2 } } }
";

fn overlaid(text: &str) -> Document {
    document(SPEC).overlaid(Source { name: "west.yaml".to_owned(), text: text.to_owned() })
}

fn production(document: &Document) -> Spec {
    let compiled = document.compile("production", &Files::new());
    compiled.spec.unwrap_or_else(|| panic!("{}", shown(document, &compiled.problems)))
}

fn shown(document: &Document, problems: &[Problem]) -> String {
    let mut shown = String::new();
    for Problem { place, code, message, help, .. } in problems {
        let place = place.expect("a problem has a place");
        let source = document.source_of(place);
        let start = place.offset as usize;
        let marked = source.text.get(start..start + place.length as usize).unwrap();
        writeln!(shown, "{}:{place} {code}: {message} [{marked}]", source.name).unwrap();
        writeln!(shown, "  help: {}", help.as_deref().expect("a problem has a way out")).unwrap();
    }
    shown
}

/// What is wrong in production.
fn wrong(text: &str) -> String {
    let document = overlaid(text);
    shown(&document, &document.compile("production", &Files::new()).problems)
}

#[test]
fn it_is_the_last_layer_over_the_environment() {
    let spec = production(&overlaid(
        "regions: { us-west-2: { traffic_weight: 50 } }\n\
         services: { web: { regions: { us-west-2: { bounds: { min: 2, max: 10 } } } } }\n",
    ));
    let web = |region: &str| spec.regions[region].services["web"].bounds;
    assert_eq!(web("us-west-2"), Bounds { min: 2, max: 10 });
    assert_eq!(web("us-east-1"), Bounds { min: 1, max: 8 });
    assert_eq!(spec.regions["us-west-2"].traffic_weight, 50);
    assert_eq!(spec.overlay.as_deref(), Some("west.yaml"));
}

#[test]
fn a_value_knows_which_text_it_comes_from() {
    let spec = production(&overlaid("services: { web: { bounds: { min: 2 } } }"));
    let places = spec.regions["us-east-1"].services["web"].places;
    assert_eq!(places.min.unwrap().text, Text::Overlay);
    assert_eq!(places.max.unwrap().text, Text::Spec);
}

#[test]
fn an_empty_one_changes_nothing() {
    let plain = document(SPEC);
    for text in ["", "\n", "# nothing\n", "{}", "~", "regions: {}\nservices: {}\n"] {
        let overlaid = overlaid(text);
        assert_eq!(overlaid.check(&Files::new()), plain.check(&Files::new()), "{text:?}");
        let spec = Spec { overlay: None, ..production(&overlaid) };
        assert_eq!(spec, production(&plain), "{text:?}");
    }
}

#[test]
fn another_primary_is_judged_by_the_whole() {
    let moved = "regions: { us-east-1: { database: replica }, us-west-2: { database: primary } }";
    let spec = production(&overlaid(moved));
    assert_eq!(spec.regions["us-west-2"].database, Some(Database::Primary));
    assert_snapshot!(wrong("regions: { us-west-2: { database: primary } }"), @r"
    west.yaml:1:35 PL0305: `us-east-1`, `us-west-2` all have the database primary [primary]
      help: write `database: primary` in one region and `replica` in the others
    ");
    assert_snapshot!(wrong("\nregions: { us-east-1: { database: replica } }"), @r"
    west.yaml:2:35 PL0305: no region has the database primary [replica]
      help: write `database: primary` in one region and `replica` in the others
    ");
}

#[test]
fn what_the_spec_does_not_have_is_a_typing_error() {
    assert_snapshot!(wrong("regions: { us-west-1: { database: null } }\nservices:\n  wep: {}\n"), @r"
    west.yaml:1:12 PL0105: `us-west-1` is not declared under `regions` [us-west-1]
      help: did you mean `us-west-2`?
    west.yaml:3:3 PL0105: `wep` is not declared under `services` [wep]
      help: did you mean `web`?
    ");
    assert_snapshot!(wrong("services: { web: { regions: { us-west-1: { bounds: { max: 2 } } } } }"), @r"
    west.yaml:1:31 PL0105: `us-west-1` is no region of the platform [us-west-1]
      help: did you mean `us-west-2`?
    ");
    assert_snapshot!(wrong("platform: other\ndefaults: { warmpup: 1s }\n"), @r"
    west.yaml:1:1 PL0101: `platform` is not known here [platform]
      help: known here: `account`, `controller`, `regions`, `defaults`, `services`
    west.yaml:2:13 PL0101: `warmpup` is not known here [warmpup]
      help: did you mean `warmup`?
    ");
}

#[test]
fn what_the_environment_took_away_is_not_there() {
    let document = overlaid("services: { old: { bounds: { max: 1 } } }");
    assert!(document.compile("production", &Files::new()).spec.is_some());
    let problems = document.compile("development", &Files::new()).problems;
    assert_snapshot!(shown(&document, &problems), @r"
    west.yaml:1:13 PL0105: `old` is not declared under `services` [old]
      help: declared: `web`
    ");
}

#[test]
fn a_mistake_lies_where_it_was_written() {
    // The value of the overlay against one of the spec, and the other way round.
    assert_snapshot!(wrong("services: { web: { bounds: { min: 9 } } }"), @r"
    west.yaml:1:35 PL0301: min 9 is above max 8 [9]
      help: write `min: 8, max: 9` if they were swapped
    ");
    assert_snapshot!(wrong("services: { web: { bounds: { max: 0 } } }"), @r"
    west.yaml:1:35 PL0301: min 1 is above max 0 [0]
      help: write `min: 0, max: 1` if they were swapped
    ");
    assert_snapshot!(wrong("services: { web: { warmup: 2h, bounds: { max: lots } } }"), @r"
    west.yaml:1:28 PL0402: the warmup cannot be 2h [2h]
      help: AWS accepts 0s to 1h
    west.yaml:1:47 PL0102: `max` takes a whole number, 0 or more, not `lots` [lots]
      help: write 0 or more in digits, such as `2`
    ");
    assert_snapshot!(wrong("account: \"12\"\naccount: \"34\"\n"), @r#"
    west.yaml:1:10 PL0204: `12` is no AWS account ["12"]
      help: twelve digits, in quotes so that leading zeros stay
    west.yaml:2:1 PL0108: `account` is given twice [account]
      help: it stands on line 1 already; keep one
    "#);
}

#[test]
fn what_is_no_mapping_is_refused() {
    assert_snapshot!(wrong("- regions\n"), @r"
    west.yaml:1:1 PL0001: the overlay does not hold what differs [- regions]
      help: it has the form of an environment, such as `services: { web: { bounds: { max: 4 } } }`
    ");
    assert_snapshot!(wrong("regions: [\n"), @r"
    west.yaml:1:10 PL0001: this is no YAML: unclosed bracket '[' []
      help: look at indentation, brackets and quotes, here and on the line above
    ");
    assert_snapshot!(wrong("us-west-2\n"), @r"
    west.yaml:1:1 PL0001: the overlay does not hold what differs [us-west-2]
      help: it has the form of an environment, such as `services: { web: { bounds: { max: 4 } } }`
    ");
    assert_snapshot!(wrong("regions: {}\n---\nregions: {}\n"), @r"
    west.yaml:2:1 PL0001: a second document begins here [---]
      help: a file holds one platform; remove `---` or move the rest to another file
    ");
}

#[test]
fn what_is_too_large_is_refused_where_it_begins() {
    let document = overlaid(&" ".repeat(2 * 1024 * 1024));
    let compiled = document.compile("production", &Files::new());
    assert!(compiled.spec.is_none());
    let place = compiled.problems[0].place.unwrap();
    assert_eq!((place.to_string().as_str(), place.text), ("1:1", Text::Overlay));
}

#[test]
fn mistakes_of_the_spec_come_first_and_keep_their_places() {
    let spec = SPEC.replace("max: 8", "max: 0");
    let document = document(&spec)
        .overlaid(Source { name: "west.yaml".to_owned(), text: "nonsense: 1".to_owned() });
    assert_snapshot!(shown(&document, &document.check(&Files::new())), @r"
    spec.yaml:10:35 PL0301: min 1 is above max 0 [1]
      help: write `min: 0, max: 1` if they were swapped
    west.yaml:1:1 PL0101: `nonsense` is not known here [nonsense]
      help: known here: `account`, `controller`, `regions`, `defaults`, `services`
    ");
}

#[test]
fn one_overlay_replaces_another() {
    let bad = overlaid("nonsense: [");
    assert!(bad.compile("production", &Files::new()).spec.is_none());
    let text = "services: { web: { bounds: { max: 9 } } }".to_owned();
    let good = bad.overlaid(Source { name: "other.yaml".to_owned(), text });
    assert_eq!(production(&good).overlay.as_deref(), Some("other.yaml"));
}

#[test]
fn the_reference_platform_takes_what_a_deployment_says() {
    let (document, files) = alfred();
    let text = "regions: { us-east-1: { database: replica } }\n\
                services: { agent-core: { regions: { us-east-1: { bounds: { min: 2, max: 10 } } } } }\n";
    let document =
        document.overlaid(Source { name: "PLIMSOLL_OVERLAY".to_owned(), text: text.to_owned() });
    let compiled = document.compile("production", &files);
    let spec = compiled.spec.unwrap_or_else(|| panic!("{:#?}", compiled.problems));
    let bounds = spec.regions["us-east-1"].services["agent-core"].bounds;
    assert_eq!(bounds, Bounds { min: 2, max: 10 });
}

proptest! {
    #[test]
    fn no_text_breaks_it_and_every_place_lies_in_its_text(text in r"[a-z0-9:{}\[\], \n~#&*-]{0,80}") {
        let document = overlaid(&text);
        for problem in document.check(&Files::new()) {
            let place = problem.place.unwrap();
            let source = document.source_of(place);
            prop_assert!(place.offset as usize <= source.text.len());
            prop_assert!(place.line as usize <= source.text.lines().count().max(1) + 1);
        }
    }
}

//! What a record tells a person.

use std::path::Path;

use plimsoll_core::controller::Conduct;
use plimsoll_twin::fault::{Fault, Kind, TO_THE_END};
use serde_json::json;

use crate::setting::{House, alfred, load};

/// A platform in which something is the matter with us-east-1 since a quarter past.
fn troubled(kind: Kind) -> House {
    let spec = alfred(&json!({ "controller": { "failover": { "mode": "act" } } }));
    let house = House::new(spec, &load(120.0), vec![Fault { from: 900, to: TO_THE_END, kind }]);
    house.pass(600);
    house
}

#[test]
fn a_dark_neighbour_is_told_from_the_first_minute_to_the_last_step() {
    let house = troubled(Kind::DataPlaneDark { region: "us-east-1".to_owned() });
    house.minutes(5);
    insta::assert_snapshot!("dark_at_first", house.last("eu-central-1").to_string());
    house.minutes(3);
    insta::assert_snapshot!("dark_preparing", house.last("eu-central-1").to_string());
    house.minutes(6);
    insta::assert_snapshot!("dark_closed", house.last("eu-central-1").to_string());
}

#[test]
fn an_api_that_does_not_answer_is_told_as_a_reason_to_hold() {
    let house = troubled(Kind::ControlPlaneDark { region: "us-east-1".to_owned() });
    house.minutes(6);
    insta::assert_snapshot!("api_alone", house.last("eu-central-1").to_string());
}

#[test]
fn a_controller_that_was_stopped_says_what_it_would_do() {
    let house = troubled(Kind::DataPlaneDark { region: "us-east-1".to_owned() });
    house.minutes(4);
    house.pass(60);
    let stopped = Conduct::Stopped("by=ada why=network test".to_owned());
    let record = house.tick_under("eu-central-1", &stopped);
    insta::assert_snapshot!("stopped", record.to_string());
}

/// What the controller's page shows of records is what they say.
#[test]
fn the_page_shows_records_as_they_are() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../lambda/README.md");
    let page = std::fs::read_to_string(page).unwrap();
    let shown = page.split("```").filter(|block| block.starts_with("text\neu-central-1/"));
    let house = troubled(Kind::DataPlaneDark { region: "us-east-1".to_owned() });
    let mut told = String::new();
    for _ in 0..14 {
        house.minutes(1);
        told.push_str(&house.last("eu-central-1").to_string());
    }
    let mut lines = 0;
    for line in shown.flat_map(|block| block.lines().skip(1)) {
        // What is left out stands between the parts that are shown.
        let whole = told.lines().any(|is| {
            let mut rest = is;
            line.split("...").all(|part| match rest.find(part) {
                Some(at) => {
                    rest = &rest[at + part.len()..];
                    true
                }
                None => false,
            })
        });
        assert!(whole, "no record says: {line}");
        lines += 1;
    }
    assert!(lines > 10);
}

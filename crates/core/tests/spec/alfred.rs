//! The reference platform, whole.

use plimsoll_core::spec::{Kind, Spec, code};

use crate::support::alfred as read;

fn spec(environment: &str) -> Spec {
    let (document, files) = read();
    document.compile(environment, &files).spec.unwrap()
}

/// The capacity table of the reference platform: service, minimum, maximum, requests per second.
const TABLE: [(&str, u32, u32, i64); 8] = [
    ("agent-core", 2, 10, 500),
    ("agent-rag", 2, 8, 250),
    ("agent-financial", 1, 6, 100),
    ("agent-legal", 1, 6, 100),
    ("agent-social", 1, 6, 100),
    ("db-postgres", 1, 1, 2_000),
    ("redis", 1, 1, 10_000),
    ("vector-db", 1, 1, 1_000),
];

#[test]
fn production_has_the_table_of_the_reference_in_three_regions() {
    let spec = spec("production");
    let regions: Vec<_> = spec.regions.keys().map(String::as_str).collect();
    assert_eq!(regions, ["eu-central-1", "us-east-1", "us-west-2"]);
    for region in spec.regions.values() {
        assert_eq!(region.services.len(), TABLE.len());
        for (name, min, max, rated) in TABLE {
            let service = &region.services[name];
            assert_eq!((service.bounds.min, service.bounds.max), (min, max), "{name}");
            let requests = service.capacity.requests_per_second.unwrap();
            assert_eq!(requests.micros(), rated * 1_000_000, "{name}");
            let stateful = ["db-postgres", "redis", "vector-db"].contains(&name);
            assert_eq!(service.kind == Kind::Stateful, stateful, "{name}");
        }
    }
}

#[test]
fn development_is_smaller_and_otherwise_the_same() {
    let (production, development) = (spec("production"), spec("development"));
    for (region, name, service) in development.services() {
        let twin = &production.regions[region].services[name];
        assert!(service.bounds.max <= 2, "{name}");
        assert_eq!(service.kind, twin.kind);
        assert_eq!(service.policies, twin.policies, "{name}");
    }
}

#[test]
fn the_operator_is_told_where_the_reference_contradicts_itself() {
    let (document, files) = read();
    let problems = document.check(&files);
    let said = |code, word: &str| {
        problems.iter().any(|problem| problem.code == code && problem.message.contains(word))
    };
    assert!(said(code::TARGET_OFF_RATING, "16.7 a second, 3 % of the 500"), "{problems:#?}");
    assert!(said(code::OUTRUNS_REQUESTS, "`agent-core` send `db-postgres` 2500"), "{problems:#?}");
}

//! Alfred under managed scaling, as the example has it, with what a test needs otherwise.

use serde_json::Value;

use crate::harness::{Account, REGIONS, Spec};
use crate::house::House;

/// Spans as short as a spec may have them.
const QUICK: &str = "lease: 5m\n  failover: { mode: act, after: 2m, return_after: 2m, step: 1m }";

/// Alfred with quick spans, and with the test's own endpoints, or none: nobody has those of the
/// example.
pub(crate) fn alfred(account: &Account, endpoints: &[(&str, String)]) -> Spec {
    let spec = Spec::with_script(account, "examples/alfred-managed.yaml")
        .edit("failover: { mode: advise }", QUICK)
        // The same minimum at any time of any day.
        .edit("time_zone: Europe/Berlin, min: 3 }", "time_zone: Europe/Berlin, min: 2 }");
    REGIONS.iter().fold(spec, |spec, region| {
        let own = endpoints.iter().find(|(of, _)| of == region);
        let new = own.map(|(_, endpoint)| format!("endpoint: \"{endpoint}\", "));
        let old = format!("endpoint: \"https://{region}.alfred.example/health\", ");
        spec.edit(&old, &new.unwrap_or_default())
    })
}

/// The services that are scaled out, with their bounds in the spec.
pub(crate) const STATELESS: [(&str, u64, u64); 5] = [
    ("agent-core", 2, 10),
    ("agent-rag", 2, 8),
    ("agent-financial", 1, 6),
    ("agent-legal", 1, 6),
    ("agent-social", 1, 6),
];

/// Every group has the bounds of the spec.
pub(crate) fn bounds_are_the_specs(house: &House) {
    for region in REGIONS {
        for (service, min, max) in STATELESS {
            let group = house.group(region, service);
            assert_eq!((group.min, group.max), (min, max), "{service} in {region}: {group:?}");
        }
    }
}

/// No group was seen outside its bounds in these records, nor its bounds beyond the spec's maximum
/// (law 1): a lease is a floor, and no floor raises a maximum.
pub(crate) fn stays_within_bounds(lines: &[Value]) {
    for line in lines {
        for (service, _, most) in STATELESS {
            let seen = &line["record"]["services"][service];
            let (bounds, effective) = (&seen["bounds"], &seen["effective"]);
            let number =
                |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{service}: {line}"));
            let desired = number(&seen["desired"]);
            assert!(
                number(&bounds["min"]) <= desired && desired <= number(&bounds["max"]),
                "{line}"
            );
            assert!(number(&effective["min"]) <= number(&effective["max"]), "{service}: {line}");
            assert!(number(&effective["max"]) <= most, "{service}: {line}");
        }
    }
}

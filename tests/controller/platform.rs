//! Alfred under managed scaling, as the example has it, with what a test needs otherwise.

use crate::harness::{Account, Spec};

/// Spans as short as a spec may have them.
const QUICK: &str = "controller: { lease: 5m, failover: { mode: act, after: 2m, return_after: 2m, step: 1m } }";

/// Alfred with quick spans, and endpoints of regions where a test has some.
pub(crate) fn alfred(account: &Account, endpoints: &[(&str, String)]) -> Spec {
    let spec = Spec::with_script(account, "examples/alfred-managed.yaml")
        .edit("\ndefaults:\n", &format!("\n{QUICK}\n\ndefaults:\n"))
        // The same minimum at any time of any day.
        .edit("time_zone: Europe/Berlin, min: 3 }", "time_zone: Europe/Berlin, min: 2 }");
    endpoints.iter().fold(spec, |spec, (region, endpoint)| {
        let old = format!("  {region}: {{ database");
        spec.edit(&old, &format!("  {region}: {{ endpoint: \"{endpoint}\", database"))
    })
}

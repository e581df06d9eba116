//! Scenarios in files: a platform, a load, what goes wrong, and the score that it must keep.
//!
//! See `tests/scenarios/README.md` for how to add one.

mod file;
mod measure;

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_twin::run::simulate;

use crate::setting::scenarios;
use file::{Expectation, Scenario};

/// What is wrong with a scenario: one line for each expectation that does not hold.
fn failures(path: &Path, text: &str) -> Vec<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().unwrap_or(path);
    let told = |message: String| vec![format!("{name}: {message}")];
    let scenario: Scenario = match serde_saphyr::from_str(text) {
        Ok(scenario) => scenario,
        Err(error) => return told(format!("the file cannot be read: {error}")),
    };
    if scenario.expect.is_empty() {
        return told("it expects nothing, so it proves nothing".to_owned());
    }
    let (spec, load, options) = match scenario.prepared(folder) {
        Ok(prepared) => prepared,
        Err(message) => return told(message),
    };
    let outcome = simulate(&spec, &load, &options);
    let judged = |(place, expectation): (usize, &Expectation)| {
        let Expectation { of, value, because, .. } = expectation;
        let what = format!("{name}: expectation {} ({of}: {value})", place + 1);
        match measure::measure(&outcome, of, value) {
            Err(why) => vec![format!("{what} {why}")],
            Ok(found) => found
                .into_iter()
                .filter(|(_, measured)| !expectation.holds(*measured))
                .map(|(where_, measured)| {
                    let bounds = expectation.bounds();
                    format!("{what} is {measured} at {where_} and not {bounds}; {because}")
                })
                .collect(),
        }
    };
    scenario.expect.iter().enumerate().flat_map(judged).collect()
}

fn files() -> Vec<PathBuf> {
    let entries = fs::read_dir(scenarios()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    files.sort();
    files
}

#[test]
fn every_scenario_keeps_its_score() {
    let files = files();
    assert!(files.len() >= 8, "only {} scenarios were found", files.len());
    let failed: Vec<String> =
        files.iter().flat_map(|path| failures(path, &fs::read_to_string(path).unwrap())).collect();
    assert!(failed.is_empty(), "{} do not hold:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn what_does_not_hold_is_named_with_its_file_and_its_measure() {
    let text = "
spec: { file: specs/web.yaml }
load: steady:90
for: 10m
expect:
  - { of: web@us-east-1, value: requests, is: 54000, because: 90 a second for 600 s }
  - { of: web@us-east-1, value: peak_capacity, is: 3, because: somebody miscounted }
  - { of: web@us-east-1, value: desired at 5m, at_least: 4, at_most: 6, because: that too }
  - { of: web@mars-1, value: requests, is: 0, because: nobody lives there }
  - { of: total, value: happiness, is: 1, because: nobody counts it }
";
    let said = failures(&scenarios().join("made-up.yaml"), text);
    let expected = [
        "made-up.yaml: expectation 2 (web@us-east-1: peak_capacity) is 2 at web@us-east-1 and not \
         3; somebody miscounted",
        "made-up.yaml: expectation 3 (web@us-east-1: desired at 5m) is 2 at web@us-east-1 and not \
         4 to 6; that too",
        "made-up.yaml: expectation 4 (web@mars-1: requests) is about web@mars-1, which the run \
         does not have",
        "made-up.yaml: expectation 5 (total: happiness) is nothing that is measured",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_scenario_without_a_score_is_refused() {
    let text = "{ spec: { file: specs/web.yaml }, load: steady:90, for: 10m, expect: [] }";
    let said = failures(&scenarios().join("made-up.yaml"), text);
    assert_eq!(said, ["made-up.yaml: it expects nothing, so it proves nothing"]);
}

use insta::assert_snapshot;
use plimsoll_twin::load::{Assertion, Comparison, Measure};
use plimsoll_twin::model::Model;
use plimsoll_twin::run::Controller;

use super::super::samples::{outcome, shown};
use super::*;

fn load() -> Load {
    let condition = |text: &str| Assertion {
        text: text.to_owned(),
        measure: Measure::FailedRate,
        comparison: Comparison::Below,
        limit: 0.01,
    };
    let assertions = ["http_req_duration: p(95)<500", "http_req_failed: rate<0.01"].map(condition);
    Load { name: "k6.js".to_owned(), assertions: Vec::from(assertions), ..Load::default() }
}

fn spread(samples: &[Sample]) -> Spread {
    let start = "2027-01-04T00:00:00Z".parse().unwrap();
    let (seed, trace, model, faults) = (1, false, Model::default(), Vec::new());
    let (seconds, controller) = (86_400, Controller::Off);
    let options = Options { start, seconds, seed, trace, model, faults, controller };
    Spread::new("alfred/production", &load(), &options, samples)
}

/// Seeds 1 to 100; the second condition holds up to seed 90.
fn samples() -> Vec<Sample> {
    (1..=100_u32)
        .map(|seed| Sample {
            seed: u64::from(seed),
            cost: f64::from(seed),
            lost: f64::from(seed.saturating_sub(90)),
            p95_ms: (seed > 50).then(|| f64::from(seed)),
            minutes_above_target: 7,
            held: vec![true, seed <= 90],
        })
        .collect()
}

#[test]
fn a_spread_shows_its_quantiles_and_a_seed_to_look_at() {
    assert_snapshot!(shown(&spread(&samples())), @r"
    alfred/production
    under k6.js, for 1d from 2027-01-04T00:00:00Z, 100 seeds

      pass  http_req_duration: p(95)<500: held with every seed
      FAIL  http_req_failed: rate<0.01: held with 90 of 100 seeds (90.0 %); look at
                --seed 91

                            Min  Median     p95      Max
    Cost                  $1.00  $50.00  $95.00  $100.00
    Lost requests             0       0       5       10
    p95 latency ms           51      75      98      100
    Minutes above target      7       7       7        7
    ");
}

#[test]
fn one_seed_that_fails_is_a_failure() {
    assert!(!spread(&samples()).held());
    assert!(spread(&samples()[..90]).held());
    assert!(spread(&[]).held());
}

#[test]
fn quantiles_are_values_that_occurred() {
    let of = |values: &[f64]| Quantiles::of(values.iter().copied());
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[3.0]), Some(Quantiles { min: 3.0, median: 3.0, p95: 3.0, max: 3.0 }));
    let four = Some(Quantiles { min: 1.0, median: 2.0, p95: 4.0, max: 4.0 });
    assert_eq!(of(&[4.0, 1.0, 3.0, 2.0]), four);
}

#[test]
fn a_sample_keeps_what_the_outcome_says() {
    let sample = Sample::of(&outcome());
    assert_eq!((sample.seed, sample.minutes_above_target), (1, 84));
    assert_eq!(sample.held, [true, false]);
}

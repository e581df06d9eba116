//! What holds of every answer.

use std::collections::BTreeMap;

use plimsoll_core::cloud::{Extent, Point, Series};
use plimsoll_core::reflex::Signals;
use plimsoll_core::units::{MetricValue, Seconds};
use proptest::prelude::*;

use super::{Region, cpu};

/// A region with all its metrics, each from these numbers.
fn measured(numbers: &[Option<f64>]) -> Region {
    let mut region = Region::new().at_maximum();
    region.group("web").instances.pop();
    let questions = region.questions();
    for (place, asked) in questions.asked.iter().enumerate() {
        let mut values = numbers.to_vec();
        values.rotate_left(place % numbers.len());
        region.metrics.insert((asked.about.clone(), asked.purpose.clone()), values);
    }
    region
}

fn numbers() -> impl Strategy<Value = Vec<Option<f64>>> {
    let number = prop_oneof![
        6 => (1u32..40).prop_map(|number| Some(f64::from(number))),
        1 => Just(None),
        1 => Just(Some(f64::NAN)),
    ];
    prop::collection::vec(number, 3..12)
}

fn assert_knows_nothing(signals: &BTreeMap<String, Signals>) {
    for (name, it) in signals {
        let known = (it.wanted, it.demand, it.changes, it.errors, it.healthy);
        assert_eq!(known, (None, None, None, None, None), "{name}");
        assert!(it.readings.values().all(|reading| reading.value.is_err()), "{name}");
        assert!(it.guarded.is_none_or(|guarded| guarded.is_err()), "{name}");
    }
    assert_eq!(signals["web"].short_for, None, "it is short, and nobody knows since when");
    assert_eq!(signals["worker"].short_for, Some(Seconds(0)), "the world shows that it is not");
}

#[test]
fn a_region_that_could_not_be_measured_is_not_known() {
    let region = measured(&[Some(5.0), Some(6.0), Some(7.0)]);
    let questions = region.questions();
    assert_knows_nothing(&region.read_as(&questions, Vec::new()));
    let empty = vec![Series::default(); questions.queries.len()];
    assert_knows_nothing(&region.read_as(&questions, empty));
}

proptest! {
    /// From values above 0 comes no 0: neither what is missing nor what is no number nor what is
    /// partial counts as one.
    #[test]
    fn no_zero_is_invented(
        numbers in numbers(),
        partial in prop::collection::vec(any::<bool>(), 40),
    ) {
        let region = measured(&numbers);
        let questions = region.questions();
        let mut series = region.answers(&questions);
        for (series, partial) in series.iter_mut().zip(partial) {
            if partial {
                series.extent = Extent::Partial("throttled".to_owned());
            }
        }
        let zero = Some(MetricValue::whole(0));
        for (name, signals) in region.read_as(&questions, series) {
            prop_assert_ne!(signals.demand, zero, "{}", &name);
            prop_assert_ne!(signals.healthy, zero, "{}", &name);
            prop_assert_ne!(signals.wanted, Some(0), "{}", &name);
            prop_assert_ne!(signals.guarded, zero.map(Ok), "{}", &name);
            for reading in signals.readings.values() {
                prop_assert_ne!(reading.value.ok(), zero, "{}", &name);
            }
            // Errors are 0 only where the count of errors is silent while requests are counted.
            if signals.errors == zero {
                prop_assert!(signals.demand.is_some(), "{}", &name);
            }
        }
    }

    #[test]
    fn a_series_that_is_not_all_there_is_not_read(numbers in numbers()) {
        let region = measured(&numbers);
        let questions = region.questions();
        let mut series = region.answers(&questions);
        for series in &mut series {
            series.extent = Extent::Partial("throttled".to_owned());
        }
        assert_knows_nothing(&region.read_as(&questions, series));
    }

    #[test]
    fn the_order_of_points_does_not_matter(numbers in numbers(), turn in 0usize..12) {
        let region = measured(&numbers);
        let questions = region.questions();
        let series = region.answers(&questions);
        let mut turned = series.clone();
        for series in &mut turned {
            let by = turn.min(series.points.len());
            series.points.rotate_left(by);
            series.points.reverse();
        }
        prop_assert_eq!(region.read_as(&questions, series), region.read_as(&questions, turned));
    }

    /// Law 2: a policy whose values are no numbers asks for no size at all.
    #[test]
    fn what_is_no_number_asks_for_nothing(numbers in numbers()) {
        let region = measured(&numbers);
        let questions = region.questions();
        let mut series = region.answers(&questions);
        let of_worker = questions.asked.iter().zip(&mut series).filter(|(asked, _)| {
            asked.about == "worker" && asked.purpose == cpu()
        });
        for point in of_worker.flat_map(|(_, series)| &mut series.points) {
            point.1 = Point::NotANumber;
        }
        prop_assert_eq!(region.read_as(&questions, series)["worker"].wanted, None);
    }
}

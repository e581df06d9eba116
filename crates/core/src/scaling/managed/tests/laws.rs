//! What holds for every input.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;

/// An input that owns its parts.
#[derive(Clone, Debug)]
struct Case {
    current: Instances,
    bounds: Bounds,
    behavior: Option<Behavior>,
    readings: Vec<Reading>,
    recommendations: Vec<Recommendation>,
    events: Vec<Event>,
    tick: Tick,
}

impl Case {
    fn input(&self) -> Input<'_> {
        Input {
            current: self.current,
            bounds: self.bounds,
            behavior: self.behavior.as_ref(),
            demand: Demand::Readings(&self.readings),
            recommendations: &self.recommendations,
            events: &self.events,
            tick: self.tick,
        }
    }

    /// The same with a behaviour.
    fn ruled(mut self) -> Self {
        self.behavior.get_or_insert_with(Behavior::kubernetes);
        self
    }

    /// The capacity that results; a hold leaves the current one.
    fn capacity(&self) -> Instances {
        decide(&self.input()).map_or(self.current, |decision| decision.capacity)
    }
}

fn any_rules() -> impl Strategy<Value = Rules> {
    let select = prop_oneof![
        3 => Just(SelectPolicy::Max),
        2 => Just(SelectPolicy::Min),
        1 => Just(SelectPolicy::Disabled),
    ];
    let kind = prop_oneof![Just(RateKind::Percent), Just(RateKind::Instances)];
    let policy = (kind, 1..200u32, 1..1_800u32).prop_map(|(kind, value, period)| RatePolicy {
        kind,
        value,
        period: Seconds(period),
    });
    let tolerance = option::of((0..30i32).prop_map(|percent| value(f64::from(percent) / 100.0)));
    (0..900u32, select, vec(policy, 0..4), tolerance).prop_map(
        |(window, select_policy, policies, tolerance)| Rules {
            stabilization_window: Seconds(window),
            select_policy,
            policies,
            tolerance,
        },
    )
}

/// A reading over all instances of a group: ready, missing and unready ones.
fn any_reading(current: Instances) -> impl Strategy<Value = Reading> {
    let kind = prop_oneof![
        Just(ReadingKind::Utilization),
        Just(ReadingKind::AverageValue),
        Just(ReadingKind::Value)
    ];
    let units = prop_oneof![
        9 => (0..200_000u32).prop_map(|milli| Ok(value(f64::from(milli) / 1_000.0))),
        1 => prop_oneof![Just(Err(BadData::Missing)), Just(Err(BadData::NotANumber))],
    ];
    (kind, units, 1..150u32, 0..=current, 0..=current).prop_map(
        move |(kind, units, target, some, others)| {
            let (missing, unready) = (some / 4, (current - some / 4).min(others / 4));
            let counts = Counts { ready: current - missing - unready, missing, unready };
            Reading { kind, value: units, target: value(f64::from(target)), counts }
        },
    )
}

/// A group: its size, its bounds, and readings of it.
fn any_group() -> impl Strategy<Value = (Instances, Bounds, Vec<Reading>)> {
    (0..60u32, 0..40u32, 0..40u32).prop_flat_map(|(current, min, more)| {
        let bounds = Bounds { min, max: min + more };
        (Just(current), Just(bounds), vec(any_reading(current), 0..4))
    })
}

fn any_case() -> impl Strategy<Value = Case> {
    let tick = prop_oneof![Just(Tick::EXACT), (1..120u32).prop_map(|it| Tick::every(Seconds(it)))];
    let behavior = option::of((any_rules(), any_rules()))
        .prop_map(|both| both.map(|(scale_up, scale_down)| Behavior { scale_up, scale_down }));
    let log = (0..80u32, 0..1_000u64).prop_map(|(capacity, age)| log(capacity, age));
    let event = (-20..20i64, 0..2_000u64).prop_map(|(change, age)| event(change, age));
    (any_group(), behavior, vec(log, 0..6), vec(event, 0..6), tick).prop_map(
        |((current, bounds, readings), behavior, recommendations, events, tick)| Case {
            current,
            bounds,
            behavior,
            readings,
            recommendations,
            events,
            tick,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn a_decided_capacity_is_inside_the_bounds(case in any_case()) {
        if let Ok(decision) = decide(&case.input()) {
            prop_assert!((case.bounds.min..=case.bounds.max).contains(&decision.capacity));
        }
    }

    #[test]
    fn more_load_never_means_less_capacity(
        case in any_case(), more in 0..100_000u32, which in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!case.readings.is_empty());
        let mut loaded = case.clone();
        let reading = &mut loaded.readings[which.index(case.readings.len())];
        reading.value = reading.value.map(|now| value(now.as_f64() + f64::from(more) / 1_000.0));
        prop_assert!(case.capacity() <= loaded.capacity(), "{loaded:?}");
    }

    #[test]
    fn a_failed_reading_never_shrinks_a_group(
        case in any_case(), which in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!case.readings.is_empty());
        let mut blind = case.clone();
        blind.readings[which.index(case.readings.len())].value = Err(BadData::NotANumber);
        // Only the bounds, which do not look at the load, may.
        prop_assert!(blind.capacity() >= blind.current.min(blind.bounds.max), "{blind:?}");
    }

    #[test]
    fn under_a_behaviour_a_decision_never_reverses_its_proposal(case in any_case()) {
        let case = case.ruled();
        if let Ok(Decision { proposal: Some(proposal), capacity, stabilized, .. }) =
            decide(&case.input())
        {
            let way = case.current.min(proposal)..=case.current.max(proposal);
            prop_assert!(way.contains(&stabilized) && way.contains(&capacity), "{case:?}");
        }
    }

    #[test]
    fn the_order_of_what_is_known_is_irrelevant(case in any_case()) {
        let mut turned = case.clone();
        turned.readings.reverse();
        turned.recommendations.reverse();
        turned.events.reverse();
        let figures = |case: &Case| {
            decide(&case.input())
                .map(|it| (it.capacity, it.stabilized, it.proposal, it.limited_by))
                .map_err(|hold| std::mem::discriminant(&hold))
        };
        prop_assert_eq!(figures(&case), figures(&turned));
    }

    #[test]
    fn what_memory_lets_go_changes_no_decision(case in any_case()) {
        let memory = Memory::of(case.behavior.as_ref());
        let tick = Tick::EXACT;
        let mut short = Case { tick, ..case.clone() };
        short.recommendations.retain(|it| tick.is_no_older(it.age, memory.recommendations));
        short.events.retain(|it| tick.is_no_older(it.age, memory.events));
        let whole = Case { tick, ..case };
        prop_assert_eq!(decide(&short.input()), decide(&whole.input()));
    }

    #[test]
    fn a_move_at_the_limit_is_not_repeated_at_once(case in any_case(), grows in any::<bool>()) {
        let mut case = Case { bounds: Bounds { min: 0, max: 1_000_000 }, ..case.ruled() };
        for rules in case.behavior.iter_mut().flat_map(|it| [&mut it.scale_up, &mut it.scale_down]) {
            rules.stabilization_window = Seconds(0);
        }
        let demand = Demand::Proposal(if grows { 900_000 } else { 0 });
        let first = decide(&Input { demand, ..case.input() }).unwrap();
        let mut next = Case { current: first.capacity, ..case.clone() };
        let change = i64::from(first.capacity) - i64::from(case.current);
        next.events.push(Event { change, age: Age::default() });
        let second = decide(&Input { demand, ..next.input() }).unwrap();
        prop_assert_eq!(second.capacity, first.capacity);
    }
}

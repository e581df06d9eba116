use super::*;

#[test]
fn conditions_of_k6_are_read() {
    use Comparison::{Above, AtLeast, AtMost, Below, Equal, Unequal};
    let table = [
        ("http_req_duration: p(95)<500", Measure::DurationQuantile(0.95), Below, 500.0),
        ("http_req_duration:p(99.9) <= 1500.5", Measure::DurationQuantile(0.999), AtMost, 1500.5),
        ("http_req_duration: avg < 200", Measure::DurationMean, Below, 200.0),
        ("http_req_duration: med<100", Measure::DurationQuantile(0.5), Below, 100.0),
        ("http_req_failed: rate<0.01", Measure::FailedRate, Below, 0.01),
        ("http_req_failed: rate==0", Measure::FailedRate, Equal, 0.0),
        ("http_reqs: count>=1000", Measure::Requests, AtLeast, 1000.0),
        ("http_reqs: count!=0", Measure::Requests, Unequal, 0.0),
        ("http_reqs: count===7", Measure::Requests, Equal, 7.0),
        ("http_reqs: rate>10", Measure::RequestRate, Above, 10.0),
    ];
    for (text, measure, comparison, limit) in table {
        let assertion: Assertion = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(near(assertion.measure, measure), "{text}: {:?}", assertion.measure);
        assert_eq!((assertion.comparison, assertion.limit), (comparison, limit), "{text}");
        assert_eq!(assertion.to_string().parse(), Ok(assertion), "{text} as text");
    }
}

/// Percents as shares are equal up to rounding.
fn near(a: Measure, b: Measure) -> bool {
    match (a, b) {
        (Measure::DurationQuantile(a), Measure::DurationQuantile(b)) => (a - b).abs() < 1e-12,
        _ => a == b,
    }
}

#[test]
fn what_is_not_measured_is_told_from_what_is_no_condition() {
    let table = [
        (
            "checks: rate>0.9",
            true,
            "`checks` is not measured; assert on http_req_duration, http_req_failed or http_reqs, without tags",
        ),
        (
            "http_req_duration{scenario:a}: p(95)<500",
            true,
            "`http_req_duration{scenario:a}` is not measured; assert on http_req_duration, http_req_failed or http_reqs, without tags",
        ),
        (
            "http_req_duration: min<5",
            true,
            "http_req_duration has no `min` here; write one of p(N) with N below 100 such as p(99.9), avg, med",
        ),
        (
            "http_req_duration: p(101)<5",
            true,
            "http_req_duration has no `p(101)` here; write one of p(N) with N below 100 such as p(99.9), avg, med",
        ),
        (
            "http_req_failed: count<5",
            true,
            "http_req_failed has no `count` here; write one of rate",
        ),
        ("http_reqs: avg<5", true, "http_reqs has no `avg` here; write one of count, rate"),
        (
            "http_reqs",
            false,
            "`http_reqs` is not a condition; write one such as `http_req_duration: p(95)<500`",
        ),
        (
            "http_reqs: count",
            false,
            "`http_reqs: count` is not a condition; write one such as `http_req_duration: p(95)<500`",
        ),
        (
            "http_reqs: count=5",
            false,
            "`http_reqs: count=5` is not a condition; write one such as `http_req_duration: p(95)<500`",
        ),
        (
            "http_reqs: count<many",
            false,
            "`http_reqs: count<many` is not a condition; write one such as `http_req_duration: p(95)<500`",
        ),
        (
            "http_reqs: count<NaN",
            false,
            "`http_reqs: count<NaN` is not a condition; write one such as `http_req_duration: p(95)<500`",
        ),
    ];
    for (text, unmeasured, message) in table {
        let error = text.parse::<Assertion>().unwrap_err();
        assert_eq!((error.to_string().as_str(), error.is_unmeasured()), (message, unmeasured));
    }
}

#[test]
fn what_is_no_number_meets_no_limit_of_order() {
    use Comparison::{Above, AtLeast, AtMost, Below, Equal, Unequal};
    for comparison in [Above, AtLeast, AtMost, Below, Equal, Unequal] {
        assert!(!comparison.holds(f64::NAN, 1.0), "{comparison:?}");
    }
    assert!(Unequal.holds(2.0, 1.0) && Equal.holds(1.0, 1.0) && AtMost.holds(1.0, 1.0));
}

#[test]
fn the_end_of_a_tail_is_not_measured_and_what_can_be_asked_is_said() {
    for method in ["max", "p(100)"] {
        let error = Assertion::parse("http_req_duration", &format!("{method}<5")).unwrap_err();
        let message = format!(
            "http_req_duration has no `{method}` here; write one of p(N) with N below 100 such as \
             p(99.9), avg, med"
        );
        assert_eq!((error.to_string(), error.is_unmeasured()), (message, true));
    }
}

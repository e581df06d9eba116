use super::*;

fn curves(text: &str) -> Vec<Source> {
    read(text, text, Form::Generator, &by_default()).unwrap_or_else(|e| panic!("{e}")).sources
}

fn daily(low: f64, high: f64, trough: u32, peak: u32, noise: f64) -> Curve {
    Curve::Daily(Daily::new(Day { low, high, trough, peak, noise }).unwrap())
}

#[test]
fn each_kind_gives_its_curve() {
    const HOUR: u32 = 3_600;
    let table = [
        ("steady:100", Curve::Steady(100.0)),
        ("steady: 0.5", Curve::Steady(0.5)),
        ("daily:50..400", daily(50.0, 400.0, 4 * HOUR, 16 * HOUR, 0.0)),
        ("daily:50..400,peak=14:30,noise=10%", daily(50.0, 400.0, 9_000, 52_200, 0.1)),
        ("daily:50..400,trough=20:00", daily(50.0, 400.0, 20 * HOUR, 8 * HOUR, 0.0)),
        ("daily:5..5,trough=03:00,peak=12:00", daily(5.0, 5.0, 3 * HOUR, 12 * HOUR, 0.0)),
        (
            "spike:10..100,at=1h,rise=1m,hold=10m",
            Curve::Lines(vec![(3600, 10.0), (3660, 100.0), (4260, 100.0), (4320, 10.0)]),
        ),
        (
            "spike:10..100,rise=0s,fall=5m",
            Curve::Lines(vec![(600, 10.0), (600, 100.0), (1200, 100.0), (1500, 10.0)]),
        ),
        ("step:100..400,at=20m", Curve::Lines(vec![(1200, 100.0), (1200, 400.0)])),
        ("step:100..400", Curve::Lines(vec![(600, 100.0), (600, 400.0)])),
    ];
    for (text, curve) in table {
        assert_eq!(curves(text), [open("agent-core", None, curve)], "{text}");
    }
}

#[test]
fn terms_add_up_and_name_services_and_regions() {
    let text = "agent-rag=step:1..2,at=5m@us-west-2 + steady:3";
    let load = read(text, text, Form::Generator, &by_default()).unwrap();
    let step = Curve::Lines(vec![(300, 1.0), (300, 2.0)]);
    assert_eq!(
        load.sources,
        [open("agent-rag", Some("us-west-2"), step), open("agent-core", None, Curve::Steady(3.0)),]
    );
    assert_eq!((load.name.as_str(), load.length), (text, None));
}

#[test]
fn the_only_service_needs_no_name() {
    let options = ReadOptions { services: &["web"], ..ReadOptions::default() };
    let load = read("steady:1", "steady:1", Form::Generator, &options).unwrap();
    assert_eq!(load.sources, [open("web", None, Curve::Steady(1.0))]);
}

#[test]
fn a_daily_load_is_low_at_its_trough_and_high_at_its_peak() {
    let Some(Source::Open { rate, .. }) = curves("daily:50..400,peak=14:00").pop() else {
        panic!("one open source")
    };
    let hour = |hour: u64| rate.mean(hour * 3_600, hour * 3_600 + 60);
    assert!((hour(2) - 50.0).abs() < 0.01, "{}", hour(2));
    assert!((hour(14) - 400.0).abs() < 0.01, "{}", hour(14));
    // Halfway up: the mean of both, and so the mean of the whole day.
    assert!((hour(8) - 225.0).abs() < 0.5, "{}", hour(8));
    assert!((rate.mean(0, 86_400) - 225.0).abs() < 0.01);
    assert_eq!(rate.at(50_400).to_bits(), rate.at(50_400 + 7 * 86_400).to_bits());
}

#[test]
fn noise_stays_within_its_share_and_has_no_drift() {
    let Some(Source::Open { rate, .. }) = curves("daily:100..100,noise=10%").pop() else {
        panic!("one open source")
    };
    let minutes: Vec<f64> = (0..10_000).map(|minute| rate.at(minute * 60)).collect();
    assert!(minutes.iter().all(|rate| (90.0..=110.0).contains(rate)));
    assert!(minutes.iter().any(|rate| *rate < 91.0) && minutes.iter().any(|rate| *rate > 109.0));
    // The mean of 10,000 uniform numbers of ±10 has a standard deviation of 0.058.
    assert!((rate.mean(0, 600_000) - 100.0).abs() < 0.25);
}

#[test]
fn bad_terms_name_what_is_wrong() {
    let table = [
        ("stedy:1", "`stedy` is not a kind of generator"),
        ("steady:fast", "`fast` is not a rate"),
        ("steady:-1", "`-1` is not a rate"),
        ("steady:NaN", "`NaN` is not a rate"),
        ("steady:inf", "`inf` is not a rate"),
        ("steady:1e13", "`1e13` is not a rate"),
        ("steady:1,at=5m", "`at` is not a key of this generator"),
        ("steady:1+", "`` is not a generator"),
        ("daily:50", "`50` is not a pair of rates"),
        ("daily:400..50", "the low 400 is above the high 50"),
        ("daily:1..2,peak=25:00", "`25:00` is not a time of the day"),
        (
            "daily:1..2,peak=4:00,trough=04:00",
            "the trough at second 14400 and the peak at second 14400 are not two moments of a day",
        ),
        ("daily:1..2,noise=0.1", "`0.1` is not a share"),
        ("daily:1..2,noise=101%", "`101%` is not a share"),
        ("daily:1..2,noise", "`noise` in daily is not a key with a value"),
        ("step:1..2,at=5m,at=6m", "`at` in step stands there twice"),
        (
            "step:1..2,at=soon",
            "`soon` is not a duration; write whole units such as 90s, 5m, 2h or 1h30m",
        ),
        ("agent=steady:1", "`agent` is not a service that can be asked"),
        ("steady:1@mars", "`mars` is not a region of the spec"),
    ];
    for (text, message) in table {
        let error = refusal(text, text, Form::Generator, &by_default());
        assert_eq!(error.to_string(), format!("{text}: {message}"));
    }
}

#[test]
fn a_term_without_a_service_lists_the_services() {
    let error = refusal("steady:1", "steady:1", Form::Generator, &options());
    assert_eq!(error.message, "no service is named");
    assert_eq!(error.help, "name one of agent-core, agent-rag, or give --service");
}

#[test]
fn a_day_goes_by_the_clock_and_not_by_the_run() {
    let options = ReadOptions { services: &["web"], ..ReadOptions::default() };
    let text = "daily:50..400,peak=14:00";
    let load = read(text, text, Form::Generator, &options).unwrap();
    let at_first = |start: &str| match &load.begun_at(start.parse().unwrap()).sources[..] {
        [Source::Open { rate, .. }] => rate.mean(0, 60),
        other => panic!("{other:?}"),
    };
    assert!(at_first("2027-01-04T14:00:00Z") > 399.9);
    assert!(at_first("2027-01-05T02:00:00Z") < 50.1);
}

use super::*;

fn load(text: &str) -> Load {
    read("load.csv", text, Form::Csv, &by_default()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn even_rows_become_samples_and_the_last_holds_as_long_as_the_one_before() {
    let load = load("time,rps\n0,10\n1m,20\n2m,30\n");
    let rate = Curve::Samples { step: 60, values: vec![10.0, 20.0, 30.0] };
    assert_eq!(load.sources, [open("agent-core", None, rate)]);
    assert_eq!((load.length, load.name.as_str()), (Some(180), "load.csv"));
}

#[test]
fn rows_may_be_finer_or_coarser_than_a_minute() {
    let Some(Source::Open { rate, .. }) = load("time,rps\n0,6\n10,12\n20,0\n").sources.pop() else {
        panic!("one open source")
    };
    assert_eq!((rate.mean(0, 30), rate.mean(5, 15), rate.resolution()), (6.0, 9.0, 10));
    let Some(Source::Open { rate, .. }) = load("time,rps\n0,6\n1h,12\n7d,0\n").sources.pop() else {
        panic!("one open source")
    };
    assert_eq!((rate.at(3_599), rate.at(3_600), rate.at(604_800)), (6.0, 12.0, 0.0));
}

#[test]
fn uneven_rows_hold_until_the_next_and_take_memory_by_rows() {
    let load = load("time,rps\n7,10\n86401,30\n");
    let lines = vec![(0, 0.0), (7, 0.0), (7, 10.0), (86_401, 10.0), (86_401, 30.0)];
    assert_eq!(load.sources, [open("agent-core", None, Curve::Lines(lines))]);
}

#[test]
fn moments_begin_at_the_first_row_of_all_streams() {
    let load = load(
        "time,requests_per_second,service,region\n\
         2026-01-05T08:00:00Z,5,agent-rag,us-east-1\n\
         2026-01-05T09:01:00+01:00,7,,\n\
         2026-01-05T08:02:00Z,6,agent-rag,us-east-1\n",
    );
    let rag = Curve::Samples { step: 120, values: vec![5.0, 6.0] };
    let core = Curve::Samples { step: 60, values: vec![0.0, 7.0] };
    assert_eq!(
        load.sources,
        [open("agent-core", None, core), open("agent-rag", Some("us-east-1"), rag)]
    );
    assert_eq!(load.length, Some(240));
    assert_eq!(load.start, Some("2026-01-05T08:00:00Z".parse().unwrap()));
}

#[test]
fn one_row_is_a_steady_load() {
    assert_eq!(load("rps,time\n9,0\n").sources, [open("agent-core", None, Curve::Steady(9.0))]);
}

#[test]
fn bad_tables_name_line_column_and_value() {
    let table = [
        ("", "load.csv:1: there is no column `requests_per_second`"),
        ("time,rps\n", "load.csv: there are no rows"),
        ("time\n0\n", "load.csv:1: there is no column `requests_per_second`"),
        ("rps\n0\n", "load.csv:1: there is no column `time`"),
        ("time,rps,rps\n", "load.csv:1: the column `rps` stands there twice"),
        (
            "time,rps,requests_per_second\n",
            "load.csv:1: `requests_per_second` and `rps` are the same column",
        ),
        ("time,rps,zone\n", "load.csv:1: `zone` is not a column of a load"),
        ("time,rps\n0,1\n1m\n", "load.csv:3: the row has 1 cells and the header 2"),
        ("time,rps\n0,1\n1m,many\n", "load.csv:3: rps: `many` is not a rate"),
        (
            "time,requests_per_second\n0,NaN\n",
            "load.csv:2: requests_per_second: `NaN` is not a rate",
        ),
        ("time,rps\n0,-1\n", "load.csv:2: rps: `-1` is not a rate"),
        ("time,rps\n0,inf\n", "load.csv:2: rps: `inf` is not a rate"),
        ("time,rps\nnoon,1\n", "load.csv:2: time: `noon` is not a time"),
        (
            "time,rps\n2026-01-05T08:00:00,1\n",
            "load.csv:2: time: `2026-01-05T08:00:00` is not a time",
        ),
        (
            "time,rps\n0,1\n2026-01-05T08:00:00Z,1\n",
            "load.csv:3: time: `2026-01-05T08:00:00Z` is another kind of time",
        ),
        (
            "time,rps\n2m,1\n1m,1\n",
            "load.csv:3: time: `1m` is not after the row before, which is 60 s later",
        ),
        (
            "time,rps\n60,1\n1m,1\n",
            "load.csv:3: time: `1m` is not after the row before, which is 0 s later",
        ),
        ("time,rps\n1767600000,1\n", "load.csv: the last row is 20458 days after the start"),
        ("time,rps,service\n0,1,agent\n", "load.csv:2: `agent` is not a service that can be asked"),
        ("time,rps,region\n0,1,mars\n", "load.csv:2: `mars` is not a region of the spec"),
    ];
    for (text, message) in table {
        assert_eq!(refusal("load.csv", text, Form::Csv, &by_default()).to_string(), message);
    }
}

#[test]
fn a_row_without_a_service_lists_the_services() {
    let error = refusal("load.csv", "time,rps\n0,1\n", Form::Csv, &options());
    assert_eq!(error.to_string(), "load.csv:2: no service is named");
    assert_eq!(error.help, "name one of agent-core, agent-rag, or give --service");
}

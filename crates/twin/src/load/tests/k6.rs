//! The options of k6 scripts: how many users or iterations at which time, and what must hold.

use super::*;

const SCRIPT: &str = include_str!("../../../../../examples/loads/alfred.js");
const DOCUMENT: &str = include_str!("../../../../../examples/loads/alfred.load.json");

/// A script with these options, whose function asks agent-core twice and sleeps a second.
fn script(options: &str) -> String {
    format!(
        "import http from 'k6/http';\nimport {{ sleep }} from 'k6';\n\
         const PEAK = 40;\n\
         export const options = {options};\n\
         export default function () {{\n  http.get('http://agent-core/a');\n  \
         http.get('http://agent-core/b');\n  sleep(1);\n}}\n\
         export function search() {{ http.get('http://agent-rag/'); http.get('http://agent-core/'); }}\n"
    )
}

fn load(options: &str) -> Load {
    let text = script(options);
    read("s.js", &text, Form::K6, &super::options()).unwrap_or_else(|e| panic!("{options}: {e}"))
}

fn users(points: &[(u64, f64)]) -> Source {
    let calls = BTreeMap::from([("agent-core".to_owned(), 2.0)]);
    Source::Closed { region: None, users: Curve::Lines(points.to_vec()), think: 1.0, calls }
}

#[test]
fn the_references_script_is_the_load_of_the_committed_file() {
    let script = read("alfred.js", SCRIPT, Form::K6, &options()).unwrap();
    let document = read("alfred.load.json", DOCUMENT, Form::Document, &options()).unwrap();
    assert_eq!(script, document);
}

#[test]
fn the_references_stages_are_those_of_its_table() {
    // Ramps of 5 minutes to 100, to 200 and to 0 users, and 10 minutes at 100 and at 200.
    let load = read("alfred.js", SCRIPT, Form::K6, &options()).unwrap();
    let [Source::Closed { users, think, calls, .. }] = load.sources.as_slice() else {
        panic!("one closed source: {:?}", load.sources)
    };
    assert_eq!((users.at(0), users.at(300), users.at(899)), (1.0, 100.0, 100.0));
    assert_eq!((users.at(1_200), users.at(1_800), users.at(2_100)), (200.0, 200.0, 0.0));
    assert_eq!((users.at(150), users.at(1_050), users.at(1_950)), (50.5, 150.0, 100.0));
    assert_eq!((*think, calls.get("agent-core"), load.length), (1.0, Some(&2.0), Some(2_100)));
    assert_eq!(load.assertions.len(), 2);
}

#[test]
fn shortcuts_give_users() {
    let table: [(&str, &[(u64, f64)]); 5] = [
        ("{ vus: 10, duration: '30s' }", &[(0, 10.0), (30, 10.0), (30, 0.0)]),
        ("{ duration: 60000 }", &[(0, 1.0), (60, 1.0), (60, 0.0)]),
        ("{ stages: [{ duration: '1m30s', target: 5 }] }", &[(0, 1.0), (90, 5.0), (90, 0.0)]),
        (
            "{ vus: 0, stages: [{ duration: '0s', target: PEAK * 2 }, { duration: '1h', target: 0 }] }",
            &[(0, 0.0), (0, 80.0), (3_600, 0.0)],
        ),
        (
            "{ stages: [{ duration: '1.5m', target: `${PEAK}` && 4 }, { duration: '1d', target: +0 }] }",
            &[(0, 1.0), (90, 4.0), (86_490, 0.0)],
        ),
    ];
    for (options, points) in table {
        let load = load(options);
        assert_eq!(load.sources, [users(points)], "{options}");
        assert_eq!(load.length, points.last().map(|&(at, _)| at), "{options}");
    }
}

#[test]
fn scenarios_give_users_and_rates_side_by_side() {
    let load = load(
        "{ scenarios: {
            ramp: { executor: 'ramping-vus', startVUs: 0, gracefulRampDown: '0s',
                    stages: [{ duration: '1m', target: 10 }] },
            flat: { executor: 'constant-vus', vus: 3, duration: '2m', startTime: '1m' },
            rise: { executor: 'ramping-arrival-rate', startRate: 60, timeUnit: '1m', exec: 'search',
                    preAllocatedVUs: 5, maxVUs: 9, stages: [{ duration: '10s', target: 600 }] },
            rate: { executor: 'constant-arrival-rate', rate: 5, duration: '1m', gracefulStop: '5s',
                    preAllocatedVUs: 5, tags: { a: 'b' }, env: {} },
        } }",
    );
    let rise = || Curve::Lines(vec![(0, 1.0), (10, 10.0), (10, 0.0)]);
    let rate = Curve::Lines(vec![(0, 10.0), (60, 10.0), (60, 0.0)]);
    assert_eq!(
        load.sources,
        [
            users(&[(0, 0.0), (60, 10.0), (60, 0.0)]),
            users(&[(60, 0.0), (60, 3.0), (180, 3.0), (180, 0.0)]),
            open("agent-core", None, rise()),
            open("agent-rag", None, rise()),
            open("agent-core", None, rate),
        ]
    );
    assert_eq!(load.length, Some(180));
    insta::assert_snapshot!(load.notes.join("\n"), @"
    arrival rates are kept whatever happens: preAllocatedVUs and maxVUs set no limit
    users leave at once: gracefulStop and gracefulRampDown are not simulated
    ");
}

#[test]
fn thresholds_become_assertions_or_say_that_they_are_not_checked() {
    let load = load(
        "{ vus: 1, duration: '1m', rps: 5, thresholds: {
            http_req_duration: ['p(95)<500', { threshold: 'avg<200', abortOnFail: true }],
            http_req_failed: 'rate<0.01',
            'http_req_duration{scenario:a}': ['p(95)<100'],
            checks: ['rate>0.9'],
        } }",
    );
    let texts: Vec<String> = load.assertions.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "http_req_duration: p(95)<500",
            "http_req_duration: avg<200",
            "http_req_failed: rate<0.01"
        ]
    );
    insta::assert_snapshot!(load.notes.join("\n"), @"
    abortOnFail is not simulated: the run goes to its end
    the option `rps` is not simulated
    the threshold `checks: rate>0.9` is NOT checked: `checks` is not measured; assert on http_req_duration, http_req_failed or http_reqs, without tags
    the threshold `http_req_duration{scenario:a}: p(95)<100` is NOT checked: `http_req_duration{scenario:a}` is not measured; assert on http_req_duration, http_req_failed or http_reqs, without tags
    users leave at once: gracefulStop and gracefulRampDown are not simulated
    ");
}

#[test]
fn the_environment_is_read_as_empty_and_said_so() {
    let load = load("{ vus: __ENV.VUS || PEAK, duration: __ENV.LONG ?? '1m' }");
    assert_eq!(load.sources, [users(&[(0, 40.0), (60, 40.0), (60, 0.0)])]);
    assert!(load.notes.contains(&"__ENV is read as empty: LONG, VUS".to_owned()));
}

#[test]
fn typescript_is_read_by_its_extension() {
    let text = script("{ vus: 2, duration: '1m' as string } satisfies object")
        .replace("function ()", "async function (data: unknown): Promise<void>");
    let load = read("s.ts", &text, Form::K6, &options()).unwrap();
    assert_eq!(load.sources, [users(&[(0, 2.0), (60, 2.0), (60, 0.0)])]);
    assert_eq!(refusal("s.js", &text, Form::K6, &options()).line, Some(4));
}

/// Options with a mark where the error points, and the error.
const BAD_OPTIONS: &[(&str, &str)] = &[
    ("^{}", "the options do not say how long the script runs"),
    ("^make()", "`options` is not a constant"),
    (
        "{ vus: 5, iterations: ^10 }",
        "`iterations` counts iterations, whose length in time only a run would show",
    ),
    ("{ duration: ^'1m', stages: [] }", "`stages` and `duration` exclude each other in k6"),
    ("^{ stages: [] }", "this takes no time"),
    ("{ stages: ^{} }", "`stages` is not a list"),
    ("{ stages: [^{ target: 5 }] }", "a stage has no `duration`"),
    (
        "{ stages: [{ duration: ^'5 minutes ago', target: 5 }] }",
        "`duration` is `5 minutes ago` and not a duration",
    ),
    ("{ stages: [{ duration: ^'10', target: 5 }] }", "`duration` is `10` and not a duration"),
    ("{ stages: [{ duration: ^'-5m', target: 5 }] }", "`duration` is `-5m` and not a duration"),
    (
        "{ stages: [{ duration: '5m', target: ^-5 }] }",
        "`target` is -5 and not a number that is not negative",
    ),
    ("{ stages: [{ duration: '5m', target: ^peak }] }", "`target` is not a constant"),
    ("{ vus: ^'many', duration: '1m' }", "`vus` is `many` and not a number that is not negative"),
    ("{ scenarios: ^{} }", "there are no scenarios"),
    (
        "{ scenarios: { a: {} }, duration: ^'1m' }",
        "`scenarios` and `duration` exclude each other in k6",
    ),
    ("{ scenarios: { a: ^{} } }", "the scenario `a` has no `executor`"),
    (
        "{ scenarios: { a: { executor: ^'shared-iterations' } } }",
        "the scenario `a` counts iterations, whose length in time only a run would show",
    ),
    (
        "{ scenarios: { a: { executor: ^'externally-controlled' } } }",
        "the scenario `a` has the executor `externally-controlled`, which is not simulated",
    ),
    (
        "{ scenarios: { a: { executor: 'constant-vus', duration: '1m', startVUs: ^5 } } }",
        "the scenario `a` has an option `startVUs` that its executor does not have",
    ),
    (
        "{ scenarios: { a: ^{ executor: 'constant-arrival-rate', duration: '1m' } } }",
        "the scenario `a` has no `rate`",
    ),
    (
        "{ scenarios: { a: { executor: 'constant-arrival-rate', duration: '1m', rate: 1, timeUnit: ^'0s' } } }",
        "`timeUnit` is 0",
    ),
    (
        "{ scenarios: { a: ^{ executor: 'constant-vus', duration: '1m', exec: 'b' } } }",
        "the script has no function `b` to run",
    ),
    (
        "{ vus: 1, duration: '1m', thresholds: { http_reqs: [^'count'] } }",
        "`http_reqs: count` is not a condition; write one such as `http_req_duration: p(95)<500`",
    ),
    (
        "{ vus: 1, duration: '1m', thresholds: { http_reqs: [^5] } }",
        "a threshold is 5 and not a text",
    ),
    ("{ vus: 1, duration: ^}", "Unexpected token"),
];

#[test]
fn bad_options_say_where_and_what() {
    for (options, message) in BAD_OPTIONS {
        let (text, place) = marked(&script(options));
        let error = refusal("s.js", &text, Form::K6, &super::options());
        assert_eq!(error.to_string(), format!("s.js:{place}: {message}"), "{options}");
    }
}

#[test]
fn a_script_without_options_is_refused() {
    let text = "const options = { vus: 1, duration: '1m' };";
    let error = refusal("s.js", text, Form::K6, &options());
    assert_eq!(error.to_string(), "s.js:1:1: the script has no `export const options`");
}

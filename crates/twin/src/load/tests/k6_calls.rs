//! The functions of k6 scripts: what one iteration asks and sleeps.

use super::*;

/// A script whose default function has this body, from line 7 on.
fn script(body: &str) -> String {
    format!(
        "import http, {{ post }} from 'k6/http';\n\
         import {{ sleep, group, check as see }} from 'k6'; import {{ jitter }} from './own.js';\n\
         const CORE = 'http://agent-core:8011';\n\
         const ask = (path) => http.get(`${{CORE}}${{path}}`); const name = (x) => {{ if (x) return 1; }};\n\
         export const options = {{ vus: 1, duration: '1m' }};\n\
         export default function (data) {{\n{body}\n}}\n\
         function visit(base, times) {{ for (let i = 0; i < times; i++) http.get(`${{base}}/${{i}}`); }}\n\
         function again() {{ again(); http.get(CORE); }}\n"
    )
}

fn read_body(body: &str, options: &ReadOptions<'_>) -> Result<Load, LoadError> {
    read("s.js", &script(body), Form::K6, options)
}

/// Calls to agent-core and agent-rag, and the sleep, of one iteration.
fn iteration(load: &Load) -> (f64, f64, f64) {
    let [Source::Closed { think, calls, .. }] = load.sources.as_slice() else {
        panic!("one closed source: {:?}", load.sources)
    };
    let to = |service: &str| calls.get(service).copied().unwrap_or_default();
    (to("agent-core"), to("agent-rag"), *think)
}

/// A body, and what it does: calls to agent-core, calls to agent-rag, seconds asleep.
const FOLLOWED: &[(&str, (f64, f64, f64))] = &[
    ("http.get(CORE); http.post(`${CORE}/x`, data()); sleep(0.5);", (2.0, 0.0, 0.5)),
    ("http.del(CORE); http.patch(CORE); http.put(CORE); http.head(CORE);", (4.0, 0.0, 0.0)),
    ("http.request('GET', CORE); post('http://user:pw@AGENT-RAG/');", (1.0, 1.0, 0.0)),
    (
        "http.batch([CORE, ['GET', CORE + '/b'], { method: 'GET', url: 'https://agent-rag' }]);",
        (2.0, 1.0, 0.0),
    ),
    ("http.batch({ a: CORE, b: { url: CORE } });", (2.0, 0.0, 0.0)),
    // Only the host has to be constant.
    (
        "http.get(`${CORE}/items/${Math.random()}`); http.get(CORE + '/' + data.id);",
        (2.0, 0.0, 0.0),
    ),
    (
        "http.get(http.url`${CORE}/items/${data.id}`); http.get(`http://agent-rag:80${data.path}`);",
        (1.0, 1.0, 0.0),
    ),
    (
        "const paths = { a: CORE + '/a' }; const res = http.get(paths.a); see(res, { ok: (r) => r.status === 200 });",
        (1.0, 0.0, 0.0),
    ),
    (
        "see(http.get(CORE), { ok: (r) => r.json().ok }) || console.log('no'); return; http.get(CORE);",
        (1.0, 0.0, 0.0),
    ),
    (
        "group('a', function () { http.get(CORE); { const CORE = 'http://agent-rag'; http.get(CORE); } return; }); sleep(1);",
        (1.0, 1.0, 1.0),
    ),
    (
        "group('a', () => http.get(CORE)); group('b', () => { group('c', () => ask('/c')); });",
        (2.0, 0.0, 0.0),
    ),
    ("for (let i = 0; i < 3; i++) { http.get(`${CORE}/${i}`); sleep(i); }", (3.0, 0.0, 3.0)),
    ("for (let i = 10; i >= 0; i -= 5) http.get(CORE);", (3.0, 0.0, 0.0)),
    (
        "for (const url of [CORE, 'http://agent-rag']) { for (let i = 0; i < 2; ++i) http.get(url); }",
        (2.0, 2.0, 0.0),
    ),
    ("visit(CORE, 4); visit('http://agent-rag', 2); ask('/x'); name(data);", (5.0, 2.0, 0.0)),
    // Decided while it runs, and no matter for the load.
    (
        "const r = http.get(CORE); if (r.status !== 200) { console.error(r.body); } else { data.ok = true; }",
        (1.0, 0.0, 0.0),
    ),
    (
        "http.get(CORE); for (const x of data.items) { if (x) break; } while (data.next()) { continue; }",
        (1.0, 0.0, 0.0),
    ),
    (
        "try { http.get(CORE); } catch (error) { console.error(error); } finally { sleep(2); }",
        (1.0, 0.0, 2.0),
    ),
    ("http.setResponseCallback(http.expectedStatuses(200)); http.get(CORE);", (1.0, 0.0, 0.0)),
    (
        "if (__ENV.SEARCH) { http.get('http://agent-rag'); } else { http.get(CORE); }",
        (1.0, 0.0, 0.0),
    ),
    ("true ? http.get(CORE) : http.get('http://agent-rag');", (1.0, 0.0, 0.0)),
];

#[test]
fn calls_and_sleeps_are_counted_where_they_are_constant() {
    for (body, expected) in FOLLOWED {
        let load = read_body(body, &options()).unwrap_or_else(|error| panic!("{body}: {error}"));
        assert_eq!(iteration(&load), *expected, "{body}");
    }
}

/// A body with a mark where the error points, and the error.
const UNDECIDED: &[(&str, &str)] = &[
    ("^if (data.ok) http.get(CORE);", "this condition decides what an iteration does"),
    (
        "http.get(CORE);\n  ^if (data) {\n    sleep(1);\n  }",
        "this condition decides what an iteration does",
    ),
    (
        "http.get(CORE); ^if (data.bad) return; http.get(CORE);",
        "this condition may end the iteration early",
    ),
    ("data.ok && ^http.get(CORE);", "this condition decides what an iteration does"),
    ("^data.ok ? sleep(1) : 0;", "this condition decides what an iteration does"),
    ("^switch (data) { case 1: http.get(CORE); }", "this condition decides what an iteration does"),
    ("try { data(); } ^catch { http.get(CORE); }", "a failed call decides what an iteration does"),
    ("^while (data.more) http.get(CORE);", "this loop decides what an iteration does"),
    ("^for (const x in data) http.get(CORE);", "this loop decides what an iteration does"),
    ("^for (const x of data) http.get(CORE);", "this loop decides what an iteration does"),
    (
        "^for (let i = 0; i < data.n; i++) http.get(CORE);",
        "how often this loop runs is not constant",
    ),
    ("^for (let i = 0; i < 5; i += 0) http.get(CORE);", "how often this loop runs is not constant"),
    ("for (let i = 0; i < 5; i++) { http.get(CORE); ^break; }", "this `break` cannot be followed"),
    (
        "for (let i = 0; i < 5; i++) { ^if (data) continue; http.get(CORE); }",
        "this condition may end the iteration early",
    ),
    (
        "for (let i = 0; i < 200; i++) for (let j = 0; j < 200; j++) http.get(^CORE);",
        "an iteration takes more than 10000 steps",
    ),
    (
        "data.forEach(^(x) => http.get(x));",
        "whoever calls this function decides what an iteration does",
    ),
    (
        "data.forEach(function (x) ^{ http.get(x); });",
        "whoever calls this function decides what an iteration does",
    ),
    ("const get = ^http.get; get(CORE);", "how `http` is used here cannot be followed"),
    ("[CORE].forEach(^ask);", "how `ask` is used here cannot be followed"),
    ("^jitter(); http.get(CORE);", "how `jitter` is used here cannot be followed"),
    ("http.get(^data.url);", "the host that is asked is not a constant"),
    ("http.get(^`http://${data.host}/x`);", "the host that is asked is not a constant"),
    ("http.get(^`http://agent-core${data.rest}`);", "the host that is asked is not a constant"),
    ("let url = CORE; http.get(^url);", "the host that is asked is not a constant"),
    ("http.get(^'/health');", "`/health` is not a URL with a host"),
    ("http.batch(^data.urls);", "what this batch asks is not a constant"),
    ("http.get(CORE); sleep(^Math.random() * 3);", "the time to sleep is not a constant"),
    (
        "http.get(CORE); sleep(^-1);",
        "the time to sleep is -1 and not a number that is not negative",
    ),
    (
        "http.get(^'https://example.com/x');",
        "the host `example.com` is not a service; the services are agent-core, agent-rag",
    ),
];

#[test]
fn what_a_run_decides_is_refused_with_its_place() {
    for (body, message) in UNDECIDED {
        let (body, place) = marked(&script(body));
        let error = refusal("s.js", &body, Form::K6, &options());
        assert_eq!(error.to_string(), format!("s.js:{place}: {message}"), "{body}");
    }
}

#[test]
fn an_iteration_that_does_nothing_or_never_ends_is_refused() {
    let table = [
        ("again();", "s.js:10:20: functions call each other more than 32 deep"),
        ("sleep(1);", "s.js:5:24: `default` sends no requests with k6/http"),
    ];
    for (body, message) in table {
        assert_eq!(read_body(body, &options()).unwrap_err().to_string(), message);
    }
}

#[test]
fn refusals_of_calls_and_sleeps_offer_the_flags() {
    for body in ["if (data) http.get(CORE);", "http.get(CORE); sleep(data);", "http.get(data);"] {
        let error = read_body(body, &options()).unwrap_err();
        assert!(error.help.contains("--requests-per-iteration and --think-time"), "{error}");
    }
    let foreign = read_body("http.get('http://example.com');", &options()).unwrap_err();
    assert_eq!(foreign.help, "give --service NAME for hosts that are none");
}

#[test]
fn the_flags_stand_in_for_what_cannot_be_read() {
    let body = "if (data) { http.get(CORE); } else { sleep(data); }";
    let both =
        ReadOptions { requests_per_iteration: Some(3.0), think_time: Some(0.5), ..by_default() };
    assert_eq!(iteration(&read_body(body, &both).unwrap()), (3.0, 0.0, 0.5));

    let calls = ReadOptions { requests_per_iteration: Some(3.0), ..by_default() };
    let read = read_body("if (data) http.get(data); sleep(2);", &calls).unwrap();
    assert_eq!(iteration(&read), (3.0, 0.0, 2.0));
    assert_eq!(read_body(body, &calls).unwrap_err().line, Some(7));

    let think = ReadOptions { think_time: Some(9.0), ..options() };
    let read = read_body("http.get(CORE); sleep(data); if (data) sleep(1);", &think).unwrap();
    assert_eq!(iteration(&read), (1.0, 0.0, 9.0));

    let unnamed = ReadOptions { requests_per_iteration: Some(3.0), ..options() };
    assert_eq!(read_body("", &unnamed).unwrap_err().message, "no service is named");
}

#[test]
fn a_foreign_host_is_the_default_service_and_said_so() {
    let load = read_body("http.get('https://example.com/x'); http.batch([CORE]);", &by_default());
    let load = load.unwrap();
    assert_eq!(iteration(&load), (2.0, 0.0, 0.0));
    insta::assert_snapshot!(load.notes.join("\n"), @"
    the calls of http.batch are taken one after another; k6 sends them in parallel
    the host `example.com` is read as agent-core
    users leave at once: gracefulStop and gracefulRampDown are not simulated
    ");
}

#[test]
fn arrow_functions_and_named_functions_are_default_functions() {
    for function in
        ["export default () => http.get(CORE);", "function f() { ask('/'); } export default f;"]
    {
        let text = format!(
            "import * as http from 'k6/http'; const CORE = 'http://agent-core';
             function ask(path) {{ return http.get(CORE + path); }}
             export const options = {{ vus: 1, duration: '1m' }}; {function}"
        );
        let load = read("s.js", &text, Form::K6, &options()).unwrap();
        assert_eq!(iteration(&load), (1.0, 0.0, 0.0), "{function}");
    }
}

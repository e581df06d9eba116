//! Texts that nobody should write are refused or read, and never do harm.

use proptest::prelude::*;

use super::*;

/// Every curve of a load is finite and not negative.
fn sound(load: &Load) -> bool {
    load.sources.iter().all(|source| {
        let (Source::Open { rate: curve, .. } | Source::Closed { users: curve, .. }) = source;
        [(0, 0), (0, 60), (59, 3_601), (0, 100_000), (86_399, 86_461), (u64::MAX - 61, u64::MAX)]
            .into_iter()
            .map(|(from, to)| curve.mean(from, to))
            .all(|mean| mean.is_finite() && mean >= 0.0)
    })
}

fn read_any(name: &str, text: &str, form: Form) -> Result<(), TestCaseError> {
    match read(name, text, form, &by_default()) {
        Ok(load) => prop_assert!(sound(&load), "{load:?}"),
        Err(error) => prop_assert!(error.to_string().starts_with(name), "{error}"),
    }
    Ok(())
}

/// A text with a part cut out and put in elsewhere.
#[cfg(feature = "k6")]
fn moved(text: &str, cut: (usize, usize), to: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    let from = cut.0 % letters.len();
    let until = (from + cut.1).min(letters.len());
    let mut rest: Vec<char> = letters[..from].iter().chain(&letters[until..]).copied().collect();
    let at = to % (rest.len() + 1);
    rest.splice(at..at, letters[from..until].iter().copied());
    rest.into_iter().collect()
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_in_every_form(text in any::<String>()) {
        for form in [Form::Generator, Form::Csv, Form::CloudWatch, Form::Document, Form::K6] {
            read_any("file", &text, form)?;
        }
    }

    #[test]
    fn anything_like_a_generator_is_read_or_refused(
        text in "(agent-core=)?(steady|daily|spike|step):[0-9.e]{0,6}(\\.\\.[0-9.]{0,5})?\
                 (,(at|rise|hold|peak|trough|noise)=[0-9:%mhd.]{0,6}){0,3}(@[a-z0-9-]{0,9})?"
    ) {
        read_any(&text, &text, Form::Generator)?;
    }

    #[test]
    fn anything_like_a_table_is_read_or_refused(
        text in "time,rps(,service)?\n([0-9]{0,9}[smhd]?,[0-9.e-]{0,5}(,agent-core)?\n){0,8}"
    ) {
        read_any("load.csv", &text, Form::Csv)?;
    }

    #[test]
    fn anything_like_an_answer_is_read_or_refused(
        counts in proptest::collection::vec((0u32..100_000, -1.0f64..1e6), 0..20)
    ) {
        let times: Vec<String> = counts.iter().map(|(second, _)| {
            jiff::Timestamp::from_second(i64::from(*second)).unwrap().to_string()
        }).collect();
        let values: Vec<f64> = counts.iter().map(|(_, value)| *value).collect();
        let text = serde_json::json!({ "MetricDataResults": [
            { "Id": "m", "Label": "agent-rag", "Timestamps": times, "Values": values }
        ] });
        read_any("m.json", &text.to_string(), Form::CloudWatch)?;
    }

    #[test]
    fn reading_at_a_scale_is_reading_and_then_scaling(scale in 0.0f64..1e3, low in 0.0f64..1e3) {
        let text = format!("daily:{low}..2000,noise=5%+spike:{low}..9+step:1..{low}+steady:{low}");
        let plain = read(&text, &text, Form::Generator, &by_default()).unwrap();
        let scaled = ReadOptions { scale, ..by_default() };
        let scaled = read(&text, &text, Form::Generator, &scaled).unwrap();
        prop_assert_eq!(scaled, plain.scaled(scale));
    }
}

#[cfg(feature = "k6")]
proptest! {
    #[test]
    fn a_torn_script_is_read_or_refused(cut in (0usize..5_000, 0usize..200), to in 0usize..5_000) {
        let script = include_str!("../../../../../examples/loads/alfred.js");
        read_any("alfred.js", &moved(script, cut, to), Form::K6)?;
    }
}

#[test]
#[cfg(feature = "k6")]
fn constants_that_double_themselves_do_not_fill_the_memory() {
    for (first, twice) in [
        ("{ a: 'x'.repeat }", "{ a: LAST, b: LAST }"),
        ("[1, 2]", "[LAST, LAST]"),
        ("'ab'", "LAST + LAST"),
    ] {
        let constants = (1..60).map(|number| {
            let last = format!("v{}", number - 1);
            format!("const v{number} = {};\n", twice.replace("LAST", &last))
        });
        let script = format!(
            "const v0 = {first};\n{}import http from 'k6/http';\n\
             export const options = {{ vus: 1, duration: '1m' }};\n\
             export default () => {{ http.get('http://web/'); }};\n",
            constants.collect::<String>()
        );
        let options = ReadOptions { services: &["web"], ..ReadOptions::default() };
        read("k6.js", &script, Form::K6, &options).unwrap();
    }
}

#[test]
#[cfg(feature = "k6")]
fn a_script_that_is_nested_without_end_is_refused_at_its_place() {
    let options = ReadOptions { services: &["web"], ..ReadOptions::default() };
    let refused = |script: &str| read("k6.js", script, Form::K6, &options).unwrap_err();
    for (open, close) in [("(", ")"), ("[", "]"), ("{ a: ", "}")] {
        let script = format!("const a =\n{}1{};", open.repeat(4_000), close.repeat(4_000));
        assert_eq!(refused(&script).line, Some(2), "{open}");
    }
    // A long sum is as deep as it has terms, and has no brackets.
    refused(&format!("const a = 1{};", "+1".repeat(50_000)));
    assert!(refused(&"/".repeat(300 * 1_024)).message.contains("307200 bytes"));
}

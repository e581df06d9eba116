//! The page as text; what a browser makes of it is tested in `tests/page`.

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the numbers of a made-up week are small"
)]
mod week;

use plimsoll_twin::outcome::{Outcome, Verdict};
use serde_json::Value;

use super::{fill, page};

/// What stands in the element of the data.
fn embedded(page: &str) -> &str {
    let (_, after) = page.split_once(r#"<script type="application/json" id="data">"#).unwrap();
    after.split_once("</script>").unwrap().0
}

fn small() -> Outcome {
    week::outcome("harbour/test", 2, 3600)
}

#[test]
fn the_data_reads_back_as_the_outcome() {
    let outcome = small();
    let page = page(&[("one.yaml", &outcome), ("other.yaml", &outcome)]).unwrap();
    let data: Value = serde_json::from_str(embedded(&page)).unwrap();
    assert_eq!(data["runs"][0]["name"], "one.yaml");
    assert_eq!(data["runs"][1]["name"], "other.yaml");
    let read = &data["runs"][0]["outcome"];
    assert_eq!(read["rows"].as_array().unwrap().len(), outcome.rows.len());
    let (curves, trace) = (&read["trace"]["groups"][0], outcome.trace.unwrap());
    let kept = &trace.groups[0];
    assert_eq!(curves["desired"], serde_json::to_value(&kept.desired).unwrap());
    for (shown, exact) in curves["offered"].as_array().unwrap().iter().zip(&kept.offered) {
        assert!((shown.as_f64().unwrap() - exact).abs() <= 0.0005, "{shown} for {exact}");
    }
}

#[test]
fn text_from_outside_stays_text() {
    let mut outcome = small();
    let hostile = "</script><script>alert(1)</script><!-- {{script}} \u{2028}\u{2029} & \"";
    outcome.title = hostile.to_owned();
    outcome.verdicts.push(Verdict {
        condition: hostile.to_owned(),
        measured: None,
        holds: false,
        reason: hostile.to_owned(),
    });
    let page = page(&[(hostile, &outcome)]).unwrap();
    let data = embedded(&page);
    assert!(!data.contains(['<', '\u{2028}', '\u{2029}']));
    let read: Value = serde_json::from_str(data).unwrap();
    assert_eq!(read["runs"][0]["name"], hostile);
    assert!(page.contains("<h1>&lt;/script&gt;&lt;script&gt;alert(1)"));
    assert_eq!(page.matches("</script>").count(), 3);
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    let page = page(&[("one.yaml", &small())]).unwrap();
    let names = ["xmlns='http://www.w3.org/2000/svg'", "/*! https://github.com/leeoniya/uPlot"];
    let rest = names.iter().fold(page.clone(), |page, name| {
        assert!(page.contains(name), "{name}");
        page.replace(name, "")
    });
    for sign in ["http:", "https:", "src=", "@import", "url(", "fetch(", "XMLHttpRequest"] {
        assert!(!rest.contains(sign), "the page holds `{sign}`");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn the_policy_names_every_script_and_style_by_its_hash() {
    use base64::Engine as _;
    use sha2::Digest as _;

    let page = page(&[("one.yaml", &small())]).unwrap();
    let policy = page.split_once("Content-Security-Policy\" content=\"").unwrap().1;
    let policy = policy.split_once('"').unwrap().0;
    assert!(!policy.contains("unsafe"), "{policy}");
    let elements = [("<script>", "</script>"), ("<style>", "</style>")];
    for (begin, end) in elements {
        let sources = page.split(begin).skip(1).map(|part| part.split_once(end).unwrap().0);
        let hashes: Vec<String> = sources
            .map(sha2::Sha256::digest)
            .map(|digest| base64::engine::general_purpose::STANDARD.encode(digest))
            .collect();
        assert_eq!(hashes.len(), 2);
        for hash in hashes {
            assert!(policy.contains(&hash), "{policy} lacks {hash}");
        }
    }
}

#[test]
fn what_cannot_be_drawn_is_refused_by_name() {
    let whole = small();
    let bare = Outcome { trace: None, ..whole.clone() };
    let coarse = week::outcome("harbour/test", 2, 7200);
    let said = |runs: &[(&str, &Outcome)]| page(runs).unwrap_err().to_string();
    assert_eq!(said(&[]), "a report needs at least one run");
    assert!(said(&[("a.yaml", &bare)]).starts_with("the run of a.yaml kept no curves"));
    let apart = said(&[("a.yaml", &whole), ("b.yaml", &coarse)]);
    assert!(apart.contains("b.yaml begins at 2026-03-02T00:00:00Z in steps of 7200 s"), "{apart}");
}

#[test]
fn a_template_is_filled_once() {
    let text = |name: &str| (name == "a").then_some("{{b}}");
    assert_eq!(fill("x {{a}} y", text).unwrap(), "x {{b}} y");
    assert_eq!(fill("{{c}}", text).unwrap_err().to_string(), "the page has no text for `c`");
    assert_eq!(fill("{{a", text).unwrap_err().to_string(), "a placeholder of the page has no end");
}

//! The report of a simulation: one HTML page that needs nothing but a browser.
//!
//! The page is a template, a style sheet, scripts and a chart library, all compiled in, and the
//! outcomes as JSON. A browser that opens it loads nothing else: its content security policy allows
//! only the scripts and styles whose hashes it names, and no connection.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_twin::outcome::Outcome;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const TEMPLATE: &str = include_str!("page/page.html");
const LIBRARY: &str = include_str!("page/vendor/uPlot.iife.min.js");
const LIBRARY_STYLE: &str = include_str!("page/vendor/uPlot.min.css");
const STYLE: &str = concat!(include_str!("page/page.css"), include_str!("page/charts.css"));

/// One script: the files share their top level, and the last one begins.
const SCRIPT: &str = concat!(
    "'use strict';\n",
    include_str!("page/format.js"),
    include_str!("page/dom.js"),
    include_str!("page/model.js"),
    include_str!("page/summary.js"),
    include_str!("page/table.js"),
    include_str!("page/marks.js"),
    include_str!("page/charts.js"),
    include_str!("page/cursor.js"),
    include_str!("page/causes.js"),
    include_str!("page/events.js"),
    include_str!("page/page.js"),
);

/// Decimals of a number in the page: enough for every value it shows, and a third of the bytes.
const DECIMALS: f64 = 1000.0;

/// The page of one run, or of several that are compared, each with the name of its spec.
///
/// # Errors
///
/// There is no run; a run kept no curves; or the curves of two runs have no common time axis.
pub(crate) fn page(runs: &[(&str, &Outcome)]) -> Result<String> {
    share_an_axis(runs)?;
    let (_, first) = runs.first().context("a report needs at least one run")?;
    let data = data(runs)?;
    let title = html(&first.title);
    let policy = policy();
    fill(TEMPLATE, |name| {
        Some(match name {
            "policy" => &policy,
            "title" => &title,
            "library_style" => LIBRARY_STYLE,
            "style" => STYLE,
            "data" => &data,
            "library" => LIBRARY,
            "script" => SCRIPT,
            _ => return None,
        })
    })
}

/// The charts lay all runs over each other, point by point.
fn share_an_axis(runs: &[(&str, &Outcome)]) -> Result<()> {
    let mut axis = None;
    for (name, outcome) in runs {
        let Some(trace) = &outcome.trace else {
            bail!("the run of {name} kept no curves: a report needs a run with a trace");
        };
        let own = (trace.start, trace.step);
        let (start, step) = *axis.get_or_insert(own);
        if own != (start, step) {
            bail!(
                "the run of {name} begins at {} in steps of {} s, the first one at {start} in \
                 steps of {step} s: only runs on one time axis can be compared",
                own.0,
                own.1
            );
        }
    }
    Ok(())
}

/// The outcomes as JSON that may stand inside a `script` element.
fn data(runs: &[(&str, &Outcome)]) -> Result<String> {
    let runs: Vec<Value> = runs
        .iter()
        .map(|(name, outcome)| {
            Ok(json!({ "name": name, "outcome": serde_json::to_value(outcome)? }))
        })
        .collect::<Result<_>>()?;
    let mut value = json!({ "version": env!("CARGO_PKG_VERSION"), "runs": runs });
    shorten(&mut value);
    Ok(inert(&value.to_string()))
}

/// Rounds every float: the curves hold most of the page's bytes.
fn shorten(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(shorten),
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        Value::Number(number) if number.is_f64() => {
            let exact = number.as_f64().unwrap_or_default();
            *value = json!((exact * DECIMALS).round() / DECIMALS);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// JSON in which no text ends the element, begins a comment, or ends a line of a script. All of
/// these characters stand in strings only.
fn inert(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// Text that may stand in an element.
fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What the page may do: run these scripts, wear these styles, and show the images it carries.
fn policy() -> String {
    format!(
        "default-src 'none'; script-src {} {}; style-src {} {}; img-src data:; base-uri 'none'; \
         form-action 'none'",
        hash(LIBRARY),
        hash(SCRIPT),
        hash(LIBRARY_STYLE),
        hash(STYLE)
    )
}

fn hash(source: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(source)))
}

/// Puts a text in the place of each `{{name}}`. What is put in is not searched again, so data may
/// hold braces.
fn fill<'a>(template: &str, text: impl Fn(&str) -> Option<&'a str>) -> Result<String> {
    let mut parts = template.split("{{");
    let mut page = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").context("a placeholder of the page has no end")?;
        let text = text(name).with_context(|| format!("the page has no text for `{name}`"))?;
        write!(page, "{text}{rest}")?;
    }
    Ok(page)
}

#[cfg(test)]
mod tests;

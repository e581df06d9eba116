//! What every test here starts from: a spec that was read, a load, and the choices of a run.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::task::{Context, Poll, Waker};

use jiff::Timestamp;
use plimsoll_core::spec::{Document, Severity, Source, Spec};
use plimsoll_core::units::Seconds;
use plimsoll_twin::load::{Form, Load, ReadOptions, read};
use plimsoll_twin::model::Model;
use plimsoll_twin::run::{Controller, Options};
use serde_json::Value;

/// A Sunday at noon, UTC: no schedule of a working day is about to fire.
pub(crate) const SUNDAY: &str = "2027-01-03T12:00:00Z";

/// The folder of the scenarios.
pub(crate) fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// A spec with what differs laid over it, mapping by mapping.
pub(crate) fn spec_with(base: &str, differs: &Value) -> Result<Spec, String> {
    let mut whole: Value = serde_saphyr::from_str(base).map_err(|error| error.to_string())?;
    lay_over(&mut whole, differs);
    compiled(&whole.to_string(), Path::new("."), "production")
}

fn lay_over(below: &mut Value, above: &Value) {
    match (below, above) {
        (Value::Object(below), Value::Object(above)) => {
            for (key, above) in above {
                lay_over(below.entry(key).or_insert(Value::Null), above);
            }
        }
        (below, above) => *below = above.clone(),
    }
}

/// One environment of a spec; its user data files are relative to a folder.
pub(crate) fn compiled(text: &str, folder: &Path, environment: &str) -> Result<Spec, String> {
    let source = Source { name: "spec".to_owned(), text: text.to_owned() };
    let document = Document::parse(source);
    let file = |path: String| {
        let text = std::fs::read_to_string(folder.join(&path)).map_err(|error| error.to_string());
        (path, text)
    };
    let files: BTreeMap<_, _> = document.user_data_files().into_iter().map(file).collect();
    let compiled = document.compile(environment, &files);
    compiled.spec.ok_or_else(|| {
        let errors = compiled.problems.iter().filter(|of| of.severity == Severity::Error);
        let said: Vec<_> = errors.map(|problem| &*problem.message).collect();
        format!("the spec is not valid: {}", said.join("; "))
    })
}

/// The spec that most scenarios differ from.
pub(crate) fn web(differs: &str) -> Spec {
    let base = std::fs::read_to_string(scenarios().join("specs/web.yaml")).unwrap();
    spec_with(&base, &serde_saphyr::from_str(differs).unwrap()).unwrap()
}

/// A load on a spec, from a generator or from the text of a file.
pub(crate) fn load_on(spec: &Spec, name: &str, text: &str, scale: f64) -> Result<Load, String> {
    let mut services: Vec<&str> = spec.services().map(|(_, name, _)| name).collect();
    services.sort_unstable();
    services.dedup();
    let regions: Vec<&str> = spec.regions.keys().map(String::as_str).collect();
    let asked = ReadOptions { services: &services, regions: &regions, scale, ..Default::default() };
    let form = Form::of(name).map_err(|error| error.to_string())?;
    read(name, text, form, &asked).map_err(|error| error.to_string())
}

/// A generator's load.
pub(crate) fn load(spec: &Spec, generator: &str) -> Load {
    load_on(spec, generator, generator, 1.0).unwrap()
}

/// Boots that take a minute, each of them, so that sums can be done by hand.
pub(crate) fn punctual() -> Model {
    Model { boot_least: Seconds(60), boot_mean: Seconds(60), ..Model::default() }
}

/// A traced run of so many seconds, without faults.
pub(crate) fn options(seconds: u64) -> Options {
    Options {
        start: moment(SUNDAY),
        seconds,
        seed: 1,
        trace: true,
        model: punctual(),
        faults: Vec::new(),
        controller: Controller::Off,
    }
}

pub(crate) fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The twin never waits, so one poll is enough.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the twin never waits"),
    }
}

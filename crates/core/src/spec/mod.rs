//! What is wanted: from the operator's file to a valid [`Spec`].
//!
//! ```text
//!   text ──> tree (every value knows its place)
//!              └──> layers merged, per environment, region and service
//!                     └──> document (what was typed) ──> Spec (valid by construction)
//!   problems, each with a code, a place and a way out, are collected all along
//! ```

mod check;
mod compile;
mod document;
pub(crate) mod fill;
mod lower;
mod model;
mod names;
mod problem;
mod read;
mod scaling;
mod suggest;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

pub use lower::Files;
pub(crate) use lower::MOST_POLICIES;
pub use model::{
    BACKSTOP, Capacity, Controller, Damping, Database, Failover, FailoverMode, Fits, Guard,
    Instances, Kind, Machine, Managed, Mode, Places, Region, RegionLimits, Selector, Service,
    Signal, Slot, Spec, Use,
};
pub(crate) use names::{Arn, is_region};
use problem::Findings;
pub use problem::{Code, Place, Problem, Severity, Text, code};
pub use suggest::nearest;
pub use tree::{LIMITS, Limits};
use tree::{Node, Value};

/// A commented spec to start from.
pub const STARTER: &str = include_str!("starter.yaml");

/// A spec's text and what to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its file name, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A file that was read, for better or worse.
#[derive(Clone, Debug)]
pub struct Document {
    /// The text.
    pub source: Source,
    root: Option<Node>,
    unreadable: Vec<Problem>,
    overlay: Option<Overlay>,
}

/// What a deployment lays over every environment of a document, as the last layer.
#[derive(Clone, Debug)]
struct Overlay {
    source: Source,
    /// `None` when there is nothing in it, or nothing that can be read.
    root: Option<Node>,
}

/// One environment of a document.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// There only when no problem is an error.
    pub spec: Option<Spec>,
    /// Mistakes and doubts, in the order of the file.
    pub problems: Vec<Problem>,
}

impl Document {
    /// Reads a text. What is wrong with it comes with [`Document::check`] and
    /// [`Document::compile`].
    #[must_use]
    pub fn parse(source: Source) -> Self {
        let (root, unreadable) = match Node::parse(&source.text) {
            Ok((root, problems)) if matches!(root.value, Value::Map(_)) => (Some(root), problems),
            Ok((root, _)) => {
                let place = Some(root.place);
                let message = "the file does not hold a platform";
                let problem = Problem::error(code::NOT_YAML, place, message)
                    .help("start with `plimsoll init`, or with `platform: NAME`");
                (None, vec![problem])
            }
            Err(problem) => (None, vec![problem]),
        };
        Self { source, root, unreadable, overlay: None }
    }

    /// Lays an overlay over every environment, as the last layer. It has the form of an
    /// environment: `account`, `controller`, `regions`, `defaults` and `services`. An empty one
    /// changes nothing. What is wrong with it has its places in its own text, see
    /// [`Document::source_of`]; rules that concern several values, such as that one region has the
    /// database primary, see the whole. One overlay replaces another.
    #[must_use]
    pub fn overlaid(mut self, overlay: Source) -> Self {
        self.unreadable.retain(|problem| problem.text() == Text::Spec);
        let (root, problems) = match Node::parse(&overlay.text) {
            Ok((Node { value: Value::Null, .. }, problems)) => (None, problems),
            Ok((root, problems)) if matches!(root.value, Value::Map(_)) => {
                (Some(root.in_overlay()), problems)
            }
            Ok((root, _)) => {
                let message = "the overlay does not hold what differs";
                let problem = Problem::error(code::NOT_YAML, Some(root.place), message).help(
                    "it has the form of an environment, such as `services: { web: { bounds: { max: 4 } } }`",
                );
                (None, vec![problem])
            }
            Err(problem) => (None, vec![problem]),
        };
        self.unreadable.extend(problems.into_iter().map(Problem::in_overlay));
        self.overlay = Some(Overlay { source: overlay, root });
        self
    }

    /// The overlay's text, when one was laid over the document.
    #[must_use]
    pub fn overlay(&self) -> Option<&Source> {
        self.overlay.as_ref().map(|overlay| &overlay.source)
    }

    /// The text in which a place lies.
    #[must_use]
    pub fn source_of(&self, place: Place) -> &Source {
        match (place.text, &self.overlay) {
            (Text::Overlay, Some(overlay)) => &overlay.source,
            _ => &self.source,
        }
    }

    /// The environments that are declared, in the order of the file.
    #[must_use]
    pub fn environments(&self) -> Vec<String> {
        let declared = self.root.as_ref().and_then(|root| root.get("environments"));
        declared.map(keys).unwrap_or_default()
    }

    /// Paths of user data files, as they are written: relative to the spec's folder, those of an
    /// overlay too.
    #[must_use]
    pub fn user_data_files(&self) -> BTreeSet<String> {
        let mut files = BTreeSet::new();
        let overlay = self.overlay.as_ref().and_then(|overlay| overlay.root.as_ref());
        for root in self.root.iter().chain(overlay) {
            collect_user_data(root, &mut files);
        }
        files
    }

    /// One environment.
    #[must_use]
    pub fn compile(&self, environment: &str, files: &Files) -> Compiled {
        let mut findings = Findings::default();
        findings.add(self.unreadable.clone());
        let top = self.overlay.as_ref().and_then(|overlay| overlay.root.as_ref());
        let spec = self.root.as_ref().and_then(|root| {
            let mut spec = compile::compile(root, top, environment, files, &mut findings)?;
            spec.overlay = self.overlay().map(|source| source.name.clone());
            Some(spec)
        });
        let problems = findings.in_order();
        let valid = problems.iter().all(|problem| problem.severity == Severity::Warning);
        Compiled { spec: spec.filter(|_| valid), problems }
    }

    /// The problems of all environments, each once.
    #[must_use]
    pub fn check(&self, files: &Files) -> Vec<Problem> {
        let mut findings = Findings::default();
        findings.add(self.unreadable.clone());
        let mut environments = self.environments();
        if environments.is_empty() && self.root.is_some() {
            environments.push("production".to_owned());
        }
        for environment in environments {
            findings.add(self.compile(&environment, files).problems);
        }
        findings.in_order()
    }
}

/// The JSON Schema of a spec file, for editors.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    in_order_of_names(schemars::schema_for!(document::PlatformDoc).to_value())
}

/// Sorts every mapping: whether the JSON crate does depends on what else is compiled with it.
fn in_order_of_names(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Json::Object(fields) => {
            let sorted: BTreeMap<String, Json> = fields.into_iter().collect();
            Json::Object(sorted.into_iter().map(|(key, of)| (key, in_order_of_names(of))).collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(in_order_of_names).collect()),
        scalar @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => scalar,
    }
}

fn keys(node: &Node) -> Vec<String> {
    node.entries().iter().map(|entry| entry.key.clone()).collect()
}

fn collect_user_data(node: &Node, files: &mut BTreeSet<String>) {
    for entry in node.entries() {
        if let ("user_data", Value::Text(path)) = (entry.key.as_str(), &entry.node.value) {
            files.insert(path.clone());
        }
        collect_user_data(&entry.node, files);
    }
}

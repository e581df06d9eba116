//! The spec: fetched beside the red button, unpacked, compiled.

use std::io;
use std::path::{Path, PathBuf};

use plimsoll_aws::Aws;
use plimsoll_aws::published::{self, PublishedError};
use plimsoll_core::cloud::ActError;
use plimsoll_core::spec::{Document, Files, Problem, Severity, Source, Spec};

use crate::settings::{Settings, SpecPlace};

/// What one look at the parameters, and at the package, brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The spec's text.
    pub yaml: String,
    /// The red button.
    pub switch: Switch,
}

/// The red button: whether the controller may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Switch {
    /// It may.
    Run,
    /// It may not; who said so, and why.
    Stop(String),
}

/// Why there is no spec.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// The parameters cannot be read.
    #[error(transparent)]
    Parameters(#[from] ActError),
    /// There is no such parameter.
    #[error("there is no parameter {0}; publish the spec, or correct PLIMSOLL_SPEC")]
    NoParameter(String),
    /// The file cannot be read.
    #[error("cannot read the spec {}: {why}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: io::Error,
    },
    /// The parameter holds no packed spec.
    #[error(transparent)]
    Unpacked(#[from] PublishedError),
    /// The spec has mistakes.
    #[error(
        "the spec of {environment}, {first}; `plimsoll validate` shows {}",
        if *.count == 1 { "its place" } else { "all mistakes" }
    )]
    Mistaken {
        /// The environment that was compiled.
        environment: String,
        /// Where the first one is, what it is, and the way out.
        first: String,
        /// How many there are.
        count: usize,
    },
}

impl Switch {
    /// Reads the button. A text that is neither word stops as well: somebody wanted something.
    #[must_use]
    pub fn read(value: Option<&str>) -> Self {
        match value.map(str::trim) {
            None | Some("run") => Self::Run,
            Some(said) => {
                let why = said.strip_prefix("stop").unwrap_or(said).trim();
                Self::Stop(why.to_owned())
            }
        }
    }
}

/// Reads the spec's text and the red button, with one call.
///
/// # Errors
/// When the call fails, or the spec is not there or not what it should be.
pub async fn fetch(aws: &Aws, settings: &Settings) -> Result<Fetched, SpecError> {
    let Settings { region, switch, .. } = settings;
    let mut names = vec![switch.as_str()];
    if let SpecPlace::Parameter(spec) = &settings.spec {
        names.push(spec);
    }
    let mut found = aws.parameters(region, &names).await?;
    let switch = Switch::read(found.get(switch).map(String::as_str));
    let text = match &settings.spec {
        SpecPlace::Parameter(name) => {
            found.remove(name).ok_or_else(|| SpecError::NoParameter(name.clone()))?
        }
        SpecPlace::File(path) => file(path)?,
    };
    Ok(Fetched { yaml: published::unpack(&text)?, switch })
}

fn file(path: &Path) -> Result<String, SpecError> {
    std::fs::read_to_string(path)
        .map_err(|why| SpecError::Unreadable { path: path.to_owned(), why })
}

/// Compiles one environment of a spec. User data is left out: it is of launch templates, and the
/// controller makes none.
///
/// # Errors
/// [`SpecError::Mistaken`] with the first mistake.
pub fn compile(yaml: String, environment: &str) -> Result<Spec, SpecError> {
    let document = Document::parse(Source { name: "the spec".to_owned(), text: yaml });
    let compiled = document.compile(environment, &Files::new());
    compiled.spec.ok_or_else(|| {
        let errors = compiled.problems.iter().filter(|it| it.severity == Severity::Error);
        let errors: Vec<&Problem> = errors.collect();
        SpecError::Mistaken {
            environment: environment.to_owned(),
            first: errors.first().map_or_else(String::new, |first| in_one_line(first)),
            count: errors.len(),
        }
    })
}

fn in_one_line(problem: &Problem) -> String {
    let Problem { place, code, message, help, .. } = problem;
    let place = place.map_or_else(|| "as a whole".to_owned(), |it| format!("line {}", it.line));
    let help = help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{place}: {message}{help} [{code}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    static ALFRED: &str = include_str!("../../examples/alfred-managed.yaml");

    #[test]
    fn the_button_stops_when_it_says_anything_but_run() {
        let stop = |why: &str| Switch::Stop(why.to_owned());
        assert_eq!(Switch::read(None), Switch::Run);
        assert_eq!(Switch::read(Some("run\n")), Switch::Run);
        assert_eq!(Switch::read(Some("stop maria: network test")), stop("maria: network test"));
        assert_eq!(Switch::read(Some("stop")), stop(""));
        assert_eq!(Switch::read(Some("halt!")), stop("halt!"));
    }

    #[test]
    fn a_spec_compiles_without_its_user_data() {
        let spec = compile(ALFRED.to_owned(), "production").unwrap();
        assert_eq!(spec.platform, "alfred");
        let scripts = spec.services().filter(|(_, _, of)| of.instances.user_data.is_some());
        assert_eq!(scripts.count(), 0);
    }

    #[test]
    fn a_mistake_is_told_in_its_own_words() {
        let error = compile(ALFRED.to_owned(), "staging").unwrap_err();
        assert!(error.to_string().contains("environment `staging` is not declared"), "{error}");
    }
}

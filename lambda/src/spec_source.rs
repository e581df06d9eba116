//! The spec: fetched beside the red button, unpacked, compiled.

use std::io;
use std::path::{Path, PathBuf};

use plimsoll_aws::Aws;
use plimsoll_aws::published::{self, PublishedError};
use plimsoll_core::cloud::ActError;
use plimsoll_core::controller::switch::Switch;
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

/// Why there is no spec.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// The parameters cannot be read.
    #[error(transparent)]
    Parameters(#[from] ActError),
    /// There is no such parameter.
    #[error(
        "there is no parameter {0}; publish the spec with `plimsoll apply --publish`, or correct PLIMSOLL_SPEC"
    )]
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

/// Compiles the environment of the function, with the overlay that its deployment passes on. User
/// data is left out: it is of launch templates, and the controller makes none.
///
/// # Errors
/// [`SpecError::Mistaken`] with the first mistake and the text that has it.
pub fn compile(yaml: String, settings: &Settings) -> Result<Spec, SpecError> {
    let mut document = Document::parse(Source { name: "spec".to_owned(), text: yaml });
    if let Some(overlay) = &settings.overlay {
        let source = Source { name: "PLIMSOLL_OVERLAY".to_owned(), text: overlay.clone() };
        document = document.overlaid(source);
    }
    let compiled = document.compile(&settings.environment, &Files::new());
    compiled.spec.ok_or_else(|| {
        let errors = compiled.problems.iter().filter(|it| it.severity == Severity::Error);
        let errors: Vec<&Problem> = errors.collect();
        SpecError::Mistaken {
            environment: settings.environment.clone(),
            first: errors.first().map_or_else(String::new, |first| in_one_line(&document, first)),
            count: errors.len(),
        }
    })
}

fn in_one_line(document: &Document, problem: &Problem) -> String {
    let Problem { place, code, message, help, .. } = problem;
    let place = place.map_or_else(
        || "as a whole".to_owned(),
        |it| format!("{} line {}", document.source_of(it).name, it.line),
    );
    let help = help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{place}: {message}{help} [{code}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    static ALFRED: &str = include_str!("../../examples/alfred-managed.yaml");

    fn settings(environment: &str, overlay: Option<&str>) -> Settings {
        let mut settings = crate::settings::tests::settings();
        settings.environment = environment.to_owned();
        settings.overlay = overlay.map(str::to_owned);
        settings
    }

    #[test]
    fn a_spec_compiles_without_its_user_data() {
        let spec = compile(ALFRED.to_owned(), &settings("production", None)).unwrap();
        assert_eq!(spec.platform, "alfred");
        let scripts = spec.services().filter(|(_, _, of)| of.instances.user_data.is_some());
        assert_eq!(scripts.count(), 0);
    }

    #[test]
    fn a_mistake_is_told_in_its_own_words() {
        let error = compile(ALFRED.to_owned(), &settings("staging", None)).unwrap_err();
        assert!(error.to_string().contains("environment `staging` is not declared"), "{error}");
    }

    #[test]
    fn an_overlay_is_laid_over_the_spec() {
        let overlay =
            "services: { agent-core: { regions: { us-west-2: { bounds: { max: 7 } } } } }";
        let spec = compile(ALFRED.to_owned(), &settings("production", Some(overlay))).unwrap();
        let max = |region: &str| spec.regions[region].services["agent-core"].bounds.max;
        assert_eq!((max("us-west-2"), max("us-east-1")), (7, 10));
    }

    #[test]
    fn a_mistake_in_an_overlay_is_told_of_the_overlay() {
        let overlay = "services: { agent-cor: { bounds: { max: 7 } } }";
        let error = compile(ALFRED.to_owned(), &settings("production", Some(overlay))).unwrap_err();
        assert!(error.to_string().contains("PLIMSOLL_OVERLAY line 1: "), "{error}");
    }
}

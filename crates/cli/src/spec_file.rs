//! The spec on disk, with the files that it names.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use plimsoll_core::spec::{Document, Files, LIMITS, Problem, Source, Spec};

use crate::args::SpecArgs;
use crate::view::Faulty;

/// A spec that was read, for better or worse.
#[derive(Debug)]
pub(crate) struct SpecFile {
    pub(crate) document: Document,
    /// Texts of its user data files.
    pub(crate) files: Files,
}

impl SpecFile {
    /// Reads the spec of `--file`, the overlay of `--overlay`, and the user data files that they
    /// name.
    pub(crate) fn read(args: &SpecArgs) -> Result<Self> {
        let path = args.file.as_path();
        let name = path.display();
        Self::read_or(path, args.overlay.as_deref(), |error| {
            if error.kind() == io::ErrorKind::NotFound {
                anyhow!(
                    "there is no {name}; name the spec with --file, or start one: plimsoll init"
                )
            } else {
                anyhow!("cannot read {name}: {error}")
            }
        })
    }

    /// The same for a spec of `--compare`.
    pub(crate) fn read_other(path: &Path) -> Result<Self> {
        let name = path.display();
        let refusal = |error: io::Error| anyhow!("--compare: cannot read {name}: {}", why(&error));
        Self::read_or(path, None, refusal)
    }

    fn read_or(
        path: &Path,
        overlay: Option<&Path>,
        refusal: impl FnOnce(io::Error) -> anyhow::Error,
    ) -> Result<Self> {
        let name = path.display().to_string();
        let text = text_of(path, LIMITS.file_bytes).map_err(refusal)?;
        let mut document = Document::parse(Source { name, text });
        if let Some(path) = overlay {
            document = document.overlaid(overlay_of(path)?);
        }
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let files = document
            .user_data_files()
            .into_iter()
            .map(|file| {
                let text = text_of(&folder.join(&file), LIMITS.file_bytes)
                    .map_err(|reason| reason.to_string());
                (file, text)
            })
            .collect();
        Ok(Self { document, files })
    }

    /// The problems of one environment, or of all.
    pub(crate) fn check(&self, environment: Option<&str>) -> Vec<Problem> {
        match environment {
            Some(environment) => self.document.compile(environment, &self.files).problems,
            None => self.document.check(&self.files),
        }
    }

    /// The spec of the environment that was asked for, with its doubts. Mistakes are refused, all
    /// at once, and when `strict` doubts too.
    pub(crate) fn compiled(
        &self,
        environment: Option<&str>,
        strict: bool,
    ) -> Result<(Spec, Faulty)> {
        let environments = self.document.environments();
        let environment = match (environment, environments.as_slice()) {
            (Some(asked), _) => asked,
            (None, [only]) => only,
            // A spec that cannot be read has none either, and the problems say so.
            (None, []) => return Err(Faulty::new(&self.document, self.check(None)).into()),
            (None, several) => bail!(
                "{} has several environments ({}); name one with --environment",
                self.document.source.name,
                several.join(", ")
            ),
        };
        let compiled = self.document.compile(environment, &self.files);
        let faulty = Faulty::new(&self.document, compiled.problems);
        match compiled.spec {
            Some(spec) if !faulty.stops(strict) => Ok((spec, faulty)),
            _ => Err(faulty.into()),
        }
    }
}

fn overlay_of(path: &Path) -> Result<Source> {
    let name = path.display().to_string();
    match text_of(path, LIMITS.file_bytes) {
        Ok(text) => Ok(Source { name, text }),
        Err(error) => Err(anyhow!("--overlay: cannot read {name}: {}", why(&error))),
    }
}

/// Why a file could not be read, without the number that the system has for it.
pub(crate) fn why(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::NotFound {
        return "there is no such file".to_owned();
    }
    error.to_string()
}

/// Reads a text of bounded size. A file that is too large is cut just above the bound, so that
/// whoever checks the size still sees that it is.
pub(crate) fn text_of(path: &Path, most: usize) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        io::Error::new(io::ErrorKind::InvalidData, format!("byte {place} is not UTF-8 text"))
    })
}

//! The spec on disk, with the files that it names.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Result, anyhow};
use plimsoll_core::spec::{Document, Files, LIMITS, Problem, Source};

/// A spec that was read, for better or worse.
#[derive(Debug)]
pub(crate) struct SpecFile {
    pub(crate) document: Document,
    /// Texts of its user data files.
    pub(crate) files: Files,
}

impl SpecFile {
    /// Reads a spec and the user data files that it names.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let text = text_of(path, LIMITS.file_bytes).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                anyhow!(
                    "there is no {name}; name the spec with --file, or start one: plimsoll init"
                )
            } else {
                anyhow!("cannot read {name}: {error}")
            }
        })?;
        let document = Document::parse(Source { name, text });
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

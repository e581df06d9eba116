//! What is wrong with a fault, or with a file of faults.

use std::fmt;

use plimsoll_core::spec::Place;

/// What is wrong with a fault, or with a file of faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError {
    /// The file's name; `None` when the fault came from no file.
    pub file: Option<String>,
    /// Where in the file, when that is known.
    pub place: Option<Place>,
    /// Names the value and what is wrong with it.
    pub message: String,
    /// What was expected, or the way out.
    pub help: String,
}

impl FaultError {
    /// At no place yet.
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { file: None, place: None, message: message.into(), help: help.into() }
    }
}

/// One line: `faults.yaml:3:5: what is wrong; the way out`.
impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:")?;
            if let Some(place) = self.place {
                write!(f, "{place}:")?;
            }
            f.write_str(" ")?;
        }
        write!(f, "{}; {}", self.message, self.help)
    }
}

impl std::error::Error for FaultError {}

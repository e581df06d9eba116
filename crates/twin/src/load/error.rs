//! What is wrong with a text that should be a load.

use std::fmt;

/// A text that cannot be read as a load: where, what, and the way out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", Place(.name, *.line, *.column))]
pub struct LoadError {
    /// The file's name, or the generator's text.
    pub name: String,
    /// The line, from 1, where the form has lines.
    pub line: Option<u64>,
    /// The character in the line, from 1, where it is known.
    pub column: Option<u64>,
    /// What is wrong, with the value.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl LoadError {
    /// An error whose place is filled in on the way out.
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            name: String::new(),
            line: None,
            column: None,
            message: message.into(),
            help: help.into(),
        }
    }

    /// The same, in a line.
    pub(super) fn on_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same, at a character of a line.
    pub(super) fn at(mut self, line: u64, column: u64) -> Self {
        self.line = Some(line);
        self.column = Some(column);
        self
    }

    /// The same, in a named text.
    pub(super) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }
}

/// `name`, `name:line` or `name:line:column`.
struct Place<'a>(&'a str, Option<u64>, Option<u64>);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)?;
        for number in [self.1, self.2].into_iter().flatten() {
            write!(f, ":{number}")?;
        }
        Ok(())
    }
}

//! Lines of bounded length from a reader that may hold anything.

use std::io::{self, BufRead, Read as _};

use anyhow::{Result, anyhow, bail};

/// Longest line in bytes: some 400,000 entries of a log.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Lines that are not blank.
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
}

/// One line.
pub(super) struct Line {
    /// Its number; the first is 1, and blank lines count.
    pub(super) number: u64,
    /// What it says, or why that cannot be told.
    pub(super) text: Result<String>,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(reader: R) -> Self {
        Self { reader, number: 0 }
    }

    /// The next line; an error of the reader ends them all.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut bytes = Vec::new();
            if self.reader.by_ref().take(LONGEST).read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            let text = self.text_of(bytes)?;
            if !text.as_ref().is_ok_and(|text| text.trim().is_empty()) {
                return Ok(Some(Line { number: self.number, text }));
            }
        }
    }

    /// Skips what does not fit, so that the next line starts where it should.
    fn text_of(&mut self, bytes: Vec<u8>) -> io::Result<Result<String>> {
        let cut = bytes.last() != Some(&b'\n') && self.reader.skip_until(b'\n')? > 0;
        Ok(text(bytes, cut))
    }
}

fn text(bytes: Vec<u8>, cut: bool) -> Result<String> {
    if cut {
        bail!("the line is longer than {} MiB", LONGEST / (1024 * 1024));
    }
    String::from_utf8(bytes)
        .map_err(|error| anyhow!("byte {} is not UTF-8 text", error.utf8_error().valid_up_to() + 1))
}

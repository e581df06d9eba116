//! What the views of a platform share: colours, lines of 80 columns, a region in the dark.

use std::fmt;

use clap::builder::styling::{AnsiColor, Style};
#[cfg(any(feature = "aws", test))]
use plimsoll_core::world::Unreachable;

/// Names of regions and services.
pub(super) const HEAD: Style = Style::new().bold();
/// What comes.
pub(super) const ADD: Style = AnsiColor::Green.on_default();
/// What changes.
pub(super) const CHANGE: Style = AnsiColor::Yellow.on_default();
/// What goes, and what went wrong.
pub(super) const DELETE: Style = AnsiColor::Red.on_default();
/// What may be passed over.
pub(super) const DIM: Style = Style::new().dimmed();

/// Logs, tickets and half a screen hold so many columns.
const COLUMNS: usize = 80;

/// Columns that an indented text goes further in on its second line.
const HANG: usize = 4;

/// Breaks a text between words, so that it fits behind an indent. A word that is too long for a
/// line stays whole: it can be copied then.
pub(super) fn wrapped(indent: usize, text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in words(text) {
        let length = word.chars().count();
        match lines.last_mut() {
            Some(line) if used + 1 + length <= COLUMNS => {
                line.push(' ');
                line.push_str(&word);
                used += 1 + length;
            }
            last => {
                let margin = if last.is_some() { indent + HANG } else { indent };
                lines.push(format!("{:margin$}{word}", ""));
                used = margin + length;
            }
        }
    }
    lines
}

/// The words of a text; a percent sign stays with its number.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        // Names and messages come from outside, and could steer the terminal.
        let word = word.replace(char::is_control, "?");
        match words.last_mut().filter(|_| word.starts_with('%')) {
            Some(number) => *number = format!("{number} {word}"),
            None => words.push(word),
        }
    }
    words
}

/// A text that may end with a remark, which goes onto the last line when there is room.
#[cfg(any(feature = "aws", test))]
pub(super) fn with_remark(indent: usize, text: &str, remark: &str) -> Vec<String> {
    let mut lines = wrapped(indent, text);
    let gap = "   ";
    match lines.last_mut() {
        Some(line) if line.chars().count() + gap.len() + remark.chars().count() <= COLUMNS => {
            line.push_str(gap);
            line.push_str(remark);
        }
        _ => lines.extend(wrapped(indent + HANG, remark)),
    }
    lines
}

/// Writes a text over as many lines as it needs, in one style.
pub(super) fn paragraph(
    f: &mut fmt::Formatter<'_>,
    style: Style,
    indent: usize,
    text: &str,
) -> fmt::Result {
    wrapped(indent, text).iter().try_for_each(|line| writeln!(f, "{style}{line}{style:#}"))
}

/// Writes why a region could not be read, and what to do next.
#[cfg(any(feature = "aws", test))]
pub(super) fn dark(f: &mut fmt::Formatter<'_>, region: &str, why: &Unreachable) -> fmt::Result {
    let Unreachable { call, class, message } = why;
    paragraph(f, DELETE, 0, &format!("{region} could not be read: {call}: {message}"))?;
    paragraph(f, Style::new(), 2, &format!("next: {}", class.advice()))
}

//! The page with charts.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use plimsoll_twin::outcome::Outcome;

use crate::view::Console;
use crate::view::page::page;

/// Writes a page over traced outcomes, each with the name of its spec.
pub(crate) fn write(path: &Path, outcomes: &[(&str, &Outcome)], console: Console) -> Result<()> {
    let path_text = path.display();
    fs::write(path, page(outcomes)?).with_context(|| format!("cannot write {path_text}"))?;
    console.aside(format_args!("Wrote {path_text}; open it in a browser"));
    Ok(())
}

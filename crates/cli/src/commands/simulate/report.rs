//! The page with charts.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use plimsoll_twin::outcome::Outcome;

use crate::view::Console;

/// Writes a page over traced outcomes, each with the name of its spec.
pub(crate) fn write(path: &Path, outcomes: &[(&str, &Outcome)], console: Console) -> Result<()> {
    let path_text = path.display();
    fs::write(path, page(outcomes)?).with_context(|| format!("cannot write {path_text}"))?;
    console.aside(format_args!("Wrote {path_text}; open it in a browser"));
    Ok(())
}

fn page(_outcomes: &[(&str, &Outcome)]) -> Result<String> {
    bail!("pages with charts cannot be written yet; leave --report out")
}

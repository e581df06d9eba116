//! The page with charts.

use std::path::Path;
use std::{fs, io};

use anyhow::{Result, anyhow};
use plimsoll_twin::outcome::Outcome;

use crate::view::Console;
use crate::view::page::page;

/// Writes a page over traced outcomes, each with the name of its spec.
pub(crate) fn write(path: &Path, outcomes: &[(&str, &Outcome)], console: Console) -> Result<()> {
    let path_text = path.display();
    let page = page(outcomes)?;
    fs::write(path, page).map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound {
            return anyhow!("cannot write {path_text}: its folder does not exist");
        }
        anyhow!("cannot write {path_text}: {error}")
    })?;
    console.aside(format_args!("Wrote {path_text}; open it in a browser"));
    Ok(())
}

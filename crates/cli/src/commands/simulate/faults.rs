//! What goes wrong in a run, from files.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use plimsoll_core::spec::{LIMITS, Spec};
use plimsoll_twin::fault::{self, Fault};

use crate::spec_file::{text_of, why};

/// Reads the faults of all files, and holds them against the spec and the length of the run in
/// seconds.
pub(super) fn read(files: &[PathBuf], spec: &Spec, seconds: u64) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let text = text_of(file, LIMITS.file_bytes)
            .map_err(|error| anyhow!("cannot read the faults {name}: {}", why(&error)))?;
        let read = fault::read(&text, &name)?;
        fault::check(&read, spec)
            .and_then(|()| fault::check_length(&read, seconds))
            .map_err(|error| anyhow!("{name}: {error}"))?;
        faults.extend(read);
    }
    Ok(faults)
}

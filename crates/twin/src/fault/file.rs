//! Files of faults.

use plimsoll_core::spec::LIMITS;
use serde_saphyr::{Options, Spanned};

use super::check::makes_sense;
use super::document::{Document, Entry};
use super::refusal::{place_of, unreadable};
use super::{Fault, FaultError};

/// Reads a file of faults. `name` is the file's, for messages.
///
/// ```yaml
/// faults:
///   - data_plane_dark: { region: us-east-1 }
///     from: 2h
///     for: 1h
///   - slow_boot: { region: eu-central-1, times: 3 }
/// ```
///
/// Times count from the first moment of the run. A fault begins at once unless `from` says
/// otherwise, and lasts to the end unless `for` or `until` does.
///
/// # Errors
/// The first mistake, with its place.
pub fn read(text: &str, name: &str) -> Result<Vec<Fault>, FaultError> {
    faults(text).map_err(|error| FaultError { file: Some(name.to_owned()), ..error })
}

fn faults(text: &str) -> Result<Vec<Fault>, FaultError> {
    if text.len() > LIMITS.file_bytes {
        let message = format!("the file has {} bytes", text.len());
        return Err(FaultError::new(message, format!("write {} at most", LIMITS.file_bytes)));
    }
    let document: Document = serde_saphyr::from_str_with_options(text, options())
        .map_err(|error| unreadable(error.without_snippet()))?;
    document.faults.into_iter().map(fault).collect()
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: LIMITS.nodes,
            max_depth: LIMITS.depth,
            max_documents: 1,
        },
        reject_unsupported_tags: true,
    }
}

fn fault(entry: Spanned<Entry>) -> Result<Fault, FaultError> {
    let place = place_of(entry.referenced);
    let fault = entry.value.fault();
    let checked = fault.and_then(|fault| makes_sense(&fault).map(|()| fault));
    checked.map_err(|error| FaultError { place, ..error })
}

//! `plimsoll schema`: the JSON Schema of specs, for editors.

use std::fmt;

use anyhow::Result;
use plimsoll_core::spec::json_schema;
use serde::Serialize;

use crate::exit::Exit;
use crate::view::Console;

/// The schema: JSON in both forms.
#[derive(Serialize)]
#[serde(transparent)]
struct Schema(serde_json::Value);

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

/// Prints the schema.
pub(crate) fn run(console: Console) -> Result<Exit> {
    console.result(&Schema(json_schema()))?;
    Ok(Exit::Done)
}

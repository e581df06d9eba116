//! `plimsoll init`: a commented spec to start from.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write as _};

use anyhow::{Context as _, Result, bail};
use plimsoll_core::spec::STARTER;
use serde::Serialize;

use crate::args::InitArgs;
use crate::exit::Exit;
use crate::view::Console;

/// What was written.
#[derive(Serialize)]
struct Written {
    file: String,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = &self.file;
        write!(f, "Wrote {file}. Make it yours, then check it: plimsoll validate --file {file}")
    }
}

/// Writes the starter.
pub(crate) fn run(args: &InitArgs, console: Console) -> Result<Exit> {
    let file = args.file.display().to_string();
    let mut options = OpenOptions::new();
    options.write(true);
    // Creating and looking whether it exists must be one step, or two runs could both win.
    if args.force {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    match options.open(&args.file).and_then(|mut open| open.write_all(STARTER.as_bytes())) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            bail!("{file} exists already; name another file, or overwrite it with --force")
        }
        written => written.with_context(|| format!("cannot write {file}"))?,
    }
    console.result(&Written { file })?;
    Ok(Exit::Done)
}

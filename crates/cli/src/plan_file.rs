//! A plan on disk: with the spec and the choices that it was made from, so that `apply` can make
//! it again and see whether the world has moved.

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use plimsoll_core::plan::{Options, Plan};
use plimsoll_core::spec::{Document, Files, Source};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::moved::moved;
use crate::spec_file::{SpecFile, text_of};

/// The format. A file of another one is refused.
const FORMAT: u32 = 1;

/// Alfred's plan is well below one megabyte; beyond this, something else lies there.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A plan on disk.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PlanFile {
    plimsoll_plan: u32,
    pub(crate) environment: String,
    options: SavedOptions,
    spec: SavedSpec,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    overlay: Option<SavedSpec>,
    files: Files,
    plan: Value,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedOptions {
    regions: BTreeSet<String>,
    services: BTreeSet<String>,
    prune: bool,
    adopt: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedSpec {
    name: String,
    text: String,
}

/// What tells a plan from other files.
#[derive(Deserialize)]
struct Head {
    plimsoll_plan: u32,
}

impl PlanFile {
    /// A plan with what it was made from.
    pub(crate) fn new(file: &SpecFile, options: &Options, plan: &Plan) -> Result<Self> {
        let Options { regions, services, prune, adopt } = options.clone();
        let saved = |source: &Source| {
            let Source { name, text } = source.clone();
            SavedSpec { name, text }
        };
        Ok(Self {
            plimsoll_plan: FORMAT,
            environment: plan.environment.clone(),
            options: SavedOptions { regions, services, prune, adopt },
            spec: saved(&file.document.source),
            overlay: file.document.overlay().map(saved),
            files: file.files.clone(),
            plan: serde_json::to_value(plan)?,
        })
    }

    /// Writes the plan where only its owner can read it: user data often holds secrets. It
    /// appears whole or not at all, and replaces nothing but another plan.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        Self::check_place(path)?;
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{}.draft", std::process::id()));
        let written = serde_json::to_vec_pretty(self)
            .map_err(io::Error::from)
            .and_then(|bytes| private(Path::new(&draft))?.write_all(&bytes))
            .and_then(|()| std::fs::rename(&draft, path));
        if written.is_err() {
            // Best effort: the reason is what counts.
            let _ = std::fs::remove_file(&draft);
        }
        written.with_context(|| format!("cannot write the plan to {}", path.display()))
    }

    /// Refuses a place where something else than a plan lies, such as the spec.
    pub(crate) fn check_place(path: &Path) -> Result<()> {
        let lies_there = match std::fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            other => other,
        };
        // What is no plain file could be read without end, and a rename would still replace it.
        let plan = lies_there.is_ok_and(|place| place.is_file())
            && text_of(path, MOST_BYTES)
                .is_ok_and(|text| serde_json::from_str::<Head>(&text).is_ok());
        if !plan {
            bail!("{} exists and is no plan; name another file with --out", path.display());
        }
        Ok(())
    }

    /// Reads a plan.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let name = path.display();
        let text =
            text_of(path, MOST_BYTES).with_context(|| format!("cannot read the plan {name}"))?;
        match serde_json::from_str::<Head>(&text) {
            Ok(Head { plimsoll_plan: FORMAT }) => serde_json::from_str(&text)
                .with_context(|| format!("{name} is a damaged plan; write it again")),
            Ok(Head { plimsoll_plan }) => bail!(
                "{name} has format {plimsoll_plan}, and this plimsoll reads {FORMAT}; \
                 write it again with `plimsoll plan --out`"
            ),
            Err(_) if is_spec(path, &text) => {
                bail!("{name} is a spec; run `plimsoll apply --file {name}`")
            }
            Err(_) => bail!("{name} is no plan; write one with `plimsoll plan --out FILE`"),
        }
    }

    /// The spec that the plan was made from, with its overlay.
    pub(crate) fn spec_file(&self) -> SpecFile {
        let source = |saved: &SavedSpec| {
            let SavedSpec { name, text } = saved;
            Source { name: name.clone(), text: text.clone() }
        };
        let mut document = Document::parse(source(&self.spec));
        if let Some(overlay) = &self.overlay {
            document = document.overlaid(source(overlay));
        }
        SpecFile { document, files: self.files.clone() }
    }

    /// Refuses another overlay than the one that the plan was made with.
    pub(crate) fn check_overlay(&self, asked: Option<&Path>) -> Result<()> {
        let Some(asked) = asked.map(|path| path.display().to_string()) else { return Ok(()) };
        match &self.overlay {
            Some(SavedSpec { name, .. }) if *name == asked => Ok(()),
            Some(SavedSpec { name, .. }) => {
                bail!("the plan was made with the overlay {name}, and --overlay says {asked}")
            }
            None => bail!("the plan was made without an overlay, and --overlay says {asked}"),
        }
    }

    /// The choices that the plan was made with.
    pub(crate) fn options(&self) -> Options {
        let SavedOptions { regions, services, prune, adopt } = &self.options;
        Options {
            regions: regions.clone(),
            services: services.clone(),
            prune: *prune,
            adopt: *adopt,
        }
    }

    /// Refuses when the plan would be another one today.
    pub(crate) fn check_against(&self, plan: &Plan) -> Result<()> {
        match moved(&self.plan, &serde_json::to_value(plan)?) {
            None => Ok(()),
            Some(moved) => bail!(
                "the world has moved since the plan was made (- was planned, + would be now):\n\
                 {moved}\nNothing was done. Plan again, and look at it again."
            ),
        }
    }
}

/// Whether a file that is no plan is a spec, by its name or by what it holds.
fn is_spec(path: &Path, text: &str) -> bool {
    let yaml = |extension: &std::ffi::OsStr| extension == "yaml" || extension == "yml";
    let source = || Source { name: path.display().to_string(), text: text.to_owned() };
    path.extension().is_some_and(yaml) || !Document::parse(source()).environments().is_empty()
}

/// A new file that only its owner can read.
fn private(path: &Path) -> io::Result<std::fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests;

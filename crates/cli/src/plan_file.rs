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

impl PlanFile {
    /// A plan with what it was made from.
    pub(crate) fn new(file: &SpecFile, options: &Options, plan: &Plan) -> Result<Self> {
        let Options { regions, services, prune, adopt } = options.clone();
        let Source { name, text } = file.document.source.clone();
        Ok(Self {
            plimsoll_plan: FORMAT,
            environment: plan.environment.clone(),
            options: SavedOptions { regions, services, prune, adopt },
            spec: SavedSpec { name, text },
            files: file.files.clone(),
            plan: serde_json::to_value(plan)?,
        })
    }

    /// Writes the plan where only its owner can read it: user data often holds secrets. It
    /// appears whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> Result<()> {
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

    /// Reads a plan.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Head {
            plimsoll_plan: u32,
        }
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
            Err(_) => bail!("{name} is no plan; write one with `plimsoll plan --out {name}`"),
        }
    }

    /// The spec that the plan was made from.
    pub(crate) fn spec_file(&self) -> SpecFile {
        let SavedSpec { name, text } = &self.spec;
        let document = Document::parse(Source { name: name.clone(), text: text.clone() });
        SpecFile { document, files: self.files.clone() }
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

    /// Refuses when the plan would be another one today. Notes and costs do not count: they
    /// follow the load, and nothing is done about them.
    pub(crate) fn check_against(&self, plan: &Plan) -> Result<()> {
        let plan = serde_json::to_value(plan)?;
        let (then, now) = (deeds(&self.plan), deeds(&plan));
        if then == now {
            return Ok(());
        }
        let gone = then.iter().filter(|deed| !now.contains(deed)).map(|deed| ("-", deed));
        let come = now.iter().filter(|deed| !then.contains(deed)).map(|deed| ("+", deed));
        let mut moved: Vec<String> =
            gone.chain(come).map(|(sign, deed)| format!("  {sign} {}", line(deed))).collect();
        if moved.is_empty() {
            moved.push("  the order of the steps".to_owned());
        }
        bail!(
            "the world has moved since the plan was made (- was planned, + would be now):\n{}\n\
             Nothing was done. Plan again, and look at it again.",
            moved.join("\n")
        )
    }
}

/// What a plan does, region by region: steps, and regions that could not be read.
fn deeds(plan: &Value) -> Vec<(&str, &Value)> {
    let regions = plan.get("regions").and_then(Value::as_object).into_iter().flatten();
    regions
        .flat_map(|(name, region)| {
            let steps = region.pointer("/planned/steps").and_then(Value::as_array);
            let dark = region.get("unreachable");
            steps.into_iter().flatten().chain(dark).map(move |deed| (name.as_str(), deed))
        })
        .collect()
}

/// A deed in one line.
fn line((region, deed): &(&str, &Value)) -> String {
    let text = |value: &Value, key: &str| {
        value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let list = |key: &str| deed.get(key).and_then(Value::as_array).into_iter().flatten();
    let Some((kind, action)) =
        deed.get("action").and_then(Value::as_object).and_then(|action| action.iter().next())
    else {
        return format!("{region}: could not be read: {}", text(deed, "call"));
    };
    let resource = [text(action, "group"), text(action, "name")].join(" ");
    let changes = list("changes").map(|change| {
        let [field, old, new] = ["field", "old", "new"].map(|key| text(change, key));
        format!("{field} {old} -> {new}")
    });
    let consequences = list("consequences").filter_map(Value::as_str).map(str::to_owned);
    let details: Vec<String> = changes.chain(consequences).collect();
    let head = format!("{region}: {} {}", kind.replace('_', " "), resource.trim());
    if details.is_empty() { head } else { format!("{head}: {}", details.join("; ")) }
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

//! The spec that the controllers read, against the one that the operator has.

use std::collections::BTreeMap;
use std::fmt;

use clap::builder::styling::Style;
use plimsoll_core::cloud::ActError;
use serde::Serialize;

use super::style::{ADD, CHANGE, DELETE, paragraph};

/// The spec that a region's controller reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Published {
    /// None was published.
    Nothing,
    /// The operator's.
    Same,
    /// Another one, by its fingerprint.
    Other(String),
    /// What lies there is no spec, for this reason.
    Unreadable(String),
    /// It could not be read.
    Unknown(ActError),
}

impl Published {
    /// What the value of a parameter is, beside the text of the operator's spec.
    #[cfg(feature = "aws")]
    pub(crate) fn of(value: Option<&str>, text: &str) -> Self {
        use plimsoll_aws::published;

        match value.map(published::unpack) {
            None => Self::Nothing,
            Some(Ok(other)) if other == text => Self::Same,
            Some(Ok(other)) => Self::Other(published::digest(&other)),
            Some(Err(error)) => Self::Unreadable(error.to_string()),
        }
    }
}

/// Where the controllers read another spec than the operator's. Empty when they read the same, or
/// none at all.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Differing {
    /// The operator's file.
    pub(crate) file: String,
    /// The fingerprint of its text.
    pub(crate) digest: String,
    /// By region.
    pub(crate) regions: BTreeMap<String, Published>,
}

impl Differing {
    /// Whether there is nothing to say.
    pub(crate) fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }
}

impl fmt::Display for Differing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return Ok(());
        }
        let Self { file, digest, regions } = self;
        let head = format!(
            "The controllers read another spec than {file} ({digest}); publish it with plimsoll \
             apply --publish:"
        );
        writeln!(f)?;
        paragraph(f, Style::new(), 0, &head)?;
        regions.iter().try_for_each(|(region, published)| {
            let what = match published {
                Published::Nothing => "none".to_owned(),
                Published::Same => "the same".to_owned(),
                Published::Other(digest) => digest.clone(),
                Published::Unreadable(why) => format!("no spec: {why}"),
                Published::Unknown(error) => format!("it could not be read: {error}"),
            };
            paragraph(f, CHANGE, 2, &format!("{region}: {what}"))
        })
    }
}

/// What became of publishing a spec.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Publication {
    /// The fingerprint of the spec's text.
    pub(crate) digest: String,
    /// Regions in which it was there already.
    pub(crate) already: usize,
    /// Where it was written, and why not.
    pub(crate) regions: BTreeMap<String, Option<ActError>>,
    /// Whether nothing was published because not all else was done.
    pub(crate) left_out: bool,
}

impl Publication {
    /// Whether the controllers of all regions can read the spec now.
    pub(crate) fn whole(&self) -> bool {
        !self.left_out && self.regions.values().all(Option::is_none)
    }
}

impl fmt::Display for Publication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { digest, already, regions, left_out } = self;
        if *left_out {
            let text = "The spec is not published, since not all else is done";
            return paragraph(f, CHANGE, 0, text);
        }
        for (region, failed) in regions {
            if let Some(error) = failed {
                paragraph(f, DELETE, 0, &format!("{region}: the spec is not published: {error}"))?;
                let next = format!("next: {}", error.class.advice());
                paragraph(f, Style::new(), 2, &next)?;
            } else {
                paragraph(f, ADD, 0, &format!("{region}: published the spec ({digest})"))?;
            }
        }
        if *already > 0 {
            let text =
                format!("{} had the spec ({digest}) already", super::count(*already, "region"));
            paragraph(f, Style::new(), 0, &text)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

//! The controllers: what the red button says, when each was last heard of, which spec it reads.

use std::collections::BTreeMap;
use std::fmt;

use clap::builder::styling::Style;
use jiff::Timestamp;
use plimsoll_core::cloud::ActError;
use plimsoll_core::controller::switch::{Stop, Switch};
use plimsoll_core::world::Unreachable;
use serde::Serialize;

use super::count;
use super::published::Published;
use super::style::{ADD, CHANGE, DELETE, HEAD, paragraph};
use crate::exit::Exit;

/// What became of pressing the button.
#[derive(Debug, Serialize)]
pub(crate) struct PressView {
    /// Platform and environment.
    pub(crate) title: String,
    /// What it should say.
    pub(crate) switch: Switch,
    /// By region.
    pub(crate) regions: BTreeMap<String, Fate>,
}

/// What became of the button in a region.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fate {
    /// It was pressed.
    Written,
    /// It was as it should be already.
    Already(Switch),
    /// It could not be read or pressed.
    Failed(ActError),
}

impl PressView {
    /// How it ended.
    pub(crate) fn exit(&self) -> Exit {
        let failed = self.failed();
        if failed == 0 {
            Exit::Done
        } else if failed < self.regions.len() {
            Exit::Partial
        } else {
            Exit::Error
        }
    }

    fn failed(&self) -> usize {
        self.regions.values().filter(|fate| matches!(fate, Fate::Failed(_))).count()
    }
}

impl fmt::Display for PressView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (region, fate) in &self.regions {
            let (style, text) = match (fate, &self.switch) {
                (Fate::Written, Switch::Run) => (ADD, "is no longer stopped".to_owned()),
                (Fate::Written, Switch::Stop(_)) => (CHANGE, "stopped".to_owned()),
                (Fate::Already(Switch::Run), _) => (Style::new(), "was not stopped".to_owned()),
                (Fate::Already(Switch::Stop(stop)), _) => {
                    (Style::new(), format!("already {}", stopped(stop)))
                }
                (Fate::Failed(error), _) => (DELETE, error.to_string()),
            };
            paragraph(f, style, 0, &format!("{region}: {text}"))?;
            if let Fate::Failed(error) = fate {
                paragraph(f, Style::new(), 2, &format!("next: {}", error.class.advice()))?;
            }
        }
        let what = match self.switch {
            Switch::Run => "are not stopped; whether they act is their stacks' Mode",
            Switch::Stop(_) => "are stopped; they follow within a minute",
        };
        let ending = match (self.failed(), self.regions.len()) {
            (0, _) => format!("The controllers of {} {what}", self.title),
            (failed, all) => format!(
                "Not all is done: {failed} of {} did not take it\nRun the same command again for \
                 the rest",
                count(all, "region")
            ),
        };
        write!(f, "\n{HEAD}{ending}{HEAD:#}")
    }
}

fn stopped(stop: &Stop) -> String {
    let words = stop.to_string();
    match stop {
        _ if words.is_empty() => "stopped".to_owned(),
        Stop { by: None, at: None, .. } => format!("stopped: {words}"),
        Stop { .. } => format!("stopped {words}"),
    }
}

/// How the controllers are.
#[derive(Debug, Serialize)]
pub(crate) struct ControllersView {
    /// Platform and environment.
    pub(crate) title: String,
    /// The operator's spec.
    pub(crate) file: String,
    /// The fingerprint of its text.
    pub(crate) digest: String,
    /// When this was.
    pub(crate) now: Timestamp,
    /// By region.
    pub(crate) regions: BTreeMap<String, RegionView>,
}

/// How a region's controller is, as far as the region says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RegionView {
    /// Its parameters were read.
    Read(ControllerView),
    /// They could not be.
    Failed(ActError),
}

impl From<Result<ControllerView, ActError>> for RegionView {
    fn from(read: Result<ControllerView, ActError>) -> Self {
        match read {
            Ok(view) => Self::Read(view),
            Err(error) => Self::Failed(error),
        }
    }
}

/// How a controller is.
#[derive(Debug, Serialize)]
pub(crate) struct ControllerView {
    /// What the red button says.
    pub(crate) switch: Switch,
    /// When it was last heard of.
    pub(crate) heartbeat: Heartbeat,
    /// Which spec it reads.
    pub(crate) published: Published,
}

/// When a controller was last heard of.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Heartbeat {
    /// In the minute that begins then.
    At(Timestamp),
    /// Not for an hour.
    None,
    /// The metric could not be read.
    Unknown(Unreachable),
}

impl ControllersView {
    /// What could not be read is no success; what differs is only told, as `status` does.
    pub(crate) fn exit(&self) -> Exit {
        let dark = |region: &RegionView| match region {
            RegionView::Read(view) => matches!(view.heartbeat, Heartbeat::Unknown(_)),
            RegionView::Failed(_) => true,
        };
        if self.regions.values().any(dark) { Exit::Partial } else { Exit::Done }
    }

    fn write_controller(
        &self,
        f: &mut fmt::Formatter<'_>,
        region: &str,
        view: &ControllerView,
    ) -> fmt::Result {
        let ControllerView { switch, heartbeat, published } = view;
        match switch {
            Switch::Run => paragraph(f, ADD, 0, &format!("{region}: not stopped"))?,
            Switch::Stop(stop) => paragraph(f, CHANGE, 0, &format!("{region}: {}", stopped(stop)))?,
        }
        let (style, text) = match heartbeat {
            Heartbeat::At(at) => {
                (Style::new(), format!("last heard of {} ago", age(self.now, *at)))
            }
            Heartbeat::None => (CHANGE, "not heard of for an hour; is it deployed?".to_owned()),
            Heartbeat::Unknown(Unreachable { call, message, .. }) => {
                (DELETE, format!("its heartbeat could not be read: {call}: {message}"))
            }
        };
        paragraph(f, style, 2, &text)?;
        if let Heartbeat::Unknown(why) = heartbeat {
            paragraph(f, Style::new(), 4, &format!("next: {}", why.class.advice()))?;
        }
        let Self { file, digest, .. } = self;
        let way_out = "publish it with plimsoll apply --publish";
        let (style, text) = match published {
            Published::Same => (Style::new(), format!("reads {file} ({digest})")),
            Published::Nothing => (CHANGE, format!("no spec is published; {way_out}")),
            Published::Other(other) => {
                (CHANGE, format!("reads another spec ({other}) than {file} ({digest}); {way_out}"))
            }
            Published::Unreadable(why) => {
                (CHANGE, format!("what is published is no spec: {why}; {way_out}"))
            }
            Published::Unknown(error) => (DELETE, format!("its spec could not be read: {error}")),
        };
        paragraph(f, style, 2, &text)
    }
}

impl fmt::Display for ControllersView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}{}{HEAD:#}\n", self.title)?;
        self.regions.iter().try_for_each(|(region, view)| match view {
            RegionView::Read(view) => self.write_controller(f, region, view),
            RegionView::Failed(error) => {
                paragraph(f, DELETE, 0, &format!("{region} could not be read: {error}"))?;
                paragraph(f, Style::new(), 2, &format!("next: {}", error.class.advice()))
            }
        })
    }
}

/// How long ago a minute began, in whole minutes: a metric knows no better.
fn age(now: Timestamp, at: Timestamp) -> String {
    let minutes = now.duration_since(at).as_mins();
    if minutes < 1 { "less than a minute".to_owned() } else { format!("{minutes} min") }
}

#[cfg(test)]
mod tests;

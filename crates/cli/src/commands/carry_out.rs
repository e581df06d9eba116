//! Carrying a plan out: regions at once, with progress, until done or stopped.

use std::pin::pin;

use anyhow::{Result, anyhow};
use futures::future::join_all;
use plimsoll_core::apply;
use plimsoll_core::plan::RegionPlan;

use super::publish::Publishing;
use crate::exit::{Exit, Midway};
use crate::session::Session;
use crate::view::plan::PlanView;
use crate::view::progress::Progress;
use crate::view::report::Report;

/// What does the rest of a plan that was made just now.
pub(super) const AGAIN: &str = "Run the same command again for the rest";

/// Carries a plan out, publishes the spec when asked, and reports; `again` says what does the rest when something is left. Ctrl-C
/// lets the calls under way end and begins no others; a second one leaves at once.
pub(super) async fn carry_out(
    session: &Session,
    view: PlanView<'_>,
    again: &str,
    publishing: Option<Publishing>,
) -> Result<Exit> {
    let progress = Progress::new(session.console, view.plan);
    let regions = view.plan.regions.iter().filter_map(|(name, region)| match region {
        RegionPlan::Planned(planned) => Some((name, &planned.steps)),
        RegionPlan::Unreachable(_) => None,
    });
    let mut work = pin!(join_all(regions.map(async |(name, steps)| {
        (name.clone(), apply::region(&session.aws, name, steps, &progress).await)
    })));
    let mut stopped = false;
    let reports = loop {
        tokio::select! {
            reports = &mut work => break reports,
            Ok(()) = tokio::signal::ctrl_c() => {
                if progress.stop() {
                    let left = anyhow!(
                        "left while calls were under way; `plimsoll plan` shows what is left to do"
                    );
                    return Err(marked(left, &progress));
                }
                stopped = true;
                progress.say("Stopping when the calls under way have ended; Ctrl-C again leaves at once");
            }
        }
    };
    progress.end();
    let mut report = Report::new(view, reports.into_iter().collect(), stopped, again);
    if let Some(publishing) = publishing {
        let publication = if report.whole() && !stopped {
            publishing.carry_out(session).await
        } else {
            publishing.left_out()
        };
        report = report.with_publication(publication);
    }
    session.console.result(&report).map_err(|error| marked(error, &progress))?;
    Ok(report.exit())
}

/// An error with the mark that changes were made, when some were begun.
fn marked(error: anyhow::Error, progress: &Progress) -> anyhow::Error {
    if progress.begun() { error.context(Midway) } else { error }
}

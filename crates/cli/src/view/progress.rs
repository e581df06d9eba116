//! Steps as they are done: a bar per region on a terminal, a line per step elsewhere.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use plimsoll_core::apply::{Event, EventKind, Observer};
use plimsoll_core::plan::Plan;

use super::style::DELETE;
use super::{Console, note};

/// Region, bar, numbers, and what is being done; `{wide_msg}` is cut to the terminal.
const BAR: &str = "{prefix} {bar:20} {pos:>3}/{len:3} {wide_msg}";

/// Shows the steps of a run, and knows whether to go on.
#[derive(Debug)]
pub(crate) struct Progress {
    /// By region; none without a terminal.
    bars: BTreeMap<String, ProgressBar>,
    totals: BTreeMap<String, usize>,
    screen: MultiProgress,
    begun: AtomicBool,
    stopped: AtomicBool,
}

impl Progress {
    /// For the regions that have steps. Logs and bars do not go together.
    pub(crate) fn new(console: Console, plan: &Plan) -> Self {
        let screen = MultiProgress::new();
        let style = ProgressStyle::with_template(BAR)
            .map_or_else(|_| ProgressStyle::default_bar(), |style| style.progress_chars("=> "));
        let steps = plan.regions.iter().map(|(name, region)| (name, region.steps().len()));
        let totals: BTreeMap<String, usize> = steps
            .filter(|(_, steps)| *steps > 0)
            .map(|(name, steps)| (name.clone(), steps))
            .collect();
        let terminal = io::stderr().is_terminal() && console.verbose < 2;
        let bars = totals.iter().filter(|_| terminal).map(|(name, steps)| {
            let bar = screen.add(ProgressBar::new(*steps as u64).with_style(style.clone()));
            bar.set_prefix(format!("{name:<14}"));
            (name.clone(), bar)
        });
        let bars = bars.collect();
        let (begun, stopped) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { bars, totals, screen, begun, stopped }
    }

    /// Lets no further step begin. Whether it was so already.
    pub(crate) fn stop(&self) -> bool {
        self.stopped.swap(true, Ordering::Relaxed)
    }

    /// Whether any step has begun, so that something may have changed.
    pub(crate) fn begun(&self) -> bool {
        self.begun.load(Ordering::Relaxed)
    }

    /// Writes a remark beside the bars.
    pub(crate) fn say(&self, remark: &str) {
        self.screen.suspend(|| note(remark));
    }

    /// Takes the bars away.
    pub(crate) fn end(&self) {
        self.bars.values().for_each(ProgressBar::finish_and_clear);
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event<'_>) {
        let Event { region, step, index, kind } = event;
        let bar = self.bars.get(*region);
        let total = self.totals.get(*region).copied().unwrap_or_default();
        let line = |how: &str| {
            let number = index + 1;
            format!("{region} {number}/{total} {}: {}: {how}", step.service, step.action)
        };
        match kind {
            EventKind::Started => {
                self.begun.store(true, Ordering::Relaxed);
                if let Some(bar) = bar {
                    bar.set_message(format!("{}: {}", step.service, step.action));
                }
                return;
            }
            EventKind::Failed(error) => {
                self.say(&line(&format!("{DELETE}failed{DELETE:#}: {error}")));
            }
            EventKind::Done if bar.is_none() => self.say(&line("done")),
            EventKind::Skipped if bar.is_none() => self.say(&line("skipped")),
            EventKind::Done | EventKind::Skipped => {}
        }
        if let Some(bar) = bar {
            bar.inc(1);
        }
    }

    fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_core::action::Action;
    use plimsoll_core::plan::Step;

    use super::*;

    #[test]
    fn a_step_that_was_skipped_has_not_begun() {
        let progress = Progress {
            bars: BTreeMap::new(),
            totals: BTreeMap::new(),
            screen: MultiProgress::new(),
            begun: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        };
        let step = Step {
            service: "web".to_owned(),
            action: Action::DeleteTemplate { name: "harbour-production-web-a".to_owned() },
            changes: vec![],
            consequences: vec![],
            destructive: true,
        };
        let tell =
            |kind| progress.event(&Event { region: "us-east-1", step: &step, index: 0, kind });
        tell(EventKind::Skipped);
        assert!(!progress.begun());
        tell(EventKind::Started);
        assert!(progress.begun());
    }
}

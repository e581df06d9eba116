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
        Self { bars, totals, screen, stopped: AtomicBool::new(false) }
    }

    /// Lets no further step begin. Whether it was so already.
    pub(crate) fn stop(&self) -> bool {
        self.stopped.swap(true, Ordering::Relaxed)
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

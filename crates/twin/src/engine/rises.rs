//! How a group follows the rises of its load.

use plimsoll_core::units::Instances;

use crate::outcome::{Rise, Rises};

/// Watches one group.
#[derive(Clone, Debug, Default)]
pub(crate) struct RiseLog {
    open: Option<Open>,
    found: Rises,
    total_seconds: u64,
}

/// A rise that goes on.
#[derive(Clone, Copy, Debug)]
struct Open {
    at: u64,
    from: Instances,
    /// What it needs now.
    need: Instances,
    /// What was in service at the last look.
    in_service: Instances,
    /// When a data point first showed it.
    shown: Option<u64>,
    /// When a larger size was first wanted, though a stabilisation window still held it back.
    wanted: Option<u64>,
    /// The first decision, and the last one that was needed, with the size it asked for.
    first: Option<u64>,
    last: Option<(u64, Instances)>,
    /// The launch that followed the last decision.
    launched: Option<u64>,
    /// Whether all that the last decision asked for came, and was not enough.
    spent: bool,
}

impl RiseLog {
    /// Looks at what is needed and what is there.
    pub(crate) fn watch(&mut self, now: u64, need: Instances, in_service: Instances) {
        match &mut self.open {
            None if need > in_service => {
                self.found.count += 1;
                self.open = Some(Open::at(now, need, in_service));
            }
            None => {}
            Some(open) if need > in_service => open.look(need, in_service),
            Some(open) => {
                // Where nothing came, the load or the maximum fell to what was there already.
                if in_service > open.in_service {
                    open.need = need;
                    let rise = open.closed(now);
                    self.keep(rise);
                }
                self.open = None;
            }
        }
    }

    /// Whether a rise goes on.
    pub(crate) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    fn keep(&mut self, rise: Rise) {
        self.found.met += 1;
        self.total_seconds += rise.to_capacity;
        self.found.first.get_or_insert(rise);
        if self.found.slowest.is_none_or(|slowest| rise.to_capacity > slowest.to_capacity) {
            self.found.slowest = Some(rise);
        }
    }

    /// A data point came to show that ended at a moment and was above the target.
    pub(crate) fn shown(&mut self, now: u64, ended: u64) {
        if let Some(open) = self.open.as_mut().filter(|open| ended > open.at) {
            open.shown.get_or_insert(now);
        }
    }

    /// A larger size is wanted, and a stabilisation window holds it back.
    pub(crate) fn wanted(&mut self, now: u64) {
        if let Some(open) = &mut self.open {
            open.wanted.get_or_insert(now);
        }
    }

    /// A larger size was decided.
    pub(crate) fn decided(&mut self, now: u64, to: Instances) {
        let Some(open) = &mut self.open else { return };
        open.first.get_or_insert(now);
        if open.last.is_none_or(|(_, size)| size < open.need) {
            open.last = Some((now, to));
        }
    }

    /// A smaller size was decided: what was asked for before is no longer coming.
    pub(crate) fn reduced(&mut self, to: Instances) {
        if let Some((_, size)) = self.open.as_mut().and_then(|open| open.last.as_mut()) {
            *size = to.min(*size);
        }
    }

    /// Instances were launched.
    pub(crate) fn launched(&mut self, now: u64) {
        let Some(open) = &mut self.open else { return };
        let decided_since = |before| open.last.is_some_and(|(last, _)| before < last);
        if open.launched.is_none_or(|before| open.spent || decided_since(before)) {
            open.launched = Some(now);
            open.spent = false;
        }
    }

    /// What was found.
    pub(crate) fn into_found(self) -> Rises {
        #[expect(clippy::cast_precision_loss, reason = "seconds of a run are far below 2^52")]
        let mean = |total: u64, count: u64| total as f64 / count as f64;
        let mean_seconds = (self.found.met > 0).then(|| mean(self.total_seconds, self.found.met));
        Rises { mean_seconds, ..self.found }
    }
}

impl Open {
    const fn at(now: u64, need: Instances, in_service: Instances) -> Self {
        Self {
            at: now,
            from: in_service,
            need,
            in_service,
            shown: None,
            wanted: None,
            first: None,
            last: None,
            launched: None,
            spent: false,
        }
    }

    /// The load or the maximum may have changed meanwhile, and instances may have come.
    fn look(&mut self, need: Instances, in_service: Instances) {
        (self.need, self.in_service) = (need, in_service);
        // A launch from now on is another one's, and the time until it is no boot.
        self.spent |= self.launched.is_some() && self.last.is_some_and(|(_, to)| in_service >= to);
    }

    /// Every moment is put between its neighbours, so that the parts add up whatever is missing.
    fn closed(&self, now: u64) -> Rise {
        let first = self.first.unwrap_or(self.at).clamp(self.at, now);
        let shown = self.shown.unwrap_or(first).clamp(self.at, first);
        let wanted = self.wanted.unwrap_or(first).clamp(shown, first);
        let last = self.last.map_or(first, |(last, _)| last).clamp(first, now);
        let launched = self.launched.unwrap_or(last).clamp(last, now);
        Rise {
            at: self.at,
            from: self.from,
            to: self.need,
            to_decision: first - self.at,
            to_capacity: now - self.at,
            metric_delay: shown - self.at,
            detection: wanted - shown,
            window: first - wanted,
            rounds: last - first,
            launch: launched - last,
            boot: now - launched,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_rise_add_up() {
        let mut log = RiseLog::default();
        log.watch(100, 8, 2);
        log.shown(220, 160);
        log.decided(340, 5);
        log.launched(346);
        log.decided(400, 9);
        log.launched(406);
        log.watch(470, 8, 5);
        log.watch(480, 8, 9);
        let rises = log.into_found();
        let rise = rises.first.unwrap();
        assert_eq!((rises.count, rises.met), (1, 1));
        assert_eq!(
            rise,
            Rise {
                at: 100,
                from: 2,
                to: 8,
                to_decision: 240,
                to_capacity: 380,
                metric_delay: 120,
                detection: 120,
                window: 0,
                rounds: 60,
                launch: 6,
                boot: 74,
            }
        );
    }

    #[test]
    fn a_rise_that_passes_by_itself_is_not_met() {
        let mut log = RiseLog::default();
        log.watch(0, 3, 2);
        log.watch(60, 2, 2);
        let rises = log.into_found();
        assert_eq!((rises.count, rises.met, rises.mean_seconds), (1, 0, None));
    }

    #[test]
    fn a_rise_whose_need_falls_to_what_came_before_is_not_met() {
        let mut log = RiseLog::default();
        log.watch(0, 10, 2);
        log.decided(60, 9);
        log.launched(66);
        log.watch(140, 10, 9);
        assert!(log.is_open());
        log.watch(740, 9, 9);
        assert!(!log.is_open());
        let rises = log.into_found();
        assert_eq!((rises.count, rises.met, rises.slowest), (1, 0, None));
    }

    #[test]
    fn waiting_after_all_came_is_not_charged_to_the_boot() {
        let mut log = RiseLog::default();
        log.watch(0, 10, 2);
        log.decided(60, 9);
        log.launched(66);
        log.watch(140, 10, 9);
        // One of them is lost and replaced, and then nine are enough.
        log.watch(600, 10, 8);
        log.launched(630);
        log.watch(640, 9, 8);
        log.watch(700, 9, 9);
        let rise = log.into_found().first.unwrap();
        assert_eq!((rise.to_capacity, rise.launch, rise.boot), (700, 570, 70));
    }

    #[test]
    fn a_round_after_a_reduction_is_a_round_of_the_rise() {
        let mut log = RiseLog::default();
        log.watch(0, 6, 2);
        log.decided(60, 6);
        log.reduced(4);
        log.decided(180, 6);
        log.launched(186);
        log.watch(260, 6, 6);
        let rise = log.into_found().first.unwrap();
        assert_eq!((rise.rounds, rise.launch, rise.boot), (120, 6, 74));
    }

    #[test]
    fn a_rise_is_judged_by_what_it_needed_in_the_end() {
        let mut log = RiseLog::default();
        log.watch(0, 8, 2);
        log.watch(60, 4, 2);
        log.watch(120, 4, 4);
        let rise = log.into_found().first.unwrap();
        assert_eq!((rise.from, rise.to, rise.to_capacity), (2, 4, 120));
    }

    #[test]
    fn a_point_from_before_the_rise_does_not_show_it() {
        let mut log = RiseLog::default();
        log.watch(120, 3, 2);
        log.shown(180, 120);
        log.decided(240, 3);
        log.watch(300, 3, 3);
        let rise = log.into_found().first.unwrap();
        assert_eq!((rise.metric_delay, rise.detection), (120, 0));
    }

    #[test]
    fn a_window_is_told_apart_from_the_detection_before_it() {
        let mut log = RiseLog::default();
        log.watch(0, 3, 2);
        log.shown(70, 10);
        log.wanted(80);
        log.wanted(90);
        log.decided(130, 3);
        log.watch(200, 3, 3);
        let rise = log.into_found().first.unwrap();
        assert_eq!((rise.metric_delay, rise.detection, rise.window), (70, 10, 50));
        assert_eq!(rise.to_decision, 130);
    }
}

//! What a run showed, put together.

use super::Engine;
use super::group::Group;
use crate::load::Assertion;
use crate::model::Model;
use crate::outcome::{Delays, Outcome, Row, Span, Total, Trace};
use crate::quantile;

/// No latency is longer, in seconds.
const LONGEST: f64 = 3_600.0;

impl Engine {
    /// What the run showed until now.
    pub(crate) fn score(mut self, load: &str, assertions: &[Assertion], seed: u64) -> Outcome {
        let seconds = self.now;
        let total = self.total();
        let verdicts = assertions.iter().map(|assertion| self.judge(assertion, &total)).collect();
        let faults = self.faults_until_now();
        let trace = self.trace(&faults);
        let controllers = self.controllers.take().map(|controllers| controllers.count);
        let Model { metric_delay: metric, launch_delay: launch, boot_mean: boot, .. } = self.model;
        let delays = Delays { metric, launch, boot };
        let mut rows = Vec::new();
        for site in self.sites {
            rows.extend(site.groups.into_iter().map(|group| row(group, &site.name, seconds)));
        }
        rows.sort_by(|a, b| (&a.service, &a.region).cmp(&(&b.service, &b.region)));
        Outcome {
            title: self.spec.title(),
            load: load.to_owned(),
            start: self.start,
            seconds,
            seed,
            delays,
            rows,
            total,
            verdicts,
            notes: self.notes.into_iter().collect(),
            faults,
            controllers,
            trace,
        }
    }

    fn groups(&self) -> impl Iterator<Item = &Group> {
        self.sites.iter().flat_map(|site| &site.groups)
    }

    /// Groups that the load asks itself. What they ask others is part of their own requests.
    fn asked(&self) -> impl Iterator<Item = &Group> {
        self.groups().filter(|group| group.asked)
    }

    fn total(&self) -> Total {
        let sum = |of: fn(&Group) -> f64| self.groups().map(of).sum::<f64>();
        Total {
            requests: self.asked().map(|group| group.tally.requests).sum(),
            lost: self.asked().map(|group| group.tally.lost).sum(),
            p95_ms: self.quantile(0.95),
            instance_hours: sum(|group| group.tally.billed_seconds / 3_600.0),
            cost: sum(|group| cost(group).unwrap_or_default()),
            minutes_above_target: self.groups().map(|group| group.tally.minutes_above).sum(),
            scaling_events: self.groups().map(|group| group.tally.events).sum(),
        }
    }

    /// The latency that so large a share of all answered requests does not exceed, in milliseconds.
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let all: f64 = self.asked().map(|group| group.tally.latency().answered()).sum();
        let beyond = |seconds: f64| {
            let slower = |group: &Group| group.tally.latency().slower_than(&group.station, seconds);
            self.asked().map(slower).sum::<f64>() / all
        };
        (all > 0.0).then(|| quantile::of_tail(share, LONGEST, beyond) * 1_000.0)
    }

    /// The mean latency of all answered requests, in milliseconds.
    pub(super) fn mean(&self) -> Option<f64> {
        let sum = |of: fn(&Group) -> f64| self.asked().map(of).sum::<f64>();
        let all = sum(|group| group.tally.latency().answered());
        (all > 0.0).then(|| sum(|group| group.tally.latency().sum(&group.station)) / all * 1_000.0)
    }

    fn trace(&mut self, faults: &[Span]) -> Option<Trace> {
        // The last step may have been cut short.
        let step = self.recorder.as_ref().map_or(1, |recorder| recorder.step);
        if !self.now.is_multiple_of(step) {
            self.add_points();
        }
        let recorder = self.recorder.take()?;
        let mut groups = Vec::new();
        for site in &mut self.sites {
            groups.extend(site.groups.iter_mut().filter_map(|group| group.strip.take()));
        }
        let mut groups: Vec<_> = groups.into_iter().map(|strip| strip.into_curves()).collect();
        groups.sort_by(|a, b| (&a.service, &a.region).cmp(&(&b.service, &b.region)));
        Some(Trace {
            start: self.start,
            step: recorder.step,
            groups,
            marks: recorder.marks,
            faults: faults.to_vec(),
        })
    }

    /// The faults that began.
    fn faults_until_now(&self) -> Vec<Span> {
        let end = self.now;
        let begun = self.faults.iter().filter(|fault| fault.from < end);
        let spans = begun.map(|fault| Span {
            from: fault.from,
            to: fault.to.min(end),
            region: fault.kind.region().unwrap_or_default().to_owned(),
            text: fault.kind.to_string(),
        });
        // The order in which they were asked for means nothing.
        let mut spans: Vec<Span> = spans.collect();
        spans.sort_by(|a, b| (a.from, a.to, &a.text).cmp(&(b.from, b.to, &b.text)));
        spans
    }
}

fn cost(group: &Group) -> Option<f64> {
    group.price.map(|price| price * group.tally.billed_seconds / 3_600.0)
}

fn row(group: Group, region: &str, seconds: u64) -> Row {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a run are far below 2^52")]
    let seconds = (seconds as f64).max(1.0);
    let answered = group.tally.latency().answered();
    let p95 = |group: &Group| {
        let beyond = |s: f64| group.tally.latency().slower_than(&group.station, s) / answered;
        quantile::of_tail(0.95, LONGEST, beyond) * 1_000.0
    };
    #[expect(clippy::cast_precision_loss, reason = "events of a run are far below 2^52")]
    let events = group.tally.events as f64;
    let p95_ms = (answered > 0.0).then(|| p95(&group));
    let cost = cost(&group);
    let Group { service, asked, tally, rises, .. } = group;
    let mut holds = tally.holds;
    holds.extend(tally.native_holds.iter().map(|(hold, count)| (hold.to_string(), *count)));
    Row {
        service,
        region: region.to_owned(),
        asked,
        peak_capacity: tally.peak,
        mean_capacity: tally.capacity_seconds / seconds,
        instance_hours: tally.billed_seconds / 3_600.0,
        cost,
        minutes_above_target: tally.minutes_above,
        requests: tally.requests,
        lost: tally.lost,
        p95_ms,
        scaling_events: tally.events,
        scaling_events_per_hour: events * 3_600.0 / seconds,
        rises: rises.into_found(),
        drivers: tally.drivers,
        holds,
    }
}

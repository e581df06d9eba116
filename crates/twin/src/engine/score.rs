//! What a run showed, put together.

use std::collections::BTreeMap;

use super::Engine;
use super::group::Group;
use crate::load::{Assertion, Measure};
use crate::outcome::{Outcome, Row, Span, Total, Trace, Verdict};
use crate::quantile;

/// No latency is longer, in seconds.
const LONGEST: f64 = 3_600.0;

impl Engine {
    /// What the run showed until now.
    pub(crate) fn score(mut self, load: &str, assertions: &[Assertion], seed: u64) -> Outcome {
        let seconds = self.now;
        let total = self.total();
        let verdicts = assertions.iter().map(|assertion| self.judge(assertion, &total)).collect();
        let trace = self.trace();
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
            rows,
            total,
            verdicts,
            notes: self.notes.into_iter().collect(),
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
    fn quantile(&self, share: f64) -> Option<f64> {
        let all: f64 = self.asked().map(|group| group.tally.latency().answered()).sum();
        let beyond = |seconds: f64| {
            let slower = |group: &Group| group.tally.latency().slower_than(&group.station, seconds);
            self.asked().map(slower).sum::<f64>() / all
        };
        (all > 0.0).then(|| quantile::of_tail(share, LONGEST, beyond) * 1_000.0)
    }

    fn judge(&self, assertion: &Assertion, total: &Total) -> Verdict {
        let answered = || self.asked().map(|group| group.tally.latency().answered()).sum::<f64>();
        #[expect(clippy::cast_precision_loss, reason = "seconds of a run are far below 2^52")]
        let seconds = self.now as f64;
        let measured = match assertion.measure {
            Measure::DurationQuantile(share) => self.quantile(share),
            Measure::DurationMean => {
                let sum = |group: &Group| group.tally.latency().sum(&group.station);
                let all = answered();
                (all > 0.0).then(|| self.asked().map(sum).sum::<f64>() / all * 1_000.0)
            }
            Measure::FailedRate => (total.requests > 0.0).then_some(total.lost / total.requests),
            Measure::Requests => Some(total.requests),
            Measure::RequestRate => (seconds > 0.0).then_some(total.requests / seconds),
        };
        let holds =
            measured.is_some_and(|value| assertion.comparison.holds(value, assertion.limit));
        Verdict {
            condition: assertion.text.clone(),
            measured,
            holds,
            reason: self.reason(assertion, measured, holds),
        }
    }

    /// What was measured, and when it does not hold, where most of it came from.
    fn reason(&self, assertion: &Assertion, measured: Option<f64>, holds: bool) -> String {
        let measure = assertion.measure;
        let Some(value) = measured else {
            return "nothing was measured: there was no request".to_owned();
        };
        let shown = match measure {
            Measure::DurationQuantile(share) => {
                format!("{:.0} % of the requests took at most {value:.0} ms", share * 100.0)
            }
            Measure::DurationMean => format!("requests took {value:.0} ms on average"),
            Measure::FailedRate => format!("{:.2} % of the requests failed", value * 100.0),
            Measure::Requests => format!("there were {value:.0} requests"),
            Measure::RequestRate => format!("there were {value:.1} requests per second"),
        };
        if holds {
            return shown;
        }
        let slow = |group: &Group| match measure {
            Measure::FailedRate => group.tally.lost,
            Measure::DurationQuantile(_)
            | Measure::DurationMean
            | Measure::Requests
            | Measure::RequestRate => {
                let limit = assertion.limit / 1_000.0;
                group.tally.latency().slower_than(&group.station, limit) + group.tally.lost
            }
        };
        let mut worst: BTreeMap<&str, (f64, u64)> = BTreeMap::new();
        for group in self.asked() {
            let at_max = group.tally.at_maximum();
            let of = worst.entry(&group.service).or_default();
            *of = (of.0 + slow(group), of.1 + at_max);
        }
        let worst = worst.into_iter().max_by(|a, b| a.1.0.total_cmp(&b.1.0));
        match worst {
            Some((service, (_, minutes))) if minutes > 0 => {
                format!(
                    "{shown}; {service} was at its maximum and asked for more in {minutes} minutes"
                )
            }
            Some((service, (amount, _))) if amount > 0.0 => {
                format!("{shown}; most of it at {service}")
            }
            _ => shown,
        }
    }

    fn trace(&mut self) -> Option<Trace> {
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
        let end = self.now;
        let faults = self.faults.iter().filter(|fault| fault.from < end).map(|fault| Span {
            from: fault.from,
            to: fault.to.min(end),
            region: fault.kind.region().unwrap_or_default().to_owned(),
            text: fault.kind.to_string(),
        });
        let faults = faults.collect();
        Some(Trace {
            start: self.start,
            step: recorder.step,
            groups,
            marks: recorder.marks,
            faults,
        })
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
    let Group { service, tally, rises, .. } = group;
    let mut holds = tally.holds;
    holds.extend(tally.native_holds.iter().map(|(hold, count)| (hold.to_string(), *count)));
    Row {
        service,
        region: region.to_owned(),
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

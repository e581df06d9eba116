//! Whether a condition held, and where what broke it came from.

use super::Engine;
use super::flow::Blame;
use super::group::Group;
use super::site::Site;
use super::tally::Saturated;
use crate::load::{Assertion, Measure};
use crate::outcome::{Total, Verdict};

/// A smaller share of what went wrong is not worth a word: a region's, or the waits' of a latency.
const WORTH_NAMING: f64 = 0.1;

/// A group, its region, and how much went wrong there.
struct Place<'a> {
    site: &'a Site,
    group: &'a Group,
    amount: f64,
}

impl Engine {
    /// What became of a condition.
    pub(super) fn judge(&self, assertion: &Assertion, total: &Total) -> Verdict {
        #[expect(clippy::cast_precision_loss, reason = "seconds of a run are far below 2^52")]
        let seconds = self.now as f64;
        let measured = match assertion.measure {
            Measure::DurationQuantile(share) => self.quantile(share),
            Measure::DurationMean => self.mean(),
            Measure::FailedRate => (total.requests > 0.0).then_some(total.lost / total.requests),
            Measure::Requests => Some(total.requests),
            Measure::RequestRate => (seconds > 0.0).then_some(total.requests / seconds),
        };
        let holds =
            measured.is_some_and(|value| assertion.comparison.holds(value, assertion.limit));
        let reason = measured.map_or_else(
            || "nothing was measured: there was no request".to_owned(),
            |value| {
                let shown = shown(assertion.measure, value);
                let place = if holds { None } else { self.culprit(assertion) };
                match place {
                    Some(place) => format!("{shown}; {place}"),
                    None => shown,
                }
            },
        );
        Verdict { condition: assertion.text.clone(), measured, holds, reason }
    }

    /// Where most of what broke a condition came from, and what it was for want of.
    fn culprit(&self, assertion: &Assertion) -> Option<String> {
        let slow = match assertion.measure {
            Measure::DurationQuantile(_) | Measure::DurationMean => true,
            Measure::FailedRate => false,
            Measure::Requests | Measure::RequestRate => return None,
        };
        let amount = |group: &Group| {
            let latency = group.tally.latency();
            let beyond = || latency.slower_than(&group.station, assertion.limit / 1_000.0);
            if slow { beyond() } else { group.tally.lost }
        };
        let places = self.worst(amount);
        let Place { site, group, .. } = places.first()?;
        let elsewhere = if slow { slowed_by(site, group) } else { lost_to(site, group) };
        let cause = elsewhere.unwrap_or_else(|| own(group));
        let what = if slow { "slow" } else { "failed" };
        let regions = self.regions(&places);
        Some(format!("most {what} ones were {}'s in {regions}, where {cause}", group.service))
    }

    /// The groups of the service with most of something, those with most of it first.
    fn worst(&self, amount: impl Fn(&Group) -> f64) -> Vec<Place<'_>> {
        let places = self.sites.iter().flat_map(|site| {
            let asked = site.groups.iter().filter(|group| group.asked);
            asked.map(|group| Place { site, group, amount: amount(group) })
        });
        let mut places: Vec<_> = places.filter(|place| place.amount > 0.0).collect();
        let of = |service: &str| -> f64 {
            let own = places.iter().filter(|place| place.group.service == service);
            own.map(|place| place.amount).sum()
        };
        let services = places.iter().map(|place| place.group.service.as_str());
        let Some(worst) = services.max_by(|a, b| of(a).total_cmp(&of(b))).map(str::to_owned) else {
            return Vec::new();
        };
        let least = of(&worst) * WORTH_NAMING;
        places.retain(|place| place.group.service == worst && place.amount >= least);
        places.sort_by(|a, b| b.amount.total_cmp(&a.amount));
        places
    }

    fn regions(&self, places: &[Place<'_>]) -> String {
        let names: Vec<&str> = places.iter().map(|place| place.site.name.as_str()).collect();
        match names.as_slice() {
            all if all.len() == self.sites.len() && all.len() > 1 => "every region".to_owned(),
            [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
            names => names.concat(),
        }
    }
}

/// What was measured, in words.
fn shown(measure: Measure, value: f64) -> String {
    match measure {
        Measure::DurationQuantile(share) => {
            format!("{} % of the requests took at most {value:.0} ms", share * 100.0)
        }
        Measure::DurationMean => format!("requests took {value:.0} ms on average"),
        Measure::FailedRate if value <= 0.0 => "no request failed".to_owned(),
        Measure::FailedRate if value < 0.000_1 => "less than 0.01 % of the requests failed".into(),
        Measure::FailedRate => format!("{:.2} % of the requests failed", value * 100.0),
        Measure::Requests => format!("there were {value:.0} requests"),
        Measure::RequestRate => format!("there were {value:.1} requests per second"),
    }
}

/// What its own instances were short of.
fn own(group: &Group) -> String {
    let Saturated { full, growing } = group.tally.saturated();
    let minutes = |seconds: f64| format!("{:.0} minutes", (seconds / 60.0).max(1.0));
    if full.max(growing) <= 0.0 {
        "requests queued at its instances".to_owned()
    } else if full >= growing {
        let most = group.tally.peak;
        format!("its maximum of {most} in service was saturated for {}", minutes(full))
    } else {
        format!("its instances were saturated for {} before more came", minutes(growing))
    }
}

/// What lost most of a group's requests, unless its own instances refused them.
fn lost_to(site: &Site, group: &Group) -> Option<String> {
    let (blame, lost) = group.tally.blamed().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let name = |place: usize| site.groups.get(place).map(|group| group.service.as_str());
    let cause = match blame {
        Blame::Dark => "nothing answered while the region was dark".to_owned(),
        Blame::Failed => "instances had failed and were not replaced yet".to_owned(),
        Blame::Empty => "nothing was in service".to_owned(),
        Blame::Connections(place) => format!("{} had no connection left", name(place)?),
        Blame::Called(place) => format!("{} could not answer them all", name(place)?),
    };
    (lost * 2.0 > group.tally.lost).then_some(cause)
}

/// What made a group's requests slow, unless they waited for its own instances.
fn slowed_by(site: &Site, group: &Group) -> Option<String> {
    let latency = group.tally.latency();
    let (sum, idle) = (latency.sum(&group.station), latency.idle(&group.station));
    if sum - idle < sum * WORTH_NAMING {
        let least = idle / latency.answered() * 1_000.0;
        return Some(format!("they take {least:.0} ms on average without any load"));
    }
    if latency.elsewhere() * 2.0 < sum - idle {
        return None;
    }
    let wait = |called: &Group| {
        let latency = called.tally.latency();
        (latency.sum(&called.station) - latency.idle(&called.station)) / latency.answered()
    };
    let called = group.calls.iter().filter_map(|call| site.groups.get(call.to));
    let slowest = called.max_by(|a, b| wait(a).total_cmp(&wait(b)))?;
    Some(format!("{} kept them waiting", slowest.service))
}

//! What a load balancer tells of a service: demand, errors, health.
//!
//! A count of errors is published only where it is not zero, so a minute with requests and without
//! a count of errors has none; that is the one zero that is read out of silence. A minute without
//! requests tells nothing. `RequestCount` has only requests for which a target was chosen, so when
//! none can be chosen, only the load balancer's own errors are left.
//!
//! Source: "CloudWatch metrics for your Application Load Balancer", reporting criteria.

use super::questions::Purpose;
use super::track::{Track, Tracks};
use crate::units::MetricValue;

/// Minutes that count as the last ones.
const LAST: i64 = 3;

/// Minutes among which the one with most requests is the demand: the newest may not be all there.
const DEMAND: i64 = 2;

/// Requests in a minute of which a percentage is told. At the default threshold of 50 % so many take
/// fifteen failures: below that one client that tries again could condemn a region at night. The
/// endpoint and the targets still speak then.
pub const FEWEST_REQUESTS: u32 = 30;

/// Millionths in one percent of a whole that is 1.
const PERCENT: i128 = 100_000_000;

/// What is counted of a service's requests.
pub(super) struct Count<'a> {
    requests: Option<&'a Track>,
    errors: Option<&'a Track>,
    balancer_errors: Option<&'a Track>,
    /// The requests of the whole load balancer.
    all: Option<&'a Track>,
    now: i64,
}

impl<'a> Count<'a> {
    pub(super) fn of(service: &str, tracks: &'a Tracks<'_>, now: i64) -> Self {
        let requests = tracks.get(service, &Purpose::Requests);
        let balancer = tracks.balancer(service).unwrap_or_default();
        let is_shared = tracks.was_asked(balancer, &Purpose::BalancerRequests);
        let shared = tracks.get(balancer, &Purpose::BalancerRequests);
        Self {
            requests,
            errors: tracks.get(service, &Purpose::TargetErrors),
            balancer_errors: tracks.get(balancer, &Purpose::BalancerErrors),
            all: if is_shared { shared } else { requests },
            now,
        }
    }

    /// Requests per second.
    pub(super) fn demand(&self) -> Option<MetricValue> {
        let track = self.requests?;
        let (newest, _) = track.newest(self.now)?;
        let periods = track.between(newest - DEMAND * track.period, newest);
        let most = periods.filter_map(|(_, value)| value.ok()).max()?;
        Some(MetricValue::from_micros(most.micros().max(0) / track.period))
    }

    /// Percent of 5xx answers. Of the load balancer's own errors a service has its part of the
    /// requests.
    pub(super) fn errors(&self) -> Option<MetricValue> {
        let (requests, all, errors) = (self.requests?, self.all?, self.errors?);
        let balancer_errors = self.balancer_errors?;
        let fresh = [all, balancer_errors].into_iter().filter_map(|track| track.newest(self.now));
        let newest = fresh.map(|(at, _)| at).max()?;
        let last = |track| sum(track, newest);
        let (own, whole, failed) = (last(requests)?, last(all)?, last(balancer_errors)?);
        let failed = if whole > 0 { failed * own.min(whole) / whole } else { failed };
        let (bad, total) = (last(errors)? + failed, own + failed);
        let fewest = i128::from(FEWEST_REQUESTS) * i128::from(LAST) * 1_000_000;
        if total < fewest {
            return None;
        }
        let percent = i64::try_from(bad.min(total) * PERCENT / total).ok()?;
        Some(MetricValue::from_micros(percent))
    }
}

/// The sum of the last minutes; `None` when one of them is no number.
fn sum(track: &Track, newest: i64) -> Option<i128> {
    let mut sum = 0;
    for (_, value) in track.between(newest - LAST * track.period, newest) {
        sum += i128::from(value.ok()?.micros().max(0));
    }
    Some(sum)
}

/// Percent of the registered targets that are healthy, in the newest minute that tells both.
pub(super) fn healthy(service: &str, tracks: &Tracks<'_>, now: i64) -> Option<MetricValue> {
    let healthy = tracks.get(service, &Purpose::Healthy)?;
    let unhealthy = tracks.get(service, &Purpose::Unhealthy)?;
    let (one, _) = healthy.newest(now)?;
    let (other, _) = unhealthy.newest(now)?;
    let at = one.min(other);
    let of = |track: &Track| {
        let (found, value) = track.fresh_at(at)?;
        (found == at).then_some(i128::from(value.ok()?.micros().max(0)))
    };
    let (well, ill) = (of(healthy)?, of(unhealthy)?);
    if well + ill == 0 {
        return None;
    }
    let percent = i64::try_from(well * PERCENT / (well + ill)).ok()?;
    Some(MetricValue::from_micros(percent))
}

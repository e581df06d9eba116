//! What the proxy does with a call.

use std::cmp::Ordering;

use super::{Call, http};

/// How the proxy disturbs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule {
    /// Not at all.
    Pass,
    /// Kills the client before its k-th write, counted from 1, is passed on.
    KillBefore(usize),
    /// Kills the client when its k-th write is done and before it has the answer.
    KillAfter(usize),
    /// Answers every call to a region with an error as AWS words it.
    Unavailable(&'static str),
    /// Answers every call to a region with a bare status 500, as a broken load balancer does.
    Broken(&'static str),
    /// Closes every connection for a region without an answer.
    HangUp(&'static str),
    /// Refuses every write in a region, as AWS does without the permission.
    Deny(&'static str),
    /// Carries out the first write of each kind in each region and closes the connection: the
    /// answer is lost.
    Lose,
    /// Throttles the first calls of each kind in each region.
    Throttle(usize),
    /// Holds answers back, round by round.
    Rounds,
}

/// What becomes of one call.
pub(super) enum Verdict {
    Pass,
    Answer(Vec<u8>),
    HangUp,
    Lose,
    KillBefore,
    KillAfter,
}

impl Rule {
    /// Decides on a call by those that came before it.
    pub(super) fn verdict(self, call: &Call, before: &[Call]) -> Verdict {
        let in_region = |region: &str| call.region == region;
        let same = |other: &&Call| in_region(&other.region) && other.action == call.action;
        let earlier = before.iter().filter(same).count();
        let disturbed = match self {
            Self::Pass | Self::Rounds => None,
            Self::KillBefore(k) => {
                (call.writes() && number(before) >= k).then_some(Verdict::KillBefore)
            }
            Self::KillAfter(k) => match number(before).cmp(&k) {
                Ordering::Equal => call.writes().then_some(Verdict::KillAfter),
                Ordering::Greater => call.writes().then_some(Verdict::KillBefore),
                Ordering::Less => None,
            },
            Self::Unavailable(region) => in_region(region).then(|| {
                let text = "The service is unavailable. Please try again shortly.";
                Verdict::Answer(http::error(call, 503, "ServiceUnavailable", text))
            }),
            Self::Broken(region) => in_region(region).then(|| Verdict::Answer(http::bare(500))),
            Self::HangUp(region) => in_region(region).then_some(Verdict::HangUp),
            Self::Deny(region) => (in_region(region) && call.writes()).then(|| {
                let text = format!("User is not authorized to perform: {}", call.action);
                Verdict::Answer(http::error(call, 403, "AccessDenied", &text))
            }),
            Self::Lose => (call.writes() && earlier == 0).then_some(Verdict::Lose),
            Self::Throttle(first) => {
                (earlier < first).then(|| Verdict::Answer(http::throttled(call)))
            }
        };
        disturbed.unwrap_or(Verdict::Pass)
    }
}

/// The number of the write that comes after these calls, from 1.
fn number(before: &[Call]) -> usize {
    before.iter().filter(|call| call.writes()).count() + 1
}

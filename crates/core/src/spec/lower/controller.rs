//! How the controller looks after the platform: defaults, and what lies out of range.

use super::Lower;
use crate::spec::document::{ControllerDoc, GuardDoc, Kind};
use crate::spec::model::{Controller, Damping, Failover, Guard};
use crate::spec::problem::{Place, Problem, code};
use crate::spec::tree::Node;
use crate::units::{MetricValue, Seconds};

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;

/// The controller of a platform. `node` is the part of the file that it was read from.
pub(in crate::spec) fn controller(
    doc: &ControllerDoc,
    node: Option<&Node>,
    problems: &mut Vec<Problem>,
) -> Controller {
    let mut judge = Judge { node, problems };
    let failover = &doc.failover;
    let damping = &doc.damping;
    Controller {
        lease: judge.span(doc.lease, 15 * MINUTE, (5 * MINUTE, 6 * HOUR), &["lease"]),
        overflow: doc.overflow.unwrap_or(true),
        standing: doc.standing_n_minus_1.unwrap_or(false),
        failover: Failover {
            mode: failover.mode.unwrap_or_default(),
            after: judge.span(
                failover.after,
                3 * MINUTE,
                (2 * MINUTE, 15 * MINUTE),
                &["failover", "after"],
            ),
            return_after: judge.span(
                failover.return_after,
                10 * MINUTE,
                (2 * MINUTE, HOUR),
                &["failover", "return_after"],
            ),
            step: judge.span(failover.step, 5 * MINUTE, (MINUTE, HOUR), &["failover", "step"]),
            errors_percent: judge.percent(
                failover.errors_percent,
                50,
                &["failover", "errors_percent"],
            ),
            healthy_percent: judge.percent(
                failover.healthy_percent,
                20,
                &["failover", "healthy_percent"],
            ),
        },
        damping: Damping {
            events_per_hour: damping.events_per_hour.unwrap_or(10),
            hold: judge.span(
                damping.hold,
                30 * MINUTE,
                (5 * MINUTE, 6 * HOUR),
                &["damping", "for"],
            ),
        },
    }
}

/// Judges values and says where they are written.
struct Judge<'a> {
    node: Option<&'a Node>,
    problems: &'a mut Vec<Problem>,
}

impl Judge<'_> {
    fn span(
        &mut self,
        given: Option<Seconds>,
        default: u32,
        (least, most): (u32, u32),
        path: &[&str],
    ) -> Seconds {
        let span = given.unwrap_or(Seconds(default));
        if !(least..=most).contains(&span.0) {
            let message = format!("`{}` cannot be {span}", path.join("."));
            self.error(path, message, format!("write {} to {}", Seconds(least), Seconds(most)));
        }
        span
    }

    fn percent(&mut self, given: Option<u8>, default: u8, path: &[&str]) -> u8 {
        let percent = given.unwrap_or(default);
        if !(1..=100).contains(&percent) {
            let message = format!("`{}` cannot be {percent}", path.join("."));
            self.error(path, message, "write 1 to 100".to_owned());
        }
        percent
    }

    fn error(&mut self, path: &[&str], message: String, help: String) {
        let place: Option<Place> = self.node.and_then(|node| node.at(path)).map(|node| node.place);
        self.problems.push(Problem::error(code::OUT_OF_RANGE, place, message).help(help));
    }
}

impl Lower<'_> {
    /// When the services that lean on this one may not grow.
    pub(super) fn guard(&mut self, doc: Option<&GuardDoc>, kind: Kind) -> Option<Guard> {
        let doc = doc?;
        if kind == Kind::Stateless {
            let message = format!("`{}` is stateless and scales out", self.names.service);
            let help =
                "a guard protects a service that cannot: remove it, or write `kind: stateful`";
            self.error(code::OUT_OF_RANGE, &["guard"], message, help);
        }
        if doc.threshold <= MetricValue::default() {
            let message = format!("`threshold` cannot be {}", doc.threshold);
            self.error(code::OUT_OF_RANGE, &["guard", "threshold"], message, "write more than 0");
        }
        let metric = self.metric(&doc.metric, &["guard"]);
        Some(Guard { metric, threshold: doc.threshold })
    }
}

//! Scheduled actions.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Lower, cron};
use crate::bounds::{Bounds, Recurrence, time_zone};
use crate::lease::{END, is_end};
use crate::spec::document::Kind;
use crate::spec::names::SCHEDULED_ACTION;
use crate::spec::problem::code;
use crate::spec::scaling::ScheduleDoc;
use crate::spec::suggest;
use crate::world::ScheduledAction;

/// Most scheduled actions of a group. Source: EC2 Auto Scaling quotas.
const MOST_ACTIONS: usize = 125;

impl Lower<'_> {
    pub(super) fn schedule(
        &mut self,
        docs: &BTreeMap<String, ScheduleDoc>,
    ) -> BTreeMap<String, ScheduledAction> {
        if docs.len() > MOST_ACTIONS {
            let message =
                format!("a group has {MOST_ACTIONS} scheduled actions at most, not {}", docs.len());
            self.error(code::QUOTA, &["scaling", "schedule"], message, "remove some");
            return BTreeMap::new();
        }
        let lowered: BTreeMap<_, _> = docs
            .iter()
            .filter_map(|(name, doc)| Some((name.clone(), self.entry(name, doc)?)))
            .collect();
        self.clashes(&lowered);
        lowered
    }

    fn entry(&mut self, name: &str, doc: &ScheduleDoc) -> Option<ScheduledAction> {
        let path = ["scaling", "schedule", name];
        self.name(SCHEDULED_ACTION, &path, name);
        if is_end(name) {
            let message = format!("`{END}` begins the names of actions that end leases");
            self.error(code::BAD_NAME, &path, message, "choose another name");
        }
        if doc.min.is_none() && doc.max.is_none() && doc.desired.is_none() {
            let message = format!("schedule entry `{name}` sets nothing");
            self.error(code::EMPTY_SCHEDULE, &path, message, "set `min`, `max` or both");
        }
        if doc.cron.is_some() == doc.at.is_some() {
            self.when(name);
            return None;
        }
        if let (Some(min), Some(max)) = (doc.min, doc.max)
            && min > max
        {
            let message = format!("min {min} is above max {max}");
            let path = ["scaling", "schedule", name, "min"];
            self.error(code::MIN_ABOVE_MAX, &path, message, "lower `min` or raise `max`");
        }
        let zone_ok = self.zone(doc.time_zone.as_deref(), name);
        let cron_ok = self.cron(doc.cron.as_deref(), name);
        Some(ScheduledAction {
            recurrence: doc.cron.clone(),
            time_zone: doc.time_zone.clone(),
            start: self.moment(doc.at.as_deref(), name, "at"),
            end: self.moment(doc.until.as_deref(), name, "until"),
            min: doc.min,
            max: doc.max,
            desired: doc.desired,
        })
        .filter(|_| zone_ok && cron_ok)
    }

    /// Reports an entry without its time, or with two. What was written wrong was reported when it
    /// was read.
    fn when(&mut self, name: &str) {
        let path = ["scaling", "schedule", name, "at"];
        let written = |key| self.node.at(&["scaling", "schedule", name, key]).is_some();
        let message = match (written("cron"), written("at")) {
            (true, true) => format!("schedule entry `{name}` has both `cron` and `at`"),
            (false, false) => format!("schedule entry `{name}` has neither `cron` nor `at`"),
            _ => return,
        };
        let help = "write either `cron: 0 8 * * MON-FRI` or `at: 2027-11-26T06:00:00Z`";
        self.error(code::EMPTY_SCHEDULE, &path, message, help);
    }

    /// Every entry must fit the other bound, whichever entry set that: AWS would refuse the action
    /// on the day it fires.
    pub(super) fn schedule_fits(
        &mut self,
        bounds: Bounds,
        kind: Kind,
        entries: &BTreeMap<String, ScheduledAction>,
    ) {
        let lowest = entries.values().filter_map(|entry| entry.min).fold(bounds.min, u32::min);
        let highest = entries.values().filter_map(|entry| entry.max).fold(bounds.max, u32::max);
        for (name, entry) in entries {
            let path = |key| ["scaling", "schedule", name.as_str(), key];
            if let Some(min) = entry.min.filter(|min| *min > highest && entry.max.is_none()) {
                let message = format!("min {min} is above max {highest}, the highest there is");
                let help = "lower `min`, or set `max` in this entry too";
                self.error(code::MIN_ABOVE_MAX, &path("min"), message, help);
            }
            if let Some(max) = entry.max.filter(|max| *max < lowest && entry.min.is_none()) {
                let message = format!("max {max} is below min {lowest}, the lowest there is");
                let help = "raise `max`, or set `min` in this entry too";
                self.error(code::MIN_ABOVE_MAX, &path("max"), message, help);
            }
            if let Some(desired) = entry.desired {
                let min = entry.min.unwrap_or(lowest);
                let max = entry.max.unwrap_or(highest);
                if desired < min || desired > max {
                    let message = format!("desired {desired} lies outside {min} to {max}");
                    let help = "set it within the bounds, or remove it: scaling finds the size";
                    self.error(code::OUT_OF_RANGE, &path("desired"), message, help);
                }
            }
            if let Some(max) = entry.max.filter(|max| kind == Kind::Stateful && *max > 1) {
                let message =
                    format!("`{}` is stateful and cannot have {max} instances", self.names.service);
                let help = "set `max: 1` and a larger machine, or declare it `kind: stateless`";
                self.error(code::STATEFUL_SCALED_OUT, &path("max"), message, help);
            }
        }
    }

    fn zone(&mut self, zone: Option<&str>, name: &str) -> bool {
        let Some(zone) = zone else { return true };
        if time_zone(zone).is_some() {
            return true;
        }
        let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let help = suggest::nearest(zone, names.iter().map(String::as_str))
            .unwrap_or_else(|| "write an IANA name such as Europe/Berlin".to_owned());
        let message = format!("`{zone}` is no time zone");
        self.error(code::BAD_TIME_ZONE, &["scaling", "schedule", name, "time_zone"], message, help);
        false
    }

    fn cron(&mut self, cron: Option<&str>, name: &str) -> bool {
        let Some(cron) = cron else { return true };
        let outcome = cron::check(cron)
            .and_then(|()| Recurrence::parse(cron).map(|_| ()).map_err(cron::Wrong::unknown));
        let Err(wrong) = outcome else { return true };
        let message = format!("`{cron}` is no recurrence: {}", wrong.message);
        self.error(code::BAD_CRON, &["scaling", "schedule", name, "cron"], message, wrong.help);
        false
    }

    fn moment(&mut self, text: Option<&str>, name: &str, key: &str) -> Option<Timestamp> {
        let text = text?;
        // AWS keeps whole seconds, so a fraction could never be matched.
        let whole = |moment: &Timestamp| moment.subsec_nanosecond() == 0;
        let moment = text.parse().ok().filter(whole);
        if moment.is_none() {
            let message = format!("`{text}` is no moment");
            let help = "write whole seconds and the offset, such as 2027-11-26T06:00:00Z";
            let path = ["scaling", "schedule", name, key];
            self.error(code::WRONG_VALUE, &path, message, help);
        }
        moment
    }

    /// Start times must be unique in a group, AWS refuses the second.
    /// Source: EC2 Auto Scaling user guide, "Scheduled scaling", considerations.
    fn clashes(&mut self, entries: &BTreeMap<String, ScheduledAction>) {
        let mut seen: Vec<(&str, &ScheduledAction)> = Vec::new();
        for (name, entry) in entries {
            let same = |other: &&(&str, &ScheduledAction)| {
                let other = other.1;
                let zone = |entry: &ScheduledAction| {
                    entry.time_zone.clone().unwrap_or_else(|| "UTC".to_owned())
                };
                match (&entry.recurrence, &other.recurrence) {
                    (Some(left), Some(right)) => {
                        left.split_whitespace().eq(right.split_whitespace())
                            && zone(entry) == zone(other)
                    }
                    (None, None) => entry.start == other.start,
                    _ => false,
                }
            };
            if let Some((first, _)) = seen.iter().find(same) {
                let message = format!("schedule entries `{first}` and `{name}` start together");
                let help = "AWS refuses two actions with one start time; merge or move one";
                let path = ["scaling", "schedule", name.as_str()];
                self.error(code::CLASHING_SCHEDULE, &path, message, help);
            }
            seen.push((name, entry));
        }
    }
}

//! Alarms that wake the controller: put where they differ, and deleted where nobody needs them.

use std::collections::{BTreeMap, BTreeSet};

use super::describe;
use super::steps::{Steps, change};
use super::wanted::Context;
use super::{Options, Planned, Step};
use crate::action::Action;
use crate::spec::{Mode, Problem, Service, Spec, code};
use crate::world::{Alarm, Region, Wake};

/// The alarms of one service.
pub(super) fn all(
    context: &Context<'_>,
    name: &str,
    service: &Service,
    wanted: &BTreeMap<String, Alarm>,
    steps: &mut Steps<'_>,
    problems: &mut Vec<Problem>,
) {
    let living = &context.region.alarms;
    for (alarm_name, alarm) in wanted {
        let is = living.get(alarm_name);
        if is == Some(alarm) {
            continue;
        }
        if let Some(other) = is.and_then(|is| stranger(context, is)) {
            let message = format!("alarm {alarm_name} in {} watches {other}", context.region_name);
            let problem = Problem::error(code::NAME_TAKEN, service.places.service, message);
            problems.push(problem.help("take it over with --adopt, or rename the policy"));
            continue;
        }
        put(alarm_name, alarm, is, context.identity(name), steps);
    }
    let gone = ours(context.spec, context.region)
        .filter(|(living, about, _)| about.service == name && !wanted.contains_key(*living));
    let managed = matches!(service.mode, Mode::Managed(_));
    let reason = if managed { "the spec does not have it" } else { "the service is not managed" };
    let (names, changes): (BTreeSet<String>, Vec<_>) = gone
        .map(|(name, about, alarm)| {
            let mut gone = change(&field(about.policy), Some(describe::alarm(alarm)), None);
            reason.clone_into(&mut gone.reason);
            (name.clone(), gone)
        })
        .unzip();
    if !names.is_empty() {
        steps.push(Action::DeleteAlarms { names }, changes, vec![]);
    }
}

fn put(
    name: &str,
    alarm: &Alarm,
    is: Option<&Alarm>,
    tags: BTreeMap<String, String>,
    steps: &mut Steps<'_>,
) {
    let policy = alarm.about().map_or(name, |about| about.policy);
    let (changes, consequences) = match is {
        None => {
            let new = change(&field(policy), None, Some(describe::alarm(alarm)));
            (vec![new], vec!["wakes the controller as soon as the load is above it".to_owned()])
        }
        Some(is) => {
            let (old, new) = (describe::alarm_fields(is), describe::alarm_fields(alarm));
            let mut changes = describe::changes(Some(&old), &new, "the spec differs");
            for change in &mut changes {
                change.field = format!("{} {}", field(policy), change.field);
            }
            (changes, vec![])
        }
    };
    let (name, alarm) = (name.to_owned(), Box::new(alarm.clone()));
    steps.push(Action::PutAlarm { name, alarm, tags }, changes, consequences);
}

fn field(policy: &str) -> String {
    format!("wake alarm {policy}")
}

/// What an alarm with one of our names watches, when it is another platform's.
fn stranger<'a>(context: &Context<'_>, alarm: &'a Alarm) -> Option<Wake<'a>> {
    let stays = |about: &Wake<'_>| !is_of(about, context.spec) && !context.options.adopt;
    alarm.about().filter(stays)
}

fn is_of(about: &Wake<'_>, spec: &Spec) -> bool {
    about.platform == spec.platform && about.environment == spec.environment
}

/// The alarms of this platform and environment, with what they are about.
pub(super) fn ours<'a>(
    spec: &'a Spec,
    region: &'a Region,
) -> impl Iterator<Item = (&'a String, Wake<'a>, &'a Alarm)> {
    region.alarms.iter().filter_map(|(name, alarm)| {
        let about = alarm.about().filter(|about| is_of(about, spec))?;
        Some((name, about, alarm))
    })
}

/// Deletes the alarms of every service that is chosen, service by service.
pub(super) fn remove(
    spec: &Spec,
    region: &Region,
    chosen: impl Fn(&str) -> bool,
    consequence: &str,
    planned: &mut Planned,
) {
    let mut gone: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (name, about, _) in ours(spec, region).filter(|(_, about, _)| chosen(about.service)) {
        gone.entry(about.service).or_default().insert(name.clone());
    }
    planned.steps.extend(gone.into_iter().map(|(service, names)| Step {
        service: service.to_owned(),
        action: Action::DeleteAlarms { names },
        changes: Vec::new(),
        consequences: vec![consequence.to_owned()],
        destructive: false,
    }));
}

/// Deletes the alarms of services that the spec no longer has. They are no capacity and can be made
/// again, so that takes no `prune`.
pub(super) fn strays(
    spec: &Spec,
    region_name: &str,
    region: &Region,
    options: &Options,
    planned: &mut Planned,
) {
    let declared = spec.regions.get(region_name);
    let stray = |service: &str| {
        options.services.is_empty()
            && declared.is_none_or(|region| !region.services.contains_key(service))
    };
    let consequence = "the spec no longer has the service; nothing else changes";
    remove(spec, region, stray, consequence, planned);
}

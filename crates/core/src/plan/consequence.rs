//! What a change of a group means, in an operator's words.

use std::collections::BTreeSet;

use super::Change;
use super::wanted::{Wanted, count};
use crate::bounds::Bounds;
use crate::lease::{Lease, Leases};
use crate::units::HourlyPrice;
use crate::world::{Group, TemplateRef};

/// A template version as a person names it.
pub(super) fn version(template: &TemplateRef) -> String {
    if template.version.is_empty() {
        "a new version".to_owned()
    } else {
        format!("{} v{}", template.name, template.version)
    }
}

/// The schedule entry and the overlay that a bound comes from, if it comes from one.
type Origin<'a> = (&'a Option<String>, &'a Option<String>);

/// Bounds that change, with leases, the schedule entry, the overlay or the spec as the reason.
pub(super) fn bounds_changes(group: &Group, wanted: &Wanted) -> Vec<Change> {
    let effective = &wanted.effective;
    let (min_overlay, max_overlay) = &wanted.overlaid;
    let (scheduled, bounds) = (effective.scheduled, effective.bounds);
    let over = Leases::of(group).readable;
    let over = || over.iter().filter(|lease| !effective.leases.contains(lease));
    let from = |leased: Option<String>, ended: Option<&Lease>, (entry, overlay): Origin<'_>| {
        let ended = || ended.map(|lease| format!("lease {} {} is over", lease.cause, lease.id));
        let entry = || entry.as_ref().map(|name| format!("schedule entry {name} is in force"));
        let overlay = || overlay.as_ref().map(|name| format!("the overlay {name} says so"));
        let known = leased.or_else(ended).or_else(entry).or_else(overlay);
        known.unwrap_or_else(|| "the spec differs".to_owned())
    };
    let min_leases = in_force(&effective.leases, |lease| {
        if bounds.min > scheduled.min { lease.floor.is_some() } else { lease.ceiling.is_some() }
    });
    let max_leases = in_force(&effective.leases, |lease| lease.ceiling.is_some());
    let sides = [
        (
            "bounds.min",
            group.bounds.min,
            effective.bounds.min,
            from(
                min_leases.filter(|_| scheduled.min != bounds.min),
                over().find(|lease| lease.floor == Some(group.bounds.min)),
                (&effective.min_from, min_overlay),
            ),
        ),
        (
            "bounds.max",
            group.bounds.max,
            effective.bounds.max,
            from(
                max_leases.filter(|_| scheduled.max != bounds.max),
                over().find(|lease| lease.allowed() == Some(group.bounds.max)),
                (&effective.max_from, max_overlay),
            ),
        ),
        (
            "desired capacity",
            group.desired,
            effective.bounds.clamp(group.desired),
            "it lies outside the bounds".to_owned(),
        ),
    ];
    sides
        .into_iter()
        .filter(|(_, old, new, _)| old != new)
        .map(|(field, old, new, reason)| Change {
            field: field.to_owned(),
            old: Some(old.to_string()),
            new: Some(new.to_string()),
            reason,
        })
        .collect()
}

/// The leases in force that pull a bound in one direction, as a reason.
fn in_force(leases: &[Lease], pulls: impl Fn(&Lease) -> bool) -> Option<String> {
    let names: Vec<String> = leases
        .iter()
        .filter(|lease| pulls(lease))
        .map(|lease| format!("{} {}", lease.cause, lease.id))
        .collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("lease {one} is in force")),
        several => Some(format!("leases {} are in force", several.join(", "))),
    }
}

/// What new bounds do to the instances that run: now, and as far as scaling may go.
pub(super) fn size_consequences(
    group: &Group,
    bounds: Bounds,
    price: Option<HourlyPrice>,
) -> Vec<String> {
    let running = group.instances.len();
    let size = bounds.clamp(group.desired);
    let paid = |instances: i64| {
        price.map_or_else(String::new, |price| format!("; {}", price.times(instances)))
    };
    if size < group.desired {
        let ends = count((group.desired - size) as usize, "instance");
        let paid = paid(i64::from(size) - i64::from(group.desired));
        let (old, new) = (group.bounds.max, bounds.max);
        return vec![format!("terminates {ends}: max {old} -> {new}, {running} running{paid}")];
    }
    if size > group.desired {
        let starts = count((size - group.desired) as usize, "instance");
        let paid = paid(i64::from(size - group.desired));
        let (old, new) = (group.bounds.min, bounds.min);
        return vec![format!("launches {starts}: min {old} -> {new}, {running} running{paid}")];
    }
    if group.bounds == bounds {
        return Vec::new();
    }
    let Bounds { min, max } = bounds;
    let paid = price.map_or_else(String::new, |price| {
        let (least, most) = (price.times(i64::from(min)), price.times(i64::from(max)));
        format!("; {least} to {most}")
    });
    vec![format!("no instance starts or ends now, {running} running; scales {min} to {max}{paid}")]
}

/// What a new template version means for the instances that stay.
pub(super) fn template_consequence(stay: usize, old: Option<&TemplateRef>) -> Option<String> {
    let old = old.map_or_else(|| "the old template".to_owned(), version);
    match stay {
        0 => None,
        1 => Some(format!("1 instance runs {old} until it is replaced")),
        stay => Some(format!("{stay} instances run {old} until they are replaced")),
    }
}

/// Says how many instances run another version than the group is pinned to.
pub(super) fn outdated(group: &Group, pin: &TemplateRef) -> Option<String> {
    let newest = &pin.version;
    if newest.is_empty() {
        return None;
    }
    let others: Vec<&TemplateRef> = group
        .instances
        .iter()
        .filter_map(|instance| instance.template.as_ref().filter(|runs| *runs != pin))
        .collect();
    let verb = match others.len() {
        0 => return None,
        1 => "runs",
        _ => "run",
    };
    let versions: BTreeSet<(usize, String)> =
        others.iter().map(|runs| (runs.version.len(), label(runs, pin))).collect();
    let versions: Vec<String> = versions.into_iter().map(|(_, version)| version).collect();
    Some(format!(
        "{} still {verb} template {}; new ones get v{newest}",
        count(others.len(), "instance"),
        versions.join(" and ")
    ))
}

/// A version, with its template's name when that is another than the group's.
fn label(runs: &TemplateRef, pin: &TemplateRef) -> String {
    let name = if runs.name == pin.name { String::new() } else { format!("{} ", runs.name) };
    format!("{name}v{}", runs.version)
}

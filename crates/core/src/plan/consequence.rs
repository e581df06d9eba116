//! What a change of a group means, in an operator's words.

use std::collections::BTreeMap;

use super::Change;
use super::wanted::{Wanted, count};
use crate::bounds::Bounds;
use crate::units::HourlyPrice;
use crate::world::{Group, TemplateRef};

/// A template version as a person names it.
pub(super) fn version(template: &TemplateRef) -> String {
    if template.version.is_empty() {
        format!("{} (new version)", template.name)
    } else {
        format!("{} v{}", template.name, template.version)
    }
}

/// Bounds that change, with the schedule entry or the spec as the reason.
pub(super) fn bounds_changes(group: &Group, wanted: &Wanted) -> Vec<Change> {
    let effective = &wanted.effective;
    let from = |entry: &Option<String>| match entry {
        Some(entry) => format!("schedule entry {entry} is in force"),
        None => "the spec differs".to_owned(),
    };
    let sides = [
        ("bounds.min", group.bounds.min, effective.bounds.min, from(&effective.min_from)),
        ("bounds.max", group.bounds.max, effective.bounds.max, from(&effective.max_from)),
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

/// What new bounds do to the instances that run.
pub(super) fn size_consequences(
    group: &Group,
    bounds: Bounds,
    price: Option<HourlyPrice>,
) -> Vec<String> {
    let size = bounds.clamp(group.desired);
    if size == group.desired {
        return Vec::new();
    }
    let (verb, changed, bound) = if size < group.desired {
        ("terminates", group.desired - size, ("max", group.bounds.max, bounds.max))
    } else {
        ("launches", size - group.desired, ("min", group.bounds.min, bounds.min))
    };
    let (name, old, new) = bound;
    let paid = price.map_or_else(String::new, |price| {
        let difference = price.times(i64::from(size) - i64::from(group.desired));
        format!("; {difference}")
    });
    vec![format!(
        "{verb} {}: {name} {old} -> {new}, {} running{paid}",
        count(changed as usize, "instance"),
        group.instances.len()
    )]
}

/// Says how many instances run another version than the group is pinned to.
pub(super) fn outdated(group: &Group, pin: &TemplateRef) -> Option<String> {
    let newest = &pin.version;
    let mut others: BTreeMap<&str, usize> = BTreeMap::new();
    for instance in &group.instances {
        if let Some(runs) = instance.template.as_ref().filter(|runs| *runs != pin) {
            *others.entry(runs.version.as_str()).or_default() += 1;
        }
    }
    let (version, number) = others.into_iter().next()?;
    if newest.is_empty() {
        return None;
    }
    let verb = if number == 1 { "runs" } else { "run" };
    Some(format!(
        "{} still {verb} template v{version}; new ones get v{newest}",
        count(number, "instance")
    ))
}

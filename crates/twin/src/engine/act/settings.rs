//! Settings of a group that one update changes.

use std::collections::BTreeMap;

use plimsoll_core::action::GroupChange;
use plimsoll_core::bounds::Bounds;
use plimsoll_core::units::Instances;
use plimsoll_core::world::Group;

/// Whether bounds are in order.
///
/// # Errors
/// They are not: Auto Scaling refuses them.
pub(super) fn in_order(bounds: Bounds) -> Result<(), &'static str> {
    if bounds.min > bounds.max { Err("the minimum is above the maximum") } else { Ok(()) }
}

/// Changes settings, and says what the desired capacity is from then on. `templates` are the ids of
/// the launch templates by name.
///
/// # Errors
/// What Auto Scaling refuses: nothing is changed then.
pub(super) fn update(
    group: &mut Group,
    change: &GroupChange,
    templates: &BTreeMap<String, String>,
) -> Result<Instances, &'static str> {
    if change.template.as_ref().is_some_and(|template| template.version.is_empty()) {
        return Err("the template's version is not known");
    }
    let bounds = Bounds {
        min: change.min.unwrap_or(group.bounds.min),
        max: change.max.unwrap_or(group.bounds.max),
    };
    in_order(bounds)?;
    // Source: `UpdateAutoScalingGroup`: without a desired capacity the bounds clamp it.
    let desired = change.desired.unwrap_or_else(|| bounds.clamp(group.desired));
    if bounds.clamp(desired) != desired {
        return Err("the desired capacity lies outside the bounds");
    }
    group.bounds = bounds;
    if let Some(template) = &change.template {
        group.template_id = templates.get(&template.name).cloned();
    }
    change.apply_to(&mut group.settings);
    Ok(desired)
}

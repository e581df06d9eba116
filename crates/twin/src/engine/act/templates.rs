//! Launch templates: made, and given a new version.

use std::collections::BTreeMap;

use plimsoll_core::cloud::Outcome;
use plimsoll_core::world::{Region, RegionState, Template, TemplateData};

/// Makes a template, or finds the one that an earlier attempt made.
///
/// # Errors
/// The name is taken by a template that launches something else.
pub(super) fn create(
    region: &mut Region,
    name: &str,
    data: &TemplateData,
    id: u64,
) -> Result<Outcome, &'static str> {
    let template = region.templates.entry(name.to_owned()).or_insert_with(|| Template {
        id: format!("lt-{id:017x}"),
        name: name.to_owned(),
        version: 1,
        data: data.clone(),
    });
    if template.data == *data { Ok(made(template)) } else { Err("a template of that name exists") }
}

/// Adds a version, unless the newest one holds the data already.
///
/// # Errors
/// There is no such template.
pub(super) fn add(
    region: &mut Region,
    name: &str,
    data: &TemplateData,
) -> Result<Outcome, &'static str> {
    let template = region.templates.get_mut(name).ok_or("there is no such template")?;
    if template.data != *data {
        template.version += 1;
        template.data = data.clone();
    }
    Ok(made(template))
}

/// Ids by name.
pub(super) fn ids(region: Option<&RegionState>) -> BTreeMap<String, String> {
    let Some(RegionState::Observed(region)) = region else { return BTreeMap::new() };
    region.templates.values().map(|of| (of.name.clone(), of.id.clone())).collect()
}

fn made(template: &Template) -> Outcome {
    Outcome::TemplateVersion { name: template.name.clone(), version: template.version }
}

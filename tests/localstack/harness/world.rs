//! What an account holds, as `read_back.py` tells it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::REGIONS;

/// Regions, and in each its groups, templates, target groups and instances by name.
#[derive(Clone, PartialEq)]
pub(crate) struct World(pub(crate) Value);

impl World {
    /// What a region holds of one kind, by name.
    pub(crate) fn kind(&self, region: &str, kind: &str) -> &Map<String, Value> {
        self.0[region][kind].as_object().unwrap_or_else(|| panic!("{region} has no {kind}"))
    }

    /// A group with all its parts.
    pub(crate) fn group(&self, region: &str, name: &str) -> &Value {
        let groups = self.kind(region, "groups");
        groups.get(name).unwrap_or_else(|| {
            panic!("{region} has no group {name}, but {:?}", groups.keys().collect::<Vec<_>>())
        })
    }

    /// The group of one of Alfred's services in production.
    pub(crate) fn service(&self, region: &str, service: &str) -> &Value {
        self.group(region, &format!("alfred-production-{service}-a"))
    }

    /// What the newest version of a template launches.
    pub(crate) fn template(&self, region: &str, name: &str) -> &Value {
        let template = &self.0[region]["templates"][name];
        let newest = template["LatestVersionNumber"].to_string();
        &template["Versions"][newest]["LaunchTemplateData"]
    }

    /// All but what belongs to Alfred's production: what a test must find untouched.
    pub(crate) fn others(&self) -> Self {
        let ours = |name: &str| name.starts_with("alfred-prod");
        let mut world = self.0.clone();
        for region in REGIONS {
            for kind in ["groups", "templates", "target_groups"] {
                kind_of(&mut world, region, kind).retain(|name, _| !ours(name));
            }
            kind_of(&mut world, region, "instances").retain(|_, instance| {
                !instance["Tags"]["aws:autoscaling:groupName"].as_str().is_some_and(ours)
            });
        }
        Self(world)
    }
}

fn kind_of<'a>(world: &'a mut Value, region: &str, kind: &str) -> &'a mut Map<String, Value> {
    world[region][kind].as_object_mut().unwrap()
}

/// The places in which two documents differ, each with what was wanted and what was found.
pub(crate) fn differences(wanted: &Value, found: &Value) -> Vec<String> {
    fn at(place: &str, wanted: &Value, found: &Value, differing: &mut Vec<String>) {
        if let (Value::Object(wanted), Value::Object(found)) = (wanted, found) {
            let names: BTreeSet<_> = wanted.keys().chain(found.keys()).collect();
            let get = |of: &Map<String, Value>, name| of.get(name).cloned().unwrap_or_default();
            for name in names {
                let place = format!("{place}/{name}");
                at(&place, &get(wanted, name), &get(found, name), differing);
            }
        } else if wanted != found {
            differing.push(format!("{place}: {wanted} and not {found}"));
        }
    }
    let mut differing = Vec::new();
    at("", wanted, found, &mut differing);
    differing
}

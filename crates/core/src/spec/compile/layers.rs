//! Layers over one another: which of them are there, and whether they fit.

use super::Compiler;
use crate::spec::document::ServiceDoc;
use crate::spec::problem::{Problem, code};
use crate::spec::read::read;
use crate::spec::suggest;
use crate::spec::tree::{Entry, Keep, LIMITS, Node, Value};

/// An overlay for a service or region that the rest of the file does not have is a typing error:
/// it would silently do nothing, or make half a service.
pub(super) fn known_overlays(root: &Node, overlay: &Node, problems: &mut Vec<Problem>) -> Node {
    let mut overlay = overlay.clone();
    for key in ["services", "regions"] {
        let known: Vec<&str> = root.get(key).map(Node::keys).unwrap_or_default();
        overlay.retain_in(key, |entry| {
            if known.contains(&entry.key.as_str()) {
                return true;
            }
            let message = format!("`{}` is not declared under `{key}`", entry.key);
            let help = suggest::nearest(&entry.key, known.iter().copied())
                .unwrap_or_else(|| format!("declared: {}", suggest::list(&known)));
            problems.push(
                Problem::error(code::UNKNOWN_OVERLAY, Some(entry.key_place), message).help(help),
            );
            false
        });
    }
    overlay
}

impl Compiler<'_> {
    /// Whether the layers of all services in all regions are few enough to lay over one another.
    pub(super) fn fits(&mut self) -> bool {
        let count = |path: &[&str]| self.merged.at(path).map_or(0, Node::count);
        let entries = |path: &[&str]| self.merged.at(path).map_or(&[][..], Node::entries);
        let (defaults, services) = (count(&["defaults"]), count(&["services"]));
        let names = entries(&["services"]).len();
        let merged: usize = entries(&["regions"])
            .iter()
            .map(|region| services + names * (defaults + region.node.count()))
            .sum();
        let environments = self.root.get("environments").map_or(1, |node| node.entries().len());
        let most = LIMITS.merged / environments.max(1);
        if merged > most {
            let place = self.merged.get("services").map(|node| node.place);
            let message = format!(
                "{names} services in all regions unfold to {merged} values; {most} is the most"
            );
            self.problems.push(
                Problem::error(code::TOO_LARGE, place, message)
                    .help("split the platform, or put less under `defaults`"),
            );
        }
        merged <= most
    }

    /// Layers are merged before they are read, so what is no mapping would be passed over.
    pub(super) fn layers_are_mappings(&mut self) {
        let entries = |path: &[&str]| self.merged.at(path).map_or(&[][..], Node::entries);
        let mut layers: Vec<(&Entry, bool)> = Vec::new();
        let top = self
            .merged
            .entries()
            .iter()
            .chain(entries(&["regions"]).iter().flat_map(|region| region.node.entries()));
        layers.extend(top.filter(|entry| entry.key == "defaults").map(|entry| (entry, false)));
        for service in entries(&["services"]) {
            for regions in service.node.entries().iter().filter(|entry| entry.key == "regions") {
                layers.push((regions, true));
                layers.extend(regions.node.entries().iter().map(|entry| (entry, false)));
            }
        }
        for (Entry { key, key_place, node }, may_hold_regions) in layers {
            if !matches!(node.value, Value::Map(_) | Value::Null) {
                let message = format!("`{key}` takes a mapping");
                self.problems.push(
                    Problem::error(code::WRONG_VALUE, Some(node.place), message)
                        .help("it holds what a service holds, such as `instances`"),
                );
            }
            let nested = node.entries().iter().filter(|entry| entry.key == "regions");
            for _ in nested.filter(|_| !may_hold_regions) {
                let message = format!("`{key}` cannot hold `regions`");
                self.problems.push(
                    Problem::error(code::UNKNOWN_KEY, Some(*key_place), message)
                        .help("only a service says what differs in its regions"),
                );
            }
        }
    }

    pub(super) fn layers(&mut self, region: &str, service: &str) -> Option<Node> {
        let own = self.merged.at(&["services", service])?;
        if !matches!(own.value, Value::Map(_) | Value::Null) {
            // Reading it says so.
            read::<ServiceDoc>(own, &mut self.problems);
            return None;
        }
        for entry in own.get("regions").map(Node::entries).unwrap_or_default() {
            if self.merged.at(&["regions", &entry.key]).is_none() {
                let known = self.merged.get("regions").map(Node::keys).unwrap_or_default();
                let help = suggest::nearest(&entry.key, known)
                    .unwrap_or_else(|| "declare it under `regions`, or remove it".to_owned());
                let message = format!("`{}` is no region of the platform", entry.key);
                self.problems.push(
                    Problem::error(code::UNKNOWN_OVERLAY, Some(entry.key_place), message)
                        .help(help),
                );
            }
        }
        let mut node = Node::empty();
        let paths: [&[&str]; 4] = [
            &["defaults"],
            &["regions", region, "defaults"],
            &["services", service],
            &["services", service, "regions", region],
        ];
        for layer in paths.into_iter().filter_map(|path| self.merged.at(path)) {
            if matches!(layer.value, Value::Map(_)) {
                // `regions` inside a service is a layer and no part of one.
                node = node.overlaid(&layer.clone().without("regions"), Keep::Top);
            }
        }
        Some(Node { place: own.place, ..node })
    }
}

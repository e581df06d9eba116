//! Layers: which parts of the file make up a service in a region of an environment.
//!
//! An environment is laid over the rest of the file first. Then, from the weakest to the strongest:
//! `defaults`, the region's `defaults`, the service, and what the service says of the region.

use std::collections::BTreeMap;

use super::check;
use super::document::{EnvironmentDoc, PlatformDoc, RegionDoc, ServiceDoc};
use super::lower::{Files, Lower};
use super::model::{Region, Service, Spec};
use super::names::{LAUNCH_TEMPLATE, Names, PART, is_region};
use super::problem::{Problem, code};
use super::read::read;
use super::suggest;
use super::tree::{Node, Value};

/// Reads one environment. The spec is there only when no problem is an error.
pub(super) fn compile(
    root: &Node,
    environment: &str,
    files: &Files,
    problems: &mut Vec<Problem>,
) -> Option<Spec> {
    let Some(overlay) = root.at(&["environments", environment]) else {
        unknown_environment(root, environment, problems);
        return None;
    };
    let own = read::<EnvironmentDoc>(overlay, problems);
    unknown_overlays(root, overlay, problems);
    own?;
    let merged = root.clone().without("environments").overlaid(overlay);
    let doc: PlatformDoc = read(&merged, problems)?;
    let mut compiler = Compiler { merged: &merged, environment, files, problems };
    let (platform, account) = (compiler.platform(&doc), compiler.account(&doc));
    compiler.primary(&doc);
    let regions: BTreeMap<String, Region> = doc
        .regions
        .iter()
        .filter_map(|(name, doc)| {
            let region = compiler.region(platform.as_deref()?, name, doc)?;
            Some((name.clone(), region))
        })
        .collect();
    let spec = Spec {
        platform: platform?,
        environment: environment.to_owned(),
        account: account?,
        regions,
    };
    check::spec(&spec, &merged, problems);
    Some(spec)
}

fn unknown_environment(root: &Node, environment: &str, problems: &mut Vec<Problem>) {
    let environments = root.get("environments");
    let names: Vec<&str> = environments
        .map(|node| node.entries().iter().map(|entry| entry.key.as_str()).collect())
        .unwrap_or_default();
    let help = suggest::nearest(environment, names.iter().copied()).unwrap_or_else(|| {
        if names.is_empty() {
            "declare it under `environments`; `production: {}` is enough".to_owned()
        } else {
            format!("declared: {}", suggest::list(&names))
        }
    });
    let message = format!("environment `{environment}` is not declared");
    let place = environments.map(|node| node.place);
    problems.push(Problem::error(code::UNKNOWN_ENVIRONMENT, place, message).help(help));
}

/// An overlay for a service or region that the rest of the file does not have is a typing error:
/// it would silently do nothing, or make half a service.
fn unknown_overlays(root: &Node, overlay: &Node, problems: &mut Vec<Problem>) {
    for key in ["services", "regions"] {
        let known: Vec<&str> = root
            .get(key)
            .map(|node| node.entries().iter().map(|entry| entry.key.as_str()).collect())
            .unwrap_or_default();
        let entries = overlay.get(key).map(Node::entries).unwrap_or_default();
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let message = format!("`{}` is not declared under `{key}`", entry.key);
            let help = suggest::nearest(&entry.key, known.iter().copied())
                .unwrap_or_else(|| format!("declared: {}", suggest::list(&known)));
            problems.push(
                Problem::error(code::UNKNOWN_OVERLAY, Some(entry.key_place), message).help(help),
            );
        }
    }
}

struct Compiler<'a> {
    merged: &'a Node,
    environment: &'a str,
    files: &'a Files,
    problems: &'a mut Vec<Problem>,
}

impl Compiler<'_> {
    fn platform(&mut self, doc: &PlatformDoc) -> Option<String> {
        self.part("environment", self.environment, &["environments"]);
        let Some(platform) = &doc.platform else {
            self.missing("platform", "name the platform: `platform: alfred`");
            return None;
        };
        self.part("platform", platform, &["platform"]);
        Some(platform.clone())
    }

    fn account(&mut self, doc: &PlatformDoc) -> Option<String> {
        let Some(account) = &doc.account else {
            self.missing("account", "pin the AWS account: `account: \"123456789012\"`");
            return None;
        };
        if account.len() != 12 || !account.chars().all(|c| c.is_ascii_digit()) {
            let place = self.merged.get("account").map(|node| node.place);
            let message = format!("`{account}` is no AWS account");
            self.problems.push(
                Problem::error(code::BAD_ACCOUNT, place, message)
                    .help("twelve digits, in quotes so that leading zeros stay"),
            );
        }
        Some(account.clone())
    }

    /// The database primary pins what may be evacuated, so there is one, or no database at all.
    fn primary(&mut self, doc: &PlatformDoc) {
        let databases = doc.regions.values().filter_map(|region| region.database);
        let (primaries, all) = databases.fold((0, 0), |(primaries, all), database| {
            (primaries + usize::from(database == super::Database::Primary), all + 1)
        });
        if all > 0 && primaries != 1 {
            let place = self.merged.get("regions").map(|node| node.place);
            let message = format!("{primaries} regions have the database primary, not one");
            self.problems.push(
                Problem::error(code::DATABASE_PRIMARY, place, message)
                    .help("write `database: primary` in one region and `replica` in the others"),
            );
        }
    }

    fn region(&mut self, platform: &str, name: &str, doc: &RegionDoc) -> Option<Region> {
        let node = self.merged.at(&["regions", name])?;
        if !is_region(name) {
            let message = format!("`{name}` is no region");
            self.problems.push(
                Problem::error(code::BAD_REGION, Some(node.place), message)
                    .help("a region looks like eu-central-1"),
            );
        }
        let services = self
            .merged
            .get("services")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .filter_map(|entry| {
                let service = self.service(platform, name, &entry.key)?;
                Some((entry.key.clone(), service))
            })
            .collect();
        Some(Region {
            database: doc.database,
            traffic_weight: doc.traffic_weight.unwrap_or(100),
            limits: doc.limits,
            services,
        })
    }

    fn service(&mut self, platform: &str, region: &str, service: &str) -> Option<Service> {
        self.part("service", service, &["services", service]);
        let group = format!("{platform}-{}-{service}-a", self.environment);
        if let Err((code, message)) = LAUNCH_TEMPLATE.check(&group) {
            let place = self.merged.at(&["services", service]).map(|node| node.place);
            self.problems.push(Problem::error(code, place, message).help("shorten the service"));
        }
        let node = self.layers(region, service)?;
        // `regions` inside a service is a layer and no part of one; its keys are checked here.
        let names = Names { platform, environment: self.environment, region, service };
        Lower { node: &node, names, files: self.files, problems: self.problems }.service()
    }

    fn layers(&mut self, region: &str, service: &str) -> Option<Node> {
        let own = self.merged.at(&["services", service])?;
        if matches!(own.value, Value::Map(_) | Value::Null) {
            for entry in own.get("regions").map(Node::entries).unwrap_or_default() {
                if self.merged.at(&["regions", &entry.key]).is_none() {
                    let message = format!("`{}` is no region of the platform", entry.key);
                    let problem =
                        Problem::error(code::UNKNOWN_OVERLAY, Some(entry.key_place), message);
                    self.problems.push(problem.help("declare it under `regions`, or remove it"));
                }
            }
        } else {
            // Not a mapping: reading it says so.
            read::<ServiceDoc>(own, self.problems);
            return None;
        }
        let mut node = Node { place: own.place, ..Node::empty() };
        let paths: [&[&str]; 4] = [
            &["defaults"],
            &["regions", region, "defaults"],
            &["services", service],
            &["services", service, "regions", region],
        ];
        for layer in paths.into_iter().filter_map(|path| self.merged.at(path)) {
            if matches!(layer.value, Value::Map(_)) {
                node = node.overlaid(&layer.clone().without("regions"));
            }
        }
        Some(node)
    }

    /// A part of our own names: AWS allows more, but one form for all keeps them recognisable.
    fn part(&mut self, what: &str, name: &str, path: &[&str]) {
        let lower = name.chars().all(|c| !c.is_ascii_uppercase());
        let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
        let problem = match PART.check(name) {
            Err((code, message)) => (code, message),
            Ok(()) if lower && starts => return,
            Ok(()) => (
                code::BAD_NAME,
                format!("`{name}` does not begin with a small letter or has capitals"),
            ),
        };
        let place = self.merged.at(path).map(|node| node.place);
        self.problems.push(
            Problem::error(problem.0, place, problem.1)
                .help(format!("the name of the {what} holds a-z, 0-9 and hyphens")),
        );
    }

    fn missing(&mut self, key: &str, help: &str) {
        if self.merged.get(key).is_none() {
            let message = format!("`{key}` is missing");
            let place = Some(self.merged.place).filter(|place| place.line > 0);
            self.problems.push(Problem::error(code::MISSING, place, message).help(help));
        }
    }
}

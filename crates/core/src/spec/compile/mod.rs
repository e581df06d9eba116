//! Layers: which parts of the file make up a service in a region of an environment.
//!
//! An environment is laid over the rest of the file first, and the overlay that a deployment passes
//! on over that. Then, from the weakest to the strongest: `defaults`, the region's `defaults`, the
//! service, and what the service says of the region.

mod layers;

use std::collections::BTreeMap;

use super::check;
use layers::known_overlays;

use super::document::{Database, EnvironmentDoc, PlatformDoc, RegionDoc};
use super::lower::{self, Files, Lower};
use super::model::{Region, Service, Spec};
use super::names::{LAUNCH_TEMPLATE, Names, PART, is_region};
use super::problem::{Findings, Place, Problem, code};
use super::read::read;
use super::suggest;
use super::tree::{Keep, Node, Value};

/// Reads one environment, with an overlay on top. The spec is there only when no problem is an
/// error.
pub(super) fn compile(
    root: &Node,
    top: Option<&Node>,
    environment: &str,
    files: &Files,
    findings: &mut Findings,
) -> Option<Spec> {
    let mut problems = Vec::new();
    let empty = Node::empty();
    let overlay = match root.at(&["environments", environment]) {
        Some(Node { value: Value::Null, .. }) => &empty,
        Some(overlay) => overlay,
        None => {
            findings.add(vec![unknown_environment(root, environment)]);
            // A file without environments has the mistakes that it has; one with others is asked
            // for what it does not hold.
            if root.get("environments").is_some_and(|node| !node.entries().is_empty()) {
                return None;
            }
            &empty
        }
    };
    let mut merged = Some(root.clone().without("environments"));
    for layer in std::iter::once(overlay).chain(top) {
        let own = read::<EnvironmentDoc>(layer, &mut problems);
        merged = merged.filter(|_| own.is_some()).map(|base| {
            let layer = known_overlays(&base, layer, &mut problems);
            base.overlaid(&layer, Keep::Base)
        });
    }
    // What a layer was told of itself is not said of the whole again.
    findings.add(std::mem::take(&mut problems));
    let merged = merged?;
    let doc: Option<PlatformDoc> = read(&merged, &mut problems);
    let mut compiler = Compiler { root, merged: &merged, environment, files, problems };
    let Some(doc) = doc.filter(|_| compiler.fits()) else {
        findings.add(compiler.problems);
        return None;
    };
    let (platform, account) = (compiler.platform(&doc), compiler.account(&doc));
    compiler.primary(&doc);
    compiler.layers_are_mappings();
    let controller =
        lower::controller(&doc.controller, merged.get("controller"), &mut compiler.problems);
    findings.add(std::mem::take(&mut compiler.problems));
    let mut regions = BTreeMap::new();
    for (name, doc) in &doc.regions {
        let region = compiler.region(platform.as_deref(), account.as_deref(), name, doc, findings);
        regions.insert(name.clone(), region);
    }
    check::regions(&regions, &merged, findings);
    let environment = environment.to_owned();
    let overlay = None;
    Some(Spec { platform: platform?, environment, account: account?, controller, regions, overlay })
}

fn unknown_environment(root: &Node, environment: &str) -> Problem {
    let declared = root.get("environments");
    let names: Vec<&str> = declared.map(Node::keys).unwrap_or_default();
    let help = suggest::nearest(environment, names.iter().copied()).unwrap_or_else(|| {
        if names.is_empty() {
            "declare it under `environments`; `production: {}` is enough".to_owned()
        } else {
            format!("declared: {}", suggest::list(&names))
        }
    });
    let message = format!("environment `{environment}` is not declared");
    let place = declared.map_or(root.place, |node| node.place);
    Problem::error(code::UNKNOWN_ENVIRONMENT, Some(place), message).help(help)
}

struct Compiler<'a> {
    root: &'a Node,
    merged: &'a Node,
    environment: &'a str,
    files: &'a Files,
    problems: Vec<Problem>,
}

impl Compiler<'_> {
    fn platform(&mut self, doc: &PlatformDoc) -> Option<String> {
        let environment = self.root.at(&["environments", self.environment]).map(|node| node.place);
        self.part("environment", self.environment, environment);
        self.missing("regions", "name a region at least: `regions: { eu-central-1: {} }`");
        self.missing("services", "describe a service at least; `plimsoll init` writes an example");
        let Some(platform) = &doc.platform else {
            self.missing("platform", "name the platform: `platform: alfred`");
            return None;
        };
        self.part("platform", platform, self.merged.get("platform").map(|node| node.place));
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
        let with = |wanted| {
            let regions = doc.regions.iter().filter(move |(_, doc)| doc.database == Some(wanted));
            regions.map(|(name, _)| name.as_str()).collect::<Vec<_>>()
        };
        let (primaries, replicas) = (with(Database::Primary), with(Database::Replica));
        let place_of =
            |region: &&str| self.merged.at(&["regions", region, "database"]).map(|node| node.place);
        let (message, place) = match (primaries.as_slice(), replicas.as_slice()) {
            ([_], _) | ([], []) => return,
            ([], several) => {
                let places = several.iter().filter_map(place_of);
                ("no region has the database primary".to_owned(), culprit(places, 0))
            }
            (several, _) => {
                let places = several.iter().filter_map(place_of);
                let message = format!("{} all have the database primary", suggest::list(several));
                (message, culprit(places, 1))
            }
        };
        self.problems.push(
            Problem::error(code::DATABASE_PRIMARY, place, message)
                .help("write `database: primary` in one region and `replica` in the others"),
        );
    }

    fn region(
        &mut self,
        platform: Option<&str>,
        account: Option<&str>,
        name: &str,
        doc: &RegionDoc,
        findings: &mut Findings,
    ) -> Region {
        self.endpoint(name, doc);
        if !is_region(name) {
            let place = self.merged.at(&["regions", name]).map(|node| node.place);
            let help = suggest::nearest(name, REGIONS)
                .unwrap_or_else(|| "a region looks like eu-central-1".to_owned());
            let message = format!("`{name}` is no region");
            self.problems.push(Problem::error(code::BAD_REGION, place, message).help(help));
        }
        let mut services = BTreeMap::new();
        for entry in self.merged.get("services").map(Node::entries).unwrap_or_default() {
            if findings.enough() {
                break;
            }
            // Without a platform the names are wrong, and every other mistake is still found.
            let names = Names {
                platform: platform.unwrap_or("platform"),
                environment: self.environment,
                region: name,
                service: &entry.key,
                account,
            };
            if let Some(service) = self.service(names) {
                services.insert(entry.key.clone(), service);
            }
            findings.add(std::mem::take(&mut self.problems));
        }
        Region {
            database: doc.database,
            traffic_weight: doc.traffic_weight.unwrap_or(100),
            endpoint: doc.endpoint.clone(),
            limits: doc.limits,
            services,
        }
    }

    /// Asked by controllers in other regions, over the network.
    fn endpoint(&mut self, region: &str, doc: &RegionDoc) {
        let Some(endpoint) = &doc.endpoint else { return };
        let host = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
        let plain = |c: char| c.is_ascii_graphic() && c != '@';
        if host.is_none_or(|host| host.is_empty() || !host.chars().all(plain)) {
            let place = self.merged.at(&["regions", region, "endpoint"]).map(|node| node.place);
            let message = format!("`{endpoint}` is no address that can be asked");
            self.problems.push(
                Problem::error(code::WRONG_VALUE, place, message)
                    .help("write https://, a host and a path, without a user or password"),
            );
        }
    }

    fn service(&mut self, names: Names<'_>) -> Option<Service> {
        let service = names.service;
        let place = self.merged.at(&["services", service]).map(|node| node.place);
        self.part("service", service, place);
        let group = format!("{}-{}-{service}-a", names.platform, names.environment);
        if let Err((code, message, help)) = LAUNCH_TEMPLATE.check(&group) {
            self.problems.push(Problem::error(code, place, message).help(help));
        }
        let node = self.layers(names.region, service)?;
        Lower { node: &node, names, files: self.files, problems: &mut self.problems }.service()
    }

    /// A part of our own names: AWS allows more, but one form for all keeps them recognisable.
    fn part(&mut self, what: &str, name: &str, place: Option<Place>) {
        let capital = name.chars().find(char::is_ascii_uppercase);
        let ends = name.ends_with('-') || !name.starts_with(|c: char| c.is_ascii_alphabetic());
        let (code, message) = match (PART.check(name), capital) {
            (Err((code, message, _)), _) => (code, message),
            (Ok(()), Some(capital)) => {
                (code::BAD_NAME, format!("`{name}` holds `{capital}`, a capital letter"))
            }
            (Ok(()), None) if ends => {
                (code::BAD_NAME, format!("`{name}` must begin with a letter and not end with `-`"))
            }
            (Ok(()), None) => return,
        };
        let help = format!("the name of the {what} holds a-z, 0-9 and hyphens between them");
        self.problems.push(Problem::error(code, place, message).help(help));
    }

    fn missing(&mut self, key: &str, help: &str) {
        if self.merged.get(key).is_none() {
            let message = format!("`{key}` is missing");
            let place = Some(self.root.place);
            self.problems.push(Problem::error(code::MISSING, place, message).help(help));
        }
    }
}

/// Which of several places a person looks at first: what the overlay says, since it came last, or
/// else the one with this number.
fn culprit(mut places: impl Iterator<Item = Place> + Clone, number: usize) -> Option<Place> {
    let of_overlay = places.clone().find(|place| place.is_of_overlay());
    of_overlay.or_else(|| places.nth(number))
}

/// Regions to suggest when a name is mistyped.
const REGIONS: [&str; 10] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-north-1",
    "ap-southeast-1",
    "ap-northeast-1",
];

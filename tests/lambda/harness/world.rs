//! What the stub's AWS holds, what it was asked, and what is out of order in it.

use std::collections::{BTreeMap, BTreeSet};

/// The stateless services of Alfred, with the bounds that the spec declares.
pub(crate) const SERVICES: [(&str, u32, u32); 5] = [
    ("agent-core", 2, 10),
    ("agent-rag", 2, 8),
    ("agent-financial", 1, 6),
    ("agent-legal", 1, 6),
    ("agent-social", 1, 6),
];

/// One AWS.
#[derive(Debug, Default)]
pub(crate) struct World {
    /// Parameters by name.
    pub(crate) parameters: BTreeMap<String, String>,
    /// The groups of every region, by name.
    pub(crate) groups: BTreeMap<String, Group>,
    /// Services whose CPU is beyond its target.
    pub(crate) hot: BTreeSet<&'static str>,
    /// What is out of order.
    pub(crate) faults: Vec<Fault>,
    /// Every call in order: service, operation and region, and what a write is about.
    pub(crate) calls: Vec<String>,
    /// Metrics that were published: namespace and name.
    pub(crate) published: BTreeSet<String>,
}

/// An Auto Scaling group, as far as it changes.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) service: &'static str,
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) desired: u32,
    pub(crate) tags: BTreeMap<String, String>,
}

/// An operation that does not work; an empty one means all of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) operation: &'static str,
    pub(crate) region: &'static str,
    pub(crate) trouble: Trouble,
}

/// What happens instead of an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trouble {
    /// AWS refuses, with this code.
    Refuses(&'static str),
    /// The connection ends.
    HangsUp,
    /// Nothing comes.
    Silent,
}

/// How many instances each group has in the beginning.
pub(crate) const DESIRED: u32 = 3;

impl World {
    /// Alfred after a quiet night.
    pub(crate) fn of_alfred(parameters: BTreeMap<String, String>) -> Self {
        Self { parameters, groups: groups(), ..Self::default() }
    }

    /// Takes back what was done to the groups.
    pub(crate) fn restore(&mut self) {
        self.groups = groups();
    }

    pub(crate) fn trouble(&self, operation: &str, region: &str) -> Option<Trouble> {
        let fits = |fault: &&Fault| {
            fault.region == region && (fault.operation.is_empty() || fault.operation == operation)
        };
        self.faults.iter().find(fits).map(|fault| fault.trouble)
    }
}

fn groups() -> BTreeMap<String, Group> {
    let group = |&(service, min, max): &(&'static str, u32, u32)| {
        let tags = [
            ("plimsoll:platform", "alfred"),
            ("plimsoll:environment", "production"),
            ("plimsoll:service", service),
            ("plimsoll:role", "active"),
        ];
        let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let group = Group { service, min, max, desired: DESIRED, tags };
        (format!("alfred-production-{service}-a"), group)
    };
    SERVICES.iter().map(group).collect()
}

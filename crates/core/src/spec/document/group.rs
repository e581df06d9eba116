//! What an operator may write about a group's own settings.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::units::{Instances, Seconds};
use crate::world::ZoneDistribution;

/// When an instance is replaced.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::spec) struct HealthCheckDoc {
    /// What is asked besides EC2 itself. Default: elb with a target group, else ec2.
    #[serde(rename = "type")]
    pub(in crate::spec) kind: Option<HealthCheckKind>,
    /// How long after it came into service an instance is not judged. Default: 300 s.
    pub(in crate::spec) grace: Option<Seconds>,
}

/// What judges an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::spec) enum HealthCheckKind {
    /// EC2 status checks only.
    Ec2,
    /// The load balancer's target health too.
    Elb,
}

/// The instance maintenance policy.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::spec) struct MaintenanceDoc {
    /// 0 to 100. At 100 a replacement is launched before the old instance ends.
    pub(in crate::spec) min_healthy_percent: u16,
    /// 100 to 200, and at most 100 above the minimum.
    pub(in crate::spec) max_healthy_percent: u16,
}

/// What happens when a zone cannot launch.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::spec) enum ZoneDistributionDoc {
    /// Another zone launches instead.
    BalancedBestEffort,
    /// The same zone is tried again.
    BalancedOnly,
}

impl From<ZoneDistributionDoc> for ZoneDistribution {
    fn from(zones: ZoneDistributionDoc) -> Self {
        match zones {
            ZoneDistributionDoc::BalancedBestEffort => Self::BalancedBestEffort,
            ZoneDistributionDoc::BalancedOnly => Self::BalancedOnly,
        }
    }
}

/// A lifecycle hook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::spec) struct HookDoc {
    /// When it holds an instance.
    pub(in crate::spec) on: HookOn,
    /// How long it waits for an answer: 30 to 7200 s. Default: 3600 s.
    #[serde(default)]
    pub(in crate::spec) timeout: Option<Seconds>,
    /// What happens without an answer. Default: abandon.
    #[serde(default)]
    pub(in crate::spec) otherwise: Option<HookOtherwise>,
    /// ARN of the queue or topic that is told.
    #[serde(default)]
    pub(in crate::spec) notify: Option<String>,
    /// ARN of the role with which it is told.
    #[serde(default)]
    pub(in crate::spec) role: Option<String>,
}

/// The transition that a hook holds.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::spec) enum HookOn {
    /// Before an instance comes into service.
    Launch,
    /// Before an instance ends.
    Terminate,
}

/// What happens when nobody answers a hook.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::spec) enum HookOtherwise {
    /// The transition goes on.
    Continue,
    /// A launching instance is given up.
    Abandon,
}

/// A pool of prepared instances.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::spec) struct WarmPoolDoc {
    /// Instances kept ready at least. Default: 0.
    pub(in crate::spec) min: Instances,
    /// Ready and running instances together at most. Default: the group's maximum.
    pub(in crate::spec) max_prepared: Option<Instances>,
    /// In which state they wait. Default: stopped.
    pub(in crate::spec) state: Option<WarmPoolState>,
    /// Whether instances go back to the pool on scale-in. Default: no.
    pub(in crate::spec) reuse_on_scale_in: bool,
}

/// In which state prepared instances wait.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::spec) enum WarmPoolState {
    /// Stopped: only their volumes cost.
    #[default]
    Stopped,
    /// Running.
    Running,
    /// Hibernated: with their memory.
    Hibernated,
}

/// What sends requests to the instances.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::spec) struct LoadBalancingDoc {
    /// The target group, by name or ARN.
    pub(in crate::spec) target_group: Option<String>,
    /// The listener rule that forwards to it, by its Name tag or ARN. Rollouts shift its weights.
    pub(in crate::spec) listener_rule: Option<String>,
}

/// A tag: its value, or its value and whether instances get it.
#[derive(Debug, JsonSchema)]
#[schemars(with = "TagForm")]
pub(in crate::spec) struct TagDoc {
    pub(in crate::spec) value: String,
    pub(in crate::spec) propagate: bool,
}

/// How a tag is written.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "describes the two forms for the schema")]
enum TagForm {
    /// The value; instances get the tag.
    Value(String),
    /// The value, and whether instances get the tag.
    Whole(WholeTag),
}

/// A tag with whether instances get it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WholeTag {
    /// At most 256 characters.
    value: String,
    /// Whether instances get the tag when they are launched.
    propagate: bool,
}

impl<'de> Deserialize<'de> for TagDoc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As a struct, so that unknown keys of the long form are reported like all others.
        deserializer.deserialize_struct("TagDoc", &["value", "propagate"], TagVisitor)
    }
}

struct TagVisitor;

impl<'de> Visitor<'de> for TagVisitor {
    type Value = TagDoc;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, or `value` and `propagate`")
    }

    fn visit_str<E>(self, value: &str) -> Result<TagDoc, E> {
        Ok(TagDoc { value: value.to_owned(), propagate: true })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TagDoc, A::Error> {
        let whole = WholeTag::deserialize(MapAccessDeserializer::new(map))?;
        Ok(TagDoc { value: whole.value, propagate: whole.propagate })
    }
}

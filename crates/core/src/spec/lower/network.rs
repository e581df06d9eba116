//! Where instances are launched and what sends them requests.

use super::Lower;
use crate::spec::document::{LoadBalancingDoc, Selector};
use crate::spec::names::{TARGET_GROUP, check_id};
use crate::spec::problem::{Problem, code};

impl Lower<'_> {
    pub(super) fn selector(
        &mut self,
        selector: Option<&Selector>,
        key: &'static str,
        prefix: &str,
    ) -> Option<Selector> {
        match selector {
            None => {
                if self.node.at(&["network", key]).is_none() {
                    let message =
                        format!("service `{}` has no `network.{key}`", self.names.service);
                    let help = format!("add `{key}: {{ tags: {{ … }} }}` to `network`");
                    self.error(code::MISSING, &["network"], message, help);
                }
                None
            }
            Some(Selector::Ids(ids)) => {
                if ids.is_empty() {
                    let message = format!("no {} are named", key.replace('_', " "));
                    let help = format!("name one at least, such as {prefix}-0123456789abcdef0");
                    self.error(code::WRONG_VALUE, &["network", key, "ids"], message, help);
                }
                for (index, id) in ids.iter().enumerate() {
                    if let Err(message) = check_id(prefix, id) {
                        let path = ["network", key, "ids"];
                        let place = self.item_place(&path, index).or_else(|| self.place(&path));
                        let problem = Problem::error(code::BAD_ID, place, message).help(format!(
                            "an id looks like {prefix}-0123456789abcdef0; or select by `tags`"
                        ));
                        self.problems.push(problem);
                    }
                }
                Some(Selector::Ids(ids.clone()))
            }
            Some(Selector::Tags(tags)) => {
                if tags.is_empty() {
                    let message =
                        format!("no tags would mean all {} of the region", key.replace('_', " "));
                    let help = "name a tag at least, such as `Name: …`";
                    self.error(code::WRONG_VALUE, &["network", key, "tags"], message, help);
                }
                let filled = tags
                    .iter()
                    .filter_map(|(tag, value)| {
                        let path = ["network", key, "tags", tag.as_str()];
                        self.text(&path, Some(value)).map(|value| (tag.clone(), value))
                    })
                    .collect();
                Some(Selector::Tags(filled))
            }
        }
    }

    pub(super) fn target_group(&mut self, doc: &LoadBalancingDoc) -> Option<String> {
        let path = ["load_balancing", "target_group"];
        let name = self.text(&path, doc.target_group.as_deref())?;
        if name.starts_with("arn:") {
            let kind = [("elasticloadbalancing", "targetgroup/")];
            self.arn(&path, &name, "a target group", &kind);
        } else {
            self.name(TARGET_GROUP, &path, &name);
            if name.starts_with('-') || name.ends_with('-') {
                let message = format!("`{name}` begins or ends with a hyphen");
                self.error(code::BAD_NAME, &path, message, "AWS accepts hyphens inside only");
            }
        }
        Some(name)
    }

    pub(super) fn listener_rule(&mut self, doc: &LoadBalancingDoc) -> Option<String> {
        let path = ["load_balancing", "listener_rule"];
        let name = self.text(&path, doc.listener_rule.as_deref())?;
        if name.starts_with("arn:") {
            let kind = [("elasticloadbalancing", "listener-rule/")];
            self.arn(&path, &name, "a listener rule", &kind);
        }
        Some(name)
    }
}

//! Lifecycle hooks.

use std::collections::BTreeMap;

use super::Lower;
use crate::spec::document::{HookDoc, HookOn, HookOtherwise};
use crate::spec::names::HOOK;
use crate::spec::problem::code;
use crate::units::Seconds;
use crate::world::{HookTransition, LifecycleHook};

/// Most hooks of a group. Source: EC2 Auto Scaling quotas.
const MOST_HOOKS: usize = 50;

impl Lower<'_> {
    pub(super) fn hooks(
        &mut self,
        hooks: &BTreeMap<String, HookDoc>,
    ) -> BTreeMap<String, LifecycleHook> {
        if hooks.len() > MOST_HOOKS {
            let message = format!("a group has {MOST_HOOKS} hooks at most, not {}", hooks.len());
            self.error(code::QUOTA, &["hooks"], message, "remove some");
        }
        let mut lowered = BTreeMap::new();
        for (name, hook) in hooks {
            self.name(HOOK, &["hooks", name], name);
            let timeout = hook.timeout.unwrap_or(Seconds(3_600));
            let path = ["hooks", name.as_str(), "timeout"];
            self.within(timeout, Seconds(30), Seconds(7_200), &path, "a hook's timeout");
            if let Some(notify) = &hook.notify {
                let kinds = [("sqs", ""), ("sns", "")];
                self.arn(&["hooks", name, "notify"], notify, "a queue or topic", &kinds);
            }
            if let Some(role) = &hook.role {
                self.arn(&["hooks", name, "role"], role, "a role", &[("iam", "role/")]);
            }
            lowered.insert(
                name.clone(),
                LifecycleHook {
                    transition: match hook.on {
                        HookOn::Launch => HookTransition::Launch,
                        HookOn::Terminate => HookTransition::Terminate,
                    },
                    heartbeat_timeout: timeout,
                    default_result: match hook.otherwise {
                        Some(HookOtherwise::Continue) => "CONTINUE".to_owned(),
                        Some(HookOtherwise::Abandon) | None => "ABANDON".to_owned(),
                    },
                    notification_target: hook.notify.clone(),
                    role: hook.role.clone(),
                },
            );
        }
        lowered
    }
}

//! Names and ids: what AWS accepts, and placeholders in them.

use super::problem::{Code, code};

/// Names that placeholders stand for.
#[derive(Clone, Debug)]
pub(super) struct Names<'a> {
    pub(super) platform: &'a str,
    pub(super) environment: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    /// The account that the spec pins, for ARNs.
    pub(super) account: Option<&'a str>,
}

/// Stands for the group's name, which carries a slot that only the world knows.
pub(crate) const GROUP_PLACEHOLDER: &str = "${group}";

/// The placeholders, as they are written.
pub(super) const PLACEHOLDERS: [&str; 5] =
    ["${platform}", "${environment}", "${region}", "${service}", GROUP_PLACEHOLDER];

impl Names<'_> {
    /// Fills in the placeholders, except `${group}`.
    ///
    /// # Errors
    /// The first placeholder that means nothing.
    pub(super) fn fill_in(&self, text: &str) -> Result<String, String> {
        let filled = text
            .replace("${platform}", self.platform)
            .replace("${environment}", self.environment)
            .replace("${region}", self.region)
            .replace("${service}", self.service);
        let rest = filled.replace(GROUP_PLACEHOLDER, "");
        match rest.split_once("${") {
            None => Ok(filled),
            Some((_, tail)) => {
                let name = tail.split_once('}').map_or(tail, |(name, _)| name);
                Err(format!("${{{name}}}"))
            }
        }
    }
}

/// What a name in AWS may look like. Source of the lengths and characters: the API references of
/// the services that keep the names.
#[derive(Clone, Copy, Debug)]
pub(super) struct NameRule {
    /// What it names, for the message.
    pub(super) what: &'static str,
    /// Most characters.
    pub(super) longest: usize,
    /// Characters besides letters and digits.
    pub(super) also: &'static str,
}

/// A part of our own names: platform, environment, service.
pub(super) const PART: NameRule = NameRule { what: "a name", longest: 64, also: "-" };
/// `elbv2:CreateTargetGroup`, Name.
pub(super) const TARGET_GROUP: NameRule =
    NameRule { what: "a target group's name", longest: 32, also: "-" };
/// `ec2:CreateLaunchTemplate`; the group of the same name may be longer.
pub(super) const LAUNCH_TEMPLATE: NameRule =
    NameRule { what: "a launch template's name", longest: 128, also: "-_./()" };
/// `autoscaling:PutScalingPolicy`.
pub(super) const POLICY: NameRule =
    NameRule { what: "a policy's name", longest: 255, also: "-_./ ()+=@#" };
/// `cloudwatch:PutMetricAlarm`; a wake alarm's name holds a policy's.
pub(super) const ALARM: NameRule = NameRule { what: "an alarm's name", ..POLICY };
/// `autoscaling:PutScheduledUpdateGroupAction`.
pub(super) const SCHEDULED_ACTION: NameRule =
    NameRule { what: "a scheduled action's name", ..POLICY };
/// `autoscaling:PutLifecycleHook`.
pub(super) const HOOK: NameRule = NameRule { what: "a hook's name", longest: 255, also: "-_/" };
/// `iam:CreateInstanceProfile`.
pub(super) const INSTANCE_PROFILE: NameRule =
    NameRule { what: "an instance profile's name", longest: 128, also: "+=,.@-_" };
/// `ec2:CreateTags`, Key.
pub(super) const TAG_KEY: NameRule =
    NameRule { what: "a tag's key", longest: 128, also: " _.:/=+-@" };

impl NameRule {
    /// Checks a name.
    ///
    /// # Errors
    /// The code, what is wrong and the way out.
    pub(super) fn check(self, name: &str) -> Result<(), (Code, String, String)> {
        let (what, longest) = (self.what, self.longest);
        let length = name.chars().count();
        if length > longest {
            let over = length - longest;
            let characters =
                if over == 1 { "1 character".to_owned() } else { format!("{over} characters") };
            return Err((
                code::LONG_NAME,
                format!("{what} holds {longest} characters at most; `{name}` has {length}"),
                format!("shorten it by {characters}"),
            ));
        }
        let allowed = |c: &char| c.is_ascii_alphanumeric() || self.also.contains(*c);
        let message = match name.chars().find(|c| !allowed(c)) {
            Some(character) => format!("{what} cannot hold `{character}`, as `{name}` does"),
            None if name.is_empty() => format!("{what} cannot be empty"),
            None => return Ok(()),
        };
        let also: Vec<String> = self
            .also
            .chars()
            .map(|c| if c == ' ' { "spaces".to_owned() } else { c.into() })
            .collect();
        Err((code::BAD_NAME, message, format!("it holds letters, digits and {}", also.join(" "))))
    }
}

/// Checks an id such as `subnet-0a1b2c3d`: the prefix, then 8 or 17 hexadecimal digits.
/// Source: EC2 user guide, "Resource IDs".
pub(super) fn check_id(prefix: &str, id: &str) -> Result<(), String> {
    let Some(digits) = id.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-')) else {
        return Err(format!("`{id}` is no id of this kind: it must start with `{prefix}-`"));
    };
    if let Some(wrong) = digits.chars().find(|c| !c.is_ascii_hexdigit() || c.is_ascii_uppercase()) {
        return Err(format!("`{id}` cannot be an id: `{wrong}` is no hexadecimal digit"));
    }
    if digits.len() != 8 && digits.len() != 17 {
        let count = digits.len();
        return Err(format!("`{id}` cannot be an id: it has {count} digits, not 8 or 17"));
    }
    Ok(())
}

/// Whether a text looks like a region: `us-east-1`, `us-gov-west-1`.
pub(crate) fn is_region(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let letters = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    match parts.split_last() {
        Some((number, rest)) => {
            (2..=3).contains(&rest.len())
                && rest.iter().all(letters)
                && number.len() == 1
                && number.chars().all(|c| c.is_ascii_digit())
        }
        None => false,
    }
}

/// The parts of an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// `arn:partition:service:region:account:resource`.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", _, service, region, account, resource] = parts[..] else { return None };
        Some(Self { service, region, account, resource })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_cannot_be_ids() {
        assert!(check_id("subnet", "subnet-1a2b3c4d").is_ok());
        assert!(check_id("subnet", "subnet-0123456789abcdef0").is_ok());
        for bad in ["subnet-5e6f7g8h", "sg-1a2b3c4d", "subnet-12", "subnet", "subnet-1A2B3C4D"] {
            assert!(check_id("subnet", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn regions() {
        for good in ["us-east-1", "eu-central-1", "us-gov-west-1", "ap-southeast-7"] {
            assert!(is_region(good), "{good}");
        }
        for bad in ["useast1", "us-east", "us-east-1a", "", "US-EAST-1", "us--1"] {
            assert!(!is_region(bad), "{bad}");
        }
    }

    #[test]
    fn a_target_group_name_holds_32_characters() {
        let name = "alfred-production-agent-financial";
        let (code, message, help) = TARGET_GROUP.check(name).unwrap_err();
        assert_eq!(code.to_string(), "PL0202");
        assert!(message.contains("has 33"), "{message}");
        assert_eq!(help, "shorten it by 1 character");
    }

    #[test]
    fn placeholders() {
        let names =
            Names { platform: "p", environment: "e", region: "r", service: "s", account: None };
        assert_eq!(names.fill_in("${platform}-${service}/${group}").unwrap(), "p-s/${group}");
        assert_eq!(names.fill_in("${region").unwrap_err(), "${region}");
        assert_eq!(names.fill_in("a${zone}").unwrap_err(), "${zone}");
    }
}

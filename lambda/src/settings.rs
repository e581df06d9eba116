//! The environment of the function as typed settings.

use std::path::{Path, PathBuf};

use plimsoll_aws::{Keys, Trust, TrustError};

/// What is set for one function.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the spec is (`PLIMSOLL_SPEC`).
    pub spec: SpecPlace,
    /// The environment of the spec (`PLIMSOLL_ENVIRONMENT`).
    pub environment: String,
    /// Whether the controller acts (`PLIMSOLL_MODE`).
    pub mode: Mode,
    /// The name of the red button's parameter (`PLIMSOLL_SWITCH`).
    pub switch: String,
    /// YAML that is laid over the spec (`PLIMSOLL_OVERLAY`), unless it is empty.
    pub overlay: Option<String>,
    /// The region that the function runs in (`AWS_REGION`).
    pub region: String,
    /// The keys of the function's role.
    pub keys: Keys,
    /// An endpoint that stands in for AWS (`AWS_ENDPOINT_URL`).
    pub endpoint_url: Option<String>,
    /// Certificates to believe instead of Amazon's (`AWS_CA_BUNDLE`).
    pub ca_bundle: Option<PathBuf>,
}

/// Where the spec is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecPlace {
    /// A parameter, by its name.
    Parameter(String),
    /// A file, as a rule in the package.
    File(PathBuf),
}

/// Whether the controller acts on what it decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It decides, logs and does nothing.
    #[default]
    Observe,
    /// It acts.
    Act,
}

/// A variable that cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// It has to be set.
    #[error("{variable} is not set; {way_out}")]
    Missing {
        /// Its name.
        variable: &'static str,
        /// What to do.
        way_out: &'static str,
    },
    /// Its value is none that it can have.
    #[error("{variable} is `{value}`; {way_out}")]
    Wrong {
        /// Its name.
        variable: &'static str,
        /// What it is set to.
        value: String,
        /// What to do.
        way_out: &'static str,
    },
}

/// How names of parameters and their hierarchies are written.
const PARAMETER: &str =
    "name a parameter by its full path, as in `/plimsoll/alfred/production/spec`";

impl Settings {
    /// Reads the settings from variables. An empty value is none.
    ///
    /// # Errors
    /// With the first variable that is missing or wrong.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let optional = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let required = |name, way_out| {
            optional(name).ok_or(SettingsError::Missing { variable: name, way_out })
        };
        let by_lambda = "Lambda sets it; run this as a Lambda function";
        let root = optional("LAMBDA_TASK_ROOT");
        let spec = required(
            "PLIMSOLL_SPEC",
            "set it to `ssm:` and the name of a parameter, or to a path in the package",
        )?;
        Ok(Self {
            spec: spec_place(&spec, root.as_deref())?,
            environment: required(
                "PLIMSOLL_ENVIRONMENT",
                "set it to an environment of the spec, such as `production`",
            )?,
            mode: mode(optional("PLIMSOLL_MODE"))?,
            switch: parameter("PLIMSOLL_SWITCH", required("PLIMSOLL_SWITCH", PARAMETER)?)?,
            overlay: optional("PLIMSOLL_OVERLAY"),
            region: required("AWS_REGION", by_lambda)?,
            keys: Keys {
                id: required("AWS_ACCESS_KEY_ID", by_lambda)?,
                secret: required("AWS_SECRET_ACCESS_KEY", by_lambda)?,
                token: optional("AWS_SESSION_TOKEN"),
            },
            endpoint_url: optional("AWS_ENDPOINT_URL"),
            ca_bundle: optional("AWS_CA_BUNDLE").map(PathBuf::from),
        })
    }

    /// Whose certificates are believed.
    ///
    /// # Errors
    /// When those of `AWS_CA_BUNDLE` cannot be used.
    pub fn trust(&self) -> Result<Trust, TrustError> {
        self.ca_bundle.as_deref().map_or_else(|| Ok(Trust::amazon()), Trust::bundle)
    }
}

fn spec_place(value: &str, root: Option<&str>) -> Result<SpecPlace, SettingsError> {
    match value.strip_prefix("ssm:") {
        Some(name) => parameter("PLIMSOLL_SPEC", name.to_owned()).map(SpecPlace::Parameter),
        // A path that is absolute replaces the root.
        None => Ok(SpecPlace::File(Path::new(root.unwrap_or_default()).join(value))),
    }
}

fn parameter(variable: &'static str, name: String) -> Result<String, SettingsError> {
    let legal = |c: char| c.is_ascii_alphanumeric() || "/_.-".contains(c);
    if name.len() > 1 && name.starts_with('/') && !name.ends_with('/') && name.chars().all(legal) {
        Ok(name)
    } else {
        Err(SettingsError::Wrong { variable, value: name, way_out: PARAMETER })
    }
}

fn mode(value: Option<String>) -> Result<Mode, SettingsError> {
    match value.as_deref() {
        None | Some("observe") => Ok(Mode::Observe),
        Some("act") => Ok(Mode::Act),
        Some(_) => Err(SettingsError::Wrong {
            variable: "PLIMSOLL_MODE",
            value: value.unwrap_or_default(),
            way_out: "use `observe` to watch, or `act`",
        }),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn variables() -> BTreeMap<&'static str, &'static str> {
        BTreeMap::from([
            ("PLIMSOLL_SPEC", "ssm:/plimsoll/alfred/production/spec"),
            ("PLIMSOLL_ENVIRONMENT", "production"),
            ("PLIMSOLL_SWITCH", "/plimsoll/alfred/production/controller"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "AKIA"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_SESSION_TOKEN", "token"),
            ("LAMBDA_TASK_ROOT", "/var/task"),
        ])
    }

    fn read(variables: &BTreeMap<&str, &str>) -> Result<Settings, SettingsError> {
        Settings::read(|name| variables.get(name).map(|value| (*value).to_owned()))
    }

    /// What a function is set to as a rule.
    pub(crate) fn settings() -> Settings {
        read(&variables()).unwrap()
    }

    fn with(name: &'static str, value: &'static str) -> Result<Settings, SettingsError> {
        let mut variables = variables();
        variables.insert(name, value);
        read(&variables)
    }

    #[test]
    fn a_function_that_says_no_more_only_observes() {
        let settings = read(&variables()).unwrap();
        assert_eq!(settings.mode, Mode::Observe);
        let name = "/plimsoll/alfred/production/spec".to_owned();
        assert_eq!(settings.spec, SpecPlace::Parameter(name));
        assert_eq!((settings.overlay, settings.endpoint_url), (None, None));
        assert_eq!(with("PLIMSOLL_MODE", "act").unwrap().mode, Mode::Act);
        assert_eq!(with("PLIMSOLL_OVERLAY", " \n").unwrap().overlay, None);
    }

    #[test]
    fn a_path_is_one_in_the_package() {
        let file = |path: &str| SpecPlace::File(PathBuf::from(path));
        let spec = |value| with("PLIMSOLL_SPEC", value).unwrap().spec;
        assert_eq!(spec("plimsoll.yaml"), file("/var/task/plimsoll.yaml"));
        assert_eq!(spec("/opt/plimsoll.yaml"), file("/opt/plimsoll.yaml"));
    }

    #[test]
    fn what_is_missing_is_named_with_a_way_out() {
        for name in [
            "PLIMSOLL_SPEC",
            "PLIMSOLL_ENVIRONMENT",
            "PLIMSOLL_SWITCH",
            "AWS_REGION",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
        ] {
            let mut without = variables();
            without.remove(name);
            let error = read(&without).unwrap_err();
            assert!(
                matches!(&error, SettingsError::Missing { variable, .. } if *variable == name),
                "{error}"
            );
            let empty = with(name, "").unwrap_err();
            assert_eq!(error, empty, "an empty value is none");
            assert!(error.to_string().starts_with(&format!("{name} is not set; ")));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_value_and_a_way_out() {
        let cases = [
            ("PLIMSOLL_MODE", "go"),
            ("PLIMSOLL_SWITCH", "controller"),
            ("PLIMSOLL_SWITCH", "/plimsoll/al fred"),
            ("PLIMSOLL_SWITCH", "/"),
        ];
        for (name, value) in cases {
            let error = with(name, value).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{name} is `{value}`; ")), "{error}");
        }
        let error = with("PLIMSOLL_SPEC", "ssm:spec").unwrap_err().to_string();
        assert!(error.starts_with("PLIMSOLL_SPEC is `spec`; name a parameter"), "{error}");
    }

    #[test]
    fn keys_do_not_show_in_what_is_printed() {
        let settings = format!("{:?}", read(&variables()).unwrap());
        assert!(!settings.contains("secret") && !settings.contains("token"), "{settings}");
    }
}

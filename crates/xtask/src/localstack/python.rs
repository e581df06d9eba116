//! Finding a Python that LocalStack 4.13 runs on, and the test of the report.

use std::{
    env,
    ffi::{OsStr, OsString},
    process::Command,
};

use anyhow::{Result, bail};

/// Later ones lack wheels of some pinned versions, earlier ones lack syntax that LocalStack uses.
const SUITABLE: [&str; 2] = ["3.11", "3.12"];

/// Says its version; fails without the modules that make a virtual environment.
const QUESTION: &str =
    "import sys; print('%d.%d' % sys.version_info[:2], flush=True); import venv, ensurepip";

const HOW_TO_INSTALL: &str = "\
Install one of them with its venv module, for example:
  Debian, Ubuntu   apt install python3.11 python3.11-venv
  Fedora           dnf install python3.11
  macOS            brew install python@3.11
  anywhere         uv python install 3.11, or pyenv install 3.11
or name one in the environment variable PYTHON.";

/// The first suitable one of `$PYTHON`, `python3.12`, `python3.11` and `python3`.
///
/// # Errors
///
/// None is suitable: the error says what was found, what is needed and how to install it.
pub(super) fn find() -> Result<OsString> {
    let named = env::var_os("PYTHON").filter(|name| !name.is_empty());
    let usual = ["python3.12", "python3.11", "python3"].map(OsString::from);
    let mut found = Vec::new();
    for candidate in named.into_iter().chain(usual) {
        match examine(&candidate) {
            Ok(()) => return Ok(candidate),
            Err(why) => found.push(format!("  {}: {why}", candidate.display())),
        }
    }
    bail!(
        "The tests and LocalStack need Python {}, with venv. Found:\n{}\n{HOW_TO_INSTALL}",
        SUITABLE.join(" or "),
        found.join("\n"),
    )
}

/// Why a Python will not do. A name on the path is no proof: version managers leave names there
/// for versions that are not active.
fn examine(candidate: &OsStr) -> Result<(), String> {
    let output = Command::new(candidate)
        .args(["-c", QUESTION])
        .output()
        .map_err(|problem| problem.to_string())?;
    let version = String::from_utf8_lossy(&output.stdout);
    let version = version.trim();
    if version.is_empty() {
        return Err(format!("does not run ({})", output.status));
    }
    if !SUITABLE.contains(&version) {
        return Err(format!("is Python {version}"));
    }
    if !output.status.success() {
        return Err(format!("is Python {version} without the venv module"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::examine;
    use std::ffi::OsStr;

    #[test]
    fn what_is_not_there_is_told_apart_from_what_does_not_run() {
        let missing = examine(OsStr::new("no-such-python")).unwrap_err();
        assert!(missing.contains("No such file"), "{missing}");
        let broken = examine(OsStr::new("false")).unwrap_err();
        assert!(broken.starts_with("does not run"), "{broken}");
    }
}

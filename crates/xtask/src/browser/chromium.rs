//! Chromium and its driver: found, or installed where that is possible.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Result, bail};

use crate::shell::{run, say};

/// The packages of Debian.
const PACKAGES: [&str; 2] = ["chromium", "chromium-driver"];

/// Chromium goes by the first name on Debian and by the others elsewhere.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

const DRIVER: &str = "chromedriver";

/// Where the two programs are.
#[derive(Debug)]
pub(super) struct Chromium {
    pub(super) browser: PathBuf,
    pub(super) driver: PathBuf,
}

impl Chromium {
    /// The two programs, from the path; installed by apt when they are missing and we may.
    ///
    /// # Errors
    ///
    /// They are missing and cannot be installed: the error says why and what to do.
    pub(super) fn ready() -> Result<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        if let Some(found) = Self::on(&path) {
            return Ok(found);
        }
        let missing = "the test of the report needs Chromium and chromedriver, and not both are \
                       on the path";
        let by_hand =
            format!("install them, on Debian with: apt-get install {}", PACKAGES.join(" "));
        if !apt_is_on(&path) {
            bail!("{missing}; there is no apt-get to install them with: {by_hand}");
        }
        if !is_root() {
            bail!("{missing}; only root may install them: {by_hand}");
        }
        say("Installing Chromium (a minute or two, about 600 MB) ...");
        run(apt().arg("update"))?;
        run(apt().args(["install", "--yes", "--no-install-recommends"]).args(PACKAGES))?;
        match Self::on(&path) {
            Some(found) => Ok(found),
            None => bail!("{missing}, although apt-get installed {}", PACKAGES.join(" and ")),
        }
    }

    /// The two programs in the folders of a path.
    fn on(path: &OsString) -> Option<Self> {
        let browser = BROWSERS.iter().find_map(|name| which(path, name))?;
        Some(Self { browser, driver: which(path, DRIVER)? })
    }
}

fn which(path: &OsString, name: &str) -> Option<PathBuf> {
    env::split_paths(path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn apt_is_on(path: &OsString) -> bool {
    which(path, "apt-get").is_some()
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet");
    command
}

/// Whether this process may install packages: the owner of its folder in `/proc` is the user that
/// it runs as.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;

    fs::metadata(Path::new("/proc/self")).is_ok_and(|own| own.uid() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_programs_are_needed() {
        let folder = env::temp_dir().join(format!("plimsoll-chromium-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.clone().into_os_string();
        fs::write(folder.join("google-chrome"), "").unwrap();
        assert!(Chromium::on(&path).is_none());
        fs::write(folder.join(DRIVER), "").unwrap();
        let found = Chromium::on(&path).unwrap();
        assert_eq!(found.browser, folder.join("google-chrome"));
        assert_eq!(found.driver, folder.join(DRIVER));
        fs::remove_dir_all(folder).unwrap();
    }
}

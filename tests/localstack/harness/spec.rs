//! Specs on disk, for one account.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::Account;
use super::server::file;

/// The account that the spec files name.
const ANY_ACCOUNT: &str = "000000000000";

/// A spec in a folder of its own.
pub(crate) struct Spec {
    folder: TempDir,
    text: String,
}

impl Spec {
    /// Alfred as the examples have it.
    pub(crate) fn alfred(account: &Account) -> Self {
        Self::with_script(account, "examples/alfred.yaml")
    }

    /// One of the examples, beside the script that their instances start with.
    pub(crate) fn with_script(account: &Account, path: &str) -> Self {
        let spec = Self::of(account, path);
        let script = "alfred/user-data.sh";
        fs::create_dir(spec.folder.path().join("alfred")).unwrap();
        fs::copy(file("examples").join(script), spec.folder.path().join(script)).unwrap();
        spec
    }

    /// Alfred reduced to two services.
    pub(crate) fn pair(account: &Account) -> Self {
        Self::of(account, "tests/localstack/specs/pair.yaml")
    }

    fn of(account: &Account, path: &str) -> Self {
        let text = fs::read_to_string(file(path)).unwrap();
        let spec = Self { folder: TempDir::new().unwrap(), text };
        spec.edit(ANY_ACCOUNT, &account.id)
    }

    /// The same with one place of its text replaced.
    pub(crate) fn edit(mut self, old: &str, new: &str) -> Self {
        assert_eq!(self.text.matches(old).count(), 1, "`{old}` stands in the spec once");
        self.text = self.text.replacen(old, new, 1);
        fs::write(self.path(), &self.text).unwrap();
        self
    }

    /// The same with other services, up to the environments.
    pub(crate) fn with_services(self, services: &str) -> Self {
        let (start, end) = (self.text.find("services:"), self.text.find("environments:"));
        let old = self.text[start.unwrap()..end.unwrap()].to_owned();
        self.edit(&old, &format!("{services}\n"))
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("plimsoll.yaml")
    }
}

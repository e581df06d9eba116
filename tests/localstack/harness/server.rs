//! The LocalStack that all tests share.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::{env, fs};

use serde_json::Value;

/// Where the server is, and the Python with boto3 and the AWS CLI.
pub(crate) struct Server {
    pub(crate) endpoint: String,
    python: PathBuf,
}

static SERVER: LazyLock<Server> = LazyLock::new(Server::find);

/// The server; without one, no test can pass.
pub(crate) fn server() -> &'static Server {
    &SERVER
}

impl Server {
    fn find() -> Self {
        Self::named().or_else(Self::recorded).unwrap_or_else(|| {
            panic!("there is no LocalStack: run cargo xtask test, or cargo xtask localstack start")
        })
    }

    /// The one that `cargo xtask test` started.
    fn named() -> Option<Self> {
        Some(Self {
            endpoint: env::var("PLIMSOLL_LOCALSTACK").ok()?,
            python: env::var_os("PLIMSOLL_LOCALSTACK_PYTHON")?.into(),
        })
    }

    /// The one that `cargo xtask localstack start` left behind.
    fn recorded() -> Option<Self> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?;
        let state = fs::read(target.join("localstack/server.json")).ok()?;
        let state: Value = serde_json::from_slice(&state).ok()?;
        let text = |key: &str| state[key].as_str();
        Some(Self { endpoint: text("endpoint")?.to_owned(), python: text("python")?.into() })
    }

    /// Python, without a script yet. It leaves no compiled files behind.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.python);
        command.arg("-B");
        command
    }

    /// Runs Python and returns what it printed.
    pub(crate) fn python(&self, arrange: impl FnOnce(&mut Command)) -> Result<String, String> {
        let mut command = self.command();
        arrange(&mut command);
        let output = command.output().expect("python runs");
        if output.status.success() {
            Ok(String::from_utf8(output.stdout).expect("python prints UTF-8"))
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

/// A file of the repository.
pub(crate) fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

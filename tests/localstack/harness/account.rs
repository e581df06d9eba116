//! Accounts: LocalStack takes any access key of 12 digits for one, and they do not see each other.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use serde_json::Value;

use super::World;
use super::server::{file, server};

/// An account with ground for Alfred.
pub(crate) struct Account {
    pub(crate) id: String,
    ground: Value,
}

impl Account {
    /// With ground for production and development.
    pub(crate) fn new() -> Self {
        Self::lay(&["production", "development"])
    }

    /// With ground for production alone.
    pub(crate) fn production() -> Self {
        Self::lay(&["production"])
    }

    /// One that is there, of whose ground nothing is asked.
    pub(crate) fn named(id: String) -> Self {
        Self { id, ground: Value::Null }
    }

    fn lay(environments: &[&str]) -> Self {
        let id = unused();
        let laid = server().python(|python| {
            python.arg(file("localstack/ground.py")).args(["--output", "json", "--account", &id]);
            python.args(["--endpoint-url", &server().endpoint]);
            for name in environments {
                python.args(["--environment", name]);
            }
        });
        let ground = laid.unwrap_or_else(|problem| panic!("laying the ground: {problem}"));
        Self { id, ground: serde_json::from_str(&ground).unwrap() }
    }

    /// What was laid for production in a region, such as `subnets`.
    pub(crate) fn ground(&self, region: &str, part: &str) -> &Value {
        &self.ground["regions"][region]["production"][part]
    }

    /// Runs the AWS CLI, as somebody who changes things behind our back: words split at spaces.
    pub(crate) fn aws(&self, region: &str, words: &str) -> Value {
        let words: Vec<&str> = words.split_whitespace().collect();
        self.aws_words(region, &words)
    }

    /// The same for words that hold spaces.
    pub(crate) fn aws_words(&self, region: &str, words: &[&str]) -> Value {
        let answer = server().python(|python| {
            python.args(["-m", "awscli", "--region", region, "--output", "json"]).args(words);
            python.args(["--endpoint-url", &server().endpoint]);
            python.env("AWS_ACCESS_KEY_ID", &self.id).env("AWS_SECRET_ACCESS_KEY", "localstack");
        });
        let answer = answer.unwrap_or_else(|problem| panic!("aws {words:?}: {problem}"));
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }

    /// Everything that the account holds now.
    pub(crate) fn read_back(&self) -> World {
        World(self.read(&[]))
    }

    /// The same, comparable with other accounts.
    pub(crate) fn normalised(&self) -> Value {
        self.read(&["--normalised"])
    }

    fn read(&self, more: &[&str]) -> Value {
        let read = server().python(|python| {
            python.arg(file("tests/localstack/read_back.py")).args(["--account", &self.id]);
            python.args(["--endpoint-url", &server().endpoint]).args(more);
        });
        let read = read.unwrap_or_else(|problem| panic!("reading back: {problem}"));
        serde_json::from_str(&read).unwrap()
    }
}

/// A number that no other test has, in this run or an earlier one against the same server.
fn unused() -> String {
    static RUN: LazyLock<u128> = LazyLock::new(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        now.as_millis() % 100_000_000
    });
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("1{:08}{:03}", *RUN, NEXT.fetch_add(1, Ordering::Relaxed))
}

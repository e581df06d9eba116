//! The operator: runs the built binary.

use std::collections::BTreeSet;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::server::{file, server};
use super::{Account, Proxy, Spec};

/// No command takes longer, even on a machine that is busy with other tests.
const DEADLINE: Duration = Duration::from_mins(5);
/// The list of instance types takes seconds to read and is the same in all accounts; what is kept
/// is kept by endpoint, so that a plan through a proxy still reads it.
const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Somebody with credentials of an account and a spec for it.
pub(crate) struct Operator<'a> {
    account: &'a str,
    spec: &'a Spec,
    environment: &'a str,
    proxy: Option<&'a Proxy>,
    home: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// `None` when it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl<'a> Operator<'a> {
    /// An operator of production.
    pub(crate) fn new(account: &'a Account, spec: &'a Spec) -> Self {
        let home = TempDir::new().unwrap();
        Self { account: &account.id, spec, environment: "production", proxy: None, home }
    }

    /// The same over a proxy.
    pub(crate) fn through(self, proxy: &'a Proxy) -> Self {
        Self { proxy: Some(proxy), ..self }
    }

    /// The same for another environment.
    pub(crate) fn of(self, environment: &'a str) -> Self {
        Self { environment, ..self }
    }

    /// The same with credentials of another account.
    pub(crate) fn with_account(self, account: &'a str) -> Self {
        Self { account, ..self }
    }

    /// Runs `plimsoll` with these words, split at spaces.
    pub(crate) fn run(&self, words: &str) -> Ran {
        self.finish(self.command(words), words)
    }

    fn finish(&self, mut command: Command, words: &str) -> Ran {
        let mut child = command.spawn().expect("the command runs");
        let stdout = drain(child.stdout.take());
        let stderr = drain(child.stderr.take());
        let status = self.wait(&mut child, words);
        Ran { code: status.code(), stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
    }

    /// Runs it and expects that all is done.
    pub(crate) fn done(&self, words: &str) -> Ran {
        let ran = self.run(words);
        assert_eq!(ran.code, Some(0), "plimsoll {words}\n{}{}", ran.stdout, ran.stderr);
        ran
    }

    /// Runs it and returns its JSON.
    pub(crate) fn json(&self, words: &str) -> Value {
        let ran = self.run(&format!("{words} --output json"));
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| {
            panic!("plimsoll {words}: {error}\n{}{}", ran.stdout, ran.stderr)
        })
    }

    /// What a plan would change, each as `region service field`; a step without fields is shown by
    /// its kind, such as `delete_group`.
    pub(crate) fn differences(&self, words: &str) -> BTreeSet<String> {
        let shown = self.json(&format!("plan {words}"));
        let regions = shown["plan"]["regions"].as_object().expect("a plan has regions");
        let steps = regions.iter().flat_map(|(region, planned)| {
            let steps = planned["planned"]["steps"].as_array().into_iter().flatten();
            steps.map(move |step| (region, step))
        });
        steps
            .flat_map(|(region, step)| {
                let kind = step["action"].as_object().unwrap().keys().next().unwrap();
                let fields: Vec<&str> = match step["changes"].as_array().unwrap().as_slice() {
                    [] => vec![kind],
                    changes => {
                        changes.iter().map(|change| change["field"].as_str().unwrap()).collect()
                    }
                };
                let service = step["service"].as_str().unwrap();
                fields.into_iter().map(move |field| format!("{region} {service} {field}"))
            })
            .collect()
    }

    /// A file in the operator's home.
    pub(crate) fn file(&self, name: &str) -> String {
        self.home.path().join(name).display().to_string()
    }

    fn command(&self, words: &str) -> Command {
        let endpoint = self.proxy.map_or_else(|| &server().endpoint, Proxy::endpoint);
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.args(words.split_whitespace()).args(["--endpoint-url", endpoint]);
        self.arrange(&mut command);
        command
    }

    /// Runs it on a terminal and types an answer to its question.
    pub(crate) fn answer(&self, answer: &str, words: &str) -> Ran {
        self.finish(self.terminal(answer, words), words)
    }

    /// The same, while something else happens between the question and the answer.
    pub(crate) fn answer_after(&self, meanwhile: &str, answer: &str, words: &str) -> Ran {
        let other = self.command(meanwhile);
        let argv: Vec<_> = std::iter::once(other.get_program())
            .chain(other.get_args())
            .map(|word| word.to_str().unwrap())
            .collect();
        let mut terminal = self.terminal(answer, words);
        terminal.env("MEANWHILE", argv.join("\n"));
        self.finish(terminal, words)
    }

    fn terminal(&self, answer: &str, words: &str) -> Command {
        let command = self.command(words);
        let mut terminal = server().command();
        terminal.arg(file("tests/localstack/terminal.py")).arg(answer);
        terminal.arg(command.get_program()).args(command.get_args());
        self.arrange(&mut terminal);
        terminal
    }

    /// Gives a command the operator's surroundings and no others.
    fn arrange(&self, command: &mut Command) {
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("XDG_CACHE_HOME", CACHE)
            .env("AWS_ACCESS_KEY_ID", self.account)
            .env("AWS_SECRET_ACCESS_KEY", "localstack")
            .env("PLIMSOLL_SPEC", self.spec.path())
            .env("PLIMSOLL_ENVIRONMENT", self.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    /// Waits for the end, and brings it about when the proxy says so.
    fn wait(&self, child: &mut Child, words: &str) -> ExitStatus {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status;
            }
            let late = Instant::now() > deadline;
            if late || self.proxy.is_some_and(Proxy::strikes) {
                // SIGKILL: no destructor and no handler runs.
                child.kill().unwrap();
                let status = child.wait().unwrap();
                assert!(!late, "plimsoll {words} did not end within {DEADLINE:?}");
                return status;
            }
            thread::sleep(LOOK_EVERY);
        }
    }
}

impl Ran {
    /// Both streams, for whoever searches them.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Expects an exit code and words in either stream.
    pub(crate) fn expect(&self, code: i32, words: &[&str]) {
        let said = self.said();
        assert_eq!(self.code, Some(code), "{said}");
        // Long lines are broken for the terminal.
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        for word in words {
            assert!(flat.contains(word), "`{word}` is missing from:\n{said}");
        }
    }
}

/// Reads a stream to its end beside the process, so that a full pipe does not stop it.
fn drain(stream: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    let mut stream = stream.unwrap();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

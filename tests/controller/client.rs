//! A client of AWS that shares no code with Plimsoll, and stays: see `client.py`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::harness::{file, server};

/// A process of Python with boto3, for one account.
pub(crate) struct Client {
    child: Child,
    pipes: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Client {
    pub(crate) fn of(account: &str) -> Self {
        let mut command = server().command();
        command.arg(file("tests/controller/client.py"));
        command.args(["--endpoint-url", &server().endpoint, "--account", account]);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().expect("python runs");
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, pipes: Mutex::new((stdin, BufReader::new(stdout))) }
    }

    /// Makes calls side by side; an answer for each, `ok` or `error`.
    pub(crate) fn all(&self, calls: &[Value]) -> Vec<Value> {
        let mut pipes = self.pipes.lock().unwrap();
        let (stdin, stdout) = &mut *pipes;
        writeln!(stdin, "{}", json!(calls)).unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the client ended over {calls:?}"))
    }

    /// Makes calls side by side, and expects that all succeed.
    pub(crate) fn done(&self, calls: &[Value]) -> Vec<Value> {
        let answers = self.all(calls);
        let each = calls.iter().zip(answers).map(|(call, mut answer)| {
            assert!(answer.get("error").is_none(), "{call}: {answer}");
            answer["ok"].take()
        });
        each.collect()
    }

    /// Makes one call, and expects that it succeeds.
    pub(crate) fn one(&self, call: Value) -> Value {
        self.done(&[call]).remove(0)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One call, as boto3 names it.
#[expect(clippy::needless_pass_by_value, reason = "it is written in place")]
pub(crate) fn call(region: &str, service: &str, operation: &str, with: Value) -> Value {
    json!({ "region": region, "service": service, "operation": operation, "with": with })
}

//! A function's process, with the environment that Lambda gives it, at full speed or under the
//! share of a core that its memory buys.
//!
//! A process of several threads is slowed down whole: a control group takes all of them.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::runtime_api::RuntimeApi;
use super::stub::Stub;
use super::{REGION, spec};

/// Where the spec and the red button are.
pub(crate) const SPEC_PARAMETER: &str = "/plimsoll/alfred/production/spec";
pub(crate) const SWITCH_PARAMETER: &str = "/plimsoll/alfred/production/controller";

/// What to start: a program and its arguments.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// Variables beside those of [`environment`].
    pub(crate) variables: Vec<(&'static str, OsString)>,
}

impl Program {
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), arguments: Vec::new(), variables: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.into()));
        self
    }
}

/// A process that runs. It ends with this value.
#[derive(Debug)]
pub(crate) struct Function {
    child: Child,
    /// The moment of its exec.
    pub(crate) started: Instant,
    /// Reads its log, as Lambda does.
    log: Option<JoinHandle<Vec<Value>>>,
}

impl Function {
    /// Starts a function at full speed.
    pub(crate) fn start(program: &Program, api: &RuntimeApi, stub: &Stub) -> Self {
        let mut command = Command::new(&program.path);
        command.args(&program.arguments);
        environment(&mut command, program, api, stub);
        command.stdout(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn().expect("the program starts");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let json = |line: String| serde_json::from_str(&line).unwrap_or(Value::String(line));
        let log = thread::spawn(move || lines.map_while(Result::ok).map(json).collect());
        Self { child, started, log: Some(log) }
    }

    /// Starts a function under a quota. A shell joins the group and waits, so that the clock
    /// begins with the exec and not with the shell.
    pub(crate) fn start_under(
        quota: &Quota,
        program: &Program,
        api: &RuntimeApi,
        stub: &Stub,
    ) -> Self {
        let mut command = Command::new("/bin/sh");
        let script = "echo $$ > \"$0\" && echo joined && read -r _ && exec \"$@\" >&2";
        command
            .args(["-c", script])
            .arg(quota.members())
            .arg(&program.path)
            .args(&program.arguments);
        environment(&mut command, program, api, stub);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("a shell starts");
        let mut joined = [0; 7];
        let stdout = child.stdout.as_mut().unwrap();
        std::io::Read::read_exact(stdout, &mut joined).expect("the shell joins the group");
        // What the shell has used of this period is not the function's to pay for.
        std::thread::sleep(Duration::from_micros(Quota::PERIOD_US * 3));
        let started = Instant::now();
        child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
        Self { child, started, log: None }
    }

    /// From now on the function runs under a quota, as after its init in Lambda.
    pub(crate) fn slow_down(&self, quota: &Quota) {
        fs::write(quota.members(), self.child.id().to_string()).expect("a group takes the process");
    }

    /// Kills the process, and says what it logged. What is no JSON is a text.
    pub(crate) fn killed(mut self) -> Vec<Value> {
        // One that has ended already is what is wanted.
        let _ = self.child.kill();
        self.log.take().expect("a log is kept at full speed").join().unwrap()
    }

    /// Whether the process has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.wait().is_ok()
    }

    /// What its threads have used of a processor so far, in seconds: unlike the clock, it does not
    /// grow with what else this machine does. Source: the kernel's "Scheduler Statistics".
    pub(crate) fn processor_time(&self) -> f64 {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        let of = |thread: std::io::Result<fs::DirEntry>| {
            let statistics = fs::read_to_string(thread.unwrap().path().join("schedstat")).unwrap();
            statistics.split(' ').next().unwrap().parse::<f64>().unwrap() / 1e9
        };
        threads.map(of).sum()
    }

    /// Resident memory in kB, now.
    pub(crate) fn resident_kb(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What Lambda sets for a function of 256 MB, and what the stub needs.
fn environment(command: &mut Command, program: &Program, api: &RuntimeApi, stub: &Stub) {
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("LANG", "en_US.UTF-8")
        .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "plimsoll-alfred-production-controller")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_REGION", REGION)
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        .env("AWS_SESSION_TOKEN", "token")
        .env("AWS_ENDPOINT_URL", stub.endpoint_url())
        .env("AWS_CA_BUNDLE", &stub.ca_bundle)
        .env("PLIMSOLL_SPEC", format!("ssm:{SPEC_PARAMETER}"))
        .env("PLIMSOLL_SWITCH", SWITCH_PARAMETER)
        .env("PLIMSOLL_ENVIRONMENT", "production")
        .env("PLIMSOLL_MODE", "act")
        .envs(program.variables.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
}

/// A stub that holds Alfred's spec, packed.
pub(crate) fn alfred() -> Stub {
    let packed = plimsoll_aws::published::pack(&spec()).unwrap();
    Stub::start([(SPEC_PARAMETER.to_owned(), packed)].into())
}

/// A share of a core: a control group of its own.
#[derive(Debug)]
pub(crate) struct Quota {
    folder: PathBuf,
}

impl Quota {
    /// Lambda gives 1,769 MB one virtual CPU, and less in proportion (Lambda developer guide,
    /// "Configure Lambda function memory").
    const MEMORY_OF_A_CPU_MB: u64 = 1769;

    /// The kernel hands the share out in periods of this length.
    const PERIOD_US: u64 = 20_000;

    /// The share of a function of `memory_mb`.
    ///
    /// # Errors
    /// When control groups cannot be made here, and why.
    pub(crate) fn of_memory(memory_mb: u64) -> Result<Self, String> {
        let quota = (Self::PERIOD_US * memory_mb / Self::MEMORY_OF_A_CPU_MB).to_string();
        let period = Self::PERIOD_US.to_string();
        let name = format!("plimsoll-{}", std::process::id());
        let (v1, v2) = (Path::new("/sys/fs/cgroup/cpu"), Path::new("/sys/fs/cgroup"));
        let settings = if v1.is_dir() {
            (v1.join(name), vec![("cpu.cfs_period_us", period), ("cpu.cfs_quota_us", quota)])
        } else {
            (v2.join(name), vec![("cpu.max", format!("{quota} {period}"))])
        };
        let (folder, files) = settings;
        let why = |error: std::io::Error| format!("{}: {error}", folder.display());
        fs::create_dir_all(&folder).map_err(why)?;
        let group = Self { folder: folder.clone() };
        for (file, value) in files {
            fs::write(folder.join(file), value).map_err(why)?;
        }
        Ok(group)
    }

    fn members(&self) -> PathBuf {
        self.folder.join("cgroup.procs")
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        // A group without members; one that stays costs nothing.
        let _ = fs::remove_dir(&self.folder);
    }
}

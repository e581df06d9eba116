//! The process: started detached, waited for, ended with all its children.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use super::{http, say};

/// What the process is known by among all others.
const MODULE: &str = "localstack.runtime.main";
const HEALTH: &str = "/_localstack/health";

/// The services of LocalStack that the plugin corrects.
const PROVIDERS: [&str; 4] = [
    "PROVIDER_OVERRIDE_CLOUDWATCH",
    "PROVIDER_OVERRIDE_EC2",
    "PROVIDER_OVERRIDE_EVENTS",
    "PROVIDER_OVERRIDE_ROUTE53",
];
/// Functions are processes. A queue that was empty is asked again within a second or so: AWS
/// waits at the queue, LocalStack would come back after up to 10 seconds.
const LAMBDA: [(&str, &str); 3] = [
    ("LAMBDA_RUNTIME_EXECUTOR", "process"),
    ("LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC", "0.2"),
    ("LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC", "1"),
];

/// A start takes 3 to 10 seconds; on a machine that is busy compiling, several times that.
const START_WITHIN: Duration = Duration::from_mins(3);
/// It is asked to stop first, and killed after this.
const STOP_WITHIN: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOG_LINES_SHOWN: usize = 25;

/// A LocalStack that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Server {
    /// The URL of every AWS service, e.g. `http://127.0.0.1:4566`.
    pub(crate) endpoint: String,
    /// The port in `endpoint`, on the loopback interface.
    pub(crate) port: u16,
    /// The process, which leads its own group.
    pub(crate) pid: u32,
    /// What it prints.
    pub(crate) log: PathBuf,
    /// The Python it runs on, with boto3 and pytest.
    pub(crate) python: PathBuf,
    /// Its files; removed when it stops.
    folder: PathBuf,
}

/// Starts a server on that port, or on a free one, and waits until it answers.
///
/// # Errors
///
/// The port is taken, or the process ends or does not answer in time.
pub(super) fn launch(python: &Path, home: &Path, port: Option<u16>) -> Result<(Server, Child)> {
    let port = free_port(port)?;
    let folder = home.join(format!("server-{port}"));
    if folder.exists() {
        fs::remove_dir_all(&folder).context("removing what an earlier server left")?;
    }
    fs::create_dir_all(folder.join("files"))?;
    fs::create_dir_all(folder.join("tmp"))?;
    let log = folder.join("log");
    say(&format!("Starting LocalStack on port {port} ..."));
    let child = command(python, &folder, port, &log)?
        .spawn()
        .with_context(|| format!("starting {}", python.display()))?;
    let server = Server {
        endpoint: format!("http://127.0.0.1:{port}"),
        port,
        pid: child.id(),
        log,
        python: python.to_owned(),
        folder,
    };
    server.wait_until_up(child)
}

impl Server {
    /// Whether it answers now.
    #[must_use]
    pub(crate) fn answers(&self) -> bool {
        http::answers(self.port, HEALTH)
    }

    /// Ends the process and all its children, and removes its files.
    ///
    /// # Errors
    ///
    /// `kill` cannot be run, or the files cannot be removed.
    pub(super) fn end(&self) -> Result<()> {
        // A pid is given out again; only a process that is LocalStack is ours to end.
        if self.is_alive() {
            self.signal("TERM")?;
            let deadline = Instant::now() + STOP_WITHIN;
            while self.is_alive() && Instant::now() < deadline {
                thread::sleep(LOOK_EVERY);
            }
            if self.is_alive() {
                self.signal("KILL")?;
            }
        }
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).context("removing the server's files")?;
        }
        Ok(())
    }

    fn wait_until_up(self, mut child: Child) -> Result<(Self, Child)> {
        let deadline = Instant::now() + START_WITHIN;
        loop {
            if let Some(status) = child.try_wait()? {
                let log = self.end_of_log();
                self.end()?;
                bail!("LocalStack ended before it answered ({status}):\n{log}");
            }
            if self.answers() {
                return Ok((self, child));
            }
            if Instant::now() > deadline {
                let log = self.end_of_log();
                self.end()?;
                bail!("LocalStack did not answer within {START_WITHIN:?}:\n{log}");
            }
            thread::sleep(LOOK_EVERY);
        }
    }

    fn end_of_log(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines.get(lines.len().saturating_sub(LOG_LINES_SHOWN)..).unwrap_or_default().join("\n")
    }

    /// A process that ended but was not waited for has no command line, and counts as ended.
    fn is_alive(&self) -> bool {
        let pid = self.pid.to_string();
        let command_line = fs::read(format!("/proc/{pid}/cmdline")).or_else(|_| {
            // macOS has no /proc.
            Command::new("ps")
                .args(["-o", "args=", "-p", &pid])
                .output()
                .map(|listed| listed.stdout)
        });
        command_line.is_ok_and(|line| String::from_utf8_lossy(&line).contains(MODULE))
    }

    /// Signals the whole group: LocalStack starts processes of its own.
    fn signal(&self, signal: &str) -> Result<()> {
        let status = Command::new("kill")
            .args([&format!("-{signal}"), "--", &format!("-{}", self.pid)])
            .stderr(Stdio::null())
            .status()
            .context("running kill")?;
        // It may have ended in between.
        if !status.success() && self.is_alive() {
            bail!("process group {} cannot be signalled", self.pid);
        }
        Ok(())
    }
}

fn command(python: &Path, folder: &Path, port: u16, log: &Path) -> Result<Command> {
    let log = File::create(log).context("creating the server's log")?;
    let mut command = Command::new(python);
    command
        .args(["-m", MODULE])
        .current_dir(folder)
        .env("GATEWAY_LISTEN", format!("127.0.0.1:{port}"))
        .env("FILESYSTEM_ROOT", folder.join("files"))
        // The code of functions is unpacked there, and left.
        .env("TMPDIR", folder.join("tmp"))
        // LocalStack remembers where it found plugins, and would miss one installed since.
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .envs(PROVIDERS.map(|name| (name, "plimsoll")))
        .envs(LAMBDA)
        // Nothing is sent or fetched, and port 53 is left alone.
        .env("DISABLE_EVENTS", "1")
        .env("SKIP_SSL_CERT_DOWNLOAD", "1")
        .env("DNS_ADDRESS", "0")
        // The caller's own settings of AWS and of Python do not concern it.
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_ENDPOINT_URL")
        .env_remove("PYTHONHOME")
        .env_remove("PYTHONPATH")
        .stdin(Stdio::null())
        .stderr(log.try_clone()?)
        .stdout(log)
        // Ctrl-C in this terminal is not for it.
        .process_group(0);
    Ok(command)
}

/// A port nobody listens on. Another process may take it before LocalStack does: then LocalStack
/// ends, and its log says so.
fn free_port(wanted: Option<u16>) -> Result<u16> {
    let wanted = wanted.unwrap_or(0);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted))
        .with_context(|| format!("port {wanted} is taken"))?;
    Ok(listener.local_addr()?.port())
}

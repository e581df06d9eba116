//! A real LocalStack without Docker: made ready, started, laid with ground, tested, stopped.
//!
//! Everything lives under `<target>/localstack`: the virtual environment, one folder for each
//! server that runs, and `server.json`, which says where the server that [`start`] left behind is.

mod http;
mod python;
mod server;
pub(crate) mod venv;

use std::{
    env, fs,
    io::{self, Write as _},
    ops::Deref,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};
pub(crate) use server::Server;

/// Where things are. `target` follows `CARGO_TARGET_DIR`.
#[derive(Debug)]
struct Places {
    /// The workspace's `localstack/`: requirements, plugin, tests and the ground script.
    sources: PathBuf,
    /// `<target>/localstack`.
    home: PathBuf,
}

impl Places {
    fn find() -> Result<Self> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .nth(2)
            .context("the crate lies two folders below the workspace")?;
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| workspace.join("target"), |given| workspace.join(given));
        Ok(Self { sources: workspace.join("localstack"), home: target.join("localstack") })
    }

    fn state(&self) -> PathBuf {
        self.home.join("server.json")
    }
}

/// Starts a server that outlives this process, or finds the one that runs.
///
/// The first start makes a virtual environment, which takes a minute or two; later ones take a
/// few seconds. A new server listens on `port`, or on a free one, on the loopback interface only;
/// one that runs keeps the port it has.
///
/// # Errors
///
/// No suitable Python, a failed install, a port in use, or a server that ends before it
/// answers: then the error holds the end of its log.
pub(crate) fn start(port: Option<u16>) -> Result<Server> {
    let places = Places::find()?;
    if let Some(server) = recorded(&places) {
        if server.answers() {
            return Ok(server);
        }
        // It ended, or hangs: either way its folder is still there.
        server.end()?;
    }
    let (server, _child) = launch(&places, port)?;
    let state = serde_json::to_string_pretty(&server)?;
    if let Err(problem) = fs::write(places.state(), state) {
        // Nobody could find it again to stop it.
        server.end()?;
        return Err(problem).context("writing the server's state");
    }
    Ok(server)
}

/// Starts a server of one's own on a free port, which stops when the guard is dropped.
///
/// # Errors
///
/// As [`start`].
pub(crate) fn start_scoped() -> Result<Scoped> {
    let (server, child) = launch(&Places::find()?, None)?;
    Ok(Scoped { server, child })
}

/// The server that [`start`] left behind, if it answers.
#[must_use]
pub(crate) fn running() -> Option<Server> {
    recorded(&Places::find().ok()?).filter(Server::answers)
}

/// Stops the server that [`start`] left behind; false when there is none.
///
/// # Errors
///
/// The process cannot be signalled, or its folder cannot be removed.
pub(crate) fn stop() -> Result<bool> {
    let places = Places::find()?;
    let Some(server) = recorded(&places) else { return Ok(false) };
    server.end()?;
    fs::remove_file(places.state()).context("removing the server's state")?;
    Ok(true)
}

/// Runs the plugin's own tests against a server, with their output on this terminal.
///
/// # Errors
///
/// Python cannot be run, or a test fails.
pub(crate) fn pytest(server: &Server) -> Result<()> {
    let tests = Places::find()?.sources.join("tests");
    let status = Command::new(&server.python)
        .args(["-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"])
        .arg(tests)
        .env("LOCALSTACK_ENDPOINT", &server.endpoint)
        .status()
        .context("running pytest")?;
    if !status.success() {
        bail!("the plugin's tests failed ({status})");
    }
    Ok(())
}

impl Server {
    /// Lays the ground a platform stands on, with the arguments of `ground.py` after its
    /// endpoint; what it prints. It finds what is there, so it may be repeated.
    ///
    /// # Errors
    ///
    /// Python cannot be run, or the script fails: then the error holds what it said.
    pub(crate) fn ground(&self, arguments: &[&str]) -> Result<String> {
        let script = Places::find()?.sources.join("ground.py");
        let output = Command::new(&self.python)
            .arg("-B")
            .arg(script)
            .args(["--endpoint-url", &self.endpoint])
            .args(arguments)
            .output()
            .context("running ground.py")?;
        if !output.status.success() {
            bail!("ground.py failed:\n{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// A server that stops when this is dropped.
#[derive(Debug)]
pub(crate) struct Scoped {
    server: Server,
    child: std::process::Child,
}

impl Deref for Scoped {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Drop for Scoped {
    fn drop(&mut self) {
        if let Err(problem) = self.server.end() {
            say(&format!("LocalStack could not be stopped: {problem:#}"));
        }
        // It has ended or been killed: this only takes its exit status off the system's hands.
        let _ = self.child.wait();
    }
}

fn launch(places: &Places, port: Option<u16>) -> Result<(Server, std::process::Child)> {
    let python = venv::ready(&places.sources, &places.home)?;
    server::launch(&python, &places.home, port)
}

fn recorded(places: &Places) -> Option<Server> {
    serde_json::from_str(&fs::read_to_string(places.state()).ok()?).ok()
}

/// A line of progress. It goes to stderr, so that stdout stays a command's own.
fn say(line: &str) {
    // Nobody reads it if stderr is closed.
    let _ = writeln!(io::stderr(), "{line}");
}

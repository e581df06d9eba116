//! The whole way in one command: a cloud, a platform in three regions, a change, and the commands
//! to go on with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::localstack::{self, Server};
use crate::shell::{cargo, run, say, target, workspace};

/// The account of the demo: LocalStack takes any twelve digits.
const ACCOUNT: &str = "000000000000";

/// Shows Plimsoll on LocalStack. The server stays up afterwards, unless it is to be only for this
/// run.
pub(crate) fn show(only_for_this_run: bool) -> Result<()> {
    heading("Build the CLI");
    run(&mut cargo(&["build", "--package", "plimsoll"])?)?;
    heading("Start LocalStack, and lay networks, load balancers and images in three regions");
    if only_for_this_run {
        let server = localstack::start_scoped()?;
        return story(&server).map(drop);
    }
    // A demo begins with nothing; what an earlier one left behind would hide that.
    localstack::stop()?;
    story(&localstack::start(None)?)?.farewell();
    Ok(())
}

fn story(server: &Server) -> Result<Demo> {
    say(server.ground(&["--account", ACCOUNT])?.trim_end());
    let demo = Demo::new(server)?;
    heading("Bring Alfred to us-east-1, us-west-2 and eu-central-1");
    demo.plimsoll(&["apply", "--yes"])?;
    heading("What is there now");
    demo.plimsoll(&["status"])?;
    heading("The same spec again: nothing to do");
    demo.plimsoll(&["plan"])?;
    heading("Change the spec: agent-financial has at least 2 instances instead of 1");
    demo.change("bounds: { min: 1, max: 6 }", "bounds: { min: 2, max: 6 }")?;
    demo.plimsoll(&["plan"])?;
    demo.plimsoll(&["apply", "--yes"])?;
    Ok(demo)
}

fn heading(text: &str) {
    say(&format!("\n== {text}\n"));
}

struct Demo {
    endpoint: String,
    folder: PathBuf,
    binary: PathBuf,
}

impl Demo {
    /// A copy of the example, which the demo may change.
    fn new(server: &Server) -> Result<Self> {
        let target = target()?;
        let folder = target.join("demo");
        let examples = workspace()?.join("examples");
        if folder.exists() {
            fs::remove_dir_all(&folder).context("removing the last demo")?;
        }
        fs::create_dir_all(folder.join("alfred")).context("making the demo's folder")?;
        for file in ["alfred.yaml", "alfred/user-data.sh"] {
            copy(&examples.join(file), &folder.join(file))?;
        }
        let binary = target.join("debug").join("plimsoll");
        Ok(Self { endpoint: server.endpoint.clone(), folder, binary })
    }

    fn spec(&self) -> PathBuf {
        self.folder.join("alfred.yaml")
    }

    fn plimsoll(&self, words: &[&str]) -> Result<()> {
        run(Command::new(&self.binary)
            .args(words)
            .envs(self.environment())
            .current_dir(&self.folder))
    }

    fn environment(&self) -> [(&'static str, String); 6] {
        [
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", ACCOUNT.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("PLIMSOLL_SPEC", self.spec().display().to_string()),
            ("PLIMSOLL_ENVIRONMENT", "production".to_owned()),
        ]
    }

    fn change(&self, from: &str, to: &str) -> Result<()> {
        let spec = self.spec();
        let text = fs::read_to_string(&spec).context("reading the demo's spec")?;
        if !text.contains(from) {
            bail!("the demo's spec does not hold `{from}`, which the demo changes");
        }
        fs::write(&spec, text.replacen(from, to, 1)).context("writing the demo's spec")
    }

    fn farewell(&self) {
        heading("Go on from here");
        for (name, value) in self.environment() {
            say(&format!("export {name}={value}"));
        }
        say(&format!("alias plimsoll={}", self.binary.display()));
        say("");
        say("plimsoll status                      # the table again");
        say("plimsoll plan                        # after you edited $PLIMSOLL_SPEC");
        say("plimsoll apply");
        say("plimsoll destroy                     # asks for the name");
        say("cargo xtask localstack stop");
    }
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("copying {}", from.display()))?;
    Ok(())
}

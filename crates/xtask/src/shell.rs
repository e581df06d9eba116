//! Running commands, and saying so.

use std::env;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// Says something to the person at the terminal.
pub(crate) fn say(text: &str) {
    // A reader that left is no reason to fail.
    let _ = writeln!(io::stdout(), "{text}");
}

/// The workspace's folder.
pub(crate) fn workspace() -> Result<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    folder.map(Path::to_path_buf).context("the crate lies two folders below the workspace")
}

/// Where cargo puts what it builds; follows `CARGO_TARGET_DIR`.
pub(crate) fn target() -> Result<PathBuf> {
    let workspace = workspace()?;
    Ok(env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace.join("target"), |given| workspace.join(given)))
}

/// Cargo, in the workspace.
///
/// What cargo told this program of itself is taken away: ring's build script asks for variables with
/// these names, so a build from here and one from a terminal would each undo the other, and TLS with
/// all that uses it would be compiled again every time.
pub(crate) fn cargo(arguments: &[&str]) -> Result<Command> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(workspace()?);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    Ok(command)
}

/// Runs a command with its output on this terminal.
///
/// # Errors
/// It cannot be started, or it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    say(&format!("$ {shown}"));
    let status = command.status().with_context(|| format!("starting `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// A command as a person would type it.
fn show(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = command.get_args().map(|word| {
        let word = word.to_string_lossy();
        if word.contains(' ') { format!("'{word}'") } else { word.into_owned() }
    });
    std::iter::once(program.to_string_lossy().into_owned())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

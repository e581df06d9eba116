//! The README shows what the demos really print: they are run, and the two are compared.

use std::fs;
use std::io::Write as _;
use std::process::Command;
use std::{env, io};

use anyhow::{Context as _, Result, bail};

use crate::shell::{cargo, say, workspace};

/// Stands for any number of lines.
const ELISION: &str = "...";

/// Runs every demo and compares what it prints with what the README shows.
pub(crate) fn demos_are_as_shown() -> Result<()> {
    let readme = fs::read_to_string(workspace()?.join("README.md")).context("reading README.md")?;
    // Without the SDK first, since the second one needs a binary with it.
    is_as_shown(&readme, "cargo demo", &cargo(&["demo"])?)?;
    let mut xtask = Command::new(env::current_exe()?);
    // With a LocalStack of its own.
    is_as_shown(&readme, "cargo xtask demo", xtask.args(["demo", "--stop"]))
}

fn is_as_shown(readme: &str, typed: &str, demo: &Command) -> Result<()> {
    let shown = block_after(readme, &format!("$ {typed}"))
        .with_context(|| format!("README.md does not show `{typed}`"))?;
    say(&format!("$ {typed}"));
    let output = joined(demo).output().with_context(|| format!("starting `{typed}`"))?;
    io::stdout().write_all(&output.stdout)?;
    if !output.status.success() {
        bail!("`{typed}` failed ({})", output.status);
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    if let Some(line) = first_missing(&shown, &printed) {
        bail!("README.md shows a line that `{typed}` does not print there:\n{line}");
    }
    say(&format!("`{typed}` prints what README.md shows"));
    Ok(())
}

/// The command with both streams in one, in the order of writing, as a person sees them.
fn joined(command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec \"$0\" \"$@\" 2>&1"]);
    shell.arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        shell.current_dir(folder);
    }
    shell
}

/// The lines of a code block that begins with a command, after that command.
fn block_after(readme: &str, command: &str) -> Option<Vec<String>> {
    let lines = readme.lines().skip_while(|line| *line != command).skip(1);
    let block: Vec<String> =
        lines.take_while(|line| !line.starts_with("```")).map(str::to_owned).collect();
    (!block.is_empty()).then_some(block)
}

/// The first line that is shown and not printed where it should be: right after the line before
/// it, or anywhere further on after an elision.
fn first_missing(shown: &[String], printed: &str) -> Option<String> {
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    let (mut at, mut anywhere) = (0, true);
    for line in shown {
        if line == ELISION {
            anywhere = true;
            continue;
        }
        let rest = printed.get(at..).unwrap_or_default();
        let found = rest.iter().position(|printed| *printed == line.trim_end());
        match found {
            Some(skipped) if anywhere || skipped == 0 => at += skipped + 1,
            _ => return Some(line.clone()),
        }
        anywhere = false;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(shown: &str, printed: &str) -> Option<String> {
        let shown: Vec<String> = shown.lines().map(str::to_owned).collect();
        first_missing(&shown, printed)
    }

    #[test]
    fn lines_follow_each_other_unless_something_is_left_out() {
        assert_eq!(missing("a\nb", "x\na\nb\nc"), None);
        assert_eq!(missing("a\nc", "a\nb\nc"), Some("c".to_owned()));
        assert_eq!(missing("a\n...\nc", "a\nb\nc"), None);
        assert_eq!(missing("c\n...\na", "a\nb\nc"), Some("a".to_owned()));
    }

    #[test]
    fn a_block_begins_after_its_command() {
        let readme = "```text\n$ run me\nout\n```\n";
        assert_eq!(block_after(readme, "$ run me").unwrap(), ["out"]);
        assert_eq!(block_after(readme, "$ run"), None);
    }
}

//! The README shows what the demo really prints: the demo is run, and the two are compared.

use std::fs;
use std::io::Write as _;
use std::process::Command;
use std::{env, io};

use anyhow::{Context as _, Result, bail};

use crate::shell::{say, workspace};

/// Stands for any number of lines.
const ELISION: &str = "...";

/// Runs the demo with a LocalStack of its own and compares what it prints with the README.
pub(crate) fn demo_is_as_shown() -> Result<()> {
    let readme = fs::read_to_string(workspace()?.join("README.md")).context("reading README.md")?;
    let shown = block_after(&readme, "$ cargo xtask demo").context("README.md shows no demo")?;
    say("$ cargo xtask demo --stop");
    // A person sees both streams on one screen; a shell joins them in the order of writing.
    let output = Command::new("sh")
        .args(["-c", "exec \"$0\" demo --stop 2>&1"])
        .arg(env::current_exe()?)
        .output()
        .context("starting the demo")?;
    io::stdout().write_all(&output.stdout)?;
    if !output.status.success() {
        bail!("the demo failed ({})", output.status);
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    if let Some(line) = first_missing(&shown, &printed) {
        bail!("README.md shows a line that the demo does not print there:\n{line}");
    }
    say("the demo prints what README.md shows");
    Ok(())
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

//! Questions. They are asked on a terminal only: a script says what it wants by a flag.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Result, bail};

/// Asks for a yes; everything else is a no.
pub(crate) fn agree(question: &str) -> Result<()> {
    let answer = ask(&format!("{question} [y/N] "), "--yes")?;
    if ["y", "yes"].contains(&answer.to_lowercase().as_str()) {
        return Ok(());
    }
    bail!("not confirmed; nothing was done")
}

/// Asks for a name, since what follows cannot be undone. A script gives it with `flag`.
pub(crate) fn agree_by_name(name: &str, what: &str, flag: &str, given: Option<&str>) -> Result<()> {
    let (answer, source) = if let Some(given) = given {
        (given.to_owned(), flag)
    } else {
        let question = format!("{what} Type {name} to confirm: ");
        (ask(&question, &format!("{flag} {name}"))?, "the answer")
    };
    if answer == name {
        return Ok(());
    }
    bail!("{source} is `{answer}` and not `{name}`; nothing was done")
}

fn ask(question: &str, flag: &str) -> Result<String> {
    if !io::stdin().is_terminal() {
        bail!("there is no terminal to ask on; look at the plan, then confirm with {flag}");
    }
    let mut stderr = anstream::stderr();
    write!(stderr, "{question}")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

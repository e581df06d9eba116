//! Questions. They are asked on a terminal only: a script says what it wants by a flag.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Result, bail};

/// How the operator agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Beforehand, by a flag, or there was nothing to agree to.
    Given,
    /// By an answer: meanwhile the world may have moved.
    Answered,
}

/// Asks for a yes; everything else is a no.
pub(crate) fn agree(question: &str) -> Result<Consent> {
    let answer = ask(&format!("{question} [y/N] "), "--yes")?;
    if ["y", "yes"].contains(&answer.to_lowercase().as_str()) {
        return Ok(Consent::Answered);
    }
    bail!("not confirmed; nothing was done")
}

/// Asks for a name, since what follows cannot be undone. A script gives it with `flag`.
pub(crate) fn agree_by_name(
    name: &str,
    what: &str,
    flag: &str,
    given: Option<&str>,
) -> Result<Consent> {
    let (answer, source, consent) = if let Some(given) = given {
        (given.to_owned(), flag, Consent::Given)
    } else {
        let question = format!("{what} Type {name} to confirm: ");
        (ask(&question, &format!("{flag} {name}"))?, "the answer", Consent::Answered)
    };
    if answer == name {
        return Ok(consent);
    }
    bail!("{source} is `{answer}` and not `{name}`; nothing was done")
}

fn ask(question: &str, flag: &str) -> Result<String> {
    if !io::stdin().is_terminal() {
        bail!("there is no terminal to ask on; when you mean it, confirm with {flag}");
    }
    let mut stderr = anstream::stderr();
    write!(stderr, "{question}")?;
    stderr.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

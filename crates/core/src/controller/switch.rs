//! The red button: a text in each region that stops the controller there, or lets it run.
//!
//! ```text
//!   run
//!   stop by=maria at=2026-11-25T03:00:00Z why=network test
//! ```
//!
//! A controller that is stopped goes on publishing what it sees, and says what it would do.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

/// Whether a controller may act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// It may.
    Run,
    /// It may not.
    Stop(Stop),
}

/// Who stopped a controller, when and why: as far as the text says it, which a person may have
/// written by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stop {
    /// Who: the name of their session, one word.
    pub by: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// Why, in one line.
    pub why: String,
}

/// The name of the parameter that holds the button of a platform and environment, in each region.
#[must_use]
pub fn parameter(platform: &str, environment: &str) -> String {
    format!("/plimsoll/{platform}/{environment}/controller")
}

impl Switch {
    /// Reads the parameter. One that is not there lets the controller run. A text that is neither
    /// word stops it: somebody wanted something.
    #[must_use]
    pub fn read(value: Option<&str>) -> Self {
        match value.map(str::trim) {
            None | Some("run") => Self::Run,
            Some(text) => {
                let after = text.strip_prefix("stop");
                let words = after.filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
                Self::Stop(Stop::read(words.unwrap_or(text)))
            }
        }
    }
}

impl Stop {
    /// A stop by somebody at a moment. The reason becomes one line, and the name one word.
    #[must_use]
    pub fn new(by: &str, at: Timestamp, why: &str) -> Self {
        let by = one_line(by).replace(' ', "-");
        // A second is as exact as anybody asks.
        let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
        Self { by: Some(by).filter(|by| !by.is_empty()), at: Some(at), why: one_line(why) }
    }

    /// Reads what follows the word. What is not there is left out, and all else is the reason.
    fn read(text: &str) -> Self {
        let mut stop = Self::default();
        let mut rest = text.trim();
        if let Some((by, after)) = field(rest, "by=") {
            (stop.by, rest) = (Some(by.to_owned()), after);
        }
        if let Some((Ok(at), after)) = field(rest, "at=").map(|(at, after)| (at.parse(), after)) {
            (stop.at, rest) = (Some(at), after);
        }
        stop.why = one_line(rest.strip_prefix("why=").unwrap_or(rest));
        stop
    }
}

/// The word after a key that a text begins with, and the rest.
fn field<'a>(text: &'a str, key: &str) -> Option<(&'a str, &'a str)> {
    let text = text.strip_prefix(key)?;
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (!word.is_empty()).then(|| (word, rest.trim_start()))
}

/// A text without line breaks and other controls, its words one blank apart.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// As the parameter holds it.
impl fmt::Display for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Stop(Stop { by, at, why }) = self else { return f.write_str("run") };
        f.write_str("stop")?;
        by.iter().try_for_each(|by| write!(f, " by={by}"))?;
        at.iter().try_for_each(|at| write!(f, " at={at}"))?;
        if why.is_empty() { Ok(()) } else { write!(f, " why={why}") }
    }
}

/// For a person: `by maria at 2026-11-25T03:00:00Z: network test`.
impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = self.by.as_ref().map(|by| format!("by {by}"));
        let at = self.at.map(|at| format!("at {at}"));
        let who: Vec<String> = by.into_iter().chain(at).collect();
        f.write_str(&who.join(" "))?;
        match (who.is_empty(), self.why.is_empty()) {
            (_, true) => Ok(()),
            (true, false) => f.write_str(&self.why),
            (false, false) => write!(f, ": {}", self.why),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOON: Timestamp = Timestamp::constant(1_795_608_000, 0);

    fn why(text: &str) -> Switch {
        Switch::Stop(Stop { why: text.to_owned(), ..Stop::default() })
    }

    #[test]
    fn anything_but_run_stops() {
        assert_eq!(Switch::read(None), Switch::Run);
        assert_eq!(Switch::read(Some("run\n")), Switch::Run);
        assert_eq!(Switch::read(Some("stop")), why(""));
        assert_eq!(Switch::read(Some("stop: network test")), why(": network test"));
        assert_eq!(Switch::read(Some("halt!")), why("halt!"));
        assert_eq!(Switch::read(Some("stopped it")), why("stopped it"));
        assert_eq!(Switch::read(Some("running")), why("running"));
        assert_eq!(Switch::read(Some("")), why(""));
    }

    #[test]
    fn a_stop_says_who_when_and_why() {
        let stop = Switch::Stop(Stop::new("maria", NOON, "network\n  test"));
        let text = "stop by=maria at=2026-11-25T12:00:00Z why=network test";
        assert_eq!(stop.to_string(), text);
        assert_eq!(Switch::read(Some(text)), stop);
        let Switch::Stop(stop) = stop else { unreachable!() };
        assert_eq!(stop.to_string(), "by maria at 2026-11-25T12:00:00Z: network test");
    }

    #[test]
    fn a_part_that_is_written_by_hand_is_still_understood() {
        let stop = |text| match Switch::read(Some(text)) {
            Switch::Stop(stop) => stop.to_string(),
            Switch::Run => panic!("{text} lets it run"),
        };
        assert_eq!(stop("stop by=maria"), "by maria");
        assert_eq!(stop("stop why=network test"), "network test");
        assert_eq!(stop("stop by=maria at=noon why=x"), "by maria: at=noon why=x");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(by in any::<String>(), why in any::<String>()) {
            let stop = Switch::Stop(Stop::new(&by, NOON, &why));
            prop_assert_eq!(Switch::read(Some(&stop.to_string())), stop);
        }

        #[test]
        fn only_one_word_lets_a_controller_run(text in any::<String>()) {
            let runs = Switch::read(Some(&text)) == Switch::Run;
            prop_assert_eq!(runs, text.trim() == "run");
        }
    }
}

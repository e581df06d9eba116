//! Why the YAML reader gave up, in a person's words.

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Error, Location};

use super::LIMITS;
use super::yaml::place_of;
use crate::spec::problem::{Place, Problem, code};

/// Why the reader gave up, in a person's words.
#[expect(clippy::wildcard_enum_match_arm, reason = "the reader has sixty words for no YAML")]
pub(super) fn unreadable(text: &str, error: &Error) -> Problem {
    let place = error.location().map(|location| found_again(text, location));
    let error = if let Error::AliasError { error, .. } = error { error } else { error };
    let not_yaml =
        |message: String, help: &str| Problem::error(code::NOT_YAML, place, message).help(help);
    match error {
        Error::Budget { breach: BudgetBreach::Documents { .. }, .. }
        | Error::MultipleDocuments { .. } => not_yaml(
            "a second document begins here".to_owned(),
            "a file holds one platform; remove `---` or move the rest to another file",
        ),
        Error::Budget { breach, .. } => too_large(place, breach),
        Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            let message = "the aliases unfold to more than a spec can hold";
            Problem::error(code::TOO_LARGE, place, message)
                .help(format!("a spec holds {} values at most, aliases unfolded", LIMITS.nodes))
        }
        Error::UnknownAnchor { .. } => not_yaml(
            "this alias has no anchor".to_owned(),
            "write `&name` at the value that it repeats, above it; quote a text that begins with *",
        ),
        Error::RecursiveReferencesRequireWeakTypes { .. } => not_yaml(
            "this alias lies inside the value that it repeats".to_owned(),
            "move the anchor, or write the value out",
        ),
        Error::NullIntoString { .. } | Error::Unexpected { expected: "string scalar", .. } => {
            not_yaml(
                "a key must be text".to_owned(),
                "quote it if it is a name; a text with `${…}`, `[…]` or `{…}` needs quotes too",
            )
        }
        Error::UnsupportedTag { tag, .. } => {
            not_yaml(format!("the tag `{tag}` means nothing here"), "remove the tag")
        }
        other => {
            let message = other.to_string();
            if message.contains("recursion limit") {
                return too_large(place, &BudgetBreach::Depth { depth: LIMITS.depth });
            }
            let message = message.split(" at line ").next().unwrap_or_default();
            not_yaml(
                format!("this is no YAML: {message}"),
                "look at indentation, brackets and quotes, here and on the line above",
            )
        }
    }
}

pub(super) fn too_large(place: Option<Place>, breach: &BudgetBreach) -> Problem {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the reader's other limits are much wider")]
    let (message, help) = match breach {
        BudgetBreach::Depth { .. } => (
            format!("the file is nested more than {} levels deep", LIMITS.depth),
            "the deepest setting of a spec lies about 15 levels deep".to_owned(),
        ),
        BudgetBreach::Events { .. } | BudgetBreach::Nodes { .. } => (
            format!("the file holds more than {} values", LIMITS.nodes),
            "a spec describes one platform; put what services share under `defaults`".to_owned(),
        ),
        other => (
            format!("the file is more entangled than a spec can be ({other:?})"),
            "write less with anchors, aliases and merge keys".to_owned(),
        ),
    };
    Problem::error(code::TOO_LARGE, place, message).help(help)
}

/// The scanner knows line and column only; the offset is counted from them.
fn found_again(text: &str, location: Location) -> Place {
    let place = place_of(location);
    if location.span().byte_offset().is_some_and(|offset| offset > 0) {
        return place;
    }
    let lines = text.split_inclusive('\n');
    let above: usize =
        lines.clone().take(place.line.saturating_sub(1) as usize).map(str::len).sum();
    let line = lines.clone().nth(place.line.saturating_sub(1) as usize).unwrap_or_default();
    let left: usize =
        line.chars().take(place.column.saturating_sub(1) as usize).map(char::len_utf8).sum();
    Place { offset: u32::try_from(above + left).unwrap_or(u32::MAX), ..place }
}

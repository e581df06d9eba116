//! "Did you mean": the nearest of several known words.

/// Below this likeness a suggestion confuses more than it helps.
const LIKENESS: f64 = 0.75;

/// A longer word is no typing error, and comparing it with hundreds of others takes long.
const LONGEST: usize = 100;

/// A question that names the most similar candidate, if one is similar at all.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if word.len() > LONGEST {
        return None;
    }
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}

/// Words as a person lists them.
pub(crate) fn list<S: AsRef<str>>(words: &[S]) -> String {
    words.iter().map(|word| format!("`{}`", word.as_ref())).collect::<Vec<_>>().join(", ")
}

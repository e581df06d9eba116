//! Specs as texts and examples, with the files that they name.

use std::fs;

use plimsoll_core::spec::{Document, Files, Problem, Source, Spec};

pub(crate) fn document(text: &str) -> Document {
    Document::parse(Source { name: "spec.yaml".to_owned(), text: text.to_owned() })
}

/// The problems of all environments of a text that names no other files.
pub(crate) fn check(text: &str) -> Vec<Problem> {
    document(text).check(&Files::new())
}

/// The spec of production in a text that names no other files.
pub(crate) fn production(text: &str) -> Spec {
    let compiled = document(text).compile("production", &Files::new());
    compiled.spec.unwrap_or_else(|| panic!("{:#?}\n{text}", compiled.problems))
}

pub(crate) fn example(name: &str) -> String {
    fs::read_to_string(format!("../../examples/{name}")).unwrap()
}

/// Alfred with the files that it names.
pub(crate) fn alfred() -> (Document, Files) {
    with_files("alfred.yaml")
}

/// An example with the files that it names.
pub(crate) fn with_files(name: &str) -> (Document, Files) {
    let document = document(&example(name));
    let read = |file: String| (file.clone(), Ok(example(&file)));
    let files = document.user_data_files().into_iter().map(read).collect();
    (document, files)
}

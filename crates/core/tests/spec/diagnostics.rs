//! One case file per code, see `diagnostics/README.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_core::spec::{Document, Files, Problem, Source, code};

const FOLDER: &str = "tests/spec/diagnostics";

struct Case {
    path: PathBuf,
    text: String,
}

fn cases() -> Vec<Case> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with("PL"));
    paths.sort();
    paths.into_iter().map(|path| Case { text: fs::read_to_string(&path).unwrap(), path }).collect()
}

impl Case {
    fn code(&self) -> &str {
        &self.path.file_name().unwrap().to_str().unwrap()[..6]
    }

    /// What the case says that Plimsoll answers, and the rest.
    fn parts(&self) -> (&str, &str) {
        let header = self
            .text
            .lines()
            .take_while(|line| line.starts_with("# PL") || line.starts_with("#   help: "));
        let end: usize = header.map(|line| line.len() + 1).sum();
        self.text.split_at(end)
    }

    fn problems(&self) -> Vec<Problem> {
        let document = Document::parse(Source {
            name: self.path.display().to_string(),
            text: completed(&self.text),
        });
        document.check(&files(&document))
    }
}

/// The text with the top-level keys of the base that it neither has nor does without. They come
/// last, so that places in the case stay as they are.
fn completed(text: &str) -> String {
    let base = fs::read_to_string(Path::new(FOLDER).join("base.yaml")).unwrap();
    let has = |key: &str| {
        let without = format!("# without: {key}");
        text.lines().any(|line| line.starts_with(&format!("{key}:")) || line == without)
    };
    let mut whole = text.to_owned();
    let mut wanted = false;
    for line in base.lines() {
        if let Some((key, _)) = line.split_once(':').filter(|_| !line.starts_with(' ')) {
            wanted = !has(key);
        }
        if wanted {
            whole.extend([line, "\n"]);
        }
    }
    whole
}

fn files(document: &Document) -> Files {
    let read = |file: String| {
        let text = match file.as_str() {
            "large.sh" => Ok("#".repeat(20_000)),
            _ => Err("no such file".to_owned()),
        };
        (file, text)
    };
    document.user_data_files().into_iter().map(read).collect()
}

fn shown(problems: &[Problem]) -> String {
    let mut shown = String::new();
    for Problem { place, code, severity, message, help } in problems {
        let place = place.map_or_else(|| "-".to_owned(), |place| place.to_string());
        let severity = format!("{severity:?}").to_lowercase();
        writeln!(shown, "# {code} {place} {severity}: {message}").unwrap();
        if let Some(help) = help {
            writeln!(shown, "#   help: {help}").unwrap();
        }
    }
    shown
}

#[test]
fn every_case_is_answered_as_its_header_says() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = String::new();
    for mut case in cases() {
        if bless {
            // A header of another length moves the places below it, so twice.
            for _ in 0..2 {
                case.text = shown(&case.problems()) + case.parts().1;
            }
            fs::write(&case.path, &case.text).unwrap();
        }
        let (header, answer) = (case.parts().0, shown(&case.problems()));
        if header != answer {
            write!(wrong, "{}\nexpected:\n{header}found:\n{answer}\n", case.path.display())
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_case_shows_its_own_code_and_no_other() {
    for case in cases() {
        let codes: BTreeSet<String> =
            case.problems().iter().map(|problem| problem.code.to_string()).collect();
        assert_eq!(codes, BTreeSet::from([case.code().to_owned()]), "{}", case.path.display());
    }
}

#[test]
fn every_problem_has_a_way_out_and_a_place() {
    for case in cases() {
        for problem in case.problems() {
            assert!(problem.help.is_some(), "{}: {}", case.path.display(), problem.message);
            assert!(problem.place.is_some(), "{}: {}", case.path.display(), problem.message);
        }
    }
}

#[test]
fn every_code_of_a_file_has_a_case() {
    let shown: BTreeSet<String> = cases().iter().map(|case| case.code().to_owned()).collect();
    // From 2000 on they are found in the world.
    let codes = code::ALL.iter().map(|(code, _)| code.to_string());
    let missing: Vec<String> =
        codes.filter(|code| code.as_str() < "PL2000" && !shown.contains(code)).collect();
    assert!(missing.is_empty(), "no case in {FOLDER} for {missing:?}");
}

#[test]
fn the_base_of_the_cases_is_valid() {
    let document = Document::parse(Source { name: "base.yaml".to_owned(), text: completed("") });
    assert_eq!(document.check(&Files::new()), []);
}

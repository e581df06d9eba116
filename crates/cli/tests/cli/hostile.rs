//! Files and readers that no page can hold.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A spec is small, so whatever it is that lies there, the answer comes at once.
const AT_ONCE: Duration = Duration::from_secs(5);

fn validate(file: &Path) -> Output {
    let started = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["validate", "--file"])
        .arg(file)
        .output()
        .unwrap();
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    output
}

fn message(file: &Path) -> String {
    String::from_utf8(validate(file).stderr).unwrap()
}

#[test]
fn a_file_of_a_hundred_megabytes_is_refused_unread() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("large.yaml");
    File::create(&file).unwrap().set_len(100 * 1024 * 1024).unwrap();
    assert!(message(&file).contains("PL0002"), "{}", message(&file));
}

#[cfg(unix)]
#[test]
fn a_file_without_end_is_refused() {
    assert!(message(Path::new("/dev/zero")).contains("PL0002"));
}

#[test]
fn what_is_no_text_is_refused_by_its_place() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("garbage.yaml");
    fs::write(&file, b"platform: \xff\xfe\x00").unwrap();
    assert!(message(&file).contains("byte 10 is not UTF-8 text"), "{}", message(&file));
    assert!(message(folder.path()).contains("cannot read"), "{}", message(folder.path()));
}

#[test]
fn a_line_that_no_person_wrote_is_not_drawn() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("wide.yaml");
    fs::write(
        &file,
        format!("platfrom: {}\nenvironments: {{production: {{}}}}\n", "x".repeat(100_000)),
    )
    .unwrap();
    let message = message(&file);
    assert!(message.contains("(at 1:1)") && message.len() < 10_000, "{message:.2000}");
}

#[test]
fn a_text_cannot_steer_the_terminal() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("escape.yaml");
    fs::write(&file, "platform: harbour\n\u{1b}]0;owned\u{7}key: 1\n").unwrap();
    assert!(!message(&file).contains('\u{1b}'));
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let mut schema = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .arg("schema")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(schema.stdout.take());
    assert!(schema.wait().unwrap().success());
}

//! The Python function, on a virtual environment with pinned versions.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::harness::function::Program;

/// The function, with its environment made if it is not there. A stamp holds what it was made of.
pub(super) fn program(root: &Path, target: &Path) -> Program {
    let sources = root.join("tests/lambda/baseline");
    let venv = target.join("lambda-baseline/venv");
    let pins = fs::read_to_string(sources.join("requirements.txt")).expect("the pins");
    let stamp = venv.join("requirements.stamp");
    let python = venv.join("bin/python");
    if fs::read_to_string(&stamp).ok().as_ref() != Some(&pins) {
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv));
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        run(Command::new(&python).args(pip).arg(sources.join("requirements.txt")));
        fs::write(stamp, pins).expect("the stamp");
    }
    // Bytecode is written by the run that is not counted, and not beside the sources.
    let bytecode = target.join("lambda-baseline/bytecode");
    Program {
        arguments: vec!["-m".into(), "awslambdaric".into(), "handler.handle".into()],
        variables: vec![
            ("PYTHONPATH", sources.into_os_string()),
            ("PYTHONPYCACHEPREFIX", bytecode.into_os_string()),
        ],
        ..Program::new(python)
    }
}

fn run(command: &mut Command) {
    let status = command.status().expect("Python starts");
    assert!(status.success(), "{command:?} failed");
}

//! The virtual environment: LocalStack as pinned, and this repository's plugin in it.
//!
//! Each of the two has a stamp, the hash of what it was made from, written when it is whole. An
//! edit of the plugin reinstalls the plugin only; a half-made environment has no stamp and is
//! made again. [`pinned`] makes the first, for LocalStack and for whoever else needs Python.

use std::{
    ffi::OsStr,
    fs::{self, File},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail};

use super::{python, say};

/// The environment's Python, with everything installed as the sources say.
///
/// # Errors
///
/// No suitable Python, or pip fails: the error holds what it said.
pub(super) fn ready(sources: &Path, home: &Path) -> Result<PathBuf> {
    let _lock = lock(home)?;
    let what = "LocalStack into a virtual environment (a minute or two, about 500 MB)";
    let interpreter = install_pinned(sources, home, what)?;
    let plugin = sources.join("plugin");
    let files = package_files(&plugin)?;
    let wanted = digest(&plugin, &files)?;
    let stamp = home.join("venv/plugin.stamp");
    if !is_stamped(&stamp, &wanted) {
        install_plugin(&interpreter, &plugin, &files, &home.join("plugin"))?;
        fs::write(stamp, wanted)?;
    }
    Ok(interpreter)
}

/// The Python of an environment with what `requirements.txt` in `sources` pins; made in `home`.
/// `what` is installed, in words.
///
/// # Errors
///
/// As [`ready`].
pub(crate) fn pinned(sources: &Path, home: &Path, what: &str) -> Result<PathBuf> {
    let _lock = lock(home)?;
    install_pinned(sources, home, what)
}

/// Two starts at once would install into each other; the lock ends with the file.
fn lock(home: &Path) -> Result<File> {
    fs::create_dir_all(home)?;
    let lock = File::create(home.join("venv.lock"))?;
    lock.lock().context("waiting for another start to finish installing")?;
    Ok(lock)
}

fn install_pinned(sources: &Path, home: &Path, what: &str) -> Result<PathBuf> {
    let venv = home.join("venv");
    let interpreter = venv.join("bin/python");
    let requirements = sources.join("requirements.txt");
    let wanted = digest(sources, std::slice::from_ref(&requirements))?;
    let stamp = venv.join("requirements.stamp");
    // The Python it was made from may have been removed since: then its link leads nowhere.
    if !is_stamped(&stamp, &wanted) || !interpreter.exists() {
        make(&venv, &requirements, what)?;
        fs::write(stamp, wanted)?;
    }
    Ok(interpreter)
}

fn make(venv: &Path, requirements: &Path, what: &str) -> Result<()> {
    let python = python::find()?;
    say(&format!("Installing {what} ..."));
    if venv.exists() {
        fs::remove_dir_all(venv).context("removing an unfinished virtual environment")?;
    }
    run(Command::new(python).args(["-m", "venv"]).arg(venv))?;
    run(pip(&venv.join("bin/python")).arg("-r").arg(requirements))
}

/// Installs from a copy: the build leaves folders beside the sources.
fn install_plugin(python: &Path, plugin: &Path, files: &[PathBuf], copy: &Path) -> Result<()> {
    say("Installing the LocalStack plugin ...");
    if copy.exists() {
        fs::remove_dir_all(copy)?;
    }
    for file in files {
        let place = copy.join(file.strip_prefix(plugin)?);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(file, place)?;
    }
    run(pip(python).args(["--no-deps", "--force-reinstall"]).arg(copy))
}

fn pip(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    command
}

fn run(command: &mut Command) -> Result<()> {
    let program = command.get_program().to_owned();
    let output =
        command.output().with_context(|| format!("running {}", program.to_string_lossy()))?;
    if !output.status.success() {
        let (said, complained) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("{command:?} failed ({}):\n{said}{complained}", output.status);
    }
    Ok(())
}

fn is_stamped(stamp: &Path, wanted: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|found| found == wanted)
}

/// A hash of the files' names and contents. It only ever meets hashes of this same program.
fn digest(root: &Path, files: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(root)?.hash(&mut hasher);
        fs::read(file).with_context(|| format!("reading {}", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The files of a package, in order: its Python and `pyproject.toml`, not what builds leave.
fn package_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() && path.file_name() != Some(OsStr::new("build")) {
            files.extend(package_files(&path)?);
        } else if matches!(path.extension().and_then(OsStr::to_str), Some("py" | "toml")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::{digest, package_files};
    use std::{env, fs, path::PathBuf, process};

    fn package(name: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("plimsoll-venv-{name}-{}", process::id()));
        fs::create_dir_all(folder.join("build")).unwrap();
        fs::create_dir_all(folder.join("inner")).unwrap();
        fs::write(folder.join("pyproject.toml"), "a").unwrap();
        fs::write(folder.join("inner/code.py"), "b").unwrap();
        fs::write(folder.join("inner/code.pyc"), "c").unwrap();
        fs::write(folder.join("build/code.py"), "d").unwrap();
        folder
    }

    #[test]
    fn a_package_is_its_sources_without_what_builds_leave() {
        let folder = package("files");
        let files = package_files(&folder).unwrap();
        assert_eq!(files, [folder.join("inner/code.py"), folder.join("pyproject.toml")]);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_edit_changes_the_digest() {
        let folder = package("digest");
        let files = package_files(&folder).unwrap();
        let before = digest(&folder, &files).unwrap();
        assert_eq!(before, digest(&folder, &files).unwrap());
        fs::write(folder.join("inner/code.py"), "edited").unwrap();
        assert_ne!(before, digest(&folder, &files).unwrap());
        fs::remove_dir_all(folder).unwrap();
    }
}

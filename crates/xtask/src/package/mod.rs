//! The controller's package: `bootstrap` in a zip, as Lambda takes it.

mod archive;
mod elf;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;

use crate::localstack;
use crate::shell::{cargo, run, say, target, workspace};

/// The newest glibc that a binary may need: that of Amazon Linux 2023, which `provided.al2023` is
/// made of. Source: Amazon Linux 2023 user guide, "Comparing AL2 and AL2023".
const GLIBC: (u32, u32) = (2, 34);

/// What a package may weigh: Lambda fetches it before a cold start.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// A processor architecture, as Lambda names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Arch {
    #[default]
    #[value(name = "x86_64")]
    X86,
    #[value(name = "arm64")]
    Arm,
}

impl Arch {
    const fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "arm64",
        }
    }

    const fn triple(self) -> &'static str {
        match self {
            Self::X86 => "x86_64-unknown-linux-gnu",
            Self::Arm => "aarch64-unknown-linux-gnu",
        }
    }

    /// Whether this machine's own linker makes binaries for it.
    fn is_here(self) -> bool {
        let here = if cfg!(target_arch = "aarch64") { Self::Arm } else { Self::X86 };
        self == here && cfg!(all(target_os = "linux", target_env = "gnu"))
    }
}

/// A package that was made.
#[derive(Debug)]
pub(crate) struct Package {
    /// The program that is in it.
    pub(crate) bootstrap: PathBuf,
    zip: PathBuf,
}

/// Builds the package, says what it weighs, and holds it to what Lambda takes.
///
/// # Errors
///
/// It does not build, is too large, or needs a newer glibc than Lambda's.
pub(crate) fn make(arch: Arch) -> Result<Package> {
    let built = if arch.is_here() { native()? } else { foreign(arch)? };
    let program = fs::read(&built).with_context(|| format!("reading {}", built.display()))?;
    let needs = needed_glibc(&program, arch)?;
    let packed = archive::of("bootstrap", &program)?;
    let folder = target()?.join("package");
    let package = Package {
        bootstrap: folder.join(arch.name()).join("bootstrap"),
        zip: folder.join(format!("plimsoll-controller-{}.zip", arch.name())),
    };
    fs::create_dir_all(folder.join(arch.name()))?;
    fs::copy(&built, &package.bootstrap)?;
    fs::write(&package.zip, &packed)?;
    let size = u64::try_from(packed.len())?;
    say(&format!(
        "{}: {:.2} MB, the binary {:.2} MB, {needs}",
        package.zip.display(),
        megabytes(size),
        megabytes(u64::try_from(program.len())?)
    ));
    if size > MOST_BYTES {
        bail!("the package has {size} bytes, and {MOST_BYTES} is the most");
    }
    Ok(package)
}

/// Makes this machine's package and looks at the file as Lambda does.
///
/// # Errors
///
/// As [`make`], and when the zip is not what was packed.
pub(crate) fn test() -> Result<Package> {
    let arch = if cfg!(target_arch = "aarch64") { Arch::Arm } else { Arch::X86 };
    let package = make(arch)?;
    let bytes = fs::read(&package.zip).context("reading the package")?;
    let program = fs::read(&package.bootstrap).context("reading the program")?;
    archive::holds(&bytes, "bootstrap", &program)?;
    if archive::of("bootstrap", &program)? != bytes {
        bail!("the same program packed again gives another zip: a deploy would never be a no-op");
    }
    say(
        "the zip holds one program that can be run, of no time, and is the same whenever it is made",
    );
    Ok(package)
}

/// MB as Lambda counts them.
fn megabytes(bytes: u64) -> f64 {
    // Hundredths are exact in 32 bits, up to 42 GB.
    u32::try_from(bytes * 100 / (1024 * 1024)).map_or(f64::NAN, f64::from) / 100.0
}

/// Which glibc a binary needs, in words.
///
/// # Errors
///
/// It is newer than that of Lambda's system, which could not load the binary; or this cannot be told.
fn needed_glibc(binary: &[u8], arch: Arch) -> Result<String> {
    let Some(needed) = elf::newest_glibc(binary)? else { return Ok("which needs no glibc".into()) };
    let ((major, minor), (most_major, most_minor)) = (needed, GLIBC);
    if needed > GLIBC {
        bail!(
            "the binary for {} needs glibc {major}.{minor}, and provided.al2023 has \
             {most_major}.{most_minor}; build it on an older system, or with zig",
            arch.name()
        );
    }
    Ok(format!("which needs glibc {major}.{minor}"))
}

const BUILD: [&str; 6] =
    ["--package", "plimsoll-lambda", "--bin", "bootstrap", "--profile", "lambda"];

fn native() -> Result<PathBuf> {
    run(cargo(&["build", "--locked"])?.args(BUILD))?;
    Ok(target()?.join("lambda/bootstrap"))
}

/// Builds for another processor, or for Lambda's glibc from another system: zig links, and
/// compiles the C and assembly of ring.
fn foreign(arch: Arch) -> Result<PathBuf> {
    let sources = workspace()?.join("crates/xtask/zig");
    let home = target()?.join("package/zig");
    let python = localstack::venv::pinned(&sources, &home, "zig, to link (about 300 MB)")?;
    let tools = python.parent().context("an interpreter lies in a folder")?;
    run(Command::new("rustup").args(["target", "add", arch.triple()]))?;
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(tools.to_path_buf()).chain(std::env::split_paths(&path));
    let (major, minor) = GLIBC;
    let triple = format!("{}.{major}.{minor}", arch.triple());
    let build = cargo(&["zigbuild", "--locked"])?;
    run({ build }
        .env("PATH", std::env::join_paths(path)?)
        .env("CARGO_ZIGBUILD_PYTHON_PATH", &python)
        .args(BUILD)
        .args(["--target", &triple]))?;
    Ok(target()?.join(arch.triple()).join("lambda/bootstrap"))
}

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

/// Builds the package and says what it weighs.
pub(crate) fn make(arch: Arch) -> Result<()> {
    let binary = if arch.is_here() { native()? } else { foreign(arch)? };
    let bytes = fs::read(&binary).with_context(|| format!("reading {}", binary.display()))?;
    check(&bytes, arch)?;
    let folder = target()?.join("package");
    fs::create_dir_all(&folder)?;
    let zip = folder.join(format!("plimsoll-controller-{}.zip", arch.name()));
    let packed = archive::of("bootstrap", &bytes)?;
    fs::write(&zip, &packed)?;
    let size = u64::try_from(packed.len())?;
    say(&format!(
        "{}: {:.2} MB, the binary {:.2} MB",
        zip.display(),
        megabytes(size),
        megabytes(u64::try_from(bytes.len())?)
    ));
    if size > MOST_BYTES {
        bail!("the package has {size} bytes, and {MOST_BYTES} is the most");
    }
    Ok(())
}

/// MB as Lambda counts them.
fn megabytes(bytes: u64) -> f64 {
    // Hundredths are exact in 32 bits, up to 42 GB.
    u32::try_from(bytes * 100 / (1024 * 1024)).map_or(f64::NAN, f64::from) / 100.0
}

/// Refuses a binary that Lambda's system could not load.
fn check(binary: &[u8], arch: Arch) -> Result<()> {
    if let Some((major, minor)) = elf::newest_glibc(binary)?.filter(|needed| *needed > GLIBC) {
        let (most_major, most_minor) = GLIBC;
        bail!(
            "the binary for {} needs glibc {major}.{minor}, and provided.al2023 has \
             {most_major}.{most_minor}; build it on an older system, or with zig",
            arch.name()
        );
    }
    Ok(())
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

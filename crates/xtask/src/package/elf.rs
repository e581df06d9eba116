//! What a binary needs of the C library.

use anyhow::{Context as _, Result};
use object::Endianness;
use object::elf::{FileHeader64, SHT_GNU_VERNEED};
use object::read::elf::{FileHeader as _, SectionHeader as _};

/// The newest version of glibc's symbols that a binary needs; `None` when it needs no glibc.
///
/// Source: Linux Standard Base, "Symbol Versioning".
///
/// # Errors
/// When it is no 64-bit ELF file, or its table of needs is broken.
pub(super) fn newest_glibc(binary: &[u8]) -> Result<Option<(u32, u32)>> {
    let header = FileHeader64::<Endianness>::parse(binary).context("reading the binary")?;
    let endian = header.endian()?;
    let sections = header.sections(endian, binary)?;
    let mut newest = None;
    for section in sections.iter().filter(|section| section.sh_type(endian) == SHT_GNU_VERNEED) {
        let Some((mut needs, link)) = section.gnu_verneed(endian, binary)? else { continue };
        let names = sections.strings(endian, binary, link)?;
        while let Some((_, mut versions)) = needs.next()? {
            while let Some(version) = versions.next()? {
                let name = String::from_utf8_lossy(version.name(endian, names)?);
                newest = newest.max(version_of(&name));
            }
        }
    }
    Ok(newest)
}

/// `GLIBC_2.34` as numbers. Patches, as in `GLIBC_2.2.5`, are of the old days.
fn version_of(symbol: &str) -> Option<(u32, u32)> {
    let mut parts = symbol.strip_prefix("GLIBC_")?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version_of("GLIBC_2.34"), Some((2, 34)));
        assert_eq!(version_of("GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(version_of("GLIBC_PRIVATE"), None);
        assert_eq!(version_of("GCC_3.0"), None);
        assert!(version_of("GLIBC_2.4") < version_of("GLIBC_2.34"));
    }

    #[test]
    #[cfg(target_env = "gnu")]
    fn this_test_itself_needs_a_glibc() {
        let binary = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let newest = newest_glibc(&binary).unwrap();
        assert!(newest > Some((2, 0)), "{newest:?}");
    }

    #[test]
    fn what_is_no_binary_is_refused() {
        assert!(newest_glibc(b"#!/bin/sh\n").is_err());
    }
}

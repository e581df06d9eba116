//! A zip of one program: the same bytes for the same program, so that a deploy without a change is
//! none.

use std::io::{Cursor, Read as _, Write as _};

use anyhow::{Context as _, Result, bail};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The zip that holds one program.
pub(super) fn of(name: &str, program: &[u8]) -> Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        // The first moment of the format, whenever the program was built.
        .last_modified_time(DateTime::default())
        .unix_permissions(0o755);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, options)?;
    zip.write_all(program)?;
    Ok(zip.finish()?.into_inner())
}

/// Whether a zip holds one program and nothing else, which anybody may run, with no time of its own.
///
/// # Errors
///
/// What is otherwise.
pub(super) fn holds(zip: &[u8], name: &str, program: &[u8]) -> Result<()> {
    let mut zip = ZipArchive::new(Cursor::new(zip)).context("opening the zip")?;
    if zip.len() != 1 {
        bail!("the zip holds {} files, and Lambda starts one", zip.len());
    }
    let mut file = zip.by_name(name).with_context(|| format!("looking for {name} in the zip"))?;
    let mode = file.unix_mode().unwrap_or_default();
    if mode != RUNNABLE {
        bail!("{name} has the mode {mode:o}, and should have {RUNNABLE:o}");
    }
    if file.last_modified() != Some(DateTime::default()) {
        bail!("{name} has a time of its own, {:?}", file.last_modified());
    }
    let mut found = Vec::new();
    file.read_to_end(&mut found).context("unpacking the zip")?;
    if found != program {
        bail!("{name} comes out of the zip other than it went in");
    }
    Ok(())
}

/// A regular file that all may read and run, and its owner may change.
const RUNNABLE: u32 = 0o100_755;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_comes_out_as_it_went_in_and_can_be_run() {
        holds(&of("bootstrap", b"program").unwrap(), "bootstrap", b"program").unwrap();
    }

    #[test]
    fn the_same_program_gives_the_same_bytes() {
        assert_eq!(of("bootstrap", b"program").unwrap(), of("bootstrap", b"program").unwrap());
    }

    #[test]
    fn a_zip_that_lambda_could_not_start_is_refused() {
        let zip = |mode, time, more: &[&str]| {
            let options =
                SimpleFileOptions::default().unix_permissions(mode).last_modified_time(time);
            let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
            for name in more {
                zip.start_file(*name, options).unwrap();
                zip.write_all(b"program").unwrap();
            }
            zip.finish().unwrap().into_inner()
        };
        let none = DateTime::default();
        let noon = DateTime::from_date_and_time(2026, 11, 24, 12, 0, 0).unwrap();
        let why =
            |zip: &[u8], program: &[u8]| holds(zip, "bootstrap", program).unwrap_err().to_string();
        let cases = [
            (zip(0o644, none, &["bootstrap"]), "mode"),
            (zip(0o755, noon, &["bootstrap"]), "time"),
            (zip(0o755, none, &["bootstrap", "other"]), "2 files"),
            (zip(0o755, none, &["main"]), "looking for bootstrap"),
        ];
        for (zip, word) in cases {
            assert!(why(&zip, b"program").contains(word), "{word}: {}", why(&zip, b"program"));
        }
        assert!(why(&zip(0o755, none, &["bootstrap"]), b"another").contains("other than"));
    }
}

//! A zip of one program: the same bytes for the same program, so that a deploy without a change is
//! none.

use std::io::{Cursor, Write as _};

use anyhow::Result;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

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

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_program_comes_out_as_it_went_in_and_can_be_run() {
        let zip = of("bootstrap", b"program").unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
        assert_eq!(zip.len(), 1);
        let mut file = zip.by_name("bootstrap").unwrap();
        assert_eq!(file.unix_mode(), Some(0o100_755));
        let mut program = String::new();
        file.read_to_string(&mut program).unwrap();
        assert_eq!(program, "program");
    }

    #[test]
    fn its_time_is_the_formats_first_and_not_the_clocks() {
        let zip = of("bootstrap", b"program").unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
        let time = zip.by_name("bootstrap").unwrap().last_modified().unwrap();
        assert_eq!((time.year(), time.month(), time.day(), time.hour()), (1980, 1, 1, 0));
        assert_eq!(of("bootstrap", b"program").unwrap(), of("bootstrap", b"program").unwrap());
    }
}

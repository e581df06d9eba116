//! A spec as it is kept in a parameter: packed, since the parameter is smaller than most specs.

use std::fmt::Write as _;

use aws_smithy_types::base64;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;
use plimsoll_core::spec::LIMITS;
use sha2::{Digest as _, Sha256};

/// What a packed spec begins with: the format and its version. No YAML of a spec begins so.
const PREFIX: &str = "plimsoll1:";

/// Characters of a parameter of the standard tier. Source: API reference, `PutParameter`, `Value`.
const MOST: usize = 4096;

/// The densest that there is: a spec is packed once and read each minute.
const LEVEL: u8 = 10;

/// The name of the parameter that holds the spec of a platform and environment, in each region.
#[must_use]
pub fn parameter(platform: &str, environment: &str) -> String {
    format!("/plimsoll/{platform}/{environment}/spec")
}

/// Why a text is not what a spec is kept as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishedError {
    /// The spec is too long to be kept.
    #[error(
        "the packed spec has {size} characters, and a parameter holds {MOST}; split the platform, or put more under `defaults`"
    )]
    TooLong {
        /// Its size when packed, in characters.
        size: usize,
    },
    /// The text is not base64 of deflated UTF-8, or is cut off.
    #[error("the text after `{PREFIX}` is no packed spec; publish the spec again")]
    Broken,
    /// The unpacked text is larger than a spec may be.
    #[error("the packed spec unfolds to more than {} bytes; publish the spec again", LIMITS.file_bytes)]
    TooLarge,
}

/// A spec's text as the value of a parameter.
///
/// # Errors
/// [`PublishedError::TooLong`] when it does not fit.
pub fn pack(yaml: &str) -> Result<String, PublishedError> {
    let packed = base64::encode(compress_to_vec(yaml.as_bytes(), LEVEL));
    let size = PREFIX.len() + packed.len();
    if size > MOST {
        return Err(PublishedError::TooLong { size });
    }
    Ok(format!("{PREFIX}{packed}"))
}

/// The spec's text in the value of a parameter. What is not packed is the text itself.
///
/// # Errors
/// When the value says that it is packed, and is not.
pub fn unpack(value: &str) -> Result<String, PublishedError> {
    use miniz_oxide::inflate::TINFLStatus::HasMoreOutput;

    let Some(packed) = value.trim_ascii().strip_prefix(PREFIX) else {
        return Ok(value.to_owned());
    };
    let packed = base64::decode(packed).map_err(|_| PublishedError::Broken)?;
    let text = decompress_to_vec_with_limit(&packed, LIMITS.file_bytes).map_err(|error| {
        if error.status == HasMoreOutput {
            PublishedError::TooLarge
        } else {
            PublishedError::Broken
        }
    })?;
    String::from_utf8(text).map_err(|_| PublishedError::Broken)
}

/// The fingerprint of a spec's text, by which a log says which spec was in force: the first 16
/// hexadecimal digits of its SHA-256.
#[must_use]
pub fn digest(yaml: &str) -> String {
    let mut digits = String::with_capacity(16);
    for byte in Sha256::digest(yaml).iter().take(8) {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    static ALFRED: &str = include_str!("../../../examples/alfred-managed.yaml");

    #[test]
    fn what_is_packed_comes_back_and_fits_a_parameter() {
        let packed = pack(ALFRED).unwrap();
        assert!(packed.len() <= 3000, "{}", packed.len());
        assert_eq!(unpack(&packed).unwrap(), ALFRED);
        assert_eq!(unpack(&format!("{packed}\n")).unwrap(), ALFRED);
    }

    #[test]
    fn plain_text_is_itself() {
        assert_eq!(unpack("platform: alfred\n").unwrap(), "platform: alfred\n");
    }

    #[test]
    fn a_spec_that_does_not_fit_says_how_long_it_is() {
        // Digests in a row have no pattern to pack.
        let noise: String = (0..1000).map(|number| digest(&number.to_string())).collect();
        let error = pack(&noise).unwrap_err();
        assert!(matches!(error, PublishedError::TooLong { size } if size > MOST), "{error}");
        assert!(error.to_string().contains("4096"));
    }

    #[test]
    fn what_is_cut_off_or_garbled_is_broken() {
        let packed = pack(ALFRED).unwrap();
        let cut = &packed[..packed.len() / 2 / 4 * 4 + 2];
        for broken in [cut, "plimsoll1:", "plimsoll1:!!!", "plimsoll1:AAAA"] {
            assert_eq!(unpack(broken), Err(PublishedError::Broken), "{broken}");
        }
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = compress_to_vec(&vec![b' '; LIMITS.file_bytes + 1], LEVEL);
        let bomb = format!("{PREFIX}{}", base64::encode(bomb));
        assert_eq!(unpack(&bomb), Err(PublishedError::TooLarge));
    }

    #[test]
    fn a_digest_is_the_beginning_of_a_sha256() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea");
    }
}

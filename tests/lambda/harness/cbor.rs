//! As much of CBOR (RFC 8949) as an answer of CloudWatch needs.

/// A value.
#[derive(Clone, Debug)]
pub(crate) enum Cbor {
    Text(String),
    Float(f64),
    /// Seconds since the epoch, with tag 1.
    Time(f64),
    List(Vec<Cbor>),
    Map(Vec<(&'static str, Cbor)>),
}

impl Cbor {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Self::Text(text) => {
                head(3, text.len(), to);
                to.extend(text.as_bytes());
            }
            Self::Float(number) => {
                to.push(0xfb);
                to.extend(number.to_be_bytes());
            }
            Self::Time(seconds) => {
                head(6, 1, to);
                Self::Float(*seconds).write(to);
            }
            Self::List(items) => {
                head(4, items.len(), to);
                for item in items {
                    item.write(to);
                }
            }
            Self::Map(entries) => {
                head(5, entries.len(), to);
                for (key, value) in entries {
                    Self::Text((*key).to_owned()).write(to);
                    value.write(to);
                }
            }
        }
    }
}

/// The major type of an item and its length.
fn head(major: u8, length: usize, to: &mut Vec<u8>) {
    let major = major << 5;
    match u16::try_from(length).unwrap() {
        short @ 0..24 => to.push(major | u8::try_from(short).unwrap()),
        byte @ 24..256 => to.extend([major | 0x18, u8::try_from(byte).unwrap()]),
        long => {
            to.push(major | 0x19);
            to.extend(long.to_be_bytes());
        }
    }
}

/// The texts that are values of `key`, wherever it is in `bytes`. Values longer than 255 bytes are
/// passed over: ids are short.
pub(crate) fn texts_of(key: &str, bytes: &[u8]) -> Vec<String> {
    let mut wanted = Vec::new();
    Cbor::Text(key.to_owned()).write(&mut wanted);
    let starts = bytes.windows(wanted.len()).enumerate().filter(|(_, window)| *window == wanted);
    let texts = starts.filter_map(|(start, _)| {
        let value = &bytes[start + wanted.len()..];
        let (length, text) = match value {
            [head @ 0x60..0x78, rest @ ..] => (head & 0x1f, rest),
            [0x78, length, rest @ ..] => (*length, rest),
            _ => return None,
        };
        String::from_utf8(text.get(..usize::from(length))?.to_vec()).ok()
    });
    texts.collect()
}

//! As much of CBOR (RFC 8949) as CloudWatch's requests and answers need.

use serde_json::{Map, Value};

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

/// What the bytes say, as JSON has it; `None` when they are cut off, or beyond what a request of
/// CloudWatch needs. Tags, which only say that a number is a time, are passed over.
pub(crate) fn decode(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes;
    item(&mut rest)
}

/// Ends a list or a map without a length.
const BREAK: u8 = 0xff;

fn item(rest: &mut &[u8]) -> Option<Value> {
    let first = *rest.split_off_first()?;
    let (major, low) = (first >> 5, first & 0x1f);
    match (major, low) {
        (7, 20) => return Some(Value::Bool(false)),
        (7, 21) => return Some(Value::Bool(true)),
        (7, 22) => return Some(Value::Null),
        (7, 27) => return Some(f64::from_be_bytes(array(rest)?).into()),
        (7, 26) => return Some(f32::from_be_bytes(array(rest)?).into()),
        _ => {}
    }
    let length = match low {
        0..24 => Some(u64::from(low)),
        24 => Some(u64::from(u8::from_be_bytes(array(rest)?))),
        25 => Some(u64::from(u16::from_be_bytes(array(rest)?))),
        26 => Some(u64::from(u32::from_be_bytes(array(rest)?))),
        27 => Some(u64::from_be_bytes(array(rest)?)),
        31 => None,
        _ => return None,
    };
    match major {
        0 => Some(length?.into()),
        1 => Some((-1 - i64::try_from(length?).ok()?).into()),
        3 => {
            let text = rest.split_off(..usize::try_from(length?).ok()?)?;
            Some(String::from_utf8(text.to_vec()).ok()?.into())
        }
        4 => {
            let mut list = Vec::new();
            while goes_on(rest, length, list.len())? {
                list.push(item(rest)?);
            }
            Some(list.into())
        }
        5 => {
            let mut map = Map::new();
            while goes_on(rest, length, map.len())? {
                let key = item(rest)?.as_str()?.to_owned();
                map.insert(key, item(rest)?);
            }
            Some(map.into())
        }
        6 => item(rest),
        _ => None,
    }
}

/// Whether a list or a map has another entry.
fn goes_on(rest: &mut &[u8], length: Option<u64>, have: usize) -> Option<bool> {
    match length {
        Some(length) => Some(u64::try_from(have).ok()? < length),
        None if *rest.first()? == BREAK => {
            rest.split_off_first();
            Some(false)
        }
        None => Some(true),
    }
}

fn array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    rest.split_off(..N)?.try_into().ok()
}

//! Free-form information as the text that it came as.

use super::Map;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;
use std::sync::Arc;

/// Deeper ones, and longer numbers, are read once to see whether they can be.
const PLAIN_DEPTH: usize = 100;
const PLAIN_DIGITS: usize = 300;

/// A JSON object that is carried along: an import keeps the words of its file there, with every coordinate of a polygon. As
/// text it is a fifth of what it is as values, cloning costs nothing, and it is read only when somebody asks for a member.
#[derive(Clone, Default)]
pub struct Info(Option<Arc<str>>);

impl Info {
    /// Without members.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Whether it has no members.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// As JSON.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.as_deref().unwrap_or("{}")
    }

    /// The members, to read several or to change them.
    #[must_use]
    pub fn to_map(&self) -> Map {
        self.0.as_deref().map_or_else(Map::new, |text| serde_json::from_str(text).unwrap_or_default())
    }

    /// One member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        // Where the name does not even stand there (nor an escape that could spell it), nothing needs to be read.
        let text = self.0.as_deref()?;
        if !text.contains(name) && !text.contains('\\') {
            return None;
        }
        self.to_map().shift_remove(name)
    }
}

impl From<Map> for Info {
    fn from(map: Map) -> Self {
        Self((!map.is_empty()).then(|| Value::Object(map).to_string().into()))
    }
}

impl PartialEq for Info {
    fn eq(&self, other: &Self) -> bool {
        // The order of members and the space between them say nothing.
        self.text() == other.text() || self.to_map() == other.to_map()
    }
}

impl fmt::Debug for Info {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Serialize for Info {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::from_str::<&RawValue>(self.text()) {
            Ok(raw) => raw.serialize(serializer),
            Err(_) => self.to_map().serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Info {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        let Some(inside) = text.strip_prefix('{') else {
            return Err(D::Error::custom("expected an object"));
        };
        if inside.trim_start().starts_with('}') {
            return Ok(Self::new());
        }
        if !is_plain(text) {
            serde_json::from_str::<Map>(text).map_err(D::Error::custom)?;
        }
        Ok(Self(Some(text.into())))
    }
}

/// Whether JSON that is well-formed can surely be read: not so deep that a reader gives up, no escape that may be half a
/// character, no number that may be too large. Every annotation of an image is asked this when the image is opened, so that
/// the first look goes over the bytes many at a time; only what it is not sure of is looked at closely.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Both brackets differ in one bit.
    let opened = count_where(bytes, |byte| byte | 0x20 == b'{');
    let escapes = count_where(bytes, |byte| byte == b'\\');
    // A number that is too long lies across one of these places.
    let long = (0..bytes.len()).step_by(PLAIN_DIGITS).any(|place| digits_around(bytes, place) > PLAIN_DIGITS);
    (opened <= PLAIN_DEPTH && escapes == 0 && !long && !has_exponents(bytes)) || is_plain_at_a_closer_look(text)
}

/// Whether a number of JSON without escapes has an exponent. Strings are full of what looks like one (checksums are).
fn has_exponents(bytes: &[u8]) -> bool {
    const AT_ONCE: usize = 64;
    let nexts = bytes.get(1..).unwrap_or_default();
    for (index, (digits, es)) in bytes.chunks(AT_ONCE).zip(nexts.chunks(AT_ONCE)).enumerate() {
        let pairs = || digits.iter().zip(es);
        if pairs().fold(0, |found, (digit, e)| found | exponent_bit(*digit, *e)) != 0 {
            let in_number = |place: usize| count_where(&bytes[..place], |byte| byte == b'"') % 2 == 0;
            let places = pairs().enumerate().filter(|(_, (digit, e))| exponent_bit(**digit, **e) != 0);
            if places.map(|(place, _)| index * AT_ONCE + place).any(in_number) {
                return true;
            }
        }
    }
    false
}

/// 1 for an `e` after a digit. Numbers instead of truths, here and below, because those the compiler does sixteen at a time.
const fn exponent_bit(digit: u8, e: u8) -> u8 {
    (digit.wrapping_sub(b'0') < 10) as u8 & (e | 0x20 == b'e') as u8
}

fn count_where(bytes: &[u8], is_counted: impl Fn(u8) -> bool) -> usize {
    let count = |part: &[u8]| part.iter().fold(0, |count: u8, byte| count + u8::from(is_counted(*byte)));
    bytes.chunks(usize::from(u8::MAX)).map(|part| usize::from(count(part))).sum()
}

fn digits_around(bytes: &[u8], place: usize) -> usize {
    let (before, after) = bytes.split_at(place);
    let digits = |byte: &&u8| byte.is_ascii_digit();
    before.iter().rev().take_while(digits).count() + after.iter().take_while(digits).count()
}

fn is_plain_at_a_closer_look(text: &str) -> bool {
    let (mut depth, mut digits, mut in_string) = (0_usize, 0_usize, false);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' => match bytes.next() {
                Some(b'u') | None => return false,
                Some(_) => {}
            },
            _ if in_string => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'E' | b'e' if digits > 0 => return false,
            _ => {}
        }
        digits = if !in_string && byte.is_ascii_digit() { digits + 1 } else { 0 };
        if depth > PLAIN_DEPTH || digits > PLAIN_DIGITS {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Result<Info, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn it_goes_round_as_it_came_and_is_compared_by_what_it_says() {
        let text = r#"{"b":[1.50,2],"a":{"é":"\n"}}"#;
        let info = read(text).expect("an object");
        assert_eq!(serde_json::to_string(&info).expect("text"), text);
        assert_eq!(serde_json::to_value(&info).expect("a value"), json!({"b": [1.5, 2], "a": {"é": "\n"}}));
        let other: Info = serde_json::from_value(json!({"a": {"é": "\n"}, "b": [1.5, 2]})).expect("an object");
        assert_eq!(info, other, "in another order");
        assert_ne!(info, read(r#"{"b":[1.5,2]}"#).expect("an object"));
        assert_eq!(info.get("b"), Some(json!([1.5, 2])));
        assert_eq!((info.get("c"), info.is_empty()), (None, false));
    }

    #[test]
    fn members_are_found_however_they_are_spelt() {
        assert_eq!(read(r#"{"\u0062":1}"#).expect("an object").get("b"), Some(json!(1)));
    }

    #[test]
    fn no_members_are_none() {
        for text in ["{}", "{ \n }"] {
            assert!(read(text).expect("an object").is_empty(), "{text:?}");
        }
        assert_eq!(Info::from(Map::new()), Info::new());
        assert_eq!(serde_json::to_string(&Info::new()).expect("text"), "{}");
    }

    #[test]
    fn what_could_not_be_read_later_is_refused_at_once() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
        let long = format!("{{\"a\":{}}}", "9".repeat(400));
        for text in [r#"{"a":1e999}"#, r#"{"a":"\ud800"}"#, "[1]", "7", "\"a\"", &deep, &long] {
            assert!(read(text).is_err(), "{text:.40}");
        }
        // Wherever the first look looks.
        for name in 0..=PLAIN_DIGITS {
            for number in ["9".repeat(320), "1e999".to_owned(), "1E999".to_owned()] {
                let long = format!("{{\"3e1{}\":{number}}}", "a".repeat(name));
                assert!(read(&long).is_err(), "{number} after {name} letters");
            }
        }
        for text in [r#"{"a":1e9,"true":[true,false,null]}"#, r#"{"e":1,"a":"\ud83d\ude00 1e5"}"#] {
            let info = read(text).expect(text);
            assert_eq!(Value::Object(info.to_map()), serde_json::from_str::<Value>(text).expect(text));
        }
    }
}

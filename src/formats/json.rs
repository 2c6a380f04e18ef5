//! Reading JSON that other programs wrote: what is wrong is named with its place.

use super::Problem;
use super::text::refused;
use crate::model::Map;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;
use std::io::Read;
use std::ops::ControlFlow;

/// Whether what is read is inside a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    Outside,
    Inside,
    /// Behind a backslash.
    Escaped,
}

/// How far a file was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    NotBegun,
    Under,
    Ended,
}

/// Passes JSON through and turns what is no JSON but is written by many programs (`NaN`, `Infinity`) into text of the
/// same length, so that lines and columns stay true and only the number itself is refused.
pub struct Repaired<R> {
    inner: R,
    buffer: Vec<u8>,
    at: usize,
    text: Text,
    file: Progress,
}

const CHUNK: usize = 64 << 10;
/// The longest word that is looked for.
const WORD_MAX: usize = 9;

impl<R: Read> Repaired<R> {
    /// From the start of a file.
    pub const fn new(inner: R) -> Self {
        Self { inner, buffer: Vec::new(), at: 0, text: Text::Outside, file: Progress::NotBegun }
    }

    fn fill(&mut self) -> std::io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let first = self.file == Progress::NotBegun;
        if first {
            self.file = Progress::Under;
        }
        while self.file != Progress::Ended && self.buffer.len() < CHUNK {
            let old = self.buffer.len();
            self.buffer.resize(old + CHUNK, 0);
            let n = self.inner.read(&mut self.buffer[old..])?;
            self.buffer.truncate(old + n);
            if n == 0 {
                self.file = Progress::Ended;
            }
        }
        if first {
            if self.buffer.starts_with(b"\xEF\xBB\xBF") {
                self.buffer.drain(..3);
            }
            if let Some(reason) = refused(&self.buffer) {
                return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, reason));
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Repaired<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.buffer.len() - self.at <= WORD_MAX && !(self.file == Progress::Ended && self.at < self.buffer.len()) {
            self.fill()?;
        }
        let ready = if self.file == Progress::Ended { self.buffer.len() } else { self.buffer.len() - WORD_MAX };
        let mut n = 0;
        while n < out.len() && self.at < ready {
            let byte = self.buffer[self.at];
            self.text = match (self.text, byte) {
                (Text::Escaped, _) => Text::Inside,
                (Text::Inside, b'\\') => Text::Escaped,
                (Text::Inside, b'"') => Text::Outside,
                (Text::Inside, _) => Text::Inside,
                (Text::Outside, _) => {
                    if matches!(byte, b'N' | b'I' | b'-') {
                        self.mend_word();
                    }
                    // A mended word begins with a quote now; it is read like any text.
                    if self.buffer[self.at] == b'"' { Text::Inside } else { Text::Outside }
                }
            };
            let byte = self.buffer[self.at];
            out[n] = byte;
            n += 1;
            self.at += 1;
        }
        Ok(n)
    }
}

impl<R> Repaired<R> {
    fn mend_word(&mut self) {
        let words: [(&[u8], &[u8]); 3] =
            [(b"NaN", b"\"N\""), (b"Infinity", b"\"Infini\""), (b"-Infinity", b"\"-Infini\"")];
        for (word, text) in words {
            if self.buffer[self.at..].starts_with(word) {
                self.buffer[self.at..self.at + word.len()].copy_from_slice(text);
                return;
            }
        }
    }
}

/// A whole file.
///
/// # Errors
/// Where it is no JSON: the line.
pub fn parse(file: &str, bytes: &[u8]) -> Result<Value, Problem> {
    serde_json::from_reader(std::io::BufReader::new(Repaired::new(bytes))).map_err(|error| syntax(file, &error))
}

/// What is wrong with the file as such.
#[must_use]
pub fn syntax(file: &str, error: &serde_json::Error) -> Problem {
    let reason = match error.classify() {
        serde_json::error::Category::Eof => "the file ends in the middle; it is cut short".to_owned(),
        serde_json::error::Category::Io => error.to_string(),
        _ => {
            let text = error.to_string();
            text.rsplit_once(" at line ").map_or(text.clone(), |(what, _)| format!("it is not JSON: {what}"))
        }
    };
    match error.line() {
        0 => Problem::whole(file, reason),
        line => Problem::line(file, u64::try_from(line).unwrap_or(u64::MAX), reason),
    }
}

/// A finite number; text is taken where it is one.
///
/// # Errors
/// What it is instead.
pub fn number(value: &Value) -> Result<f64, String> {
    let found = match value {
        Value::Number(n) => n.as_f64(),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    };
    match found {
        Some(n) if n.is_finite() => Ok(n),
        _ => Err(match value {
            Value::String(s) if s == "N" => "NaN is not a number".to_owned(),
            Value::String(s) if s.ends_with("Infini") => "an infinite number".to_owned(),
            other => format!("{} is not a number", shortened(other)),
        }),
    }
}

/// A list of finite numbers.
///
/// # Errors
/// What it is instead.
pub fn numbers(value: &Value) -> Result<Vec<f64>, String> {
    match value {
        Value::Array(items) => items.iter().map(number).collect(),
        other => Err(format!("{} is not a list of numbers", shortened(other))),
    }
}

/// An id as text, whether it is a number or a text.
#[must_use]
pub fn id(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(s)) => s.clone(),
        Some(Value::Number(n)) => n.to_string(),
        _ => String::new(),
    }
}

/// A text, where it is one.
#[must_use]
pub fn text<'a>(map: &'a Map, key: &str) -> Option<&'a str> {
    map.get(key).and_then(Value::as_str)
}

/// A positive size in pixels, where both are there.
#[must_use]
pub fn size(map: &Map, width: &str, height: &str) -> Option<(f64, f64)> {
    let side = |key| map.get(key).and_then(|v| number(v).ok()).filter(|n| *n > 0.0);
    Some((side(width)?, side(height)?))
}

/// The members that are none of these.
#[must_use]
pub fn others(map: &Map, known: &[&str]) -> Map {
    map.iter().filter(|(key, _)| !known.contains(&key.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// The beginning of a value, for a sentence.
#[must_use]
pub fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Takes an element of a list (with its index) or a whole member (without).
pub type Take<'a> = dyn FnMut(&str, Option<usize>, Value) -> ControlFlow<()> + 'a;

/// Takes the members of an object one at a time, and the elements of some of them one at a time: a file with a million
/// annotations is never in memory as a whole.
pub struct Stream<'a> {
    /// Members whose elements are handed over one by one.
    pub lists: &'a [&'a str],
    /// Members that are passed over.
    pub passed_over: &'a [&'a str],
    /// Takes an element of a list (with its index) or a whole member (without).
    pub take: &'a mut Take<'a>,
}

/// The error by which a stream is ended from inside.
const CANCELLED: &str = "cancelled";

impl Stream<'_> {
    /// Reads a file.
    ///
    /// # Errors
    /// Where it is no JSON from some line on; what came before was handed over. A break is no error.
    pub fn read(self, file: &str, reader: impl Read) -> Result<ControlFlow<()>, Problem> {
        let mut deserializer = serde_json::Deserializer::from_reader(std::io::BufReader::new(Repaired::new(reader)));
        match self.deserialize(&mut deserializer).and_then(|()| deserializer.end()) {
            Ok(()) => Ok(ControlFlow::Continue(())),
            Err(error) if error.to_string().starts_with(CANCELLED) => Ok(ControlFlow::Break(())),
            Err(error) => Err(syntax(file, &error)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Stream<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Stream<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if self.passed_over.contains(&key.as_str()) {
                map.next_value::<IgnoredAny>()?;
            } else if self.lists.contains(&key.as_str()) {
                map.next_value_seed(Elements { key: &key, take: self.take })?;
            } else {
                let value = map.next_value()?;
                if (self.take)(&key, None, value).is_break() {
                    return Err(serde::de::Error::custom(CANCELLED));
                }
            }
        }
        Ok(())
    }
}

struct Elements<'a> {
    key: &'a str,
    take: &'a mut Take<'a>,
}

impl<'de> DeserializeSeed<'de> for Elements<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Elements<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", self.key)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(value) = list.next_element()? {
            if (self.take)(self.key, Some(index), value).is_break() {
                return Err(serde::de::Error::custom(CANCELLED));
            }
            index += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nan_is_refused_in_its_place_and_the_rest_is_read() {
        let text = br#"{"NaN": "Infinity", "a": [1, NaN, -Infinity, Infinity, -2], "b\\": "x\"NaN"}"#;
        let value = parse("f", text).expect("it parses");
        assert_eq!(value["a"], json!([1, "N", "-Infini", "Infini", -2]), "words become text of the same length");
        assert_eq!(value["NaN"], json!("Infinity"), "texts stay");
        assert_eq!(value["b\\"], json!("x\"NaN"), "also behind a quoted mark");
        assert_eq!(number(&value["a"][1]), Err("NaN is not a number".to_owned()), "said in its words");
    }

    #[test]
    fn a_file_longer_than_what_is_read_at_once_is_read_to_its_end() {
        // Every length around the edge of what is read at once: nothing read must not look like the end.
        for pad in 0..40 {
            let text = format!("[\"{}\", NaN, 1]", "x".repeat(CHUNK * 2 - 20 + pad));
            let value = parse("f", text.as_bytes()).expect("it parses");
            assert_eq!(value[2], json!(1), "with {pad} more");
        }
    }

    #[test]
    fn a_cut_file_says_so_with_the_line() {
        let problem = parse("a.json", b"{\n\"a\": [1,\n2").expect_err("cut");
        assert_eq!(problem.to_string(), "a.json, line 3: the file ends in the middle; it is cut short", "");
        let problem = parse("a.json", b"\xFF\xFE{\0").expect_err("UTF-16");
        assert!(problem.reason.contains("UTF-16"), "{problem}");
        let problem = parse("a.zip", b"PK\x03\x04abcdefghijkl").expect_err("an archive");
        assert!(problem.reason.contains("unpack"), "{problem}");
    }
}

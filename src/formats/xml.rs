//! XML as a tree of one element at a time, with the line of each.

use super::Problem;
use super::text::refused;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::{BytesStart, Event};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};

/// Elements in elements; deeper is an attack.
const DEPTH_MAX: usize = 64;

/// An element with all that is in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its attributes, in order.
    pub attributes: Vec<(String, String)>,
    /// The text in it, trimmed.
    pub text: String,
    /// The elements in it, in order.
    pub children: Vec<Self>,
    /// Where it begins, counted from 1; 0 for what was not read.
    pub line: u64,
}

impl Node {
    /// An empty element.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// An element with a text in it.
    #[must_use]
    pub fn leaf(name: &str, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::new(name) }
    }

    /// The same with one more attribute.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.attributes.push((key.to_owned(), value.into()));
        self
    }

    /// An attribute.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// The first element in it of that name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element in it of that name.
    #[must_use]
    pub fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// As JSON, to be kept.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut map = serde_json::Map::new();
        map.insert("n".to_owned(), self.name.clone().into());
        if !self.attributes.is_empty() {
            map.insert("a".to_owned(), self.attributes.iter().map(|(k, v)| json!([k, v])).collect());
        }
        if !self.text.is_empty() {
            map.insert("t".to_owned(), self.text.clone().into());
        }
        if !self.children.is_empty() {
            map.insert("c".to_owned(), self.children.iter().map(Self::to_json).collect());
        }
        Value::Object(map)
    }

    /// From what [`Self::to_json`] gave.
    #[must_use]
    pub fn from_json(value: &Value) -> Option<Self> {
        let text = |v: &Value| v.as_str().map(str::to_owned);
        let pair = |v: &Value| Some((text(v.get(0)?)?, text(v.get(1)?)?));
        let list = |key| value.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        Some(Self {
            name: text(value.get("n")?)?,
            attributes: list("a").iter().filter_map(pair).collect(),
            text: value.get("t").and_then(text).unwrap_or_default(),
            children: list("c").iter().filter_map(Self::from_json).collect(),
            line: 0,
        })
    }

    /// As text, indented.
    pub fn write(&self, out: &mut String, depth: usize) {
        let pad = "  ".repeat(depth);
        // Writing into a text cannot fail.
        write!(out, "{pad}<{}", self.name).ok();
        for (key, value) in &self.attributes {
            write!(out, " {key}=\"{}\"", escaped(value)).ok();
        }
        if self.children.is_empty() {
            if self.text.is_empty() {
                out.push_str("/>\n");
            } else {
                writeln!(out, ">{}</{}>", escaped(&self.text), self.name).ok();
            }
            return;
        }
        writeln!(out, ">{}", escaped(&self.text)).ok();
        for child in &self.children {
            child.write(out, depth + 1);
        }
        writeln!(out, "{pad}</{}>", self.name).ok();
    }
}

/// With the marks that XML gives a meaning replaced; what XML cannot hold at all is left out.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' | '\r' => {
                write!(out, "&#{};", u32::from(c)).ok();
            }
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// Counts the lines that were read.
struct Lines<R> {
    inner: R,
    line: u64,
}

impl<R: BufRead> Read for Lines<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.inner.read(out)?;
        self.count(n, out);
        Ok(n)
    }
}

impl<R> Lines<R> {
    fn count(&mut self, n: usize, bytes: &[u8]) {
        let found = bytes[..n].split(|b| *b == b'\n').count() - 1;
        self.line += u64::try_from(found).unwrap_or(0);
    }
}

impl<R: BufRead> BufRead for Lines<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        let found = self.inner.fill_buf().map_or(0, |b| b[..n.min(b.len())].split(|b| *b == b'\n').count() - 1);
        self.line += u64::try_from(found).unwrap_or(0);
        self.inner.consume(n);
    }
}

/// Reads the root and hands over each element in it as a whole, one at a time.
pub struct Elements<R: Read> {
    file: String,
    reader: quick_xml::Reader<Lines<BufReader<R>>>,
    /// The root, without what is in it.
    pub root: Node,
    ended: bool,
}

impl<R: Read> Elements<R> {
    /// Reads up to the root.
    ///
    /// # Errors
    /// Where there is none.
    pub fn begin(file: &str, reader: R) -> Result<Self, Problem> {
        let mut inner = BufReader::with_capacity(1 << 16, reader);
        // What cannot be read now is said when it is read on.
        if let Some(reason) = inner.fill_buf().ok().and_then(refused) {
            return Err(Problem::whole(file, reason));
        }
        let mut reader = quick_xml::Reader::from_reader(Lines { inner, line: 1 });
        reader.config_mut().trim_text(false);
        let mut elements = Self { file: file.to_owned(), reader, root: Node::default(), ended: false };
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let line = elements.reader.get_ref().line;
            match elements.reader.read_event_into(&mut buffer) {
                Ok(Event::Start(start)) => {
                    elements.root = node(&start, line).map_err(|reason| Problem::line(file, line, reason))?;
                    return Ok(elements);
                }
                Ok(Event::Empty(start)) => {
                    elements.root = node(&start, line).map_err(|reason| Problem::line(file, line, reason))?;
                    elements.ended = true;
                    return Ok(elements);
                }
                Ok(Event::Eof) => return Err(Problem::whole(file, "there is no XML in it")),
                // What is declared there (entities that grow, other files) is not looked at.
                Ok(_) => {}
                Err(error) => return Err(elements.syntax(&error)),
            }
        }
    }

    fn syntax(&self, error: &quick_xml::Error) -> Problem {
        Problem::line(&self.file, self.reader.get_ref().line, format!("it is not XML: {error}"))
    }

    /// The next element in the root; `None` behind the last.
    ///
    /// # Errors
    /// Where the file is no XML from here on.
    pub fn next_element(&mut self) -> Result<Option<Node>, Problem> {
        if self.ended {
            return Ok(None);
        }
        let mut stack: Vec<Node> = Vec::new();
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let line = self.reader.get_ref().line;
            let at = |reason: String| Problem::line(&self.file, line, reason);
            let closed = match self.reader.read_event_into(&mut buffer) {
                Ok(Event::Start(start)) => {
                    if stack.len() >= DEPTH_MAX {
                        return Err(at(format!("more than {DEPTH_MAX} elements in one another")));
                    }
                    stack.push(node(&start, line).map_err(at)?);
                    continue;
                }
                Ok(Event::Empty(start)) => node(&start, line).map_err(at)?,
                Ok(Event::End(_)) => match stack.pop() {
                    Some(node) => node,
                    None => {
                        self.ended = true;
                        return Ok(None);
                    }
                },
                Ok(Event::Text(text)) => {
                    push_text(&mut stack, &text);
                    continue;
                }
                Ok(Event::CData(text)) => {
                    push_text(&mut stack, &text);
                    continue;
                }
                Ok(Event::GeneralRef(name)) => {
                    push_text(&mut stack, &entity(&name).map_err(at)?);
                    continue;
                }
                Ok(Event::Eof) => return Err(at("the file ends in the middle; it is cut short".to_owned())),
                Ok(_) => continue,
                Err(error) => return Err(self.syntax(&error)),
            };
            let closed = Node { text: closed.text.trim().to_owned(), ..closed };
            match stack.last_mut() {
                Some(parent) => parent.children.push(closed),
                None => return Ok(Some(closed)),
            }
        }
    }
}

fn push_text(stack: &mut [Node], text: &str) {
    if let Some(node) = stack.last_mut() {
        node.text.push_str(text);
    }
}

/// Only what XML itself knows, and characters by their number: nothing that could grow.
fn entity(name: &str) -> Result<String, String> {
    if let Some(text) = resolve_xml_entity(name) {
        return Ok(text.to_owned());
    }
    unescape(&format!("&{name};"))
        .map(std::borrow::Cow::into_owned)
        .map_err(|_unknown| format!("&{name}; is not known"))
}

fn node(start: &BytesStart<'_>, line: u64) -> Result<Node, String> {
    let mut node = Node { line, name: start.name().as_ref().to_owned(), ..Node::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("it is not XML: {error}"))?;
        let value = unescape(&attribute.value).map_err(|error| format!("it is not XML: {error}"))?.into_owned();
        node.attributes.push((attribute.key.as_ref().to_owned(), value));
    }
    Ok(node)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_with_their_lines_and_what_is_kept_is_written_back() {
        let text = "<?xml version=\"1.0\"?>\n<root a=\"1\">\n  <x k=\"&lt;&#65;\">\n    <y>a &amp; b</y>\n  </x>\n  <z/>\n</root>";
        let mut elements = Elements::begin("f.xml", text.as_bytes()).expect("a root");
        assert_eq!(elements.root.attribute("a"), Some("1"), "the root's own");
        let x = elements.next_element().expect("it reads").expect("an element");
        assert_eq!((x.line, x.attribute("k"), x.child_text("y")), (3, Some("<A"), Some("a & b")), "{x:?}");
        assert_eq!(elements.next_element().expect("it reads").map(|z| z.name), Some("z".to_owned()), "");
        assert_eq!(elements.next_element().expect("it reads"), None, "the end");
        let back = Node::from_json(&x.to_json()).expect("it was kept");
        let mut out = String::new();
        back.write(&mut out, 0);
        assert_eq!(out, "<x k=\"&lt;A\">\n  <y>a &amp; b</y>\n</x>\n", "as it was");
    }

    #[test]
    fn entities_that_grow_and_cut_files_are_refused_with_the_line() {
        let bomb = "<!DOCTYPE r [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<r>\n<x>&b;</x></r>";
        let problem = Elements::begin("f.xml", bomb.as_bytes()).expect("a root").next_element().expect_err("refused");
        assert_eq!(problem.to_string(), "f.xml, line 3: &b; is not known", "");
        let problem = Elements::begin("f.xml", &b"<r>\n<x>"[..]).expect("a root").next_element().expect_err("cut");
        assert!(problem.to_string().contains("line 2: the file ends in the middle"), "{problem}");
    }
}

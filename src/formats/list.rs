//! A JSON list that is written element by element: it is never in memory as a whole.

use serde_json::Value;
use std::io::{self, Write};

/// A list on its way, each element on a line of its own.
pub struct List<W> {
    out: W,
    first: bool,
}

impl<W: Write> List<W> {
    /// Begins it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn begin(mut out: W) -> io::Result<Self> {
        out.write_all(b"[")?;
        Ok(Self { out, first: true })
    }

    /// One more element.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn element(&mut self, value: &Value) -> io::Result<()> {
        let comma = if std::mem::take(&mut self.first) { "" } else { "," };
        write!(self.out, "{comma}\n{value}")
    }

    /// Ends it and gives the output back.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn end(mut self) -> io::Result<W> {
        self.out.write_all(b"\n]")?;
        Ok(self.out)
    }

    /// A list as a whole.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn whole(out: W, items: impl IntoIterator<Item = Value>) -> io::Result<W> {
        let mut list = Self::begin(out)?;
        for item in items {
            list.element(&item)?;
        }
        list.end()
    }
}

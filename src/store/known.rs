//! What the store has of the annotations that a page of a listing shows. Most of them are as they were: that is seen by their
//! text, without parsing what is kept.

use super::row::{RawRow, json, read_raw};
use super::{Reader, StoreError};
use crate::api;
use crate::sync::Record;
use rusqlite::params;

/// What is kept of an annotation that the server lists.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// Nothing, or nothing that can be believed.
    No,
    /// The same to the letter, and nothing is to be sent, found out or decided.
    Same,
    /// This.
    As(Box<Record>),
}

impl Reader {
    /// Of each of these, in their order.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn known(&self, listed: &[api::Annotation]) -> Result<Vec<Known>, StoreError> {
        // One look at the file for all of them, instead of one each.
        let all = self.conn.unchecked_transaction()?;
        let mut statement = all.prepare_cached(include_str!("sql/annotation_by_key.sql"))?;
        let mut known = Vec::with_capacity(listed.len());
        for annotation in listed {
            let mut rows = statement.query(params![annotation.input_id, annotation.id])?;
            let raw = rows.next()?.and_then(|row| read_raw(row).ok()).filter(RawRow::is_whole);
            known.push(match raw {
                None => Known::No,
                Some(raw) if raw.is_settled_as(&json(annotation)?) => Known::Same,
                Some(raw) => raw.record().map_or(Known::No, |record| Known::As(Box::new(record))),
            });
        }
        Ok(known)
    }
}

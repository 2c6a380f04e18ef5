//! Class names and their numbers, the same from export to export.

use crate::formats::{Class, Format};
use crate::model::{ConceptId, Map};
use crate::store::{ConceptRow, Reader, StoreError};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// The concepts of a project as classes of files.
pub struct Classes {
    ids: HashMap<String, ConceptId>,
    names: HashMap<ConceptId, String>,
    new: Vec<ConceptRow>,
    next_position: i64,
}

impl Classes {
    /// Of a project.
    pub fn new(rows: Vec<ConceptRow>) -> Self {
        let mut classes = Self { ids: HashMap::new(), names: HashMap::new(), new: Vec::new(), next_position: 0 };
        for row in &rows {
            // The id always finds it; a name only where it is no other's id, and the first of equal ones.
            classes.ids.insert(row.concept.id.0.clone(), row.concept.id.clone());
            classes.next_position = classes.next_position.max(row.position + 1);
        }
        for row in rows {
            let free = !classes.ids.contains_key(&row.concept.name) || row.concept.name == row.concept.id.0;
            let name = if free { row.concept.name } else { row.concept.id.0.clone() };
            classes.ids.entry(name.clone()).or_insert_with(|| row.concept.id.clone());
            classes.names.insert(row.concept.id, name);
        }
        classes
    }

    /// The concept of a class; a new one where there is none.
    pub fn concept(&mut self, name: &str) -> ConceptId {
        if let Some(id) = self.ids.get(name) {
            return id.clone();
        }
        let id = ConceptId(name.to_owned());
        self.ids.insert(name.to_owned(), id.clone());
        self.names.insert(id.clone(), name.to_owned());
        self.new.push(ConceptRow {
            concept: crate::model::Concept { id: id.clone(), name: name.to_owned(), color: None },
            position: self.next_position,
            hotkey: None,
            hidden: false,
            last_used_seq: 0,
        });
        self.next_position += 1;
        id
    }

    /// Concepts that [`Self::concept`] made.
    pub fn new_rows(&self) -> &[ConceptRow] {
        &self.new
    }

    /// The class of a concept.
    pub fn name(&self, id: &ConceptId) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| id.0.clone())
    }
}

/// The setting that remembers the classes of a format.
pub fn setting_key(format: Format) -> String {
    format!("formats/{}/classes", format.family())
}

/// The setting that remembers what a file of a format said of itself.
pub fn file_key(format: Format) -> String {
    format!("formats/{}/file", format.family())
}

/// What is remembered.
///
/// # Errors
/// Where the project cannot be read.
pub fn remembered(reader: &Reader, format: Format) -> Result<Vec<Class>, StoreError> {
    let Some(Value::Array(rows)) = reader.setting(&setting_key(format))? else { return Ok(Vec::new()) };
    let class = |row: &Value| {
        Some(Class {
            number: row.get("number").and_then(Value::as_i64),
            name: row.get("name").and_then(Value::as_str)?.to_owned(),
            kept: row.get("kept").and_then(Value::as_object).cloned().unwrap_or_default(),
        })
    };
    Ok(rows.iter().filter_map(class).collect())
}

/// The same as a setting.
pub fn to_setting(classes: &[Class]) -> Value {
    let row = |class: &Class| {
        let mut map = Map::new();
        map.insert("name".to_owned(), class.name.clone().into());
        if let Some(number) = class.number {
            map.insert("number".to_owned(), json!(number));
        }
        if !class.kept.is_empty() {
            map.insert("kept".to_owned(), Value::Object(class.kept.clone()));
        }
        Value::Object(map)
    };
    classes.iter().map(row).collect()
}

/// What was remembered with what a file has: numbers stay those that were there first.
pub fn merged(mut old: Vec<Class>, found: Vec<Class>) -> Vec<Class> {
    for class in found {
        match old.iter_mut().find(|c| c.name == class.name) {
            Some(same) => {
                same.kept.extend(class.kept);
                if same.number.is_none() {
                    same.number = class.number;
                }
            }
            None => {
                let taken = class.number.is_some_and(|n| old.iter().any(|c| c.number == Some(n)));
                old.push(Class { number: class.number.filter(|_| !taken), ..class });
            }
        }
    }
    old
}

/// Classes that all have numbers: those that are remembered keep theirs, new ones come behind, from `first` on.
pub fn numbered(mut old: Vec<Class>, names: impl Iterator<Item = String>, first: i64) -> Vec<Class> {
    let known: HashSet<String> = old.iter().map(|c| c.name.clone()).collect();
    let mut seen = known.clone();
    old.extend(names.filter(|name| seen.insert(name.clone())).map(|name| Class { name, ..Class::default() }));
    let mut next = old.iter().filter_map(|c| c.number).max().map_or(first, |n| n + 1);
    for class in &mut old {
        if class.number.is_none() {
            class.number = Some(next);
            next += 1;
        }
    }
    old
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(number: Option<i64>, name: &str) -> Class {
        Class { number, name: name.to_owned(), kept: Map::new() }
    }

    #[test]
    fn numbers_with_gaps_stay_and_new_classes_come_behind() {
        let old = vec![class(Some(1), "person"), class(Some(90), "toothbrush")];
        let names = ["cat", "person", "dog"].map(str::to_owned);
        let all = numbered(old.clone(), names.clone().into_iter(), 1);
        let again = numbered(all.clone(), names.into_iter().rev(), 1);
        assert_eq!(all[2..], [class(Some(91), "cat"), class(Some(92), "dog")], "behind the gap");
        assert_eq!(again, all, "whatever the order of the concepts is later");
        assert_eq!(merged(old, vec![class(Some(1), "car")])[2], class(None, "car"), "a number is nobody's twice");
    }
}

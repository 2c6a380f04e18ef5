//! Concepts: listed, searched, added, renamed; and those that annotations mention, which come into being by it.

use super::check;
use super::core::{Caller, Core, batch_size, limits, parsed, written};
use super::db::failed;
use crate::api::{Annotation, ApiError, Concept, Data, Page, StatusCode};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

impl Core {
    /// One page of concepts.
    pub fn list_concepts(&self, caller: &Caller, page: Page) -> Result<Vec<Concept>, ApiError> {
        let (limit, offset) = limits(page)?;
        self.read(|connection| {
            let mut statement = connection.prepare_cached(include_str!("sql/concept_list.sql")).map_err(failed)?;
            let rows = statement.query_map(params![caller.app.n, limit, offset], columns).map_err(failed)?;
            rows.map(|row| concept(row.map_err(failed)?)).collect()
        })
    }

    /// Concepts whose name or id matches, `*` standing for anything.
    pub fn search_concepts(&self, caller: &Caller, name: &str, page: Page) -> Result<Vec<Concept>, ApiError> {
        let (limit, offset) = limits(page)?;
        let pattern = like_pattern(name);
        self.read(|connection| {
            let mut statement = connection.prepare_cached(include_str!("sql/concept_search.sql")).map_err(failed)?;
            let rows = statement.query_map(params![caller.app.n, pattern, limit, offset], columns).map_err(failed)?;
            rows.map(|row| concept(row.map_err(failed)?)).collect()
        })
    }

    /// One concept.
    pub fn get_concept(&self, caller: &Caller, id: &str) -> Result<Concept, ApiError> {
        self.read(|connection| find(connection, caller, id))?.ok_or_else(|| missing(id))
    }

    /// Adds concepts, all or none. The same one again is a success; another name for an id that exists is refused with
    /// 40003, as the service does.
    pub fn post_concepts(&self, caller: &Caller, items: Vec<Concept>) -> Result<Vec<Concept>, ApiError> {
        self.write_concepts(items, |connection, mut item| {
            if item.name.is_empty() {
                item.name.clone_from(&item.id);
            }
            match find(connection, caller, &item.id)? {
                None => insert(connection, caller, &item),
                Some(old) if old.name == item.name => Ok(old),
                Some(old) => Err(ApiError::coded(
                    StatusCode::CONCEPTS_INVALID_REQUEST,
                    format!(
                        "duplicate: the concept {:?} exists and is called {:?}. Nothing was added.",
                        old.id, old.name
                    ),
                )),
            }
        })
    }

    /// Renames concepts, all or none.
    pub fn patch_concepts(&self, caller: &Caller, items: Vec<Concept>) -> Result<Vec<Concept>, ApiError> {
        self.write_concepts(items, |connection, item| {
            let Some(mut old) = find(connection, caller, &item.id)? else {
                return Err(missing(&item.id));
            };
            if !item.name.is_empty() {
                old.name = item.name;
            }
            old.rest.extend(item.rest);
            let body = written(&old)?;
            connection
                .prepare_cached(include_str!("sql/concept_update.sql"))
                .and_then(|mut s| s.execute(params![caller.app.n, old.id, old.name, body]))
                .map_err(failed)?;
            Ok(old)
        })
    }

    fn write_concepts(
        &self,
        items: Vec<Concept>,
        one: impl Fn(&Connection, Concept) -> Result<Concept, ApiError>,
    ) -> Result<Vec<Concept>, ApiError> {
        batch_size("concepts", items.len())?;
        self.db.write(|connection| {
            let write = |mut item: Concept| {
                item.value = 1.0;
                check::new_id("concept", &item.id)
                    .map_err(|why| ApiError::coded(StatusCode::CONCEPTS_INVALID_REQUEST, why))?;
                one(connection, item)
            };
            items.into_iter().map(write).collect()
        })
    }
}

fn missing(id: &str) -> ApiError {
    ApiError::coded(StatusCode::CONN_DOES_NOT_EXIST, format!("There is no concept {id:?} in this app."))
}

/// Fills in ids and names of the concepts that an annotation mentions, and makes those that there are not.
pub fn settle(connection: &Connection, caller: &Caller, item: &mut Annotation) -> Result<(), ApiError> {
    item.data.as_mut().map_or(Ok(()), |data| settle_data(connection, caller, data))
}

fn settle_data(connection: &Connection, caller: &Caller, data: &mut Data) -> Result<(), ApiError> {
    for concept in &mut data.concepts {
        if concept.id.is_empty() {
            concept.id.clone_from(&concept.name);
        }
        if let Some(known) = find(connection, caller, &concept.id)? {
            concept.name = known.name;
            continue;
        }
        if concept.name.is_empty() {
            concept.name.clone_from(&concept.id);
        }
        let new = Concept { id: concept.id.clone(), name: concept.name.clone(), ..Concept::default() };
        insert(connection, caller, &new)?;
    }
    for region in &mut data.regions {
        if let Some(data) = &mut region.data {
            settle_data(connection, caller, data)?;
        }
    }
    for frame in &mut data.frames {
        if let Some(data) = &mut frame.data {
            settle_data(connection, caller, data)?;
        }
    }
    Ok(())
}

fn insert(connection: &Connection, caller: &Caller, concept: &Concept) -> Result<Concept, ApiError> {
    let mut stored = concept.clone();
    stored.rest.insert("created_at".to_owned(), super::clock::now_rfc3339().into());
    stored.rest.insert("app_id".to_owned(), caller.app.name.id.clone().into());
    let body = written(&stored)?;
    connection
        .prepare_cached(include_str!("sql/concept_insert.sql"))
        .and_then(|mut s| s.execute(params![caller.app.n, stored.id, stored.name, body]))
        .map_err(failed)?;
    Ok(stored)
}

fn find(connection: &Connection, caller: &Caller, id: &str) -> Result<Option<Concept>, ApiError> {
    connection
        .prepare_cached(include_str!("sql/concept_get.sql"))
        .and_then(|mut s| s.query_row(params![caller.app.n, id], columns).optional())
        .map_err(failed)?
        .map(concept)
        .transpose()
}

type Columns = (String, String, String);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn concept((id, name, body): Columns) -> Result<Concept, ApiError> {
    let mut concept: Concept = parsed(&body)?;
    concept.id = id;
    concept.name = name;
    Ok(concept)
}

/// A LIKE pattern: `*` becomes `%`, what LIKE would read as its own is escaped.
fn like_pattern(name: &str) -> String {
    let mut pattern = String::with_capacity(name.len() + 2);
    for c in name.chars() {
        match c {
            '*' => pattern.push('%'),
            '%' | '_' | '\\' => pattern.extend(['\\', c]),
            c => pattern.push(c),
        }
    }
    pattern
}

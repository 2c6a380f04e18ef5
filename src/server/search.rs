//! Searches: what an index can narrow down SQL does, the rest is matched annotation by annotation.

use super::core::{Caller, Core, checked, limits, parsed};
use super::db::failed;
use super::row;
use crate::api::{
    Annotation, AnnotationSearch, ApiError, Concept, Data, Hit, Input, Map, RegionInfo, SearchFilter, StatusCode,
};
use rusqlite::{Connection, params};
use serde_json::Value;

/// Rows looked at in one go.
const CHUNK_ROWS: i64 = 2000;

/// What SQL narrows down; `None` for any.
#[derive(Default)]
struct Narrowed<'a> {
    status: Option<u32>,
    user_id: Option<&'a str>,
    model_version_id: Option<&'a str>,
    input_id: Option<&'a str>,
    id: Option<&'a str>,
    task_id: Option<&'a str>,
    input_level: Option<bool>,
}

impl Core {
    /// One page of what a search finds, whoever made it, oldest first.
    pub fn search_annotations(&self, caller: &Caller, search: &AnnotationSearch) -> Result<Vec<Hit>, ApiError> {
        let (limit, offset) = limits(search.page)?;
        search.filters.iter().try_for_each(supported)?;
        let narrowed = narrow(&search.filters);
        self.read(|connection| {
            let (mut after, mut skipped, mut hits) = (0, 0, Vec::new());
            loop {
                let rows = candidates(connection, caller, &narrowed, after)?;
                let Some((last, _)) = rows.last() else { return Ok(hits) };
                after = *last;
                for (_, body) in rows {
                    let annotation: Annotation = parsed(&body)?;
                    if !search.filters.iter().all(|filter| matches(filter, &annotation)) {
                        continue;
                    }
                    if skipped < offset {
                        skipped += 1;
                        continue;
                    }
                    hits.push(hit(annotation, caller));
                    if i64::try_from(hits.len()).is_ok_and(|found| found == limit) {
                        return Ok(hits);
                    }
                }
            }
        })
    }
}

fn hit(annotation: Annotation, caller: &Caller) -> Hit {
    let input = Input { id: annotation.input_id.clone(), ..Input::default() };
    let mut rest = Map::new();
    rest.insert("user_id".to_owned(), caller.app.name.owner.clone().into());
    rest.insert("app_id".to_owned(), caller.app.name.id.clone().into());
    Hit { score: 1.0, input: Some(input), annotation: Some(annotation), rest: rest.into() }
}

fn candidates(
    connection: &Connection,
    caller: &Caller,
    narrowed: &Narrowed<'_>,
    after: i64,
) -> Result<Vec<(i64, String)>, ApiError> {
    let mut statement = connection.prepare_cached(include_str!("sql/annotation_candidates.sql")).map_err(failed)?;
    let rows = statement
        .query_map(
            params![
                caller.app.n,
                narrowed.status,
                narrowed.user_id,
                narrowed.model_version_id,
                narrowed.input_id,
                narrowed.id,
                narrowed.task_id,
                narrowed.input_level,
                after,
                CHUNK_ROWS
            ],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .map_err(failed)?;
    rows.map(|row| {
        let (seq, body, crc): (i64, String, u32) = row.map_err(failed)?;
        Ok((seq, checked(body, crc)?))
    })
    .collect()
}

/// Silently finding too much would be worse than saying so.
fn supported(filter: &SearchFilter) -> Result<(), ApiError> {
    let in_input = filter.input.as_ref().and_then(|input| {
        let data = input.data.as_ref().is_some_and(|data| *data != Data::default());
        input.rest.keys().next().map(String::as_str).or(data.then_some("data"))
    });
    let unknown = filter.rest.keys().next().map(String::as_str).or(in_input);
    unknown.map_or(Ok(()), |name| {
        Err(ApiError::coded(
            StatusCode::SEARCH_INVALID_REQUEST,
            format!("This server cannot search by {name}. Leave it out."),
        ))
    })
}

fn narrow(filters: &[SearchFilter]) -> Narrowed<'_> {
    let mut narrowed = Narrowed::default();
    for wanted in filters.iter().filter(|filter| !filter.negate).filter_map(|filter| filter.annotation.as_ref()) {
        let text = |value: &'_ str| !value.is_empty();
        narrowed.status = narrowed.status.or(wanted.status.as_ref().map(|s| s.code.0).filter(|code| *code != 0));
        narrowed.user_id = narrowed.user_id.or(user_of(wanted));
        narrowed.model_version_id = narrowed.model_version_id.or(model_version_of(wanted));
        narrowed.input_id = narrowed.input_id.or(Some(wanted.input_id.as_str()).filter(|id| text(id)));
        narrowed.id = narrowed.id.or(Some(wanted.id.as_str()).filter(|id| text(id)));
        narrowed.task_id = narrowed.task_id.or(wanted.rest.get("task_id").and_then(Value::as_str));
        narrowed.input_level = narrowed.input_level.or(row::is_input_level(wanted).then_some(true));
    }
    narrowed
}

fn user_of(annotation: &Annotation) -> Option<&str> {
    let user = annotation.worker.as_ref().and_then(|worker| worker.user.as_ref()).map(|user| user.id.as_str());
    user.or(annotation.user_id.as_deref()).filter(|id| !id.is_empty())
}

fn model_version_of(annotation: &Annotation) -> Option<&str> {
    let model = annotation.worker.as_ref().and_then(|worker| worker.model.as_ref());
    let version = model.and_then(|model| model.model_version.as_ref()).map(|version| version.id.as_str());
    version.or(annotation.model_version_id.as_deref()).filter(|id| !id.is_empty())
}

/// Whether everything that the filter says holds, or not if it is negated.
fn matches(filter: &SearchFilter, found: &Annotation) -> bool {
    let annotation = filter.annotation.as_ref().is_none_or(|wanted| annotation_matches(wanted, found));
    let input = filter.input.as_ref().is_none_or(|wanted| wanted.id.is_empty() || wanted.id == found.input_id);
    (annotation && input) != filter.negate
}

fn annotation_matches(wanted: &Annotation, found: &Annotation) -> bool {
    let same = |a: &str, b: &str| a.is_empty() || a == b;
    let code = |annotation: &Annotation| annotation.status.as_ref().map_or(0, |status| status.code.0);
    let members = wanted.rest.iter().all(|(name, value)| {
        // false is what an absent flag means.
        found.rest.get(name).map_or(value == &Value::Bool(false), |other| contains(other, value))
    });
    same(&wanted.id, &found.id)
        && same(&wanted.input_id, &found.input_id)
        && (code(wanted) == 0 || code(wanted) == code(found))
        && user_of(wanted).is_none_or(|user| Some(user) == found.user_id.as_deref())
        && model_version_of(wanted).is_none_or(|version| Some(version) == found.model_version_id.as_deref())
        && members
        && wanted.annotation_info.as_ref().is_none_or(|info| {
            let found = found.annotation_info.clone().unwrap_or_default();
            contains(&Value::Object(found.to_map()), &Value::Object(info.to_map()))
        })
        && wanted.data.as_ref().is_none_or(|data| data_matches(data, found))
}

/// `{}` means: says something of the whole input; concepts may stand at the input or in the region.
fn data_matches(wanted: &Data, found: &Annotation) -> bool {
    let none = Data::default();
    let data = found.data.as_ref().unwrap_or(&none);
    if *wanted == none {
        return data.regions.is_empty() && data.frames.is_empty() && !data.rest.contains_key("time_segments");
    }
    let region = row::region(found);
    let in_region = region.and_then(|region| region.data.as_ref()).map_or(&[][..], |data| &data.concepts);
    let in_frame = data.frames.first().and_then(|frame| frame.data.as_ref()).map_or(&[][..], |data| &data.concepts);
    let has = |wanted: &Concept| {
        data.concepts.iter().chain(in_region).chain(in_frame).any(|concept| concept_matches(wanted, concept))
    };
    wanted.concepts.iter().all(has)
        && wanted.regions.iter().all(|wanted| {
            region.is_some_and(|region| {
                let info = region.region_info.as_ref();
                (wanted.id.is_empty() || wanted.id == region.id)
                    && wanted.region_info.as_ref().is_none_or(|wanted| info.is_some_and(|i| kind_matches(wanted, i)))
                    && wanted
                        .rest
                        .iter()
                        .all(|(name, value)| region.rest.get(name).is_some_and(|other| contains(other, value)))
                    && wanted.data.as_ref().is_none_or(|data| data.concepts.iter().all(has))
            })
        })
        && (wanted.frames.is_empty() || !data.frames.is_empty())
        && wanted.rest.iter().all(|(name, value)| data.rest.get(name).is_some_and(|other| contains(other, value)))
}

/// Value 0 asks for "not present", any other value for at least half of it.
fn concept_matches(wanted: &Concept, found: &Concept) -> bool {
    let same = if wanted.id.is_empty() { wanted.name == found.name } else { wanted.id == found.id };
    same && if wanted.value == 0.0 { found.value == 0.0 } else { found.value >= wanted.value * 0.5 }
}

fn kind_matches(wanted: &RegionInfo, found: &RegionInfo) -> bool {
    (wanted.bounding_box.is_none() || found.bounding_box.is_some())
        && (wanted.polygon.is_none() || found.polygon.is_some())
        && (wanted.point.is_none() || found.point.is_some())
        && wanted.rest.keys().all(|kind| found.rest.contains_key(kind))
}

/// Whether every member of `part` is in `whole`.
fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(name, value)| whole.get(name).is_some_and(|other| contains(other, value)))
        }
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => whole == part,
    }
}

//! Writing annotations: POST, PATCH and DELETE, item by item in one transaction.

use super::check;
use super::concepts;
use super::core::{Caller, Core, batch_size, checked, parsed, written};
use super::db::failed;
use super::patch;
use super::row::{self, Stored};
use super::strict::Habit;
use crate::api::{
    Annotation, AnnotationKey, ApiError, Data, DeleteTargets, Items, PatchAction, Region, Status, StatusCode, WhenEmpty,
};
use rusqlite::{Connection, OptionalExtension as _, params};

/// An item as it came: readable, or what is wrong with it and the ids that could be read.
pub type Incoming = Result<Annotation, (AnnotationKey, String)>;

/// Why an item is refused.
type Refusal = Status;

fn invalid(details: impl Into<String>) -> Refusal {
    Status::with_details(StatusCode::ANNOTATION_INVALID_ARGUMENT, details)
}

fn denied(details: impl Into<String>) -> Refusal {
    Status::with_details(StatusCode::ANNOTATION_PERMISSION_DENIED, details)
}

/// How an item ends: done or refused; a failing database ends the whole call.
type Outcome = Result<Result<Annotation, Refusal>, ApiError>;

/// Evaluates a `Result` with a refusal inside an [`Outcome`] function.
macro_rules! or_refuse {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(refusal) => return Ok(Err(refusal)),
        }
    };
}

impl Core {
    /// Creates annotations.
    pub fn post_annotations(&self, caller: &Caller, items: Vec<Incoming>) -> Result<Items<Annotation>, ApiError> {
        batch_size("annotations", items.len())?;
        self.write_items(items, |connection, item| self.post_one(connection, caller, item))
    }

    /// Changes annotations.
    pub fn patch_annotations(
        &self,
        caller: &Caller,
        items: Vec<Incoming>,
        action: PatchAction,
        when_empty: WhenEmpty,
    ) -> Result<Items<Annotation>, ApiError> {
        batch_size("annotations", items.len())?;
        self.write_items(items, |connection, item| self.patch_one(connection, caller, &item, action, when_empty))
    }

    fn write_items(
        &self,
        items: Vec<Incoming>,
        one: impl Fn(&Connection, Annotation) -> Outcome,
    ) -> Result<Items<Annotation>, ApiError> {
        let mut rejected = None;
        let result = self.db.write(|connection| {
            let mut answers = Vec::with_capacity(items.len());
            for item in items {
                let (key, outcome) = match item {
                    Ok(item) => (item.key(), one(connection, item)?),
                    Err((key, why)) => (key, Err(invalid(why))),
                };
                answers.push(outcome.unwrap_or_else(|status| refused(key, status)));
            }
            if self.personality.has(Habit::WholeBatchRejected) && answers.iter().any(|a| a.refusal().is_some()) {
                rejected = Some(answers);
                // An error undoes the transaction.
                return Err(ApiError::coded(StatusCode::FAILURE, ""));
            }
            Ok(answers)
        });
        if let Some(answers) = rejected {
            let items = answers.into_iter().map(|item| {
                let status = item.refusal().cloned().unwrap_or_else(|| {
                    Status::with_details(StatusCode::ANNOTATION_FAILED, "Not done because of another item.")
                });
                refused(item.key(), status)
            });
            return Ok(Items { status: Status::of(StatusCode::FAILURE), items: items.collect() });
        }
        Ok(self.answer(result?, |item| item.refusal().is_some()))
    }

    fn post_one(&self, connection: &Connection, caller: &Caller, mut item: Annotation) -> Outcome {
        if item.id.is_empty() {
            item.id = super::clock::new_id();
        }
        or_refuse!(check::new_id("annotation", &item.id).map_err(invalid));
        or_refuse!(check::annotation(&item).map_err(invalid));
        or_refuse!(row::settle_worker(&mut item, caller));
        or_refuse!(row::settle_status(&mut item).map_err(invalid));
        row::drop_server_members(&mut item);
        if !super::inputs::exists(connection, caller, &item.input_id)? {
            let details = format!("There is no input {:?} in this app.", item.input_id);
            return Ok(Err(Status::with_details(StatusCode::INPUT_DOES_NOT_EXIST, details)));
        }
        let made_from = row::fingerprint(&item)?;
        if let Some(old) = find(connection, caller, &item.key())? {
            return self.post_again(connection, caller, &item, &old, &made_from);
        }
        if self.personality.has(Habit::IdsNotReused) && was_deleted(connection, caller, &item.key())? {
            return Ok(Err(Status::of(StatusCode::DATABASE_DUPLICATE_KEY)));
        }
        or_refuse!(settle_regions(connection, caller, &mut item, None)?);
        concepts::settle(connection, caller, &mut item)?;
        let now = super::clock::now_rfc3339();
        item.created_at = Some(now.clone());
        item.modified_at = Some(now);
        insert(connection, caller, &item, &made_from)?;
        Ok(Ok(item))
    }

    /// A POST of an id that exists: the same request again is a success, because the first answer may have got lost.
    fn post_again(
        &self,
        connection: &Connection,
        caller: &Caller,
        item: &Annotation,
        old: &Stored,
        made_from: &[u8],
    ) -> Outcome {
        if self.personality.has(Habit::DuplicateReplaces) {
            or_refuse!(may_change(caller, old));
            let action = PatchAction::Overwrite;
            return self.patch_one(connection, caller, item, action, WhenEmpty::Keep);
        }
        if old.made_from == made_from && !self.personality.has(Habit::DuplicateRefused) {
            return Ok(Ok(parsed(&old.body)?));
        }
        Ok(Err(Status::of(StatusCode::DATABASE_DUPLICATE_KEY)))
    }

    fn patch_one(
        &self,
        connection: &Connection,
        caller: &Caller,
        change: &Annotation,
        action: PatchAction,
        when_empty: WhenEmpty,
    ) -> Outcome {
        let key = change.key();
        let Some(stored) = find(connection, caller, &key)? else {
            let details = format!("There is no annotation {:?} on input {:?}.", key.id, key.input_id);
            return Ok(Err(Status::with_details(StatusCode::CONN_DOES_NOT_EXIST, details)));
        };
        or_refuse!(may_change(caller, &stored));
        let old: Annotation = parsed(&stored.body)?;
        let mut new = or_refuse!(changed(&old, change, action).map_err(invalid));
        or_refuse!(check::annotation(&new).map_err(invalid));
        or_refuse!(row::settle_status(&mut new).map_err(invalid));
        or_refuse!(settle_regions(connection, caller, &mut new, Some(&old))?);
        concepts::settle(connection, caller, &mut new)?;
        if action == PatchAction::Remove
            && when_empty == WhenEmpty::Delete
            && !stored.input_level
            && row::is_empty(&new)
        {
            self.delete_one(connection, caller, &key)?;
            return Ok(Ok(new));
        }
        if new != old {
            new.modified_at = Some(super::clock::now_rfc3339());
            update(connection, caller, &new)?;
        }
        Ok(Ok(new))
    }

    /// Deletes annotations, all or none.
    pub fn delete_annotations(&self, caller: &Caller, targets: &DeleteTargets) -> Result<(), ApiError> {
        self.db.write(|connection| match targets {
            DeleteTargets::Pairs(keys) => {
                for key in keys {
                    let Some(stored) = find(connection, caller, key)? else { continue };
                    permitted(may_change(caller, &stored))?;
                    if stored.input_level {
                        return Err(ApiError::coded(
                            StatusCode::CONN_INVALID_REQUEST,
                            "An input-level annotation goes only with its input. Nothing was deleted.",
                        ));
                    }
                    self.delete_one(connection, caller, key)?;
                }
                Ok(())
            }
            DeleteTargets::AllOfInputs(inputs) => {
                for input_id in inputs {
                    for (id, user_id) in of_input(connection, caller, input_id)? {
                        permitted(may_change_of(caller, user_id.as_deref()))?;
                        let key = AnnotationKey { input_id: input_id.clone(), id };
                        self.delete_one(connection, caller, &key)?;
                    }
                }
                Ok(())
            }
        })
    }

    fn delete_one(&self, connection: &Connection, caller: &Caller, key: &AnnotationKey) -> Result<(), ApiError> {
        connection
            .prepare_cached(include_str!("sql/annotation_delete.sql"))
            .and_then(|mut statement| statement.execute(params![caller.app.n, key.input_id, key.id]))
            .map_err(failed)?;
        if self.personality.has(Habit::IdsNotReused) {
            connection
                .prepare_cached(include_str!("sql/deleted_insert.sql"))
                .and_then(|mut statement| statement.execute(params![caller.app.n, key.input_id, key.id]))
                .map_err(failed)?;
        }
        Ok(())
    }
}

fn refused(key: AnnotationKey, status: Status) -> Annotation {
    Annotation { id: key.id, input_id: key.input_id, status: Some(status), ..Annotation::default() }
}

/// What `change` makes of `old`. Server-set members, the worker and the ids stay; a status without code stays too.
fn changed(old: &Annotation, change: &Annotation, action: PatchAction) -> Result<Annotation, String> {
    let mut patch = change.clone();
    row::drop_server_members(&mut patch);
    let payload = |annotation: &Annotation| {
        let payload = Annotation {
            data: annotation.data.clone(),
            annotation_info: annotation.annotation_info.clone(),
            rest: annotation.rest.clone(),
            ..Annotation::default()
        };
        match serde_json::to_value(&payload) {
            Ok(serde_json::Value::Object(map)) => Ok(map),
            _ => Err("It cannot be read.".to_owned()),
        }
    };
    let mut members = payload(old)?;
    patch::apply_members(&mut members, &payload(&patch)?, action);
    let result: Annotation = serde_json::from_value(serde_json::Value::Object(members))
        .map_err(|why| format!("The change does not fit what is there: {why}."))?;
    let status = patch.status.filter(|status| status.code != StatusCode::ZERO).or_else(|| old.status.clone());
    Ok(Annotation {
        data: result.data,
        annotation_info: result.annotation_info,
        rest: result.rest,
        status,
        ..old.clone()
    })
}

/// Gives every region its id, and geometry to those that only name one.
fn settle_regions(
    connection: &Connection,
    caller: &Caller,
    item: &mut Annotation,
    old: Option<&Annotation>,
) -> Result<Result<(), Refusal>, ApiError> {
    let input_id = item.input_id.clone();
    let old_region = old.and_then(row::region);
    let Some(data) = &mut item.data else { return Ok(Ok(())) };
    for frame in &mut data.frames {
        if frame.id.is_empty() {
            frame.id = super::clock::new_id();
        }
    }
    let inner = data.frames.iter_mut().filter_map(|frame| frame.data.as_deref_mut());
    let regions = inner.flat_map(|data: &mut Data| data.regions.iter_mut());
    for region in data.regions.iter_mut().chain(regions) {
        let keeps = old_region.is_some_and(|old| old.id == region.id);
        if keeps && check::has_geometry(region.region_info.as_ref()) {
            continue;
        }
        let known = if region.id.is_empty() { None } else { find_region(connection, caller, &input_id, &region.id)? };
        or_refuse!(settle_region(region, known));
    }
    Ok(Ok(()))
}

fn settle_region(region: &mut Region, known: Option<Region>) -> Result<(), Refusal> {
    let has_geometry = check::has_geometry(region.region_info.as_ref());
    match known {
        Some(known) if !has_geometry || known.region_info == region.region_info => {
            region.region_info = known.region_info;
        }
        _ if has_geometry => region.id = super::clock::new_id(),
        None if !region.id.is_empty() => {
            return Err(invalid(format!("There is no region {:?} on this input to label.", region.id)));
        }
        _ => return Err(invalid("A region needs a region_info, or the id of a region of the same input.")),
    }
    Ok(())
}

/// Owners may change everything; a collaborator what they made or were assigned and what models made.
fn may_change(caller: &Caller, stored: &Stored) -> Result<(), Refusal> {
    may_change_of(caller, stored.user_id.as_deref())
}

fn may_change_of(caller: &Caller, maker: Option<&str>) -> Result<(), Refusal> {
    match maker {
        Some(maker) if maker != caller.user && !caller.is_owner() => Err(denied(format!(
            "It belongs to {maker}; only {maker} and the app's owner {} may change it.",
            caller.app.name.owner
        ))),
        _ => Ok(()),
    }
}

fn permitted(result: Result<(), Refusal>) -> Result<(), ApiError> {
    result.map_err(|status| ApiError::coded(status.code, format!("{} Nothing was deleted.", status.details)))
}

fn find(connection: &Connection, caller: &Caller, key: &AnnotationKey) -> Result<Option<Stored>, ApiError> {
    let stored = connection
        .prepare_cached(include_str!("sql/annotation_get.sql"))
        .and_then(|mut statement| {
            statement.query_row(params![caller.app.n, key.input_id, key.id], Stored::from_row).optional()
        })
        .map_err(failed)?;
    stored.map(Stored::checked).transpose()
}

fn find_region(
    connection: &Connection,
    caller: &Caller,
    input_id: &str,
    region_id: &str,
) -> Result<Option<Region>, ApiError> {
    let found: Option<(String, u32)> = connection
        .prepare_cached(include_str!("sql/annotation_region.sql"))
        .and_then(|mut statement| {
            statement
                .query_row(params![caller.app.n, input_id, region_id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
        .map_err(failed)?;
    let Some((body, crc)) = found else { return Ok(None) };
    let annotation: Annotation = parsed(&checked(body, crc)?)?;
    Ok(row::region(&annotation).cloned())
}

fn was_deleted(connection: &Connection, caller: &Caller, key: &AnnotationKey) -> Result<bool, ApiError> {
    connection
        .prepare_cached(include_str!("sql/deleted_find.sql"))
        .and_then(|mut statement| statement.exists(params![caller.app.n, key.input_id, key.id]))
        .map_err(failed)
}

fn of_input(
    connection: &Connection,
    caller: &Caller,
    input_id: &str,
) -> Result<Vec<(String, Option<String>)>, ApiError> {
    connection
        .prepare_cached(include_str!("sql/annotation_of_input.sql"))
        .and_then(|mut statement| {
            statement.query_map(params![caller.app.n, input_id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
        .map_err(failed)
}

/// Writes a new row.
pub fn insert(connection: &Connection, caller: &Caller, item: &Annotation, made_from: &[u8]) -> Result<(), ApiError> {
    let body = written(item)?;
    let columns = row::Columns::of(item);
    connection
        .prepare_cached(include_str!("sql/annotation_insert.sql"))
        .and_then(|mut statement| {
            statement.execute(params![
                caller.app.n,
                item.input_id,
                item.id,
                columns.user_id,
                columns.model_version_id,
                columns.workflow_version_id,
                columns.task_id,
                columns.status,
                columns.input_level,
                columns.region_id,
                columns.kind,
                body,
                crc32fast::hash(body.as_bytes()),
                made_from,
            ])
        })
        .map_err(failed)?;
    Ok(())
}

/// Rewrites a row.
pub fn update(connection: &Connection, caller: &Caller, item: &Annotation) -> Result<(), ApiError> {
    let body = written(item)?;
    let columns = row::Columns::of(item);
    connection
        .prepare_cached(include_str!("sql/annotation_update.sql"))
        .and_then(|mut statement| {
            statement.execute(params![
                caller.app.n,
                item.input_id,
                item.id,
                columns.task_id,
                columns.status,
                columns.region_id,
                columns.kind,
                body,
                crc32fast::hash(body.as_bytes()),
            ])
        })
        .map_err(failed)?;
    Ok(())
}

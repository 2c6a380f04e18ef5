//! The operations behind the routes: from a call to a reply. They block and run on a thread that may.

use super::answer::Reply;
use super::call::{Call, malformed};
use crate::api::{
    Annotation, AnnotationKey, AnnotationSearch, ApiError, Concept, DeleteTargets, Input, InputQuery, Page,
    PatchAction, Rest, SearchFilter, Status, StatusCode, User, WhenEmpty,
};
use crate::server::core::Core;
use crate::server::scopes;
use crate::server::{annotations, inputs};
use serde_json::{Value, json};

/// What an operation does with a call.
pub type Work = fn(&Core, &mut Call) -> Result<Reply, ApiError>;

/// The most ids of one bulk deletion; no source gives a limit.
const MAX_DELETIONS: usize = 10_000;

fn invalid(details: impl Into<String>) -> ApiError {
    ApiError::coded(StatusCode::CONN_INVALID_REQUEST, details)
}

fn incoming(call: &mut Call) -> Result<Vec<annotations::Incoming>, ApiError> {
    let text = |item: &Value, name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let read = |item: Value| {
        let key = AnnotationKey { input_id: text(&item, "input_id"), id: text(&item, "id") };
        serde_json::from_value::<Annotation>(item).map_err(|why| (key, format!("It cannot be read: {why}.")))
    };
    Ok(call.take_items("annotations")?.into_iter().map(read).collect())
}

fn incoming_inputs(call: &mut Call) -> Result<Vec<inputs::Incoming>, ApiError> {
    let read = |item: Value| {
        let id = item.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        serde_json::from_value::<Input>(item).map_err(|why| (id, format!("It cannot be read: {why}.")))
    };
    Ok(call.take_items("inputs")?.into_iter().map(read).collect())
}

fn action(call: &Call) -> Result<PatchAction, ApiError> {
    let name = call.body.get("action").and_then(Value::as_str).unwrap_or_default();
    PatchAction::from_name(name)
        .ok_or_else(|| invalid(format!("action is {name:?}; it must be merge, overwrite or remove.")))
}

/// `POST annotations`
pub fn post_annotations(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let items = incoming(call)?;
    Reply::of_items("annotations", &core.post_annotations(&call.caller, items)?)
}

/// `GET annotations`
pub fn list_annotations(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let bodies = core.list_annotations(&call.caller, &call.annotation_query()?)?;
    Ok(Reply::ok().with_texts("annotations", &bodies))
}

/// `PATCH annotations`
pub fn patch_annotations(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let action = action(call)?;
    let when_empty = match call.body.get("delete_if_empty_data") {
        Some(Value::Bool(true)) => WhenEmpty::Delete,
        _ => WhenEmpty::Keep,
    };
    let items = incoming(call)?;
    Reply::of_items("annotations", &core.patch_annotations(&call.caller, items, action, when_empty)?)
}

/// `DELETE annotations` and `DELETE inputs/annotations`
pub fn delete_annotations(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let (input_ids, ids) = (call.texts("input_ids")?, call.texts("ids")?);
    if input_ids.is_empty() {
        return Err(invalid("You need to specify at least one value for 'input_ids'. Nothing was deleted."));
    }
    if input_ids.len() > MAX_DELETIONS {
        return Err(invalid(format!("A call deletes at most {MAX_DELETIONS}. Nothing was deleted.")));
    }
    let targets = if ids.is_empty() {
        DeleteTargets::AllOfInputs(input_ids)
    } else if ids.len() == input_ids.len() {
        let pairs = input_ids.into_iter().zip(ids);
        DeleteTargets::Pairs(pairs.map(|(input_id, id)| AnnotationKey { input_id, id }).collect())
    } else {
        return Err(invalid(format!(
            "ids and input_ids go in pairs, so there must be as many of both: {} ids, {} input_ids. Nothing was deleted.",
            ids.len(),
            input_ids.len()
        )));
    };
    core.delete_annotations(&call.caller, &targets)?;
    Ok(Reply::ok())
}

fn key(call: &Call) -> AnnotationKey {
    AnnotationKey { input_id: call.param("input_id").to_owned(), id: call.param("annotation_id").to_owned() }
}

/// `GET inputs/{input_id}/annotations/{annotation_id}`
pub fn get_annotation(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    Ok(Reply::ok().with_text("annotation", &core.get_annotation(&call.caller, &key(call))?))
}

/// `DELETE inputs/{input_id}/annotations/{annotation_id}`
pub fn delete_annotation(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    core.delete_annotations(&call.caller, &DeleteTargets::Pairs(vec![key(call)]))?;
    Ok(Reply::ok())
}

/// `POST annotations/searches`
pub fn search_annotations(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let page = call.pagination()?;
    let searches = call.take_items("searches")?;
    if searches.len() > 1 {
        return Err(ApiError::coded(StatusCode::SEARCH_INVALID_REQUEST, "One search in one call, please."));
    }
    let query = searches.into_iter().next().and_then(|mut search| search.get_mut("query").map(Value::take));
    let query = query.unwrap_or_default();
    if query.get("ranks").is_some_and(|ranks| ranks.as_array().is_none_or(|ranks| !ranks.is_empty())) {
        return Err(ApiError::coded(StatusCode::SEARCH_INVALID_REQUEST, "This server cannot rank. Leave out ranks."));
    }
    let filters = query.get("filters").cloned().unwrap_or_default();
    let filters: Vec<SearchFilter> = match filters {
        Value::Null => Vec::new(),
        filters => serde_json::from_value(filters).map_err(|why| malformed(format!("filters: {why}.")))?,
    };
    let hits = core.search_annotations(&call.caller, &AnnotationSearch { filters, page })?;
    Reply::ok().with("hits", &hits)
}

/// `GET annotations/workers`
pub fn list_workers(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    Reply::ok().with("workers", &core.list_workers(&call.caller, call.page()?)?)
}

/// `GET inputs`
pub fn list_inputs(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let query = InputQuery { ids: call.list("ids"), page: call.page()? };
    Reply::ok().with("inputs", &core.list_inputs(&call.caller, &query)?)
}

/// `GET inputs/{input_id}`
pub fn get_input(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    Reply::ok().with("input", &core.get_input(&call.caller, call.param("input_id"))?)
}

/// `GET inputs/status`
pub fn count_inputs(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let counts = json!({"processed": core.count_inputs(&call.caller)?, "to_process": 0, "errors": 0, "processing": 0,
        "reindexed": 0, "to_reindex": 0, "reindex_errors": 0, "reindexing": 0});
    Reply::ok().with("counts", &counts)
}

/// `POST inputs`
pub fn post_inputs(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let items = incoming_inputs(call)?;
    Reply::of_items("inputs", &core.post_inputs(&call.caller, items)?)
}

/// `PATCH inputs`
pub fn patch_inputs(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let action = action(call)?;
    let items = incoming_inputs(call)?;
    Reply::of_items("inputs", &core.patch_inputs(&call.caller, items, action)?)
}

/// `DELETE inputs`
pub fn delete_inputs(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let ids = call.texts("ids")?;
    if ids.is_empty() || ids.len() > MAX_DELETIONS {
        return Err(invalid(format!("ids must name 1 to {MAX_DELETIONS} inputs. Nothing was deleted.")));
    }
    core.delete_inputs(&call.caller, &ids)?;
    Ok(Reply::ok())
}

/// `DELETE inputs/{input_id}`
pub fn delete_input(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    core.delete_inputs(&call.caller, &[call.param("input_id").to_owned()])?;
    Ok(Reply::ok())
}

/// `GET concepts`
pub fn list_concepts(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    Reply::ok().with("concepts", &core.list_concepts(&call.caller, call.page()?)?)
}

/// `GET concepts/{concept_id}`
pub fn get_concept(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    Reply::ok().with("concept", &core.get_concept(&call.caller, call.param("concept_id"))?)
}

/// `POST concepts/searches`
pub fn search_concepts(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let name = call.body.pointer("/concept_query/name").and_then(Value::as_str).unwrap_or("*").to_owned();
    Reply::ok().with("concepts", &core.search_concepts(&call.caller, &name, call.pagination()?)?)
}

fn concept_items(call: &mut Call) -> Result<Vec<Concept>, ApiError> {
    let read = |item| serde_json::from_value(item).map_err(|why| malformed(format!("concepts: {why}.")));
    call.take_items("concepts")?.into_iter().map(read).collect()
}

/// `POST concepts`
pub fn post_concepts(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let items = concept_items(call)?;
    Reply::ok().with("concepts", &core.post_concepts(&call.caller, items)?)
}

/// `PATCH concepts`
pub fn patch_concepts(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let items = concept_items(call)?;
    Reply::ok().with("concepts", &core.patch_concepts(&call.caller, items)?)
}

/// `GET myscopes`
pub fn my_scopes(_core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let granted = scopes::ALL.iter().filter(|scope| !call.lacking.iter().any(|lacking| lacking == *scope));
    let reply = Reply::ok().with("scopes", &granted.collect::<Vec<_>>())?;
    reply.with("app", &app_message(call))
}

/// `GET users/{user_id}` and `GET users/me`
pub fn get_user(_core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    if call.app_key {
        return Err(ApiError::coded(
            StatusCode::CONN_INSUFFICIENT_SCOPES,
            "A key of one app does not say who you are. Use a personal access token.",
        ));
    }
    let id = call.param("who").to_owned();
    if id != "me" && id != call.caller.user {
        return Err(ApiError::coded(StatusCode::CONN_DOES_NOT_EXIST, format!("user_id {id:?} not found.")));
    }
    Reply::ok().with("user", &User { id: call.caller.user.clone(), rest: Rest::new() })
}

fn app_message(call: &Call) -> Value {
    let app = &call.caller.app;
    json!({"id": app.name.id, "name": app.name.id, "user_id": app.name.owner, "default_language": "en",
        "created_at": app.created_at, "modified_at": app.created_at})
}

/// `GET users/{user_id}/apps/{app_id}`
pub fn get_app(_core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    Reply::ok().with("app", &app_message(call))
}

/// `GET users/{user_id}/apps`
pub fn list_apps(core: &Core, call: &mut Call) -> Result<Reply, ApiError> {
    let owner = match call.param("who") {
        "" | "me" => call.caller.user.clone(),
        other => other.to_owned(),
    };
    let Page { page, per_page } = call.page()?;
    let skip = usize::try_from((page - 1).saturating_mul(per_page)).unwrap_or(usize::MAX);
    let apps = core.apps.iter().filter(|app| app.name.owner == owner).skip(skip);
    let apps = apps.take(usize::try_from(per_page).unwrap_or(usize::MAX));
    let apps: Vec<Value> = apps
        .map(|app| {
            json!({"id": app.name.id, "name": app.name.id, "user_id": app.name.owner,
            "created_at": app.created_at, "modified_at": app.created_at})
        })
        .collect();
    Reply::ok().with("apps", &apps)
}

/// `GET status_codes`
pub fn list_status_codes() -> Result<Reply, ApiError> {
    Reply::ok().with("statuses", &scopes::status_codes())
}

/// `GET status_codes/{status_code_id}`: the envelope itself is the answer.
pub fn get_status_code(id: &str) -> Status {
    let number = id.parse().map_or_else(|_name| StatusCode::from_name(id), StatusCode);
    if StatusCode::ALL.contains(&number) && number != StatusCode::ZERO {
        return Status::of(number);
    }
    Status::with_details(StatusCode::CONN_DOES_NOT_EXIST, format!("There is no status code {id:?}."))
}

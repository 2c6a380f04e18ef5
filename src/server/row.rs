//! Between an annotation and its row: what the server sets, what is indexed, what makes two requests the same.

use super::core::{Caller, checked, written};
use crate::api::{
    Annotation, ApiError, Data, ModelRef, ModelVersionRef, Region, RegionInfo, Status, StatusCode, UserRef, Worker,
};
use serde_json::Value;
use sha2::Digest as _;

/// An annotation as it lies in the database.
pub struct Stored {
    /// Its JSON.
    pub body: String,
    /// CRC-32 of `body`.
    crc: u32,
    /// Who made it; `None` for models and workflows.
    pub user_id: Option<String>,
    /// Whether it goes only with its input.
    pub input_level: bool,
    /// Fingerprint of the request that made it.
    pub made_from: Vec<u8>,
}

impl Stored {
    /// From the columns of `annotation_get.sql`.
    pub fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            body: row.get(0)?,
            crc: row.get(1)?,
            user_id: row.get(2)?,
            input_level: row.get(3)?,
            made_from: row.get(4)?,
        })
    }

    /// Itself, if the body is what was written.
    pub fn checked(mut self) -> Result<Self, ApiError> {
        self.body = checked(self.body, self.crc)?;
        Ok(self)
    }
}

/// What is indexed of an annotation.
pub struct Columns<'a> {
    /// The user who made it.
    pub user_id: Option<&'a str>,
    /// The model version that made it.
    pub model_version_id: Option<&'a str>,
    /// The workflow version that made it.
    pub workflow_version_id: Option<&'a str>,
    /// Its task.
    pub task_id: Option<&'a str>,
    /// Its status code.
    pub status: u32,
    /// Whether it goes only with its input.
    pub input_level: bool,
    /// The id of its region.
    pub region_id: Option<&'a str>,
    /// `bounding_box`, `polygon`, … or `input`.
    pub kind: &'a str,
}

impl<'a> Columns<'a> {
    /// Of that annotation.
    pub fn of(item: &'a Annotation) -> Self {
        let region = region(item);
        Self {
            user_id: item.user_id.as_deref(),
            model_version_id: item.model_version_id.as_deref(),
            workflow_version_id: item.worker.as_ref().and_then(workflow_version),
            task_id: item.rest.get("task_id").and_then(Value::as_str),
            status: item.status.as_ref().map_or(0, |status| status.code.0),
            input_level: is_input_level(item),
            region_id: region.map(|region| region.id.as_str()),
            kind: region.and_then(|region| region.region_info.as_ref()).map_or("input", kind),
        }
    }
}

fn kind(info: &RegionInfo) -> &str {
    if info.bounding_box.is_some() {
        "bounding_box"
    } else if info.polygon.is_some() {
        "polygon"
    } else if info.point.is_some() {
        "point"
    } else {
        info.rest.keys().next().map_or("none", String::as_str)
    }
}

/// Whether it came with its input.
pub fn is_input_level(item: &Annotation) -> bool {
    item.rest.get("input_level") == Some(&Value::Bool(true))
}

/// Its only region, also inside a frame.
pub fn region(item: &Annotation) -> Option<&Region> {
    let data = item.data.as_ref()?;
    let in_frame = || data.frames.first().and_then(|frame| frame.data.as_ref()).and_then(|data| data.regions.first());
    data.regions.first().or_else(in_frame)
}

/// Whether nothing is left in it.
pub fn is_empty(item: &Annotation) -> bool {
    item.data.as_ref().is_none_or(|data| *data == Data::default())
}

fn workflow_version(worker: &Worker) -> Option<&str> {
    let workflow = worker.rest.get("workflow")?;
    workflow.pointer("/version/id").or_else(|| workflow.get("id"))?.as_str()
}

/// Takes out what only the server sets.
pub fn drop_server_members(item: &mut Annotation) {
    item.created_at = None;
    item.modified_at = None;
    for name in ["input_level", "trusted", "createdAt", "modifiedAt"] {
        item.rest.shift_remove(name);
    }
}

/// Says who made it, in the new and in the deprecated members.
///
/// # Errors
/// A status, where the caller may not write as that worker, or there is more than one.
pub fn settle_worker(item: &mut Annotation, caller: &Caller) -> Result<(), Status> {
    let denied = |details: String| Status::with_details(StatusCode::ANNOTATION_PERMISSION_DENIED, details);
    let worker = item.worker.take().unwrap_or_default();
    let user = worker.user.as_ref().map(|user| user.id.clone()).or_else(|| item.user_id.take());
    let user = user.filter(|user| !user.is_empty());
    let version_of = |model: &ModelRef| model.model_version.as_ref().map(|version| version.id.clone());
    let model_version = worker.model.as_ref().and_then(version_of).or_else(|| item.model_version_id.take());
    let is_model = worker.model.is_some() || model_version.is_some();
    let is_workflow = worker.rest.contains_key("workflow");
    item.user_id = None;
    item.model_version_id = None;
    if usize::from(user.is_some()) + usize::from(is_model) + usize::from(is_workflow) > 1 {
        let details = "A worker is a user, a model or a workflow, not several of them.";
        return Err(Status::with_details(StatusCode::ANNOTATION_INVALID_ARGUMENT, details));
    }
    if (is_model || is_workflow) && !caller.is_owner() {
        return Err(denied(format!("Only the app's owner {} may post as a model.", caller.app.name.owner)));
    }
    if is_model {
        let version = model_version.unwrap_or_default();
        let mut model = worker.model.unwrap_or_default();
        model.model_version = Some(ModelVersionRef { id: version.clone(), ..ModelVersionRef::default() });
        item.worker = Some(Worker { model: Some(model), ..Worker::default() });
        item.model_version_id = Some(version);
    } else if is_workflow {
        item.worker = Some(worker);
    } else {
        let user = user.filter(|user| user != "me").unwrap_or_else(|| caller.user.clone());
        if user != caller.user && !caller.is_owner() {
            let owner = &caller.app.name.owner;
            return Err(denied(format!("Only the app's owner {owner} may post with another user's user_id.")));
        }
        let reference = UserRef { id: user.clone(), ..UserRef::default() };
        item.worker = Some(Worker { user: Some(reference), ..Worker::default() });
        item.user_id = Some(user);
    }
    Ok(())
}

/// Fills in the default status (24150) and its description.
///
/// # Errors
/// A sentence, where an annotation cannot be in that state.
pub fn settle_status(item: &mut Annotation) -> Result<(), String> {
    let code = item.status.as_ref().map_or(StatusCode::ZERO, |status| status.code);
    let code = if code == StatusCode::ZERO { StatusCode::ANNOTATION_SUCCESS } else { code };
    if !code.is_workflow() {
        return Err(format!("An annotation cannot be in the state {code}."));
    }
    item.status = Some(Status::of(code));
    Ok(())
}

/// What makes two POSTs the same: everything but times, names of concepts, and the id of a region that comes with its
/// geometry.
pub fn fingerprint(item: &Annotation) -> Result<Vec<u8>, ApiError> {
    let mut plain = item.clone();
    plain.created_at = None;
    plain.modified_at = None;
    if let Some(data) = &mut plain.data {
        blank(data);
    }
    Ok(sha2::Sha256::digest(written(&plain)?.as_bytes()).to_vec())
}

fn blank(data: &mut Data) {
    for concept in &mut data.concepts {
        let name = std::mem::take(&mut concept.name);
        if concept.id.is_empty() {
            concept.id = name;
        }
    }
    for region in &mut data.regions {
        if super::check::has_geometry(region.region_info.as_ref()) {
            region.id.clear();
        }
        if let Some(data) = &mut region.data {
            blank(data);
        }
    }
    for frame in &mut data.frames {
        frame.id.clear();
        if let Some(data) = &mut frame.data {
            blank(data);
        }
    }
}

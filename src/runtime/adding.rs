//! Adding image files to a project: copied, uploaded, and told as it goes. One that cannot be added is left out and said;
//! the others are added.

use super::clock::fresh_id;
use super::messages::NoticeLevel;
use super::open;
use super::progress::Job;
use super::session::Out;
use crate::api;
use crate::api::AnnotationApi as _;
use crate::model::InputId;
use crate::remote::HttpApi;
use crate::store::{InputRow, InputSource, InputState, PixelSize};
use std::path::{Path, PathBuf};

/// Reasons that are told by name; of more, their number.
const TOLD: usize = 3;

/// Copies image files into the project and uploads them. Says what was left out and why.
pub async fn upload(api: &HttpApi, paths: Vec<PathBuf>, dir: &Path, first: i64, out: &Out) -> Vec<InputRow> {
    let mut job = Job::seen(out, "Adding images", "images");
    let wanted = paths.len();
    job.of(wanted);
    let mut rows = Vec::new();
    let mut left_out = Vec::new();
    let mut position = first;
    for path in paths {
        if job.is_cancelled() {
            let text = format!("Called off: {} of {wanted} images were added, the others were not touched", rows.len());
            out.notice(NoticeLevel::Info, text);
            break;
        }
        match add(api, &path, dir, position).await {
            Ok(row) => {
                rows.push(row);
                position += 1;
            }
            Err(reason) => left_out.push(reason),
        }
        job.did(1);
    }
    if !left_out.is_empty() {
        let more = left_out.len().saturating_sub(TOLD);
        left_out.truncate(TOLD);
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        out.notice(NoticeLevel::Error, format!("Not added: {}{more}", left_out.join("; ")));
    }
    rows
}

async fn add(api: &HttpApi, path: &Path, dir: &Path, position: i64) -> Result<InputRow, String> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let bytes = std::fs::read(path).map_err(|e| format!("{} cannot be read: {e}", path.display()))?;
    let probed = crate::images::probe(&bytes).map_err(|e| format!("{name} is not an image that can be shown: {e}"))?;
    let id = fresh_id();
    let copy = format!("{}-{name}", &id[24..]);
    std::fs::write(dir.join(&copy), &bytes).map_err(|e| format!("{name} could not be copied: {e}"))?;
    let answer = api.post_inputs(&[open::wire_input(&id, &bytes)]).await;
    let refused = match answer {
        Ok(answer) => answer.items.iter().find_map(api::Input::refusal).map(|why| why.details.clone()),
        Err(error) => Some(error.to_string()),
    };
    if let Some(reason) = refused {
        std::fs::remove_file(dir.join(&copy)).ok();
        return Err(format!("{name} could not be uploaded: {reason}"));
    }
    Ok(InputRow {
        id: InputId(id),
        name,
        size: Some(PixelSize { width_px: probed.width_px, height_px: probed.height_px }),
        orientation: None,
        source: InputSource::Path(PathBuf::from(copy)),
        position,
        state: InputState { on_server: true, ..InputState::default() },
    })
}

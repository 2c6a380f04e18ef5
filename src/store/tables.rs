//! Rows that people see: inputs and concepts.

use super::StoreError;
use super::row::{Checksum, json, parsed};
use crate::model::{Concept, InputId};
use rusqlite::Row;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The upright size of an image, whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PixelSize {
    /// Pixels across.
    pub width_px: u32,
    /// Pixels down.
    pub height_px: u32,
}

/// One image of a project.
#[derive(Clone, Debug, PartialEq)]
pub struct InputRow {
    /// Its id, the same on the server.
    pub id: InputId,
    /// For people, mostly the file name.
    pub name: String,
    /// Upright; `None` until it was looked at.
    pub size: Option<PixelSize>,
    /// The EXIF orientation (1..=8) that was applied to show it upright, kept so that a later change of policy cannot
    /// move annotations; `None` until it was looked at.
    pub orientation: Option<u8>,
    /// Where its pixels come from.
    pub source: InputSource,
    /// Its place in the list, ascending; equal ones in the order in which they came.
    pub position: i64,
    /// What stands in its way.
    pub state: InputState,
}

/// Where the pixels of an image come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputSource {
    /// A file; a relative path starts at the project directory.
    Path(PathBuf),
    /// A URL, hosted by the project's server or elsewhere.
    Hosted {
        /// The address of the original.
        url: String,
    },
    /// Something that this program does not show (a video, a text); listed and kept.
    Other {
        /// What it is, as the API calls it.
        kind: String,
    },
}

/// Whether an image is on the server and can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InputState {
    /// The server has it.
    pub on_server: bool,
    /// Why it cannot be shown, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_error: Option<String>,
    /// Why the server does not take it, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload_error: Option<String>,
}

/// One concept of a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConceptRow {
    /// Id, name and colour.
    pub concept: Concept,
    /// Its place in the list, ascending.
    pub position: i64,
    /// The key that labels with it, as the shortcut table spells it.
    pub hotkey: Option<String>,
    /// Its annotations are not drawn.
    pub hidden: bool,
    /// The journal number of the edit that used it last; 0: never.
    pub last_used_seq: u64,
}

/// The columns of an input as they stand in the database.
#[derive(Clone, Debug)]
pub(super) struct RawInput {
    pub id: String,
    pub name: String,
    pub width_px: Option<u32>,
    pub height_px: Option<u32>,
    pub orientation: Option<u8>,
    pub source_json: String,
    pub position: i64,
    pub state_json: String,
}

impl RawInput {
    /// From what people see.
    pub fn of(input: &InputRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: input.id.0.clone(),
            name: input.name.clone(),
            width_px: input.size.map(|size| size.width_px),
            height_px: input.size.map(|size| size.height_px),
            orientation: input.orientation,
            source_json: json(&input.source)?,
            position: input.position,
            state_json: json(&input.state)?,
        })
    }

    /// The checksum that the columns should have.
    pub fn sum(&self) -> i64 {
        let mut sum = Checksum::new();
        sum.text(Some(&self.id)).text(Some(&self.name));
        sum.number(self.width_px.map(i64::from)).number(self.height_px.map(i64::from));
        sum.number(self.orientation.map(i64::from)).text(Some(&self.source_json));
        sum.number(Some(self.position)).text(Some(&self.state_json));
        sum.value()
    }
}

/// The row that a query stands on. What its checksum does not bear out is shown and marked; its size, which places the
/// annotations, is forgotten, so that the image is looked at again.
pub(super) fn read_input(row: &Row<'_>) -> Result<InputRow, StoreError> {
    let raw = RawInput {
        id: row.get(0)?,
        name: row.get(1)?,
        width_px: row.get(2)?,
        height_px: row.get(3)?,
        orientation: row.get(4)?,
        source_json: row.get(5)?,
        position: row.get(6)?,
        state_json: row.get(7)?,
    };
    let sound = raw.sum() == row.get::<_, i64>(8)?;
    let mut state: InputState = parsed(&raw.state_json)?;
    let size = raw.width_px.zip(raw.height_px).map(|(width_px, height_px)| PixelSize { width_px, height_px });
    if !sound {
        state.image_error = Some(DAMAGED_INPUT.to_owned());
    }
    Ok(InputRow {
        id: InputId(raw.id),
        name: raw.name,
        size: size.filter(|_| sound),
        orientation: raw.orientation.filter(|_| sound),
        source: parsed(&raw.source_json)?,
        position: raw.position,
        state,
    })
}

/// What is said of an input whose row is damaged.
pub(super) const DAMAGED_INPUT: &str = "the entry of this image in the project is damaged; its annotations are kept. \
    Add the image again to repair it";

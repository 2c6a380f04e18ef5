//! What annotations say in the simulation: six cells with values that are drawn only once, so that every value on the
//! server can be traced to the one who wrote it.

use labelwright::api;
use serde_json::json;

pub const CELLS: usize = 6;

/// What can be changed on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    Geometry = 0,
    /// A label that both people set.
    SharedLabel = 1,
    /// A label that only the person at this desk sets.
    MyLabel = 2,
    /// A label that only the other one sets.
    TheirLabel = 3,
    Status = 4,
    Info = 5,
}

impl Cell {
    pub const ALL: [Self; CELLS] =
        [Self::Geometry, Self::SharedLabel, Self::MyLabel, Self::TheirLabel, Self::Status, Self::Info];
    pub const MINE: [Self; 5] = [Self::Geometry, Self::SharedLabel, Self::MyLabel, Self::Status, Self::Info];
    pub const THEIRS: [Self; 5] = [Self::Geometry, Self::SharedLabel, Self::TheirLabel, Self::Status, Self::Info];
}

/// Who an annotation is, whatever id it has: the same for a copy under another id.
pub type Marker = u64;
pub type Cells = [u32; CELLS];

/// The server refuses geometries of this kind.
pub fn is_poison(cells: &Cells) -> bool {
    cells[0] % 23 == 7
}

const GRID: f32 = 1_048_576.0;
const LABELS: [(&str, usize); 3] = [("shared", 1), ("mine", 2), ("theirs", 3)];

pub fn encode(marker: Marker, input_id: &str, sid: &str, cells: &Cells) -> api::Annotation {
    let place = cells[0] as f32 / GRID;
    let bounding_box =
        api::BoundingBox { top_row: 0.0, left_col: place, bottom_row: 1.0, right_col: 1.0, ..Default::default() };
    let info = api::RegionInfo { bounding_box: Some(bounding_box), ..Default::default() };
    let concepts = LABELS
        .iter()
        .filter(|(_, cell)| cells[*cell] != 0)
        .map(|(id, cell)| api::Concept {
            id: (*id).to_owned(),
            value: cells[*cell] as f32 / GRID,
            ..Default::default()
        })
        .collect();
    let inner = api::Data { concepts, ..Default::default() };
    let region = api::Region { region_info: Some(info), data: Some(Box::new(inner)), ..Default::default() };
    let mut map = api::Map::new();
    map.insert("who".to_owned(), json!(marker));
    map.insert("value".to_owned(), json!(cells[5]));
    api::Annotation {
        id: sid.to_owned(),
        input_id: input_id.to_owned(),
        data: Some(api::Data { regions: vec![region], ..Default::default() }),
        annotation_info: Some(map.into()),
        status: Some(api::Status { code: api::StatusCode(cells[4]), ..Default::default() }),
        ..Default::default()
    }
}

pub fn decode(annotation: &api::Annotation) -> Option<(Marker, Cells)> {
    let info = annotation.annotation_info.as_ref()?;
    let marker = info.get("who")?.as_u64()?;
    let mut cells = [0; CELLS];
    let region = annotation.data.as_ref()?.regions.first()?;
    let bounding_box = region.region_info.as_ref()?.bounding_box.as_ref()?;
    cells[0] = (bounding_box.left_col * GRID) as u32;
    for concept in region.data.as_ref().map_or(&[][..], |d| d.concepts.as_slice()) {
        let (_, cell) = LABELS.iter().find(|(id, _)| *id == concept.id)?;
        cells[*cell] = (concept.value * GRID) as u32;
    }
    cells[4] = annotation.status.as_ref()?.code.0;
    cells[5] = u32::try_from(info.get("value")?.as_u64()?).ok()?;
    Some((marker, cells))
}

/// The same annotation with one cell changed, and all else as it was.
pub fn with_cell(annotation: &api::Annotation, cell: Cell, value: u32) -> Option<api::Annotation> {
    let (marker, mut cells) = decode(annotation)?;
    cells[cell as usize] = value;
    let new = encode(marker, &annotation.input_id, &annotation.id, &cells);
    Some(api::Annotation {
        created_at: annotation.created_at.clone(),
        modified_at: annotation.modified_at.clone(),
        worker: annotation.worker.clone(),
        ..new
    })
}

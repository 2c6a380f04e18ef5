//! What is derived from a record when it is written: where it stands, and what lists and counts look at.

use crate::api;
use crate::sync::{Hold, Record, View, same_content};

/// Parts of the `concepts` column stand between these.
pub(super) const CONCEPT_MARK: char = '\u{1f}';

/// Where a record stands between this project and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SyncState {
    /// The server has what the person wants.
    Clean,
    /// It waits to be sent.
    Unsent,
    /// Something was sent and its fate is not known. In the database a row that leaves for the first time stands as unsent
    /// until something is learned of it.
    Unknown,
    /// An ambiguous write may still land; it will be looked at once more.
    Suspect,
    /// Both sides changed the same thing.
    Conflict,
    /// The server refuses it.
    Problem,
}

impl SyncState {
    /// As it stands in the database.
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Clean => 0,
            Self::Unsent => 1,
            Self::Unknown => 2,
            Self::Suspect => 3,
            Self::Conflict => 4,
            Self::Problem => 5,
        }
    }

    /// Where a record stands. [`Self::Clean`] exactly where [`Record::is_clean`]: what is not clean is what the engine
    /// is given at the start, and an edit that it is not given would never be sent.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        match &record.hold {
            Some(Hold::Conflict { .. }) => return Self::Conflict,
            // A later edit is tried again, so that it is no longer a problem but unsent.
            Some(Hold::Quarantined { rev, .. }) if *rev >= record.rev => return Self::Problem,
            Some(Hold::Quarantined { .. }) => return Self::Unsent,
            None => {}
        }
        if record.view == View::Unknown || record.flight.is_some() {
            return Self::Unknown;
        }
        if record.is_clean() {
            return Self::Clean;
        }
        let as_wanted = match (&record.desired, record.view) {
            (None, View::Never | View::Absent) => true,
            (Some(desired), View::Present) => record.base.as_ref().is_some_and(|base| same_content(desired, base)),
            _ => false,
        };
        if as_wanted { Self::Suspect } else { Self::Unsent }
    }
}

fn status_code(annotation: &api::Annotation) -> u32 {
    annotation.status.as_ref().map_or(0, |status| status.code.0)
}

/// The derived columns of a record.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Derived {
    pub status_code: i64,
    pub worker_kind: i64,
    pub worker_id: String,
    pub score: Option<f64>,
    pub concepts: String,
    pub region_kind: String,
    /// x0, y0, x1, y1 normalised; `None`: nothing to draw.
    pub bounds: Option<[f64; 4]>,
    /// A part of the image's area, 0..1.
    pub area: f64,
}

impl Derived {
    /// From what the person wants; of a tombstone nothing is derived.
    pub fn of(desired: Option<&api::Annotation>) -> Self {
        let Some(wire) = desired else { return Self::nothing() };
        let region = wire.data.as_ref().and_then(|data| data.regions.first());
        let concepts = match region {
            Some(region) => region.data.as_ref().map_or(&[][..], |data| data.concepts.as_slice()),
            None => wire.data.as_ref().map_or(&[][..], |data| data.concepts.as_slice()),
        };
        let (worker_kind, worker_id) = worker(wire);
        let (region_kind, bounds, area) = region.map_or(("image".to_owned(), None, 0.0), extent);
        Self {
            // What says nothing of its status counts as done, as on the server.
            status_code: match status_code(wire) {
                0 => i64::from(api::StatusCode::ANNOTATION_SUCCESS.0),
                code => i64::from(code),
            },
            worker_kind,
            worker_id,
            score: concepts.iter().map(|c| c.value).find(|value| *value > 0.0 && *value < 1.0).map(f64::from),
            concepts: marked(concepts.iter().map(|c| c.id.as_str())),
            region_kind,
            bounds: bounds.filter(|b| b.iter().all(|v| v.is_finite())),
            area: if area.is_finite() { area } else { 0.0 },
        }
    }

    fn nothing() -> Self {
        Self {
            status_code: 0,
            worker_kind: 0,
            worker_id: String::new(),
            score: None,
            concepts: String::new(),
            region_kind: String::new(),
            bounds: None,
            area: 0.0,
        }
    }
}

fn marked<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for id in ids {
        text.push(CONCEPT_MARK);
        text.push_str(id);
    }
    if !text.is_empty() {
        text.push(CONCEPT_MARK);
    }
    text
}

/// 0 me, 1 a user, 2 a model; and who.
fn worker(wire: &api::Annotation) -> (i64, String) {
    let worker = wire.worker.as_ref();
    if let Some(model) = worker.and_then(|w| w.model.as_ref()) {
        let version = model.model_version.as_ref().map(|v| v.id.as_str()).unwrap_or_default();
        return (2, if model.id.is_empty() { version } else { &model.id }.to_owned());
    }
    if let Some(version) = wire.model_version_id.as_ref().filter(|id| !id.is_empty()) {
        return (2, version.clone());
    }
    let user = worker.and_then(|w| w.user.as_ref()).map(|user| &user.id).or(wire.user_id.as_ref());
    user.filter(|id| !id.is_empty()).map_or((0, String::new()), |id| (1, id.clone()))
}

/// Kind, bounds and area of a region, normalised.
fn extent(region: &api::Region) -> (String, Option<[f64; 4]>, f64) {
    let Some(info) = &region.region_info else { return ("region".to_owned(), None, 0.0) };
    if let Some(polygon) = &info.polygon {
        let points: Vec<(f64, f64)> = polygon.points.iter().map(|p| (f64::from(p.col), f64::from(p.row))).collect();
        return ("polygon".to_owned(), bounds_of(&points), ring_area(&points));
    }
    if let Some(b) = &info.bounding_box {
        let bounds = [b.left_col, b.top_row, b.right_col, b.bottom_row].map(f64::from);
        return ("box".to_owned(), Some(bounds), (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]));
    }
    if let Some(p) = &info.point {
        let (x, y) = (f64::from(p.col), f64::from(p.row));
        return ("point".to_owned(), Some([x, y, x, y]), 0.0);
    }
    (info.rest.keys().next().cloned().unwrap_or_else(|| "region".to_owned()), None, 0.0)
}

fn bounds_of(points: &[(f64, f64)]) -> Option<[f64; 4]> {
    let first = points.first()?;
    Some(points.iter().fold([first.0, first.1, first.0, first.1], |b, p| {
        [b[0].min(p.0), b[1].min(p.1), b[2].max(p.0), b[3].max(p.1)]
    }))
}

/// By the shoelace formula; of a ring that crosses itself the parts count with their sign.
fn ring_area(points: &[(f64, f64)]) -> f64 {
    let next = points.iter().cycle().skip(1);
    points.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs() / 2.0
}

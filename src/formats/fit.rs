//! What becomes of an object where a format has no place for all of it.

use super::{Format, Item, Loss, Losses};
use crate::geometry::Ring;
use crate::model::rules::untied;
use crate::model::{Shape, Status};

/// Whether a format has a place for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    /// It has.
    Yes,
    /// It has not.
    No,
}

/// What a format has a place for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Can {
    /// Boxes.
    pub boxes: Has,
    /// Polygons.
    pub polygons: Has,
    /// Points.
    pub points: Has,
    /// Labels of the whole image.
    pub whole_image: Has,
    /// Several parts of one object.
    pub parts: Has,
    /// Several labels, "not" labels, scores, statuses and notes (in a member of this program's own, which other
    /// programs pass over).
    pub more: Has,
}

impl Can {
    /// Of this format.
    #[must_use]
    pub const fn of(format: Format) -> Self {
        use Has::{No, Yes};
        let all = Self { boxes: Yes, polygons: Yes, points: Yes, whole_image: Yes, parts: Yes, more: Yes };
        match format {
            Format::Coco => Self { points: No, whole_image: No, ..all },
            Format::Yolo | Format::Voc => {
                Self { boxes: Yes, polygons: No, points: No, whole_image: No, parts: No, more: No }
            }
            Format::YoloSeg => Self { boxes: No, polygons: Yes, points: No, whole_image: No, parts: No, more: No },
            Format::Labelme => Self { whole_image: No, ..all },
            Format::Cvat => Self { more: No, ..all },
            Format::Api | Format::LabelStudio | Format::Via => all,
        }
    }
}

/// The objects that can be written of one: itself, changed where it must be, in parts, or nothing. What is lost is counted;
/// `example` says which annotation it is.
pub fn fit(mut item: Item, format: Format, losses: &mut Losses, example: &dyn Fn() -> String) -> Vec<Item> {
    let can = Can::of(format);
    let mut lose = |loss| losses.add(loss, example);
    if item.parts.is_empty() && can.whole_image == Has::No {
        lose(Loss::WholeImage);
        return Vec::new();
    }
    if item.parts.iter().any(|shape| matches!(shape, Shape::Kept(_))) {
        lose(Loss::NotDrawn);
        return Vec::new();
    }
    if item.class().is_none() {
        lose(if item.labels.is_empty() { Loss::Unlabelled } else { Loss::Negative });
        if format != Format::Labelme {
            return Vec::new();
        }
    }
    if can.more == Has::No {
        lose_more(&mut item, &mut lose);
    }
    let mut parts = Vec::with_capacity(item.parts.len());
    for shape in std::mem::take(&mut item.parts) {
        match shape {
            Shape::Point(_) if can.points == Has::No => lose(Loss::Point),
            Shape::Polygon(ring) if can.polygons == Has::No => {
                if let Some(bounds) = ring.bounds() {
                    lose(Loss::PolygonToBox);
                    parts.push(Shape::Box(bounds));
                }
            }
            Shape::Box(rect) if can.boxes == Has::No => {
                lose(Loss::BoxToPolygon);
                parts.push(Shape::Polygon(Ring::new(rect.corners().to_vec())));
            }
            other => parts.push(other),
        }
    }
    if parts.is_empty() {
        let whole = can.whole_image == Has::Yes;
        return if whole { vec![item] } else { Vec::new() };
    }
    if parts.len() > 1 && can.parts == Has::No {
        lose(Loss::Parts);
        return parts.into_iter().map(|part| Item { parts: vec![part], ..item.clone() }).collect();
    }
    vec![Item { parts, ..item }]
}

/// A ring as this program takes it in: without repeated corners, and untied where it crosses itself.
///
/// # Errors
/// What is wrong with it.
pub fn ring(ring: &Ring, lose: &mut dyn FnMut(Loss)) -> Result<Shape, String> {
    let ring = ring.without_repeats();
    if ring.len() < 3 {
        return Err(format!("it is a polygon of {} vertices", ring.len()));
    }
    if !ring.crosses_itself() {
        return Ok(Shape::Polygon(ring));
    }
    lose(Loss::Crossing);
    untied(&ring)
        .map(Shape::Polygon)
        .ok_or_else(|| "it is a polygon that crosses itself and cannot be untied".to_owned())
}

fn lose_more(item: &mut Item, lose: &mut impl FnMut(Loss)) {
    if item.labels.iter().any(|(_, value)| *value <= 0.0) {
        lose(Loss::Negative);
    }
    item.labels.retain(|(_, value)| *value > 0.0);
    if item.labels.len() > 1 {
        lose(Loss::SecondLabel);
    }
    if item.labels.iter().any(|(_, value)| *value < 1.0) {
        lose(Loss::Score);
    }
    if item.status != Status::Success {
        lose(Loss::Status);
    }
    if !item.info.is_empty() {
        lose(Loss::Info);
    }
}

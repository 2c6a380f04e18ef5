//! How an annotation looks in the retained layer.

use super::shape_layer::{Emphasis, Mark, Outline, Pattern, ShapeKey, ShapeLook, Visibility};
use crate::model::{Annotation, LocalId, Shape, Status, Worker};
use crate::ui::editor::Editor;
use crate::ui::theme;
use crate::ui::view_options::ColorBy;
use egui::Color32;

/// The colour of an annotation: its first concept's, or what the person chose to colour by. The same in every run.
#[must_use]
pub fn color_of(editor: &Editor, annotation: &Annotation) -> Color32 {
    match editor.view.color_by {
        ColorBy::Concept => annotation.concepts.first().map_or(theme::UNLABELLED, |c| editor.concepts.color(&c.id)),
        ColorBy::Instance => theme::color_of_text(&annotation.lid.to_string()),
        ColorBy::Status => theme::status_color(annotation.status),
        ColorBy::Worker => match &annotation.worker {
            Worker::Me => theme::color_of_text(&editor.user),
            Worker::User(id) => theme::color_of_text(id),
            model @ Worker::Model { .. } => theme::color_of_text(&model.text()),
        },
    }
}

pub(super) fn look(editor: &Editor, annotation: &Annotation) -> ShapeLook {
    let color = color_of(editor, annotation);
    let hidden = editor.seen.hidden.contains(&annotation.lid);
    ShapeLook {
        stroke: color,
        fill: color.gamma_multiply(0.14),
        pattern: if annotation.status.is_open() { Pattern::Dashed } else { Pattern::Solid },
        visibility: if hidden { Visibility::Hidden } else { Visibility::Shown },
        mark: if annotation.status == Status::ReviewDenied { Mark::Struck } else { Mark::Plain },
        emphasis: Emphasis::Normal,
    }
}

pub(super) fn outline(shape: &Shape) -> Option<Outline> {
    match shape {
        Shape::Box(rect) => Some(Outline::Box(*rect)),
        Shape::Polygon(ring) => Some(Outline::Polygon(ring.clone())),
        Shape::Point(p) => Some(Outline::Point(*p)),
        Shape::Kept(_) => None,
    }
}

pub(super) const fn key(lid: LocalId) -> ShapeKey {
    ShapeKey(lid.0)
}

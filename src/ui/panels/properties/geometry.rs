//! The geometry of the selected annotation in numbers that can be typed: exact image pixels.

use crate::geometry::{Point, Rect, Size};
use crate::model::{Edit, LocalId, Shape};
use crate::runtime::NoticeLevel;
use crate::tools::{clamped, resized};
use crate::ui::editor::Editor;
use crate::ui::theme;
use egui::{DragValue, Ui};

/// Shows it; what is typed is one edit.
pub fn geometry_ui(ui: &mut Ui, editor: &mut Editor, lid: LocalId, shape: &Shape) {
    match shape {
        Shape::Box(_) => bounds_ui(ui, editor, lid, shape),
        Shape::Polygon(ring) => {
            ui.weak("Region");
            ui.label(format!("polygon, {} vertices, {:.0} px²", ring.len(), ring.area()));
            ui.end_row();
            vertex_ui(ui, editor, lid, shape);
            bounds_ui(ui, editor, lid, shape);
            let crossings = editor.crossings(lid).len();
            if crossings > 0 {
                ui.weak("Problem");
                let times = if crossings == 1 { "once".to_owned() } else { format!("{crossings} times") };
                ui.vertical(|ui| {
                    ui.colored_label(theme::warning(ui), format!("the outline crosses itself {times}"));
                    if ui.small_button("Mend (M)").accessible_name("Mend the outline").clicked() {
                        editor.mend();
                    }
                });
                ui.end_row();
            }
        }
        Shape::Point(at) => {
            ui.weak("Region");
            ui.label("point");
            ui.end_row();
            if let Some([x, y]) = numbers_ui(ui, [("x", at.x), ("y", at.y)]) {
                set(editor, lid, Point::new(x, y), |at, image| Some(Shape::Point(clamped(at, image))));
            }
        }
        Shape::Kept(kind) => {
            ui.weak("Region");
            ui.label(format!("{kind} (kept, not drawn)"));
            ui.end_row();
        }
    }
}

/// The numbers as fields; the new ones where one was changed.
fn numbers_ui<const N: usize>(ui: &mut Ui, fields: [(&str, f64); N]) -> Option<[f64; N]> {
    let mut numbers = fields.map(|(_, number)| number);
    for (number, (name, _)) in numbers.iter_mut().zip(fields) {
        ui.weak(format!("{name} px"));
        ui.add(DragValue::new(number).speed(0.0).max_decimals(2).update_while_editing(false)).accessible_name(name);
        ui.end_row();
    }
    let changed = numbers.iter().zip(fields).any(|(after, (_, before))| after.to_bits() != before.to_bits());
    changed.then_some(numbers)
}

fn bounds_ui(ui: &mut Ui, editor: &mut Editor, lid: LocalId, shape: &Shape) {
    let Some(bounds) = shape.bounds() else { return };
    let fields = [("x", bounds.min.x), ("y", bounds.min.y), ("width", bounds.width()), ("height", bounds.height())];
    if let Some([x, y, width, height]) = numbers_ui(ui, fields) {
        let wanted = Rect { min: Point::new(x, y), max: Point::new(x + width, y + height) };
        set(editor, lid, wanted, |wanted, image| {
            wanted.cropped_to(image.rect()).map(|bounds| resized(shape, bounds, image))
        });
    }
}

/// The one chosen vertex.
fn vertex_ui(ui: &mut Ui, editor: &mut Editor, lid: LocalId, shape: &Shape) {
    let (Some((of, vertex)), Shape::Polygon(ring)) = (editor.tool.vertices().single(), shape) else { return };
    let Some(at) = ring.points().get(vertex).filter(|_| of == lid) else { return };
    ui.weak("Vertex");
    ui.label(format!("{} of {}", vertex + 1, ring.len()));
    ui.end_row();
    if let Some([x, y]) = numbers_ui(ui, [("vertex x", at.x), ("vertex y", at.y)]) {
        set(editor, lid, Point::new(x, y), |at, image| {
            Some(Shape::Polygon(ring.with_vertex(vertex, clamped(at, image))))
        });
    }
}

fn set<T>(editor: &mut Editor, lid: LocalId, wanted: T, shape: impl Fn(T, Size) -> Option<Shape>) {
    let Some(image) = editor.image_size() else { return };
    match shape(wanted, image) {
        Some(shape) => {
            editor.edit(&Edit::SetShape { lid, shape });
        }
        None => {
            let text = "That would have no part inside the image; nothing was changed".to_owned();
            editor.tell(NoticeLevel::Warning, text);
        }
    }
}

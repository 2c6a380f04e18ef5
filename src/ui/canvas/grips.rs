//! Handles and vertices of what is selected.

use super::overlay::{LARGE_RING, Overlay};
use crate::geometry::Chosen;
use crate::model::{Annotation, LocalId, Shape};
use crate::tools::{Scene, reachable_ring};
use crate::ui::editor::Editor;

/// Selected polygons show their vertices while there are not more of them than this.
const RESHAPED_SHAPES: usize = 40;

/// Whether it is a polygon that stays in the retained layer while it is selected.
pub(super) fn is_large(editor: &Editor, lid: LocalId) -> bool {
    let shape = editor.document.get(lid).and_then(Annotation::shape);
    matches!(shape, Some(Shape::Polygon(ring)) if ring.len() > LARGE_RING)
}

/// The handles of the one selected shape, or the vertices of several selected polygons.
pub(super) fn grips_ui(overlay: Overlay<'_>, editor: &Editor, scene: &Scene<'_>, changed: &impl Fn(LocalId) -> bool) {
    let vertices = editor.tool.vertices();
    let chosen = |lid: LocalId| Chosen::Some(vertices.of(lid).cloned().unwrap_or_default());
    if let Some(lid) = editor.selection.single() {
        let shape = editor.document.get(lid).and_then(Annotation::shape);
        if let Some(shape) = shape.filter(|_| !changed(lid) && !scene.untouchable.contains(&lid)) {
            overlay.grips(shape, &chosen(lid));
        }
    } else if editor.selection.len() <= RESHAPED_SHAPES {
        for lid in editor.selection.iter().filter(|lid| !changed(*lid)) {
            if let Some(ring) = reachable_ring(scene, lid) {
                overlay.vertices(ring, &chosen(lid));
            }
        }
    }
}

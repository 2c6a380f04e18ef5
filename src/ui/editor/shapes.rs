//! What is done to shapes as a whole: combining, splitting, mending, simplifying, resizing by keys, and finding others.

use super::clipboard::LastDrawn;
use super::{Editor, new_lid};
use crate::geometry::{Combine, Outline, Point, Rect, Vector};
use crate::model::{Annotation, Clip, Edit, LocalId, Region, Shape};
use crate::runtime::NoticeLevel;
use crate::tools::{self, CanvasCursor, Combination, Input, Reading, Refine, Refining, Snapping, Tool};
use std::collections::HashMap;

/// What stands between a shape and the next, and what is being done to them.
#[derive(Debug, Default)]
pub struct Shaping {
    /// Whether vertices snap.
    pub snapping: Snapping,
    /// Rings that are being simplified or smoothed.
    pub refine: Option<Refine>,
    /// A combination with holes, about which the person is asked.
    pub with_holes: Option<Combination>,
    /// The keyboard's cursor, while it is on.
    pub cursor: Option<CanvasCursor>,
    pub(super) clip: Clip,
    pub(super) last_drawn: Option<LastDrawn>,
    /// Where outlines cross themselves, of the polygons that were looked at since they changed last.
    crossings: HashMap<LocalId, Vec<Point>>,
}

impl Shaping {
    /// This annotation changed: what is known of its outline is old.
    pub(super) fn forget(&mut self, lid: LocalId) {
        self.crossings.remove(&lid);
    }

    /// Another image is shown: previews and questions were about the old one, the cursor begins anew.
    pub(super) fn leave_image(&mut self) {
        (self.refine, self.with_holes) = (None, None);
        self.cursor = self.cursor.map(|cursor| CanvasCursor::new(cursor.at));
    }

    /// Other annotations are there.
    pub(super) fn forget_all(&mut self) {
        self.crossings.clear();
    }
}

/// A corner that keys move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corner {
    /// The top left one.
    TopLeft,
    /// The bottom right one.
    BottomRight,
}

impl Editor {
    /// Replaces each of these by its parts, as one step. The first part stays the annotation that it was.
    pub(super) fn split(&mut self, parts: Vec<(LocalId, Vec<Shape>)>) {
        let mut edits = Vec::new();
        let mut lids = Vec::new();
        for (lid, shapes) in parts {
            self.replace(lid, shapes, &mut edits, &mut lids);
        }
        if !edits.is_empty() && self.edit(&Edit::of(edits)) {
            self.selection.set(lids);
        }
    }

    /// The edits that make the first of `shapes` the geometry of `lid` and the others copies of it.
    fn replace(&self, lid: LocalId, shapes: Vec<Shape>, edits: &mut Vec<Edit>, lids: &mut Vec<LocalId>) {
        let Some(before) = self.document.get(lid) else { return };
        for (i, shape) in shapes.into_iter().enumerate() {
            if i == 0 {
                edits.push(Edit::SetShape { lid, shape });
                lids.push(lid);
                continue;
            }
            let (copy, region) = (new_lid(), Some(Region { id: None, shape }));
            let mut annotation = self.new_annotation(copy, before.input.clone(), region, before.concepts.clone());
            annotation.status = before.status;
            edits.push(Edit::Add(Box::new(annotation)));
            lids.push(copy);
        }
    }

    /// Unites, subtracts or intersects the selected shapes. Where that makes a hole, the person is asked first.
    pub fn combine(&mut self, how: Combine) {
        let Some(scene) = self.scene(1.0) else { return };
        match tools::combine(how, &scene) {
            Ok(combination) if combination.holes() > 0 => self.shaping.with_holes = Some(combination),
            Ok(combination) => self.take_combination(&combination),
            Err(reason) => self.tell(NoticeLevel::Warning, reason),
        }
    }

    /// Makes it so: holes are joined to the outline by bridges.
    pub fn take_combination(&mut self, combination: &Combination) {
        self.shaping.with_holes = None;
        let Some(scene) = self.scene(1.0) else { return };
        let shapes = combination.shapes(&scene);
        let mut lids = Vec::new();
        let mut edits: Vec<Edit> = combination.gone.iter().map(|lid| Edit::Remove { lid: *lid }).collect();
        self.replace(combination.first, shapes, &mut edits, &mut lids);
        if self.edit(&Edit::of(edits)) {
            self.selection.set(lids);
            if combination.holes() > 0 {
                let text = "The outline was cut open with a bridge to each hole; one undo takes it back".to_owned();
                self.tell(NoticeLevel::Info, text);
            }
        }
    }

    /// Mends outlines that cross themselves: the selected ones, or all of the image.
    pub fn mend(&mut self) {
        let Some(scene) = self.scene(1.0) else { return };
        match tools::mend(&scene) {
            Ok(edit) => {
                let n = if let Edit::Batch(edits) = &edit { edits.len() } else { 1 };
                if self.edit(&edit) {
                    let text =
                        format!("Mended {n}: the vertices are where they were, in an order that crosses nothing");
                    self.tell(NoticeLevel::Info, text);
                }
            }
            Err(reason) => self.tell(NoticeLevel::Info, reason),
        }
    }

    /// Looks where these polygons cross themselves, those that changed since they were looked at last; `vertices` at most
    /// in all. Says whether all were looked at.
    pub fn look_for_crossings(&mut self, lids: &[LocalId], vertices: usize) -> bool {
        let mut left = vertices;
        for lid in lids {
            let Some(Shape::Polygon(ring)) = self.document.get(*lid).and_then(Annotation::shape) else { continue };
            if self.shaping.crossings.contains_key(lid) {
                continue;
            }
            if ring.len() > left && left < vertices {
                return false;
            }
            left = left.saturating_sub(ring.len());
            self.shaping.crossings.insert(*lid, Outline::new(ring.clone()).crossings());
        }
        true
    }

    /// Where this outline crosses itself, as far as it was looked at.
    #[must_use]
    pub fn crossings(&self, lid: LocalId) -> &[Point] {
        self.shaping.crossings.get(&lid).map_or(&[], Vec::as_slice)
    }

    /// Begins to simplify or smooth the chosen vertices, or the selected polygons whole.
    pub fn start_refining(&mut self, how: Refining) {
        let vertices = self.tool.vertices();
        let Some(scene) = self.scene(1.0) else { return };
        self.shaping.refine = Refine::start(how, &vertices, &scene);
        if self.shaping.refine.is_none() {
            self.tell(NoticeLevel::Warning, "Select a polygon first, or some of its vertices".to_owned());
        }
    }

    /// Does more or less of it. `false`: what it was about is gone.
    pub fn refine(&mut self, how: Refining) -> bool {
        let Some(mut refine) = self.shaping.refine.take() else { return false };
        let Some(scene) = self.scene(1.0) else { return false };
        let there = refine.keep_up(&scene);
        if there {
            refine.set(how, &scene);
            self.shaping.refine = Some(refine);
        }
        there
    }

    /// Takes the rings as they are shown.
    pub fn finish_refining(&mut self) {
        let Some(refine) = self.shaping.refine.take() else { return };
        let (before, after) = refine.counts();
        if let Some(edit) = refine.edit()
            && self.edit(&edit)
        {
            self.tool = super::fresh(&self.tool); // chosen vertices are others now
            self.tell(NoticeLevel::Info, format!("{before} vertices became {after}"));
        }
    }

    /// Moves what is selected by so many image pixels, as far as the image reaches: the chosen vertices, or whole shapes.
    pub fn nudge(&mut self, by: Vector) {
        if !self.tool.vertices().is_empty() {
            self.step_tool(1.0, Input::Nudge(by));
            return;
        }
        let Some(image) = self.image_size() else { return };
        let shapes = self.selected_shapes();
        let Some(bounds) = shapes.iter().filter_map(|(_, s)| s.bounds()).reduce(Rect::union) else { return };
        let by = tools::moved_inside(bounds, by, image);
        let edits = shapes.iter().map(|(lid, shape)| Edit::SetShape { lid: *lid, shape: shape.moved(by) });
        self.edit(&Edit::of(edits.collect()));
    }

    /// Moves a corner of every selected shape by so many image pixels. A shape keeps at least one pixel each way.
    pub fn move_corner(&mut self, corner: Corner, by: Vector) {
        let Some(image) = self.image_size() else { return };
        let mut edits = Vec::new();
        for (lid, shape) in self.selected_shapes() {
            let Some(mut bounds) = shape.bounds() else { continue };
            match corner {
                Corner::TopLeft => {
                    let to = tools::clamped(bounds.min + by, image);
                    bounds.min.x = to.x.min(bounds.max.x - 1.0);
                    bounds.min.y = to.y.min(bounds.max.y - 1.0);
                }
                Corner::BottomRight => {
                    let to = tools::clamped(bounds.max + by, image);
                    bounds.max.x = to.x.max(bounds.min.x + 1.0);
                    bounds.max.y = to.y.max(bounds.min.y + 1.0);
                }
            }
            let after = tools::resized(&shape, bounds, image);
            if after != shape && !matches!(shape, Shape::Point(_)) {
                edits.push(Edit::SetShape { lid, shape: after });
            }
        }
        if !edits.is_empty() {
            self.edit(&Edit::of(edits));
        }
    }

    fn selected_shapes(&self) -> Vec<(LocalId, Shape)> {
        let shapes = self.selection.iter().filter_map(|lid| Some((lid, self.document.get(lid)?.shape()?.clone())));
        shapes.filter(|(lid, _)| !self.seen.hidden.contains(lid)).collect()
    }

    /// Gives the tool in hand one input and carries out what follows; says how far the view is to move, in ui points.
    pub fn step_tool(&mut self, zoom: f64, input: Input) -> Option<Vector> {
        let tool = std::mem::take(&mut self.tool);
        let can_draw = self.can_draw();
        let Some(scene) = self.scene(zoom).filter(|_| can_draw || !tool.draws()) else {
            self.tool = tool;
            return None;
        };
        let (tool, outcomes): (Tool, Vec<tools::Outcome>) = tool.step(input, &scene);
        self.tool = tool;
        self.carry_out(outcomes)
    }

    /// Shapes are meant from now on, and none of the vertices that were chosen.
    pub fn let_vertices_go(&mut self) {
        if !self.tool.vertices().is_empty() {
            self.tool = super::fresh(&self.tool);
        }
    }

    /// Selects every shape of the image that has a concept of the selected ones (or the active concept).
    pub fn select_same_concept(&mut self) {
        let Some(input) = self.current.clone() else { return };
        self.let_vertices_go();
        let mut wanted: Vec<_> = self
            .selection
            .iter()
            .filter_map(|lid| self.document.get(lid))
            .flat_map(|a| &a.concepts)
            .map(|c| &c.id)
            .collect();
        if self.selection.is_empty() {
            wanted.extend(&self.active_concept);
        }
        let has_one = |a: &&Annotation| a.concepts.iter().any(|c| wanted.contains(&&c.id));
        let without_any = |a: &&Annotation| a.concepts.is_empty();
        let shapes =
            self.document.of_input(&input).filter(|a| a.bounds().is_some() && !self.seen.hidden.contains(&a.lid));
        let lids: Vec<LocalId> = if wanted.is_empty() && !self.selection.is_empty() {
            shapes.filter(without_any).map(|a| a.lid).collect()
        } else {
            shapes.filter(has_one).map(|a| a.lid).collect()
        };
        if lids.is_empty() {
            self.tell(NoticeLevel::Info, "Select a shape first, or choose a concept".to_owned());
        } else {
            self.selection.set(lids);
        }
    }

    /// Selects the next shape in reading order.
    pub fn read_on(&mut self, reading: Reading) {
        let next = self.scene(1.0).and_then(|scene| tools::read_on(reading, &scene));
        self.selection.set(next.or_else(|| self.selection.single()));
    }

    /// Selects the nearest shape in that direction.
    pub fn select_towards(&mut self, direction: Vector) {
        if let Some(next) = self.scene(1.0).and_then(|scene| tools::neighbour(direction, &scene)) {
            self.selection.set([next]);
        }
    }
}

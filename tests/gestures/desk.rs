//! A canvas without a window: a tool, a document, and short ways to gesture as a person does.

use labelwright::geometry::{Point, Rect, Ring, Size, Transform, Vector};
use labelwright::model::{
    Annotation, Document, Edit, Info, InputId, LocalId, Region, Selection, Shape, Status, Worker,
};
use labelwright::tools::{
    BoxTool, CanvasCursor, Cursor, CursorKey, ExtremeTool, Input, Key, Modifiers, Outcome, PanTool, Pointer,
    PolygonTool, Preview, Scene, SelectTool, SliceTool, Snapping, Tool,
};
use std::collections::HashSet;

/// The image on the desk.
pub const IMAGE: Size = Size::new(1000.0, 800.0);

/// A canvas with a tool in hand. Positions are image pixels.
pub struct Canvas {
    pub tool: Tool,
    pub document: Document,
    pub selection: Selection,
    pub untouchable: HashSet<LocalId>,
    pub input: InputId,
    pub zoom: f64,
    /// Keys held.
    pub held: Modifiers,
    /// What the gestures so far asked for, besides selecting.
    pub refused: Vec<String>,
    pub edits: Vec<Edit>,
    pub panned: (f64, f64),
    pub snapping: Snapping,
    /// The keyboard's cursor.
    pub cursor: CanvasCursor,
    /// How often a button went down, and how often a key.
    pub presses: usize,
    pub keys: usize,
    next_lid: u128,
}

pub fn pt(p: (f64, f64)) -> Point {
    Point::new(p.0, p.1)
}

pub fn rect(x0: f64, y0: f64, x1: f64, y1: f64) -> Rect {
    Rect::from_corners(pt((x0, y0)), pt((x1, y1)))
}

pub fn ring(points: &[(f64, f64)]) -> Ring {
    Ring::new(points.iter().copied().map(pt).collect())
}

/// An annotation of `shape` without labels.
pub fn annotation(lid: LocalId, input: &InputId, shape: Shape) -> Annotation {
    Annotation {
        lid,
        input: input.clone(),
        region: Some(Region { id: None, shape }),
        concepts: Vec::new(),
        status: Status::Success,
        worker: Worker::Me,
        info: Info::new(),
        created_at: String::new(),
        kept: None,
    }
}

impl Canvas {
    fn with(tool: Tool) -> Self {
        let input = InputId::from("photo");
        let mut document = Document::new();
        document.load(&input, Vec::new());
        Self {
            tool,
            document,
            selection: Selection::default(),
            untouchable: HashSet::new(),
            input,
            zoom: 1.0,
            held: Modifiers::NONE,
            refused: Vec::new(),
            edits: Vec::new(),
            panned: (0.0, 0.0),
            snapping: Snapping::On,
            cursor: CanvasCursor::new(Point::new(100.0, 100.0)),
            presses: 0,
            keys: 0,
            next_lid: 1,
        }
    }

    pub fn select() -> Self {
        Self::with(Tool::Select(SelectTool::default()))
    }

    pub fn boxes() -> Self {
        Self::with(Tool::Box(BoxTool::default()))
    }

    pub fn polygons() -> Self {
        Self::with(Tool::Polygon(PolygonTool::default()))
    }

    pub fn extremes() -> Self {
        Self::with(Tool::Extreme(ExtremeTool::default()))
    }

    pub fn slices() -> Self {
        Self::with(Tool::Slice(SliceTool::default()))
    }

    pub fn pan() -> Self {
        Self::with(Tool::Pan(PanTool::default()))
    }

    pub const fn at_zoom(mut self, zoom: f64) -> Self {
        self.zoom = zoom;
        self
    }

    // ---- what lies on the image ----------------------------------------------------------------------------------

    pub fn put(&mut self, shape: Shape) -> LocalId {
        let lid = LocalId(self.next_lid);
        self.next_lid += 1;
        let add = Edit::Add(Box::new(annotation(lid, &self.input, shape)));
        self.document.apply(&add).expect("a good shape");
        lid
    }

    pub fn put_box(&mut self, x0: f64, y0: f64, x1: f64, y1: f64) -> LocalId {
        self.put(Shape::Box(rect(x0, y0, x1, y1)))
    }

    pub fn put_polygon(&mut self, points: &[(f64, f64)]) -> LocalId {
        self.put(Shape::Polygon(ring(points)))
    }

    /// Somebody else deletes it.
    pub fn lose(&mut self, lid: LocalId) {
        self.document.apply(&Edit::Remove { lid }).expect("it was there");
        let document = &self.document;
        self.selection.keep_only(|lid| document.get(lid).is_some());
    }

    pub fn shape(&self, lid: LocalId) -> &Shape {
        self.document.get(lid).and_then(Annotation::shape).expect("an annotation with a shape")
    }

    pub fn rect_of(&self, lid: LocalId) -> Rect {
        match self.shape(lid) {
            Shape::Box(rect) => *rect,
            other => panic!("{other:?} is no box"),
        }
    }

    pub fn points_of(&self, lid: LocalId) -> Vec<(f64, f64)> {
        match self.shape(lid) {
            Shape::Polygon(ring) => ring.points().iter().map(|p| (p.x, p.y)).collect(),
            other => panic!("{other:?} is no polygon"),
        }
    }

    /// The shapes in the order in which they were made.
    pub fn shapes(&self) -> Vec<Shape> {
        self.document.of_input(&self.input).filter_map(|a| a.shape().cloned()).collect()
    }

    pub fn selected(&self) -> Vec<LocalId> {
        self.selection.iter().collect()
    }

    // ---- gestures ------------------------------------------------------------------------------------------------

    pub fn pointer(&self, at: (f64, f64)) -> Pointer {
        let at = pt(at);
        Pointer { at, ui: Point::new(at.x * self.zoom, at.y * self.zoom), modifiers: self.held }
    }

    pub fn scene(&self) -> Scene<'_> {
        Scene {
            document: &self.document,
            input: &self.input,
            image: IMAGE,
            zoom: self.zoom,
            selection: &self.selection,
            untouchable: &self.untouchable,
            snapping: self.snapping,
        }
    }

    /// One input, and what the editor would do about it.
    pub fn input(&mut self, input: Input) -> &mut Self {
        match input {
            Input::Down(_) | Input::DoubleClick(_) => self.presses += 1,
            Input::Key(_) | Input::Cancel | Input::Nudge(_) => self.keys += 1,
            Input::Move(_) | Input::Up(_) => {}
        }
        let tool = std::mem::take(&mut self.tool);
        let (tool, outcomes) = tool.step(input, &self.scene());
        self.tool = tool;
        for outcome in outcomes {
            match outcome {
                Outcome::Create(shape) => {
                    let lid = self.put(shape);
                    self.selection.set([lid]);
                }
                Outcome::Edit(edit) => match self.document.apply(&edit) {
                    Ok(_) => self.edits.push(edit),
                    Err(error) => self.refused.push(error.to_string()), // as the editor tells it
                },
                Outcome::Split(parts) => {
                    for (lid, shapes) in parts {
                        for (i, shape) in shapes.into_iter().enumerate() {
                            if i == 0 {
                                self.apply(Edit::SetShape { lid, shape });
                            } else {
                                self.put(shape);
                            }
                        }
                    }
                }
                Outcome::Select(lids) => self.selection.set(lids),
                Outcome::Toggle(lid) => self.selection.toggle(lid),
                Outcome::ExtendSelection(lids) => self.selection.extend(lids),
                Outcome::PanBy(by) => self.panned = (self.panned.0 + by.x, self.panned.1 + by.y),
                Outcome::Refused(text) => self.refused.push(text),
            }
        }
        self
    }

    pub fn down(&mut self, at: (f64, f64)) -> &mut Self {
        self.input(Input::Down(self.pointer(at)))
    }

    pub fn to(&mut self, at: (f64, f64)) -> &mut Self {
        self.input(Input::Move(self.pointer(at)))
    }

    pub fn up(&mut self, at: (f64, f64)) -> &mut Self {
        self.input(Input::Up(self.pointer(at)))
    }

    /// The pointer goes there and the button goes down and up.
    pub fn click(&mut self, at: (f64, f64)) -> &mut Self {
        self.to(at).down(at).up(at)
    }

    /// Two clicks at the same place, soon after another; the second press comes as [`Input::DoubleClick`].
    pub fn double_click(&mut self, at: (f64, f64)) -> &mut Self {
        let again = Input::DoubleClick(self.pointer(at));
        self.click(at).input(again).up(at)
    }

    /// The pointer goes there, drags in a few steps, and the button is still down.
    pub fn drag_and_hold(&mut self, from: (f64, f64), to: (f64, f64)) -> &mut Self {
        self.to(from).down(from);
        for part in [0.3, 0.6, 1.0] {
            self.to((from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part));
        }
        self
    }

    pub fn drag(&mut self, from: (f64, f64), to: (f64, f64)) -> &mut Self {
        self.drag_and_hold(from, to).up(to)
    }

    /// A drag along a line, in steps of that many ui points, as a hand makes it.
    pub fn trace(&mut self, way: &[(f64, f64)], step_ui: f64) -> &mut Self {
        self.to(way[0]).down(way[0]);
        for pair in way.windows(2) {
            let (a, b) = (pt(pair[0]), pt(pair[1]));
            let steps = (a.distance(b) * self.zoom / step_ui).ceil();
            let mut i = 1.0;
            while i <= steps {
                let p = a.lerp(b, i / steps);
                self.to((p.x, p.y));
                i += 1.0;
            }
        }
        self.up(way[way.len() - 1])
    }

    /// An edit that did not come from the tool.
    pub fn apply(&mut self, edit: Edit) {
        self.document.apply(&edit).expect("a good edit");
        self.edits.push(edit);
    }

    /// A key of the keyboard's cursor.
    pub fn cursor_key(&mut self, key: CursorKey) -> &mut Self {
        self.keys += 1;
        let (presses, keys) = (self.presses, self.keys);
        let view = Transform { scale: self.zoom, shift: Vector::new(0.0, 0.0) };
        let (cursor, inputs) = self.cursor.step(key, self.held, &self.tool, &self.scene(), view);
        self.cursor = cursor;
        for input in inputs {
            self.input(input);
        }
        (self.presses, self.keys) = (presses, keys);
        self
    }

    /// The cursor goes there in steps of 50, 10 and 1 pixels, as a person's fingers make it go.
    pub fn cursor_to(&mut self, to: (f64, f64)) -> &mut Self {
        for step in [50.0, 10.0, 1.0] {
            for axis in [Vector::new(1.0, 0.0), Vector::new(0.0, 1.0)] {
                loop {
                    let left = (pt(to) - self.cursor.at).dot(axis);
                    if left.abs() < step {
                        break;
                    }
                    self.cursor_key(CursorKey::Move(axis * step.copysign(left)));
                }
            }
        }
        self
    }

    pub fn press_key(&mut self) -> &mut Self {
        self.cursor_key(CursorKey::Press)
    }

    pub fn key(&mut self, key: Key) -> &mut Self {
        self.input(Input::Key(key))
    }

    pub fn esc(&mut self) -> &mut Self {
        self.input(Input::Cancel)
    }

    /// From now on these keys are down.
    pub const fn hold(&mut self, modifiers: Modifiers) -> &mut Self {
        self.held = modifiers;
        self
    }

    pub const fn let_go(&mut self) -> &mut Self {
        self.hold(Modifiers::NONE)
    }

    // ---- what can be seen ----------------------------------------------------------------------------------------

    #[track_caller]
    pub fn expect_in(&mut self, path: &str) -> &mut Self {
        assert_eq!(self.tool.path(), path, "the state of the tool");
        self
    }

    #[track_caller]
    pub fn expect_boxes(&mut self, expected: &[Rect]) -> &mut Self {
        let expected: Vec<Shape> = expected.iter().copied().map(Shape::Box).collect();
        assert_eq!(self.shapes(), expected, "the boxes on the image");
        self
    }

    /// One polygon on the image, with these vertices.
    #[track_caller]
    pub fn expect_polygon(&mut self, points: &[(f64, f64)]) -> &mut Self {
        assert_eq!(self.shapes(), [Shape::Polygon(ring(points))], "the polygon on the image");
        self
    }

    #[track_caller]
    pub fn expect_nothing(&mut self) -> &mut Self {
        assert_eq!(self.shapes(), [], "nothing was drawn");
        self
    }

    #[track_caller]
    pub fn expect_selected(&mut self, expected: &[LocalId]) -> &mut Self {
        assert_eq!(self.selected(), expected, "the selection");
        self
    }

    /// The last gestures made so many edits in all: each gesture is one step of undo.
    #[track_caller]
    pub fn expect_edits(&mut self, n: usize) -> &mut Self {
        assert_eq!(self.edits.len(), n, "edits: {:?}", self.edits);
        self
    }

    pub fn previews(&self) -> Vec<Preview> {
        self.tool.previews(&self.scene())
    }

    pub fn cursor(&self, at: (f64, f64)) -> Cursor {
        self.tool.cursor(Some(self.pointer(at)), &self.scene())
    }
}

//! What a frame of the canvas costs the processor, without the rasteriser, at 1,000, 10,000 and 100,000 polygons: what
//! must not grow with the number of shapes, and what grows.
//!
//! `cargo bench --bench canvas`; `scripts/bench` reads the medians and holds them against the goals.

#[path = "support/scene.rs"]
mod scene;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use egui::{
    Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, TouchPhase, pos2,
    vec2,
};
use labelwright::geometry::{Point, Vector};
use labelwright::model::{Edit, LocalId, Shape, StepBack};
use labelwright::tools::{Input, Tool};
use labelwright::ui::Gallery;
use labelwright::ui::canvas::Canvas;
use labelwright::ui::editor::Editor;
use std::hint::black_box;

const COUNTS: [u32; 3] = [1_000, 10_000, 100_000];
const WINDOW: Rect = Rect::from_min_max(Pos2::ZERO, pos2(1600.0, 900.0));

/// The canvas in a window without a renderer, and what it shows.
struct Desk {
    ctx: Context,
    canvas: Canvas,
    gallery: Gallery,
    editor: Editor,
    frame: u32,
}

impl Desk {
    fn new(count: u32) -> Self {
        let editor = scene::editor(scene::polygons(&scene::shown(), count), 1);
        let mut desk =
            Self { ctx: Context::default(), canvas: Canvas::new(None), gallery: Gallery::new(None), editor, frame: 0 };
        desk.frames_until_complete();
        for _ in 0..4 {
            desk.frame(Vec::new());
        }
        desk
    }

    /// Frames until all shapes are there.
    fn frames_until_complete(&mut self) {
        self.frame(Vec::new());
        while !self.canvas.is_complete() {
            self.frame(Vec::new());
        }
    }

    /// One frame: input, canvas, and the triangles that egui hands to the renderer.
    fn frame(&mut self, events: Vec<Event>) {
        self.frame += 1;
        let input = RawInput {
            screen_rect: Some(WINDOW),
            time: Some(f64::from(self.frame) / 60.0),
            focused: true,
            events,
            ..RawInput::default()
        };
        let Self { ctx, canvas, gallery, editor, .. } = self;
        let output = ctx.run_ui(input, |ui| {
            black_box(canvas.ui(ui, editor, gallery));
        });
        black_box(ctx.tessellate(output.shapes, output.pixels_per_point));
        self.editor.outbox.clear();
    }

    fn pointer(&self) -> Pos2 {
        let step = f32::from(u16::try_from(self.frame % 512).unwrap_or(0));
        pos2(300.0 + step * 1.7, 200.0 + step * 0.9)
    }
}

fn button(pos: Pos2, pressed: bool) -> Event {
    Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
}

fn frames(c: &mut Criterion) {
    let mut group = c.benchmark_group("frame");
    for count in COUNTS {
        let mut desk = Desk::new(count);
        group.bench_function(BenchmarkId::new("still", count), |b| b.iter(|| desk.frame(Vec::new())));
        group.bench_function(BenchmarkId::new("mouse_move", count), |b| {
            b.iter(|| {
                let to = desk.pointer();
                desk.frame(vec![Event::PointerMoved(to)]);
            });
        });
        group.bench_function(BenchmarkId::new("zoom_step", count), |b| {
            let mut out = false;
            b.iter(|| {
                out = !out;
                let delta = vec2(0.0, if out { 10.0 } else { -10.0 });
                let (unit, phase, source) = (MouseWheelUnit::Point, TouchPhase::Move, MouseWheelSource::Unknown);
                desk.frame(vec![Event::MouseWheel { unit, delta, phase, source, modifiers: Modifiers::NONE }]);
            });
        });
        desk.canvas.view.fit();
        desk.frame(Vec::new());
        let (lid, vertex) = middle(&desk.editor);
        desk.editor.selection.set([lid]);
        desk.frame(Vec::new());
        let from = desk.canvas.view.ui_from_image().apply(vertex);
        #[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
        let from = pos2(from.x as f32, from.y as f32);
        desk.frame(vec![Event::PointerMoved(from), button(from, true)]);
        group.bench_function(BenchmarkId::new("drag_vertex", count), |b| {
            let mut by = 10.0;
            b.iter(|| {
                by = if by > 60.0 { 10.0 } else { by + 1.0 };
                desk.frame(vec![Event::PointerMoved(from + vec2(by, by / 2.0))]);
            });
        });
        desk.canvas.step_tool(&mut desk.editor, Input::Cancel);
        desk.frame(vec![button(from, false)]);
    }
    group.finish();
}

/// A polygon near the middle of the picture and one of its vertices.
fn middle(editor: &Editor) -> (LocalId, Point) {
    let center = Point::new(scene::IMAGE.width / 2.0, scene::IMAGE.height / 2.0);
    let distance = |p: Point| p.distance(center);
    editor
        .document
        .of_input(&scene::shown())
        .filter_map(|a| match a.shape()? {
            Shape::Polygon(ring) => Some((a.lid, ring.points()[0])),
            _ => None,
        })
        .min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))
        .expect("there are polygons")
}

fn hits(c: &mut Criterion) {
    let mut group = c.benchmark_group("hit");
    for count in COUNTS {
        let editor = scene::editor(scene::polygons(&scene::shown(), count), 1);
        let mut rng = scene::Rng::new(7);
        group.bench_function(BenchmarkId::new("shapes_at", count), |b| {
            let found = editor.scene(0.4).expect("it is loaded");
            b.iter(|| {
                let at = Point::new(rng.unit() * scene::IMAGE.width, rng.unit() * scene::IMAGE.height);
                black_box(labelwright::tools::shapes_at(&found, at))
            });
        });
    }
    group.finish();
}

fn edits(c: &mut Criterion) {
    let mut group = c.benchmark_group("edit");
    group.sample_size(20);
    for count in COUNTS {
        let mut desk = Desk::new(count);
        let (lid, _) = middle(&desk.editor);
        let mut by = 1.0;
        let mut moved = |desk: &Desk| {
            by = -by;
            let shape = desk.editor.document.get(lid).and_then(|a| a.shape()).expect("a shape");
            Edit::SetShape { lid, shape: shape.moved(Vector::new(by, 0.0)) }
        };
        group.bench_function(BenchmarkId::new("move_and_frame", count), |b| {
            b.iter(|| {
                let edit = moved(&desk);
                assert!(desk.editor.edit(&edit), "it can be moved");
                desk.frame(Vec::new());
            });
        });
        group.bench_function(BenchmarkId::new("undo_redo", count), |b| {
            b.iter(|| {
                desk.editor.step_back(StepBack::Undo);
                desk.editor.step_back(StepBack::Redo);
                desk.frame(Vec::new());
            });
        });
        group.bench_function(BenchmarkId::new("delete_and_undo", count), |b| {
            b.iter(|| {
                assert!(desk.editor.edit(&Edit::Remove { lid }), "it can be deleted");
                desk.editor.step_back(StepBack::Undo);
            });
        });
    }
    group.finish();
}

fn opening(c: &mut Criterion) {
    let mut group = c.benchmark_group("open");
    group.sample_size(10);
    for count in COUNTS {
        let annotations = scene::polygons(&scene::shown(), count);
        group.bench_function(BenchmarkId::new("shapes_ready", count), |b| {
            b.iter_batched(
                || annotations.clone(),
                |annotations| {
                    let mut desk = Desk::new(1);
                    desk.editor = scene::editor(annotations, 1);
                    desk.frames_until_complete();
                    desk
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn long_ring(c: &mut Criterion) {
    let mut group = c.benchmark_group("ring_of_100000");
    group.sample_size(20);
    let mut rng = scene::Rng::new(3);
    let center = Point::new(1920.0, 1080.0);
    let ring = scene::ring(center, 1000.0, 100_000, &mut rng);
    let vertex = ring.points()[12_345];
    let input = scene::shown();
    let annotations = vec![scene::annotation(1, &input, Shape::Polygon(ring), 0)];
    let mut desk = Desk::new(1);
    desk.editor = scene::editor(annotations, 1);
    desk.frame(Vec::new());
    desk.editor.tool = Tool::default();
    desk.editor.selection.set([LocalId(1)]);
    desk.frame(Vec::new());
    let from = desk.canvas.view.ui_from_image().apply(vertex);
    #[expect(clippy::cast_possible_truncation, reason = "a place on the screen")]
    let from = pos2(from.x as f32, from.y as f32);
    group.bench_function("still", |b| b.iter(|| desk.frame(Vec::new())));
    desk.frame(vec![Event::PointerMoved(from), button(from, true)]);
    group.bench_function("drag_vertex", |b| {
        let mut by = 10.0;
        b.iter(|| {
            by = if by > 60.0 { 10.0 } else { by + 1.0 };
            desk.frame(vec![Event::PointerMoved(from + vec2(by, by / 2.0))]);
        });
    });
    // The end of such a drag: the edit, its undo record and the outline built anew; then back.
    desk.canvas.step_tool(&mut desk.editor, Input::Cancel);
    desk.frame(vec![button(from, false)]);
    let shape = desk.editor.document.get(LocalId(1)).and_then(|a| a.shape()).cloned().expect("a shape");
    let Shape::Polygon(ring) = &shape else { return };
    let moved = Shape::Polygon(ring.with_vertex(12_345, vertex + Vector::new(3.0, 2.0)));
    group.bench_function("move_vertex", |b| {
        let mut there = false;
        b.iter(|| {
            there = !there;
            let shape = if there { moved.clone() } else { shape.clone() };
            assert!(desk.editor.edit(&Edit::SetShape { lid: LocalId(1), shape }), "it can be moved");
            desk.frame(Vec::new());
        });
    });
    group.finish();
}

criterion_group!(benches, frames, hits, edits, opening, long_ring);
criterion_main!(benches);

//! With the plugin and without it: the same picture, for less.

use super::*;
use egui::{Color32, pos2, vec2};
use egui_kittest::Harness;

/// Texts, buttons, a transparent shape that moves, and a window with a shadow.
#[derive(Default)]
struct Scene {
    step: u8,
    has_window: bool,
    has_curtain: bool,
    keeps: bool,
}

impl eframe::App for Scene {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        egui::CentralPanel::default().show(ui, |ui| {
            for line in 0..12 {
                ui.horizontal(|ui| {
                    ui.label(format!("line {line}"));
                    let _clicked = ui.button("a button").clicked();
                    ui.hyperlink("https://example.org");
                });
            }
            ui.label(format!("step {}", self.step));
        });
        if self.has_curtain {
            let below = egui::Rect::from_min_max(pos2(100.0, 40.0), pos2(100.0 + 300.3, 320.0));
            ui.painter().rect_filled(below, 0.0, Color32::from_rgb(10 * self.step, 90, 120));
        }
        let at = pos2(40.0 + 17.0 * f32::from(self.step), 90.3);
        ui.painter().circle(at, 30.0, Color32::from_black_alpha(90), (3.0, Color32::RED));
        if self.has_window {
            let window = egui::Window::new("A window").default_pos(pos2(200.0, 120.0));
            window.show(ui, |ui| ui.label("with a shadow around it"));
        }
    }
}

fn harness(keeps: bool) -> Harness<'static, Scene> {
    let builder = Harness::builder().with_size(vec2(420.0, 330.0)).with_step_dt(1.0 / 30.0).with_pixels_per_point(1.25);
    builder.wgpu().build_eframe(move |cc| {
        if keeps {
            cc.egui_ctx.add_plugin(KeptFrame::new(cc.wgpu_render_state.as_ref().expect("a software GPU")));
        }
        Scene { keeps, ..Scene::default() }
    })
}

#[track_caller]
fn look_the_same(kept: &mut Harness<'static, Scene>, plain: &mut Harness<'static, Scene>, when: &str) {
    kept.step();
    plain.step();
    let (a, b) = (kept.render().expect("a software GPU"), plain.render().expect("a software GPU"));
    let differing = a.pixels().zip(b.pixels()).filter(|(a, b)| a != b).count();
    assert_eq!((a.dimensions(), differing), (b.dimensions(), 0), "{when}");
}

fn counters(kept: &Harness<'static, Scene>) -> Counters {
    kept.ctx.plugin::<KeptFrame>().lock().counters()
}

#[test]
fn it_looks_as_egui_draws_it() {
    let (mut kept, mut plain) = (harness(true), harness(false));
    assert!(kept.state().keeps && !plain.state().keeps, "one of them");
    look_the_same(&mut kept, &mut plain, "the first frame");
    for step in 1..=8 {
        for one in [&mut kept, &mut plain] {
            one.state_mut().step = step;
            one.state_mut().has_window = (3..7).contains(&step);
            one.hover_at(pos2(60.0 + 5.0 * f32::from(step), 20.0 + 12.0 * f32::from(step)));
        }
        look_the_same(&mut kept, &mut plain, &format!("step {step}"));
    }
    let counted = counters(&kept);
    assert!(counted.whole_redraws * 2 <= counted.redraws, "most frames were drawn in parts: {counted:?}");
}

#[test]
fn a_still_window_is_drawn_once() {
    let mut kept = harness(true);
    kept.run_steps(3);
    let before = counters(&kept);
    kept.run_steps(6);
    let after = counters(&kept);
    assert_eq!(after, Counters { frames: before.frames + 6, ..before }, "six frames and nothing drawn");
}

#[test]
fn a_small_change_draws_few_pixels() {
    let mut kept = harness(true);
    kept.run_steps(3);
    let before = counters(&kept);
    kept.state_mut().step = 1;
    kept.step();
    let after = counters(&kept);
    assert_eq!((after.redraws, after.whole_redraws), (before.redraws + 1, before.whole_redraws), "a part of it");
    let window = 525 * 413;
    assert!((after.pixels - before.pixels) * 4 < window, "{} of {window} pixels", after.pixels - before.pixels);
}

#[test]
fn what_changes_in_every_frame_is_drawn_once_and_looks_the_same_meanwhile_and_after() {
    let (mut kept, mut plain) = (harness(true), harness(false));
    look_the_same(&mut kept, &mut plain, "the first frame");
    let mut straight = Vec::new();
    for step in [1, 2, 3, 4, 4, 4, 5, 6, 6] {
        for one in [&mut kept, &mut plain] {
            one.state_mut().step = step;
            one.state_mut().has_curtain = true;
        }
        let before = counters(&kept).passing_pixels;
        look_the_same(&mut kept, &mut plain, &format!("step {step}"));
        straight.push(counters(&kept).passing_pixels > before);
    }
    assert_eq!(straight, [false, true, true, true, false, false, false, true, false], "while it goes on");
}

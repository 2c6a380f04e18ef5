//! A notch of the wheel at once, where a processor draws the window.
//!
//! egui spreads a notch over some ten frames, so that what it moves glides. Without a graphics card each of them costs as much
//! as all that the notch is for, and the window lags behind the hand. Told that a gesture begins with the notch, egui takes it
//! as it is, as it does with a trackpad's. For the same reason motion is reduced there, see `settings`.
//!
//! Over the canvas egui is not told of it at all, because it draws two more frames after whatever it is told of, and a third one
//! to look for tooltips: the canvas takes the notch itself ([`notches`]).

use egui::{Context, Event, MouseWheelUnit, Plugin, RawInput, Response, TouchPhase, Vec2};

/// Whether a processor draws this window, so that what moves by itself costs more than it tells.
#[must_use]
pub fn is_slow(ctx: &Context) -> bool {
    ctx.plugin_opt::<WheelAtOnce>().is_some()
}

/// How far the wheel was turned over `canvas` since the frame before, in points of scrolling; nothing where egui was told.
#[must_use]
pub fn notches(canvas: &Response) -> Vec2 {
    let Some(plugin) = canvas.ctx.plugin_opt::<WheelAtOnce>() else { return Vec2::ZERO };
    let mut plugin = plugin.lock();
    plugin.next = if canvas.contains_pointer() { Taker::Canvas } else { Taker::Egui };
    std::mem::take(&mut plugin.taken)
}

/// Whose a notch is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Taker {
    #[default]
    Egui,
    Canvas,
}

/// The plugin; added where the adapter is a processor.
#[derive(Debug, Default)]
pub struct WheelAtOnce {
    /// Of the next notch, by where the pointer was in the last frame.
    next: Taker,
    /// For the canvas.
    taken: Vec2,
}

impl WheelAtOnce {
    /// Takes notches for the canvas, where nothing else has happened: what moves the pointer may move it elsewhere.
    fn take(&mut self, ctx: &Context, events: &mut Vec<Event>) {
        // A canvas that is gone takes none, so whoever is over it says so in each frame.
        let next = std::mem::take(&mut self.next);
        if next == Taker::Canvas && ctx.input(|i| i.modifiers).is_none() && events.iter().all(|e| lines(e).is_some()) {
            let by: Vec2 = events.drain(..).filter_map(|event| lines(&event)).fold(Vec2::ZERO, |sum, by| sum + by);
            self.taken = by * ctx.options(|o| o.input_options.line_scroll_speed);
        }
    }
}

impl Plugin for WheelAtOnce {
    fn debug_name(&self) -> &'static str {
        "wheel at once"
    }

    fn input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        self.take(ctx, &mut input.events);
        if input.events.iter().any(is_notch) {
            let events = std::mem::take(&mut input.events);
            input.events = events.into_iter().flat_map(|event| [beginning(&event), Some(event)]).flatten().collect();
        }
    }
}

/// A trackpad tells points.
const fn is_notch(event: &Event) -> bool {
    let Event::MouseWheel { unit, phase, .. } = event else { return false };
    !matches!(unit, MouseWheelUnit::Point) && matches!(phase, TouchPhase::Move)
}

/// How many lines a notch without a modifier is. X11 says before and after each that there is none.
fn lines(event: &Event) -> Option<Vec2> {
    match event {
        Event::ModifiersChanged(modifiers) if modifiers.is_none() => Some(Vec2::ZERO),
        Event::MouseWheel { unit: MouseWheelUnit::Line, delta, modifiers, .. } => {
            (is_notch(event) && modifiers.is_none()).then_some(*delta)
        }
        _ => None,
    }
}

fn beginning(event: &Event) -> Option<Event> {
    match *event {
        Event::MouseWheel { unit, source, modifiers, .. } if is_notch(event) => {
            Some(Event::MouseWheel { unit, delta: Vec2::ZERO, phase: TouchPhase::Start, source, modifiers })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Modifiers, MouseWheelSource, vec2};

    /// How far each of twelve frames of 1/60 s scrolls after a notch in the first, and by how much they zoom in all.
    fn notch(ctx: &Context, modifiers: Modifiers) -> (Vec<f32>, f32) {
        let wheel = Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(0.0, 1.0),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers,
        };
        let mut scrolled = Vec::new();
        let mut zoomed = 1.0;
        let start_secs = ctx.input(|i| i.time) + 1.0;
        for frame in 0..12 {
            let events = if frame == 0 { vec![wheel.clone()] } else { Vec::new() };
            let time = Some(start_secs + f64::from(frame) / 60.0);
            let input = RawInput { time, events, ..RawInput::default() };
            let output = ctx.run_ui(input, |ui| {
                let (by, zoom) = ui.input(|i| (i.smooth_scroll_delta().y, i.zoom_delta()));
                scrolled.push(by);
                zoomed *= zoom;
            });
            output.drop_without_applying_deltas();
        }
        (scrolled, zoomed)
    }

    #[test]
    fn a_notch_is_one_frame_and_goes_as_far_as_before() {
        let (gliding, at_once) = (Context::default(), Context::default());
        at_once.add_plugin(WheelAtOnce::default());
        let (gliding, _) = notch(&gliding, Modifiers::NONE);
        let (at_once, _) = notch(&at_once, Modifiers::NONE);
        assert!(gliding.iter().filter(|by| **by != 0.0).count() > 5, "egui's own way: {gliding:?}");
        assert_eq!(at_once.iter().filter(|by| **by != 0.0).count(), 1, "{at_once:?}");
        assert!((gliding.iter().sum::<f32>() - at_once[0]).abs() < 0.01, "{gliding:?}, {at_once:?}");
    }

    #[test]
    fn with_control_it_still_zooms_and_the_next_notch_without_does_not() {
        let ctx = Context::default();
        ctx.add_plugin(WheelAtOnce::default());
        let (scrolled, zoomed) = notch(&ctx, Modifiers::COMMAND);
        assert!(zoomed > 1.0 && scrolled.iter().all(|by| *by == 0.0), "{zoomed}, {scrolled:?}");
        let (scrolled, zoomed) = notch(&ctx, Modifiers::NONE);
        assert!((zoomed - 1.0).abs() < f32::EPSILON && scrolled[0] > 0.0, "{zoomed}, {scrolled:?}");
    }
}

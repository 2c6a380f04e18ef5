//! A notch of the wheel at once, where a processor draws the window.
//!
//! egui spreads a notch over some ten frames, so that what it moves glides. Without a graphics card each of them costs as much
//! as all that the notch is for, and the window lags behind the hand. Told that a gesture begins with the notch, egui takes it
//! as it is, as it does with a trackpad's. For the same reason motion is reduced there, see `settings`.

use egui::{Context, Event, MouseWheelUnit, Plugin, RawInput, TouchPhase, Vec2};

/// Whether a processor draws this window, so that what moves by itself costs more than it tells.
#[must_use]
pub fn is_slow(ctx: &Context) -> bool {
    ctx.plugin_opt::<WheelAtOnce>().is_some()
}

/// The plugin; added where the adapter is a processor.
#[derive(Debug, Default)]
pub struct WheelAtOnce;

impl Plugin for WheelAtOnce {
    fn debug_name(&self) -> &'static str {
        "wheel at once"
    }

    fn input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
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
        at_once.add_plugin(WheelAtOnce);
        let (gliding, _) = notch(&gliding, Modifiers::NONE);
        let (at_once, _) = notch(&at_once, Modifiers::NONE);
        assert!(gliding.iter().filter(|by| **by != 0.0).count() > 5, "egui's own way: {gliding:?}");
        assert_eq!(at_once.iter().filter(|by| **by != 0.0).count(), 1, "{at_once:?}");
        assert!((gliding.iter().sum::<f32>() - at_once[0]).abs() < 0.01, "{gliding:?}, {at_once:?}");
    }

    #[test]
    fn with_control_it_still_zooms_and_the_next_notch_without_does_not() {
        let ctx = Context::default();
        ctx.add_plugin(WheelAtOnce);
        let (scrolled, zoomed) = notch(&ctx, Modifiers::COMMAND);
        assert!(zoomed > 1.0 && scrolled.iter().all(|by| *by == 0.0), "{zoomed}, {scrolled:?}");
        let (scrolled, zoomed) = notch(&ctx, Modifiers::NONE);
        assert!((zoomed - 1.0).abs() < f32::EPSILON && scrolled[0] > 0.0, "{zoomed}, {scrolled:?}");
    }
}

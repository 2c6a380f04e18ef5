//! One decision a frame: what a person does next meets what their last action has made of the window.
//!
//! On a slow frame a mouse button and the keys after it arrive together. egui shows them to the window all at once, so that
//! keys typed for a popup would be taken before the click that opens it. This holds back what comes after a decision (a
//! key, the mouse after a key, a key after the mouse) for the frame that follows at once. Nothing is dropped or reordered.

use egui::{Context, Event, Key, Plugin, RawInput, Ui};
use std::collections::BTreeSet;

/// Deals the input out, one decision a pass.
#[derive(Debug, Default)]
pub struct InputOrder {
    waiting: Vec<Event>,
    down: Down,
}

/// The keys that are held. That a press is a repeated one is only found out by egui, later.
#[derive(Debug, Default)]
struct Down(BTreeSet<Key>);

/// What an event decides, as far as its order matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    /// A mouse button went down or up. A press, its way and its release may share a pass: the tools see each event.
    Button,
    /// A key went down, or the clipboard was asked for.
    Key,
    /// Letters, or a held key again: they go with the key press before them.
    Letters,
}

impl Act {
    fn of(event: &Event, down: &Down) -> Option<Self> {
        match event {
            Event::PointerButton { .. } => Some(Self::Button),
            Event::Key { key, pressed: true, .. } if down.0.contains(key) => Some(Self::Letters),
            Event::Key { pressed: true, .. } | Event::Copy | Event::Cut | Event::Paste(_) => Some(Self::Key),
            Event::Text(_) => Some(Self::Letters),
            _ => None,
        }
    }

    /// Whether this act may share a pass with the one before it.
    const fn goes_with(self, before: Self) -> bool {
        matches!((before, self), (Self::Button, Self::Button) | (Self::Key | Self::Letters, Self::Letters))
    }
}

impl Down {
    fn follow(&mut self, event: &Event) {
        match event {
            Event::Key { key, pressed: true, .. } => drop(self.0.insert(*key)),
            Event::Key { key, pressed: false, .. } => drop(self.0.remove(key)),
            Event::WindowFocused(false) => self.0.clear(), // what is let go elsewhere is not told
            _ => {}
        }
    }
}

/// How many of these events belong into one pass; `down` follows those.
fn one_turn(events: &[Event], down: &mut Down) -> usize {
    let mut before: Option<Act> = None;
    for (i, event) in events.iter().enumerate() {
        let act = Act::of(event, down);
        if let (Some(act), Some(before)) = (act, before)
            && !act.goes_with(before)
        {
            return i;
        }
        before = act.or(before);
        down.follow(event);
    }
    events.len()
}

impl Plugin for InputOrder {
    fn debug_name(&self) -> &'static str {
        "input order"
    }

    fn input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        self.waiting.append(&mut input.events);
        let rest = self.waiting.split_off(one_turn(&self.waiting, &mut self.down));
        input.events = std::mem::replace(&mut self.waiting, rest);
    }

    fn on_end_pass(&mut self, ui: &mut Ui) {
        if !self.waiting.is_empty() {
            ui.request_repaint();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Down, Event};
    use egui::{Key, Modifiers, PointerButton, pos2};

    fn one_turn(events: &[Event]) -> usize {
        super::one_turn(events, &mut Down::default())
    }

    fn key(key: Key) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
    }

    fn up(key: Key) -> Event {
        Event::Key { key, physical_key: None, pressed: false, repeat: false, modifiers: Modifiers::NONE }
    }

    fn text(letters: &str) -> Event {
        Event::Text(letters.to_owned())
    }

    fn button(pressed: bool) -> Event {
        let button = PointerButton::Primary;
        Event::PointerButton { pos: pos2(1.0, 1.0), button, pressed, modifiers: Modifiers::NONE }
    }

    fn moved() -> Event {
        Event::PointerMoved(pos2(2.0, 2.0))
    }

    #[test]
    fn a_whole_drag_is_one_turn() {
        assert_eq!(one_turn(&[moved(), button(true), moved(), button(false), moved()]), 5);
    }

    #[test]
    fn keys_after_the_mouse_wait() {
        assert_eq!(one_turn(&[button(true), moved(), button(false), key(Key::D), text("d")]), 3);
        assert_eq!(one_turn(&[button(false), text("d")]), 1);
    }

    #[test]
    fn the_mouse_after_a_key_waits() {
        assert_eq!(one_turn(&[key(Key::B), text("b"), up(Key::B), moved(), button(true)]), 4);
    }

    #[test]
    fn each_key_has_a_turn_with_its_letters() {
        assert_eq!(one_turn(&[key(Key::D), text("d"), up(Key::D), key(Key::O), text("o")]), 3);
        assert_eq!(one_turn(&[text("do"), key(Key::Enter)]), 1);
        assert_eq!(one_turn(&[key(Key::A), Event::Paste("x".to_owned())]), 1);
    }

    #[test]
    fn a_held_key_does_not_make_a_queue() {
        // The window system tells no release in between, and egui finds out only later that these are repeats.
        let held = [key(Key::D), text("d"), key(Key::D), text("d"), key(Key::D), text("d")];
        assert_eq!(one_turn(&held), 6);
        let mut down = Down::default();
        super::one_turn(&[key(Key::D)], &mut down);
        assert_eq!(super::one_turn(&held, &mut down), 6, "nor in the passes that follow");
        super::one_turn(&[up(Key::D)], &mut down);
        assert_eq!(super::one_turn(&[key(Key::D), up(Key::D), key(Key::D)], &mut down), 2, "pressed twice is not held");
    }
}

//! One decision a frame: what a person does next meets what their last action has made of the window.
//!
//! On a slow frame a mouse button and the keys after it arrive together. egui shows them to the window all at once, so that
//! keys typed for a popup would be taken before the click that opens it. This holds back what comes after a decision (a
//! key, the mouse after a key, a key after the mouse) for the frame that follows at once. Nothing is dropped or reordered.

use egui::{Context, Event, Plugin, RawInput, Ui};

/// Deals the input out, one decision a pass.
#[derive(Debug, Default)]
pub struct InputOrder {
    waiting: Vec<Event>,
}

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
    const fn of(event: &Event) -> Option<Self> {
        match event {
            Event::PointerButton { .. } => Some(Self::Button),
            Event::Key { pressed: true, repeat: false, .. } | Event::Copy | Event::Cut | Event::Paste(_) => {
                Some(Self::Key)
            }
            Event::Key { pressed: true, repeat: true, .. } | Event::Text(_) => Some(Self::Letters),
            _ => None,
        }
    }

    /// Whether this act may share a pass with the one before it.
    const fn goes_with(self, before: Self) -> bool {
        matches!((before, self), (Self::Button, Self::Button) | (Self::Key | Self::Letters, Self::Letters))
    }
}

/// How many of these events belong into one pass.
fn one_turn(events: &[Event]) -> usize {
    let mut before: Option<Act> = None;
    for (i, act) in events.iter().enumerate().filter_map(|(i, event)| Some((i, Act::of(event)?))) {
        if before.is_some_and(|before| !act.goes_with(before)) {
            return i;
        }
        before = Some(act);
    }
    events.len()
}

impl Plugin for InputOrder {
    fn debug_name(&self) -> &'static str {
        "input order"
    }

    fn input_hook(&mut self, _ctx: &Context, input: &mut RawInput) {
        self.waiting.append(&mut input.events);
        let rest = self.waiting.split_off(one_turn(&self.waiting));
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
    use super::{Event, one_turn};
    use egui::{Key, Modifiers, PointerButton, pos2};

    fn key(key: Key) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE }
    }

    fn held(key: Key) -> Event {
        Event::Key { key, physical_key: None, pressed: true, repeat: true, modifiers: Modifiers::NONE }
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
        assert_eq!(one_turn(&[key(Key::D), held(Key::D), held(Key::D), held(Key::D)]), 4);
    }
}

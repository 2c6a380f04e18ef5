//! The panel of a conflict: what differs, and what to keep of it.

use super::settle::Settle;
use crate::model::{Annotation, Field, Shape};
use crate::runtime::Conflict;
use crate::ui::command::Command;
use crate::ui::editor::Editor;
use crate::ui::panels::menu::shortcut_text;
use crate::ui::theme;
use egui::{Grid, Panel, RichText, Ui};

/// Shows the panel while the selected annotation is in conflict.
pub fn conflict_ui(ui: &mut Ui, editor: &mut Editor, chosen: &mut Vec<Command>) {
    let Some((lid, conflict)) = editor.shown_conflict().map(|(lid, conflict)| (lid, conflict.clone())) else { return };
    Panel::bottom("conflict").show(ui, |ui| {
        ui.add_space(2.0);
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new("Conflict").color(theme::error(ui)).strong());
            ui.label(in_words(editor, &conflict));
            let next = format!("Next ({})", shortcut_text(ui, Command::NextTrouble));
            if editor.sync.conflicts + editor.sync.problems > 1 && ui.button(next).clicked() {
                chosen.push(Command::NextTrouble);
            }
        });
        if conflict.mine.is_some() && conflict.theirs.is_some() {
            fields_ui(ui, editor, &conflict);
        }
        ui.horizontal_wrapped(|ui| {
            if let Some(how) = buttons_ui(ui, editor, &conflict) {
                editor.settle(&conflict.input, lid, how);
            }
        });
        ui.add_space(2.0);
    });
}

fn in_words(editor: &Editor, conflict: &Conflict) -> String {
    let any = conflict.mine.as_ref().or(conflict.theirs.as_ref()).or(conflict.base.as_ref());
    let what = any.map_or_else(String::new, |a| {
        format!("{}, {}", a.shape().map_or("image label", Shape::kind), editor.label_text(a))
    });
    let happened = match (&conflict.mine, &conflict.theirs) {
        (Some(_), Some(_)) => {
            "you and somebody else changed the same thing. On the image: yours whole, theirs dashed, \
                               what it was dotted"
        }
        (Some(_), None) => "you changed it, somebody else deleted it. Keeping yours makes it anew on the server",
        (None, Some(_)) => "you deleted it, somebody else changed it. Theirs is dashed on the image",
        (None, None) => "it is gone on both sides",
    };
    format!("{what}: {happened}. Nothing is sent until you decide.")
}

fn fields_ui(ui: &mut Ui, editor: &mut Editor, conflict: &Conflict) {
    Grid::new("conflict fields").num_columns(4).striped(true).spacing([16.0, 4.0]).show(ui, |ui| {
        for head in ["", "it was", "mine", "theirs"] {
            ui.weak(head);
        }
        ui.end_row();
        for field in &conflict.fields {
            let name = field_name(*field);
            ui.label(name);
            ui.label(said(editor, conflict.base.as_ref(), *field));
            let theirs = editor.settling.theirs_in.contains(field);
            let mine_text = said(editor, conflict.mine.as_ref(), *field);
            let theirs_text = said(editor, conflict.theirs.as_ref(), *field);
            let mine_button = ui.radio(!theirs, &mine_text).on_hover_text("Keep mine in this field");
            if mine_button.accessible_name(format!("{name}: mine, {mine_text}")).clicked() {
                editor.settling.theirs_in.remove(field);
            }
            let theirs_button = ui.radio(theirs, &theirs_text).on_hover_text("Take theirs in this field");
            if theirs_button.accessible_name(format!("{name}: theirs, {theirs_text}")).clicked() {
                editor.settling.theirs_in.insert(*field);
            }
            ui.end_row();
        }
    });
}

fn buttons_ui(ui: &mut Ui, editor: &Editor, conflict: &Conflict) -> Option<Settle> {
    let mut how = None;
    let mixed = conflict.fields.len() > 1
        && !editor.settling.theirs_in.is_empty()
        && editor.settling.theirs_in.len() < conflict.fields.len();
    if mixed && ui.button("Keep as chosen").on_hover_text("Field by field, as chosen above").clicked() {
        how = Some(Settle::TheirsIn(editor.settling.theirs_in.clone()));
    }
    let (mine, theirs) = (conflict.mine.is_some(), conflict.theirs.is_some());
    let texts = [
        (if mine { "Keep mine" } else { "Delete it" }, "What you made goes to the server", Settle::Mine),
        (
            if theirs { "Take theirs" } else { "Delete it here, too" },
            "What the server has; undo brings yours back",
            Settle::Theirs,
        ),
    ];
    for (text, hover, settle) in texts {
        if ui.button(text).on_hover_text(hover).clicked() {
            how = Some(settle);
        }
    }
    let both = ui.add_enabled(mine && theirs, egui::Button::new("Keep both"));
    if both.on_hover_text("Theirs stays, and yours becomes an annotation of its own").clicked() {
        how = Some(Settle::Both);
    }
    how
}

/// What a field is called.
#[must_use]
pub const fn field_name(field: Field) -> &'static str {
    match field {
        Field::Geometry => "geometry",
        Field::Concepts => "concepts",
        Field::Status => "status",
        Field::Info => "information",
    }
}

/// A field in a few words, in image pixels.
fn said(editor: &Editor, side: Option<&Annotation>, field: Field) -> String {
    let Some(annotation) = side else { return "nothing".to_owned() };
    match field {
        Field::Status => annotation.status.text().to_owned(),
        Field::Concepts => editor.label_text(annotation),
        Field::Info => {
            let text = annotation.info.text();
            if text.chars().count() > 60 {
                format!("{}…", text.chars().take(60).collect::<String>())
            } else {
                text.to_owned()
            }
        }
        Field::Geometry => {
            let place = annotation.bounds().map_or_else(String::new, |b| {
                format!(" {:.0} × {:.0} at {:.0}, {:.0}", b.max.x - b.min.x, b.max.y - b.min.y, b.min.x, b.min.y)
            });
            match annotation.shape() {
                Some(Shape::Polygon(ring)) => format!("polygon of {} vertices{place}", ring.len()),
                Some(shape) => format!("{}{place}", shape.kind()),
                None => "the whole image".to_owned(),
            }
        }
    }
}

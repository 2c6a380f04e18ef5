//! What would be sent now, in words.

use super::trouble::{PlanReport, PlanRow, Trouble, TroubleKind};
use crate::api::Annotation;
use crate::model::{Field, InputId};
use crate::sync::{Hold, Record, plan};

/// The plan of these records; clean ones do not appear.
pub fn report(records: &[Record]) -> PlanReport {
    let images = plan(records)
        .inputs
        .into_iter()
        .map(|(input, plan)| PlanRow {
            input: InputId(input),
            posts: plan.posts.len(),
            patches: plan.patches.len(),
            deletes: plan.deletes.len(),
            read_backs: plan.read_backs.len(),
        })
        .filter(|row| row.posts + row.patches + row.deletes + row.read_backs > 0)
        .collect();
    PlanReport { images, troubles: records.iter().filter_map(trouble).collect() }
}

fn trouble(record: &Record) -> Option<Trouble> {
    let kind = match record.hold.as_ref()? {
        Hold::Quarantined { code, reason, req_id, .. } => {
            TroubleKind::Refused { code: *code, reason: reason.clone(), req_id: req_id.clone() }
        }
        Hold::Conflict { theirs, fields } => {
            TroubleKind::Conflict { fields: differing(record, theirs.as_deref(), fields) }
        }
    };
    let wanted = record.desired.as_ref().or(record.base.as_ref());
    let export = export(record).and_then(|value| serde_json::to_string_pretty(&value)).unwrap_or_default();
    let what = wanted.map(in_words).unwrap_or_default();
    let (sid, input) = (record.sid.clone(), InputId(record.input_id.clone()));
    Some(Trouble { lid: record.lid, sid, input, what, kind, export })
}

/// All that is known of it, for keeping elsewhere and for the operator of the server.
fn export(record: &Record) -> serde_json::Result<serde_json::Value> {
    let hold = serde_json::to_value(&record.hold)?;
    Ok(serde_json::json!({"id": record.sid, "input_id": record.input_id, "wanted": record.desired,
        "last_seen_on_the_server": record.base, "held_because": hold}))
}

/// An annotation in a few words.
fn in_words(wire: &Annotation) -> String {
    let size = crate::geometry::Size::new(1.0, 1.0);
    let annotation = crate::sync::model_from_wire(wire, crate::model::LocalId(0), size);
    let kind = annotation.shape().map_or("image label", crate::model::Shape::kind);
    format!("{kind}, {}", said(Some(wire), Field::Concepts))
}

/// What differs: its name, what it was, mine, theirs.
fn differing(record: &Record, theirs: Option<&Annotation>, fields: &[Field]) -> Vec<[String; 4]> {
    let base = record.base.as_ref();
    let mine = record.desired.as_ref();
    if mine.is_none() || theirs.is_none() {
        let exists = |wire: Option<&Annotation>| if wire.is_some() { "there" } else { "deleted" }.to_owned();
        return vec![["existence".to_owned(), exists(base), exists(mine), exists(theirs)]];
    }
    fields
        .iter()
        .map(|field| {
            let name = match field {
                Field::Geometry => "geometry",
                Field::Concepts => "concepts",
                Field::Status => "status",
                Field::Info => "information",
            };
            [name.to_owned(), said(base, *field), said(mine, *field), said(theirs, *field)]
        })
        .collect()
}

/// One field of an annotation in a few words.
fn said(wire: Option<&Annotation>, field: Field) -> String {
    let Some(wire) = wire else { return "nothing".to_owned() };
    let size = crate::geometry::Size::new(1.0, 1.0);
    let annotation = crate::sync::model_from_wire(wire, crate::model::LocalId(0), size);
    match field {
        Field::Status => annotation.status.text().to_owned(),
        Field::Info => annotation.info.text().to_owned(),
        Field::Concepts => {
            let words: Vec<String> = annotation
                .concepts
                .iter()
                .map(|label| if label.is_negative() { format!("not {}", label.id) } else { label.id.0.clone() })
                .collect();
            if words.is_empty() { "none".to_owned() } else { words.join(", ") }
        }
        Field::Geometry => match (annotation.shape(), annotation.bounds()) {
            (Some(shape), Some(b)) => {
                format!("{} {:.3} {:.3} – {:.3} {:.3}", shape.kind(), b.min.x, b.min.y, b.max.x, b.max.y)
            }
            (Some(shape), None) => shape.kind().to_owned(),
            (None, _) => "the whole image".to_owned(),
        },
    }
}

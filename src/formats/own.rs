//! A member of this program's own, for formats whose readers pass over what they do not know: the id, and what the format
//! has no word for.

use super::{Item, Object};
use crate::model::{Map, Status, Worker};
use serde_json::{Value, json};

/// The member's name.
pub const OWN: &str = "labelwright";

/// What is written.
#[must_use]
pub fn write(item: &Item) -> Value {
    let mut own = Map::new();
    own.insert("id".to_owned(), item.lid.to_string().into());
    if item.status != Status::Success {
        own.insert("status".to_owned(), item.status.code().into());
    }
    if let Worker::User(user) = &item.worker {
        own.insert("user".to_owned(), user.clone().into());
    }
    if let Worker::Model { id, version } = &item.worker {
        own.insert("model".to_owned(), json!([id, version]));
    }
    #[expect(clippy::float_cmp, reason = "one is one")]
    let plain = item.labels.len() == 1 && item.labels[0].1 == 1.0;
    if !plain {
        let labels: Vec<Value> =
            item.labels.iter().map(|(name, value)| json!([name, super::number::json(f64::from(*value))])).collect();
        own.insert("labels".to_owned(), labels.into());
    }
    if !item.info.is_empty() {
        own.insert("info".to_owned(), Value::Object(item.info.clone()));
    }
    Value::Object(own)
}

/// Takes over what was written. What is not as this program writes it is passed over. The labels are only taken where the
/// class that the file says (`class`) is still the first of them: somebody else may have changed it.
pub fn read(value: &Value, class: Option<&str>, object: &mut Object) {
    let Some(own) = value.as_object() else { return };
    object.lid = own.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    if let Some(code) = own.get("status").and_then(Value::as_u64).and_then(|c| u32::try_from(c).ok()) {
        object.status = Status::from(code);
    }
    if let Some(user) = own.get("user").and_then(Value::as_str) {
        object.worker = Worker::User(user.to_owned());
    }
    if let Some([id, version]) = own.get("model").and_then(Value::as_array).map(Vec::as_slice) {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        object.worker = Worker::Model { id: text(id), version: text(version) };
    }
    if let Some(info) = own.get("info").and_then(Value::as_object) {
        object.info.clone_from(info);
    }
    if let Some(labels) = own.get("labels").and_then(Value::as_array) {
        #[expect(clippy::cast_possible_truncation, reason = "a label's value is f32")]
        let read = |label: &Value| {
            let pair = label.as_array()?;
            Some((pair.first()?.as_str()?.to_owned(), pair.get(1)?.as_f64()? as f32))
        };
        let labels: Vec<(String, f32)> = labels.iter().filter_map(read).collect();
        let first = labels.iter().find(|(_, value)| *value > 0.0).map(|(name, _)| name.as_str());
        if first == class {
            object.labels = labels;
        }
    }
}

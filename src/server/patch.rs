//! The three PATCH actions on JSON, as "Patching" of the Clarifai documentation describes them.
//!
//! 28 of its 30 examples follow its rules and are followed exactly. The two that contradict its rules are decided for
//! the rules: `merge` within a list keeps the members that the patch gives, `remove` with a list of objects without
//! ids appends.

use crate::api::{Map, PatchAction};
use serde_json::Value;

/// Changes `old` by `patch`.
pub fn apply(old: &mut Value, patch: &Value, action: PatchAction) {
    match action {
        PatchAction::Merge => merge(old, patch),
        PatchAction::Overwrite => *old = patch.clone(),
        PatchAction::Remove => remove(old, patch),
    }
}

/// Changes the members of `old` by those of `patch`: what `overwrite` is given it replaces, what not it leaves.
pub fn apply_members(old: &mut Map, patch: &Map, action: PatchAction) {
    for (key, value) in patch {
        match (old.get_mut(key), action) {
            (Some(member), PatchAction::Merge | PatchAction::Remove) => apply(member, value, action),
            (_, PatchAction::Merge | PatchAction::Overwrite) => {
                old.insert(key.clone(), value.clone());
            }
            // What is not there needs no removing.
            (None, PatchAction::Remove) => {}
        }
    }
}

fn id_of(value: &Value) -> Option<&Value> {
    value.get("id").filter(|id| !id.is_null())
}

fn merge(old: &mut Value, patch: &Value) {
    match (old, patch) {
        (_, Value::Null) => {}
        (Value::Object(old), Value::Object(patch)) => {
            for (key, value) in patch {
                match old.get_mut(key) {
                    Some(member) => merge(member, value),
                    None if value.is_null() => {}
                    None => {
                        old.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(old), Value::Array(patch)) => {
            for element in patch {
                let same = id_of(element).and_then(|id| old.iter_mut().find(|other| id_of(other) == Some(id)));
                match same {
                    Some(other) => merge(other, element),
                    None => old.push(element.clone()),
                }
            }
        }
        (old, patch) => *old = patch.clone(),
    }
}

fn remove(old: &mut Value, patch: &Value) {
    match (old, patch) {
        (Value::Object(old), Value::Object(patch)) => {
            for (key, value) in patch {
                match (value, old.get_mut(key)) {
                    (Value::Bool(true), _) => {
                        old.shift_remove(key);
                    }
                    (_, Some(member)) => remove(member, value),
                    (Value::Null | Value::Object(_) | Value::Array(_), None) => {}
                    (scalar, None) => {
                        old.insert(key.clone(), scalar.clone());
                    }
                }
            }
        }
        (Value::Array(old), Value::Array(patch)) => {
            for element in patch {
                match id_of(element) {
                    Some(id) => old.retain(|other| id_of(other) != Some(id)),
                    None => old.push(element.clone()),
                }
            }
        }
        // Null does nothing, and in a scalar there is nothing to remove from.
        (_, Value::Null | Value::Object(_)) => {}
        (old, patch) => *old = patch.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the documentation's page, with what its rules give beside what it prints.
    const VECTORS: &str = include_str!("patch_vectors.json");

    #[test]
    fn the_documented_examples_come_out_as_the_documented_rules_say() {
        let vectors: Vec<Value> = serde_json::from_str(VECTORS).expect("the file is JSON");
        assert_eq!(vectors.len(), 30, "all of them");
        for vector in &vectors {
            let action = PatchAction::from_name(vector["action"].as_str().expect("a name")).expect("known");
            let mut result = vector["old"].clone();
            apply(&mut result, &vector["patch"], action);
            let title = vector["title"].as_str().expect("a title");
            assert_eq!(result, vector["plain_rule_result"], "{title}: by the rules");
            if vector["consistent"] == Value::Bool(true) {
                assert_eq!(result, vector["doc_result"], "{title}: as printed");
            }
        }
    }

    #[test]
    fn removing_from_what_has_no_such_list_adds_nothing() {
        let mut old = serde_json::json!({"text": 1});
        remove(&mut old, &serde_json::json!({"concepts": [{"id": "cat", "value": 0.0}]}));
        assert_eq!(old, serde_json::json!({"text": 1}), "unchanged");
    }
}

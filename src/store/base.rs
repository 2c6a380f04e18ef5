//! The server's copy as it stands in its column. Most of it is what the person wants too, so it is kept as what it adds to
//! that: half of every row would be written, read and checked twice otherwise.

use super::StoreError;
use super::row::{json, parsed};
use crate::api::Annotation;

/// Stands for a copy that is the same to the letter.
const SAME: &str = "=";
/// Opens a copy of which parts are left out: JSON whose first member names them. It stays JSON, because lists ask it for its
/// dates.
const MARK: &str = "{\"=\":\"";
/// Ends the names of those parts.
const END: &str = "\",";
/// Left out: where the first region is.
const PLACE: char = 'p';
/// Left out: the free-form information.
const INFO: char = 'i';

/// The text for the column, beside `desired` in its own.
pub(super) fn base_text(base: &Annotation, desired: Option<&Annotation>) -> Result<String, StoreError> {
    let Some(desired) = desired else { return json(base) };
    if base == desired {
        return Ok(SAME.to_owned());
    }
    let mut rest = base.clone();
    let mut left_out = String::new();
    let place = rest.data.as_mut().and_then(|data| data.regions.first_mut());
    let wanted = desired.data.as_ref().and_then(|data| data.regions.first());
    if let Some(region) = place
        && region.region_info.is_some()
        && wanted.is_some_and(|wanted| wanted.region_info == region.region_info)
    {
        region.region_info = None;
        left_out.push(PLACE);
    }
    if rest.annotation_info.is_some() && rest.annotation_info == desired.annotation_info {
        rest.annotation_info = None;
        left_out.push(INFO);
    }
    let text = json(&rest)?;
    match text.strip_prefix("{\"id\":") {
        Some(_) if !left_out.is_empty() => Ok(format!("{MARK}{left_out}{END}{}", &text[1..])),
        _ => json(base),
    }
}

/// Whether `text` stands for a copy that is what is wanted, to the letter.
pub(super) fn is_same(text: &str) -> bool {
    text == SAME
}

/// The copy that `text` stands for, beside `desired`.
pub(super) fn base_of(text: &str, desired: Option<&Annotation>) -> Result<Annotation, StoreError> {
    let nothing = || StoreError::Content("the server's copy is kept beside a value that is not there".to_owned());
    if text == SAME {
        return desired.cloned().ok_or_else(nothing);
    }
    let Some((left_out, rest)) = text.strip_prefix(MARK).and_then(|text| text.split_once(END)) else {
        return parsed(text);
    };
    let mut base: Annotation = parsed(&format!("{{{rest}"))?;
    let desired = desired.ok_or_else(nothing)?;
    for part in left_out.chars() {
        match part {
            PLACE => {
                let here = base.data.as_mut().and_then(|data| data.regions.first_mut()).ok_or_else(nothing)?;
                let there = desired.data.as_ref().and_then(|data| data.regions.first()).ok_or_else(nothing)?;
                here.region_info.clone_from(&there.region_info);
            }
            INFO => base.annotation_info.clone_from(&desired.annotation_info),
            other => return Err(StoreError::Content(format!("the server's copy leaves out {other:?}"))),
        }
    }
    Ok(base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn annotation(value: serde_json::Value) -> Annotation {
        serde_json::from_value(value).expect("an annotation")
    }

    fn wanted() -> Annotation {
        annotation(json!({"id": "a", "input_id": "i", "annotation_info": {"note": "kept"}, "data": {"regions": [{
            "region_info": {"polygon": {"points": [{"row": 0.1, "col": 0.2}, {"row": 0.3, "col": 0.2}, {"row": 0.3, "col": 0.5}]}},
            "data": {"concepts": [{"id": "tree", "value": 1.0}]}}]}, "status": {"code": 24150}}))
    }

    /// As the server gives it back: with a region id, a name and dates.
    fn answered() -> Annotation {
        let mut base = wanted();
        base.created_at = Some("2026-11-26T01:00:00Z".to_owned());
        let region = &mut base.data.as_mut().expect("data").regions[0];
        "r1".clone_into(&mut region.id);
        "Tree".clone_into(&mut region.data.as_mut().expect("data").concepts[0].name);
        base
    }

    #[test]
    fn what_both_say_is_kept_once_and_comes_back_whole() {
        let (base, desired) = (answered(), wanted());
        let text = base_text(&base, Some(&desired)).expect("text");
        assert!(!text.contains("polygon") && !text.contains("kept"), "{text}");
        let value: serde_json::Value = serde_json::from_str(&text).expect("still JSON, for the lists");
        assert_eq!(value["created_at"], "2026-11-26T01:00:00Z");
        assert_eq!(base_of(&text, Some(&desired)).expect("a copy"), base);
        assert_eq!(base_text(&desired, Some(&desired)).expect("text"), SAME);
        assert_eq!(base_of(SAME, Some(&desired)).expect("a copy"), desired);
    }

    #[test]
    fn what_differs_is_kept_twice() {
        let (mut base, mut desired) = (answered(), wanted());
        desired.annotation_info = Some(serde_json::from_value(json!({"note": "mine"})).expect("information"));
        let text = base_text(&base, Some(&desired)).expect("text");
        assert!(text.contains("kept") && !text.contains("polygon"), "{text}");
        assert_eq!(base_of(&text, Some(&desired)).expect("a copy"), base);
        desired.data = None;
        let text = base_text(&base, Some(&desired)).expect("text");
        assert_eq!(base_of(&text, Some(&desired)).expect("a copy"), base);
        base.id.clear();
        for desired in [None, Some(&wanted())] {
            let text = base_text(&base, desired).expect("text");
            assert_eq!(base_of(&text, desired).expect("a copy"), base, "{text}");
        }
    }

    #[test]
    fn a_copy_beside_nothing_is_an_error() {
        let text = base_text(&answered(), Some(&wanted())).expect("text");
        assert!(base_of(&text, None).is_err());
        assert!(base_of(&text, Some(&Annotation { data: None, ..wanted() })).is_err());
        assert!(base_of(SAME, None).is_err());
        assert!(base_of("{\"=\":\"x\",\"id\":\"a\"}", Some(&wanted())).is_err());
    }
}

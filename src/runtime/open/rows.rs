//! What the server sends as rows of the store, and images as inputs for the wire.

use crate::api::{Annotation, Concept, Data, Image, Input};
use crate::model::{self, ConceptId, InputId};
use crate::store::{ConceptRow, InputRow, InputSource, InputState, PixelSize};
use base64::Engine as _;

/// The row of an input that the server has.
pub fn remote_row(input: &Input, position: i64) -> InputRow {
    let image = input.data.as_ref().and_then(|data| data.image.as_ref());
    let size = image.and_then(|image| image.image_info.as_ref()).and_then(|info| {
        let (width_px, height_px) = (u32::try_from(info.width).ok()?, u32::try_from(info.height).ok()?);
        (width_px > 0 && height_px > 0).then_some(PixelSize { width_px, height_px })
    });
    let source = match image {
        Some(image) => InputSource::Hosted { url: image.url.clone() },
        None => {
            let kinds = input.data.as_ref().map(|data| data.rest.keys().cloned().collect::<Vec<_>>().join(", "));
            InputSource::Other { kind: kinds.filter(|k| !k.is_empty()).unwrap_or_else(|| "not an image".to_owned()) }
        }
    };
    let from_url = image.and_then(|i| i.url.rsplit('/').next()).filter(|name| !name.is_empty());
    let state = InputState { on_server: true, ..InputState::default() };
    InputRow {
        id: InputId(input.id.clone()),
        name: if is_made_up(&input.id) { from_url.unwrap_or(&input.id) } else { &input.id }.to_owned(),
        size,
        orientation: None,
        source,
        position,
        state,
    }
}

/// Whether nobody chose this id: 32 hex digits say nothing to a person.
fn is_made_up(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())
}

/// An input whose image is too large to be sent anywhere: the server gets an address that leads nowhere (RFC 2606).
pub(super) fn input_left_here(id: &str, name: &str) -> Input {
    let mut url = url::Url::parse("https://left-on-its-computer.invalid/").ok();
    if let Some(mut path) = url.as_mut().and_then(|url| url.path_segments_mut().ok()) {
        path.pop_if_empty().push(name);
    }
    let image = Some(Image { url: url.map(String::from).unwrap_or_default(), ..Image::default() });
    Input { id: id.to_owned(), data: Some(Data { image, ..Data::default() }), ..Input::default() }
}

/// An input with its image, for the wire.
pub fn wire_input(id: &str, bytes: &[u8]) -> Input {
    let base64 = base64::engine::general_purpose::STANDARD.encode(bytes);
    let image = Some(Image { base64, ..Image::default() });
    Input { id: id.to_owned(), data: Some(Data { image, ..Data::default() }), ..Input::default() }
}

/// A concept of the server as a row of the list.
pub fn concept_row(concept: &Concept, position: usize) -> ConceptRow {
    let name = if concept.name.is_empty() { concept.id.clone() } else { concept.name.clone() };
    ConceptRow {
        concept: model::Concept { id: ConceptId(concept.id.clone()), name, color: None },
        position: i64::try_from(position).unwrap_or(i64::MAX),
        hotkey: None,
        hidden: false,
        last_used_seq: 0,
    }
}

/// The annotation that a server makes for every input to hold its own data; without labels it says nothing.
pub fn is_empty_input_level(annotation: &Annotation) -> bool {
    annotation.rest.get("input_level") == Some(&serde_json::Value::Bool(true))
        && annotation.data.as_ref().is_none_or(|data| data.concepts.is_empty() && data.regions.is_empty())
}

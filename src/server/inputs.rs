//! Inputs: an image's bytes or address, and its input-level annotation, which holds the labels that came with it.

use super::annotations;
use super::check;
use super::concepts;
use super::core::{Caller, Core, batch_size, checked, json_list, limits, parsed, written};
use super::db::failed;
use super::images::{self, Probe};
use super::patch;
use super::row;
use crate::api::{
    Annotation, ApiError, Data, Image, ImageBytes, ImageInfo, Input, InputQuery, Items, PatchAction, Status, StatusCode,
};
use base64::Engine as _;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::{Value, json};
use sha2::Digest as _;

/// An input as it came: readable, or its id and what is wrong with it.
pub type Incoming = Result<Input, (String, String)>;

/// A row of `input_get.sql`.
struct Stored {
    id: String,
    media: String,
    hash: Option<String>,
    token: Option<String>,
    media_type: Option<String>,
    created_at: String,
    modified_at: String,
    made_from: Vec<u8>,
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        id: row.get(0)?,
        media: row.get(1)?,
        hash: row.get(2)?,
        token: row.get(3)?,
        media_type: row.get(4)?,
        created_at: row.get(5)?,
        modified_at: row.get(6)?,
        made_from: row.get(7)?,
    })
}

/// An input with its image looked at, before the transaction begins.
struct Ready {
    input: Input,
    made_from: Vec<u8>,
    image: Option<(String, Probe)>,
}

impl Core {
    /// One page of inputs.
    pub fn list_inputs(&self, caller: &Caller, query: &InputQuery) -> Result<Vec<Input>, ApiError> {
        let (limit, offset) = limits(query.page)?;
        let ids = json_list(&query.ids);
        self.read(|connection| {
            let mut statement = connection.prepare_cached(include_str!("sql/input_list.sql")).map_err(failed)?;
            let rows = statement.query_map(params![caller.app.n, ids, limit, offset], stored).map_err(failed)?;
            rows.map(|row| answered(connection, caller, row.map_err(failed)?)).collect()
        })
    }

    /// One input.
    pub fn get_input(&self, caller: &Caller, id: &str) -> Result<Input, ApiError> {
        self.read(|connection| match find(connection, caller, id)? {
            Some(found) => answered(connection, caller, found),
            None => Err(missing(id)),
        })
    }

    /// How many inputs there are.
    pub fn count_inputs(&self, caller: &Caller) -> Result<i64, ApiError> {
        self.read(|connection| {
            connection
                .prepare_cached(include_str!("sql/input_count.sql"))
                .and_then(|mut statement| statement.query_row(params![caller.app.n], |row| row.get(0)))
                .map_err(failed)
        })
    }

    /// Adds inputs. Image files are durable before the transaction that mentions them begins.
    pub fn post_inputs(&self, caller: &Caller, items: Vec<Incoming>) -> Result<Items<Input>, ApiError> {
        batch_size("inputs", items.len())?;
        let mut ready = Vec::with_capacity(items.len());
        for item in items {
            ready.push(match item {
                Ok(input) => self.prepare(input)?,
                Err((id, why)) => Err((id, invalid(why))),
            });
        }
        let items = self.db.write(|connection| {
            let mut answers = Vec::with_capacity(ready.len());
            for item in ready {
                answers.push(match item {
                    Ok(ready) => {
                        let id = ready.input.id.clone();
                        post_one(connection, caller, ready)?.unwrap_or_else(|status| refused(id, status))
                    }
                    Err((id, status)) => refused(id, status),
                });
            }
            Ok(answers)
        })?;
        Ok(self.answer(items, |input| input.refusal().is_some()))
    }

    /// Looks at an input's image and stores its bytes.
    fn prepare(&self, mut input: Input) -> Result<Result<Ready, (String, Status)>, ApiError> {
        if input.id.is_empty() {
            input.id = super::clock::new_id();
        }
        let made_from = sha2::Sha256::digest(written(&input)?.as_bytes()).to_vec();
        let refuse = |input: &Input, why: String| Ok(Err((input.id.clone(), invalid(why))));
        if let Err(why) = check::new_id("input", &input.id) {
            return refuse(&input, why);
        }
        let labels = Annotation { data: input.data.clone(), ..Annotation::default() };
        if let Err(why) = check::annotation(&labels) {
            return refuse(&input, why);
        }
        let Some(image) = input.data.as_mut().and_then(|data| data.image.as_mut()) else {
            let other = |data: &Data| ["video", "text", "audio"].iter().any(|kind| data.rest.contains_key(*kind));
            if input.data.as_ref().is_some_and(other) {
                return Ok(Ok(Ready { input, made_from, image: None }));
            }
            return refuse(&input, "An input needs data.image with url or base64.".to_owned());
        };
        if image.base64.is_empty() {
            let url = image.url.clone();
            if !url.starts_with("https://") && !url.starts_with("http://") {
                return refuse(&input, "data.image needs an http or https url, or base64.".to_owned());
            }
            return Ok(Ok(Ready { input, made_from, image: None }));
        }
        let text = std::mem::take(&mut image.base64);
        let looked_at = decode(&text).and_then(|bytes| images::probe(&bytes).map(|probe| (bytes, probe)));
        let (bytes, probe) = match looked_at {
            Ok(looked_at) => looked_at,
            Err(why) => return refuse(&input, why),
        };
        let hash = images::hash_of(&bytes);
        self.images.put(&hash, &bytes)?;
        Ok(Ok(Ready { input, made_from, image: Some((hash, probe)) }))
    }

    /// Changes the labels and other members of inputs; the image stays.
    pub fn patch_inputs(
        &self,
        caller: &Caller,
        items: Vec<Incoming>,
        action: PatchAction,
    ) -> Result<Items<Input>, ApiError> {
        batch_size("inputs", items.len())?;
        let items = self.db.write(|connection| {
            let mut answers = Vec::with_capacity(items.len());
            for item in items {
                let (id, outcome) = match item {
                    Ok(input) => (input.id.clone(), patch_one(connection, caller, input, action)?),
                    Err((id, why)) => (id, Err(invalid(why))),
                };
                answers.push(outcome.unwrap_or_else(|status| refused(id, status)));
            }
            Ok(answers)
        })?;
        Ok(self.answer(items, |input| input.refusal().is_some()))
    }

    /// Deletes inputs with all their annotations.
    pub fn delete_inputs(&self, caller: &Caller, ids: &[String]) -> Result<(), ApiError> {
        if !caller.is_owner() {
            return Err(ApiError::coded(
                StatusCode::INPUT_PERMISSION_DENIED,
                format!("Only the app's owner {} may delete inputs.", caller.app.name.owner),
            ));
        }
        let unused = self.db.write(|connection| {
            for id in ids {
                for sql in [include_str!("sql/annotation_delete_of_input.sql"), include_str!("sql/input_delete.sql")] {
                    connection
                        .prepare_cached(sql)
                        .and_then(|mut statement| statement.execute(params![caller.app.n, id]))
                        .map_err(failed)?;
                }
            }
            forget_unused_images(connection)
        })?;
        for hash in unused {
            self.images.remove(&hash);
        }
        Ok(())
    }

    /// The image of an input.
    pub fn image_of_input(&self, caller: &Caller, id: &str) -> Result<ImageBytes, ApiError> {
        let found = self.read(|connection| find(connection, caller, id))?.ok_or_else(|| missing(id))?;
        let Some(hash) = found.hash else {
            return Err(ApiError::coded(
                StatusCode::CONN_DOES_NOT_EXIST,
                format!("This server does not hold the bytes of input {id:?}; fetch them from its url."),
            ));
        };
        Ok(ImageBytes { bytes: self.images.get(&hash)?, content_type: found.media_type })
    }

    /// The image behind an address that was handed out.
    pub fn image_of_token(&self, token: &str) -> Result<ImageBytes, ApiError> {
        let found: Option<(String, String)> = self.db.read(|connection| {
            connection
                .prepare_cached(include_str!("sql/image_by_token.sql"))
                .and_then(|mut s| s.query_row(params![token], |row| Ok((row.get(0)?, row.get(1)?))).optional())
                .map_err(failed)
        })?;
        let Some((hash, media_type)) = found else {
            return Err(ApiError::coded(StatusCode::CONN_DOES_NOT_EXIST, "There is no image at this address."));
        };
        Ok(ImageBytes { bytes: self.images.get(&hash)?, content_type: Some(media_type) })
    }
}

fn invalid(details: impl Into<String>) -> Status {
    Status::with_details(StatusCode::INPUT_INVALID_ARGUMENT, details)
}

fn missing(id: &str) -> ApiError {
    ApiError::coded(StatusCode::CONN_DOES_NOT_EXIST, format!("There is no input {id:?} in this app."))
}

fn refused(id: String, status: Status) -> Input {
    Input { id, status: Some(status), ..Input::default() }
}

/// Standard or URL-safe base64, padded or not, as the official parsers take.
fn decode(text: &str) -> Result<Vec<u8>, String> {
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&base64::alphabet::STANDARD, lenient)
        .decode(text)
        .or_else(|_standard| GeneralPurpose::new(&base64::alphabet::URL_SAFE, lenient).decode(text))
        .map_err(|why| format!("data.image.base64 is not base64: {why}."))
}

/// Whether the app has that input.
pub fn exists(connection: &Connection, caller: &Caller, id: &str) -> Result<bool, ApiError> {
    connection
        .prepare_cached(include_str!("sql/input_exists.sql"))
        .and_then(|mut statement| statement.exists(params![caller.app.n, id]))
        .map_err(failed)
}

fn find(connection: &Connection, caller: &Caller, id: &str) -> Result<Option<Stored>, ApiError> {
    connection
        .prepare_cached(include_str!("sql/input_get.sql"))
        .and_then(|mut statement| statement.query_row(params![caller.app.n, id], stored).optional())
        .map_err(failed)
}

fn post_one(connection: &Connection, caller: &Caller, ready: Ready) -> Result<Result<Input, Status>, ApiError> {
    let Ready { input, made_from, image } = ready;
    if let Some(old) = find(connection, caller, &input.id)? {
        if old.made_from == made_from {
            return answered(connection, caller, old).map(Ok);
        }
        return Ok(Err(Status::of(StatusCode::DATABASE_DUPLICATE_KEY)));
    }
    let mut data = input.data.unwrap_or_default();
    let mut media = Data { image: data.image.take(), ..Data::default() };
    for kind in ["video", "text", "audio"] {
        if let Some(value) = data.rest.shift_remove(kind) {
            media.rest.insert(kind.to_owned(), value);
        }
    }
    let url = media.image.as_ref().map(|image| image.url.clone()).filter(|url| !url.is_empty());
    let may_repeat =
        media.image.as_ref().is_some_and(|i| i.rest.get("allow_duplicate_url") == Some(&Value::Bool(true)));
    if let (Some(url), false) = (&url, may_repeat)
        && let Some(other) = of_url(connection, caller, url)?
    {
        let details = format!("Input {other:?} has this url already. Say allow_duplicate_url to add it again.");
        return Ok(Err(Status::with_details(StatusCode::INPUT_DUPLICATE, details)));
    }
    if let (Some(target), Some((_, probe))) = (&mut media.image, &image) {
        describe(target, probe);
    }
    let now = super::clock::now_rfc3339();
    if let Some((hash, probe)) = &image {
        connection
            .prepare_cached(include_str!("sql/image_insert.sql"))
            .and_then(|mut s| s.execute(params![hash, images::new_token(), probe.media_type]))
            .map_err(failed)?;
    }
    let hash = image.as_ref().map(|(hash, _)| hash);
    let media = written(&media)?;
    connection
        .prepare_cached(include_str!("sql/input_insert.sql"))
        .and_then(|mut s| s.execute(params![caller.app.n, input.id, media, url, hash, made_from, now]))
        .map_err(failed)?;
    if let Err(status) = add_input_level(connection, caller, &input.id, data, &now)? {
        return Ok(Err(status));
    }
    match find(connection, caller, &input.id)? {
        Some(new) => answered(connection, caller, new).map(Ok),
        None => Err(missing(&input.id)),
    }
}

fn describe(image: &mut Image, probe: &Probe) {
    let mut info = ImageInfo { width: probe.width.into(), height: probe.height.into(), ..ImageInfo::default() };
    info.rest.insert("format".to_owned(), probe.format.into());
    image.image_info = Some(info);
    image.rest.insert("extension".to_owned(), probe.extension.into());
}

/// The annotation that every input gets when it is added, with the labels that came along.
fn add_input_level(
    connection: &Connection,
    caller: &Caller,
    input_id: &str,
    data: Data,
    now: &str,
) -> Result<Result<(), Status>, ApiError> {
    let mut item = Annotation {
        id: super::clock::new_id(),
        input_id: input_id.to_owned(),
        data: Some(data),
        created_at: Some(now.to_owned()),
        modified_at: Some(now.to_owned()),
        ..Annotation::default()
    };
    if let Err(status) = row::settle_worker(&mut item, caller) {
        return Ok(Err(status));
    }
    if let Err(why) = row::settle_status(&mut item) {
        return Ok(Err(invalid(why)));
    }
    item.rest.insert("input_level".to_owned(), Value::Bool(true));
    concepts::settle(connection, caller, &mut item)?;
    annotations::insert(connection, caller, &item, &row::fingerprint(&item)?)?;
    Ok(Ok(()))
}

fn of_url(connection: &Connection, caller: &Caller, url: &str) -> Result<Option<String>, ApiError> {
    connection
        .prepare_cached(include_str!("sql/input_by_url.sql"))
        .and_then(|mut statement| statement.query_row(params![caller.app.n, url], |row| row.get(0)).optional())
        .map_err(failed)
}

fn input_level(connection: &Connection, caller: &Caller, input_id: &str) -> Result<Option<Annotation>, ApiError> {
    let found: Option<(String, u32)> = connection
        .prepare_cached(include_str!("sql/annotation_input_level.sql"))
        .and_then(|mut statement| {
            statement.query_row(params![caller.app.n, input_id], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(failed)?;
    found.map(|(body, crc)| parsed(&checked(body, crc)?)).transpose()
}

/// The input as it is answered: media, where its bytes can be had, and the labels of its input-level annotation.
fn answered(connection: &Connection, caller: &Caller, found: Stored) -> Result<Input, ApiError> {
    let mut data: Data = parsed(&found.media)?;
    if let Some(labels) = input_level(connection, caller, &found.id)?.and_then(|annotation| annotation.data) {
        data.concepts = labels.concepts;
        data.rest.extend(labels.rest);
    }
    if let (Some(image), Some(token)) = (&mut data.image, &found.token) {
        let extension = image.rest.shift_remove("extension");
        let extension = extension.as_ref().and_then(Value::as_str).unwrap_or("bin");
        let (prefix, suffix) = (format!("{}/hosted/{token}", caller.base), format!("image.{extension}"));
        if image.url.is_empty() {
            image.url = format!("{prefix}/orig/{suffix}");
        }
        image.rest.insert("hosted".to_owned(), json!({"prefix": prefix, "suffix": suffix, "sizes": ["orig"]}));
    }
    Ok(Input {
        id: found.id,
        data: Some(data),
        created_at: Some(found.created_at),
        modified_at: Some(found.modified_at),
        status: Some(Status::of(StatusCode::INPUT_SUCCESS)),
        ..Input::default()
    })
}

fn patch_one(
    connection: &Connection,
    caller: &Caller,
    change: Input,
    action: PatchAction,
) -> Result<Result<Input, Status>, ApiError> {
    let Some(found) = find(connection, caller, &change.id)? else {
        return Ok(Err(Status::with_details(StatusCode::INPUT_DOES_NOT_EXIST, missing(&change.id).details)));
    };
    let Some(mut labels) = input_level(connection, caller, &change.id)? else { return Err(missing(&change.id)) };
    if labels.user_id.as_deref() != Some(&caller.user) && !caller.is_owner() {
        let details = "Only who added the input and the app's owner may change it.";
        return Ok(Err(Status::with_details(StatusCode::INPUT_PERMISSION_DENIED, details)));
    }
    let mut given = change.data.unwrap_or_default();
    given.image = None;
    let mut old = serde_json::to_value(labels.data.unwrap_or_default()).unwrap_or_default();
    let given = serde_json::to_value(given).unwrap_or_default();
    patch::apply(&mut old, &given, action);
    match serde_json::from_value(old) {
        Ok(data) => labels.data = Some(data),
        Err(why) => return Ok(Err(invalid(format!("The change does not fit what is there: {why}.")))),
    }
    if let Err(why) = check::annotation(&labels) {
        return Ok(Err(invalid(why)));
    }
    concepts::settle(connection, caller, &mut labels)?;
    let now = super::clock::now_rfc3339();
    labels.modified_at = Some(now.clone());
    annotations::update(connection, caller, &labels)?;
    connection
        .prepare_cached(include_str!("sql/input_update.sql"))
        .and_then(|mut s| s.execute(params![caller.app.n, change.id, found.media, now]))
        .map_err(failed)?;
    match find(connection, caller, &change.id)? {
        Some(new) => answered(connection, caller, new).map(Ok),
        None => Err(missing(&change.id)),
    }
}

fn forget_unused_images(connection: &Connection) -> Result<Vec<String>, ApiError> {
    let unused: Vec<String> = connection
        .prepare_cached(include_str!("sql/image_unused.sql"))
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .map_err(failed)?;
    for hash in &unused {
        connection
            .prepare_cached(include_str!("sql/image_delete.sql"))
            .and_then(|mut statement| statement.execute(params![hash]))
            .map_err(failed)?;
    }
    Ok(unused)
}

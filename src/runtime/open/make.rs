//! What a new project starts with: the sample, a folder of images, or what an app has. It goes to the server first, and
//! from there into the store.

use super::rows::{concept_row, input_left_here, is_empty_input_level, remote_row, wire_input};
use super::{EXTENSIONS, Opening, RemoteApp, SetupFailure, http_api, is_image, start_bundled};
use crate::api::{Annotation, AnnotationApi as _, AnnotationQuery, Concept, Input, InputQuery, Makers, Page};
use crate::images::probe;
use crate::model::{InputId, LocalId};
use crate::remote::HttpApi;
use crate::runtime::clock::{fresh_id, now_ms};
use crate::runtime::progress::{Cancel, Job};
use crate::store::{Binding, InputRow, InputSource, InputState, NewProject, PixelSize, Project, Request, StoreEvent};
use crate::sync::RemoteRecord;
use serde::Deserialize;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::task::Waker;
use std::time::Duration;

/// Items in one call that sets a project up.
const BATCH: usize = 64;
/// Bytes of images in one call.
const BATCH_BYTES: usize = 16 << 20;
/// Bytes of an image that is still sent to a server: what the bundled one takes in a request, as base64.
const UPLOAD_BYTES_MAX: usize = 128 << 20;
/// How often a call that is waited for is held against the person's wish to end it.
const LOOKED_AT_EVERY: Duration = Duration::from_millis(50);
/// The owner of a project's own app on the bundled server.
const OWNER: &str = "labelwright";

/// The sample as it is bundled.
#[derive(Deserialize)]
struct Sample {
    concepts: Vec<Concept>,
    inputs: Vec<SampleInput>,
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct SampleInput {
    id: String,
    file: String,
}

/// An image that a new project starts with. Its bytes are read when it is its turn: a folder may hold more than memory.
struct NewImage {
    id: String,
    name: String,
    source: PathBuf,
    /// The bundled photo; `None`: the file at `source`.
    bundled: Option<&'static [u8]>,
}

impl NewImage {
    fn bytes(&self) -> Result<Cow<'static, [u8]>, String> {
        match self.bundled {
            Some(bytes) => Ok(Cow::Borrowed(bytes)),
            None => {
                std::fs::read(&self.source).map(Cow::Owned).map_err(|error| format!("The file cannot be read: {error}"))
            }
        }
    }
}

macro_rules! sample_photos {
    ($($name:literal)*) => {
        [$(($name, include_bytes!(concat!("../../../assets/sample/photos/", $name)).as_slice())),*]
    };
}

const SAMPLE_PHOTOS: [(&str, &[u8]); 12] = sample_photos!(
    "astronaut.jpg" "camera.jpg" "cell.jpg" "chelsea_cat.jpg" "china.jpg" "coffee.jpg" "coins.jpg" "flower.jpg"
    "hubble_deep_field.jpg" "immunohistochemistry.jpg" "retina.jpg" "rocket.jpg"
);

/// Makes the project of an opening in `dir`; what is half made when it fails, the caller takes away.
pub(super) fn build(opening: &Opening, dir: &Path, job: &mut Job) -> Result<Vec<String>, SetupFailure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| SetupFailure(format!("No network threads: {error}")))?;
    match opening {
        Opening::Project(_) | Opening::Rescue(_) => {
            Err(SetupFailure("A project cannot be made of a project".to_owned()))
        }
        Opening::Sample(_) => {
            let sample: Sample =
                serde_json::from_str(include_str!("../../../assets/sample/sample.json")).map_err(SetupFailure::from)?;
            let images = sample.inputs.iter().map(sample_image).collect::<Result<Vec<_>, _>>()?;
            let new = NewProject { name: "Sample".to_owned(), binding: bundled("sample") };
            runtime.block_on(build_bundled(dir, &new, images, sample.concepts, sample.annotations, job))
        }
        Opening::ImageFolder(folder) => {
            let images = folder_images(folder)?;
            let name = folder.file_name().map_or_else(|| "Images".to_owned(), |n| n.to_string_lossy().into_owned());
            let new = NewProject { name, binding: bundled("images") };
            runtime.block_on(build_bundled(dir, &new, images, Vec::new(), Vec::new(), job))
        }
        Opening::Remote(app) => {
            let cancel = job.cancel();
            runtime.block_on(async {
                // A server that is slow, or silent, keeps nobody who has had enough.
                tokio::select! {
                    built = build_remote(dir, app, job) => built,
                    () = called_off(&cancel) => Err(not_made()),
                }
            })
        }
    }
}

fn bundled(app: &str) -> Binding {
    Binding::Bundled { owner: OWNER.to_owned(), app: app.to_owned() }
}

fn sample_image(input: &SampleInput) -> Result<NewImage, SetupFailure> {
    let name = input.file.rsplit('/').next().unwrap_or_default();
    let found = SAMPLE_PHOTOS.iter().find(|(file, _)| *file == name);
    let (_, bytes) = found.ok_or_else(|| SetupFailure(format!("the sample has no photo {name}")))?;
    Ok(NewImage { id: input.id.clone(), name: name.to_owned(), source: PathBuf::from(name), bundled: Some(bytes) })
}

/// The images of a folder by name; what cannot be read is passed over with a warning.
fn folder_images(folder: &Path) -> Result<Vec<NewImage>, SetupFailure> {
    let listed = std::fs::read_dir(folder);
    let listed = listed.map_err(|e| SetupFailure(format!("{} cannot be listed: {e}", folder.display())))?;
    let mut files: Vec<PathBuf> =
        listed.filter_map(|entry| entry.ok().map(|e| e.path())).filter(|p| is_image(p)).collect();
    files.sort();
    let mut images = Vec::new();
    for path in files {
        match new_image(&path) {
            Ok(image) => images.push(image),
            Err(error) => tracing::warn!("{} was left out: {error}", path.display()),
        }
    }
    if images.is_empty() {
        return Err(SetupFailure(format!(
            "There are no images in {} (looked for {}); nothing was made",
            folder.display(),
            EXTENSIONS.join(", ")
        )));
    }
    Ok(images)
}

fn new_image(path: &Path) -> std::io::Result<NewImage> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let source = path.canonicalize()?;
    Ok(NewImage { id: fresh_id(), name, source, bundled: None })
}

async fn build_bundled(
    dir: &Path,
    new: &NewProject,
    images: Vec<NewImage>,
    concepts: Vec<Concept>,
    annotations: Vec<Annotation>,
    job: &mut Job,
) -> Result<Vec<String>, SetupFailure> {
    let Binding::Bundled { owner, app } = &new.binding else {
        return Err(SetupFailure("not a bundled app".to_owned()));
    };
    let opened = Project::create(dir, new, now_ms()).map_err(SetupFailure::from)?;
    let (server, api) = start_bundled(opened.project.server_dir(), owner, app).await.map_err(SetupFailure)?;
    for batch in concepts.chunks(BATCH) {
        let answer = api.post_concepts(batch).await.map_err(SetupFailure::from)?;
        all_done(answer.status.code.0 == 10_000, "concepts", &answer.status.details)?;
    }
    let inputs = upload(&api, &images, &opened.project.images_dir(), job).await?;
    for batch in annotations.chunks(BATCH) {
        let answer = api.post_annotations(batch).await.map_err(SetupFailure::from)?;
        let refused =
            answer.items.iter().find_map(|item| item.refusal().map(|why| format!("{}: {}", item.id, why.details)));
        all_done(refused.is_none(), "annotations", &refused.unwrap_or_default())?;
    }
    let found = all_annotations(&api).await?;
    server.shutdown().await;
    let unreadable = inputs
        .iter()
        .filter_map(|row| row.state.image_error.as_ref().map(|why| format!("{}: {why}", row.name)))
        .collect();
    fill_store(&opened.project, inputs, &concepts, found)?;
    Ok(unreadable)
}

async fn build_remote(dir: &Path, app: &RemoteApp, job: &mut Job) -> Result<Vec<String>, SetupFailure> {
    let api = http_api(&app.server, &app.user, &app.app, app.key.clone()).map_err(SetupFailure)?;
    api.probe().await.map_err(SetupFailure::from)?;
    let mut inputs = Vec::new();
    let mut page = Page::first(100);
    loop {
        let query = InputQuery { ids: Vec::new(), page };
        let listed = api.list_inputs(&query).await.map_err(SetupFailure::from)?;
        if listed.is_empty() {
            break;
        }
        go_on(job)?;
        job.did(listed.len());
        for input in listed {
            inputs.push(remote_row(&input, i64::try_from(inputs.len()).unwrap_or(i64::MAX)));
        }
        page = page.next();
    }
    let mut concepts = Vec::new();
    let mut page = Page::first(100);
    loop {
        let listed = api.list_concepts(page).await.map_err(SetupFailure::from)?;
        if listed.is_empty() {
            break;
        }
        concepts.extend(listed);
        page = page.next();
    }
    let binding = Binding::Remote { base_url: app.server.clone(), user_id: app.user.clone(), app_id: app.app.clone() };
    let new = NewProject { name: format!("{}/{}", app.user, app.app), binding };
    let opened = Project::create(dir, &new, now_ms()).map_err(SetupFailure::from)?;
    fill_store(&opened.project, inputs, &concepts, Vec::new())?;
    Ok(Vec::new())
}

fn all_done(done: bool, what: &str, details: &str) -> Result<(), SetupFailure> {
    if done { Ok(()) } else { Err(SetupFailure(format!("The {what} were not all taken: {details}"))) }
}

/// Stops what was called off; what was made so far goes away with it.
fn go_on(job: &Job) -> Result<(), SetupFailure> {
    if job.is_cancelled() { Err(not_made()) } else { Ok(()) }
}

fn not_made() -> SetupFailure {
    SetupFailure("Called off; nothing was made".to_owned())
}

/// Waits until a job is called off.
async fn called_off(cancel: &Cancel) {
    while !cancel.is_cancelled() {
        tokio::time::sleep(LOOKED_AT_EVERY).await;
    }
}

/// Uploads images; the sample's own are copied into the project first.
async fn upload(
    api: &HttpApi,
    images: &[NewImage],
    images_dir: &Path,
    job: &mut Job,
) -> Result<Vec<InputRow>, SetupFailure> {
    job.of(images.len());
    let mut rows = Vec::new();
    let mut batch: Vec<Input> = Vec::new();
    let mut bytes = 0;
    for (position, image) in images.iter().enumerate() {
        go_on(job)?;
        job.did(1);
        if let Some(bytes) = image.bundled {
            let to = images_dir.join(&image.source);
            std::fs::write(&to, bytes).map_err(|e| SetupFailure(format!("{}: {e}", to.display())))?;
        }
        let looked_at = look_at(image);
        let (size, error) = match &looked_at {
            Ok((_, size)) => (Some(*size), None),
            Err(error) => (None, Some(error.clone())),
        };
        rows.push(InputRow {
            id: InputId(image.id.clone()),
            name: image.name.clone(),
            size,
            orientation: None,
            source: InputSource::Path(image.source.clone()),
            position: i64::try_from(position).unwrap_or(i64::MAX),
            state: InputState { on_server: error.is_none(), image_error: error.clone(), upload_error: error },
        });
        // What cannot be read is shown with its reason; a server would refuse it.
        let Ok((input, _)) = looked_at else { continue };
        bytes += input.data.as_ref().and_then(|data| data.image.as_ref()).map_or(0, |image| image.base64.len());
        batch.push(input);
        if batch.len() >= BATCH || bytes >= BATCH_BYTES {
            post_inputs(api, &batch).await?;
            (batch, bytes) = (Vec::new(), 0);
        }
    }
    if !batch.is_empty() {
        post_inputs(api, &batch).await?;
    }
    Ok(rows)
}

/// The input that an image becomes, and its size; in a sentence why it cannot be shown.
fn look_at(image: &NewImage) -> Result<(Input, PixelSize), String> {
    if image.bundled.is_none()
        && let Some(size) = crate::runtime::pictures::size_in_file(&image.source)
    {
        let (width_px, height_px) = size?;
        return Ok((input_left_here(&image.id, &image.name), PixelSize { width_px, height_px }));
    }
    let bytes = image.bytes()?;
    let found = probe(&bytes).map_err(|error| error.to_string())?;
    let size = PixelSize { width_px: found.width_px, height_px: found.height_px };
    let is_small = bytes.len() <= UPLOAD_BYTES_MAX || image.bundled.is_some();
    Ok((if is_small { wire_input(&image.id, &bytes) } else { input_left_here(&image.id, &image.name) }, size))
}

async fn post_inputs(api: &HttpApi, batch: &[Input]) -> Result<(), SetupFailure> {
    let answer = api.post_inputs(batch).await.map_err(SetupFailure::from)?;
    let refused =
        answer.items.iter().find_map(|item| item.refusal().map(|why| format!("{}: {}", item.id, why.details)));
    all_done(refused.is_none(), "images", &refused.unwrap_or_default())
}

async fn all_annotations(api: &HttpApi) -> Result<Vec<Annotation>, SetupFailure> {
    let mut found = Vec::new();
    let mut page = Page::first(1000);
    loop {
        let query = AnnotationQuery { makers: Makers::All, page, ..AnnotationQuery::default() };
        let listed = api.listing(&query).await.map_err(SetupFailure::from)?;
        if listed.rows.is_empty() && listed.unreadable.is_empty() {
            return Ok(found);
        }
        found.extend(listed.rows);
        page = page.next();
    }
}

/// Writes the first content of a new project, and closes it.
fn fill_store(
    project: &Project,
    inputs: Vec<InputRow>,
    concepts: &[Concept],
    annotations: Vec<Annotation>,
) -> Result<(), SetupFailure> {
    let (events, told) = channel();
    let store = project.start(events, Waker::noop().clone()).map_err(SetupFailure::from)?;
    let concepts = concepts.iter().enumerate().map(|(position, concept)| concept_row(concept, position)).collect();
    let records = annotations
        .into_iter()
        .filter(|annotation| !is_empty_input_level(annotation))
        .map(|annotation| RemoteRecord { lid: LocalId(uuid::Uuid::now_v7().as_u128()), annotation })
        .collect();
    let requests = [
        Request::PutInputs { token: 1, inputs },
        Request::PutConcepts { token: 2, concepts },
        Request::AddRemote { token: 3, records },
    ];
    let n = requests.len();
    for request in requests {
        store.send(request).map_err(|_unsent| SetupFailure("the store ended early".to_owned()))?;
    }
    let mut done = 0;
    while done < n {
        match told.recv() {
            Ok(StoreEvent::Done { .. } | StoreEvent::RemoteAdded { .. }) => done += 1,
            Ok(StoreEvent::Refused { reason, .. } | StoreEvent::Failed { reason, .. }) => {
                return Err(SetupFailure(reason));
            }
            Ok(_) => {}
            Err(_) => return Err(SetupFailure("the store ended early".to_owned())),
        }
    }
    store.shutdown();
    Ok(())
}

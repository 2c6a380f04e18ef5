//! Making projects, and finding them again.

use super::clock::{fresh_id, now_ms};
use super::progress::Job;
use crate::api::{
    Annotation, AnnotationApi as _, AnnotationQuery, Concept, Data, Image, Input, InputQuery, Makers, Page, UserAppId,
};
use crate::images::probe;
use crate::model::{self, ConceptId, InputId, LocalId};
use crate::remote::HttpApi;
use crate::server::{self, AppName, KeyGrant, RunningServer, ServerConfig, Strictness};
use crate::store::{
    Binding, ConceptRow, InputRow, InputSource, InputState, NewProject, PixelSize, Project, Request, StoreEvent,
};
use crate::sync::RemoteRecord;
use base64::Engine as _;
use secrecy::SecretString;
use serde::Deserialize;
use std::borrow::Cow;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::task::Waker;

/// Items in one call that sets a project up.
const BATCH: usize = 64;
/// Bytes of images in one call.
const BATCH_BYTES: usize = 16 << 20;
/// Bytes of an image that is still sent to a server: what the bundled one takes in a request, as base64.
const UPLOAD_BYTES_MAX: usize = 128 << 20;
/// File names that count as images.
const EXTENSIONS: [&str; 9] = ["jpg", "jpeg", "png", "tif", "tiff", "webp", "bmp", "gif", "jfif"];
/// The owner of a project's own app on the bundled server.
const OWNER: &str = "labelwright";

/// What is to be opened.
#[derive(Clone, Debug)]
pub enum Opening {
    /// The bundled sample, made in this directory where it is not there yet.
    Sample(PathBuf),
    /// A project directory.
    Project(PathBuf),
    /// A damaged one: what can be read is rescued first, and the damaged files are kept.
    Rescue(PathBuf),
    /// A folder of images; its project is made beside the program's data where it is not there yet.
    ImageFolder(PathBuf),
    /// An app on a server; likewise.
    Remote(RemoteApp),
    /// A project directory that is bound to an app, with the key to it.
    Unlocked(PathBuf, RemoteApp),
}

/// An app on a server, and the key to it.
#[derive(Clone, Debug)]
pub struct RemoteApp {
    /// Base URL.
    pub server: String,
    /// The owner of the app.
    pub user: String,
    /// The app.
    pub app: String,
    /// The personal access token.
    pub key: SecretString,
}

/// Why a project could not be made; nothing was left behind.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SetupFailure(pub String);

impl SetupFailure {
    fn from(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

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
        [$(($name, include_bytes!(concat!("../../assets/sample/photos/", $name)).as_slice())),*]
    };
}

const SAMPLE_PHOTOS: [(&str, &[u8]); 12] = sample_photos!(
    "astronaut.jpg" "camera.jpg" "cell.jpg" "chelsea_cat.jpg" "china.jpg" "coffee.jpg" "coins.jpg" "flower.jpg"
    "hubble_deep_field.jpg" "immunohistochemistry.jpg" "retina.jpg" "rocket.jpg"
);

/// Where projects lie that nobody gave a place to.
#[must_use]
pub fn data_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("LABELWRIGHT_DATA").filter(|dir| !dir.is_empty()) {
        return PathBuf::from(dir);
    }
    directories::ProjectDirs::from("org", "labelwright", "labelwright")
        .map_or_else(|| PathBuf::from("labelwright-data"), |dirs| dirs.data_dir().to_owned())
}

/// The project that was open last, or the sample's place.
#[must_use]
pub fn default_project_dir() -> Opening {
    let last = std::fs::read_to_string(data_dir().join("last_project")).ok().map(|text| PathBuf::from(text.trim()));
    match last.filter(|dir| dir.join("project.db").is_file()) {
        Some(dir) => Opening::Project(dir),
        None => Opening::Sample(data_dir().join("sample")),
    }
}

/// Remembers the project that is open for the next start.
pub fn remember(dir: &Path) {
    let file = data_dir().join("last_project");
    let kept = std::fs::create_dir_all(data_dir()).and_then(|()| std::fs::write(&file, dir.display().to_string()));
    if let Err(error) = kept {
        tracing::warn!(%error, "the next start will not know which project was open");
    }
}

/// Where the project of a folder of images lies.
#[must_use]
pub fn project_dir_for_folder(folder: &Path) -> PathBuf {
    use sha2::Digest as _;
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let digest = super::sources::hex(&sha2::Sha256::digest(whole.display().to_string().as_bytes()));
    data_dir().join("projects").join(format!("{}-{}", safe_name(&whole), &digest[..8]))
}

fn project_dir_for_app(app: &RemoteApp) -> PathBuf {
    use sha2::Digest as _;
    let name = format!("{}/{} on {}", app.user, app.app, app.server);
    let digest = super::sources::hex(&sha2::Sha256::digest(name.as_bytes()));
    data_dir().join("projects").join(format!("{}-{}", safe_name(Path::new(&app.app)), &digest[..8]))
}

fn safe_name(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).take(40).collect();
    if safe.is_empty() { "project".to_owned() } else { safe }
}

/// The project directory of an opening, made where it is not there yet. Waits for disk and network.
///
/// # Errors
/// A sentence; nothing is left behind.
pub fn prepared(opening: &Opening, job: &mut Job) -> Result<PathBuf, SetupFailure> {
    let dir = match opening {
        Opening::Project(dir) | Opening::Unlocked(dir, _) | Opening::Rescue(dir) => return Ok(dir.clone()),
        Opening::Sample(dir) => dir.clone(),
        Opening::ImageFolder(folder) => project_dir_for_folder(folder),
        Opening::Remote(app) => project_dir_for_app(app),
    };
    if !dir.join("project.db").exists() {
        create_told(opening, &dir, job)?;
    }
    Ok(dir)
}

/// Makes the project of an opening in `dir`, which must not hold one. It appears whole or not at all.
///
/// Says which images cannot be shown and why; they are in the list, with the reason in their place.
///
/// # Errors
/// A sentence; nothing is left behind.
pub fn create(opening: &Opening, dir: &Path) -> Result<Vec<String>, SetupFailure> {
    create_told(opening, dir, &mut Job::unseen())
}

/// The same, told as it goes.
pub(super) fn create_told(opening: &Opening, dir: &Path, job: &mut Job) -> Result<Vec<String>, SetupFailure> {
    if std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(SetupFailure(format!("{} is there already and is not empty; nothing was changed", dir.display())));
    }
    let parent = dir.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let failed = |error: std::io::Error| SetupFailure(format!("{} cannot be made: {error}", dir.display()));
    std::fs::create_dir_all(parent).map_err(failed)?;
    let building = parent.join(format!(".labelwright-new-{}", fresh_id()));
    let made = build(opening, &building, job)
        .and_then(|unreadable| std::fs::rename(&building, dir).map_err(failed).map(|()| unreadable));
    if made.is_err() {
        std::fs::remove_dir_all(&building).ok();
    }
    made
}

fn build(opening: &Opening, dir: &Path, job: &mut Job) -> Result<Vec<String>, SetupFailure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.map_err(|error| SetupFailure(format!("No network threads: {error}")))?;
    match opening {
        Opening::Project(_) | Opening::Unlocked(..) | Opening::Rescue(_) => {
            Err(SetupFailure("A project cannot be made of a project".to_owned()))
        }
        Opening::Sample(_) => {
            let sample: Sample =
                serde_json::from_str(include_str!("../../assets/sample/sample.json")).map_err(SetupFailure::from)?;
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
        Opening::Remote(app) => runtime.block_on(build_remote(dir, app, job)),
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

/// Whether a file's name says that it is an image.
pub fn is_image(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    EXTENSIONS.contains(&extension.as_str())
}

/// A server on a free port of the loopback with a fresh key, and a client of it.
pub async fn start_bundled(data_dir: PathBuf, owner: &str, app: &str) -> Result<(RunningServer, HttpApi), String> {
    let key = server::random_key();
    let name = AppName::parse(&format!("{owner}/{app}"))?;
    let config = ServerConfig {
        data_dir,
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        apps: vec![name],
        keys: vec![KeyGrant::new(owner, key.clone())],
        personality: Strictness::default(),
        host_names: Vec::new(),
    };
    let running = server::start(config).await.map_err(|error| error.to_string())?;
    let api = http_api(&running.base_url(), owner, app, key)?;
    Ok((running, api))
}

/// A client.
pub fn http_api(server: &str, user: &str, app: &str, key: SecretString) -> Result<HttpApi, String> {
    let app = UserAppId { user_id: user.to_owned(), app_id: app.to_owned() };
    HttpApi::new(server, app, key, super::pace::limits()).map_err(|error| error.to_string())
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

fn all_done(done: bool, what: &str, details: &str) -> Result<(), SetupFailure> {
    if done { Ok(()) } else { Err(SetupFailure(format!("The {what} were not all taken: {details}"))) }
}

/// Stops what was called off; what was made so far goes away with it.
fn go_on(job: &Job) -> Result<(), SetupFailure> {
    if job.is_cancelled() { Err(SetupFailure("Called off; nothing was made".to_owned())) } else { Ok(()) }
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
        && let Some(size) = super::pictures::size_in_file(&image.source)
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

/// An input whose image is too large to be sent anywhere: the server gets an address that leads nowhere (RFC 2606).
fn input_left_here(id: &str, name: &str) -> Input {
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
        let listed = api.list_annotations(&query).await.map_err(SetupFailure::from)?;
        if listed.is_empty() {
            return Ok(found);
        }
        found.extend(listed);
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

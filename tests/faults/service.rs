//! The server that everything goes to, asked directly: what has really arrived?

use base64::Engine as _;
use labelwright::api::{Annotation, AnnotationApi as _, AnnotationQuery, Data, Image, Input, Makers, Page, UserAppId};
use labelwright::remote::{HttpApi, Limits};
use labelwright::server::{AppName, KeyGrant, RunningServer, ServerConfig, Strictness, start};
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::Path;
use tempfile::TempDir;

pub const USER: &str = "alice";
pub const KEY: &str = "TESTPAT";
/// The one image of every app, and its size.
pub const INPUT: &str = "picture";
pub const SIZE_PX: (u32, u32) = (640, 480);

/// Memory is as good as a disk, and faster, where only processes die.
pub fn place() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.expect("a directory")
}

pub fn app_name(n: usize) -> String {
    format!("app{n}")
}

/// A server in this process.
pub struct Service {
    pub addr: SocketAddr,
    _running: RunningServer,
    _data: TempDir,
}

impl Service {
    /// With so many apps, each with the one image.
    pub async fn start(apps: usize) -> Self {
        let data = place();
        let name = |n| AppName { owner: USER.to_owned(), id: app_name(n) };
        let config = ServerConfig {
            data_dir: data.path().join("server"),
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            apps: (0..apps).map(name).collect(),
            keys: vec![KeyGrant::new(USER, SecretString::from(KEY))],
            personality: Strictness::default(),
            host_names: Vec::new(),
        };
        let running = start(config).await.expect("the server starts");
        let addr = running.addr();
        for n in 0..apps {
            post_picture(&client(&format!("http://{addr}"), &app_name(n))).await;
        }
        Self { addr, _running: running, _data: data }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }
}

/// A client of its own, which nothing is in the way of.
pub fn client(url: &str, app: &str) -> HttpApi {
    let app = UserAppId { user_id: USER.to_owned(), app_id: app.to_owned() };
    HttpApi::new(url, app, SecretString::from(KEY), Limits::default()).expect("a client")
}

pub async fn post_picture(api: &HttpApi) {
    let mut png = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(SIZE_PX.0, SIZE_PX.1).write_to(&mut png, image::ImageFormat::Png).expect("a picture");
    let base64 = base64::engine::general_purpose::STANDARD.encode(png.into_inner());
    let image = Image { base64, ..Image::default() };
    let data = Data { image: Some(image), ..Data::default() };
    let input = Input { id: INPUT.to_owned(), data: Some(data), ..Input::default() };
    let answer = api.post_inputs(&[input]).await.expect("an answer");
    assert_eq!(answer.status.code.0, 10_000, "{answer:?}");
}

/// Who is there, with left edge of the box in pixels, sorted; whoever is there twice is listed twice.
pub async fn listed(api: &HttpApi) -> Vec<(u64, i64)> {
    let mut all = Vec::new();
    let mut page = Page::first(500);
    loop {
        let query = AnnotationQuery { page, makers: Makers::All, ..AnnotationQuery::default() };
        let rows = api.list_annotations(&query).await.expect("a listing");
        if rows.is_empty() {
            break;
        }
        all.extend(rows.iter().filter_map(who));
        page = page.next();
    }
    all.sort_unstable();
    all
}

/// Who an annotation is, whatever its id, and where.
pub fn who(annotation: &Annotation) -> Option<(u64, i64)> {
    let who = annotation.annotation_info.as_ref()?.get("who")?.as_u64()?;
    let region = annotation.data.as_ref()?.regions.first()?;
    let left = region.region_info.as_ref()?.bounding_box.as_ref()?.left_col;
    Some((who, (f64::from(left) * f64::from(SIZE_PX.0)).round() as i64))
}

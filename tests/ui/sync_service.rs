//! A server with one app for two people, spoken to over HTTP as by anybody else.

use base64::Engine as _;
use labelwright::runtime::RemoteApp;
use labelwright::server::{AppName, KeyGrant, RunningServer, ServerConfig, Strictness, start};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const APP: &str = "/v2/users/alice/apps/demo";
pub const IMAGE: &str = "square";

pub struct Service {
    runtime: tokio::runtime::Runtime,
    server: Option<RunningServer>,
    client: reqwest::Client,
    data: TempDir,
    url: String,
    /// Looks, whoever may work now.
    reader: String,
}

impl Service {
    /// With the keys ALICE, BOB and BOBSAPP, which is bob's and opens this app alone, so that it does not say whose it is;
    /// and with one image.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let data = tempfile::tempdir().expect("a directory");
        let keys = [("alice", "ALICE"), ("bob", "BOB"), ("bob@demo", "BOBSAPP")];
        let listen = "127.0.0.1:0".parse().expect("an address");
        let server = runtime.block_on(start(config(data.path(), listen, &keys))).expect("it starts");
        let url = server.base_url();
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client");
        let service = Self { runtime, server: Some(server), client, data, url, reader: "ALICE".to_owned() };
        let mut png = std::io::Cursor::new(Vec::new());
        image::RgbImage::from_pixel(400, 300, image::Rgb([90, 120, 90]))
            .write_to(&mut png, image::ImageFormat::Png)
            .expect("a picture");
        let bytes = base64::engine::general_purpose::STANDARD.encode(png.into_inner());
        let inputs = json!({"inputs": [{"id": IMAGE, "data": {"image": {"base64": bytes}}}]});
        service.call("ALICE", "POST", "/inputs", &inputs);
        service
    }

    /// The same data on the same address, with other keys.
    pub fn restart_with(&mut self, keys: &[(&str, &str)]) {
        if let Some(server) = self.server.take() {
            self.runtime.block_on(server.shutdown());
        }
        let listen = self.url.trim_start_matches("http://").parse().expect("an address");
        let started = self.runtime.block_on(start(config(self.data.path(), listen, keys)));
        self.server = Some(started.expect("it starts again"));
        keys[0].1.clone_into(&mut self.reader);
    }

    pub fn app_of(&self, user: &str, key: &str) -> RemoteApp {
        RemoteApp {
            server: self.url.clone(),
            user: user.to_owned(),
            app: "demo".to_owned(),
            key: SecretString::from(key),
        }
    }

    fn call(&self, key: &str, method: &str, path: &str, body: &Value) -> Value {
        let request = self
            .client
            .request(method.parse().expect("a method"), format!("{}{APP}{path}", self.url))
            .header("Authorization", format!("Key {key}"));
        let request = if body.is_null() {
            request
        } else {
            request.header("Content-Type", "application/json").body(body.to_string())
        };
        let text = self.runtime.block_on(async { request.send().await?.text().await }).expect("an answer");
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(answer["status"]["code"], 10_000, "{key}: {method} {path}: {text}");
        answer
    }

    /// `place`: top, left, bottom, right, in parts.
    pub fn post_box(&self, key: &str, id: &str, place: [f64; 4]) {
        self.call(key, "POST", "/annotations", &json!({"annotations": [row(id, place)]}));
    }

    /// A box that somebody has to decide about.
    pub fn post_pending(&self, key: &str, id: &str, place: [f64; 4]) {
        let mut row = row(id, place);
        row["status"] = json!({"code": 24_151});
        self.call(key, "POST", "/annotations", &json!({"annotations": [row]}));
    }

    pub fn move_box(&self, key: &str, id: &str, place: [f64; 4]) {
        let body = json!({"action": "overwrite", "annotations": [row(id, place)]});
        self.call(key, "PATCH", "/annotations", &body);
    }

    /// Posts as it stands.
    pub fn post(&self, key: &str, path: &str, body: &Value) {
        self.call(key, "POST", path, body);
    }

    /// Everything that somebody made.
    pub fn everything(&self) -> Vec<Value> {
        let answer =
            self.call(&self.reader, "GET", "/annotations?per_page=100&list_all_annotations=true", &Value::Null);
        let rows = answer["annotations"].as_array().cloned().unwrap_or_default();
        rows.into_iter().filter(|row| row["input_level"] != json!(true)).collect()
    }

    fn rows(&self) -> Vec<Value> {
        self.everything().into_iter().filter(|row| row["data"]["regions"].is_array()).collect()
    }

    /// Of the boxes.
    pub fn ids(&self) -> Vec<String> {
        self.rows().iter().filter_map(|row| row["id"].as_str().map(str::to_owned)).collect()
    }

    pub fn status_of(&self, id: &str) -> Option<u64> {
        self.rows().iter().find(|row| row["id"] == id).and_then(|row| row["status"]["code"].as_u64())
    }

    pub fn left_of(&self, id: &str) -> f64 {
        let rows = self.rows();
        let row = rows.iter().find(|row| row["id"] == id);
        let left = row.map(|row| &row["data"]["regions"][0]["region_info"]["bounding_box"]["left_col"]);
        left.and_then(Value::as_f64).unwrap_or(f64::NAN)
    }

    #[track_caller]
    pub fn until(&self, what: &str, so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while !so(self) {
            assert!(Instant::now() < deadline, "waited in vain until {what}: {:?}", self.rows());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn config(data: &std::path::Path, listen: SocketAddr, keys: &[(&str, &str)]) -> ServerConfig {
    ServerConfig {
        data_dir: data.to_owned(),
        listen,
        apps: vec![AppName { owner: "alice".to_owned(), id: "demo".to_owned() }],
        keys: keys
            .iter()
            .flat_map(|(user, key)| KeyGrant::parse_list(&format!("{user}={key}")).expect("a key"))
            .collect(),
        personality: Strictness::default(),
        host_names: Vec::new(),
    }
}

fn row(id: &str, [top, left, bottom, right]: [f64; 4]) -> Value {
    json!({"id": id, "input_id": IMAGE, "data": {"regions": [{
        "region_info": {"bounding_box": {"top_row": top, "left_col": left, "bottom_row": bottom, "right_col": right}},
        "data": {"concepts": [{"id": "cat", "value": 1.0}]}}]}})
}

/// A line to a server that falls silent at a call: it is passed on when somebody lets it speak.
pub struct SilentLine {
    /// The address of the line.
    pub url: String,
    speaks: Arc<(Mutex<bool>, Condvar)>,
}

impl SilentLine {
    /// To this server; silent at calls with this in their address.
    pub fn to(service: &Service, silent_at: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let to: SocketAddr = service.url.trim_start_matches("http://").parse().expect("an address");
        let speaks = Arc::new((Mutex::new(false), Condvar::new()));
        let line = Self { url, speaks: Arc::clone(&speaks) };
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let Ok(server) = TcpStream::connect(to) else { continue };
                let (back_from, back_to) =
                    (server.try_clone().expect("a socket"), client.try_clone().expect("a socket"));
                let speaks = Arc::clone(&speaks);
                std::thread::spawn(move || {
                    pass_on(client, server, |call| {
                        if call.windows(silent_at.len()).any(|part| part == silent_at.as_bytes()) {
                            let (speaks, told) = &*speaks;
                            drop(told.wait_while(speaks.lock().expect("unpoisoned"), |speaks| !*speaks));
                        }
                    });
                });
                std::thread::spawn(move || pass_on(back_from, back_to, |_answer| {}));
            }
        });
        line
    }

    /// Passes everything on from now on.
    pub fn speak(&self) {
        *self.speaks.0.lock().expect("unpoisoned") = true;
        self.speaks.1.notify_all();
    }
}

/// Passes bytes on until an end hangs up. A call without a body comes in one piece.
fn pass_on(mut from: TcpStream, mut to: TcpStream, before: impl Fn(&[u8])) {
    let mut bytes = [0; 16_384];
    while let Ok(n @ 1..) = from.read(&mut bytes) {
        before(&bytes[..n]);
        if to.write_all(&bytes[..n]).is_err() {
            break;
        }
    }
    to.shutdown(Shutdown::Write).ok();
}

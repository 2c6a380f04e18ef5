//! The key is a canary: after the real programs have run with it, through failures of all kinds and with every log at
//! its loudest, it must be in no file, no output and no request to another host. However it is written.

use super::kills::{DIR, EDITOR, STEPS};
use super::line::own_process;
use super::proxy::{Fault, On, Proxy, Reaches};
use super::service::{USER, app_name};
use base64::Engine as _;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// With signs that percent-encoding and base64 write differently.
const KEY: &str = "canary+k3y/=?&~c0ffee0123456789";

/// Every way in which it could stand somewhere.
fn spellings() -> Vec<Vec<u8>> {
    let base64 = &base64::engine::general_purpose::STANDARD_NO_PAD;
    let url_safe = &base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let percent: String = url::form_urlencoded::byte_serialize(KEY.as_bytes()).collect();
    let hex: String = KEY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut all = vec![KEY.to_owned(), percent.clone(), percent.to_lowercase(), hex.clone(), hex.to_uppercase()];
    // Inside a longer text the groups of three begin elsewhere; the first and last signs depend on the neighbours.
    for before in 0..3 {
        let text = [&b"xx"[..before.min(2)], KEY.as_bytes()].concat();
        for encoded in [base64.encode(&text), url_safe.encode(&text)] {
            all.push(encoded[4..encoded.len() - 4].to_owned());
        }
    }
    all.into_iter().map(String::into_bytes).collect()
}

fn holds_key(bytes: &[u8]) -> bool {
    spellings().iter().any(|spelling| bytes.windows(spelling.len()).any(|part| part == &spelling[..]))
}

/// Files under a directory that hold the key; how many there are.
fn scan(dir: &Path) -> (Vec<PathBuf>, usize) {
    let (mut found, mut all) = (Vec::new(), 0);
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).expect("a directory").flatten() {
            let path = entry.path();
            if path.is_dir() {
                dirs.push(path);
            } else if let Ok(bytes) = fs::read(&path) {
                all += 1;
                if holds_key(&bytes) || holds_key(path.to_string_lossy().as_bytes()) {
                    found.push(path);
                }
            }
        }
    }
    (found, all)
}

#[test]
fn the_scan_finds_a_key_however_it_is_written() {
    let dir = tempfile::tempdir().expect("a directory");
    let percent: String = url::form_urlencoded::byte_serialize(KEY.as_bytes()).collect();
    let header = base64::engine::general_purpose::STANDARD.encode(format!("Key {KEY}"));
    let basic = base64::engine::general_purpose::URL_SAFE.encode(format!("user:{KEY}@"));
    for (n, text) in [KEY, &percent, &header, &basic].into_iter().enumerate() {
        fs::write(dir.path().join(format!("{n}")), format!("before {text} after")).expect("a file");
    }
    fs::write(dir.path().join("innocent"), "canary").expect("a file");
    assert_eq!((scan(dir.path()).0.len(), scan(dir.path()).1), (4, 5));
}

/// Another host: keeps whatever it is sent.
fn another_host() -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            stream.set_read_timeout(Some(Duration::from_millis(300))).ok();
            let mut part = [0; 8192];
            while let Ok(n @ 1..) = stream.read(&mut part) {
                keep.lock().expect("the log").extend_from_slice(&part[..n]);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").ok();
        }
    });
    (url, seen)
}

/// The real program, with a home of its own; what it says goes into files there.
struct Home {
    dir: tempfile::TempDir,
    runs: usize,
}

impl Home {
    fn log(&mut self) -> File {
        self.runs += 1;
        File::create(self.dir.path().join(format!("said-{}", self.runs))).expect("a log")
    }

    fn command(&mut self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_labelwright"));
        command.args(arguments).env("HOME", self.dir.path()).env("LABELWRIGHT_DATA", self.dir.path().join("data"));
        command.env("LABELWRIGHT_KEY", KEY).env("LABELWRIGHT_LOG", "trace").env("RUST_BACKTRACE", "full");
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").stdin(Stdio::null()).stderr(self.log());
        command
    }

    /// Runs it to its end; its exit code.
    fn run(&mut self, arguments: &[&str]) -> Option<i32> {
        let mut command = self.command(arguments);
        command.stdout(self.log()).status().expect("it runs").code()
    }

    fn serve(&mut self) -> (Child, String) {
        let data = self.dir.path().join("server").display().to_string();
        let app = format!("{USER}/{}", app_name(0));
        let mut command = self.command(&["serve", "--data", &data, "--listen", "127.0.0.1:0", "--app", &app]);
        command.env("LABELWRIGHT_KEYS", format!("{USER}={KEY}")).env_remove("LABELWRIGHT_KEY");
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the server starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let url = line.trim().strip_prefix("listening on ").expect("an address").to_owned();
        (child, url)
    }

    /// The program's own runtime, which edits and sends.
    fn edit(&mut self, project: &str, steps: &str) -> bool {
        let more = [(DIR, project), (STEPS, steps), ("RUST_BACKTRACE", "full")];
        let mut command = own_process(EDITOR, self.dir.path(), KEY, &more);
        command.stdout(self.log()).stderr(self.log()).status().expect("it runs").success()
    }
}

#[test]
fn the_key_is_in_no_file_no_output_and_no_request_to_another_host() {
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
    let mut home = Home { dir: tempfile::tempdir().expect("a home"), runs: 0 };
    let (mut server, url) = home.serve();
    let addr = url.trim_start_matches("http://").parse().expect("an address");
    let proxy = tokio.block_on(Proxy::start(addr));
    let (elsewhere, seen_elsewhere) = another_host();
    tokio.block_on(async {
        let app = labelwright::api::UserAppId { user_id: USER.to_owned(), app_id: app_name(0) };
        let limits = labelwright::remote::Limits::default();
        let api = labelwright::remote::HttpApi::new(&url, app, KEY.into(), limits).expect("a client");
        super::service::post_picture(&api).await;
    });
    let project = home.dir.path().join("project").display().to_string();
    let (through, app) = (proxy.url(), app_name(0));
    let bound = ["--server", &through, "--user", USER, "--app", &app];
    assert_eq!(home.run(&[&["init", "--project", &project][..], &bound].concat()), Some(0));

    // Work, while the answers lead elsewhere, refuse the key, break off, and hold what is no answer.
    let leads_elsewhere = Fault::Answer(Reaches::Nobody, 307, format!("Location: {elsewhere}/v2/\r\n"), Vec::new());
    proxy.spoil(On::Post, leads_elsewhere, 2);
    assert!(home.edit(&project, "4"));
    let refused = br#"{"status":{"code":11009,"description":"Invalid key"}}"#.to_vec();
    proxy.spoil(On::Post, Fault::Answer(Reaches::Nobody, 401, String::new(), refused), 1);
    assert!(home.edit(&project, "4"));
    proxy.spoil(On::Post, Fault::Raw(b"HTTP/1.1 2x0 no\r\n\r\n".to_vec()), 1);
    assert!(home.edit(&project, "4"));
    for arguments in [&["status", "--json"][..], &["push", "--dry-run"], &["push", "--json"], &["pull"]] {
        assert_eq!(home.run(&[arguments, &["--project", &project]].concat()), Some(0), "{arguments:?}");
    }

    // What goes wrong at once, and a panic.
    let other = home.dir.path().join("other").display().to_string();
    for server in ["http://example.invalid", "https://127.0.0.1:1", "not a url"] {
        let bound = ["init", "--project", &other, "--server", server, "--user", USER, "--app", &app];
        assert_eq!(home.run(&bound), Some(1), "{server}");
    }
    let mut nonsense = home.command(&["serve", "--data", &other, "--app", "a/b"]);
    nonsense.env("LABELWRIGHT_KEYS", KEY.replace('=', " "));
    assert_eq!(nonsense.stdout(home.log()).status().expect("it runs").code(), Some(1));
    assert!(!home.edit(&other, "1"), "an editor without a project ends in a panic");
    server.kill().expect("a kill");
    server.wait().expect("its end");
    home.run(&["push", "--project", &project]);

    let key_of_the_scan = proxy.seen();
    assert!(holds_key(&key_of_the_scan), "it was there to be found: the server was sent it");
    let (found, all) = scan(home.dir.path());
    assert_eq!(found, Vec::<PathBuf>::new(), "the key stands in these files");
    assert!(all > 30, "{all} files");
    let sent = seen_elsewhere.lock().expect("the log").clone();
    assert!(sent.is_empty(), "nothing at all was to be sent there: {:?}", String::from_utf8_lossy(&sent));
    println!("{all} files hold no key");
}

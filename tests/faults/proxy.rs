//! A proxy that spoils the requests it is told to spoil, and passes on all others.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Which requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Post,
    Patch,
    Delete,
    /// Listings and read-backs of annotations.
    Read,
}

impl On {
    fn fits(self, head: &str) -> bool {
        let line = head.lines().next().unwrap_or_default();
        let mut words = line.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let path = path.split('?').next().unwrap_or_default();
        let wanted = match self {
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Read => "GET",
        };
        method == wanted && path.ends_with("/annotations")
    }
}

/// Whether the server gets the request although the client gets no good answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaches {
    Nobody,
    TheServer,
}

/// A place in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Start,
    /// After so many bytes of the head.
    Head(usize),
    EndOfHead,
    Body(usize),
    MiddleOfBody,
    /// Before the last byte.
    LastByte,
}

impl At {
    fn offset(self, head: usize, all: usize) -> usize {
        let end = all.saturating_sub(1);
        match self {
            Self::Start => 0,
            Self::Head(n) => n.min(head),
            Self::EndOfHead => head,
            Self::Body(n) => (head + n).min(end),
            Self::MiddleOfBody => head + (all - head) / 2,
            Self::LastByte => end,
        }
    }
}

/// What is done to the items of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    Shuffled,
    FirstMissing,
    AllMissing,
    /// With one that nobody asked about.
    Extra,
    Doubled,
    OtherIds,
    /// The envelope calls it mixed although all is well.
    CalledMixed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nobody listens for a while.
    Outage(Duration),
    /// This connection and the next so many are reset at once.
    ResetAtConnect(usize),
    ResetInRequest(At),
    ResetInAnswer(At),
    CloseInAnswer(At),
    /// No answer ever comes.
    Silence(Reaches),
    /// One byte at a time, with a pause before each; of the head first.
    Drip {
        pause: Duration,
        whole_head: bool,
    },
    /// `Content-Length` says so much more (or less) than there is.
    WrongLength(i64),
    /// Cut, with the right length for what is left.
    CutBody(At),
    /// Another answer: status line, more header lines, body.
    Answer(Reaches, u16, String, Vec<u8>),
    /// A good answer with the items changed.
    Items(Items),
    /// Bytes as they are, after the server has done it.
    Raw(Vec<u8>),
    /// A good answer that is so many MiB of spaces longer.
    Huge(usize),
    /// A small answer that unpacks to so many MiB.
    GzipBomb(usize),
    /// Delivered twice; which answer comes back.
    Twice(Back),
    /// Delivered once more so much later, but before the person changes it again.
    AgainLater(Duration),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    First,
    Second,
}

#[derive(Debug, Default)]
struct Script {
    on: Option<On>,
    fault: Option<Fault>,
    left: usize,
    struck: usize,
    resets: usize,
    /// Requests that will be delivered once more.
    to_come: usize,
}

#[derive(Clone)]
pub struct Proxy {
    pub addr: SocketAddr,
    server: SocketAddr,
    script: Arc<Mutex<Script>>,
    /// The heads of all requests.
    seen: Arc<Mutex<Vec<u8>>>,
    /// Grows with every outage: connections of an earlier line are dropped.
    line: watch::Sender<u64>,
}

impl Proxy {
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("an address");
        let (line, _) = watch::channel(0);
        let proxy = Self { addr, server, script: Arc::default(), seen: Arc::default(), line };
        tokio::spawn(proxy.clone().accept(listener));
        proxy
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// From now on the first `times` such requests are spoiled.
    pub fn spoil(&self, on: On, fault: Fault, times: usize) {
        let mut script = self.script.lock().expect("the script");
        *script = Script { on: Some(on), fault: Some(fault), left: times, ..Script::default() };
    }

    pub fn repair(&self) {
        self.script.lock().expect("the script").left = 0;
    }

    /// How many requests were spoiled.
    pub fn struck(&self) -> usize {
        self.script.lock().expect("the script").struck
    }

    /// The heads of all requests that came.
    pub fn seen(&self) -> Vec<u8> {
        self.seen.lock().expect("the log").clone()
    }

    /// Whether something will be delivered once more.
    pub fn still_delivers(&self) -> bool {
        self.script.lock().expect("the script").to_come > 0
    }

    async fn accept(self, mut listener: TcpListener) {
        let mut line = self.line.subscribe();
        loop {
            tokio::select! {
                accepted = listener.accept() => {
                    let Ok((stream, _)) = accepted else { continue };
                    tokio::spawn(self.clone().serve(stream));
                }
                _ = line.changed() => {
                    drop(listener);
                    let outage = match &self.script.lock().expect("the script").fault {
                        Some(Fault::Outage(outage)) => *outage,
                        _ => Duration::ZERO,
                    };
                    tokio::time::sleep(outage).await;
                    listener = loop {
                        match TcpListener::bind(self.addr).await {
                            Ok(listener) => break listener,
                            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                        }
                    };
                }
            }
        }
    }

    async fn serve(self, mut stream: TcpStream) {
        {
            let mut script = self.script.lock().expect("the script");
            if script.resets > 0 {
                script.resets -= 1;
                stream.set_zero_linger().ok();
                return;
            }
        }
        let mut line = self.line.subscribe();
        line.mark_unchanged();
        tokio::select! {
            () = self.talk(&mut stream) => {}
            _ = line.changed() => drop(stream.set_zero_linger()),
        }
    }

    async fn talk(&self, stream: &mut TcpStream) {
        let mut buffer = Vec::new();
        while let Some((head, length)) = read_head(stream, &mut buffer).await {
            let text = String::from_utf8_lossy(&buffer[..head]).into_owned();
            self.seen.lock().expect("the log").extend_from_slice(text.as_bytes());
            let fault = self.next_fault(&text);
            if let Some(Fault::ResetInRequest(at)) = fault {
                let until = at.offset(head, head + length);
                while buffer.len() < until && read_some(stream, &mut buffer).await {}
                stream.set_zero_linger().ok();
                return;
            }
            while buffer.len() < head + length {
                if !read_some(stream, &mut buffer).await {
                    return;
                }
            }
            let request: Vec<u8> = buffer.drain(..head + length).collect();
            let goes_on = match fault {
                None => match self.forward(&request, head).await {
                    Some(answer) => stream.write_all(&answer.whole()).await.is_ok(),
                    None => false,
                },
                Some(fault) => self.spoiled(fault, stream, &request, head).await,
            };
            if !goes_on {
                return;
            }
        }
    }

    fn next_fault(&self, head: &str) -> Option<Fault> {
        let mut script = self.script.lock().expect("the script");
        if script.left == 0 || !script.on.is_some_and(|on| on.fits(head)) {
            return None;
        }
        script.left -= 1;
        script.struck += 1;
        if let Some(Fault::ResetAtConnect(times)) = script.fault {
            script.resets = times;
        }
        script.fault.clone()
    }

    /// Carries the fault out; whether the connection can be used again.
    async fn spoiled(&self, fault: Fault, stream: &mut TcpStream, request: &[u8], head: usize) -> bool {
        match fault {
            Fault::Outage(_) => {
                self.line.send_modify(|line| *line += 1);
                false
            }
            Fault::ResetAtConnect(_) | Fault::ResetInRequest(_) => {
                stream.set_zero_linger().ok();
                false
            }
            Fault::Silence(reaches) => {
                if reaches == Reaches::TheServer {
                    self.forward(request, head).await;
                }
                tokio::time::sleep(Duration::from_secs(30)).await;
                false
            }
            Fault::Answer(reaches, status, headers, body) => {
                if reaches == Reaches::TheServer {
                    self.forward(request, head).await;
                }
                let head = format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
                stream.write_all(&[head.as_bytes(), &body].concat()).await.is_ok()
            }
            Fault::Twice(back) => {
                let first = self.forward(request, head).await;
                let second = self.forward(request, head).await;
                let Some(answer) = (if back == Back::First { first } else { second }) else { return false };
                stream.write_all(&answer.whole()).await.is_ok()
            }
            Fault::AgainLater(later) => {
                let Some(answer) = self.forward(request, head).await else { return false };
                let (proxy, request) = (self.clone(), request.to_vec());
                self.script.lock().expect("the script").to_come += 1;
                tokio::spawn(async move {
                    tokio::time::sleep(later).await;
                    proxy.forward(&request, head).await;
                    proxy.script.lock().expect("the script").to_come -= 1;
                });
                stream.write_all(&answer.whole()).await.is_ok()
            }
            of_the_answer => {
                let Some(answer) = self.forward(request, head).await else { return false };
                spoiled_answer(of_the_answer, stream, answer).await
            }
        }
    }

    /// Asks the server, on a connection of its own.
    async fn forward(&self, request: &[u8], head: usize) -> Option<Answer> {
        let mut up = TcpStream::connect(self.server).await.ok()?;
        let text = String::from_utf8_lossy(&request[..head]);
        let mut lines: Vec<&str> = text.trim_end().split("\r\n").collect();
        let own = |line: &&str| {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            !matches!(name.as_str(), "connection" | "accept-encoding" | "host")
        };
        lines.retain(own);
        let host = format!("Host: {}", self.server);
        lines.extend(["Connection: close", host.as_str()]);
        let mut bytes = lines.join("\r\n").into_bytes();
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(&request[head..]);
        up.write_all(&bytes).await.ok()?;
        let mut answer = Vec::new();
        up.read_to_end(&mut answer).await.ok()?;
        Answer::of(&answer)
    }
}

/// An answer of the server.
struct Answer {
    status: String,
    body: Vec<u8>,
}

impl Answer {
    fn of(bytes: &[u8]) -> Option<Self> {
        let head = bytes.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        assert!(!text.to_ascii_lowercase().contains("chunked"), "the server sends lengths");
        Some(Self { status: text.lines().next()?.to_owned(), body: bytes[head..].to_vec() })
    }

    fn head(&self, length: i64, more: &str) -> String {
        format!("{}\r\nContent-Type: application/json\r\n{more}Content-Length: {length}\r\n\r\n", self.status)
    }

    fn whole(&self) -> Vec<u8> {
        [self.head(self.body.len() as i64, "").as_bytes(), &self.body].concat()
    }
}

async fn spoiled_answer(fault: Fault, stream: &mut TcpStream, mut answer: Answer) -> bool {
    let whole = answer.whole();
    let head = whole.len() - answer.body.len();
    match fault {
        Fault::ResetInAnswer(at) => {
            stream.write_all(&whole[..at.offset(head, whole.len())]).await.ok();
            stream.flush().await.ok();
            // What was sent arrives before the reset does.
            tokio::time::sleep(Duration::from_millis(15)).await;
            stream.set_zero_linger().ok();
            false
        }
        Fault::CloseInAnswer(at) => {
            stream.write_all(&whole[..at.offset(head, whole.len())]).await.ok();
            stream.shutdown().await.ok();
            false
        }
        Fault::Drip { pause, whole_head } => {
            let from = if whole_head { head } else { 0 };
            if stream.write_all(&whole[..from]).await.is_err() {
                return false;
            }
            for byte in &whole[from..] {
                tokio::time::sleep(pause).await;
                if stream.write_all(&[*byte]).await.is_err() {
                    return false;
                }
            }
            true
        }
        Fault::WrongLength(by) => {
            let head = answer.head(answer.body.len() as i64 + by, "");
            stream.write_all(&[head.as_bytes(), &answer.body].concat()).await.ok();
            stream.shutdown().await.ok();
            false
        }
        Fault::CutBody(at) => {
            let cut = at.offset(head, whole.len()) - head;
            answer.body.truncate(cut);
            stream.write_all(&answer.whole()).await.is_ok()
        }
        Fault::Items(items) => {
            answer.body = changed_items(&answer.body, items);
            stream.write_all(&answer.whole()).await.is_ok()
        }
        Fault::Raw(bytes) => {
            stream.write_all(&bytes).await.ok();
            stream.shutdown().await.ok();
            false
        }
        Fault::Huge(mebibytes) => {
            let length = (mebibytes << 20) + answer.body.len();
            if stream.write_all(answer.head(length as i64, "").as_bytes()).await.is_err() {
                return false;
            }
            let spaces = vec![b' '; 1 << 20];
            for _ in 0..mebibytes {
                if stream.write_all(&spaces).await.is_err() {
                    return false;
                }
            }
            stream.write_all(&answer.body).await.is_ok()
        }
        Fault::GzipBomb(mebibytes) => {
            let bomb = gzip_of_spaces(mebibytes);
            let head = answer.head(bomb.len() as i64, "Content-Encoding: gzip\r\n");
            stream.write_all(&[head.as_bytes(), &bomb].concat()).await.is_ok()
        }
        other => panic!("{other:?} is no fault of an answer"),
    }
}

fn changed_items(body: &[u8], how: Items) -> Vec<u8> {
    let mut json: serde_json::Value = serde_json::from_slice(body).expect("the server answers in JSON");
    if how == Items::CalledMixed {
        json["status"]["code"] = 10_010.into();
    }
    if let Some(list) = json.get_mut("annotations").and_then(serde_json::Value::as_array_mut) {
        match how {
            Items::Shuffled => list.reverse(),
            Items::FirstMissing => drop((!list.is_empty()).then(|| list.remove(0))),
            Items::AllMissing => list.clear(),
            Items::Extra => {
                let mut extra = list.first().cloned().unwrap_or_default();
                extra["id"] = "ffffffffffffffffffffffffffffffff".into();
                list.push(extra);
            }
            Items::Doubled => list.extend(list.clone()),
            Items::OtherIds => list.iter_mut().for_each(|item| item["id"] = "0".into()),
            Items::CalledMixed => {}
        }
    }
    serde_json::to_vec(&json).expect("JSON")
}

/// Stored blocks would be as large as what they unpack to; one long run packs a thousandfold.
fn gzip_of_spaces(mebibytes: usize) -> Vec<u8> {
    // Made by gzip itself: no crate is needed for one test.
    let made = std::process::Command::new("sh")
        .args(["-c", &format!("head -c {} /dev/zero | tr '\\0' ' ' | gzip -9", mebibytes << 20)])
        .output()
        .expect("gzip");
    assert!(made.status.success() && made.stdout.len() > 1000);
    made.stdout
}

async fn read_some(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> bool {
    let mut part = vec![0; 64 << 10];
    match stream.read(&mut part).await {
        Ok(0) | Err(_) => false,
        Ok(n) => {
            buffer.extend_from_slice(&part[..n]);
            true
        }
    }
}

/// Reads until the end of a request's head; its length, and that of its body.
async fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(usize, usize)> {
    loop {
        if let Some(end) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            return Some((end + 4, length.unwrap_or(0)));
        }
        if !read_some(stream, buffer).await {
            return None;
        }
    }
}

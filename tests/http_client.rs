//! The HTTP client against servers that misbehave: what each failure means, where the key goes, what the connect
//! dialog says.

use labelwright::api::{Annotation, AnnotationApi, AnnotationQuery, ApiError, ErrorKind, Image, Input, UserAppId};
use labelwright::remote::{HttpApi, Limits, ProbeError, SetupError};
use labelwright::server::{AppName, KeyGrant, ServerConfig, Strictness, start};
use secrecy::SecretString;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const CANARY: &str = "CANARY-c0ffee";

/// A server that answers every connection with the same bytes and keeps what it was sent.
struct Canned {
    url: String,
    seen: Arc<Mutex<String>>,
}

/// What the canned server does after its bytes.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    Closes,
    Hangs,
}

async fn canned(answer: impl Into<Vec<u8>>, then: Then) -> Canned {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let seen = Arc::new(Mutex::new(String::new()));
    let (answer, log) = (answer.into(), Arc::clone(&seen));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (answer, log) = (answer.clone(), Arc::clone(&log));
            tokio::spawn(async move {
                let mut buffer = vec![0; 1 << 20];
                let read = stream.read(&mut buffer).await.unwrap_or(0);
                log.lock().expect("the log").push_str(&String::from_utf8_lossy(&buffer[..read]));
                drop(stream.write_all(&answer).await);
                if then == Then::Hangs {
                    std::future::pending::<()>().await;
                }
            });
        }
    });
    Canned { url, seen }
}

fn http(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len())
}

fn client(url: &str) -> HttpApi {
    let limits = Limits { request_timeout_secs: 1, list_bytes: 1 << 20, ..Limits::default() };
    let app = UserAppId { user_id: "alice".to_owned(), app_id: "demo".to_owned() };
    HttpApi::new(url, app, SecretString::from(CANARY), limits).expect("a client")
}

async fn post(url: &str) -> ApiError {
    client(url).post_annotations(&[Annotation::default()]).await.expect_err("it fails")
}

async fn list(url: &str) -> ApiError {
    client(url).list_annotations(&AnnotationQuery::default()).await.expect_err("it fails")
}

fn shows_no_secret(error: &ApiError) {
    let text = format!("{error} {error:?}");
    assert!(!text.contains(CANARY) && !text.contains("/v2/"), "{text}");
}

/// A port where nobody listens.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

#[tokio::test]
async fn what_was_never_connected_was_not_written() {
    let error = post(&nobody().await).await;
    assert_eq!(error.kind, ErrorKind::NotApplied, "{error}");
    assert!(error.to_string().contains("Check the address"), "it says what to do: {error}");
    shows_no_secret(&error);
}

#[tokio::test]
async fn after_bytes_were_sent_nobody_knows() {
    for (answer, then) in [
        (String::new(), Then::Closes),
        (String::new(), Then::Hangs),
        ("HTTP/1.1 200 OK\r\nContent-Le".to_owned(), Then::Closes),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\":".to_owned(), Then::Closes),
        ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"status\":".to_owned(), Then::Hangs),
        (http("200 OK", "", "<html>"), Then::Closes),
        (http("200 OK", "", "{}"), Then::Closes),
        (http("502 Bad Gateway", "", "<html>"), Then::Closes),
        (http("500 Oops", "", "{\"status\":{\"code\":98004}}"), Then::Closes),
    ] {
        let server = canned(answer.clone(), then).await;
        let error = post(&server.url).await;
        assert_eq!(error.kind, ErrorKind::Unknown, "{answer:?}: {error}");
        shows_no_secret(&error);
        let kind = list(&server.url).await.kind;
        assert!(matches!(kind, ErrorKind::NotApplied | ErrorKind::Misconfigured), "a read wrote nothing: {kind:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_the_key_stays_here() {
    let other = canned(http("200 OK", "", "{\"status\":{\"code\":10000}}"), Then::Closes).await;
    for status in ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"] {
        let here = canned(http(status, &format!("Location: {}/v2/annotations\r\n", other.url), ""), Then::Closes).await;
        assert_eq!(post(&here.url).await.kind, ErrorKind::Misconfigured, "{status}");
        assert!(here.seen.lock().expect("the log").contains(CANARY), "the origin gets the key");
    }
    assert!(other.seen.lock().expect("the log").is_empty(), "nobody else hears anything");
}

#[tokio::test]
async fn images_elsewhere_are_fetched_without_the_key_or_not_at_all() {
    let inside = canned(http("200 OK", "", "secret"), Then::Closes).await;
    let api = client(&nobody().await);
    let input = |url: &str| {
        let image = Image { url: url.to_owned(), ..Image::default() };
        let data = labelwright::api::Data { image: Some(image), ..Default::default() };
        Input { id: "i".to_owned(), data: Some(data), ..Input::default() }
    };
    for url in [inside.url.as_str(), "file:///etc/passwd", "https://localhost/x", "https://[::ffff:127.0.0.1]/x"] {
        let error = api.image_bytes(&input(url)).await.expect_err("refused");
        shows_no_secret(&error);
    }
    assert!(inside.seen.lock().expect("the log").is_empty(), "not even asked");
    let own = canned(http("302 Found", &format!("Location: {}/x\r\n", inside.url), ""), Then::Closes).await;
    let error = client(&own.url).image_bytes(&input(&format!("{}/a.jpg", own.url))).await.expect_err("refused");
    assert_eq!(error.kind, ErrorKind::Refused, "a redirect into the network is checked too: {error}");
    assert!(inside.seen.lock().expect("the log").is_empty(), "not asked by a redirect either");
}

#[tokio::test]
async fn too_long_an_answer_is_not_read_to_its_end() {
    let body = format!("{{\"status\":{{\"code\":10000}},\"filler\":\"{}\"}}", "x".repeat(2 << 20));
    let server = canned(http("200 OK", "", &body), Then::Closes).await;
    let error = list(&server.url).await;
    assert_eq!(error.kind, ErrorKind::TooLarge, "{error}");
}

#[tokio::test]
async fn a_throttled_call_says_how_long_to_wait() {
    let body = "{\"status\":{\"code\":11005,\"description\":\"Making too many requests\"}}";
    let server = canned(http("429 Too Many", "Retry-After: 15\r\n", body), Then::Closes).await;
    assert_eq!(post(&server.url).await.kind, ErrorKind::Throttled { retry_after_secs: Some(15) });
}

#[test]
fn an_address_that_is_none_is_said_so_and_a_key_never_travels_in_the_open() {
    let app = || UserAppId { user_id: "u".to_owned(), app_id: "a".to_owned() };
    let new = |url: &str| HttpApi::new(url, app(), SecretString::from(CANARY), Limits::default());
    for bad in ["", "api.clarifai.com", "ftp://x", "https://", "https://u:p@x.com", "https://x.com/?key=1"] {
        assert!(matches!(new(bad), Err(SetupError::Address(_))), "{bad}");
    }
    for open in ["http://api.clarifai.com", "http://10.0.0.1", "http://127.0.0.1.evil.com"] {
        assert!(matches!(new(open), Err(SetupError::Unencrypted(_))), "{open}");
    }
    for good in [
        "https://api.clarifai.com",
        "https://x.com/prefix/",
        "http://127.0.0.1:80",
        "http://localhost:1",
        "http://[::1]:1",
    ] {
        let api = new(good).expect("a client");
        assert!(!format!("{api:?}").contains(CANARY), "{api:?}");
    }
    let key = HttpApi::new("https://x.com", app(), SecretString::from("a\nb"), Limits::default());
    assert!(matches!(key, Err(SetupError::Key)), "a key with a line break");
}

#[tokio::test]
async fn the_connect_dialog_tells_five_failures_apart() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = start(ServerConfig {
        data_dir: dir.path().to_owned(),
        listen: "127.0.0.1:0".parse().expect("an address"),
        apps: vec![AppName { owner: "alice".to_owned(), id: "demo".to_owned() }],
        keys: vec![
            KeyGrant::new("alice", SecretString::from("A")),
            KeyGrant::new("bob", SecretString::from("B")).without_delete(),
            KeyGrant { app: Some("demo".to_owned()), ..KeyGrant::new("alice", SecretString::from("APP")) },
        ],
        personality: Strictness::default(),
        host_names: Vec::new(),
    })
    .await
    .expect("it starts");
    let probe = async |url: &str, app: &str, key: &str| {
        let app = UserAppId { user_id: "alice".to_owned(), app_id: app.to_owned() };
        HttpApi::new(url, app, SecretString::from(key), Limits::default()).expect("a client").probe().await
    };
    let url = server.base_url();
    let good = probe(&url, "demo", "A").await.expect("connected");
    assert_eq!((good.user_id.as_deref(), good.may_delete()), (Some("alice"), true));
    assert!(!probe(&url, "demo", "B").await.expect("connected").may_delete(), "Delete is off, with a reason");
    assert_eq!(probe(&url, "demo", "APP").await.expect("connected").user_id, None, "an app key does not say who");
    assert!(matches!(probe(&url, "demo", "X").await, Err(ProbeError::WrongKey { .. })), "wrong key");
    assert!(matches!(probe(&url, "other", "A").await, Err(ProbeError::NoSuchApp { .. })), "no such app");
    assert!(matches!(probe(&nobody().await, "demo", "A").await, Err(ProbeError::Unreachable { .. })), "nobody there");
    let page = canned(http("200 OK", "", "<html>Welcome</html>"), Then::Closes).await;
    assert!(matches!(probe(&page.url, "demo", "A").await, Err(ProbeError::NotAnApi { .. })), "a web page");
    let json = canned(http("200 OK", "", "{\"hello\": 1}"), Then::Closes).await;
    assert!(matches!(probe(&json.url, "demo", "A").await, Err(ProbeError::NotAnApi { .. })), "another API");
    let ill = canned(http("503 Busy", "", "{\"status\":{\"code\":40031}}"), Then::Closes).await;
    assert!(matches!(probe(&ill.url, "demo", "A").await, Err(ProbeError::NotNow { .. })), "later");
    let wrong = probe(&url, "demo", "X").await.expect_err("wrong key").to_string();
    assert!(wrong.contains("Copy it again"), "it says what to do: {wrong}");
}

//! Input that means harm, or is merely odd: shapes and numbers that a server may list, and requests that a server may get.

use super::desk::{Desk, SPEED, make_project};
use super::line::in_a_process;
use super::proxy::{Fault, On, Proxy, Reaches};
use super::service::{KEY, Service, USER, app_name, client, listed, place};
use super::shapes::hostile_annotations;
use labelwright::api::Annotation;
use labelwright::geometry::Size;
use labelwright::model::LocalId;
use labelwright::runtime;
use labelwright::sync::{model_from_wire, same_content, wire_from_model};
use std::fmt::Write as _;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[test]
fn hostile_numbers_and_shapes_are_refused_or_kept_as_they_are() {
    let all = hostile_annotations();
    assert!(all.len() >= 300, "{}", all.len());
    let size = Size::new(640.0, 480.0);
    let (mut refused, mut kept, mut changed) = (0, 0, Vec::new());
    for text in &all {
        let Ok(wire) = serde_json::from_str::<Annotation>(text) else {
            refused += 1;
            continue;
        };
        for size in [size, Size::new(1.0, 1.0)] {
            let model = model_from_wire(&wire, LocalId(1), size);
            if let Some(bounds) = model.bounds() {
                let sides = [bounds.min.x, bounds.min.y, bounds.max.x, bounds.max.y];
                assert!(sides.iter().all(|side| side.is_finite()), "{text}");
            }
            let back = wire_from_model(&model, &wire.id, size);
            let again = serde_json::to_string(&back).expect("JSON");
            if !same_content(&wire, &back) || again.contains("null") && !text.contains("null") {
                changed.push(format!("{text:.300} became {again:.300}"));
            }
        }
        kept += 1;
    }
    assert!(changed.is_empty(), "changed in silence:\n{}", changed.join("\n"));
    println!("{} shapes in two sizes: {refused} refused, {kept} kept", all.len());
    assert!(refused > 20 && kept > 100);
}

#[test]
fn a_listing_full_of_hostile_shapes_harms_no_work() {
    println!("{}", in_a_process("hostile::at_a_desk", &[]));
}

#[test]
#[ignore = "runs only as the child of the test above"]
fn at_a_desk() {
    runtime::hurry(SPEED, 20);
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
    let service = tokio.block_on(Service::start(1));
    let proxy = tokio.block_on(Proxy::start(service.addr));
    // Also those that are JSON and no annotation: one of them must not keep the others away.
    let json = |text: &String| serde_json::from_str::<serde_json::Value>(text).is_ok();
    let listing: Vec<String> = hostile_annotations().into_iter().filter(json).collect();
    let body = format!(r#"{{"status":{{"code":10000}},"annotations":[{}]}}"#, listing.join(","));
    proxy.spoil(On::Read, Fault::Answer(Reaches::Nobody, 200, String::new(), body.into_bytes()), 1);
    let dir = place();
    make_project(dir.path(), &proxy.url(), &app_name(0));
    let mut desk = Desk::open(dir.path());
    desk.step(vec![(1, Some(10)), (2, Some(20))]);
    desk.saved();
    desk.settle().unwrap_or_else(|why| panic!("{why}"));
    desk.step(vec![(1, Some(30))]);
    desk.saved();
    desk.settle().unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(tokio.block_on(listed(&client(&service.url(), &app_name(0)))), [(1, 30), (2, 20)]);
    assert_eq!(proxy.struck(), 1);
}

/// One request as bytes; the answer's status and body.
async fn raw(addr: SocketAddr, request: &[u8]) -> (u16, String) {
    let mut stream = tokio::net::TcpStream::connect(addr).await.expect("the server listens");
    stream.write_all(request).await.ok();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(std::time::Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "no answer to {:?}", String::from_utf8_lossy(&request[..request.len().min(300)]));
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    (status, text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

struct Abuse {
    what: String,
    request: Vec<u8>,
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").expect("a string");
    }
    format!("{text}\r\n{body}").into_bytes()
}

/// More than a hundred and fifty.
fn abuses(addr: SocketAddr) -> Vec<Abuse> {
    let host = addr.to_string();
    let key = format!("Key {KEY}");
    let good = [("Host", host.as_str()), ("Authorization", key.as_str())];
    let app = format!("/v2/users/{USER}/apps/{}", app_name(0));
    let mut all = Vec::new();
    let mut add = |what: String, request: Vec<u8>| all.push(Abuse { what, request });
    let escaped = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let metas = [
        "'",
        "' OR '1'='1",
        "'; DROP TABLE annotation; --",
        "\" OR 1=1 --",
        "%",
        "_",
        "\\",
        "\0",
        "../../etc/passwd",
        "..%2f..%2f",
        "\u{202e}",
        "a\r\nX-Evil: 1",
    ];
    for meta in metas {
        let query = escaped(meta);
        for field in ["ids", "input_ids", "user_ids", "task_id", "model_version_ids", "page", "per_page"] {
            add(format!("{field}={meta:?}"), request("GET", &format!("{app}/annotations?{field}={query}"), &good, ""));
        }
        add(format!("input {meta:?}"), request("GET", &format!("{app}/inputs/{query}"), &good, ""));
        add(format!("app {meta:?}"), request("GET", &format!("/v2/users/{USER}/apps/{query}/annotations"), &good, ""));
        let text = serde_json::to_string(meta).expect("JSON");
        let item = format!(
            r#"{{"annotations":[{{"id":{text},"input_id":{text},"task_id":{text},"data":{{"concepts":[{{"id":{text}}}]}}}}]}}"#
        );
        add(format!("item {meta:?}"), request("POST", &format!("{app}/annotations"), &good, &item));
        let targets = format!(r#"{{"ids":[{text}],"input_ids":[{text}]}}"#);
        add(format!("delete {meta:?}"), request("DELETE", &format!("{app}/annotations"), &good, &targets));
    }
    let list = format!("{app}/annotations");
    for auth in
        ["", "Key ", "Key wrong", "Key TESTPA", "Key TESTPATT", "key TESTPAT", "Bearer TESTPAT", "Basic VEVTVFBBVA=="]
    {
        add(format!("key {auth:?}"), request("GET", &list, &[("Host", &host), ("Authorization", auth)], ""));
    }
    for evil in ["evil.com", "127.0.0.1.evil.com", "evil.com:80", "", "localhost.evil.com", "127.0.0.2", "[::2]", "0"] {
        add(format!("host {evil:?}"), request("GET", &list, &[("Host", evil), ("Authorization", &key)], ""));
    }
    for origin in ["https://evil.com", "null", "http://127.0.0.1.evil.com", "file://", "http://localhost.evil.com", "x"]
    {
        add(format!("origin {origin:?}"), request("GET", &list, &[good[0], good[1], ("Origin", origin)], ""));
    }
    for page in ["page=0", "page=99999999999999999999", "per_page=1001", "per_page=-1", "per_page=1e9", "page=1&page=x"]
    {
        add(page.to_owned(), request("GET", &format!("{list}?{page}"), &good, ""));
    }
    let items = |n: usize| format!(r#"{{"annotations":[{}]}}"#, vec![r#"{"input_id":"x"}"#; n].join(","));
    for (what, body) in [
        ("129 items", items(129)),
        ("5000 items", items(5000)),
        ("depth", format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
        ("not JSON", "{\"annotations\":".to_owned()),
        ("NaN", r#"{"annotations":[{"data":{"regions":[{"region_info":{"point":{"row":NaN}}}]}}]}"#.to_owned()),
        (
            "huge number",
            r#"{"annotations":[{"data":{"regions":[{"region_info":{"point":{"row":1e999}}}]}}]}"#.to_owned(),
        ),
        ("twice", r#"{"annotations":[],"annotations":[{}]}"#.to_owned()),
        ("null", "null".to_owned()),
    ] {
        add(what.to_owned(), request("POST", &list, &good, &body));
    }
    for method in ["PUT", "TRACE", "CONNECT", "OPTIONS", "HEAD", "G\u{0}T", "EVIL"] {
        add(method.to_owned(), request(method, &list, &good, ""));
    }
    for path in [
        "/",
        "//",
        "/../../etc/passwd",
        "/hosted/../server.sqlite",
        "/hosted/%2e%2e/x",
        "/v2/%00",
        "*",
        "http://evil.com/",
    ] {
        add(format!("path {path}"), request("GET", path, &good, ""));
    }
    let long = "a".repeat(200_000);
    add("a long path".to_owned(), request("GET", &format!("/v2/{long}"), &good, ""));
    add("a long header".to_owned(), request("GET", &list, &[good[0], good[1], ("X", &long)], ""));
    add(
        "two lengths".to_owned(),
        b"POST /v2/annotations HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}".to_vec(),
    );
    add("no HTTP".to_owned(), b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n".to_vec());
    all
}

#[test]
fn no_abuse_of_the_server_gets_through_or_brings_it_down() {
    let tokio = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("threads");
    let service = tokio.block_on(Service::start(1));
    let own = client(&service.url(), &app_name(0));
    let before = tokio.block_on(listed(&own));
    let all = abuses(service.addr);
    assert!(all.len() >= 150, "{}", all.len());
    let mut by_status = std::collections::BTreeMap::new();
    for abuse in &all {
        let (status, body) = tokio.block_on(raw(service.addr, &abuse.request));
        *by_status.entry(status).or_insert(0) += 1;
        assert!(status < 500, "{}: HTTP {status} {body}", abuse.what);
        for leak in ["SELECT", "sqlite", "/dev/shm", "/tmp", KEY, "panicked", "src/"] {
            assert!(!body.contains(leak), "{}: {body}", abuse.what);
        }
        let must_be_refused = ["key ", "host ", "origin "].iter().any(|kind| abuse.what.starts_with(kind));
        assert!(!must_be_refused || matches!(status, 400..=403), "{}: HTTP {status} {body}", abuse.what);
    }
    println!("{} abuses: {by_status:?}", all.len());
    assert_eq!(tokio.block_on(listed(&own)), before, "nothing was written");
}

//! The fine print of the server over raw HTTP: envelopes, guards, paths, limits, PATCH, permissions, imitated habits.

use labelwright::server::{AppName, Habit, KeyGrant, RunningServer, ServerConfig, ServerError, Strictness, start};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

const APP: &str = "/v2/users/alice/apps/demo";

struct Http {
    server: RunningServer,
    client: reqwest::Client,
    dir: TempDir,
}

/// An answer: the HTTP status and the envelope.
struct Answer {
    http: u16,
    body: Value,
}

impl Answer {
    fn code(&self) -> u64 {
        self.body["status"]["code"].as_u64().unwrap_or_default()
    }

    fn details(&self) -> &str {
        self.body["status"]["details"].as_str().unwrap_or_default()
    }

    fn item_codes(&self) -> Vec<u64> {
        let items = self.body["annotations"].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["status"]["code"].as_u64().unwrap_or_default()).collect()
    }
}

fn config(dir: &Path) -> ServerConfig {
    let key = |user: &str| KeyGrant::new(user, SecretString::from(user.to_uppercase()));
    let app_key = KeyGrant { app: Some("demo".to_owned()), ..KeyGrant::new("alice", SecretString::from("APPKEY")) };
    ServerConfig {
        data_dir: dir.to_owned(),
        listen: "127.0.0.1:0".parse().expect("an address"),
        apps: vec![AppName { owner: "alice".to_owned(), id: "demo".to_owned() }],
        keys: vec![key("alice"), key("bob"), key("carol").without_delete(), app_key],
        personality: Strictness::default(),
        host_names: Vec::new(),
    }
}

async fn http_with(habits: &[Habit]) -> Http {
    let dir = tempfile::tempdir().expect("a directory");
    let config = ServerConfig { personality: Strictness::of(habits), ..config(dir.path()) };
    let server = start(config).await.expect("it starts");
    let http = Http { server, client: reqwest::Client::new(), dir };
    let inputs = json!({"inputs": [{"id": "i", "data": {"image": {"url": "https://x.example/i.jpg"}}},
        {"id": "j", "data": {"image": {"url": "https://x.example/j.jpg"}}}]});
    assert_eq!(http.send("POST", &format!("{APP}/inputs"), Some(inputs)).await.code(), 10000);
    http
}

async fn http() -> Http {
    http_with(&[]).await
}

impl Http {
    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.server.base_url());
        self.client.request(method.parse().expect("a method"), url)
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let http = response.status().as_u16();
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or_else(|_| panic!("HTTP {http} is not JSON: {text}"));
        Answer { http, body }
    }

    async fn as_user(&self, key: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.request(method, path).header("Authorization", format!("Key {key}"));
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        self.answer(request).await
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.as_user("ALICE", method, path, body).await
    }

    async fn post(&self, annotations: Value) -> Answer {
        self.send("POST", &format!("{APP}/annotations"), Some(json!({ "annotations": annotations }))).await
    }

    async fn ids(&self) -> Vec<String> {
        let answer =
            self.send("GET", &format!("{APP}/annotations?per_page=1000&list_all_annotations=true"), None).await;
        let items = answer.body["annotations"].as_array().cloned().unwrap_or_default();
        let made = items.iter().filter(|item| item["input_level"] != json!(true));
        made.map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// Every byte as %XX.
fn escape(id: &str) -> String {
    use std::fmt::Write as _;
    id.bytes().fold(String::new(), |mut text, byte| {
        write!(text, "%{byte:02X}").expect("a string");
        text
    })
}

fn a_box(id: &str) -> Value {
    json!({"id": id, "input_id": "i", "data": {"regions": [{"region_info": {"bounding_box":
        {"top_row": 0.1, "left_col": 0.1, "bottom_row": 0.5, "right_col": 0.5}}, "data": {"concepts": [{"id": "cat"}]}}]}})
}

fn bad_box(id: &str) -> Value {
    json!({"id": id, "input_id": "i", "data": {"regions": [{"region_info": {"bounding_box": {"top_row": 0.9}}}]}})
}

#[tokio::test]
async fn every_failure_is_an_envelope() {
    let h = http().await;
    for (method, path, key, body, http, code) in [
        ("GET", "/", Some("Key ALICE"), "", 404, 11101),
        ("GET", "/v2/nothing", Some("Key ALICE"), "", 404, 11101),
        ("GET", "/v2/users/alice/apps/other/annotations", Some("Key ALICE"), "", 404, 11101),
        ("PUT", "/v2/annotations", Some("Key ALICE"), "", 405, 11103),
        ("DELETE", "/v2/concepts", Some("Key ALICE"), "", 405, 11103),
        ("GET", "/v2/annotations", None, "", 401, 11102),
        ("GET", "/v2/annotations", Some("key ALICE"), "", 401, 11102),
        ("GET", "/v2/annotations", Some("Bearer ALICE"), "", 401, 11102),
        ("GET", "/v2/annotations", Some("Key "), "", 401, 11102),
        ("GET", "/v2/annotations", Some("Key WRONG"), "", 401, 11009),
        ("GET", "/v2/annotations", Some("Key ALICE2"), "", 401, 11009),
        ("POST", "/v2/annotations", Some("Key ALICE"), "{", 400, 11100),
        ("POST", "/v2/annotations", Some("Key ALICE"), "[]", 400, 11100),
        ("POST", "/v2/annotations", Some("Key ALICE"), "{\"annotations\": 1}", 400, 11100),
        ("POST", "/v2/annotations", Some("Key ALICE"), "{}", 400, 11102),
        ("POST", "/v2/annotations", Some("Key ALICE"), "", 400, 11102),
        ("PATCH", "/v2/annotations", Some("Key ALICE"), "{\"annotations\": [{}], \"action\": \"erase\"}", 400, 11102),
        ("DELETE", "/v2/annotations", Some("Key ALICE"), "{}", 400, 11102),
        ("DELETE", "/v2/annotations", Some("Key ALICE"), "{\"ids\": [\"a\"]}", 400, 11102),
        (
            "DELETE",
            "/v2/annotations",
            Some("Key ALICE"),
            "{\"ids\": [\"a\"], \"input_ids\": [\"i\", \"j\"]}",
            400,
            11102,
        ),
        ("GET", "/v2/annotations?per_page=1001", Some("Key ALICE"), "", 400, 11102),
        ("GET", "/v2/annotations?page=-1", Some("Key ALICE"), "", 400, 11100),
        ("GET", "/v2/annotations?page=x", Some("Key ALICE"), "", 400, 11100),
        ("GET", "/v2/inputs/i/annotations/gone", Some("Key ALICE"), "", 404, 11101),
        ("GET", "/v2/inputs/%ff/annotations/gone", Some("Key ALICE"), "", 400, 11100),
        ("GET", "/hosted/guess/orig/image.jpg", None, "", 404, 11101),
        ("GET", "/v2/status_codes/1", None, "", 404, 11101),
    ] {
        let mut request = h.request(method, path).body(body);
        if let Some(key) = key {
            request = request.header("Authorization", key);
        }
        let answer = h.answer(request).await;
        assert_eq!((answer.http, answer.code()), (http, code), "{method} {path} {key:?} {body}: {}", answer.body);
        let status = &answer.body["status"];
        assert!(status["req_id"].as_str().is_some_and(|id| id.len() == 32), "a request id: {status}");
        assert!(status["description"].as_str().is_some_and(|text| !text.is_empty()), "a description: {status}");
    }
}

#[tokio::test]
async fn errors_name_no_path_and_no_sql() {
    let h = http().await;
    let dir = h.dir.path().to_string_lossy().into_owned();
    for evil in ["'; DROP TABLE annotations; --", "\" OR 1=1", "%' OR '1'='1", "../../etc/passwd", "\u{0}"] {
        let query: String = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect();
        for path in [
            format!("{APP}/annotations?input_ids={query}&ids={query}"),
            format!("{APP}/annotations?user_ids={query}&task_id={query}&model_version_ids={query}"),
            format!("{APP}/inputs/{query}"),
            format!("{APP}/inputs/{query}/annotations/{query}"),
        ] {
            let answer = h.send("GET", &path, None).await;
            let text = answer.body.to_string();
            assert!(!text.contains(&dir) && !text.contains("SELECT") && !text.contains("sqlite"), "{text}");
        }
        let item = json!([{"id": evil, "input_id": evil, "task_id": evil, "data": {"concepts": [{"id": evil}]}}]);
        assert_eq!(h.post(item).await.code(), 10020, "refused, not executed: {evil}");
    }
    assert_eq!(h.post(json!([a_box("still-there")])).await.code(), 10000);
    assert_eq!(h.ids().await, ["still-there"]);
}

#[tokio::test]
async fn too_large_a_body_is_refused_before_it_is_read() {
    let h = http().await;
    let body = format!("{{\"annotations\": [], \"filler\": \"{}\"}}", "x".repeat(33 << 20));
    let request = h.request("POST", "/v2/annotations").header("Authorization", "Key ALICE");
    // The connection may be closed while the body is still being sent; the next call must work in any case.
    if let Ok(response) = request.body(body).send().await {
        assert_eq!(response.status().as_u16(), 413);
        let body: Value = serde_json::from_str(&response.text().await.expect("a body")).expect("JSON");
        assert_eq!(body["status"]["code"], json!(40033));
    }
    assert_eq!(h.send("GET", "/v2/annotations", None).await.code(), 10000);
}

#[tokio::test]
async fn headers_without_end_are_cut_off_and_half_a_request_holds_up_nobody() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let h = http().await;
    let mut half = Vec::new();
    for _ in 0..50 {
        let mut stream = tokio::net::TcpStream::connect(h.server.addr()).await.expect("connected");
        stream.write_all(b"GET /v2/annotations HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await.expect("sent");
        half.push(stream);
    }
    let mut endless = tokio::net::TcpStream::connect(h.server.addr()).await.expect("connected");
    let mut sent = 0;
    while sent < (1 << 20) && endless.write_all(&[b'x'; 4096]).await.is_ok() {
        sent += 4096;
    }
    // The server may have reset the connection while we were still talking.
    let mut answer = Vec::new();
    drop(endless.read_to_end(&mut answer).await);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "refused, not read to its end: {answer}");
    assert_eq!(h.send("GET", "/v2/annotations", None).await.code(), 10000, "the others are served meanwhile");
    drop(half);
}

#[tokio::test]
async fn pages_of_other_sites_and_rebound_names_are_kept_out() {
    let h = http().await;
    let port = h.server.addr().port();
    for (name, value, http) in [
        ("Host", format!("localhost:{port}"), 200),
        ("Host", "127.0.0.1.evil.com".to_owned(), 403),
        ("Host", format!("evil.com:{port}"), 403),
        ("Origin", "http://localhost:3000".to_owned(), 200),
        ("Origin", "https://evil.com".to_owned(), 403),
        ("Origin", "null".to_owned(), 403),
    ] {
        let request = h.request("GET", "/v2/annotations").header("Authorization", "Key ALICE").header(name, &value);
        assert_eq!(h.answer(request).await.http, http, "{name}: {value}");
    }
}

#[tokio::test]
async fn the_content_type_does_not_matter() {
    let h = http().await;
    for (n, kind) in ["application/x-www-form-urlencoded", "text/plain;charset=UTF-8", "application/json", "nonsense"]
        .iter()
        .enumerate()
    {
        let body = json!({"annotations": [a_box(&format!("a{n}"))]}).to_string();
        let request = h.request("POST", "/v2/annotations").header("Authorization", "Key ALICE");
        let answer = h.answer(request.header("Content-Type", *kind).body(body)).await;
        assert_eq!(answer.code(), 10000, "{kind}: {}", answer.body);
    }
    assert_eq!(h.ids().await.len(), 4);
}

#[tokio::test]
async fn user_and_app_come_in_path_body_or_query() {
    let h = http().await;
    let in_body = |id: &str, set: Value| json!({"user_app_id": set, "annotations": [a_box(id)]});
    let whole = json!({"user_id": "alice", "app_id": "demo"});
    for (path, body) in [
        ("/v2/annotations", in_body("a", whole.clone())),
        ("/v2/annotations", in_body("b", json!({"user_id": "me", "app_id": "demo"}))),
        ("/v2/annotations", in_body("c", json!({"userId": "alice", "appId": "demo"}))),
        ("/v2/annotations?user_app_id.user_id=alice&user_app_id.app_id=demo", in_body("d", Value::Null)),
        ("/v2/users/me/apps/demo/annotations", in_body("e", whole.clone())),
        ("/v2/annotations", in_body("f", Value::Null)),
    ] {
        assert_eq!(h.send("POST", path, Some(body.clone())).await.code(), 10000, "{path} {body}");
    }
    let other = in_body("x", json!({"user_id": "alice", "app_id": "other"}));
    assert_eq!(h.send("POST", "/v2/annotations", Some(other)).await.code(), 11101);
    let query = "/v2/annotations?user_app_id.user_id=bob&user_app_id.app_id=demo";
    assert_eq!(h.send("GET", query, None).await.code(), 11101, "bob has no such app");
    assert_eq!(h.as_user("BOB", "GET", "/v2/users/me/apps/demo/annotations", None).await.code(), 11101, "me is bob");
    assert_eq!(h.as_user("BOB", "GET", "/v2/annotations", None).await.code(), 10000, "the only app there is");
    assert_eq!(h.as_user("APPKEY", "GET", "/v2/annotations", None).await.code(), 10000, "the key's app");
    assert_eq!(h.as_user("APPKEY", "GET", "/v2/users/me", None).await.code(), 11007, "an app key is nobody");
}

#[tokio::test]
async fn literal_routes_win_over_ids() {
    let h = http().await;
    h.post(json!([a_box("a"), a_box("b")])).await;
    for path in ["/v2/inputs/annotations", &format!("{APP}/inputs/annotations"), "/v2/annotations"] {
        let body = json!({"input_ids": ["i"], "ids": ["a"]});
        assert_eq!(h.send("DELETE", path, Some(body)).await.code(), 10000, "{path}");
    }
    assert_eq!(h.ids().await, ["b"], "annotations were deleted, no input called annotations");
    assert_eq!(h.send("GET", "/v2/inputs/status", None).await.body["counts"]["processed"], json!(2));
    for id in ["annotations", "status", "stream"] {
        let input = json!({"inputs": [{"id": id, "data": {"image": {"url": "https://x.example/z.jpg"}}}]});
        assert_eq!(h.send("POST", "/v2/inputs", Some(input)).await.code(), 10020, "{id} could never be addressed");
    }
}

#[tokio::test]
async fn ids_come_unescaped_and_escaped() {
    let h = http().await;
    for id in ["ai_98Xb0K3q", "a-b_c.d~e", "é", "a+b", "a=b&c", "x:y@z"] {
        h.post(json!([{"id": id, "input_id": "i", "data": {"concepts": [{"id": "cat"}]}}])).await;
        for escaped in [id.to_owned(), escape(id)] {
            let got = h.send("GET", &format!("{APP}/inputs/i/annotations/{escaped}"), None).await;
            assert_eq!(got.body["annotation"]["id"], json!(id), "{escaped}: {}", got.body);
        }
    }
    for id in ["a/b", "a b", "a?b", "a#b", "a%b", "..", "", " ", &"x".repeat(129), "a\nb"] {
        let answer = h.post(json!([{"id": id, "input_id": "i"}])).await;
        let expected = if id.is_empty() { 10000 } else { 10020 };
        assert_eq!(answer.code(), expected, "{id:?} (none means that the server makes one)");
    }
}

#[tokio::test]
async fn numbers_may_be_text_and_codes_names() {
    let h = http().await;
    let item = json!({"id": "a", "input_id": "i", "status": {"code": "ANNOTATION_AWAITING_REVIEW"}, "future_member": {},
        "data": {"regions": [{"region_info": {"bounding_box": {"bottom_row": "0.5", "right_col": 0.123_456_789_012_3}}}],
        "concepts": [{"id": "cat"}, {"id": "dog", "value": "0"}]}});
    let got = h.post(json!([item])).await;
    assert_eq!(got.code(), 10000, "{}", got.body);
    let got = &h.send("GET", &format!("{APP}/inputs/i/annotations/a"), None).await.body["annotation"];
    let edges = &got["data"]["regions"][0]["region_info"]["bounding_box"];
    assert_eq!(edges["top_row"], json!(0.0), "a missing coordinate is 0, and written");
    assert_eq!(edges["right_col"].to_string(), "0.12345679", "f32, as short as it is");
    assert_eq!(got["data"]["concepts"][0]["value"], json!(1.0), "a missing value is 1");
    assert_eq!(got["data"]["concepts"][1]["value"], json!(0.0), "and 0 is written");
    assert_eq!(got["status"]["code"], json!(24157), "codes are numbers in answers");
    for (id, code) in [("n", json!(24151)), ("t", json!("24151"))] {
        h.post(json!([{"id": id, "input_id": "i", "status": {"code": code}}])).await;
        let got = h.send("GET", &format!("{APP}/inputs/i/annotations/{id}"), None).await;
        assert_eq!(got.body["annotation"]["status"]["code"], json!(24151));
    }
    for wrong in [
        json!({"input_id": "i", "id": 5}),
        json!({"input_id": "i", "task_id": 5}),
        json!({"input_id": "i", "data": {"metadata": "text"}}),
        json!({"input_id": "i", "data": {"concepts": [{"id": "c", "value": 1e39}]}}),
        json!({"input_id": "i", "data": {"concepts": [{"id": "c", "value": 2}]}}),
        json!({"input_id": "i", "data": {"concepts": [{"id": "c"}, {"id": "c", "value": 0}]}}),
        json!({"input_id": "i", "status": {"code": "ANNOTATION_PERMISSION_DENIED"}}),
        json!({"input_id": "i", "worker": {"user": {"id": "alice"}, "model": {"id": "m"}}}),
        json!("not an object"),
    ] {
        let answer = h.post(json!([wrong.clone(), a_box("good")])).await;
        assert_eq!(answer.item_codes(), [24155, 24150], "{wrong}: {}", answer.body);
    }
}

#[tokio::test]
async fn pages_past_the_end_are_empty_and_twenty_is_the_default() {
    let h = http().await;
    let items: Vec<_> = (0..30).map(|n| a_box(&format!("a{n:02}"))).collect();
    h.post(json!(items)).await;
    let count = async |query: &str| {
        let answer = h.send("GET", &format!("{APP}/annotations?{query}"), None).await;
        assert_eq!(answer.code(), 10000, "{query}");
        answer.body["annotations"].as_array().map(Vec::len)
    };
    assert_eq!(count("").await, Some(20));
    assert_eq!(count("page=2").await, Some(12), "30 and the two that came with the inputs");
    assert_eq!(count("page=3").await, Some(0));
    assert_eq!(count("page=4294967295&per_page=1000").await, Some(0));
    assert_eq!(count("page=0&per_page=0").await, Some(20), "0 is not set, as in protobuf");
    assert_eq!(count("list_all_annotations=True&per_page=1000&statuses=code&statuses=code").await, Some(32));
}

#[tokio::test]
async fn who_lacks_a_scope_is_told_which() {
    let h = http().await;
    h.as_user("CAROL", "POST", "/v2/annotations", Some(json!({"annotations": [a_box("a")]}))).await;
    for (path, body) in
        [("/v2/inputs/i/annotations/a", json!({})), ("/v2/annotations", json!({"input_ids": ["i"], "ids": ["a"]}))]
    {
        let answer = h.as_user("CAROL", "DELETE", path, Some(body)).await;
        assert_eq!((answer.http, answer.code()), (403, 11007), "{}", answer.body);
        assert!(answer.details().contains("Annotations_Delete"), "{}", answer.details());
    }
    let scopes = h.as_user("CAROL", "GET", "/v2/myscopes", None).await.body["scopes"].to_string();
    assert!(!scopes.contains("Annotations_Delete") && scopes.contains("Annotations_Add"), "{scopes}");
    assert_eq!(h.ids().await, ["a"]);
}

#[tokio::test]
async fn images_are_had_by_who_knows_their_address_and_by_nobody_else() {
    let h = http().await;
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(2, 1).write_to(&mut png, image::ImageFormat::Png).expect("it encodes");
    let png = png.into_inner();
    let text = {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&png)
    };
    let body = json!({"inputs": [{"id": "p", "data": {"image": {"base64": text}}}]});
    let made = h.send("POST", "/v2/inputs", Some(body)).await;
    let hosted = &made.body["inputs"][0]["data"]["image"]["hosted"];
    let part = |name: &str| hosted[name].as_str().expect("text").to_owned();
    let url = format!("{}/orig/{}", part("prefix"), part("suffix"));
    assert!(part("prefix").starts_with(&h.server.base_url()), "as the client reached it: {hosted}");
    let response = h.client.get(&url).send().await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "image/png");
    assert_eq!(response.bytes().await.expect("bytes"), png);
    let guess = url.replace(&part("prefix")[part("prefix").len() - 8..], "00000000");
    assert_eq!(h.client.get(&guess).send().await.expect("an answer").status(), 404);
    assert_eq!(h.send("DELETE", "/v2/inputs/p", None).await.code(), 10000);
    assert_eq!(h.client.get(&url).send().await.expect("an answer").status(), 404, "gone with its input");
    assert_eq!(std::fs::read_dir(h.dir.path().join("images")).expect("the folder").count(), 0, "also from the disk");
}

#[tokio::test]
async fn strict_duplicates_are_refused_or_replaced() {
    let h = http_with(&[Habit::DuplicateRefused]).await;
    assert_eq!(h.post(json!([a_box("a")])).await.code(), 10000);
    assert_eq!(h.post(json!([a_box("a")])).await.item_codes(), [40010], "even the same content");
    let h = http_with(&[Habit::DuplicateReplaces]).await;
    h.post(json!([a_box("a")])).await;
    let other = json!([{"id": "a", "input_id": "i", "data": {"concepts": [{"id": "dog"}]}}]);
    assert_eq!(h.post(other).await.code(), 10000);
    let got = h.send("GET", "/v2/inputs/i/annotations/a", None).await;
    assert_eq!(got.body["annotation"]["data"]["concepts"][0]["id"], json!("dog"));
    let h = http_with(&[Habit::IdsNotReused]).await;
    h.post(json!([a_box("a")])).await;
    h.send("DELETE", "/v2/inputs/i/annotations/a", None).await;
    assert_eq!(h.post(json!([a_box("a")])).await.item_codes(), [40010], "never again");
}

#[tokio::test]
async fn strict_one_bad_item_spoils_the_batch() {
    let h = http_with(&[Habit::WholeBatchRejected]).await;
    let answer = h.post(json!([a_box("a"), bad_box("b"), a_box("c")])).await;
    assert_eq!((answer.http, answer.code()), (400, 10020), "{}", answer.body);
    assert_eq!(answer.item_codes(), [24152, 24155, 24152]);
    assert!(h.ids().await.is_empty(), "nothing was done");
}

#[tokio::test]
async fn strict_items_of_a_mixed_answer_are_shuffled_or_missing() {
    let batch = json!([a_box("a"), bad_box("b"), a_box("c")]);
    let names = |answer: &Answer| {
        let items = answer.body["annotations"].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let answer = http().await.post(batch.clone()).await;
    assert_eq!((answer.code(), names(&answer)), (10010, vec!["a".into(), "b".into(), "c".into()]), "in order");
    let shuffled = http_with(&[Habit::MixedShuffled]).await.post(batch.clone()).await;
    assert_eq!(names(&shuffled), ["c", "b", "a"]);
    let h = http_with(&[Habit::MixedIncomplete]).await;
    assert_eq!(names(&h.post(batch).await), ["a", "c"], "not all are mentioned");
    assert_eq!(h.ids().await, ["a", "c"]);
}

#[tokio::test]
async fn strict_reads_lag_one_behind() {
    let h = http_with(&[Habit::StaleReads]).await;
    h.ids().await;
    h.post(json!([a_box("a")])).await;
    assert!(h.ids().await.is_empty(), "not yet");
    assert_eq!(h.ids().await, ["a"], "now");
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let h = http().await;
    h.post(json!([a_box("a")])).await;
    let Http { server, dir, .. } = h;
    server.shutdown().await;
    let server = start(config(dir.path())).await.expect("it starts again");
    let h = Http { server, client: reqwest::Client::new(), dir };
    assert_eq!(h.ids().await, ["a"]);
}

#[tokio::test]
async fn a_row_that_rotted_on_disk_is_not_passed_off_as_what_was_written() {
    let h = http().await;
    h.post(json!([a_box("a")])).await;
    let Http { server, dir, .. } = h;
    server.shutdown().await;
    rusqlite::Connection::open(dir.path().join("server.sqlite"))
        .and_then(|db| db.execute("UPDATE annotations SET body = replace(body, '0.5', '0.4')", []))
        .expect("changed");
    let server = start(config(dir.path())).await.expect("it starts");
    let h = Http { server, client: reqwest::Client::new(), dir };
    let answer = h.send("GET", "/v2/annotations", None).await;
    assert_eq!((answer.http, answer.code()), (500, 98004), "{}", answer.body);
    assert!(answer.details().contains("backup"), "it says what to do: {}", answer.details());
}

#[tokio::test]
async fn many_clients_at_once_lose_nothing() {
    let h = std::sync::Arc::new(http().await);
    let mut tasks = tokio::task::JoinSet::new();
    for client in 0..8 {
        let h = std::sync::Arc::clone(&h);
        tasks.spawn(async move {
            for n in 0..10 {
                let items = json!([a_box(&format!("c{client}n{n}")), a_box(&format!("c{client}m{n}"))]);
                assert_eq!(h.post(items).await.code(), 10000);
                assert!(h.ids().await.contains(&format!("c{client}n{n}")), "a client reads what it wrote");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no client failed");
    }
    assert_eq!(h.ids().await.len(), 160);
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let h = http().await;
    let dir = tempfile::tempdir().expect("a directory");
    let text = |result: Result<RunningServer, ServerError>| result.err().map(|why| why.to_string()).unwrap_or_default();
    let taken = ServerConfig { listen: h.server.addr(), ..config(dir.path()) };
    assert!(text(start(taken).await).contains("in use by another program"), "the port");
    assert!(text(start(config(h.dir.path())).await).contains("Another server is using"), "the data");
    assert!(text(start(ServerConfig { keys: Vec::new(), ..config(dir.path()) }).await).contains("no key"));
    assert!(text(start(ServerConfig { apps: Vec::new(), ..config(dir.path()) }).await).contains("no app"));
    let file = dir.path().join("file");
    std::fs::write(&file, "x").expect("written");
    assert!(text(start(config(&file)).await).contains("Choose a directory"), "not a directory");
    let damaged = dir.path().join("damaged");
    std::fs::create_dir(&damaged).expect("made");
    std::fs::write(damaged.join("server.sqlite"), "not a database, but longer than a header of one ".repeat(9))
        .expect("written");
    let before = std::fs::read(damaged.join("server.sqlite")).expect("read");
    let why = text(start(config(&damaged)).await);
    assert!(why.contains("not a labelwright database") && why.contains("backup"), "{why}");
    assert_eq!(std::fs::read(damaged.join("server.sqlite")).expect("read"), before, "not touched");
    let newer = dir.path().join("newer");
    start(config(&newer)).await.expect("it starts").shutdown().await;
    rusqlite::Connection::open(newer.join("server.sqlite"))
        .and_then(|db| db.pragma_update(None, "user_version", 99))
        .expect("marked");
    assert!(text(start(config(&newer)).await).contains("newer version"), "of a newer program");
}

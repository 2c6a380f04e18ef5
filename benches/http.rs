//! Measurements of the server over real HTTP on this machine; prints, asserts no times.
//!
//! `cargo bench --bench http`; with the numbers of the vendor's client too, where `cargo test --test official_client` has
//! installed it.

use labelwright::api::{Annotation, AnnotationApi as _, AnnotationQuery, Makers, Page, StatusCode, UserAppId};
use labelwright::remote::{HttpApi, Limits};
use labelwright::server::{AppName, KeyGrant, ServerConfig, Strictness, start};
use secrecy::SecretString;
use serde_json::json;
use std::time::Instant;

const TOTAL: usize = 100_000;

fn boxes(from: usize, count: usize) -> Vec<Annotation> {
    let one = |n: usize| {
        serde_json::from_value(json!({"id": format!("{n:032x}"), "input_id": format!("in{}", n % 128), "data": {"regions": [
            {"region_info": {"bounding_box": {"top_row": 0.1, "left_col": 0.123_456, "bottom_row": 0.5, "right_col": 0.75}},
            "data": {"concepts": [{"id": format!("c{}", n % 50)}]}}]}}))
        .expect("an annotation")
    };
    (from..from + count).map(one).collect()
}

/// The same calls made by the vendor's client, where `cargo test --test official_client` has installed it.
async fn official_client(url: &str) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("target/official-client-venv/bin/python");
    if !python.exists() {
        println!("official client: not installed; run the test official_client once");
        return;
    }
    let mut command = std::process::Command::new(python);
    command.arg(root.join("tests/official_client/measure.py")).args([url, "100"]);
    let status = tokio::task::spawn_blocking(move || command.status()).await.expect("no panic").expect("it runs");
    assert!(status.success(), "the official client failed");
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = start(ServerConfig {
        data_dir: dir.path().to_owned(),
        listen: "127.0.0.1:0".parse().expect("an address"),
        apps: vec![AppName { owner: "alice".to_owned(), id: "demo".to_owned() }],
        keys: vec![KeyGrant::new("alice", SecretString::from("K"))],
        personality: Strictness::default(),
        host_names: Vec::new(),
    })
    .await
    .expect("it starts");
    let app = UserAppId { user_id: "alice".to_owned(), app_id: "demo".to_owned() };
    let api = HttpApi::new(&server.base_url(), app, SecretString::from("K"), Limits::default()).expect("a client");
    let inputs: Vec<_> = (0..128)
        .map(|n| {
            let url = format!("https://x.example/{n}.jpg");
            serde_json::from_value(json!({"id": format!("in{n}"), "data": {"image": {"url": url}}})).expect("an input")
        })
        .collect();
    api.post_inputs(&inputs).await.expect("answered");

    let began = Instant::now();
    let mut calls = 0_u32;
    for from in (0..TOTAL).step_by(128) {
        let answer = api.post_annotations(&boxes(from, 128.min(TOTAL - from))).await.expect("answered");
        assert_eq!(answer.status.code, StatusCode::SUCCESS);
        calls += 1;
    }
    let secs = began.elapsed().as_secs_f64();
    println!(
        "POST of 128 boxes: {:.1} requests/s, one after the other ({TOTAL} boxes in {secs:.1} s)",
        f64::from(calls) / secs
    );

    let page =
        |page| AnnotationQuery { makers: Makers::All, page: Page { page, per_page: 1000 }, ..Default::default() };
    let began = Instant::now();
    let (mut pulled, mut calls) = (0, 0_u32);
    loop {
        let found = api.list_annotations(&page(calls + 1)).await.expect("listed");
        calls += 1;
        pulled += found.len();
        if found.len() < 1000 {
            break;
        }
    }
    let secs = began.elapsed().as_secs_f64();
    println!("pull: {pulled} annotations in {secs:.2} s, {:.1} pages of 1000 per s", f64::from(calls) / secs);
    for at in [1, 50, 100] {
        let began = Instant::now();
        for _ in 0..20 {
            api.list_annotations(&page(at)).await.expect("listed");
        }
        println!("page {at} of 1000: {:.1} requests/s", 20.0 / began.elapsed().as_secs_f64());
    }
    let size: u64 = std::fs::read_dir(dir.path())
        .expect("listed")
        .flatten()
        .filter_map(|e| e.metadata().ok())
        .map(|m| m.len())
        .sum();
    println!("on disk: {:.1} MiB", f64::from(u32::try_from(size >> 10).unwrap_or(u32::MAX)) / 1024.0);
    official_client(&server.base_url()).await;
    server.shutdown().await;
}

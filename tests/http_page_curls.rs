//! Every curl block of the documentation page, run by a shell against the server as it stands on the page: only the
//! URLs get quotes (unquoted, a shell cuts them at the first `&`) and the placeholders ids.

use labelwright::server::{AppName, KeyGrant, ServerConfig, Strictness, start};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;

const BLOCKS: &str = include_str!("official_client/page_curls.txt");

/// What the placeholders of the page become.
fn placeholders() -> Vec<(&'static str, &'static str)> {
    vec![
        ("YOUR_API_KEY", "PAGEKEY"),
        ("{YOUR_INPUT_ID_1}", "in1"),
        ("{YOUR_INPUT_ID_2}", "in2"),
        ("{YOUR_ANNOTATION_ID_1}", "del1"),
        ("{YOUR_ANNOTATION_ID_2}", "del2"),
        ("{YOUR_INPUT_ID}", "in1"),
        ("{YOUR_ANNOTATION_ID}", "mine"),
        ("{EMBED_MODEL_VERSION_ID}", "emv"),
        ("{USER_ID}", "bob"),
        ("YOUR_INPUT_ID_1", "in1"),
        ("YOUR_INPUT_ID_2", "in2"),
        ("YOUR_ANNOTATION_ID_1", "model1"),
        ("YOUR_ANNOTATION_ID_2", "del2"),
        ("your_input_Id", "in1"),
        ("MODEL_VERSION_ID_1", "mv1"),
        ("MODEL_VERSION_ID_2", "mv2"),
        ("USER_ID_1", "alice"),
        ("USER_ID_2", "bob"),
    ]
}

fn shell(block: &str) -> Value {
    let output = Command::new("bash").arg("-c").arg(block).output().expect("this test needs bash and curl");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "curl failed: {block}\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}\n{block}"))
}

fn annotation(id: &str, input_id: &str, more: &Value) -> Value {
    let mut item = json!({"id": id, "input_id": input_id, "data": {"regions": [{"region_info": {"bounding_box":
        {"top_row": 0.1, "left_col": 0.1, "bottom_row": 0.4, "right_col": 0.4}}, "data": {"concepts": [{"id": "bike"}]}}]}});
    for (name, value) in more.as_object().into_iter().flatten() {
        item[name] = value.clone();
    }
    item
}

async fn call(base: &str, method: &str, path: &str, body: Value) -> Value {
    let request = reqwest::Client::new().request(method.parse().expect("a method"), format!("{base}{path}"));
    let request = request.header("Authorization", "Key PAGEKEY").body(body.to_string());
    let text = request.send().await.expect("an answer").text().await.expect("a body");
    let answer: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(answer["status"]["code"], json!(10000), "{method} {path}: {answer}");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn the_blocks_of_the_page_answer_as_documented() {
    let dir = tempfile::tempdir().expect("a directory");
    let server = start(ServerConfig {
        data_dir: dir.path().to_owned(),
        listen: "127.0.0.1:0".parse().expect("an address"),
        apps: vec![AppName { owner: "alice".to_owned(), id: "demo".to_owned() }],
        keys: vec![KeyGrant::new("alice", SecretString::from("PAGEKEY"))],
        personality: Strictness::default(),
        host_names: Vec::new(),
    })
    .await
    .expect("it starts");
    let base = server.base_url();
    let input = |id: &str| json!({"id": id, "data": {"image": {"url": format!("https://x.example/{id}.jpg")}}});
    call(&base, "POST", "/v2/inputs", json!({"inputs": [input("in1"), input("in2")]})).await;
    let model = |version: &str| json!({"worker": {"model": {"id": "detector", "model_version": {"id": version}}}});
    let made = json!({"annotations": [annotation("model1", "in1", &model("mv1")), annotation("model2", "in1", &model("mv2")),
        annotation("mine", "in1", &json!({})), annotation("del1", "in1", &json!({})), annotation("del2", "in2", &json!({}))]});
    let made = call(&base, "POST", "/v2/annotations", made).await;
    let region = |n: usize| made["annotations"][n]["data"]["regions"][0]["id"].as_str().expect("an id").to_owned();
    let regions = [("{REGION_ID_1}", region(0)), ("{REGION_ID_2}", region(1)), ("{REGION_ID}", region(2))];

    let mut answers: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut count = 0;
    for block in BLOCKS.split("\n=== ").skip(1) {
        let (heading, script) = block.split_once('\n').expect("a heading");
        let mut script = script.to_owned();
        for (name, id) in &regions {
            script = script.replace(name, id);
        }
        for (name, id) in placeholders() {
            script = script.replace(name, id);
        }
        let start = script.find("https://api.clarifai.com").expect("a url");
        let end = script[start..].find(char::is_whitespace).map_or(script.len(), |length| start + length);
        let url = script[start..end].replace("https://api.clarifai.com", &base);
        script.replace_range(start..end, &format!("'{url}'"));
        assert!(!script.contains("{YOUR") && !script.contains("{REGION"), "a placeholder is left: {script}");
        let script = script.replacen("curl ", "curl --silent --show-error ", 1);
        let answer = tokio::task::block_in_place(|| shell(&script));
        assert_eq!(answer["status"]["code"], json!(10000), "{heading}: {answer}");
        answers.entry(heading.to_owned()).or_default().push(answer);
        count += 1;
    }
    assert_eq!(count, 17, "all blocks of the page");

    let only = |heading: &str| &answers.get(heading).unwrap_or_else(|| panic!("no block {heading}"))[0]["annotations"];
    let ids = |heading: &str| {
        let items = only(heading).as_array().expect("a list").clone();
        items.iter().map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let concepts = &only("Annotate Images With Concepts")[0]["data"]["concepts"];
    assert_eq!((&concepts[0]["value"], &concepts[1]["value"]), (&json!(1.0), &json!(0.0)), "present and not present");
    assert_eq!(only("Annotate New Bounding Boxes in an Image").as_array().map(Vec::len), Some(2));
    let copied = &only("Annotate Existing Regions in an Image")[0]["data"]["regions"][0]["region_info"];
    assert_eq!(copied, &made["annotations"][0]["data"]["regions"][0]["region_info"], "the model's geometry");
    let assigned = &only("Annotate Images With Different `user_id` and `status`")[0];
    assert_eq!((&assigned["user_id"], &assigned["status"]["code"]), (&json!("bob"), &json!(24151)));
    assert!(!ids("List All User Created Annotations in Your App").contains(&"model1".to_owned()), "no model's");
    assert!(ids("List All Annotations in Your App").contains(&"model1".to_owned()), "models' too");
    assert_eq!(ids("List Annotations by Input IDs and Annotation IDs"), ["model1", "del2"]);
    assert_eq!(ids("List Annotations by Model Version IDs"), ["model1", "model2"]);
    let region = &only("Update Annotation With Concepts in a Region")[0]["data"]["regions"][0]["data"]["concepts"];
    assert_eq!((&region[0]["id"], &region[1]["id"]), (&json!("bike"), &json!("apple")), "one more");
    assert_eq!(only("Update Annotation Status")[0]["status"]["code"], json!(24150));
    let left = call(&base, "GET", "/v2/annotations?per_page=1000&list_all_annotations=true", Value::Null).await;
    let left = left["annotations"].as_array().expect("a list").clone();
    assert!(
        left.iter().all(|item| item["input_level"] == json!(true)) && left.len() == 2,
        "all deleted but these: {left:?}"
    );
    server.shutdown().await;
}

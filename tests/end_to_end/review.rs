//! The review in the real window, by keys alone, and what of it arrived on the server: read over HTTP on the way, and with
//! the vendor's own client at the end.

use super::desk::{Desk, Window, text, wait_for, wait_until};
use super::official;
use super::service::{KEY, Region, Service};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;

const PENDING: u64 = 24151;
const SUCCESS: u64 = 24150;
const DENIED: u64 = 24158;

/// A model's proposal on picture `on`, the `n`th.
fn proposal(on: usize, n: usize) -> Value {
    let (left, top) = (0.1 + 0.2 * (n % 4) as f64, 0.1 + 0.2 * (n / 4) as f64);
    let edges = json!({"top_row": top, "left_col": left, "bottom_row": top + 0.15, "right_col": left + 0.15});
    json!({"id": format!("p{on}-{n}"), "input_id": format!("picture-{on}"), "status": {"code": PENDING}, "data": {"regions": [
        {"region_info": {"bounding_box": edges}, "data": {"concepts": [{"id": "cat", "value": 0.9 - 0.1 * n as f64}]}}]}})
}

fn status(service: &Service, id: &str) -> Option<u64> {
    service.regions().into_iter().find(|r| r.id == id).map(|r| r.status)
}

fn is(service: &Service, id: &str, wanted: u64) {
    wait_until(&format!("{id} is {wanted}"), || status(service, id) == Some(wanted));
}

/// What the official client reads of all annotations, by their ids.
fn read_officially(service: &Service) -> BTreeMap<String, Value> {
    let script = official::root().join("tests/official_client/read.py");
    let mut command = Command::new(official::python());
    let output = command.arg(script).args([service.base(), KEY]).env_remove("CLARIFAI_API_BASE").output();
    let output = output.expect("it runs");
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{complained}");
    let read = said.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    read.map(|annotation| (annotation["id"].as_str().unwrap_or_default().to_owned(), annotation)).collect()
}

/// How the annotations that were there from the beginning stand, as the official client names it.
fn statuses(read: &BTreeMap<String, Value>) -> BTreeMap<&str, &str> {
    let ours = read.iter().filter(|(id, _)| id.starts_with('p'));
    ours.map(|(id, annotation)| (id.as_str(), annotation["status"]["code"].as_str().unwrap_or_default())).collect()
}

/// How many items were on the screen so far, each counted as often as it came up.
pub fn items_shown(window: &Window<'_>) -> usize {
    window.log().matches("the review's item is on the screen").count()
}

/// Presses a key and waits until it brought another item: what comes before an item is on the screen decides nothing.
pub fn goes_on(window: &Window<'_>, key: &str) {
    let before = items_shown(window);
    window.key(key);
    wait_until("the next item is on the screen", || items_shown(window) > before);
}

/// Presses a key and waits until the window shows something else and rests.
fn key(window: &Window<'_>, key: &str) {
    let before = window.pixels();
    window.key(key);
    window.changed_from(&before);
}

#[test]
fn a_whole_review_by_keys_is_on_the_server_as_it_was_decided() {
    let desk = Desk::new("review_flow");
    let service = Service::with_pictures(&desk, 3, &["cat", "dog"]);
    let all: Vec<Value> = (0..3).flat_map(|on| (0..4).map(move |n| proposal(on, n))).collect();
    service.post("annotations", &json!({ "annotations": all }));
    let project = service.project(&desk);
    let window = desk.open(&["--project", &text(&project)], &[("LABELWRIGHT_KEY", KEY)]);
    window.shown();
    wait_until("the proposals came down", || desk.count(&project, "annotations") == 12);
    window.settled();

    // In the order of the images, on each the surest first.
    goes_on(&window, "r");
    goes_on(&window, "a");
    is(&service, "p0-0", SUCCESS);
    goes_on(&window, "x");
    is(&service, "p0-1", DENIED);
    // Changes requested, with a reason for the next person.
    key(&window, "shift+c");
    window.type_in("tighter");
    window.settled();
    goes_on(&window, "Return");
    let said = wait_for("the reason is there", || {
        let found = service.annotations().into_iter().find(|a| a["id"] == "p0-2")?;
        Some(found["annotation_info"]["review"]["reason"].clone()).filter(|reason| !reason.is_null())
    });
    assert_eq!((said, status(&service, "p0-2")), (json!("tighter"), Some(PENDING)));
    // Relabelled by a digit and accepted; then one rejected by mistake and taken back.
    key(&window, "2");
    goes_on(&window, "a");
    is(&service, "p0-3", SUCCESS);
    let relabelled = service.regions().into_iter().find(|r| r.id == "p0-3").map(|r| r.concepts);
    assert_eq!(relabelled, Some(vec!["dog".to_owned()]), "by the digit");
    goes_on(&window, "x");
    is(&service, "p1-0", DENIED);
    goes_on(&window, "z");
    is(&service, "p1-0", PENDING);

    // A copy of it for bob, then all that is left at once: after a look, as one step.
    key(&window, "u");
    window.type_in("bob");
    window.settled();
    key(&window, "Return");
    wait_until("bob has work", || {
        service
            .annotations()
            .iter()
            .any(|a| a["user_id"] == "bob" && a["status"]["code"] == PENDING && a["input_id"] == "picture-1")
    });
    window.settled();
    key(&window, "shift+a");
    key(&window, "Return");
    let left = |r: &Region| r.id.starts_with("p1-") || r.id.starts_with("p2-");
    wait_until("the other eight are accepted", || {
        service.regions().iter().filter(|r| left(r) && r.status == SUCCESS).count() == 8
    });
    wait_until("everything is sent", || {
        let status = desk.status(&project);
        status["unsent"] == 0 && status["unknown"] == 0 && status["problems"] == 0
    });
    let read = read_officially(&service);
    let accepted = ["p0-0", "p0-3", "p1-0", "p1-1", "p1-2", "p1-3", "p2-0", "p2-1", "p2-2", "p2-3"];
    let mut decided: BTreeMap<&str, &str> = accepted.map(|id| (id, "ANNOTATION_SUCCESS")).into();
    decided.extend([("p0-1", "ANNOTATION_REVIEW_DENIED"), ("p0-2", "ANNOTATION_PENDING")]);
    assert_eq!(statuses(&read), decided, "accepted, rejected, undone, and all at once");
    assert_eq!(read["p0-2"]["annotation_info"]["review"], json!({"reason": "tighter", "by": "alice"}), "and why");
    let concept = |of: &Value| of["data"]["regions"][0]["data"]["concepts"][0]["id"].clone();
    assert_eq!((concept(&read["p0-3"]), concept(&read["p0-0"])), (json!("dog"), json!("cat")), "relabelled by a digit");
    let given: Vec<&Value> = read.values().filter(|annotation| annotation["user_id"] == "bob").collect();
    let [given] = given.as_slice() else { panic!("one annotation is bob's: {given:?}") };
    assert_eq!((&given["input_id"], &given["status"]["code"]), (&json!("picture-1"), &json!("ANNOTATION_PENDING")));
    let edges = |of: &Value| {
        let edges = of["data"]["regions"][0]["region_info"]["bounding_box"].clone();
        ["top_row", "left_col", "bottom_row", "right_col"].map(|edge| edges[edge].as_f64().unwrap_or_default())
    };
    let (copy, original) = (edges(given), edges(&read["p1-0"]));
    assert!(copy.iter().zip(original).all(|(a, b)| (a - b).abs() < 1e-4), "where p1-0 is: {copy:?}, {original:?}");

    // One undo takes the eight back, on both images.
    key(&window, "z");
    wait_until("the eight are pending again", || {
        service.regions().iter().filter(|r| left(r) && r.status == PENDING).count() == 8
    });
    let read = read_officially(&service);
    decided.extend(accepted[2..].iter().map(|id| (*id, "ANNOTATION_PENDING")));
    assert_eq!(statuses(&read), decided, "what was decided before stays decided");
    window.assert_no_panic();
}

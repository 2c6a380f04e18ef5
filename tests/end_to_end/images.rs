//! The list of images and masks, in the real window and on the server.

use super::desk::{Desk, wait_until};
use super::screen::PICTURE;
use super::service::Service;
use super::{open, synced};
use base64::Engine as _;
use serde_json::{Value, json};

/// A mask as others make them: white in the upper left quarter.
fn mask() -> String {
    let image = image::GrayImage::from_fn(PICTURE.0, PICTURE.1, |x, y| {
        image::Luma([if x < PICTURE.0 / 2 && y < PICTURE.1 / 2 { 255 } else { 0 }])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    image.write_to(&mut png, image::ImageFormat::Png).expect("a mask can be written");
    base64::engine::general_purpose::STANDARD.encode(png.into_inner())
}

#[test]
fn a_mask_of_somebody_else_is_seen_labelled_and_kept_byte_for_byte() {
    let desk = Desk::new("mask");
    let service = Service::with_pictures(&desk, 1, &["cat", "dog"]);
    let mask = mask();
    service.post(
        "annotations",
        &json!({"annotations": [{"id": "m", "input_id": "picture-0", "data": {"regions": [{"track_id": "t",
            "region_info": {"mask": {"image": {"base64": mask}}}, "data": {"concepts": [{"id": "cat", "value": 1}]}}]}}]}),
    );
    let project = service.project(&desk);
    let window = open(&desk, &project);
    let at = window.shown();
    wait_until("the mask came down", || desk.count(&project, "annotations") == 1);
    let bare = window.pixels().at(at.at(620.0, 400.0));
    wait_until("the mask is drawn", || {
        let screen = window.pixels();
        // Both places are of one colour in the picture.
        screen.at(at.at(620.0, 400.0)) == bare && screen.at(at.at(140.0, 100.0)) != screen.at(at.at(460.0, 420.0))
    });
    window.settled();
    window.key("v");
    window.click(at.at(200.0, 150.0));
    window.settled();
    window.key("2");
    let found = || service.annotations().into_iter().next().unwrap_or(Value::Null);
    let concepts = |a: &Value| a["data"]["regions"][0]["data"]["concepts"][0]["id"].clone();
    wait_until("it is a dog on the server", || concepts(&found()) == "dog");
    let region = found()["data"]["regions"][0].clone();
    assert_eq!(region["region_info"], json!({"mask": {"image": {"base64": mask}}}), "byte for byte");
    assert_eq!(region["track_id"], "t", "and what stood beside it");
    synced(&desk, &project);
    window.assert_no_panic();
}

#[test]
fn an_image_that_somebody_adds_is_there_after_sync_now() {
    let desk = Desk::new("new_image");
    let service = Service::with_pictures(&desk, 1, &["cat"]);
    let project = service.project(&desk);
    let window = open(&desk, &project);
    window.shown();
    let base64 = base64::engine::general_purpose::STANDARD.encode(super::screen::picture(1));
    service.post("inputs", &json!({"inputs": [{"id": "picture-1", "data": {"image": {"base64": base64}}}]}));
    window.key("ctrl+s");
    wait_until("it is in the list", || desk.count(&project, "images") == 2);
    wait_until("and can be looked at", || {
        window.key("d"); // goes nowhere while there is nothing to go to
        let screen = window.pixels();
        screen.shown_image().is_some_and(|at| at.which(&screen) == 1)
    });
    window.assert_no_panic();
}

#[test]
fn the_annotations_of_three_images_are_deleted_by_keys_and_brought_back() {
    let desk = Desk::new("delete_many");
    let service = Service::with_pictures(&desk, 3, &["cat"]);
    let boxes: Vec<Value> = (0..6)
        .map(|n| {
            let edges = json!({"top_row": 0.25, "left_col": 0.25, "bottom_row": 0.5, "right_col": 0.5});
            json!({"id": format!("b{n}"), "input_id": format!("picture-{}", n % 3), "data": {"regions": [
                {"region_info": {"bounding_box": edges}, "data": {"concepts": [{"id": "cat", "value": 1}]}}]}})
        })
        .collect();
    service.post("annotations", &json!({ "annotations": boxes }));
    let project = service.project(&desk);
    let window = open(&desk, &project);
    window.shown();
    wait_until("they came down", || desk.count(&project, "annotations") == 6);
    window.key("ctrl+alt+a");
    window.key("ctrl+shift+p");
    window.settled();
    window.type_in("delete their");
    window.settled();
    window.key("Return");
    window.settled();
    assert_eq!(service.regions().len(), 6, "nothing is done before the answer");
    wait_until("they are gone from the server", || {
        window.key("Return"); // says nothing while what is there is being counted
        service.regions().is_empty()
    });
    window.settled();
    window.key("ctrl+z");
    wait_until("one undo brings all of them back", || desk.count(&project, "annotations") == 6);
    window.assert_no_panic();
}

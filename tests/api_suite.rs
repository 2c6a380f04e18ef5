//! One suite of the annotations API, run against the HTTP client over real HTTP and against the server's own
//! implementation without HTTP: what a caller of either may rely on.

use labelwright::api::{
    Annotation, AnnotationApi, AnnotationKey, AnnotationQuery, AnnotationSearch, BoundingBox, Concept, Data,
    DeleteTargets, Frame, FrameInfo, Image, Input, InputQuery, Makers, ModelRef, ModelVersionRef, Page, PatchAction,
    Point, Polygon, Region, RegionInfo, SearchFilter, Status, StatusCode, UserAppId, WhenEmpty, Worker,
};
use labelwright::remote::{HttpApi, Limits};
use labelwright::server::{AppName, KeyGrant, LocalApi, RunningServer, ServerConfig, Strictness, start};
use secrecy::SecretString;
use serde_json::json;

const APP: &str = "demo";

fn config(dir: &std::path::Path) -> ServerConfig {
    ServerConfig {
        data_dir: dir.to_owned(),
        listen: "127.0.0.1:0".parse().expect("an address"),
        apps: vec![AppName { owner: "alice".to_owned(), id: APP.to_owned() }],
        keys: ["alice", "bob", "carol"]
            .map(|user| KeyGrant::new(user, SecretString::from(user.to_uppercase())))
            .to_vec(),
        personality: Strictness::default(),
        host_names: Vec::new(),
    }
}

fn client(server: &RunningServer, user: &str) -> HttpApi {
    let app = UserAppId { user_id: "alice".to_owned(), app_id: APP.to_owned() };
    HttpApi::new(&server.base_url(), app, SecretString::from(user.to_uppercase()), Limits::default()).expect("a client")
}

/// Alice owns the app, Bob and Carol are collaborators.
struct Three<A> {
    alice: A,
    bob: A,
    carol: A,
}

/// Runs a test against both implementations, each on data of its own.
macro_rules! on_both {
    ($($name:ident => $test:ident;)*) => {$(
        mod $name {
            use super::*;

            #[tokio::test]
            async fn over_http() {
                let dir = tempfile::tempdir().expect("a directory");
                let server = start(config(dir.path())).await.expect("it starts");
                let three = Three {
                    alice: client(&server, "alice"), bob: client(&server, "bob"), carol: client(&server, "carol"),
                };
                $test(&three).await;
                server.shutdown().await;
            }

            #[tokio::test]
            async fn without_http() {
                let dir = tempfile::tempdir().expect("a directory");
                let alice = LocalApi::open(&config(dir.path())).expect("it opens");
                let three = Three { bob: alice.as_user("bob"), carol: alice.as_user("carol"), alice };
                $test(&three).await;
            }
        }
    )*};
}

on_both! {
    image_level_concepts => concepts_are_positive_and_negative;
    boxes_and_polygons => a_box_and_a_polygon_come_back_as_sent;
    existing_region => labelling_a_models_region_copies_its_geometry;
    assignment => only_the_owner_assigns_to_others;
    listing => listings_filter_and_page;
    searching => searches_find_by_status_concept_worker_and_region;
    patching => patches_merge_overwrite_and_remove;
    deleting => deletions_are_idempotent_and_spare_the_input_level;
    permissions => collaborators_leave_each_others_work_alone;
    video => frames_keep_their_number_and_time;
    unknown_kinds => what_others_made_survives_a_change_of_something_else;
    inputs => inputs_come_with_their_bytes_and_size;
    concept_table => concepts_are_listed_searched_and_added;
    identity => the_key_says_who_and_what;
    repeating => the_same_post_again_is_a_success;
    mixed => a_bad_item_does_not_stop_the_others;
}

fn annotation(id: &str, input_id: &str, data: Data) -> Annotation {
    Annotation { id: id.to_owned(), input_id: input_id.to_owned(), data: Some(data), ..Annotation::default() }
}

fn image_level(id: &str, input_id: &str, concepts: Vec<Concept>) -> Annotation {
    annotation(id, input_id, Data { concepts, ..Data::default() })
}

fn region_of(info: RegionInfo, concepts: Vec<Concept>) -> Data {
    let region = Region {
        region_info: Some(info),
        data: Some(Box::new(Data { concepts, ..Data::default() })),
        ..Region::default()
    };
    Data { regions: vec![region], ..Data::default() }
}

fn box_info(top: f32, left: f32, bottom: f32, right: f32) -> RegionInfo {
    let bounds =
        BoundingBox { top_row: top, left_col: left, bottom_row: bottom, right_col: right, ..BoundingBox::default() };
    RegionInfo { bounding_box: Some(bounds), ..RegionInfo::default() }
}

fn a_box(id: &str, input_id: &str, concept: &str) -> Annotation {
    annotation(id, input_id, region_of(box_info(0.1, 0.2, 0.5, 0.6), vec![Concept::present(concept)]))
}

fn of_model(mut item: Annotation, version: &str) -> Annotation {
    let model_version = Some(ModelVersionRef { id: version.to_owned(), ..ModelVersionRef::default() });
    let model = ModelRef { id: "detector".to_owned(), model_version, ..ModelRef::default() };
    item.worker = Some(Worker { model: Some(model), ..Worker::default() });
    item
}

fn key(input_id: &str, id: &str) -> AnnotationKey {
    AnnotationKey { input_id: input_id.to_owned(), id: id.to_owned() }
}

/// A PNG of 3 by 2 pixels.
fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(3, 2, image::Rgb([200, 10, 10]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .expect("it encodes");
    bytes.into_inner()
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn image_input(id: &str) -> Input {
    // A comment in the file's end makes every image another one.
    let mut bytes = png();
    bytes.extend_from_slice(id.as_bytes());
    let image = Image { base64: base64_of(&bytes), ..Image::default() };
    Input { id: id.to_owned(), data: Some(Data { image: Some(image), ..Data::default() }), ..Input::default() }
}

async fn with_inputs<A: AnnotationApi>(api: &A, ids: &[&str]) {
    let inputs: Vec<_> = ids.iter().map(|id| image_input(id)).collect();
    let answer = api.post_inputs(&inputs).await.expect("answered");
    assert_eq!(answer.status.code, StatusCode::SUCCESS, "{answer:?}");
}

/// Everything in the app but what came with the inputs.
async fn everything<A: AnnotationApi>(api: &A) -> Vec<Annotation> {
    let query = AnnotationQuery { makers: Makers::All, page: Page::first(1000), ..AnnotationQuery::default() };
    let mut found = api.list_annotations(&query).await.expect("listed");
    found.retain(|item| item.rest.get("input_level") != Some(&json!(true)));
    found
}

async fn post_all<A: AnnotationApi>(api: &A, items: &[Annotation]) -> Vec<Annotation> {
    let answer = api.post_annotations(items).await.expect("answered");
    assert_eq!(answer.status.code, StatusCode::SUCCESS, "{answer:?}");
    answer.items
}

fn concepts_of(item: &Annotation) -> Vec<(String, f32)> {
    let data = item.data.clone().unwrap_or_default();
    let region = data.regions.first().and_then(|region| region.data.clone());
    let concepts = region.map_or(data.concepts, |data| data.concepts);
    concepts.into_iter().map(|concept| (concept.id, concept.value)).collect()
}

fn ids(items: &[Annotation]) -> Vec<&str> {
    items.iter().map(|item| item.id.as_str()).collect()
}

async fn concepts_are_positive_and_negative<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i"]).await;
    let sent = image_level("a", "i", vec![Concept::present("tree"), Concept::absent("water")]);
    post_all(&t.alice, &[sent]).await;
    let got = t.alice.get_annotation(&key("i", "a")).await.expect("it is there");
    assert_eq!(concepts_of(&got), [("tree".to_owned(), 1.0), ("water".to_owned(), 0.0)]);
    assert_eq!(got.status.as_ref().map(|s| s.code), Some(StatusCode::ANNOTATION_SUCCESS), "done by default");
    assert_eq!(got.user_id.as_deref(), Some("alice"), "the deprecated member too");
    assert_eq!(got.worker.and_then(|w| w.user).map(|u| u.id).as_deref(), Some("alice"));
    assert!(got.created_at.is_some_and(|time| time.ends_with('Z')) && got.modified_at.is_some(), "times in UTC");
}

async fn a_box_and_a_polygon_come_back_as_sent<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i"]).await;
    let (top, left) = (0.123_456_79_f32, 1.0e-7_f32);
    let bounds = region_of(box_info(top, left, 0.7, 1.0), vec![Concept::present("cat"), Concept::present("tabby")]);
    let ring = [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.499_999_97, 0.0)];
    let points = ring.iter().map(|&(row, col)| Point { row, col, ..Point::default() }).collect();
    let polygon = RegionInfo { polygon: Some(Polygon { points, ..Polygon::default() }), ..RegionInfo::default() };
    let polygon = region_of(polygon, vec![Concept::present("cup")]);
    let answer = post_all(&t.alice, &[annotation("b", "i", bounds), annotation("p", "i", polygon)]).await;
    assert!(!answer[0].data.as_ref().expect("data").regions[0].id.is_empty(), "the server names the region");
    let got = t.alice.get_annotation(&key("i", "b")).await.expect("it is there");
    let region = &got.data.as_ref().expect("data").regions[0];
    let bounds = region.region_info.as_ref().and_then(|info| info.bounding_box.as_ref()).expect("a box");
    assert_eq!((bounds.top_row, bounds.left_col), (top, left), "to the last bit of f32");
    assert_eq!(concepts_of(&got).len(), 2, "several concepts in one region");
    let got = t.alice.get_annotation(&key("i", "p")).await.expect("it is there");
    let region = &got.data.as_ref().expect("data").regions[0];
    let points = &region.region_info.as_ref().and_then(|info| info.polygon.as_ref()).expect("a polygon").points;
    assert_eq!(points.iter().map(|p| (p.row, p.col)).collect::<Vec<_>>(), ring);
}

async fn labelling_a_models_region_copies_its_geometry<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i", "other"]).await;
    let detected = post_all(&t.alice, &[of_model(a_box("m", "i", "animal"), "v1")]).await;
    let region_id = detected[0].data.as_ref().expect("data").regions[0].id.clone();
    let named = |id: &str, input: &str, region_id: &str| {
        let data = Some(Box::new(Data { concepts: vec![Concept::present("cat")], ..Data::default() }));
        let region = Region { id: region_id.to_owned(), data, ..Region::default() };
        annotation(id, input, Data { regions: vec![region], ..Data::default() })
    };
    let mine = post_all(&t.bob, &[named("mine", "i", &region_id)]).await;
    let region = &mine[0].data.as_ref().expect("data").regions[0];
    assert_eq!(region.region_info, Some(box_info(0.1, 0.2, 0.5, 0.6)), "where the model saw it");
    assert_eq!(region.id, region_id, "the same region");
    let wrong = [named("x", "i", "nowhere"), named("y", "other", &region_id)];
    let answer = t.bob.post_annotations(&wrong).await.expect("answered");
    assert_eq!(answer.status.code, StatusCode::FAILURE, "no such region, and not on that input: {answer:?}");
}

async fn only_the_owner_assigns_to_others<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i"]).await;
    let pending = |id: &str, user: &str| Annotation {
        id: id.to_owned(),
        input_id: "i".to_owned(),
        user_id: Some(user.to_owned()),
        status: Some(Status::of(StatusCode::ANNOTATION_PENDING)),
        ..Annotation::default()
    };
    let got = post_all(&t.alice, &[pending("a", "bob")]).await;
    assert_eq!(got[0].user_id.as_deref(), Some("bob"));
    assert_eq!(got[0].status.as_ref().map(|s| s.code), Some(StatusCode::ANNOTATION_PENDING));
    let refused = t.bob.post_annotations(&[pending("b", "carol")]).await.expect("answered");
    let code = refused.items[0].refusal().map(|status| status.code);
    assert_eq!(code, Some(StatusCode::ANNOTATION_PERMISSION_DENIED), "{refused:?}");
    let refused = t.bob.post_annotations(&[of_model(a_box("c", "i", "x"), "v")]).await.expect("answered");
    assert_eq!(refused.status.code, StatusCode::FAILURE, "nor as a model");
    let own = Annotation { status: Some(Status::of(StatusCode::ANNOTATION_SUCCESS)), ..pending("a", "") };
    let own = Annotation { user_id: None, ..own };
    let done = t.bob.patch_annotations(&[own], PatchAction::Merge, WhenEmpty::Keep).await.expect("answered");
    assert_eq!(done.status.code, StatusCode::SUCCESS, "who was assigned may finish it");
}

async fn listings_filter_and_page<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i", "j"]).await;
    post_all(&t.alice, &[a_box("a1", "i", "cat"), of_model(a_box("m1", "i", "cat"), "v1"), a_box("a2", "j", "dog")])
        .await;
    post_all(&t.bob, &[a_box("b1", "j", "dog")]).await;
    post_all(&t.alice, &[of_model(a_box("m2", "j", "cat"), "v2")]).await;
    let list = async |query: AnnotationQuery| {
        let mut found = t.carol.list_annotations(&query).await.expect("listed");
        found.retain(|item| item.rest.get("input_level") != Some(&json!(true)));
        found.into_iter().map(|item| item.id).collect::<Vec<_>>()
    };
    let all = |query| AnnotationQuery { page: Page::first(100), ..query };
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let base = AnnotationQuery::default;
    assert_eq!(list(all(base())).await, ["a1", "a2", "b1"], "users', oldest first");
    assert_eq!(list(all(AnnotationQuery { makers: Makers::All, ..base() })).await, ["a1", "m1", "a2", "b1", "m2"]);
    assert_eq!(list(all(AnnotationQuery { input_ids: texts(&["i"]), ..base() })).await, ["a1"]);
    let both = AnnotationQuery { input_ids: texts(&["i", "j"]), makers: Makers::All, ..base() };
    assert_eq!(list(all(both)).await, ["a1", "m1", "a2", "b1", "m2"]);
    let pairs = AnnotationQuery { input_ids: texts(&["j", "i", "i"]), ids: texts(&["b1", "m1", "gone"]), ..base() };
    assert_eq!(list(all(pairs)).await, ["m1", "b1"], "pairs match whoever made them");
    assert_eq!(list(all(AnnotationQuery { user_ids: texts(&["bob"]), ..base() })).await, ["b1"]);
    assert_eq!(list(all(AnnotationQuery { model_version_ids: texts(&["v1", "v2"]), ..base() })).await, ["m1", "m2"]);
    let or = AnnotationQuery { user_ids: texts(&["bob"]), model_version_ids: texts(&["v1"]), ..base() };
    assert_eq!(list(all(or)).await, ["m1", "b1"], "users or models");
    let mut paged = Vec::new();
    let mut page = Page::first(2);
    loop {
        // Somebody else adds while we turn the pages.
        post_all(&t.bob, &[a_box(&format!("late{}", page.page), "i", "cat")]).await;
        let query = AnnotationQuery { user_ids: texts(&["alice", "bob"]), page, ..base() };
        let found = t.alice.list_annotations(&query).await.expect("listed");
        if found.is_empty() || page.page > 9 {
            break;
        }
        paged.extend(found.into_iter().map(|item| item.id));
        page = page.next();
    }
    let mut once = paged.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), paged.len(), "nothing twice: {paged:?}");
    for id in ["a1", "a2", "b1"] {
        assert!(paged.iter().any(|other| other == id), "{id} in {paged:?}");
    }
    let uneven = AnnotationQuery { input_ids: texts(&["i"]), ids: texts(&["a1", "m1"]), ..base() };
    assert!(t.alice.list_annotations(&uneven).await.is_err(), "ids without their inputs");
    let workers = t.alice.list_workers(Page::first(100)).await.expect("listed");
    assert_eq!(workers.len(), 4, "alice, bob, v1, v2: {workers:?}");
}

async fn searches_find_by_status_concept_worker_and_region<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i"]).await;
    let waiting = |mut item: Annotation| {
        item.status = Some(Status::of(StatusCode::ANNOTATION_AWAITING_REVIEW));
        item
    };
    let triangle = [(0.1, 0.1), (0.9, 0.1), (0.5, 0.9)];
    let points = triangle.iter().map(|&(row, col)| Point { row, col, ..Point::default() }).collect();
    let polygon = RegionInfo { polygon: Some(Polygon { points, ..Polygon::default() }), ..RegionInfo::default() };
    post_all(
        &t.alice,
        &[
            a_box("done", "i", "cat"),
            waiting(of_model(a_box("seen", "i", "cat"), "v1")),
            annotation("ring", "i", region_of(polygon, vec![Concept::present("cup")])),
            image_level("whole", "i", vec![Concept::absent("cat")]),
        ],
    )
    .await;
    let search = async |filter: serde_json::Value| {
        let filter: SearchFilter = serde_json::from_value(filter).expect("a filter");
        let search = AnnotationSearch { filters: vec![filter], page: Page::first(100) };
        let mut hits = t.bob.search_annotations(&search).await.expect("searched");
        hits.retain(|hit| hit.annotation.as_ref().is_some_and(|a| a.rest.get("input_level").is_none()));
        hits.into_iter().map(|hit| hit.annotation.expect("an annotation").id).collect::<Vec<_>>()
    };
    assert_eq!(search(json!({"annotation": {"status": {"code": 24157}}})).await, ["seen"]);
    assert_eq!(
        search(json!({"annotation": {"data": {"concepts": [{"id": "cat", "value": 1}]}}})).await,
        ["done", "seen"]
    );
    assert_eq!(search(json!({"annotation": {"data": {"concepts": [{"id": "cat", "value": 0}]}}})).await, ["whole"]);
    assert_eq!(search(json!({"annotation": {"worker": {"user": {"id": "alice"}}}})).await, ["done", "ring", "whole"]);
    assert_eq!(search(json!({"annotation": {"model_version_id": "v1"}})).await, ["seen"]);
    let polygons = json!({"annotation": {"data": {"regions": [{"region_info": {"polygon": {}}}]}}});
    assert_eq!(search(polygons).await, ["ring"]);
    assert_eq!(search(json!({"annotation": {"data": {}}})).await, ["whole"], "of the whole input");
    let others = json!({"negate": true, "annotation": {"data": {"concepts": [{"id": "cat", "value": 1}]}}});
    assert_eq!(search(others).await, ["ring", "whole"]);
}

async fn patches_merge_overwrite_and_remove<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i"]).await;
    let made =
        post_all(&t.alice, &[a_box("a", "i", "cat"), image_level("w", "i", vec![Concept::present("day")])]).await;
    let region_id = made[0].data.as_ref().expect("data").regions[0].id.clone();
    let patch = async |item: Annotation, action| {
        let answer = t.alice.patch_annotations(&[item], action, WhenEmpty::Keep).await.expect("answered");
        answer.items.into_iter().next().expect("one item")
    };
    let in_region = |id: &str, info: Option<RegionInfo>, concepts| {
        let data = Some(Box::new(Data { concepts, ..Data::default() }));
        let region = Region { id: id.to_owned(), region_info: info, data, ..Region::default() };
        annotation("a", "i", Data { regions: vec![region], ..Data::default() })
    };
    let got =
        patch(in_region(&region_id, None, vec![Concept::present("tabby"), Concept::absent("cat")]), PatchAction::Merge)
            .await;
    assert_eq!(
        concepts_of(&got),
        [("cat".to_owned(), 0.0), ("tabby".to_owned(), 1.0)],
        "flipped in place, new one after"
    );
    let second = patch(in_region("", Some(box_info(0.0, 0.0, 0.1, 0.1)), vec![]), PatchAction::Merge).await;
    assert!(second.refusal().is_some(), "a merge that makes a second region is refused: {second:?}");
    let reviewed = Annotation {
        status: Some(Status::of(StatusCode::ANNOTATION_REVIEW_DENIED)),
        ..annotation("a", "i", Data::default())
    };
    let got = patch(reviewed, PatchAction::Merge).await;
    assert_eq!(got.status.as_ref().map(|s| s.code), Some(StatusCode::ANNOTATION_REVIEW_DENIED));
    assert_eq!(concepts_of(&got).len(), 2, "data untouched");
    let moved = patch(
        in_region("", Some(box_info(0.0, 0.0, 0.25, 1.0)), vec![Concept::present("cat")]),
        PatchAction::Overwrite,
    )
    .await;
    let region = &moved.data.as_ref().expect("data").regions[0];
    assert_eq!(region.region_info, Some(box_info(0.0, 0.0, 0.25, 1.0)));
    assert!(!region.id.is_empty() && region.id != region_id, "a new region");
    assert_eq!(concepts_of(&moved), [("cat".to_owned(), 1.0)], "only what was sent");
    assert_eq!(
        moved.status.as_ref().map(|s| s.code),
        Some(StatusCode::ANNOTATION_REVIEW_DENIED),
        "the status survives"
    );
    assert_ne!(moved.modified_at, moved.created_at, "and the time moved");
    let got = patch(image_level("w", "i", vec![Concept::absent("night")]), PatchAction::Merge).await;
    assert_eq!(concepts_of(&got), [("day".to_owned(), 1.0), ("night".to_owned(), 0.0)]);
    let got = patch(image_level("w", "i", vec![Concept::absent("day")]), PatchAction::Remove).await;
    assert_eq!(concepts_of(&got), [("night".to_owned(), 0.0)]);
    let last = [image_level("w", "i", vec![Concept::absent("night")])];
    t.alice.patch_annotations(&last, PatchAction::Remove, WhenEmpty::Delete).await.expect("answered");
    let gone = t.alice.get_annotation(&key("i", "w")).await.expect_err("deleted because nothing was left");
    assert_eq!(gone.code, StatusCode::CONN_DOES_NOT_EXIST);
    let missing = patch(image_level("nope", "i", vec![]), PatchAction::Merge).await;
    assert_eq!(missing.refusal().map(|s| s.code), Some(StatusCode::CONN_DOES_NOT_EXIST));
}

async fn deletions_are_idempotent_and_spare_the_input_level<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i", "j"]).await;
    let items: Vec<_> = ["a", "b", "c", "d"].iter().map(|id| a_box(id, "i", "cat")).collect();
    post_all(&t.alice, &items).await;
    post_all(&t.alice, &[a_box("e", "j", "cat")]).await;
    for _ in 0..2 {
        t.alice.delete_annotation(&key("i", "a")).await.expect("also when it is gone");
    }
    let pairs = DeleteTargets::Pairs(vec![key("i", "b"), key("j", "b"), key("i", "gone")]);
    t.alice.delete_annotations(&pairs).await.expect("deleted");
    assert_eq!(ids(&everything(&t.alice).await), ["c", "d", "e"]);
    t.alice.delete_annotations(&DeleteTargets::AllOfInputs(vec!["i".to_owned()])).await.expect("deleted");
    assert_eq!(ids(&everything(&t.alice).await), ["e"]);
    let query = AnnotationQuery { input_ids: vec!["i".to_owned()], ..AnnotationQuery::default() };
    let left = t.alice.list_annotations(&query).await.expect("listed");
    assert_eq!(left.len(), 1, "the input-level annotation stays: {left:?}");
    post_all(&t.alice, &[a_box("a", "i", "cat")]).await;
    t.alice.delete_inputs(&["i".to_owned(), "gone".to_owned()]).await.expect("deleted");
    assert_eq!(ids(&everything(&t.alice).await), ["e"], "annotations go with their input");
    assert!(t.alice.get_input("i").await.is_err(), "gone");
}

async fn collaborators_leave_each_others_work_alone<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i"]).await;
    post_all(&t.alice, &[a_box("a", "i", "cat"), of_model(a_box("m", "i", "cat"), "v1")]).await;
    post_all(&t.bob, &[a_box("b", "i", "cat")]).await;
    let status = |id: &str| Annotation {
        status: Some(Status::of(StatusCode::ANNOTATION_REVIEW_DENIED)),
        ..annotation(id, "i", Data::default())
    };
    let answer = t
        .carol
        .patch_annotations(&[status("a"), status("b"), status("m")], PatchAction::Merge, WhenEmpty::Keep)
        .await
        .expect("answered");
    let refused: Vec<_> =
        answer.items.iter().filter(|item| item.refusal().is_some()).map(|item| item.id.clone()).collect();
    assert_eq!(refused, ["a", "b"], "a model's may be reviewed by anybody");
    let all = DeleteTargets::AllOfInputs(vec!["i".to_owned()]);
    assert!(t.carol.delete_annotations(&all).await.is_err(), "not other people's");
    assert_eq!(everything(&t.alice).await.len(), 3, "and then nothing goes");
    let done = t.alice.patch_annotations(&[status("b")], PatchAction::Merge, WhenEmpty::Keep).await.expect("answered");
    assert_eq!(done.status.code, StatusCode::SUCCESS, "the owner may");
}

async fn frames_keep_their_number_and_time<A: AnnotationApi>(t: &Three<A>) {
    let video: Input =
        serde_json::from_value(json!({"id": "v", "data": {"video": {"url": "https://x.example/v.mp4"}}}))
            .expect("an input");
    t.alice.post_inputs(&[video]).await.expect("answered");
    let frame = Frame {
        frame_info: Some(FrameInfo { time: 1500, number: 45, ..FrameInfo::default() }),
        data: Some(Box::new(region_of(box_info(0.0, 0.0, 0.5, 0.5), vec![Concept::present("car")]))),
        ..Frame::default()
    };
    let on = |id: &str, frames: Vec<Frame>| annotation(id, "v", Data { frames, ..Data::default() });
    post_all(&t.alice, &[on("f", vec![frame.clone()])]).await;
    let got = t.alice.get_annotation(&key("v", "f")).await.expect("it is there");
    let info = got.data.as_ref().expect("data").frames[0].frame_info.clone().expect("a frame");
    assert_eq!((info.time, info.number), (1500, 45));
    assert!(!got.data.expect("data").frames[0].data.as_ref().expect("data").regions[0].id.is_empty());
    let two = t.alice.post_annotations(&[on("g", vec![frame.clone(), frame])]).await.expect("answered");
    assert_eq!(two.status.code, StatusCode::FAILURE, "one frame each");
}

async fn what_others_made_survives_a_change_of_something_else<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i"]).await;
    let kinds = json!([
        {"id": "k", "data": {"regions": [{"region_info": {"bounding_box": {"bottom_row": 0.9, "right_col": 0.9},
            "keypoint_locations": [{"row": 0.2, "col": 0.2, "visibility": "VISIBLE"}, {"visibility": "NOT_PRESENT"}]},
            "track_id": "t1", "value": 0.75, "data": {"concepts": [{"id": "person"}]}}]}},
        {"id": "m", "data": {"regions": [{"region_info": {"mask": {"image": {"base64": "iVBORw0KGgo="}}},
            "data": {"concepts": [{"id": "cat"}]}}]}},
        {"id": "s", "data": {"regions": [{"region_info": {"span": {"char_end": 5, "raw_text": "hello"}}}]}},
        {"id": "u", "data": {"regions": [{"region_info": {"hologram": {"depth": [1, 2]}}}],
            "geo": {"geo_point": {"latitude": 1.5}}, "metadata": {"deep": {"list": [1, null, "x"]}}}},
        {"id": "t", "data": {"time_segments": [{"id": "ts", "time_info": {"num_frames": 30, "end_time": 1.5}}]},
            "annotation_info": {"n": 1}, "task_id": "task"}]);
    let mut items: Vec<Annotation> = serde_json::from_value(kinds).expect("annotations");
    for item in &mut items {
        "i".clone_into(&mut item.input_id);
    }
    let before = post_all(&t.alice, &items).await;
    let changes: Vec<_> = items
        .iter()
        .map(|item| Annotation {
            id: item.id.clone(),
            input_id: "i".to_owned(),
            status: Some(Status::of(StatusCode::ANNOTATION_PENDING)),
            ..Annotation::default()
        })
        .collect();
    t.alice.patch_annotations(&changes, PatchAction::Overwrite, WhenEmpty::Keep).await.expect("answered");
    for (old, new) in before.iter().zip(everything(&t.alice).await) {
        assert_eq!(old.data, new.data, "{} is as it was", old.id);
        assert_eq!((&old.annotation_info, &old.rest), (&new.annotation_info, &new.rest), "{}", old.id);
        assert_eq!(new.status.map(|s| s.code), Some(StatusCode::ANNOTATION_PENDING));
    }
}

async fn inputs_come_with_their_bytes_and_size<A: AnnotationApi>(t: &Three<A>) {
    let mut labelled = image_input("a");
    if let Some(data) = &mut labelled.data {
        data.concepts = vec![Concept::present("cat")];
        data.rest.insert("metadata".to_owned(), json!({"camera": "x"}));
    }
    let by_url: Input =
        serde_json::from_value(json!({"id": "u", "data": {"image": {"url": "https://x.example/y.jpg"}}}))
            .expect("an input");
    let no_image: Input =
        serde_json::from_value(json!({"id": "n", "data": {"image": {"base64": "bm8gaW1hZ2U="}}})).expect("an input");
    let answer = t.alice.post_inputs(&[labelled.clone(), by_url.clone(), no_image]).await.expect("answered");
    assert_eq!(answer.status.code, StatusCode::MIXED_STATUS);
    assert_eq!(answer.items[2].refusal().map(|s| s.code), Some(StatusCode::INPUT_INVALID_ARGUMENT));
    let listed =
        t.bob.list_inputs(&InputQuery { page: Page::first(10), ..InputQuery::default() }).await.expect("listed");
    assert_eq!(listed.iter().map(|input| input.id.as_str()).collect::<Vec<_>>(), ["a", "u"]);
    let data = listed[0].data.as_ref().expect("data");
    let info = data.image.as_ref().and_then(|image| image.image_info.as_ref()).expect("its size");
    assert_eq!((info.width, info.height, &info.rest["format"]), (3, 2, &json!("PNG")));
    assert_eq!((data.concepts[0].id.as_str(), &data.rest["metadata"]), ("cat", &json!({"camera": "x"})));
    let image = t.bob.image_bytes(&listed[0]).await.expect("fetched");
    assert!(image.bytes.starts_with(&png()), "the same bytes");
    assert_eq!(image.content_type.as_deref(), Some("image/png"));
    assert_eq!(t.alice.post_inputs(&[labelled]).await.expect("answered").status.code, StatusCode::SUCCESS, "again");
    let twice = Input { id: "u2".to_owned(), ..by_url };
    let twice = t.alice.post_inputs(&[twice]).await.expect("answered");
    assert_eq!(twice.items[0].refusal().map(|s| s.code), Some(StatusCode::INPUT_DUPLICATE), "the same url");
    let change: Input = serde_json::from_value(json!({"id": "a", "data": {"concepts": [{"id": "tabby"}],
        "metadata": {"lens": "y"}}}))
    .expect("an input");
    let changed = t.alice.patch_inputs(&[change], PatchAction::Merge).await.expect("answered");
    let data = changed.items[0].data.as_ref().expect("data");
    assert_eq!(data.concepts.iter().map(|c| c.id.as_str()).collect::<Vec<_>>(), ["cat", "tabby"], "appended");
    assert_eq!(data.rest["metadata"], json!({"camera": "x", "lens": "y"}), "merged");
    assert!(data.image.is_some(), "the image stays");
}

async fn concepts_are_listed_searched_and_added<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i"]).await;
    let concept = |id: &str, name: &str| Concept { id: id.to_owned(), name: name.to_owned(), ..Concept::default() };
    let added = t.alice.post_concepts(&[concept("c1", "Cat"), concept("c2", "Caterpillar")]).await.expect("answered");
    assert_eq!(added.status.code, StatusCode::SUCCESS);
    t.alice.post_concepts(&[concept("c1", "Cat")]).await.expect("the same again");
    let other = t.alice.post_concepts(&[concept("c3", "Dog"), concept("c1", "Dog")]).await.expect_err("another name");
    assert_eq!(other.code, StatusCode::CONCEPTS_INVALID_REQUEST, "{other}");
    let items =
        post_all(&t.alice, &[image_level("a", "i", vec![Concept::present("c1"), Concept::present("dog")])]).await;
    assert_eq!(items[0].data.as_ref().expect("data").concepts[0].name, "Cat", "the server adds the name");
    let listed = t.bob.list_concepts(Page::first(100)).await.expect("listed");
    let names: Vec<_> = listed.iter().map(|concept| (concept.id.as_str(), concept.name.as_str())).collect();
    assert_eq!(names, [("c1", "Cat"), ("c2", "Caterpillar"), ("dog", "dog")], "one that was only mentioned too");
    let search = async |name: &str| {
        let found = t.bob.search_concepts(name, Page::first(100)).await.expect("searched");
        found.into_iter().map(|concept| concept.id).collect::<Vec<_>>()
    };
    assert_eq!(search("cat").await, ["c1"], "case does not matter");
    assert_eq!(search("ca*").await, ["c1", "c2"]);
    assert!(search("%").await.is_empty(), "no wildcard of SQL");
}

async fn the_key_says_who_and_what<A: AnnotationApi>(t: &Three<A>) {
    assert_eq!(t.bob.me().await.expect("answered").id, "bob");
    let scopes = t.bob.my_scopes().await.expect("answered");
    assert!(scopes.iter().any(|scope| scope == "Annotations_Delete"), "{scopes:?}");
    let codes = t.bob.status_codes().await.expect("answered");
    assert!(codes.iter().any(|status| status.code == StatusCode::ANNOTATION_PENDING), "{}", codes.len());
}

async fn the_same_post_again_is_a_success<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i", "j"]).await;
    let first = post_all(&t.alice, &[a_box("a", "i", "cat")]).await;
    assert_eq!(post_all(&t.alice, &[a_box("a", "i", "cat")]).await, first, "as if for the first time");
    let other = t.alice.post_annotations(&[a_box("a", "i", "dog")]).await.expect("answered");
    assert_eq!(other.items[0].refusal().map(|s| s.code), Some(StatusCode::DATABASE_DUPLICATE_KEY));
    post_all(&t.alice, &[a_box("a", "j", "dog")]).await;
    assert_eq!(everything(&t.alice).await.len(), 2, "ids belong to their input");
}

async fn a_bad_item_does_not_stop_the_others<A: AnnotationApi>(t: &Three<A>) {
    with_inputs(&t.alice, &["i"]).await;
    let wrong = |id: &str, info: RegionInfo| annotation(id, "i", region_of(info, vec![]));
    let line = Polygon { points: vec![Point::default(), Point::default()], ..Polygon::default() };
    let items = [
        a_box("good", "i", "cat"),
        wrong("upside-down", box_info(0.5, 0.1, 0.2, 0.3)),
        wrong("outside", box_info(0.5, 0.1, 1.2, 0.3)),
        wrong("line", RegionInfo { polygon: Some(line), ..RegionInfo::default() }),
        a_box("lost", "no-such-input", "cat"),
        a_box("bad/id", "i", "cat"),
    ];
    let answer = t.alice.post_annotations(&items).await.expect("answered");
    assert_eq!(answer.status.code, StatusCode::MIXED_STATUS);
    let verdicts: Vec<_> = answer.items.iter().map(|item| item.refusal().map(|status| status.code.0)).collect();
    assert_eq!(verdicts, [None, Some(24155), Some(24155), Some(24155), Some(30102), Some(24155)]);
    assert!(answer.items[1].refusal().is_some_and(|status| status.details.contains("top_row < bottom_row")));
    assert_eq!(ids(&everything(&t.alice).await), ["good"]);
    let answer = t.alice.post_annotations(&items[1..]).await.expect("answered, though all failed");
    assert_eq!((answer.status.code, answer.items.len()), (StatusCode::FAILURE, 5));
    let many: Vec<_> = (0..129).map(|n| a_box(&format!("n{n}"), "i", "cat")).collect();
    assert!(t.alice.post_annotations(&many).await.is_err(), "129 are refused whole");
    assert!(t.alice.post_annotations(&[]).await.is_err(), "and none too");
    post_all(&t.alice, &many[..128]).await;
}

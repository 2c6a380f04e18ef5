//! Exact positions of every format, from files written by hand.

use super::support::{Heard, Said, golden};
use labelwright::formats::{Loss, coco, cvat, label_studio, labelme, via, voc, yolo};
use labelwright::model::{Shape, Status};
use std::fs::{self, File};

fn shape(label: &str, parts: &[&[(f64, f64)]]) -> Said {
    (label.to_owned(), parts.iter().map(|p| p.to_vec()).collect())
}

#[test]
fn coco_counts_from_0_at_corners_and_knows_parts_runs_and_gaps() {
    let mut heard = Heard::default();
    let open = || -> std::io::Result<Box<dyn std::io::Read>> { Ok(Box::new(File::open(golden("coco.json"))?)) };
    assert!(coco::read("coco.json", &open, &mut |f| heard.take(f)).is_continue(), "to the end");
    let expected = [
        shape("toothbrush", &[&[(10.5, 20.25), (40.5, 60.25)]]),
        shape("person", &[&[(10., 10.), (30., 10.), (30., 30.)], &[(50., 50.), (60., 50.), (60., 60.), (50., 60.)]]),
        shape("person", &[&[(1., 1.), (4., 1.), (4., 3.), (1., 3.)]]),
        shape("person", &[&[(1., 1.), (3., 3.)]]),
    ];
    assert_eq!(heard.shapes(), expected, "boxes are x, y, width, height; runs go down the columns");
    assert_eq!(
        heard.problem_texts(),
        [
            "coco.json, /annotations/3: bbox is -5 wide and 4 high",
            "coco.json, /annotations/5: the id 5 is there twice; this one was left out",
            "coco.json, /annotations/6: there is no category with the id 77",
        ],
        "each with its place"
    );
    let numbers: Vec<_> = heard.classes.iter().map(|c| (c.number, c.name.as_str())).collect();
    assert_eq!(numbers, [(Some(1), "person"), (Some(18), "dog"), (Some(90), "toothbrush")], "gaps stay");
    assert_eq!(heard.objects[1].kept["attributes"]["occluded"], true, "what is not understood is kept");
    assert!(heard.objects[2].kept.contains_key("segmentation"), "and the runs of the mask");
    assert!(!heard.objects[0].kept.contains_key("bbox"), "what is written from the shape again is not kept");
    assert_eq!(heard.losses.count(Loss::Mask), 1, "and said");
    assert_eq!(heard.file["info"]["year"], 2014, "the file's own words");
}

#[test]
fn voc_counts_pixels_from_1_and_the_last_one_is_inside() {
    let mut heard = Heard::default();
    let bytes = fs::read(golden("voc/photo.xml")).expect("there");
    assert!(voc::read("photo.xml", &bytes, &mut |f| heard.take(f)).is_continue(), "to the end");
    assert_eq!(
        heard.shapes(),
        [shape("person", &[&[(0., 0.), (10., 20.)]])],
        "pixels 1 to 10 are 10 pixels from corner 0"
    );
    assert_eq!(
        heard.problem_texts(),
        ["photo.xml, line 25: the bndbox goes from (30, 40) back to (20, 50)"],
        "with the line of the object"
    );
}

#[test]
fn yolo_measures_centres_and_corners_in_parts_of_the_image() {
    let mut heard = Heard::default();
    let described =
        yolo::description("data.yaml", &fs::read(golden("yolo/data.yaml")).expect("there")).expect("it reads");
    assert_eq!(described.names, [(0, "person".to_owned()), (2, "dog, small".to_owned())], "numbers may have gaps");
    let bytes = fs::read(golden("yolo/labels/train/photo.txt")).expect("there");
    let flow = yolo::read("photo.txt", "labels/train/photo.txt", &bytes, &described.names, &mut |f| heard.take(f));
    assert!(flow.is_continue(), "to the end");
    let expected =
        [shape("person", &[&[(0.4, 0.3), (0.6, 0.7)]]), shape("dog, small", &[&[(0.1, 0.1), (0.3, 0.1), (0.3, 0.4)]])];
    assert_eq!(heard.shapes(), expected, "centre and size; corners");
    assert_eq!(heard.images, ["images/train/photo"], "labels lie where the images do");
    assert_eq!(
        heard.problem_texts(),
        ["photo.txt, line 3: there is no class 7; the list has 2", "photo.txt, line 4: \"nan\" is not a number"],
        ""
    );
}

#[test]
fn labelme_has_all_its_shapes_and_the_words_of_x_anylabeling() {
    let mut heard = Heard::default();
    let bytes = fs::read(golden("labelme/photo.json")).expect("there");
    assert!(labelme::read("photo.json", &bytes, &mut |f| heard.take(f)).is_continue(), "to the end");
    let shapes = heard.shapes();
    assert_eq!(shapes[0], shape("person", &[&[(10., 20.25), (30.5, 40.)]]), "corners in any order");
    assert_eq!(
        shapes[1],
        shape("dog", &[&[(10., 10.), (30., 10.), (30., 30.)], &[(50., 50.), (60., 50.), (60., 60.)]]),
        "one group is one object"
    );
    assert_eq!(shapes[2].1[0].len(), 64, "a circle");
    assert_eq!(shapes[2].1[0][0], (60., 40.), "through its point");
    assert_eq!(shapes[3], shape("eye", &[&[(5., 6.)]]), "a point");
    assert_eq!(shapes[4].1[0], [(1., 2.), (3., 2.), (3., 4.), (1., 4.)], "a turned box of X-AnyLabeling");
    assert_eq!(heard.objects[0].status, Status::AwaitingReview, "checked is \"failed\": somebody has to look");
    assert_eq!(heard.images, ["../images/photo.png"], "whatever the slashes");
    assert_eq!(heard.problem_texts(), ["photo.json, /shapes/7: the shape has no label"], "");
    assert_eq!((heard.losses.count(Loss::Circle), heard.losses.count(Loss::NotARegion)), (1, 1), "said");
}

#[test]
fn cvat_turns_about_the_centre_and_runs_along_the_rows() {
    let mut heard = Heard::default();
    let file = File::open(golden("cvat.xml")).expect("there");
    assert!(cvat::read("cvat.xml", file, &mut |f| heard.take(f)).is_continue(), "to the end");
    let shapes = heard.shapes();
    assert_eq!(shapes[0], shape("person", &[&[(10.5, 20.25), (40.5, 60.25)]]), "far edges, not sizes");
    assert_eq!(shapes[1].1[0], [(25., 5.), (25., 25.), (15., 25.), (15., 5.)], "a quarter turn, clockwise");
    assert_eq!(shapes[2].1.len(), 2, "one group is one object");
    assert_eq!(shapes[3].1[0][0], (60., 40.), "an ellipse");
    let [first, second] = &shapes[4].1[..] else { panic!("two pixels that touch at a corner: {:?}", shapes[4]) };
    assert_eq!(
        (first[0], second[0]),
        ((6., 6.), (5., 7.)),
        "the second pixel of the first row, the first of the second"
    );
    assert_eq!(shapes[5], shape("indoor", &[]), "a tag speaks of the whole image");
    assert_eq!(heard.problem_texts(), ["cvat.xml, line 27: xbr: \"NaN\" is not a number"], "with its line");
    assert_eq!(heard.objects[0].image.split, "Train", "the subset");
}

#[test]
fn label_studio_measures_percents_and_turns_about_the_top_left_corner() {
    let mut heard = Heard::default();
    let bytes = fs::read(golden("label_studio.json")).expect("there");
    assert!(label_studio::read("ls.json", &bytes, &mut |f| heard.take(f)).is_continue(), "to the end");
    let shapes = heard.shapes();
    assert_eq!(shapes[0], shape("person", &[&[(0.1, 0.25), (0.3, 0.75)]]), "percents");
    // 50 %, 50 % of 100 × 80 is (50, 40); 20 px wide and 8 high, turned by 90° it goes 20 px down and 8 px to the left.
    assert_eq!(shapes[1].1[0], [(0.5, 0.5), (0.5, 0.75), (0.42, 0.75), (0.42, 0.5)], "turned in pixels");
    assert_eq!(shapes[3], shape("indoor", &[]), "a choice speaks of the whole image");
    assert_eq!(shapes[4], shape("eye", &[&[(0.05, 0.05)]]), "a key point");
    assert_eq!(heard.images, ["/data/upload/2/photo.png"], "without what the upload put before the name");
    assert!(heard.problems.is_empty(), "{:?}", heard.problem_texts());
}

#[test]
fn via_comes_as_json_and_as_csv() {
    let mut heard = Heard::default();
    let bytes = fs::read(golden("via/via.json")).expect("there");
    assert!(via::read("via.json", &bytes, &mut |f| heard.take(f)).is_continue(), "to the end");
    let shapes = heard.shapes();
    assert_eq!(shapes[0], shape("person", &[&[(10., 20.), (40., 60.)]]), "x, y, width, height");
    assert_eq!(shapes[1].0, "dog", "what is chosen");
    assert_eq!(shapes[2].1[0][0], (50., 50.), "a quarter turn in radians");
    let mut heard = Heard::default();
    let bytes = fs::read(golden("via/via.csv")).expect("there");
    assert!(via::read("via.csv", &bytes, &mut |f| heard.take(f)).is_continue(), "to the end");
    assert_eq!(heard.shapes()[0], shapes[0], "the same in CSV");
    assert_eq!(heard.images, ["photo.png", "empty.png"], "images without a region too");
    assert_eq!(heard.problem_texts(), ["via.csv, line 5: the line has 2 of 7 columns"], "");
    assert!(matches!(heard.objects[1].parts[0], Shape::Polygon(_)), "a circle");
}

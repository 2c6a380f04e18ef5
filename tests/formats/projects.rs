//! Into projects and out of them again.

use super::support::{golden, project};
use labelwright::formats::Format;
use labelwright::runtime::exchange::{
    ExportOptions, ImportOptions, ImportReport, Mode, OnProblems, Progress, Writing, export, import_into, look_into,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn options(path: PathBuf) -> ImportOptions {
    ImportOptions { path, format: None, mode: Mode::Append, images: None, on_problems: OnProblems::TakeTheRest }
}

pub fn import(dir: &Path, path: PathBuf) -> ImportReport {
    import_into(dir, &options(path), &Progress::silent()).expect("imported")
}

fn export_to(dir: &Path, format: Format, to: &Path) -> labelwright::runtime::exchange::ExportReport {
    let options = ExportOptions { format, to: to.to_owned(), only: Vec::new(), writing: Writing::Write };
    export(dir, &options, &Progress::silent()).expect("exported")
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).expect("there")).expect("JSON")
}

#[test]
fn a_look_says_what_an_import_does_and_importing_twice_doubles_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    let look = look_into(&dir, &options(golden("coco.json")), &Progress::silent()).expect("a look");
    let first = import(&dir, golden("coco.json"));
    assert_eq!(look, first, "what was announced");
    assert_eq!((first.objects, first.new, first.no_image, first.problem_count), (3, 4, 1, 3), "{first:?}");
    assert_eq!(first.no_image_paths, ["elsewhere.png"], "the image that is not there");
    let again = import(&dir, golden("coco.json"));
    assert_eq!((again.new, again.same, again.differ), (0, 4, 0), "{again:?}");
}

#[test]
fn files_with_mistakes_are_not_imported_unless_the_rest_is_wanted() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    let strict = ImportOptions { on_problems: OnProblems::Stop, ..options(golden("coco.json")) };
    let report = import_into(&dir, &strict, &Progress::silent()).expect("looked at");
    assert_eq!(report.problem_count, 3, "named");
    assert_eq!(labelwright::runtime::status(&dir).expect("status").annotations, 0, "nothing came in");
}

#[test]
fn coco_goes_round_without_a_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    import(&dir, golden("coco.json"));
    let out = folder.path().join("out.json");
    export_to(&dir, Format::Coco, &out);
    let (before, mut after) = (read(&golden("coco.json")), read(&out));
    for annotation in after["annotations"].as_array_mut().expect("a list") {
        annotation.as_object_mut().expect("an object").remove("labelwright");
    }
    for i in 0..3 {
        assert_eq!(after["annotations"][i], before["annotations"][i], "annotation {i}");
    }
    assert_eq!(after["info"], before["info"], "the file's own words");
    assert_eq!(after["categories"], before["categories"], "numbers with gaps");
    let photo = after["images"].as_array().expect("a list").iter().find(|i| i["file_name"] == "photo.png");
    assert_eq!(photo, Some(&before["images"][0]), "the image with its id");
    let back = import(&dir, out.clone());
    assert_eq!((back.new, back.differ), (0, 0), "our own file is known: {back:?}");
    let text = std::fs::read(&out).expect("there");
    export_to(&dir, Format::Coco, &out);
    assert_eq!(std::fs::read(&out).expect("there"), text, "the same from export to export");
}

#[test]
fn every_format_comes_back_as_it_went_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    import(&dir, golden("coco.json"));
    import(&dir, golden("labelme"));
    for format in Format::WRITTEN {
        let out = folder.path().join(format.name());
        let out = if format.is_one_file() { out.with_extension(format.extension()) } else { out };
        let written = export_to(&dir, format, &out);
        assert!(written.objects > 0, "{format}: {written:?}");
        let back = ImportOptions { format: Some(format), ..options(out) };
        let back = look_into(&dir, &back, &Progress::silent()).expect("it reads");
        assert_eq!((back.problem_count, back.no_image), (0, 0), "{format}: {back:?}");
        // A box of four corners is another shape than a box.
        let allowed = if format == Format::YoloSeg { 3 } else { 0 };
        assert!(back.new <= allowed, "{format}: {back:?}");
    }
}

#[test]
fn labelme_goes_round_with_what_has_no_place_here() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    import(&dir, golden("labelme"));
    let out = folder.path().join("out");
    export_to(&dir, Format::Labelme, &out);
    let (before, after) = (read(&golden("labelme/photo.json")), read(&out.join("images/photo.json")));
    let find = |of: &Value, label: &str, at: usize| -> Value {
        let shapes = of["shapes"].as_array().expect("a list");
        let mut shape = shapes.iter().filter(|s| s["label"] == label).nth(at).expect("there").clone();
        let map = shape.as_object_mut().expect("an object");
        map.remove("labelwright");
        map.retain(|_, v| !v.is_null() && *v != json!("") && *v != json!({}));
        shape
    };
    for (label, at) in [("person", 0), ("dog", 0), ("dog", 1), ("ball", 0), ("eye", 0), ("road", 0), ("car", 0)] {
        let (was, is) = (find(&before, label, at), find(&after, label, at));
        assert_eq!(is, was, "{label}");
    }
    for word in ["version", "flags", "imagePath", "imageHeight", "imageWidth", "checked", "description", "imageData"] {
        assert_eq!(after[word], before[word], "{word}");
    }
}

#[test]
fn cvat_voc_and_yolo_go_round() {
    for (format, source, target) in
        [(Format::Cvat, "cvat.xml", "out.xml"), (Format::Voc, "voc", "out"), (Format::YoloSeg, "yolo", "out")]
    {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = project(folder.path());
        let first = ImportOptions { format: Some(format), ..options(golden(source)) };
        let report = import_into(&dir, &first, &Progress::silent()).expect("imported");
        assert!(report.new > 0, "{format}: {report:?}");
        let out = folder.path().join(target);
        export_to(&dir, format, &out);
        match format {
            Format::Cvat => {
                let (was, is) = (
                    std::fs::read_to_string(golden(source)).expect("there"),
                    std::fs::read_to_string(&out).expect("there"),
                );
                for word in [
                    "rotation=\"90.00\"",
                    "rle=\"1, 2, 1\"",
                    "rx=\"10.00\"",
                    "<polyline",
                    "<attribute name=\"age\">7",
                    "<color>#c06060",
                    "subset=\"Train\"",
                    "group_id=\"3\"",
                ] {
                    assert!(was.contains(word) && is.contains(word), "{word} in:\n{is}");
                }
            }
            Format::Voc => {
                let is = std::fs::read_to_string(out.join("photo.xml")).expect("there");
                let was = std::fs::read_to_string(golden("voc/photo.xml")).expect("there");
                let first_object = &was[..was.find("  <object>\n    <name>dog").expect("the bad one")];
                assert_eq!(is, format!("{first_object}</annotation>\n"), "to the letter");
            }
            _ => {
                let is = std::fs::read_to_string(out.join("labels/train/photo.txt")).expect("there");
                assert!(is.lines().any(|line| line == "2 0.1 0.1 0.3 0.1 0.3 0.4"), "{is}");
                let names = std::fs::read_to_string(out.join("data.yaml")).expect("there");
                assert!(names.contains("path: ../datasets/coco8") && names.contains("2: \"dog, small\""), "{names}");
            }
        }
    }
}

#[test]
fn replace_leaves_exactly_what_the_file_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    import(&dir, golden("coco.json"));
    let replace = ImportOptions { mode: Mode::Replace, ..options(golden("cvat.xml")) };
    let report = import_into(&dir, &replace, &Progress::silent()).expect("imported");
    // The box that both have stays, although another program calls it something else.
    assert_eq!(report.removed, 4, "{report:?}");
    let status = labelwright::runtime::status(&dir).expect("status");
    assert_eq!(status.annotations, u64::try_from(report.new + report.same).expect("few"), "nothing else");
}

#[test]
fn a_renamed_image_is_found_by_its_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    let work = folder.path().join("work");
    std::fs::create_dir_all(&work).expect("a folder");
    std::fs::copy(folder.path().join("pictures/photo.png"), work.join("renamed.png")).expect("copied");
    let labels = json!({"version": "5.0.1", "imagePath": "renamed.png", "imageData": null, "shapes": [
        {"label": "x", "points": [[1, 1], [5, 5]], "shape_type": "rectangle"}]});
    std::fs::write(work.join("renamed.json"), labels.to_string()).expect("written");
    let report = import(&dir, work);
    assert_eq!((report.new, report.no_image), (1, 0), "{report:?}");
}

#[test]
fn the_rules_counts_and_pictures_of_a_project_need_no_window() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    import(&dir, golden("coco.json"));
    let stats = labelwright::runtime::stats(&dir, &Progress::silent()).expect("stats");
    assert_eq!((stats.images, stats.annotated_images, stats.annotations), (2, 1, 4), "{stats:?}");
    assert_eq!((stats.kinds["box"], stats.kinds["polygon"]), (1, 3), "by kind");
    assert_eq!((stats.concepts["person"].annotations, stats.concepts["person"].images), (3, 1), "by concept");
    let report = labelwright::runtime::validate(&dir, &Progress::silent()).expect("looked at");
    assert_eq!(report.rules.get("tiny"), Some(&1), "three pixels by two: {report:?}");
    let png = labelwright::runtime::render(&dir, "photo.png").expect("a picture");
    let picture = labelwright::images::decode(&png, &labelwright::images::Limits::default()).expect("a PNG");
    assert_eq!((picture.width_px(), picture.height_px()), (100, 80), "as large as the image");
    assert_ne!(picture.pixel(25, 40), [90, 90, 90, 255], "inside the box it is coloured");
    assert_eq!(picture.pixel(90, 5), [90, 90, 90, 255], "outside it is as it was");
}

#[test]
fn images_that_are_named_and_missing_are_listed_for_every_format() {
    let files: [(Format, &str, &str); 8] = [
        (
            Format::Coco,
            "given/a.json",
            r#"{"images": [{"id": 1, "file_name": "gone.png"}], "categories": [{"id": 1, "name": "x"}],
                "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2]}]}"#,
        ),
        (Format::Yolo, "given/gone.txt", "0 0.5 0.5 0.1 0.1"),
        (
            Format::Voc,
            "given/gone.xml",
            "<annotation><filename>gone.png</filename><object><name>x</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax>
             <ymax>2</ymax></bndbox></object></annotation>",
        ),
        (
            Format::Labelme,
            "given/gone.json",
            r#"{"imagePath": "gone.png", "shapes": [{"label": "x", "points": [[1, 1]], "shape_type": "point"}]}"#,
        ),
        (
            Format::Cvat,
            "given/a.xml",
            "<annotations><image name='gone.png'><tag label='x'/></image></annotations>",
        ),
        (
            Format::LabelStudio,
            "given/a.json",
            r#"[{"data": {"image": "gone.png"}, "annotations": [{"result": [{"id": "r", "value": {"choices": ["x"]}}]}]}]"#,
        ),
        (
            Format::Via,
            "given/a.json",
            r#"{"k": {"filename": "gone.png", "regions": [{"shape_attributes": {"name": "point", "cx": 1, "cy": 1},
                "region_attributes": {"class": "x"}}]}}"#,
        ),
        (
            Format::Api,
            "given/a.json",
            r#"{"inputs": [{"id": "i", "name": "gone.png"}], "annotations": [{"id": "a", "input_id": "i", "data": {"concepts": [{"id": "x", "value": 1}]}}]}"#,
        ),
    ];
    for (format, name, text) in files {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = project(folder.path());
        std::fs::create_dir(folder.path().join("given")).expect("a folder");
        std::fs::write(folder.path().join("given/classes.txt"), "x\n").expect("written");
        std::fs::write(folder.path().join(name), text).expect("written");
        let wanted = ImportOptions { format: Some(format), ..options(folder.path().join("given")) };
        let report = import_into(&dir, &wanted, &Progress::silent()).expect("imported");
        assert_eq!((report.new, report.no_image, report.problem_count), (0, 1, 0), "{format}: {report:?}");
        assert!(report.no_image_paths[0].starts_with("gone"), "{format}: {report:?}");
    }
}

#[test]
fn mistakes_in_a_backup_are_named_and_the_good_rest_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = project(folder.path());
    let file = folder.path().join("a.json");
    let good = r#"{"id": "a", "input_id": "photo.png", "data": {"regions": [{"region_info": {"bounding_box":
        {"top_row": 0.1, "left_col": 0.1, "bottom_row": 0.5, "right_col": 0.5}}, "data": {"concepts": [{"id": "x", "value": 1}]}}]}}"#;
    let annotations = [
        good.to_owned(),
        good.replace("0.1,", "NaN,").replace("\"a\"", "\"b\""),
        good.replace("\"bottom_row\": 0.5", "\"bottom_row\": 0.0").replace("\"a\"", "\"c\""),
        good.to_owned(),
        "7".to_owned(),
    ];
    std::fs::write(&file, format!("{{\"annotations\": [{},{{\"id\": \"cut", annotations.join(",\n"))).expect("written");
    let wanted = ImportOptions { format: Some(Format::Api), ..options(file) };
    let report = import_into(&dir, &wanted, &Progress::silent()).expect("imported");
    assert_eq!(report.new, 1, "the good one: {report:?}");
    let said: Vec<(&str, &str)> = report.problems.iter().map(|p| (p.place.as_str(), p.reason.as_str())).collect();
    assert_eq!(said.len(), 5, "{said:?}");
    assert!(said[0].0 == "/annotations/1" && said[0].1.contains("a finite number"), "{said:?}");
    assert_eq!(said[1].0, "/annotations/2", "{said:?}");
    assert_eq!(said[2], ("/annotations/3", "the id a is there twice; this one was left out"), "{said:?}");
    assert_eq!(said[3].0, "/annotations/4", "{said:?}");
    assert!(said[4].1.contains("cut short"), "{said:?}");
}

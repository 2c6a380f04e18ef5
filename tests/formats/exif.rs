//! Pictures that EXIF turns: files that count the pixels as they are stored, and files that count them upright.
//!
//! `turned.jpg` is stored 100 pixels wide and 80 high, with the orientation 6: it is looked at turned a quarter clockwise,
//! 80 wide and 100 high. What is stored at (x, y) is seen at (80 - y, x).

use labelwright::formats::Format;
use labelwright::runtime::exchange::{
    ExportOptions, ImportOptions, Mode, OnProblems, Progress, Writing, export, import_into,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A box as it is stored: x 10 to 40, y 20 to 60.
const STORED: [f64; 4] = [10.0, 20.0, 40.0, 60.0];
/// The same box as it is seen: x 80 - 60 to 80 - 20, y 10 to 40.
const SEEN: [f64; 4] = [20.0, 10.0, 60.0, 40.0];

/// A JPEG of 100 × 80 with the EXIF tag 0x0112 (orientation) 6, by hand: an APP1 segment behind the start of the image.
fn turned_jpeg() -> Vec<u8> {
    let mut jpeg = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(100, 80, |x, y| {
        image::Rgb([u8::try_from(x).unwrap_or(0), u8::try_from(y).unwrap_or(0), 7])
    });
    picture.write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("a JPEG");
    let jpeg = jpeg.into_inner();
    let exif: Vec<u8> = [
        &b"Exif\0\0"[..],
        b"II*\0\x08\0\0\0",                    // little endian, the first directory is at 8
        b"\x01\0",                             // one entry:
        b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0", // 0x0112, a short, one of them: 6
        b"\0\0\0\0",                           // no other directory
    ]
    .concat();
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

/// A project with the turned picture.
fn project(folder: &Path) -> PathBuf {
    let images = folder.join("pictures");
    std::fs::create_dir_all(&images).expect("a folder");
    std::fs::write(images.join("turned.jpg"), turned_jpeg()).expect("a picture");
    let dir = folder.join("project");
    labelwright::runtime::create(&labelwright::runtime::Opening::ImageFolder(images), &dir).expect("a project");
    dir
}

fn take(dir: &Path, path: PathBuf, format: Format, mode: Mode) {
    let options = ImportOptions { path, format: Some(format), mode, images: None, on_problems: OnProblems::Stop };
    let report = import_into(dir, &options, &Progress::silent()).expect("imported");
    assert_eq!((report.problem_count, report.no_image), (0, 0), "{format}: {report:?}");
    assert_eq!(report.new + report.changed, 1, "{format}: {report:?}");
}

fn give(dir: &Path, format: Format, to: &Path) -> String {
    let options = ExportOptions { format, to: to.to_owned(), only: Vec::new(), writing: Writing::Write };
    export(dir, &options, &Progress::silent()).expect("exported");
    let file = match format {
        Format::Voc => to.join("turned.xml"),
        Format::Labelme => to.join("turned.json"),
        Format::Yolo => to.join("labels/turned.txt"),
        _ => to.to_owned(),
    };
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Where the one box of the project is seen, from its backup (parts of the upright image, 80 × 100).
fn seen(dir: &Path, folder: &Path) -> [f64; 4] {
    let text = give(dir, Format::Api, &folder.join("backup.json"));
    let backup: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(backup["annotations"].as_array().map(Vec::len), Some(1), "one box: {backup}");
    let rect = &backup["annotations"][0]["data"]["regions"][0]["region_info"]["bounding_box"];
    let part = |side: &str, of: f64| (rect[side].as_f64().unwrap_or(0.0) * of * 1e3).round() / 1e3;
    [part("left_col", 80.0), part("top_row", 100.0), part("right_col", 80.0), part("bottom_row", 100.0)]
}

fn coco_of([x0, y0, x1, y1]: [f64; 4], (width, height): (u32, u32)) -> String {
    json!({"images": [{"id": 1, "file_name": "turned.jpg", "width": width, "height": height}],
        "categories": [{"id": 1, "name": "cup"}],
        "annotations": [{"id": 9, "image_id": 1, "category_id": 1, "bbox": [x0, y0, x1 - x0, y1 - y0], "iscrowd": 0}]})
    .to_string()
}

fn voc_of([x0, y0, x1, y1]: [f64; 4], (width, height): (u32, u32)) -> String {
    format!(
        "<annotation><filename>turned.jpg</filename><size><width>{width}</width><height>{height}</height></size><object>\
         <name>cup</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox></object></annotation>",
        x0 + 1.0,
        y0 + 1.0
    )
}

fn labelme_of([x0, y0, x1, y1]: [f64; 4], (width, height): (u32, u32)) -> String {
    json!({"version": "5.4.1", "flags": {}, "imagePath": "turned.jpg", "imageData": null, "imageWidth": width,
        "imageHeight": height, "shapes": [{"label": "cup", "shape_type": "rectangle", "points": [[x0, y0], [x1, y1]]}]})
    .to_string()
}

fn cvat_of([x0, y0, x1, y1]: [f64; 4], (width, height): (u32, u32)) -> String {
    format!(
        "<annotations><image id=\"0\" name=\"turned.jpg\" width=\"{width}\" height=\"{height}\">\
         <box label=\"cup\" xtl=\"{x0}\" ytl=\"{y0}\" xbr=\"{x1}\" ybr=\"{y1}\"/></image></annotations>"
    )
}

type Write = fn([f64; 4], (u32, u32)) -> String;

const FORMATS: [(Format, &str, Write); 4] = [
    (Format::Coco, "given.json", coco_of),
    (Format::Voc, "turned.xml", voc_of),
    (Format::Labelme, "turned.json", labelme_of),
    (Format::Cvat, "given.xml", cvat_of),
];

/// The box and the size that a file of this program says.
fn said(format: Format, text: &str) -> ([f64; 4], [f64; 2]) {
    let number = |v: &Value| v.as_f64().unwrap_or(f64::NAN);
    let between = |before: &str, after: &str| -> f64 {
        let begin = text.find(before).unwrap_or_else(|| panic!("no {before} in {text}")) + before.len();
        let end = begin + text[begin..].find(after).expect("its end");
        text[begin..end].parse().unwrap_or(f64::NAN)
    };
    match format {
        Format::Coco => {
            let file: Value = serde_json::from_str(text).expect("JSON");
            let b: Vec<f64> = file["annotations"][0]["bbox"].as_array().expect("a box").iter().map(number).collect();
            let image = &file["images"][0];
            ([b[0], b[1], b[0] + b[2], b[1] + b[3]], [number(&image["width"]), number(&image["height"])])
        }
        Format::Labelme => {
            let file: Value = serde_json::from_str(text).expect("JSON");
            let p = &file["shapes"][0]["points"];
            let rect = [number(&p[0][0]), number(&p[0][1]), number(&p[1][0]), number(&p[1][1])];
            (rect, [number(&file["imageWidth"]), number(&file["imageHeight"])])
        }
        Format::Voc => {
            let side = |name: &str| between(&format!("<{name}>"), "<");
            ([side("xmin") - 1.0, side("ymin") - 1.0, side("xmax"), side("ymax")], [side("width"), side("height")])
        }
        _ => {
            let side = |name: &str| between(&format!(" {name}=\""), "\"");
            ([side("xtl"), side("ytl"), side("xbr"), side("ybr")], [side("width"), side("height")])
        }
    }
}

#[test]
fn files_that_count_stored_pixels_are_turned_upright_and_back() {
    for (format, name, write) in FORMATS {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = project(folder.path());
        let file = folder.path().join(name);
        std::fs::write(&file, write(STORED, (100, 80))).expect("written");
        take(&dir, file, format, Mode::Append);
        assert_eq!(seen(&dir, folder.path()), SEEN, "{format}: as it is seen");
        let out = folder.path().join("out");
        assert_eq!(said(format, &give(&dir, format, &out)), (STORED, [100.0, 80.0]), "{format}: as it came");
        // What is changed here goes the same way back: seen at (0, 0) to (8, 10), stored at (0, 72) to (10, 80).
        let backup = folder.path().join("backup.json");
        let mut changed: Value = serde_json::from_str(&std::fs::read_to_string(&backup).expect("there")).expect("JSON");
        changed["annotations"][0]["data"]["regions"][0]["region_info"]["bounding_box"] =
            json!({"left_col": 0.0, "top_row": 0.0, "right_col": 0.1, "bottom_row": 0.1});
        std::fs::write(&backup, changed.to_string()).expect("written");
        take(&dir, backup, Format::Api, Mode::Update);
        let (rect, size) = said(format, &give(&dir, format, &out));
        assert_eq!((rect, size), ([0.0, 72.0, 10.0, 80.0], [100.0, 80.0]), "{format}: changed, and turned back");
    }
}

#[test]
fn files_that_count_upright_pixels_stay_as_they_are() {
    for (format, name, write) in FORMATS {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = project(folder.path());
        let file = folder.path().join(name);
        std::fs::write(&file, write(SEEN, (80, 100))).expect("written");
        take(&dir, file, format, Mode::Append);
        assert_eq!(seen(&dir, folder.path()), SEEN, "{format}: as it is seen");
        let out = folder.path().join("out");
        assert_eq!(said(format, &give(&dir, format, &out)), (SEEN, [80.0, 100.0]), "{format}: as it came");
        // Another format, into which nothing came, counts upright.
        for (other, ..) in FORMATS.into_iter().filter(|(other, ..)| *other != format) {
            let out = folder.path().join(format!("other-{other}"));
            assert_eq!(said(other, &give(&dir, other, &out)), (SEEN, [80.0, 100.0]), "{format} to {other}");
        }
    }
}

#[test]
fn formats_without_a_size_speak_of_the_upright_picture() {
    let files: [(Format, &str, String); 3] = [
        // Centre (40, 25) of 80 × 100, 40 wide and 30 high.
        (Format::Yolo, "labels/turned.txt", "0 0.5 0.25 0.5 0.3\n".to_owned()),
        (
            Format::LabelStudio,
            "ls.json",
            json!([{"data": {"image": "turned.jpg"}, "annotations": [{"result": [{"id": "r", "type": "rectanglelabels",
                "original_width": 80, "original_height": 100, "image_rotation": 0,
                "value": {"x": 25, "y": 10, "width": 50, "height": 30, "rotation": 0, "rectanglelabels": ["cup"]}}]}]}])
            .to_string(),
        ),
        (
            Format::Via,
            "via.json",
            json!({"turned.jpg1": {"filename": "turned.jpg", "size": 1, "file_attributes": {}, "regions": [
                {"shape_attributes": {"name": "rect", "x": 20, "y": 10, "width": 40, "height": 30},
                 "region_attributes": {"class": "cup"}}]}})
            .to_string(),
        ),
    ];
    for (format, name, text) in files {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = project(folder.path());
        let file = folder.path().join("given").join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(folder.path().join("given/classes.txt"), "cup\n").expect("written");
        std::fs::write(&file, text).expect("written");
        let path = if format == Format::Yolo { folder.path().join("given") } else { file };
        take(&dir, path, format, Mode::Append);
        assert_eq!(seen(&dir, folder.path()), SEEN, "{format}");
        if format == Format::Yolo {
            let out = give(&dir, format, &folder.path().join("out"));
            assert_eq!(out, "0 0.5 0.25 0.5 0.3\n", "as it came");
        }
    }
}

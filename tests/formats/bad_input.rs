//! Mistakes in files: the place, the reason, and the good rest.

use super::support::Heard;
use labelwright::formats::{coco, cvat, label_studio, labelme, via, voc, yolo};

fn coco_of(text: &str) -> Heard {
    let mut heard = Heard::default();
    let bytes = text.as_bytes().to_vec();
    let open = move || -> std::io::Result<Box<dyn std::io::Read>> { Ok(Box::new(std::io::Cursor::new(bytes.clone()))) };
    assert!(coco::read("c.json", &open, &mut |f| heard.take(f)).is_continue(), "to the end");
    heard
}

const HEAD: &str = r#"{"images": [{"id": 1, "file_name": "a.png", "width": 10, "height": 10}],
"categories": [{"id": 1, "name": "x"}],
"annotations": [
{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2]},
"#;

#[test]
fn a_cut_file_gives_what_stands_before_the_cut() {
    let heard = coco_of(&format!("{HEAD}{{\"id\": 2, \"image_id\": 1, \"ca"));
    assert_eq!(heard.objects.len(), 1, "the whole one");
    assert_eq!(heard.problem_texts(), ["c.json, line 5: the file ends in the middle; it is cut short"], "said once");
}

#[test]
fn numbers_that_are_none_are_named_with_the_element() {
    let heard = coco_of(&format!("{HEAD}{{\"id\": 2, \"image_id\": 1, \"category_id\": 1, \"bbox\": [NaN, 1, 2, 2]}},
        {{\"id\": 3, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 1, 1e999, 2]}},
        {{\"id\": 4, \"image_id\": 9, \"category_id\": 1, \"bbox\": [1, 1, 2, 2]}},
        {{\"id\": 5, \"image_id\": 1, \"category_id\": 1, \"segmentation\": [[1, 1, 2]]}},
        {{\"id\": 6, \"image_id\": 1, \"category_id\": 1, \"segmentation\": {{\"size\": [2, 2], \"counts\": [1, 9]}}}}]}}"));
    let texts = heard.problem_texts();
    assert!(texts.contains(&"c.json, line 6: it is not JSON: number out of range".to_owned()), "{texts:?}");
    let heard = coco_of(&format!("{HEAD}{{\"id\": 2, \"image_id\": 1, \"category_id\": 1, \"bbox\": [NaN, 1, 2, 2]}},
        {{\"id\": 4, \"image_id\": 9, \"category_id\": 1, \"bbox\": [1, 1, 2, 2]}},
        {{\"id\": 5, \"image_id\": 1, \"category_id\": 1, \"segmentation\": [[1, 1, 2]]}},
        {{\"id\": 6, \"image_id\": 1, \"category_id\": 1, \"segmentation\": {{\"size\": [2, 2], \"counts\": [1, 9]}}}}]}}"));
    assert_eq!(
        heard.problem_texts(),
        [
            "c.json, /annotations/1: bbox: NaN is not a number",
            "c.json, /annotations/2: there is no image with the id 9",
            "c.json, /annotations/3: segmentation has a polygon of 3 numbers, an odd count",
            "c.json, /annotations/4: its runs do not add up to 2×2 pixels",
        ],
        "the place and the reason"
    );
    assert_eq!(heard.objects.len(), 1, "the good rest");
}

#[test]
fn other_encodings_and_other_files_are_named() {
    let mut heard = Heard::default();
    let utf16: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(labelme::read("a.json", &utf16, &mut |f| heard.take(f)).is_continue(), "to the end");
    assert!(
        labelme::read("b.json", b"{\"shapes\": [], \"imagePath\": \"\xFF\"}", &mut |f| heard.take(f)).is_continue(),
        ""
    );
    assert!(voc::read("c.xml", b"<annotations/>", &mut |f| heard.take(f)).is_continue(), "");
    assert!(yolo::read("d.txt", "d.txt", b"0 0.5\n\xFF", &[], &mut |f| heard.take(f)).is_continue(), "");
    assert!(cvat::read("e.xml", &b"<annotations>\n<image name='a'>"[..], &mut |f| heard.take(f)).is_continue(), "");
    let texts = heard.problem_texts();
    assert!(texts[0].contains("UTF-16"), "{texts:?}");
    assert!(texts[1].starts_with("b.json, line 1"), "{texts:?}");
    assert_eq!(texts[2], "c.xml: it is <annotations>, not <annotation>", "");
    assert_eq!(texts[3], "d.txt, line 2: the text is not UTF-8", "");
    assert!(texts[4].starts_with("e.xml, line 2: the file ends in the middle"), "{texts:?}");
}

/// What a reader says of a file: the objects that are good, and the problems.
type Reading = (usize, Vec<String>);

fn read(format: &str, bytes: &[u8]) -> Reading {
    let mut heard = Heard::default();
    let names = [(0, "x".to_owned())];
    let mut sink = |found| heard.take(found);
    let flow = match format {
        "coco" => {
            let bytes = bytes.to_vec();
            let open = move || -> std::io::Result<Box<dyn std::io::Read>> {
                Ok(Box::new(std::io::Cursor::new(bytes.clone())))
            };
            coco::read("f", &open, &mut sink)
        }
        "yolo" => yolo::read("f", "f.txt", bytes, &names, &mut sink),
        "voc" => voc::read("f", bytes, &mut sink),
        "labelme" => labelme::read("f", bytes, &mut sink),
        "cvat" => cvat::read("f", bytes, &mut sink),
        "label-studio" => label_studio::read("f", bytes, &mut sink),
        _ => via::read("f", bytes, &mut sink),
    };
    assert!(flow.is_continue(), "{format}: to the end");
    (heard.objects.len(), heard.problem_texts())
}

/// A file of one good box of the label `x`, with something put behind it (`more`).
fn file(format: &str, more: &str) -> String {
    match format {
        "coco" => format!("{HEAD}{more}]}}").replace(",\n]}", "]}"),
        "yolo" => format!("0 0.5 0.5 0.2 0.2\n{more}"),
        "voc" => format!(
            "<annotation><filename>a.png</filename>\n<object><name>x</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax>\
             <ymax>4</ymax></bndbox></object>\n{more}</annotation>"
        ),
        "labelme" => format!(
            "{{\"imagePath\": \"a.png\", \"shapes\": [\n{{\"label\": \"x\", \"points\": [[1, 1], [4, 4]], \
             \"shape_type\": \"rectangle\"}}{more}]}}"
        ),
        "cvat" => format!(
            "<annotations>\n<image name=\"a.png\"><box label=\"x\" xtl=\"1\" ytl=\"1\" xbr=\"4\" ybr=\"4\"/>\n{more}</image></annotations>"
        ),
        "label-studio" => format!(
            "[{{\"data\": {{\"image\": \"a.png\"}}, \"annotations\": [{{\"result\": [\n{{\"id\": \"a\", \"type\": \"r\", \"value\": \
             {{\"x\": 1, \"y\": 1, \"width\": 3, \"height\": 3, \"rectanglelabels\": [\"x\"]}}}}{more}]}}]}}]"
        ),
        "via" => format!(
            "{{\"k\": {{\"filename\": \"a.png\", \"regions\": [\n{{\"shape_attributes\": {{\"name\": \"rect\", \"x\": 1, \"y\": 1, \
             \"width\": 3, \"height\": 3}}, \"region_attributes\": {{\"class\": \"x\"}}}}{more}]}}}}"
        ),
        _ => format!(
            "filename,region_shape_attributes,region_attributes\n\
             a.png,\"{{\"\"name\"\":\"\"point\"\",\"\"cx\"\":1,\"\"cy\"\":1}}\",\"{{\"\"class\"\":\"\"x\"\"}}\"\n{more}"
        ),
    }
}

const FORMATS: [&str; 8] = ["coco", "yolo", "voc", "labelme", "cvat", "label-studio", "via", "via-csv"];

#[test]
fn the_files_of_these_tests_are_good_but_for_what_is_put_into_them() {
    for format in FORMATS {
        assert_eq!(read(format, file(format, "").as_bytes()), (1, Vec::new()), "{format}");
    }
}

/// What each format says of one bad thing behind a good one.
#[track_caller]
fn all_say(cases: &[(&str, &str, &str)]) {
    for (format, more, expected) in cases {
        let (good, problems) = read(format, file(format, more).as_bytes());
        assert_eq!(
            (good, problems),
            (1, vec![(*expected).to_owned()]),
            "{format}: the good one, and why the other is none"
        );
    }
}

#[test]
fn what_is_no_number_is_named_with_its_place_in_every_format() {
    all_say(&[
        (
            "coco",
            "{\"id\": 2, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, Infinity, 2, 2]}",
            "f, /annotations/1: bbox: an infinite number",
        ),
        ("yolo", "0 nan 0.5 0.2 0.2", "f, line 2: \"nan\" is not a number"),
        (
            "voc",
            "<object><name>x</name><bndbox><xmin>NaN</xmin><ymin>1</ymin><xmax>4</xmax><ymax>4</ymax></bndbox></object>",
            "f, line 3: xmin: \"NaN\" is not a number",
        ),
        (
            "labelme",
            ", {\"label\": \"x\", \"points\": [[1, NaN], [4, 4]], \"shape_type\": \"rectangle\"}",
            "f, /shapes/1: NaN is not a number",
        ),
        ("cvat", "<polygon label=\"x\" points=\"1,1;2,inf;3,3\"/>", "f, line 3: \"inf\" is not a number"),
        (
            "label-studio",
            ", {\"id\": \"b\", \"type\": \"r\", \"value\": {\"x\": NaN, \"y\": 1, \"width\": 3, \"height\": 3, \"rectanglelabels\": [\"x\"]}}",
            "f, /0/annotations/0/result/1: x: NaN is not a number",
        ),
        (
            "via",
            ", {\"shape_attributes\": {\"name\": \"rect\", \"x\": NaN, \"y\": 1, \"width\": 3, \"height\": 3}, \"region_attributes\": {}}",
            "f, /k/regions/1: x: NaN is not a number",
        ),
        (
            "via-csv",
            "a.png,\"{\"\"name\"\":\"\"point\"\",\"\"cx\"\":\"\"one\"\",\"\"cy\"\":1}\",{}\n",
            "f, line 3: cx: \"one\" is not a number",
        ),
    ]);
}

#[test]
fn negative_and_empty_sizes_are_named_with_their_place_in_every_format() {
    all_say(&[
        (
            "coco",
            "{\"id\": 2, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 1, -2, 2]}",
            "f, /annotations/1: bbox is -2 wide and 2 high",
        ),
        ("yolo", "0 0.5 0.5 -0.2 0.2", "f, line 2: the box is -0.2 wide and 0.2 high"),
        (
            "voc",
            "<object><name>x</name><bndbox><xmin>9</xmin><ymin>1</ymin><xmax>4</xmax><ymax>4</ymax></bndbox></object>",
            "f, line 3: the bndbox goes from (9, 1) back to (4, 4)",
        ),
        (
            "labelme",
            ", {\"label\": \"x\", \"points\": [[4, 1], [4, 4]], \"shape_type\": \"rectangle\"}",
            "f, /shapes/1: the rectangle has no area",
        ),
        (
            "cvat",
            "<box label=\"x\" xtl=\"4\" ytl=\"1\" xbr=\"1\" ybr=\"4\"/>",
            "f, line 3: the box is -3 wide and 3 high",
        ),
        (
            "label-studio",
            ", {\"id\": \"b\", \"type\": \"r\", \"value\": {\"x\": 1, \"y\": 1, \"width\": -3, \"height\": 3, \"rectanglelabels\": [\"x\"]}}",
            "f, /0/annotations/0/result/1: the box is -3 % wide and 3 % high",
        ),
        (
            "via",
            ", {\"shape_attributes\": {\"name\": \"rect\", \"x\": 1, \"y\": 1, \"width\": -3, \"height\": 3}, \"region_attributes\": {}}",
            "f, /k/regions/1: width is -3",
        ),
        (
            "via-csv",
            "a.png,\"{\"\"name\"\":\"\"circle\"\",\"\"cx\"\":1,\"\"cy\"\":1,\"\"r\"\":-2}\",{}\n",
            "f, line 3: r is -2",
        ),
    ]);
}

#[test]
fn indices_out_of_range_and_ids_that_are_there_twice_are_named() {
    all_say(&[
        (
            "coco",
            "{\"id\": 2, \"image_id\": 3, \"category_id\": 1, \"bbox\": [1, 1, 2, 2]}",
            "f, /annotations/1: there is no image with the id 3",
        ),
        (
            "coco",
            "{\"id\": 2, \"image_id\": 1, \"category_id\": 4, \"bbox\": [1, 1, 2, 2]}",
            "f, /annotations/1: there is no category with the id 4",
        ),
        (
            "coco",
            "{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 1, 2, 2]}",
            "f, /annotations/1: the id 1 is there twice; this one was left out",
        ),
        ("yolo", "5 0.5 0.5 0.2 0.2", "f, line 2: there is no class 5; the list has 1"),
        ("yolo", "-1 0.5 0.5 0.2 0.2", "f, line 2: there is no class -1; the list has 1"),
        ("yolo", "0 50 50 20 20", "f, line 2: 50 is no part of the image's width or height; positions go from 0 to 1"),
        (
            "cvat",
            "<mask label=\"x\" rle=\"1, 99\" left=\"0\" top=\"0\" width=\"2\" height=\"2\"/>",
            "f, line 3: its runs do not add up to 2×2 pixels",
        ),
    ]);
    let twice = "{\"images\": [{\"id\": 1, \"file_name\": \"a.png\"}, {\"id\": 1, \"file_name\": \"b.png\"}], \"categories\": \
                 [{\"id\": 1, \"name\": \"x\"}, {\"id\": 1, \"name\": \"y\"}], \"annotations\": []}";
    let said = ["f, /images/1: the image id 1 is there twice", "f, /categories/1: the category id 1 is there twice"];
    assert_eq!(read("coco", twice.as_bytes()), (0, said.map(str::to_owned).to_vec()), "images and categories");
    let problem = yolo::description("data.yaml", b"names:\n  0: x\n  0: y\n").expect_err("a number twice");
    assert_eq!(problem.to_string(), "data.yaml, line 3: the class 0 is there twice", "classes");
}

#[test]
fn cut_files_are_named_in_every_format_and_what_stands_before_the_cut_is_taken_where_it_can_be() {
    let cut = |format: &str, more: &str| {
        let text = file(format, more);
        let at = text.find('✂').expect("a cut");
        read(format, &text.as_bytes()[..at])
    };
    let said = |good: usize, text: &str| (good, vec![text.to_owned()]);
    let end = "the file ends in the middle; it is cut short";
    assert_eq!(cut("coco", "{\"id\": 2, \"ima✂"), said(1, &format!("f, line 5: {end}")), "COCO");
    assert_eq!(cut("voc", "<object><name>✂"), said(1, &format!("f, line 3: {end}")), "VOC");
    assert_eq!(
        cut("yolo", "0 0.5 0.5✂"),
        said(1, "f, line 2: 2 numbers are neither a box (4) nor a polygon (pairs, at least 3)"),
        "YOLO"
    );
    assert_eq!(cut("via-csv", "a.png,\"{\"\"na✂"), said(1, "f, line 3: the line has 2 of 3 columns"), "VIA CSV");
    // A file for each image, and formats whose parts lie in one another: the file is said as a whole.
    for format in ["labelme", "label-studio", "via"] {
        assert_eq!(cut(format, ", {\"a✂"), said(0, &format!("f, line 2: {end}")), "{format}");
    }
    // Of CVAT's the images before.
    let text = "<annotations>\n<image name=\"a.png\"><box label=\"x\" xtl=\"1\" ytl=\"1\" xbr=\"4\" ybr=\"4\"/></image>\n<image na";
    let (good, problems) = read("cvat", text.as_bytes());
    assert_eq!((good, problems.len()), (1, 1), "CVAT: {problems:?}");
    assert!(problems[0].starts_with("f, line 3: "), "{problems:?}");
}

#[test]
fn other_encodings_are_named_in_every_format() {
    for format in FORMATS {
        let utf16: Vec<u8> =
            format!("\u{feff}{}", file(format, "")).encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (good, problems) = read(format, &utf16);
        assert_eq!((good, problems.len()), (0, 1), "{format}: {problems:?}");
        assert!(problems[0].contains("UTF-16"), "{format}: {problems:?}");
        // Latin 1: an umlaut is one byte that is no UTF-8.
        let text = file(format, "").replace("a.png", "\u{fffd}.png");
        let latin: Vec<u8> = text
            .chars()
            .map(|c| if c == '\u{fffd}' { 0xE4 } else { u8::try_from(u32::from(c)).unwrap_or(b'?') })
            .collect();
        if format != "yolo" {
            let (_, problems) = read(format, &latin);
            assert!(problems.iter().any(|p| p.starts_with("f, line ")), "{format}: {problems:?}");
        }
    }
}

#[test]
fn archives_are_refused_with_what_to_do_in_every_format() {
    use labelwright::formats::Format;
    use labelwright::runtime::exchange::{ImportOptions, Mode, OnProblems, Progress, look_into};
    let folder = tempfile::tempdir().expect("a folder");
    let dir = super::support::project(folder.path());
    // A zip whose one member is called ../../evil.json and says that it is 4 GiB large; and the head of a gzip.
    let zip = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\x10\0\0\0\xFF\xFF\xFF\xFF\x0F\0\0\0../../evil.json\0\0\0\0";
    let gzip = b"\x1F\x8B\x08\0\0\0\0\0\0\x03\x4B\x04\0\0\0\0\0";
    for (name, bytes) in [("a.zip", &zip[..]), ("a.json", &zip[..]), ("a.xml", &zip[..]), ("a.tar.gz", &gzip[..])] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        for format in std::iter::once(None).chain(Format::ALL.map(Some)) {
            let options = ImportOptions {
                path: path.clone(),
                format,
                mode: Mode::Append,
                images: None,
                on_problems: OnProblems::Stop,
            };
            let said = match look_into(&dir, &options, &Progress::silent()) {
                Err(reason) => reason,
                Ok(report) => {
                    assert_eq!(report.new, 0, "{name}, {format:?}");
                    report.problems.iter().map(|p| format!("{}: {}\n", p.file, p.reason)).collect()
                }
            };
            assert!(said.contains("archive; unpack it"), "{name}, {format:?}: {said:?}");
        }
    }
    assert!(!folder.path().parent().is_some_and(|up| up.join("evil.json").exists()), "nothing was unpacked");
}

#[test]
fn a_path_that_leads_out_of_the_folder_finds_no_image_by_its_bytes() {
    use labelwright::runtime::exchange::{ImportOptions, Mode, OnProblems, Progress, look_into};
    let folder = tempfile::tempdir().expect("a folder");
    let dir = super::support::project(folder.path());
    let given = folder.path().join("given");
    std::fs::create_dir(&given).expect("a folder");
    // The same bytes as photo.png, outside the folder that is imported.
    std::fs::copy(folder.path().join("pictures/photo.png"), folder.path().join("secret.png")).expect("copied");
    for path in ["../secret.png", "x/../../secret.png", &folder.path().join("secret.png").to_string_lossy()] {
        let text = serde_json::json!({"version": "5.0.1", "imagePath": path, "imageData": null, "shapes": []});
        std::fs::write(given.join("a.json"), text.to_string()).expect("written");
        let options = ImportOptions {
            path: given.clone(),
            format: None,
            mode: Mode::Append,
            images: None,
            on_problems: OnProblems::Stop,
        };
        let report = look_into(&dir, &options, &Progress::silent()).expect("looked at");
        assert_eq!((report.images, report.no_image), (1, 1), "{path}: {report:?}");
    }
}

/// A PNG that says that it is 60,000 pixels wide and as high, in some hundred bytes.
fn bomb() -> Vec<u8> {
    let crc = |bytes: &[u8]| -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
        })
    };
    let chunk = |kind: &[u8], data: &[u8]| -> Vec<u8> {
        let body = [kind, data].concat();
        let length = u32::try_from(data.len()).unwrap_or(0).to_be_bytes();
        [&length[..], &body, &crc(&body).to_be_bytes()].concat()
    };
    let side = 60_000_u32.to_be_bytes();
    let header = [&side[..], &side, &[8, 0, 0, 0, 0]].concat();
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &header),
        &chunk(b"IDAT", &[0x78, 0x9C, 3, 0, 0, 0, 0, 1]),
        &chunk(b"IEND", b""),
    ]
    .concat()
}

#[test]
fn masks_that_would_fill_the_memory_are_refused() {
    use base64::Engine as _;
    let png = base64::engine::general_purpose::STANDARD.encode(bomb());
    let more =
        format!(", {{\"label\": \"x\", \"points\": [[0, 0], [9, 9]], \"shape_type\": \"mask\", \"mask\": \"{png}\"}}");
    let (good, problems) = read("labelme", file("labelme", &more).as_bytes());
    assert_eq!((good, problems.len()), (1, 1), "{problems:?}");
    assert!(problems[0].starts_with("f, /shapes/1: the mask is not a PNG"), "{problems:?}");
    all_say(&[
        (
            "coco",
            "{\"id\": 2, \"image_id\": 1, \"category_id\": 1, \"segmentation\": {\"size\": [99999, 99999], \"counts\": [0, 9999800001]}}",
            "f, /annotations/1: a mask of 99999×99999 pixels is too large",
        ),
        (
            "cvat",
            "<mask label=\"x\" rle=\"0,9999800001\" left=\"0\" top=\"0\" width=\"99999\" height=\"99999\"/>",
            "f, line 3: a mask of 99999×99999 pixels is too large",
        ),
    ]);
}

//! Mistakes in files: the place, the reason, and the good rest.

use super::support::Heard;
use labelwright::formats::{coco, cvat, labelme, voc, yolo};

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

//! Whatever shapes there are, what is written reads as the same.

use super::support::{Heard, Said, corners};
use labelwright::formats::{Class, Format, Item, Losses, OutImage, coco, cvat, labelme, voc, yolo};
use labelwright::geometry::{Point, Rect, Ring};
use labelwright::model::{LocalId, Map, Shape, Status, Worker};
use proptest::prelude::*;

const SIZE: (u32, u32) = (640, 480);

/// Positions in eighths of a pixel: every format can write them.
fn position() -> impl Strategy<Value = Point> {
    (8_u16..5000, 8_u16..3700).prop_map(|(x, y)| Point::new(f64::from(x) / 8.0, f64::from(y) / 8.0))
}

fn rect() -> impl Strategy<Value = Shape> {
    (position(), 1_u16..200, 1_u16..200).prop_map(|(min, w, h)| {
        Shape::Box(Rect { min, max: Point::new(min.x + f64::from(w) / 8.0, min.y + f64::from(h) / 8.0) })
    })
}

fn polygon() -> impl Strategy<Value = Shape> {
    (position(), 3_u16..12, 1_u16..100).prop_map(|(center, n, radius)| {
        let at = |i: u16| {
            let t = f64::from(i) / f64::from(n) * std::f64::consts::TAU;
            let eighth = |v: f64| (v * 8.0).round() / 8.0;
            let reach = f64::from(radius) + 4.0;
            Point::new(eighth(center.x + reach * t.cos()), eighth(center.y + reach * t.sin()))
        };
        Shape::Polygon(Ring::new((0..n).map(at).collect()))
    })
}

fn item() -> impl Strategy<Value = Item> {
    let shapes = prop_oneof![rect().prop_map(|s| vec![s]), prop::collection::vec(polygon(), 1..4)];
    (shapes, any::<u128>(), "[a-zäß<&\" ]{1,8}[a-z]").prop_map(|(parts, lid, label)| Item {
        lid: LocalId(lid),
        labels: vec![(label.trim().to_owned(), 1.0)],
        parts,
        status: Status::Success,
        worker: Worker::Me,
        info: Map::new(),
        origin: None,
    })
}

fn image() -> OutImage {
    OutImage { number: 7, path: "a/b.png".to_owned(), size: SIZE, split: String::new(), kept: Map::new(), bytes: None }
}

fn classes(items: &[Item]) -> Vec<Class> {
    let mut names: Vec<String> = items.iter().map(|i| i.labels[0].0.clone()).collect();
    names.sort();
    names.dedup();
    (0..).zip(names).map(|(n, name)| Class { number: Some(n), name, kept: Map::new() }).collect()
}

/// Labels and positions, in an order of their own: formats may bring parts together.
fn said(items: &[Item]) -> Vec<Said> {
    let mut all: Vec<_> =
        items.iter().map(|i| (i.labels[0].0.clone(), i.parts.iter().map(corners).collect::<Vec<_>>())).collect();
    all.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
    all
}

fn heard(heard: &Heard) -> Vec<Said> {
    let mut all = heard.shapes();
    all.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
    all
}

fn in_order(mut items: Vec<Item>) -> Vec<Item> {
    // Ids that are the same would be the same object.
    items.sort_by_key(|i| i.lid);
    items.dedup_by_key(|i| i.lid);
    items
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn coco(items in prop::collection::vec(item(), 0..8)) {
        let items = in_order(items);
        let mut writer = coco::Writer::begin(Vec::new(), &Map::new(), &classes(&items), &mut std::iter::once(image())).expect("begun");
        for item in &items {
            writer.object(&image(), item).expect("written");
        }
        let bytes = writer.end().expect("ended");
        let mut found = Heard::default();
        let open = || -> std::io::Result<Box<dyn std::io::Read>> { Ok(Box::new(std::io::Cursor::new(bytes.clone()))) };
        prop_assert!(coco::read("c", &open, &mut |f| found.take(f)).is_continue());
        prop_assert!(found.problems.is_empty(), "{:?}", found.problem_texts());
        prop_assert_eq!(heard(&found), said(&items));
    }

    #[test]
    fn cvat(items in prop::collection::vec(item(), 0..8)) {
        let items = in_order(items);
        let mut writer = cvat::Writer::begin(Vec::new(), &Map::new(), &classes(&items)).expect("begun");
        writer.image(0, &image(), &items).expect("written");
        let bytes = writer.end().expect("ended");
        let mut found = Heard::default();
        prop_assert!(cvat::read("c", &bytes[..], &mut |f| found.take(f)).is_continue());
        prop_assert!(found.problems.is_empty(), "{:?}", found.problem_texts());
        prop_assert_eq!(heard(&found), said(&items));
    }

    #[test]
    fn labelme(items in prop::collection::vec(item(), 0..8)) {
        let items = in_order(items);
        let text = labelme::write(&image(), &items);
        let mut found = Heard::default();
        prop_assert!(labelme::read("c.json", text.as_bytes(), &mut |f| found.take(f)).is_continue());
        prop_assert!(found.problems.is_empty(), "{:?}", found.problem_texts());
        prop_assert_eq!(heard(&found), said(&items));
    }

    #[test]
    fn yolo(items in prop::collection::vec(item(), 0..8)) {
        let mut losses = Losses::default();
        let items: Vec<Item> = items.into_iter().flat_map(|i| labelwright::formats::fit::fit(i, Format::YoloSeg, &mut losses, &String::new)).collect();
        let classes = classes(&items);
        let described = yolo::description("data.yaml", yolo::write_description(&Map::new(), &classes).as_bytes()).expect("it reads");
        prop_assert_eq!(described.classes(), classes.clone());
        let text = yolo::write(&image(), &items, &classes);
        let mut found = Heard::default();
        prop_assert!(yolo::read("c.txt", "c.txt", text.as_bytes(), &described.names, &mut |f| found.take(f)).is_continue());
        prop_assert!(found.problems.is_empty(), "{:?}", found.problem_texts());
        prop_assert_eq!(found.objects.len(), items.len());
        for (object, item) in found.objects.iter().zip(&items) {
            for (a, b) in corners(&object.parts[0]).iter().zip(corners(&item.parts[0])) {
                prop_assert!((a.0 * 640.0 - b.0).abs() < 1e-3 && (a.1 * 480.0 - b.1).abs() < 1e-3, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn voc_keeps_whole_pixels(x in 0_u16..500, y in 0_u16..400, w in 1_u16..100, h in 1_u16..80) {
        let rect = Rect { min: Point::new(f64::from(x), f64::from(y)), max: Point::new(f64::from(x + w), f64::from(y + h)) };
        let item = Item { lid: LocalId(1), labels: vec![("a".to_owned(), 1.0)], parts: vec![Shape::Box(rect)],
            status: Status::Success, worker: Worker::Me, info: Map::new(), origin: None };
        let mut losses = Losses::default();
        let text = voc::write(&image(), std::slice::from_ref(&item), &mut losses);
        let mut found = Heard::default();
        prop_assert!(voc::read("c.xml", text.as_bytes(), &mut |f| found.take(f)).is_continue());
        prop_assert_eq!(heard(&found), said(&[item]));
        prop_assert!(losses.is_empty());
    }
}

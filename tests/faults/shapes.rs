//! Annotations that a server may list and that nobody should send: numbers, rings, labels, ids, statuses, types.

use super::service::INPUT;

const SIDES: [&str; 4] = ["top_row", "left_col", "bottom_row", "right_col"];

const NUMBERS: [&str; 18] = [
    "0",
    "-0.0",
    "1",
    "1.0000001",
    "-0.25",
    "-1e30",
    "1e30",
    "3.4e38",
    "1e39",
    "-1e39",
    "1e400",
    "1e-45",
    "1e-400",
    "0.1",
    "null",
    "\"0.5\"",
    "NaN",
    "true",
];

/// All of them as JSON text (some are none), about three hundred; each is another.
pub fn hostile_annotations() -> Vec<String> {
    let mut regions = numbers();
    regions.extend(boxes());
    regions.extend(rings());
    regions.extend(labels());
    regions.extend(other_regions());
    let mut datas: Vec<String> = regions.iter().map(|region| format!(r#"{{"regions":[{region}]}}"#)).collect();
    datas.extend(several_regions());
    let different: std::collections::BTreeSet<&String> = datas.iter().collect();
    assert_eq!(different.len(), datas.len(), "each is another");
    let whole = |(n, data): (usize, &String)| {
        format!(r#"{{"id":"h{n}","input_id":"{INPUT}","status":{{"code":24150}},"data":{data}}}"#)
    };
    let mut all: Vec<String> = datas.iter().enumerate().map(whole).collect();
    all.extend(wholes().into_iter().map(|text| text.replace("INPUT", INPUT)));
    all
}

fn region(info: &str) -> String {
    format!(r#"{{"region_info":{info}}}"#)
}

/// The sides of a box that is fine, with these in place of its own.
fn a_box(with: &[(&str, &str)]) -> String {
    let own = ["0.25", "0.25", "0.75", "0.75"];
    let value =
        |side: &str, own: &str| with.iter().find(|(name, _)| *name == side).map_or(own.to_owned(), |w| w.1.to_owned());
    let pairs: Vec<String> =
        SIDES.iter().zip(own).map(|(side, own)| format!("\"{side}\":{}", value(side, own))).collect();
    format!(r#"{{"bounding_box":{{{}}}}}"#, pairs.join(","))
}

/// Each odd number in every place where a number stands.
fn numbers() -> Vec<String> {
    let mut all = Vec::new();
    for n in NUMBERS {
        all.extend(SIDES.iter().map(|side| region(&a_box(&[(side, n)]))));
        for (row, col) in [(n, "0.5"), ("0.5", n)] {
            all.push(region(&format!(r#"{{"point":{{"row":{row},"col":{col}}}}}"#)));
            let points = format!(r#"{{"row":0,"col":0}},{{"row":{row},"col":{col}}},{{"row":1,"col":0}}"#);
            all.push(region(&format!(r#"{{"polygon":{{"points":[{points}]}}}}"#)));
        }
        all.push(format!(r#"{{"data":{{"concepts":[{{"id":"cat","value":{n}}}]}}}}"#));
    }
    all
}

fn boxes() -> Vec<String> {
    let odd: [&[(&str, &str)]; 14] = [
        &[("top_row", "0.75"), ("bottom_row", "0.25")], // upside down
        &[("left_col", "0.75"), ("right_col", "0.25")], // mirrored
        &[("top_row", "0.75"), ("left_col", "0.75"), ("bottom_row", "0.25"), ("right_col", "0.25")], // both
        &[("bottom_row", "0.25")],                      // no height
        &[("right_col", "0.25")],                       // no width
        &[("top_row", "0.5"), ("left_col", "0.5"), ("bottom_row", "0.5"), ("right_col", "0.5")], // a point
        &[("top_row", "0"), ("left_col", "0"), ("bottom_row", "1"), ("right_col", "1")], // all of the image
        &[("top_row", "-1"), ("bottom_row", "-0.5")],   // above it
        &[("left_col", "1.5"), ("right_col", "2")],     // to the right of it
        &[("top_row", "-9"), ("left_col", "-9"), ("bottom_row", "9"), ("right_col", "9")], // around it
        &[("bottom_row", "0.25000003")],                // one step of a float high
        &[("left_col", "0.99999994"), ("right_col", "1")], // a sliver at the edge
        &[("top_row", "123456789012345678901234567890"), ("bottom_row", "223456789012345678901234567890")],
        &[("top_row", "\"NaN\""), ("bottom_row", "\"Infinity\"")], // as protobuf writes them
    ];
    let mut all: Vec<String> = odd.iter().map(|with| region(&a_box(with))).collect();
    // One side missing, or said twice.
    for side in SIDES {
        let whole = a_box(&[]);
        let value = if matches!(side, "top_row" | "left_col") { "0.25" } else { "0.75" };
        let member = format!("\"{side}\":{value}");
        let without = whole.replace(&format!("{member},"), "").replace(&format!(",{member}"), "");
        all.push(region(&without));
        all.push(region(&whole.replace(&member, &format!("{member},\"{side}\":0.5"))));
    }
    for info in [
        r#"{"bounding_box":{}}"#,
        r#"{"bounding_box":[0.1,0.1,0.2,0.2]}"#,
        r#"{"bounding_box":null}"#,
        r#"{"boundingBox":{"topRow":0.1,"leftCol":0.1,"bottomRow":0.5,"rightCol":0.5}}"#,
        r#"{"bounding_box":{"top_row":[0.1],"bottom_row":0.5,"right_col":0.5}}"#,
        r#"{"bounding_box":{"top_row":"","bottom_row":0.5,"right_col":0.5}}"#,
        r#"{"bounding_box":{"top_row":"0,5","bottom_row":0.75,"right_col":0.5}}"#,
        r#"{"bounding_box":{"bottom_row":" 0.5 ","right_col":0.5,"rotation":45.0}}"#,
    ] {
        all.push(region(info));
    }
    all
}

fn ring(points: &[(f64, f64)]) -> String {
    let points: Vec<String> = points.iter().map(|(row, col)| format!(r#"{{"row":{row},"col":{col}}}"#)).collect();
    region(&format!(r#"{{"polygon":{{"points":[{}]}}}}"#, points.join(",")))
}

fn rings() -> Vec<String> {
    let many: Vec<(f64, f64)> = (0..20_000).map(|n| (f64::from(n % 141) / 141.0, f64::from(n % 199) / 199.0)).collect();
    let round: Vec<(f64, f64)> = (0..100_000)
        .map(|n| (0.5 + 0.4 * (f64::from(n) / 15_915.5).sin(), 0.5 + 0.4 * (f64::from(n) / 15_915.5).cos()))
        .collect();
    let star: Vec<(f64, f64)> =
        (0..5).map(|n| f64::from(n) * 2.513_274).map(|a| (0.5 + a.sin() / 3.0, 0.5 + a.cos() / 3.0)).collect();
    let spiral: Vec<(f64, f64)> =
        (0..60).map(f64::from).map(|n| (0.5 + n / 150.0 * n.sin(), 0.5 + n / 150.0 * n.cos())).collect();
    let comb: Vec<(f64, f64)> = (0..200).map(|n| (if n % 2 == 0 { 0.1 } else { 0.9 }, f64::from(n) / 200.0)).collect();
    let twice_around = [(0.1, 0.1), (0.1, 0.9), (0.9, 0.9), (0.9, 0.1), (0.1, 0.1), (0.1, 0.9), (0.9, 0.9), (0.9, 0.1)];
    let keyhole = [
        (0.0, 0.0),
        (0.0, 1.0),
        (1.0, 1.0),
        (1.0, 0.0),
        (0.0, 0.0),
        (0.3, 0.3),
        (0.6, 0.3),
        (0.6, 0.6),
        (0.3, 0.6),
        (0.3, 0.3),
    ];
    let mut all: Vec<String> = [
        &[][..],
        &[(0.5, 0.5)],
        &[(0.1, 0.1), (0.9, 0.9)],
        &[(0.5, 0.5), (0.5, 0.5), (0.5, 0.5)],
        &[(0.1, 0.1), (0.1, 0.1), (0.9, 0.9)],             // two places only
        &[(0.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0)], // a bow tie
        &[(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)],             // on a line
        &[(0.5, 0.1), (0.5, 0.5), (0.5, 0.9)],             // level
        &[(0.1, 0.5), (0.5, 0.5), (0.9, 0.5)],             // upright
        &[(0.1, 0.1), (0.1, 0.9), (0.9, 0.9)],             // one way round
        &[(0.9, 0.9), (0.1, 0.9), (0.1, 0.1)],             // and the other
        &[(0.1, 0.1), (0.1, 0.9), (0.9, 0.9), (0.1, 0.1)], // closed explicitly
        &[(0.1, 0.1), (0.1, 0.1), (0.1, 0.9), (0.1, 0.9), (0.9, 0.9)], // every corner twice
        &[(0.1, 0.1), (0.9, 0.9), (0.1, 0.1), (0.9, 0.1)], // there and back: a spike
        &[(0.2, 0.2), (0.2, 0.8), (0.5, 0.5), (0.8, 0.8), (0.8, 0.2), (0.5, 0.5)], // touches itself in a corner
        &[(0.1, 0.1), (0.1, 0.9), (0.1, 0.5), (0.9, 0.5)], // a corner on an edge
        &[(-9.0, -9.0), (9.0, -9.0), (9.0, 9.0), (-9.0, 9.0)],
        &[(-0.5, 0.2), (0.5, 0.2), (0.5, 0.8)],
        &[(0.5, -0.5), (0.5, 0.5), (0.8, 0.5)],
        &[(0.5, 0.2), (1.5, 0.2), (0.5, 0.8)],
        &[(0.2, 0.5), (0.8, 0.5), (0.5, 1.5)],
        &[(5.0, 5.0), (5.0, 6.0), (6.0, 6.0)], // nowhere near the image
        &[(0.5, 0.5), (0.5, 0.500_000_1), (0.500_000_1, 0.5)], // smaller than any pixel
        &[(1e30, 0.0), (0.0, 1e30), (-1e30, -1e30)],
        &twice_around,
        &keyhole,
        &star,
        &spiral,
        &comb,
        &many,
        &round,
    ]
    .into_iter()
    .map(ring)
    .collect();
    for polygon in [
        "{}",
        "null",
        "[]",
        r#"{"points":null}"#,
        r#"{"points":{}}"#,
        r#"{"points":"0,0 1,1"}"#,
        r#"{"points":[null,null,null]}"#,
        r#"{"points":[[0,0],[0,1],[1,1]]}"#,
        r#"{"points":[{"row":0.1},{"col":0.1},{}]}"#,
        r#"{"points":[{"row":0,"col":0},{"row":0,"col":1},{"row":1,"col":1,"z":0.5}]}"#,
        r#"{"points":[{"row":0,"col":0},{"row":0,"col":1},{"row":{},"col":1}]}"#,
        r#"{"points":[{"row":0,"row":0.5,"col":0},{"row":0,"col":1},{"row":1,"col":1}]}"#,
    ] {
        all.push(region(&format!(r#"{{"polygon":{polygon}}}"#)));
    }
    all
}

fn labels() -> Vec<String> {
    let mut all: Vec<String> = [
        r#"{"id":"\u0000"}"#,
        r#"{"id":"\u202etac"},{"id":"\u202etac"},{"id":""}"#,
        r#"{"id":"=cmd()","name":"\u2066<script>"},{"id":"../../etc"}"#,
        r#"{"id":"\ufeffcat"},{"id":"cat\u200b"},{"id":"c\u0301at"}"#,
        r#"{"id":"cat\r\ndog\t"},{"id":" cat "}"#,
        r#"{"id":"\uffff\ufffe"}"#,
        r#"{"id":"\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67"}"#,
        r#"{"id":"cat","value":1},{"id":"cat","value":0}"#,
        r#"{"id":"cat","value":2},{"id":"dog","value":-1}"#,
        r#"{"id":"cat","value":"1"},{"id":"dog","value":""}"#,
        r#"{"id":null,"name":null,"value":null}"#,
        r#"{"id":7}"#,
        r#"{"id":"cat","name":["cat"]}"#,
        r#"{"id":"cat","id":"dog"}"#,
        "null",
        r#""cat""#,
        "[]",
    ]
    .iter()
    .map(|concepts| format!(r#"{{"data":{{"concepts":[{concepts}]}}}}"#))
    .collect();
    let long = "x".repeat(10_000);
    all.push(format!(r#"{{"data":{{"concepts":[{{"id":"{long}"}}]}}}}"#));
    let many: Vec<String> = (0..1_000).map(|n| format!(r#"{{"id":"c{n}"}}"#)).collect();
    all.push(format!(r#"{{"data":{{"concepts":[{}]}}}}"#, many.join(",")));
    all.push(r#"{"data":{"concepts":{"id":"cat"}}}"#.to_owned());
    all.push(r#"{"data":{"concepts":"cat"}}"#.to_owned());
    all
}

/// Regions of other kinds, of two kinds, of none.
fn other_regions() -> Vec<String> {
    let base64 = "A".repeat(100_000);
    let mut all: Vec<String> = [
        "{}",
        r#"{"region_info":null}"#,
        r#"{"region_info":[]}"#,
        r#"{"region_info":{"mask":{"image":{"base64":"AAAA"}}}}"#,
        r#"{"region_info":{"mask":{"image":{"base64":"~~~"}}}}"#,
        r#"{"region_info":{"mask":{"image":{"url":"file:///etc/passwd"}}}}"#,
        r#"{"region_info":{"mask":null}}"#,
        r#"{"region_info":{"span":{"char_start":0}}}"#,
        r#"{"region_info":{"point":{"row":0.5,"col":0.5,"visibility":"OCCLUDED"}}}"#,
        r#"{"region_info":{"point":[0.5,0.5]}}"#,
        r#"{"region_info":{"point":{"row":0.5,"col":0.5},"bounding_box":{"bottom_row":0.5,"right_col":0.5}}}"#,
        r#"{"region_info":{"polygon":{"points":[]},"bounding_box":{"bottom_row":0.5,"right_col":0.5}}}"#,
        r#"{"region_info":{"polygon":{"points":[{},{},{}]},"mask":{"image":{"base64":"AAAA"}}}}"#,
        r#"{"region_info":{"keypoint_locations":[{"row":0.1,"col":0.1,"visibility":1}]}}"#,
        r#"{"id":"\u0000","value":1e39}"#,
        r#"{"id":"../../r","value":"0.5"}"#,
        r#"{"id":["r"]}"#,
        r#"{"data":{"text":{"raw":"\ud83d\ude00"}}}"#,
        r#"{"data":{"text":{"raw":"\ud83d"}}}"#,
        r#"{"data":{"regions":[{"region_info":{"bounding_box":{"bottom_row":0.5,"right_col":0.5}}}]}}"#,
        r#"{"data":[]}"#,
        r#"{"track_id":7}"#,
        "null",
        "[]",
        r#""region""#,
    ]
    .iter()
    .map(|text| (*text).to_owned())
    .collect();
    all.push(region(&format!(r#"{{"mask":{{"image":{{"base64":"{base64}"}}}}}}"#)));
    let nested = |times: usize| format!("{}{{}}{}", r#"{"data":{"regions":["#.repeat(times), "]}}".repeat(times));
    all.extend([nested(30), nested(60)]);
    all
}

/// More than the one region that the API allows, or other things in its place.
fn several_regions() -> Vec<String> {
    let good = region(&a_box(&[]));
    let mut all = vec![
        format!(r#"{{"regions":[{good},{good}]}}"#),
        format!(r#"{{"regions":[{{}},{good}]}}"#),
        format!(r#"{{"regions":[{}]}}"#, vec![good.as_str(); 100].join(",")),
        format!(r#"{{"regions":[{good}],"regions":[]}}"#),
        format!(r#"{{"regions":[{good}],"frames":[{{"frame_info":{{"index":1}}}}]}}"#),
        format!(r#"{{"regions":[{good}],"concepts":[{{"id":"of the image"}}]}}"#),
    ];
    for data in [
        "null",
        "{}",
        "[]",
        r#""x""#,
        "7",
        r#"{"regions":null}"#,
        r#"{"regions":{}}"#,
        r#"{"regions":"x"}"#,
        r#"{"frames":[{"frame_info":{"index":-1}}]}"#,
        r#"{"frames":[{"frame_info":{"time":"99999999999999999999"}}]}"#,
        r#"{"frames":[{},{}]}"#,
        r#"{"metadata":{"a":{"b":[1,2,{"c":null}]}},"geo":{"geo_point":{"latitude":91}}}"#,
        r#"{"time_segments":[{"time_info":{"begin":0,"end":1}}]}"#,
        r#"{"image":{"url":"http://169.254.169.254/latest"}}"#,
    ] {
        all.push(data.to_owned());
    }
    all
}

/// What is odd about an annotation as a whole; `INPUT` stands for the image.
fn wholes() -> Vec<String> {
    let mut all: Vec<String> = [
        r#"{"id":"w0","input_id":"INPUT"}"#,
        r#"{"id":"w1","input_id":"INPUT","status":null}"#,
        r#"{"id":"w2","input_id":"INPUT","status":{}}"#,
        r#"{"id":"w3","input_id":"INPUT","status":{"code":0}}"#,
        r#"{"id":"w4","input_id":"INPUT","status":{"code":-1}}"#,
        r#"{"id":"w5","input_id":"INPUT","status":{"code":4294967295}}"#,
        r#"{"id":"w6","input_id":"INPUT","status":{"code":4294967296}}"#,
        r#"{"id":"w7","input_id":"INPUT","status":{"code":"24150"}}"#,
        r#"{"id":"w8","input_id":"INPUT","status":{"code":"NO_SUCH_STATUS"}}"#,
        r#"{"id":"w9","input_id":"INPUT","status":{"code":24150.5}}"#,
        r#"{"id":"w10","input_id":"INPUT","status":[24150]}"#,
        r#"{"id":"w11","input_id":"INPUT","status":{"code":24155,"description":"\u202eerror","details":null}}"#,
        r#"{"id":"","input_id":"INPUT","status":{"code":24150}}"#,
        r#"{"input_id":"INPUT","status":{"code":24150}}"#,
        r#"{"id":null,"input_id":null}"#,
        r#"{"id":17,"input_id":"INPUT"}"#,
        r#"{"id":"../../w18","input_id":"INPUT"}"#,
        r#"{"id":"w19\u0000","input_id":"INPUT"}"#,
        r#"{"id":"w20' OR '1'='1","input_id":"INPUT"}"#,
        r#"{"id":"w21"}"#,
        r#"{"id":"w22","input_id":"no such image"}"#,
        r#"{"id":"w23","input_id":""}"#,
        r#"{"id":"w24","id":"w24b","input_id":"INPUT"}"#,
        r#"{"id":"w25","input_id":"INPUT","annotation_info":null}"#,
        r#"{"id":"w26","input_id":"INPUT","annotation_info":[]}"#,
        r#"{"id":"w27","input_id":"INPUT","annotation_info":"x"}"#,
        r#"{"id":"w28","input_id":"INPUT","annotation_info":{"n":1e400}}"#,
        r#"{"id":"w29","input_id":"INPUT","annotation_info":{"n":18446744073709551616,"m":-0.0,"":{"":[]}}}"#,
        r#"{"id":"w30","input_id":"INPUT","worker":{}}"#,
        r#"{"id":"w31","input_id":"INPUT","worker":{"user":{"id":null},"model":null}}"#,
        r#"{"id":"w32","input_id":"INPUT","worker":{"user":{"id":"a"},"model":{"id":"m"},"workflow":{"id":"f"}}}"#,
        r#"{"id":"w33","input_id":"INPUT","worker":"alice"}"#,
        r#"{"id":"w34","input_id":"INPUT","user_id":"bob","worker":{"user":{"id":"alice"}}}"#,
        r#"{"id":"w35","input_id":"INPUT","user_id":7}"#,
        r#"{"id":"w36","input_id":"INPUT","created_at":"yesterday","modified_at":""}"#,
        r#"{"id":"w37","input_id":"INPUT","created_at":1790000000}"#,
        r#"{"id":"w38","input_id":"INPUT","task_id":[1,2],"trusted":"yes","consensus_info":{"x":[null]}}"#,
        r#"{"inputId":"INPUT","id":"w39","annotationInfo":{"a":1},"createdAt":"2026-01-01T00:00:00Z"}"#,
        r#"{"id":"w40","input_id":"INPUT","data":{},"data":null}"#,
        "null",
        "[]",
        "7",
        r#""annotation""#,
        "{",
        r#"{"id":"w41","input_id":"INPUT"}}"#,
        r#"{'id':'w42'}"#,
        "",
    ]
    .iter()
    .map(|text| (*text).to_owned())
    .collect();
    let keys: Vec<String> = (0..10_000).map(|n| format!(r#""k{n}":{n}"#)).collect();
    all.push(format!(r#"{{"id":"w43","input_id":"INPUT","annotation_info":{{{}}}}}"#, keys.join(",")));
    let deep = format!("{}{}", "[".repeat(60), "]".repeat(60));
    all.push(format!(r#"{{"id":"w44","input_id":"INPUT","annotation_info":{{"deep":{deep}}}}}"#));
    let deeper = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    all.push(format!(r#"{{"id":"w45","input_id":"INPUT","annotation_info":{{"deep":{deeper}}}}}"#));
    all.push(format!(r#"{{"id":"{}","input_id":"INPUT"}}"#, "w".repeat(20_000)));
    all
}

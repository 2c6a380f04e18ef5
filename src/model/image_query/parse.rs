//! From text to a query.

use super::{AnnotationTest, Comparison, Counted, ImageQuery, ImageTest, MadeBy, Pattern, QueryFault, Sense, Wanted};
use crate::model::Status;

const KEYS: &str = "name, id, concept, status, worker, kind, n, open and score";
const IMAGE_STATES: &str = "unsent, conflict, refused, open, labelled and unlabelled";
const STATES: &str = "pending, review, consensus, denied, approved and open";

/// One word as it was typed.
struct Word {
    sense: Sense,
    /// The part before the comparison, in lower case; empty: there was none.
    key: String,
    comparison: Option<Comparison>,
    /// The alternatives behind it, as they were typed.
    values: Vec<String>,
    /// Whether it began with a quote, so that it is a name whatever it says.
    quoted: bool,
    /// As it was typed, for complaints.
    text: String,
}

pub(super) fn parse(text: &str) -> Result<ImageQuery, QueryFault> {
    let mut query = ImageQuery::default();
    // The keys of the annotation that is being described, so that one that comes again begins another.
    let mut described: Vec<&'static str> = Vec::new();
    for typed in words(text)? {
        let word = read_word(&typed)?;
        if let Some(test) = image_test(&word)? {
            query.of_image.push(Wanted { sense: word.sense, test });
            continue;
        }
        let key = annotation_key(&word)?;
        let turned = word.sense == Sense::IsNot;
        if turned || described.is_empty() || described.contains(&key) {
            let test = AnnotationTest::default();
            let fresh = Wanted { sense: word.sense, test };
            // What is turned round stands alone, before the annotation that is being described.
            let at = query.of_annotations.len() - usize::from(turned && !described.is_empty());
            query.of_annotations.insert(at, fresh);
            if turned {
                describe(&mut query.of_annotations[at].test, key, &word)?;
                continue;
            }
            described.clear();
        }
        described.push(key);
        if let Some(last) = query.of_annotations.last_mut() {
            describe(&mut last.test, key, &word)?;
        }
    }
    Ok(query)
}

/// The words, as they were typed; quotes hold blanks together.
fn words(text: &str) -> Result<Vec<String>, QueryFault> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut in_quotes = false;
    for c in text.chars() {
        match c {
            '"' => {
                in_quotes = !in_quotes;
                word.push(c);
            }
            c if c.is_whitespace() && !in_quotes => {
                if !word.is_empty() {
                    found.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if in_quotes {
        return Err(QueryFault("A quote is not closed: \" must come in pairs".to_owned()));
    }
    if !word.is_empty() {
        found.push(word);
    }
    Ok(found)
}

fn read_word(typed: &str) -> Result<Word, QueryFault> {
    let (sense, rest) = match typed.strip_prefix('-') {
        Some("") => return Err(QueryFault("“-” turns the word behind it round: -concept:cat".to_owned())),
        Some(rest) => (Sense::IsNot, rest),
        None => (Sense::Is, typed),
    };
    let quoted = rest.starts_with('"');
    let mark = if quoted { None } else { rest.find([':', '=', '<', '>']) };
    let (key, comparison, values) = match mark {
        None => (String::new(), None, rest),
        Some(at) => {
            let (key, behind) = rest.split_at(at);
            let (comparison, values) = split_comparison(behind);
            (key.trim().to_lowercase(), Some(comparison), values)
        }
    };
    let values = alternatives(values);
    if comparison.is_some() && values.is_empty() {
        return Err(QueryFault(format!("“{typed}” says nothing behind its key")));
    }
    Ok(Word { sense, key, comparison, values, quoted, text: typed.to_owned() })
}

fn split_comparison(behind: &str) -> (Comparison, &str) {
    let signs = [
        (">=", Comparison::AtLeast),
        ("<=", Comparison::AtMost),
        (">", Comparison::More),
        ("<", Comparison::Less),
        ("=", Comparison::Equal),
        (":", Comparison::Equal),
    ];
    signs
        .into_iter()
        .find_map(|(sign, comparison)| Some((comparison, behind.strip_prefix(sign)?)))
        .unwrap_or((Comparison::Equal, behind))
}

/// What stands between commas, without quotes.
fn alternatives(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut in_quotes = false;
    for c in text.chars() {
        match (c, found.last_mut()) {
            ('"', _) => in_quotes = !in_quotes,
            (',', _) if !in_quotes => found.push(String::new()),
            (c, Some(last)) => last.push(c),
            (_, None) => {}
        }
    }
    found.retain(|value| !value.is_empty());
    found
}

/// The condition on the image that a word stands for; `None`: it speaks of an annotation.
fn image_test(word: &Word) -> Result<Option<ImageTest>, QueryFault> {
    let patterns = |make: fn(&str) -> Pattern| word.values.iter().map(|v| make(v)).collect();
    if word.comparison.is_none() {
        let state = if word.quoted { None } else { word.values.first().and_then(|value| state(value)) };
        return Ok(Some(state.unwrap_or_else(|| ImageTest::Name(patterns(Pattern::part)))));
    }
    match word.key.as_str() {
        "name" | "id" if word.comparison != Some(Comparison::Equal) => {
            Err(QueryFault(format!("“{}” cannot be compared; write {}:text", word.text, word.key)))
        }
        "name" => Ok(Some(ImageTest::Name(patterns(Pattern::part)))),
        "id" => Ok(Some(ImageTest::Id(patterns(Pattern::whole)))),
        "n" | "annotations" => counted(word, Counted::All),
        "open" => counted(word, Counted::Open),
        "unsent" => counted(word, Counted::Unsent),
        "is" => state_of_image(word),
        _ => Ok(None),
    }
}

/// The states of an image that have a word of their own.
fn state(value: &str) -> Option<ImageTest> {
    let some = |what| Some(ImageTest::Count(what, Comparison::AtLeast, 1));
    match value.to_lowercase().as_str() {
        "unsent" => some(Counted::Unsent),
        "conflict" | "conflicts" => some(Counted::Conflicts),
        "refused" | "problem" => some(Counted::Refused),
        "open" => some(Counted::Open),
        "labelled" | "labeled" => some(Counted::All),
        "unlabelled" | "unlabeled" => Some(ImageTest::Count(Counted::All, Comparison::Equal, 0)),
        _ => None,
    }
}

fn state_of_image(word: &Word) -> Result<Option<ImageTest>, QueryFault> {
    match word.values.as_slice() {
        [value] => state(value)
            .map(Some)
            .ok_or_else(|| QueryFault(format!("“{value}” is no state of an image; there are {IMAGE_STATES}"))),
        _ => Err(QueryFault(format!("“{}” needs one of {IMAGE_STATES}", word.text))),
    }
}

fn counted(word: &Word, what: Counted) -> Result<Option<ImageTest>, QueryFault> {
    let (Some(comparison), [number]) = (word.comparison, word.values.as_slice()) else {
        return Err(QueryFault(format!("“{}” needs one number", word.text)));
    };
    let number = number.parse().map_err(|_not_a_number| {
        QueryFault(format!("“{}” needs a whole number, which “{number}” is not", word.text))
    })?;
    Ok(Some(ImageTest::Count(what, comparison, number)))
}

fn annotation_key(word: &Word) -> Result<&'static str, QueryFault> {
    let key = match word.key.as_str() {
        "concept" | "label" => "concept",
        "status" => "status",
        "worker" | "by" => "worker",
        "kind" | "region" => "kind",
        "score" => "score",
        "" => return Err(QueryFault(format!("“{}” has no key before its sign; the keys are {KEYS}", word.text))),
        other => return Err(QueryFault(format!("“{other}” is no key; the keys are {KEYS}"))),
    };
    if key != "score" && word.comparison != Some(Comparison::Equal) {
        return Err(QueryFault(format!("“{}” cannot be compared; write {key}:…", word.text)));
    }
    Ok(key)
}

fn describe(test: &mut AnnotationTest, key: &str, word: &Word) -> Result<(), QueryFault> {
    match key {
        "concept" => test.concepts = word.values.iter().map(|v| Pattern::whole(v)).collect(),
        "status" => {
            for value in &word.values {
                test.statuses.extend(states(value)?);
            }
        }
        "worker" => test.workers = word.values.iter().map(|v| made_by(v)).collect(),
        "kind" => test.kinds = word.values.iter().map(|v| kind(v)).collect(),
        _ => {
            let (Some(comparison), [value]) = (word.comparison, word.values.as_slice()) else {
                return Err(QueryFault(format!("“{}” needs one number", word.text)));
            };
            let number = value.trim_end_matches('%').parse::<f64>().ok().filter(|n| n.is_finite());
            let number = number.ok_or_else(|| {
                QueryFault(format!("“{}” needs a number such as 0.5 or 50%, which “{value}” is not", word.text))
            })?;
            test.score = Some((comparison, if value.ends_with('%') { number / 100.0 } else { number }));
        }
    }
    Ok(())
}

fn states(value: &str) -> Result<Vec<Status>, QueryFault> {
    Ok(match value.to_lowercase().as_str() {
        "approved" | "success" | "done" => vec![Status::Success],
        "pending" => vec![Status::Pending],
        "review" | "awaiting" | "awaiting-review" => vec![Status::AwaitingReview],
        "consensus" => vec![Status::AwaitingConsensusReview],
        "denied" | "rejected" => vec![Status::ReviewDenied],
        "open" => vec![Status::Pending, Status::AwaitingReview, Status::AwaitingConsensusReview],
        _ => return Err(QueryFault(format!("“{value}” is no status; there are {STATES}"))),
    })
}

fn made_by(value: &str) -> MadeBy {
    match value.to_lowercase().as_str() {
        "me" => MadeBy::Me,
        "user" | "users" => MadeBy::Anybody,
        "model" | "models" => MadeBy::AnyModel,
        _ => MadeBy::Id(Pattern::whole(value)),
    }
}

fn kind(value: &str) -> String {
    match value.to_lowercase().as_str() {
        "bounding_box" | "boxes" => "box".to_owned(),
        "polygons" => "polygon".to_owned(),
        "points" => "point".to_owned(),
        "masks" => "mask".to_owned(),
        "whole" => "image".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> ImageQuery {
        ImageQuery::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"))
    }

    fn fault(text: &str) -> String {
        ImageQuery::parse(text).expect_err(text).0
    }

    fn is<T>(test: T) -> Wanted<T> {
        Wanted { sense: Sense::Is, test }
    }

    #[test]
    fn nothing_typed_is_every_image() {
        assert!(read("").is_all() && read("  \t ").is_all(), "blanks are nothing");
    }

    #[test]
    fn a_plain_word_is_a_part_of_the_name() {
        assert_eq!(read("coin").of_image, [is(ImageTest::Name(vec![Pattern::part("coin")]))]);
        assert_eq!(read("\"unsent\"").of_image, [is(ImageTest::Name(vec![Pattern::part("unsent")]))], "quoted, a name");
        let two = read("\"my cat\" dog");
        assert_eq!(two.of_image.len(), 2, "quotes hold blanks together: {two:?}");
    }

    #[test]
    fn the_example_of_the_manual() {
        let query = read("concept:cat status:pending worker:model n>3 unsent conflict name:*.png");
        let test = AnnotationTest {
            concepts: vec![Pattern::whole("cat")],
            statuses: vec![Status::Pending],
            workers: vec![MadeBy::AnyModel],
            ..AnnotationTest::default()
        };
        assert_eq!(query.of_annotations, [is(test)], "one annotation is all of that");
        let counts = [
            is(ImageTest::Count(Counted::All, Comparison::More, 3)),
            is(ImageTest::Count(Counted::Unsent, Comparison::AtLeast, 1)),
            is(ImageTest::Count(Counted::Conflicts, Comparison::AtLeast, 1)),
            is(ImageTest::Name(vec![Pattern::part("*.png")])),
        ];
        assert_eq!(query.of_image, counts);
    }

    #[test]
    fn a_key_that_comes_again_means_another_annotation() {
        let query = read("concept:cat status:pending concept:dog");
        assert_eq!(query.of_annotations.len(), 2, "{query:?}");
        assert_eq!(query.of_annotations[0].test.statuses, [Status::Pending], "the cat");
        assert_eq!(
            query.of_annotations[1].test,
            AnnotationTest { concepts: vec![Pattern::whole("dog")], ..AnnotationTest::default() }
        );
    }

    #[test]
    fn commas_are_alternatives_and_a_minus_turns_round() {
        let query = read("-concept:cat,\"hot dog\" status:pending kind:boxes");
        assert_eq!(
            query.of_annotations[0],
            Wanted {
                sense: Sense::IsNot,
                test: AnnotationTest {
                    concepts: vec![Pattern::whole("cat"), Pattern::whole("hot dog")],
                    ..AnnotationTest::default()
                },
            }
        );
        assert_eq!(query.of_annotations[1].sense, Sense::Is, "the minus is of its own word: {query:?}");
        let between = read("status:pending -concept:cat kind:box");
        assert_eq!(between.of_annotations.len(), 2, "{between:?}");
        assert_eq!(between.of_annotations[1].test.kinds, ["box"], "the description goes on behind it");
    }

    #[test]
    fn numbers_are_compared_in_five_ways() {
        for (text, comparison) in [
            ("n<3", Comparison::Less),
            ("n<=3", Comparison::AtMost),
            ("n=3", Comparison::Equal),
            ("n:3", Comparison::Equal),
            ("n>=3", Comparison::AtLeast),
            ("n>3", Comparison::More),
        ] {
            assert_eq!(read(text).of_image, [is(ImageTest::Count(Counted::All, comparison, 3))], "{text}");
        }
        assert_eq!(read("score<50%").of_annotations[0].test.score, Some((Comparison::Less, 0.5)));
        assert_eq!(read("unlabelled"), read("n=0"), "a word for it");
        assert_eq!(read("is:unlabelled"), read("unlabelled"), "with the key that other programs have");
    }

    #[test]
    fn what_cannot_be_read_is_said_in_words() {
        for (text, part) in [
            ("colour:red", "“colour” is no key; the keys are name"),
            ("n>many", "needs a whole number, which “many” is not"),
            ("n>-1", "needs a whole number"),
            ("status:perhaps", "“perhaps” is no status; there are pending"),
            ("concept:", "says nothing behind its key"),
            ("concept>3", "cannot be compared; write concept:"),
            ("name<b", "cannot be compared; write name:"),
            ("\"open", "quote is not closed"),
            ("-", "turns the word behind it round"),
            (":cat", "has no key before its sign"),
            ("score>high", "needs a number such as 0.5"),
            ("n>1,2", "needs one number"),
            ("is:red", "“red” is no state of an image; there are unsent"),
        ] {
            assert!(fault(text).contains(part), "{text}: {}", fault(text));
        }
    }

    #[test]
    fn no_text_makes_it_fall_over() {
        let pieces = ["-", ":", "\"", ",", "n>", "concept:", "é", "*", " ", "\u{202e}", "score<", "is:", "9"];
        for a in pieces {
            for b in pieces {
                for c in pieces {
                    drop(ImageQuery::parse(&format!("{a}{b}{c}")));
                }
            }
        }
    }
}

//! Which images to list: the small language of the filter box, read into data.
//!
//! Words stand side by side and all of them must hold: `concept:cat status:pending n>3 unsent -name:*.png`. A word
//! without a key is part of the name. `-` turns a word round, commas give alternatives, quotes hold blanks together.
//! Words about annotations with different keys speak of one and the same annotation; where a key comes again, another
//! annotation is meant: `concept:cat status:pending concept:dog` is a pending cat, and a dog.

mod parse;
mod pattern;

pub use pattern::Pattern;

use super::{Status, Worker};

/// What images have to be like; the default is every image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageQuery {
    /// What must hold of the image itself.
    pub of_image: Vec<Wanted<ImageTest>>,
    /// For each, one annotation must be like that; or none, where it is turned round.
    pub of_annotations: Vec<Wanted<AnnotationTest>>,
}

/// A condition, or its opposite.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted<T> {
    /// Whether it must hold or must not.
    pub sense: Sense,
    /// The condition.
    pub test: T,
}

/// Whether a condition must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    /// It must.
    Is,
    /// It must not.
    IsNot,
}

/// A condition on an image.
#[derive(Clone, Debug, PartialEq)]
pub enum ImageTest {
    /// Its name is like one of these.
    Name(Vec<Pattern>),
    /// Its id is like one of these.
    Id(Vec<Pattern>),
    /// So many annotations.
    Count(Counted, Comparison, u64),
}

/// What can be counted on an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// All its annotations.
    All,
    /// Those that somebody has to decide about.
    Open,
    /// Those that the server does not have as they are here.
    Unsent,
    /// Those that both sides changed.
    Conflicts,
    /// Those that the server refused.
    Refused,
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    More,
}

impl Comparison {
    /// Whether it holds between two numbers.
    #[must_use]
    pub fn holds<N: PartialOrd>(self, left: &N, right: &N) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Equal => left == right,
            Self::AtLeast => left >= right,
            Self::More => left > right,
        }
    }
}

/// A condition on one annotation: all that is set must hold of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnnotationTest {
    /// Carries a concept whose id or name is like one of these.
    pub concepts: Vec<Pattern>,
    /// Is in one of these states.
    pub statuses: Vec<Status>,
    /// Was made by one of these.
    pub workers: Vec<MadeBy>,
    /// Its region is of one of these kinds; `image` for none.
    pub kinds: Vec<String>,
    /// Its score compares so.
    pub score: Option<(Comparison, f64)>,
}

/// Who made an annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MadeBy {
    /// The person at this desk.
    Me,
    /// Any person.
    Anybody,
    /// Any model.
    AnyModel,
    /// A user or a model with an id like this.
    Id(Pattern),
}

impl MadeBy {
    /// Whether it was this one; `me`: the user at this desk.
    #[must_use]
    pub fn is(&self, worker: &Worker, me: &str) -> bool {
        match (self, worker) {
            (Self::Me, Worker::User(id)) => id == me,
            (Self::Me | Self::Anybody, Worker::Me) | (Self::Anybody, Worker::User(_)) => true,
            (Self::AnyModel, worker) => worker.is_model(),
            (Self::Id(pattern), Worker::User(id) | Worker::Model { id, .. }) => pattern.fits(id),
            (Self::Me | Self::Anybody, Worker::Model { .. }) => false,
            (Self::Id(pattern), Worker::Me) => pattern.fits(me),
        }
    }
}

/// Why a query cannot be read, in a sentence for the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct QueryFault(pub String);

impl ImageQuery {
    /// Reads what was typed.
    ///
    /// # Errors
    /// A sentence that says which word is wrong and what could stand there.
    pub fn parse(text: &str) -> Result<Self, QueryFault> {
        parse::parse(text)
    }

    /// Whether every image is wanted.
    #[must_use]
    pub const fn is_all(&self) -> bool {
        self.of_image.is_empty() && self.of_annotations.is_empty()
    }
}

/// By what the images are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImageSort {
    /// As they were added.
    #[default]
    Added,
    /// By name, numbers in it by their size.
    Name,
    /// By how many annotations they have.
    Annotations,
    /// By how many annotations wait for a decision.
    Open,
    /// By their newest annotation.
    Newest,
    /// By the area of the image.
    Size,
}

impl ImageSort {
    /// In the order of the menu.
    pub const ALL: [Self; 6] = [Self::Added, Self::Name, Self::Annotations, Self::Open, Self::Newest, Self::Size];

    /// What it is called.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Added => "time added",
            Self::Name => "name",
            Self::Annotations => "number of annotations",
            Self::Open => "number to review",
            Self::Newest => "time of the newest annotation",
            Self::Size => "size of the image",
        }
    }
}

/// In which direction a list goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortDirection {
    /// The first, smallest, oldest at the top.
    #[default]
    Up,
    /// The last, largest, newest at the top.
    Down,
}

/// Compares names as people do: `image 2` before `image 10`, whatever the case.
#[must_use]
pub fn natural_order(a: &str, b: &str) -> std::cmp::Ordering {
    let (mut left, mut right) = (a.chars().peekable(), b.chars().peekable());
    loop {
        match (left.peek().copied(), right.peek().copied()) {
            (None, None) => return a.cmp(b),
            (None, _) => return std::cmp::Ordering::Less,
            (_, None) => return std::cmp::Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let order = by_size(&digits(&mut left), &digits(&mut right));
                if order.is_ne() {
                    return order;
                }
            }
            (Some(x), Some(y)) => {
                let order = x.to_lowercase().cmp(y.to_lowercase());
                if order.is_ne() {
                    return order;
                }
                left.next();
                right.next();
            }
        }
    }
}

fn digits(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut found = String::new();
    while let Some(c) = chars.next_if(char::is_ascii_digit) {
        found.push(c);
    }
    found
}

/// Two rows of digits by the number that they are, however long.
fn by_size(a: &str, b: &str) -> std::cmp::Ordering {
    let (x, y) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    x.len().cmp(&y.len()).then_with(|| x.cmp(y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ordered_as_people_do() {
        let mut names = vec!["img10.png", "IMG2.png", "img1.png", "a", "img002.png", "b7", "img 3"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["a", "b7", "img 3", "img1.png", "IMG2.png", "img002.png", "img10.png"]);
    }

    #[test]
    fn the_order_of_names_is_total() {
        let names = ["a1", "a01", "A1", "a", "", "10", "9", "a1b", "a1B", "é", "e"];
        for a in names {
            for b in names {
                assert_eq!(natural_order(a, b), natural_order(b, a).reverse(), "{a:?} and {b:?}");
                assert_eq!(natural_order(a, b).is_eq(), a == b, "{a:?} and {b:?}");
            }
        }
    }

    #[test]
    fn me_is_the_user_at_this_desk() {
        assert!(MadeBy::Me.is(&Worker::User("ann".to_owned()), "ann"), "by the name that the server gave");
        assert!(MadeBy::Me.is(&Worker::Me, "ann"), "and while the server has none");
        assert!(!MadeBy::Me.is(&Worker::User("bob".to_owned()), "ann"), "not the others");
        let model = Worker::Model { id: "yolo".to_owned(), version: "1".to_owned() };
        assert!(MadeBy::AnyModel.is(&model, "ann") && !MadeBy::Anybody.is(&model, "ann"), "a model is no person");
        assert!(MadeBy::Id(Pattern::whole("YO*")).is(&model, "ann"), "by its id");
    }
}

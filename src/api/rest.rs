//! What a message holds beside the members that have a name here.

use super::Map;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::LazyLock;

static NOTHING: LazyLock<Map> = LazyLock::new(Map::new);

/// Members that this program has no name for, kept in the order in which they came. Used like the [`Map`] that it is; most
/// messages have none of them (a polygon has a message for each of its vertices), and then it is no larger than a pointer.
#[derive(Clone, Default)]
pub struct Rest(Option<Box<Map>>);

impl Rest {
    /// Nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }

    /// The members.
    #[must_use]
    pub fn into_map(self) -> Map {
        self.0.map_or_else(Map::new, |map| *map)
    }
}

impl Deref for Rest {
    type Target = Map;

    fn deref(&self) -> &Map {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl DerefMut for Rest {
    fn deref_mut(&mut self) -> &mut Map {
        self.0.get_or_insert_default()
    }
}

impl From<Map> for Rest {
    fn from(map: Map) -> Self {
        Self((!map.is_empty()).then(|| Box::new(map)))
    }
}

/// Whatever was in between: no members are no members.
impl PartialEq for Rest {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl IntoIterator for Rest {
    type Item = (String, serde_json::Value);
    type IntoIter = serde_json::map::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        self.into_map().into_iter()
    }
}

impl<'a> IntoIterator for &'a Rest {
    type Item = (&'a String, &'a serde_json::Value);
    type IntoIter = serde_json::map::Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Serialize for Rest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Rest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Rest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("members of a message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Rest, A::Error> {
        let mut rest = Rest::new();
        while let Some((name, value)) = members.next_entry()? {
            rest.insert(name, value);
        }
        Ok(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Point;
    use serde_json::json;

    #[test]
    fn unknown_members_go_round_and_none_cost_a_pointer() {
        let text = r#"{"row":0.5,"col":0.25,"z":1.5,"visibility":2}"#;
        let point: Point = serde_json::from_str(text).expect("a point");
        assert_eq!(point.rest.get("visibility"), Some(&json!(2)));
        assert_eq!(serde_json::to_string(&point).expect("text"), text, "in their order");
        assert_eq!(size_of::<Point>(), 16, "of a ring of 100,000 vertices each has one");
    }

    #[test]
    fn what_was_taken_out_again_is_as_if_it_had_never_been_there() {
        let mut rest = Rest::new();
        rest.insert("z".to_owned(), json!(1));
        rest.shift_remove("z");
        assert_eq!(rest, Rest::new());
        assert_eq!(rest, Rest::from(Map::new()));
        assert_eq!(serde_json::to_string(&rest).expect("text"), "{}");
    }
}

//! Deserialisers as forgiving as the official parsers: numbers may be strings, `null` means absent, codes have names.

use super::code::StatusCode;
use serde::de::{Error as _, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;

/// `null` as the type's default.
pub fn null_as_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(d: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(d)?.unwrap_or_default())
}

/// A finite `f32` from a number or a string; `null` is 0.
pub fn f32_or_text<'de, D: Deserializer<'de>>(d: D) -> Result<f32, D::Error> {
    Ok(optional_f32(d)?.unwrap_or(0.0))
}

/// A concept's value: absent or `null` is 1, as the protobuf option `cl_default_float` says.
pub fn concept_value<'de, D: Deserializer<'de>>(d: D) -> Result<f32, D::Error> {
    Ok(optional_f32(d)?.unwrap_or(1.0))
}

/// A finite `f32` from a number or a string, or `None` for `null`.
pub fn optional_f32<'de, D: Deserializer<'de>>(d: D) -> Result<Option<f32>, D::Error> {
    d.deserialize_any(Coordinate)
}

/// Most of a large answer is coordinates: they are read without a [`Value`] in between.
struct Coordinate;

impl Visitor<'_> for Coordinate {
    type Value = Option<f32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a finite number")
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Option<f32>, E> {
        #[expect(clippy::cast_possible_truncation, reason = "the API's coordinates are f32; infinity is refused")]
        let number = number as f32;
        if number.is_finite() { Ok(Some(number)) } else { Err(E::custom("expected a finite number")) }
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Option<f32>, E> {
        #[expect(clippy::cast_precision_loss, reason = "the API's coordinates are f32")]
        self.visit_f64(number as f64)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Option<f32>, E> {
        #[expect(clippy::cast_precision_loss, reason = "the API's coordinates are f32")]
        self.visit_f64(number as f64)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Option<f32>, E> {
        let number = text.trim().parse().map_err(|_not_a_number| E::custom("expected a finite number"))?;
        self.visit_f64(number)
    }

    fn visit_unit<E>(self) -> Result<Option<f32>, E> {
        Ok(None)
    }
}

/// A whole number that is not negative, from a number (also `1500.0`) or a string; `null` is 0.
pub fn u64_or_text<'de, D: Deserializer<'de>>(d: D) -> Result<u64, D::Error> {
    let wrong = || D::Error::custom("expected a whole number that is not negative");
    match Value::deserialize(d)? {
        Value::Null => Ok(0),
        Value::Number(n) => n.as_u64().or_else(|| n.as_f64().and_then(whole)).ok_or_else(wrong),
        Value::String(s) => s.trim().parse().map_err(|_not_digits| wrong()),
        _ => Err(wrong()),
    }
}

/// A status code from a name, a number or a string of digits; an unknown name is 0, as in the official client.
pub fn code<'de, D: Deserializer<'de>>(d: D) -> Result<StatusCode, D::Error> {
    match Value::deserialize(d)? {
        Value::Null => Ok(StatusCode(0)),
        Value::Number(n) => n
            .as_u64()
            .and_then(|n| u32::try_from(n).ok())
            .map(StatusCode)
            .ok_or_else(|| D::Error::custom("a status code is a whole number")),
        Value::String(s) => Ok(s.trim().parse().map_or_else(|_name| StatusCode::from_name(&s), StatusCode)),
        _ => Err(D::Error::custom("a status code is a name or a number")),
    }
}

fn whole(n: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: whole and in range")]
    (n.fract() == 0.0 && (0.0..=9e15).contains(&n)).then_some(n as u64)
}

//! Deserialisers as forgiving as the official parsers: numbers may be strings, `null` means absent, codes have names.

use super::code::StatusCode;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

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
    let number = match Value::deserialize(d)? {
        Value::Null => return Ok(None),
        Value::Number(n) => n.as_f64(),
        Value::String(s) => s.trim().parse::<f64>().ok(),
        _ => None,
    };
    #[expect(clippy::cast_possible_truncation, reason = "the API's coordinates are f32; infinity is refused below")]
    let number = number.map(|n| n as f32);
    match number {
        Some(n) if n.is_finite() => Ok(Some(n)),
        _ => Err(D::Error::custom("expected a finite number")),
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

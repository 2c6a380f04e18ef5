//! Numbers in text.

use serde_json::{Number, Value};

/// Rounded to thousandths of a pixel: finer than what a server keeps of an image 8,192 pixels wide (its positions are
/// `f32` parts of the width), so that a position that came in with up to three decimals goes out as the same one.
#[must_use]
pub fn round3(value: f64) -> f64 {
    let rounded = (value * 1000.0).round() / 1000.0;
    // No minus zero in files.
    rounded + 0.0
}

/// As text, without a fraction where it is whole.
#[must_use]
pub fn text(value: f64) -> String {
    let rounded = round3(value);
    format!("{rounded}")
}

/// As JSON: whole numbers as such.
#[must_use]
pub fn json(value: f64) -> Value {
    let rounded = round3(value);
    #[expect(clippy::cast_possible_truncation, reason = "looked at before")]
    if rounded.fract() == 0.0 && rounded.abs() < 9e15 {
        return Value::Number(Number::from(rounded as i64));
    }
    Number::from_f64(rounded).map_or(Value::Null, Value::Number)
}

/// Whether two JSON values say the same, 1 and 1.0 being one number.
#[must_use]
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        _ => a == b,
    }
}

/// A finite number of a text.
///
/// # Errors
/// What it is instead.
pub fn parse(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(format!("{text:?} is not a number")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_no_fraction_and_others_three_digits() {
        assert_eq!([text(10.0), text(10.5), text(0.12349), text(-0.0)], ["10", "10.5", "0.123", "0"], "");
        assert_eq!(json(3.0).to_string(), "3", "an integer");
        assert!(same(&serde_json::json!([1, [2.0]]), &serde_json::json!([1.0, [2]])), "the same numbers");
    }
}

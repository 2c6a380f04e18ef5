//! Bytes of a file that is to be text.

use super::Problem;

/// Why a file that begins like this is not read; `None`: it may be text.
#[must_use]
pub fn refused(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Some("the file is UTF-16; save it as UTF-8");
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"\x1F\x8B") {
        return Some("the file is an archive; unpack it and import what is inside");
    }
    None
}

/// The text of a file, without a mark of its byte order.
///
/// # Errors
/// Where it is no UTF-8: the line.
pub fn utf8<'a>(file: &str, bytes: &'a [u8]) -> Result<&'a str, Problem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some(reason) = refused(bytes) {
        return Err(Problem::whole(file, reason));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|b| *b == b'\n').count();
        Problem::line(file, u64::try_from(line).unwrap_or(1), "the text is not UTF-8")
    })
}

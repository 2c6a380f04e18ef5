//! The bits of a scan, stuffing taken out.

/// Where it is in the data of a scan.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next bits, at the top.
    next: u64,
    /// How many of them there are.
    count: u32,
    /// How many zeros were put behind the end of the data.
    invented: u32,
}

impl<'a> Bits<'a> {
    /// The data that begins at `at`.
    pub const fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, next: 0, count: 0, invented: 0 }
    }

    /// Provides at least 32 bits: a code and what belongs to it. Behind the end they are zeros.
    #[inline]
    pub fn refill(&mut self) {
        if self.count >= 32 {
            return;
        }
        if let Some(word) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            let word = u64::from_be_bytes(*word);
            if !has_ff(word) {
                // A part of the last byte may get in too: it comes to lie where it will be put again.
                self.next |= word >> self.count;
                let taken = (63 - self.count) / 8;
                self.at += taken as usize;
                self.count += 8 * taken;
                return;
            }
        }
        self.refill_by_bytes();
    }

    fn refill_by_bytes(&mut self) {
        while self.count <= 56 {
            let byte = match (self.bytes.get(self.at), self.bytes.get(self.at + 1)) {
                (Some(0xFF), Some(0)) => {
                    self.at += 2;
                    0xFF
                }
                (Some(0xFF) | None, _) => {
                    self.invented += 8;
                    0
                }
                (Some(byte), _) => {
                    self.at += 1;
                    *byte
                }
            };
            self.next |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// The next `count` bits, 1 to 16 of those that were provided.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "sixteen bits at most")]
    pub const fn peek(&self, count: u32) -> usize {
        (self.next >> (64 - count)) as usize
    }

    /// Passes over bits that were provided.
    #[inline]
    pub const fn skip(&mut self, count: u32) {
        self.next <<= count;
        self.count = self.count.saturating_sub(count);
    }

    /// Whether more was read than there is.
    pub const fn is_past_the_end(&self) -> bool {
        self.invented > self.count
    }

    /// Where it is: behind a scan at the marker that ends it.
    pub const fn at(&self) -> usize {
        self.at
    }

    /// Goes behind the restart marker that must be next; `None`: there is none.
    pub fn restart(&mut self) -> Option<()> {
        let unread = self.count.checked_sub(self.invented)?;
        while self.bytes.get(self.at..self.at + 2) == Some(&[0xFF, 0xFF]) {
            self.at += 1;
        }
        let is_marker = matches!(self.bytes.get(self.at..self.at + 2), Some([0xFF, 0xD0..=0xD7]));
        // What fills the last byte up may be left over, and nothing else.
        (unread < 8 && is_marker).then(|| *self = Self::new(self.bytes, self.at + 2))
    }
}

/// Whether one of the bytes is 0xFF.
const fn has_ff(word: u64) -> bool {
    let inverted = !word;
    inverted.wrapping_sub(0x0101_0101_0101_0101) & !inverted & 0x8080_8080_8080_8080 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffing_is_taken_out_and_behind_the_end_are_zeros_that_are_noticed() {
        let bytes = [0x12, 0xFF, 0x00, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0, 0x11, 0xFF, 0xD9];
        let mut bits = Bits::new(&bytes, 0);
        for byte in [0x12, 0xFF, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0, 0x11] {
            bits.refill();
            assert_eq!(bits.peek(8), byte, "in order");
            bits.skip(4);
            bits.refill();
            assert_eq!(bits.peek(4), byte & 15, "also from the middle of it");
            bits.skip(4);
            assert!(!bits.is_past_the_end(), "all of it is there");
        }
        bits.refill();
        assert_eq!((bits.peek(16), bits.at()), (0, 11), "nothing behind the marker is read");
        bits.skip(1);
        assert!(bits.is_past_the_end(), "one bit too many");
    }

    #[test]
    fn a_restart_needs_its_marker_and_no_more_than_filling_before_it() {
        let bytes = [0xAB, 0x7F, 0xFF, 0xFF, 0xD3, 0xCD, 0xFF, 0xD9];
        let mut bits = Bits::new(&bytes, 0);
        bits.refill();
        bits.skip(8);
        assert_eq!(bits.restart(), None, "a byte was left over");
        bits.skip(1);
        assert_eq!(bits.restart(), Some(()), "seven bits fill it up");
        bits.refill();
        assert_eq!(bits.peek(8), 0xCD, "what is behind it");
        bits.skip(8);
        assert_eq!(bits.restart(), None, "the end is no restart");
    }
}

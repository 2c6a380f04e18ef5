//! LZW as TIFF has it: codes of 9 to 12 bits, the first bit first, widened one code early.
//!
//! Every string of the table has been written before, one byte longer than the string it was made of: it is copied from there.
//! Nearly all are short, and copied as a word.

/// Forgets the table.
const CLEAR: usize = 256;

/// Ends the data.
const END: usize = 257;

/// Codes that there can be.
const CODES: usize = 4096;

/// Bytes that are copied at once.
const WORD: usize = 8;

/// A string that was written.
#[derive(Clone, Copy, Default)]
struct Place {
    start: u32,
    length: u32,
}

/// Fills `out`. Whether the data was good and long enough; what else it may be the general decoder has to say.
pub(super) fn decode_lzw(data: &[u8], out: &mut [u8]) -> bool {
    decode(data, out) == Some(out.len())
}

fn decode(data: &[u8], out: &mut [u8]) -> Option<usize> {
    let mut codes = Codes { data, at: 0, next: 0, count: 0 };
    // Old files have their bits the other way round; they do not begin like this.
    if codes.read(9)? != CLEAR || u32::try_from(out.len()).is_err() {
        return None;
    }
    let mut table = vec![Place::default(); CODES];
    let (mut next, mut width) = (END + 1, 9);
    let mut before = Place::default();
    let mut at = 0;
    while at < out.len() {
        let code = codes.read(width)?;
        let place = match code {
            0..=255 => {
                out[at] = u8::try_from(code).ok()?;
                None
            }
            CLEAR => {
                (next, width, before) = (END + 1, 9, Place::default());
                continue;
            }
            END => break,
            known if known < next => Some(*table.get(known)?),
            // The string that is being made: the one before, and its first byte again.
            _ if code == next && before.length > 0 => Some(Place { length: before.length + 1, ..before }),
            _ => return None,
        };
        let length = place.map_or(Some(1), |place| copy(out, place, at))?;
        if before.length > 0 && next < CODES {
            table[next] = Place { length: before.length + 1, ..before };
            next += 1;
            if next == (1 << width) - 1 && width < 12 {
                width += 1;
            }
        }
        before = Place { start: u32::try_from(at).ok()?, length: u32::try_from(length).ok()? };
        at += length;
    }
    Some(at)
}

/// Writes a string once more; gives how much of it there was room for.
#[inline]
fn copy(out: &mut [u8], place: Place, at: usize) -> Option<usize> {
    let (start, length) = (place.start as usize, (place.length as usize).min(out.len() - at));
    if length <= WORD && start + length <= at && at + WORD <= out.len() {
        // What is too much of it is written over by what comes next.
        let word: [u8; WORD] = *out.get(start..)?.first_chunk()?;
        *out.get_mut(at..)?.first_chunk_mut()? = word;
    } else if start + length <= at {
        out.copy_within(start..start + length, at);
    } else {
        for i in 0..length {
            out[at + i] = out[start + i];
        }
    }
    Some(length)
}

/// The codes of the data.
struct Codes<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, at the top.
    next: u64,
    /// How many of them there are.
    count: u32,
}

impl Codes<'_> {
    /// The next code; `None` behind the end.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "twelve bits at most")]
    fn read(&mut self, width: u32) -> Option<usize> {
        if self.count < width {
            self.refill();
            if self.count < width {
                return None;
            }
        }
        let code = (self.next >> (64 - width)) as usize;
        self.next <<= width;
        self.count -= width;
        Some(code)
    }

    #[inline]
    fn refill(&mut self) {
        if let Some(word) = self.data.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            // A part of the last byte may get in too: it comes to lie where it will be put again.
            self.next |= u64::from_be_bytes(*word) >> self.count;
            let taken = (63 - self.count) / 8;
            self.at += taken as usize;
            self.count += 8 * taken;
            return;
        }
        while let Some(byte) = self.data.get(self.at).filter(|_| self.count <= 56) {
            self.next |= u64::from(*byte) << (56 - self.count);
            self.at += 1;
            self.count += 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of 9 bits, as long as the table is small.
    fn packed(codes: &[usize]) -> Vec<u8> {
        let bits: String = codes.iter().map(|code| format!("{code:09b}")).collect();
        let bytes = bits.as_bytes().chunks(8).map(|bits| format!("{:0<8}", String::from_utf8_lossy(bits)));
        bytes.map(|bits| u8::from_str_radix(&bits, 2).expect("bits")).collect()
    }

    #[test]
    fn strings_come_back_also_the_one_that_is_being_made() {
        let data = packed(&[CLEAR, 7, 258, 8, 259, 260, CLEAR, 9, END]);
        let mut out = [0; 12];
        assert_eq!(decode(&data, &mut out), Some(10), "ended by its code");
        assert_eq!(out[..10], [7, 7, 7, 8, 7, 7, 8, 8, 7, 9], "the table as it grows, and forgotten");
        let mut short = [0; 5];
        assert!(decode_lzw(&data, &mut short), "no more than there is room for");
        assert_eq!(short, [7, 7, 7, 8, 7], "the beginning of it");
        assert!(!decode_lzw(&data, &mut out), "fewer bytes than wanted");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for codes in [&[7, 8, 9, END][..], &[CLEAR, 258, END], &[CLEAR, 7, 260, END], &[CLEAR, 7], &[]] {
            assert!(!decode_lzw(&packed(codes), &mut [0; 64]), "{codes:?}");
        }
        let mut random = fastrand::Rng::with_seed(3);
        for _ in 0..3_000 {
            let mut data: Vec<u8> = (0..random.usize(1..300)).map(|_| random.u8(..)).collect();
            data[0] = 0x80; // begins as it should
            decode_lzw(&data, &mut vec![0; random.usize(0..2_000)]);
        }
    }
}

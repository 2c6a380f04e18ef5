//! Huffman codes: the symbols of first coefficients, and the lengths of all others.

use super::bits::Bits;

/// Bits that are looked up at once.
const LOOK: u32 = 12;

/// The coefficients of a block.
const BLOCK: u32 = 64;

/// A table, ready for what is read here.
pub(super) struct Huffman {
    /// By the next bits: the length of a code and its symbol; 0 where it is longer.
    codes: Box<[u16; 1 << LOOK]>,
    /// By the next bits: what can be passed over together.
    steps: Box<[Step; 1 << LOOK]>,
    /// For each length the first code that is longer, as the beginning of 16 bits.
    longer: [usize; 17],
    /// For each length what a code lies above the place of its symbol; may wrap around.
    above: [usize; 17],
    symbols: Vec<u8>,
}

/// Coefficients that can be passed over together.
#[derive(Clone, Copy, Default)]
struct Step {
    /// Bits of them; 0 where not even one fits into what is looked up.
    bits: u8,
    /// How many they are, zeros included.
    coefficients: u8,
    /// Whether the block ends behind them.
    ends: bool,
}

impl Huffman {
    /// From the numbers of codes of each length, and the symbols in the order of their codes. `None`: there are no such codes.
    pub fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut codes = Box::new([0_u16; 1 << LOOK]);
        let (mut longer, mut above) = ([0; 17], [0_usize; 17]);
        let (mut code, mut at) = (0_usize, 0_usize);
        for (length, count) in (1_u8..).zip(counts) {
            let place = usize::from(length);
            above[place] = code.wrapping_sub(at);
            for symbol in symbols.get(at..at + usize::from(*count))? {
                if code >= 1 << length {
                    return None;
                }
                if let Some(free) = LOOK.checked_sub(length.into()) {
                    codes[code << free..(code + 1) << free].fill(u16::from_be_bytes([length, *symbol]));
                }
                code += 1;
            }
            at += usize::from(*count);
            longer[place] = code << (16 - length);
            code <<= 1;
        }
        let steps = Box::new([Step::default(); 1 << LOOK]);
        let mut table = Self { codes, steps, longer, above, symbols: symbols.to_vec() };
        for pattern in 0..1 << LOOK {
            table.steps[pattern] = table.step_of(pattern);
        }
        Some(table)
    }

    /// As many coefficients as are whole in these bits.
    fn step_of(&self, pattern: usize) -> Step {
        let mut step = Step::default();
        loop {
            let [length, symbol] = self.codes[(pattern << step.bits) & ((1 << LOOK) - 1)].to_be_bytes();
            let (run, size) = (symbol >> 4, symbol & 15);
            let bits = step.bits + length + size;
            if length == 0 || u32::from(bits) > LOOK {
                return step;
            }
            if size == 0 && run < 15 {
                // Other ends than 0 are those of progressive files, of which no such coefficients are read.
                return if run == 0 { Step { bits, ends: true, ..step } } else { step };
            }
            step = Step { bits, coefficients: step.coefficients + run + 1, ends: false };
        }
    }

    /// The next symbol. At least 16 bits must have been provided.
    #[inline]
    pub fn symbol(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let [length, symbol] = self.codes[bits.peek(LOOK)].to_be_bytes();
        if length == 0 {
            return self.long_symbol(bits);
        }
        bits.skip(u32::from(length));
        Some(symbol)
    }

    #[cold]
    fn long_symbol(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let next = bits.peek(16);
        let length = (LOOK..=16).find(|length| next < self.longer[*length as usize])?;
        bits.skip(length);
        let code = next >> (16 - length);
        self.symbols.get(code.wrapping_sub(self.above[length as usize])).copied()
    }

    /// Passes over all coefficients of a block but the first. `None`: they are damaged.
    #[inline]
    pub fn skip_block(&self, bits: &mut Bits<'_>) -> Option<()> {
        let mut at = 1;
        while at < BLOCK {
            bits.refill();
            let step = self.steps[bits.peek(LOOK)];
            let after = at + u32::from(step.coefficients);
            // Behind a full block there is no end: it would be read out of the next one.
            if step.bits > 0 && after < BLOCK + u32::from(!step.ends) {
                bits.skip(u32::from(step.bits));
                if step.ends {
                    return Some(());
                }
                at = after;
                continue;
            }
            let symbol = self.symbol(bits)?;
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 && run < 15 {
                return (run == 0).then_some(());
            }
            bits.skip(size);
            at += run + 1;
        }
        (at == BLOCK).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes of 1, 2 and 3 bits, and of 13 for what is rare.
    fn table() -> Huffman {
        let mut counts = [0; 16];
        (counts[0], counts[1], counts[2], counts[12]) = (1, 1, 1, 2);
        Huffman::new(&counts, &[0x01, 0x00, 0xF0, 0x23, 0x0A]).expect("good codes")
    }

    #[test]
    fn codes_of_any_length_give_their_symbols() {
        let bytes = [0b0101_1011, 0b1000_0000, 0b0001_1100, 0b0000_0001];
        let mut bits = Bits::new(&bytes, 0);
        let table = table();
        let read: Vec<Option<u8>> = (0..5)
            .map(|_| {
                bits.refill();
                table.symbol(&mut bits)
            })
            .collect();
        assert_eq!(read, [0x01, 0x00, 0xF0, 0x23, 0x0A].map(Some), "in the order of their codes");
    }

    #[test]
    fn codes_that_cannot_be_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Huffman::new(&counts, &[1, 2, 3]).is_none(), "three of one bit");
        counts[0] = 2;
        assert!(Huffman::new(&counts, &[1]).is_none(), "fewer symbols than codes");
    }

    #[test]
    fn a_block_ends_where_it_is_full_or_says_so() {
        let passes = |bytes: &[u8]| {
            let mut bits = Bits::new(bytes, 0);
            table().skip_block(&mut bits).map(|()| {
                bits.refill();
                bits.peek(8)
            })
        };
        // `0 v`: a coefficient of one bit; `10`: the end; `110`: sixteen zeros.
        assert_eq!(passes(&[0b0001_1000, 0b1111_0000, 0]), Some(0b0011_1100), "two coefficients, then the end");
        assert_eq!(passes(&[0b1101_1011, 0b0110_1010, 0b1111_0000]), None, "sixty-four zeros are one too many");
        let full = [0b1101_1011, 0, 0, 0, 1, 0b0111_1111, 0]; // forty-eight zeros and fifteen coefficients, then `10`
        assert_eq!(passes(&full), Some(0b1011_1111), "what follows a full block is not its end");
    }
}

//! The blocks of a JPEG, each by its first coefficient, which is its mean.
//!
//! Of the other coefficients only the lengths are read, so that this takes a fraction of the time of decoding. What is unusual
//! (colours that are neither grey nor YCbCr, arithmetic codes, 12 bits) and what looks damaged is left to the decoder.
//! Progressive files begin with exactly what is wanted.

use super::bits::Bits;
use super::huffman::Huffman;

/// Pixels on a side of a block.
const BLOCK_PX: usize = 8;

/// Components of YCbCr.
const COMPONENTS_MAX: usize = 3;

/// A picture of one pixel for each block, as it is stored.
pub(super) struct Means {
    /// Width and height of the whole picture.
    pub full_px: (u32, u32),
    pub width_px: u32,
    pub height_px: u32,
    pub rgb: Vec<u8>,
    /// The metadata of the camera.
    pub exif: Option<Vec<u8>>,
}

/// What a file says of itself before its blocks.
#[derive(Default)]
struct Header {
    width_px: usize,
    height_px: usize,
    coding: Coding,
    components: Vec<Component>,
    /// The first value of each table.
    quant: [u16; 4],
    dc: [Option<Huffman>; 4],
    ac: [Option<Huffman>; 4],
    /// So many MCUs stand between two restart markers; 0: there are none.
    restart: usize,
    exif: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Coding {
    /// All coefficients of a block one after the other.
    #[default]
    Sequential,
    /// First the first one of all blocks, coarse.
    Progressive,
}

/// Luma, or one of the two chromas.
struct Component {
    id: u8,
    /// Blocks in an MCU.
    across: usize,
    down: usize,
    quant: usize,
    /// Blocks in a row, all MCUs whole.
    stride: usize,
    means: Vec<u8>,
    is_read: bool,
}

/// A component in a scan, with its tables.
#[derive(Clone, Copy)]
struct Chosen {
    component: usize,
    dc: usize,
    ac: usize,
}

/// The means. `None`: they cannot be had this way, or `is_wanted` does not want a picture of this width and height.
pub(super) fn means(bytes: &[u8], is_wanted: impl Fn(u32, u32) -> bool) -> Option<Means> {
    let mut header = Header::default();
    let mut at = 0;
    while header.components.is_empty() || header.components.iter().any(|component| !component.is_read) {
        let (marker, start, end) = next_segment(bytes, at)?;
        let body = bytes.get(start..end)?;
        at = end;
        match marker {
            0xC0..=0xC2 => header.take_frame(body, marker, &is_wanted)?,
            0xC4 => header.take_huffman(body)?,
            0xDB => header.take_quant(body)?,
            0xDD => header.restart = usize::from(u16::from_be_bytes(*body.first_chunk()?)),
            0xE1 => header.exif = body.strip_prefix(b"Exif\0\0").map(<[u8]>::to_vec).or_else(|| header.exif.take()),
            // What else Adobe writes than YCbCr the decoder has to sort out.
            0xEE if body.starts_with(b"Adobe") && body.get(11) != Some(&1) => return None,
            0xDA => at = header.take_scan(bytes, body, end)?,
            0xC3 | 0xC5..=0xCF | 0xD9 => return None,
            _ => {}
        }
    }
    header.into_picture()
}

/// The marker at or behind `at`, and where its segment begins and ends.
fn next_segment(bytes: &[u8], mut at: usize) -> Option<(u8, usize, usize)> {
    loop {
        match bytes.get(at..at + 2)? {
            [0xFF, 0xD9] => return Some((0xD9, at, at)),
            // Markers that stand alone, and what is stuffed into a scan that is passed over.
            [0xFF, 0x00 | 0x01 | 0xD0..=0xD8] => at += 2,
            [0xFF, marker @ 0x02..=0xFE] => {
                let length = usize::from(u16::from_be_bytes(*bytes.get(at + 2..)?.first_chunk()?));
                return Some((*marker, at + 4, at + 2 + length));
            }
            _ => at += 1,
        }
    }
}

impl Header {
    fn take_frame(&mut self, body: &[u8], marker: u8, is_wanted: &impl Fn(u32, u32) -> bool) -> Option<()> {
        let &[8, h1, h0, w1, w0, count @ (1 | 3), ..] = body else { return None };
        let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
        if !self.components.is_empty() || width == 0 || height == 0 || !is_wanted(width.into(), height.into()) {
            return None;
        }
        (self.width_px, self.height_px) = (width.into(), height.into());
        self.coding = if marker == 0xC2 { Coding::Progressive } else { Coding::Sequential };
        let parts = body.get(6..6 + 3 * usize::from(count))?.as_chunks::<3>().0;
        let is_rgb = parts.iter().map(|part| part[0].to_ascii_uppercase()).eq(*b"RGB");
        let sides = |[_, factors, _]: &[u8; 3]| (usize::from(factors >> 4), usize::from(factors & 15));
        if is_rgb || !parts.iter().map(sides).all(|(across, down)| (1..=4).contains(&across) && (1..=4).contains(&down))
        {
            return None;
        }
        for part in parts {
            let (across, down) = sides(part);
            let component = Component {
                id: part[0],
                across,
                down,
                quant: usize::from(part[2]),
                stride: 0,
                means: Vec::new(),
                is_read: false,
            };
            self.components.push(component);
        }
        let (columns, rows) = self.mcus();
        for component in &mut self.components {
            component.stride = columns * component.across;
            component.means = vec![0; component.stride * rows * component.down];
        }
        Some(())
    }

    /// Blocks in an MCU: across and down, of the finest component.
    fn mcu(&self) -> (usize, usize) {
        let most = |of: fn(&Component) -> usize| self.components.iter().map(of).max().unwrap_or(1);
        (most(|component| component.across), most(|component| component.down))
    }

    /// Columns and rows of MCUs.
    fn mcus(&self) -> (usize, usize) {
        let (across, down) = self.mcu();
        (self.width_px.div_ceil(BLOCK_PX * across), self.height_px.div_ceil(BLOCK_PX * down))
    }

    fn take_huffman(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&kind, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let (symbols, rest) = rest.split_at_checked(counts.iter().map(|count| usize::from(*count)).sum())?;
            let tables = if kind >> 4 == 0 { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(kind & 15))? = Some(Huffman::new(counts, symbols)?);
            body = rest;
        }
        Some(())
    }

    fn take_quant(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&kind, rest)) = body.split_first() {
            let (first, length) = match kind >> 4 {
                0 => (u16::from(*rest.first()?), 64),
                _ => (u16::from_be_bytes(*rest.first_chunk()?), 128),
            };
            *self.quant.get_mut(usize::from(kind & 15))? = first;
            body = rest.get(length..)?;
        }
        Some(())
    }

    /// Reads a scan whose data begins at `start`; gives where it ends.
    fn take_scan(&mut self, bytes: &[u8], body: &[u8], start: usize) -> Option<usize> {
        let (count, rest) = body.split_first()?;
        let (parts, rest) = rest.split_at_checked(2 * usize::from(*count))?;
        let &[first, _, bits, ..] = rest else { return None };
        if first > 0 || bits >> 4 > 0 {
            // Of a progressive file: other coefficients, or finer bits of the first.
            return Some(start);
        }
        let chosen = parts.as_chunks::<2>().0.iter().map(|&[id, tables]| {
            let component = self.components.iter().position(|component| component.id == id)?;
            Some(Chosen { component, dc: usize::from(tables >> 4), ac: usize::from(tables & 15) })
        });
        let chosen: Vec<Chosen> = chosen.collect::<Option<_>>()?;
        let mut scan = Scan { bits: Bits::new(bytes, start), predictions: [0; COMPONENTS_MAX], shift: bits & 15 };
        scan.read(self, &chosen)?;
        Some(scan.bits.at())
    }

    /// One pixel for each block of the finest component.
    fn into_picture(self) -> Option<Means> {
        let (width, height) = (self.width_px.div_ceil(BLOCK_PX), self.height_px.div_ceil(BLOCK_PX));
        let (across, down) = self.mcu();
        let mut rgb = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            let at = |of: &Component, x: usize| {
                let place = y * of.down / down * of.stride + x * of.across / across;
                of.means.get(place).copied().unwrap_or(128)
            };
            match self.components.as_slice() {
                [grey] => rgb.extend((0..width).flat_map(|x| [at(grey, x); 3])),
                [luma, blue, red] => {
                    rgb.extend((0..width).flat_map(|x| to_rgb([at(luma, x), at(blue, x), at(red, x)])));
                }
                _ => return None,
            }
        }
        let px = |px: usize| u32::try_from(px).ok();
        let full_px = (px(self.width_px)?, px(self.height_px)?);
        Some(Means { full_px, width_px: px(width)?, height_px: px(height)?, rgb, exif: self.exif })
    }
}

/// From YCbCr as JFIF has it; the factors are in parts of 65,536.
fn to_rgb([y, cb, cr]: [u8; 3]) -> [u8; 3] {
    let (y, cb, cr) = (i32::from(y) << 16, i32::from(cb) - 128, i32::from(cr) - 128);
    let narrow = |value: i32| u8::try_from(((value + 32_768) >> 16).clamp(0, 255)).unwrap_or(0);
    [narrow(y + 91_881 * cr), narrow(y - 22_554 * cb - 46_802 * cr), narrow(y + 116_130 * cb)]
}

/// A scan that is being read.
struct Scan<'a> {
    bits: Bits<'a>,
    /// The first coefficient of the block before, of each component.
    predictions: [i32; COMPONENTS_MAX],
    /// Bits that are told later.
    shift: u8,
}

impl Scan<'_> {
    fn read(&mut self, header: &mut Header, chosen: &[Chosen]) -> Option<()> {
        let (columns, rows) = match chosen {
            // Alone a component has no more blocks than it needs.
            [alone] => {
                let (component, (across, down)) = (&header.components[alone.component], header.mcu());
                let blocks = |px: usize, of_it: usize, of_all: usize| (px * of_it).div_ceil(BLOCK_PX * of_all);
                (blocks(header.width_px, component.across, across), blocks(header.height_px, component.down, down))
            }
            _ => header.mcus(),
        };
        let mut until_restart = header.restart;
        for row in 0..rows {
            for column in 0..columns {
                if header.restart > 0 && until_restart == 0 {
                    self.bits.restart()?;
                    self.predictions = [0; COMPONENTS_MAX];
                    until_restart = header.restart;
                }
                until_restart = until_restart.saturating_sub(1);
                for one in chosen {
                    let component = &header.components[one.component];
                    let (across, down) = if chosen.len() == 1 { (1, 1) } else { (component.across, component.down) };
                    for y in row * down..(row + 1) * down {
                        for x in column * across..(column + 1) * across {
                            self.block(header, *one, x, y)?;
                        }
                    }
                }
            }
            if self.bits.is_past_the_end() {
                return None;
            }
        }
        for one in chosen {
            header.components[one.component].is_read = true;
        }
        Some(())
    }

    #[inline]
    fn block(&mut self, header: &mut Header, of: Chosen, x: usize, y: usize) -> Option<()> {
        self.bits.refill();
        let size = u32::from(header.dc.get(of.dc)?.as_ref()?.symbol(&mut self.bits)?);
        let prediction = self.predictions.get_mut(of.component)?;
        match size {
            0 => {}
            1..=11 => {
                let value = i32::try_from(self.bits.peek(size)).ok()?;
                self.bits.skip(size);
                let is_negative = value < 1 << (size - 1);
                let difference = if is_negative { value + 1 - (1 << size) } else { value };
                *prediction = prediction.saturating_add(difference);
            }
            _ => return None,
        }
        if header.coding == Coding::Sequential {
            header.ac.get(of.ac)?.as_ref()?.skip_block(&mut self.bits)?;
        }
        let component = header.components.get_mut(of.component)?;
        let coefficient = (*prediction << self.shift).saturating_mul(i32::from(*header.quant.get(component.quant)?));
        // The first coefficient is eight times the mean, from the middle of the range on.
        let mean = (coefficient.saturating_add(4) >> 3).saturating_add(128).clamp(0, 255);
        *component.means.get_mut(y * component.stride + x)? = u8::try_from(mean).unwrap_or(0);
        Some(())
    }
}

//! Pixels in memory: whole pictures, tiles and thumbnails.

/// How pixels lie in memory, row by row from the top left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Three bytes a pixel.
    Rgb8,
    /// Four bytes a pixel, the alpha multiplied into the colours.
    Rgba8,
}

impl Layout {
    /// Bytes of one pixel.
    #[must_use]
    pub const fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Rgb8 => 3,
            Self::Rgba8 => 4,
        }
    }
}

/// An upright picture, or one level of a pyramid.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    layout: Layout,
    width_px: u32,
    height_px: u32,
    data: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({:?} {} x {})", self.layout, self.width_px, self.height_px)
    }
}

/// RGBA8 pixels ready for a texture, the alpha multiplied in.
#[derive(Clone, PartialEq, Eq)]
pub struct TilePixels {
    /// Pixels across, gutters included.
    pub width_px: u32,
    /// Pixels down, gutters included.
    pub height_px: u32,
    /// Four bytes a pixel, row by row.
    pub rgba: Vec<u8>,
}

impl std::fmt::Debug for TilePixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TilePixels({} x {})", self.width_px, self.height_px)
    }
}

impl Picture {
    /// A picture of these bytes; `None` where their number does not fit the size, or a side is 0.
    #[must_use]
    pub fn new(layout: Layout, width_px: u32, height_px: u32, data: Vec<u8>) -> Option<Self> {
        let pixels = (width_px as usize).checked_mul(height_px as usize)?;
        let bytes = pixels.checked_mul(layout.bytes_per_pixel())?;
        (bytes == data.len() && bytes > 0).then_some(Self { layout, width_px, height_px, data })
    }

    /// How the pixels lie.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.layout
    }

    /// Pixels across, at least 1.
    #[must_use]
    pub const fn width_px(&self) -> u32 {
        self.width_px
    }

    /// Pixels down, at least 1.
    #[must_use]
    pub const fn height_px(&self) -> u32 {
        self.height_px
    }

    /// All bytes, row by row.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The same, given away.
    #[must_use]
    pub fn into_data(self) -> Vec<u8> {
        self.data
    }

    /// The bytes of row `y`; empty below the last.
    #[must_use]
    pub fn row(&self, y: u32) -> &[u8] {
        let stride = self.width_px as usize * self.layout.bytes_per_pixel();
        let start = y as usize * stride;
        self.data.get(start..start + stride).unwrap_or_default()
    }

    /// The pixel at (`x`, `y`) as premultiplied RGBA, the nearest one for places outside.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        let row = self.row(y.min(self.height_px - 1));
        let at = x.min(self.width_px - 1) as usize * self.layout.bytes_per_pixel();
        match self.layout {
            Layout::Rgb8 => [row[at], row[at + 1], row[at + 2], 255],
            Layout::Rgba8 => [row[at], row[at + 1], row[at + 2], row[at + 3]],
        }
    }

    /// Half as large, rounded up: every pixel is the mean of 2 x 2 (the last row or column of an odd side counts
    /// twice).
    #[must_use]
    pub fn halved(&self) -> Self {
        let data = match self.layout {
            Layout::Rgb8 => halve::<3>(self),
            Layout::Rgba8 => halve::<4>(self),
        };
        Self { layout: self.layout, width_px: self.width_px.div_ceil(2), height_px: self.height_px.div_ceil(2), data }
    }
}

fn halve<const CHANNELS: usize>(from: &Picture) -> Vec<u8> {
    let (width, height) = (from.width_px.div_ceil(2) as usize, from.height_px.div_ceil(2));
    let mut data = vec![0; width * height as usize * CHANNELS];
    for (y, half) in (0..height).zip(data.chunks_exact_mut(width * CHANNELS)) {
        let below = (2 * y + 1).min(from.height_px - 1);
        halve_rows::<CHANNELS>(from.row(2 * y), from.row(below), half);
    }
    data
}

/// Two rows to one half as long. In pairs and without a look at each index: a fifth of the time it took otherwise.
fn halve_rows<const CHANNELS: usize>(upper: &[u8], lower: &[u8], half: &mut [u8]) {
    let (above, last_above) = upper.as_chunks::<CHANNELS>().0.as_chunks::<2>();
    let (below, last_below) = lower.as_chunks::<CHANNELS>().0.as_chunks::<2>();
    let half = half.as_chunks_mut::<CHANNELS>().0;
    for ((mean, [a, b]), [c, d]) in half.iter_mut().zip(above).zip(below) {
        *mean = mean_of_four(a, b, c, d);
    }
    if let ([a], [c], Some(mean)) = (last_above, last_below, half.last_mut()) {
        *mean = mean_of_four(a, a, c, c);
    }
}

#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the mean of four bytes fits a byte")]
fn mean_of_four<const N: usize>(a: &[u8; N], b: &[u8; N], c: &[u8; N], d: &[u8; N]) -> [u8; N] {
    std::array::from_fn(|i| {
        let sum = u16::from(a[i]) + u16::from(b[i]) + u16::from(c[i]) + u16::from(d[i]);
        ((sum + 2) / 4) as u8
    })
}

/// A small copy whose longest side is at most `max_side_px` (at least 1); a smaller picture keeps its size.
#[must_use]
pub fn thumbnail(picture: &Picture, max_side_px: u32) -> TilePixels {
    let limit = max_side_px.max(1);
    let longest = picture.width_px.max(picture.height_px);
    // Halving first averages every source pixel in; what is left to do is less than a factor of two.
    let mut small = std::borrow::Cow::Borrowed(picture);
    while small.width_px.max(small.height_px) >= 2 * limit {
        small = std::borrow::Cow::Owned(small.halved());
    }
    let side = |full: u32| {
        let scaled = u64::from(full) * u64::from(limit.min(longest)) / u64::from(longest);
        u32::try_from(scaled).unwrap_or(limit).max(1)
    };
    let (width_px, height_px) = (side(picture.width_px), side(picture.height_px));
    let mut rgba = Vec::with_capacity(width_px as usize * height_px as usize * 4);
    for y in 0..height_px {
        for x in 0..width_px {
            rgba.extend_from_slice(&mean_around(&small, (x, y), (width_px, height_px)));
        }
    }
    TilePixels { width_px, height_px, rgba }
}

/// The mean of the pixels of `from` that pixel `at` of a picture of `size` covers.
fn mean_around(from: &Picture, at: (u32, u32), size: (u32, u32)) -> [u8; 4] {
    let span = |at: u32, size: u32, full: u32| {
        let start = at * full / size;
        (start, ((at + 1) * full).div_ceil(size).clamp(start + 1, full))
    };
    let (x0, x1) = span(at.0, size.0, from.width_px);
    let (y0, y1) = span(at.1, size.1, from.height_px);
    let mut sum = [0_u32; 4];
    for y in y0..y1 {
        for x in x0..x1 {
            for (total, value) in sum.iter_mut().zip(from.pixel(x, y)) {
                *total += u32::from(value);
            }
        }
    }
    let count = (x1 - x0) * (y1 - y0);
    sum.map(|total| u8::try_from((total + count / 2) / count).unwrap_or(u8::MAX))
}

//! A TIFF (or BigTIFF) too large to be decoded whole, read tile by tile or strip by strip.

use super::{Grid, ImageError, Layout, Picture};
use std::collections::VecDeque;
use std::io::{Read, Seek};
use std::ops::Range;
use std::sync::Arc;
use tiff::ColorType;
use tiff::decoder::{Decoder, Limits as TiffLimits};
use tiff::tags::{CompressionMethod, Tag};

/// Bytes of decoded pieces that a reader keeps, because neighbouring tiles of a view share them.
const KEPT_BYTES: usize = 32 << 20;

/// Bytes of one decoded piece, at most: a file in one strip cannot be read in pieces.
const PIECE_BYTES_MAX: u64 = 64 << 20;

/// Pixels on a side at most: what a position in an `f64` and a grid of tiles can take without harm.
const SIDE_MAX_PX: u32 = 1 << 20;

/// A picture that stays in its file.
pub struct Pieces<R: Read + Seek> {
    decoder: Decoder<R>,
    grid: Grid,
    colors: Colors,
    piece_px: (u32, u32),
    columns: u32,
    rows: u32,
    kept: VecDeque<(u32, Arc<Picture>)>,
}

/// Where the strips of a picture lie in its file, and how.
#[derive(Clone, Debug)]
pub(super) struct LzwStrips {
    pub places: Vec<Range<usize>>,
    pub differences: Differences,
}

/// What was compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Differences {
    /// The samples.
    No,
    /// How they differ from those of the pixel to the left.
    ToTheLeft,
}

/// How samples are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colors {
    Grey8,
    Grey16,
    Rgb8,
    Rgb16,
    Rgba8,
    Rgba16,
}

impl<R: Read + Seek> std::fmt::Debug for Pieces<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pieces({:?}, {} x {} pieces of {:?})", self.colors, self.columns, self.rows, self.piece_px)
    }
}

impl<R: Read + Seek> Pieces<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// Where it is no TIFF, is not stored in pieces of a bearable size, or in colours that are not read this way.
    pub fn open(reader: R) -> Result<Self, ImageError> {
        let mut limits = TiffLimits::default();
        limits.ifd_value_size = 64 << 20; // offsets of a few million pieces
        let mut decoder = Decoder::new(reader).map_err(|e| damaged(&e))?.with_limits(limits);
        let (width, height) = decoder.dimensions().map_err(|e| damaged(&e))?;
        if width == 0 || height == 0 {
            return Err(ImageError::Empty { width, height });
        }
        if width.max(height) > SIDE_MAX_PX {
            return Err(ImageError::SideTooLong { width, height, limit: SIDE_MAX_PX });
        }
        let colors = colors_of(&mut decoder)?;
        let piece_px = decoder.chunk_dimensions();
        let bytes = u64::from(piece_px.0) * u64::from(piece_px.1) * 8;
        if bytes == 0 || bytes > PIECE_BYTES_MAX {
            return Err(ImageError::NotInPieces { width, height });
        }
        let (columns, rows) = (width.div_ceil(piece_px.0), height.div_ceil(piece_px.1));
        Ok(Self { decoder, grid: Grid::new(width, height), colors, piece_px, columns, rows, kept: VecDeque::new() })
    }

    /// The tiling of the whole picture.
    #[must_use]
    pub const fn grid(&self) -> Grid {
        self.grid
    }

    /// Columns and rows of stored pieces.
    #[must_use]
    pub const fn pieces(&self) -> (u32, u32) {
        (self.columns, self.rows)
    }

    /// How the pixels lie that are read.
    #[must_use]
    pub const fn layout(&self) -> super::Layout {
        self.colors.layout()
    }

    /// Where piece (`column`, `row`) lies: left, top, width and height in pixels.
    #[must_use]
    pub fn place(&self, column: u32, row: u32) -> (u32, u32, u32, u32) {
        let (width, height) = self.grid.level_size(0);
        let (left, top) = (column * self.piece_px.0, row * self.piece_px.1);
        (left, top, self.piece_px.0.min(width - left), self.piece_px.1.min(height - top))
    }

    /// The pixels of a piece.
    ///
    /// # Errors
    /// Where the file is damaged there or cannot be read.
    pub fn piece(&mut self, column: u32, row: u32) -> Result<Arc<Picture>, ImageError> {
        let index = row * self.columns + column;
        if let Some(at) = self.kept.iter().position(|(kept, _)| *kept == index)
            && let Some(found) = self.kept.remove(at)
        {
            let piece = Arc::clone(&found.1);
            self.kept.push_back(found);
            return Ok(piece);
        }
        let (_, _, width, height) = self.place(column, row);
        let mut stored = vec![0; self.colors.bytes(width, height)];
        self.decoder.read_chunk_bytes(index, &mut stored).map_err(|e| damaged(&e))?;
        let (layout, pixels) = self.colors.to_eight_bits(stored);
        let piece = Picture::new(layout, width, height, pixels)
            .ok_or_else(|| ImageError::Damaged { detail: "a piece does not have its size".to_owned() })?;
        let piece = Arc::new(piece);
        self.keep(index, Arc::clone(&piece));
        Ok(piece)
    }

    /// The strips of a picture that the decoder of [`super::lzw`] reads whole: three bytes a pixel, first bits first.
    pub(super) fn lzw_strips(&mut self) -> Option<LzwStrips> {
        let mut number = |tag| self.decoder.find_tag_unsigned::<u16>(tag).ok();
        let is_lzw = number(Tag::Compression)? == Some(CompressionMethod::LZW.to_u16());
        let is_plain = number(Tag::FillOrder)?.unwrap_or(1) == 1;
        let differences = match number(Tag::Predictor)? {
            None | Some(1) => Differences::No,
            Some(2) => Differences::ToTheLeft,
            Some(_) => return None,
        };
        if !is_lzw || !is_plain || self.colors != Colors::Rgb8 || self.columns != 1 {
            return None;
        }
        let offsets = self.decoder.get_tag_u64_vec(Tag::StripOffsets).ok()?;
        let lengths = self.decoder.get_tag_u64_vec(Tag::StripByteCounts).ok()?;
        let places = offsets.into_iter().zip(lengths).map(|(offset, length)| {
            let start = usize::try_from(offset).ok()?;
            Some(start..start.checked_add(usize::try_from(length).ok()?)?)
        });
        Some(LzwStrips { places: places.collect::<Option<_>>()?, differences })
    }

    /// Decodes a row of pieces to where its pixels belong, without a copy; `None` where that needs another layout, or where a
    /// row has several pieces.
    pub(super) fn row_into(&mut self, row: u32, pixels: &mut [u8]) -> Option<Result<(), ImageError>> {
        let (_, _, width, height) = self.place(0, row);
        let is_as_wanted = self.colors == Colors::Rgb8 && self.columns == 1;
        (is_as_wanted && pixels.len() == self.colors.bytes(width, height))
            .then(|| self.decoder.read_chunk_bytes(row, pixels).map_err(|e| damaged(&e)))
    }

    fn keep(&mut self, index: u32, piece: Arc<Picture>) {
        self.kept.push_back((index, piece));
        let mut bytes: usize = self.kept.iter().map(|(_, p)| p.data().len()).sum();
        while bytes > KEPT_BYTES && self.kept.len() > 1 {
            bytes -= self.kept.pop_front().map_or(0, |(_, p)| p.data().len());
        }
    }

    /// A part of the picture at full size; `None` where it is empty or reaches beyond the picture.
    ///
    /// # Errors
    /// Where the file is damaged there or cannot be read.
    pub fn region(&mut self, left: u32, top: u32, width: u32, height: u32) -> Result<Option<Picture>, ImageError> {
        let (full_width, full_height) = self.grid.level_size(0);
        if width == 0 || height == 0 || left + width > full_width || top + height > full_height {
            return Ok(None);
        }
        let layout = self.colors.layout();
        let pixel = layout.bytes_per_pixel();
        let mut data = vec![0; width as usize * height as usize * pixel];
        for row in top / self.piece_px.1..=(top + height - 1) / self.piece_px.1 {
            for column in left / self.piece_px.0..=(left + width - 1) / self.piece_px.0 {
                let piece = self.piece(column, row)?;
                let (piece_left, piece_top, piece_width, piece_height) = self.place(column, row);
                let (from_x, to_x) = (left.max(piece_left), (left + width).min(piece_left + piece_width));
                let (from_y, to_y) = (top.max(piece_top), (top + height).min(piece_top + piece_height));
                let bytes = (to_x - from_x) as usize * pixel;
                for y in from_y..to_y {
                    let source = (from_x - piece_left) as usize * pixel;
                    let target = ((y - top) as usize * width as usize + (from_x - left) as usize) * pixel;
                    let row = piece.row(y - piece_top);
                    data[target..target + bytes].copy_from_slice(&row[source..source + bytes]);
                }
            }
        }
        Ok(Picture::new(layout, width, height, data))
    }
}

fn colors_of<R: Read + Seek>(decoder: &mut Decoder<R>) -> Result<Colors, ImageError> {
    let unusual = |what: String| ImageError::Damaged { detail: format!("{what} cannot be read in pieces") };
    let orientation: Option<u16> = decoder.find_tag_unsigned(Tag::Orientation).map_err(|e| damaged(&e))?;
    if orientation.is_some_and(|turn| turn > 1) {
        return Err(unusual("a picture that its orientation tag turns".to_owned()));
    }
    let planes: Option<u16> = decoder.find_tag_unsigned(Tag::PlanarConfiguration).map_err(|e| damaged(&e))?;
    if planes.is_some_and(|planes| planes > 1) {
        return Err(unusual("a picture with its colours in separate planes".to_owned()));
    }
    let meaning: Option<u16> = decoder.find_tag_unsigned(Tag::PhotometricInterpretation).map_err(|e| damaged(&e))?;
    if meaning == Some(0) {
        return Err(unusual("a picture in which 0 is white".to_owned()));
    }
    match decoder.colortype().map_err(|e| damaged(&e))? {
        ColorType::Gray(8) => Ok(Colors::Grey8),
        ColorType::Gray(16) => Ok(Colors::Grey16),
        ColorType::RGB(8) => Ok(Colors::Rgb8),
        ColorType::RGB(16) => Ok(Colors::Rgb16),
        ColorType::RGBA(8) => Ok(Colors::Rgba8),
        ColorType::RGBA(16) => Ok(Colors::Rgba16),
        other => Err(unusual(format!("the colour type {other:?}"))),
    }
}

impl Colors {
    /// Bytes of so many stored pixels.
    const fn bytes(self, width: u32, height: u32) -> usize {
        let per_pixel = match self {
            Self::Grey8 => 1,
            Self::Grey16 => 2,
            Self::Rgb8 => 3,
            Self::Rgb16 => 6,
            Self::Rgba8 => 4,
            Self::Rgba16 => 8,
        };
        width as usize * height as usize * per_pixel
    }

    const fn layout(self) -> Layout {
        match self {
            Self::Grey8 | Self::Grey16 | Self::Rgb8 | Self::Rgb16 => Layout::Rgb8,
            Self::Rgba8 | Self::Rgba16 => Layout::Rgba8,
        }
    }

    fn to_eight_bits(self, stored: Vec<u8>) -> (Layout, Vec<u8>) {
        let color = match self {
            Self::Grey8 => image::ColorType::L8,
            Self::Grey16 => image::ColorType::L16,
            Self::Rgb8 => image::ColorType::Rgb8,
            Self::Rgb16 => image::ColorType::Rgb16,
            Self::Rgba8 => image::ColorType::Rgba8,
            Self::Rgba16 => image::ColorType::Rgba16,
        };
        // All of these are known there.
        super::decode::to_eight_bits(color, stored).unwrap_or((self.layout(), Vec::new()))
    }
}

fn damaged(error: &tiff::TiffError) -> ImageError {
    match error {
        tiff::TiffError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => ImageError::Truncated,
        other => ImageError::Damaged { detail: other.to_string() },
    }
}

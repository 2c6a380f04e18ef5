//! What can be seen on the screen, and the pictures that are shown there.

use image::{ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// Width and height of every test picture.
pub const PICTURE: (u32, u32) = (640, 480);

/// Base colours of the test pictures; each has plenty of colour, which nothing else in the middle of the window has.
pub const COLOURS: [[u8; 3]; 3] = [[190, 40, 60], [30, 150, 60], [40, 60, 190]];

/// A test picture as PNG: `COLOURS[which]` with darker blocks.
pub fn picture(which: usize) -> Vec<u8> {
    let base = COLOURS[which];
    let image = RgbImage::from_fn(PICTURE.0, PICTURE.1, |x, y| {
        let dark = (x / 80 + y / 80) % 3 == 1;
        Rgb(base.map(|c| if dark { c - c / 5 } else { c }))
    });
    let mut png = Cursor::new(Vec::new());
    image.write_to(&mut png, ImageFormat::Png).expect("a picture can be written");
    png.into_inner()
}

/// The lines of the crosshair are no wider.
const CROSSHAIR_PX: u32 = 4;

/// The screen.
#[derive(Clone, PartialEq)]
pub struct Pixels(RgbImage);

impl Pixels {
    /// Width and height of the screen: the window with its frame fits.
    pub const SIZE: (u32, u32) = (1440, 960);
    /// Where the canvas is in a window of 1400 points, without the panels beside it.
    const CANVAS_X: std::ops::Range<u32> = 284..1128;
    const CANVAS_Y: std::ops::Range<u32> = 60..880;

    /// Of raw bytes, three a pixel.
    pub fn from_rgb(bytes: Vec<u8>) -> Self {
        let (width, height) = Self::SIZE;
        Self(RgbImage::from_raw(width, height, bytes).expect("the whole screen"))
    }

    /// A pixel.
    pub fn at(&self, (x, y): (i32, i32)) -> [u8; 3] {
        let (x, y) = (u32::try_from(x).expect("on the screen"), u32::try_from(y).expect("on the screen"));
        self.0.get_pixel(x, y).0
    }

    /// How many pixels of the canvas have this colour.
    pub fn canvas_pixels_of(&self, colour: [u8; 3]) -> usize {
        Self::CANVAS_Y
            .flat_map(|y| Self::CANVAS_X.map(move |x| (x, y)))
            .filter(|(x, y)| self.0.get_pixel(*x, *y).0 == colour)
            .count()
    }

    /// How many pixels of the bottom line's right end, where the state of the sync stands, have this colour.
    pub fn pill_pixels_of(&self, colour: [u8; 3]) -> usize {
        let (width, height) = Self::SIZE;
        let corner = (height - 70..height).flat_map(|y| (width - 400..width).map(move |x| (x, y)));
        corner.filter(|(x, y)| self.0.get_pixel(*x, *y).0 == colour).count()
    }

    /// Where the test picture is shown, if all of it is.
    pub fn shown_image(&self) -> Option<Shown> {
        let coloured = |x: u32, y: u32| {
            let p = self.0.get_pixel(x, y).0;
            let (low, high) = (p.iter().min()?, p.iter().max()?);
            (high - low > 60).then_some(())
        };
        // The middle row and column of the picture are coloured from edge to edge.
        let column = |x: u32| Self::CANVAS_Y.filter(|y| coloured(x, *y).is_some()).count();
        let row = |y: u32| Self::CANVAS_X.filter(|x| coloured(*x, y).is_some()).count();
        let (left, right) = longest_run(Self::CANVAS_X.filter(|x| column(*x) > 200))?;
        let (top, bottom) = longest_run(Self::CANVAS_Y.filter(|y| row(*y) > 200))?;
        let scale = (right - left) / f64::from(PICTURE.0);
        let scale_y = (bottom - top) / f64::from(PICTURE.1);
        ((scale - scale_y).abs() < 0.01).then_some(Shown { left, top, scale })
    }
}

/// The first of the most numbers that follow each other, and the one after the last: a line of coloured words above the
/// picture is not a part of it. A crosshair does not part it.
fn longest_run(numbers: impl Iterator<Item = u32>) -> Option<(f64, f64)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, end)) if number - *end <= CROSSHAIR_PX => *end = number + 1,
            _ => runs.push((number, number + 1)),
        }
    }
    let (start, end) = runs.into_iter().max_by_key(|(start, end)| end - start)?;
    Some((f64::from(start), f64::from(end)))
}

/// Where a picture is on the screen.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    left: f64,
    top: f64,
    scale: f64,
}

impl Shown {
    /// The screen position of an image pixel's upper left corner, to the nearest whole one.
    #[expect(clippy::cast_possible_truncation, reason = "positions on a screen")]
    pub fn at(&self, x: f64, y: f64) -> (i32, i32) {
        ((self.left + x * self.scale).round() as i32, (self.top + y * self.scale).round() as i32)
    }

    /// Which of the test pictures it is.
    pub fn which(&self, screen: &Pixels) -> usize {
        let seen = screen.at(self.at(630.0, 470.0));
        let far = |colour: &[u8; 3]| -> i32 { (0..3).map(|i| (i32::from(colour[i]) - i32::from(seen[i])).abs()).sum() };
        (0..COLOURS.len()).min_by_key(|i| far(&COLOURS[*i])).expect("there are some")
    }
}

//! Small parts of images as textures: those in sight are wished for, a few hundred are kept.

use crate::model::{InputId, LocalId};
use crate::runtime::pictures::{CropWish, TilePixels};
use egui::{ColorImage, TextureHandle, TextureId, TextureOptions, Vec2};
use std::collections::{HashMap, HashSet};

/// Textures that are kept.
const KEPT: usize = 600;
/// What is around an annotation belongs to the look: so much of its longer side on every side.
const MARGIN: f64 = 0.15;

/// The parts that are there and the wishes for others.
#[derive(Default)]
pub struct CropCache {
    textures: HashMap<u128, TextureHandle>,
    asked: HashSet<u128>,
    wishes: Vec<CropWish>,
}

/// Where a part of an image lies, and the annotation on it.
#[derive(Clone, Copy, Debug)]
pub struct CropOf<'a> {
    /// The annotation.
    pub lid: LocalId,
    /// Its image.
    pub input: &'a InputId,
    /// Its bounds in parts of the image's sides; `None`: all of the image.
    pub bounds_norm: Option<[f64; 4]>,
}

impl CropCache {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.textures.clear();
        self.asked.clear();
        self.wishes.clear();
    }

    /// The picture of an annotation with what is around it, if it is there; wishes for it otherwise.
    pub fn get(&mut self, of: CropOf<'_>, side_px: u32) -> Option<(TextureId, Vec2)> {
        let key = of.lid.0;
        if let Some(texture) = self.textures.get(&key) {
            return Some((texture.id(), texture.size_vec2()));
        }
        if self.asked.insert(key) {
            let part = of.bounds_norm.map_or([0.0, 0.0, 1.0, 1.0], with_margin);
            self.wishes.push(CropWish { key, input_id: of.input.0.clone(), part, side_px });
        }
        None
    }

    pub(super) fn add(&mut self, ctx: &egui::Context, key: u128, pixels: &TilePixels) {
        if self.textures.len() >= KEPT {
            self.textures.clear(); // what is on the screen is asked for again
            self.asked.clear();
        }
        let size = [pixels.width_px as usize, pixels.height_px as usize];
        let image = ColorImage::from_rgba_premultiplied(size, &pixels.rgba);
        self.textures.insert(key, ctx.load_texture(format!("crop {key:x}"), image, TextureOptions::LINEAR));
    }

    /// The wishes since the last time.
    pub(super) fn take_wishes(&mut self) -> Vec<CropWish> {
        std::mem::take(&mut self.wishes)
    }
}

fn with_margin([x0, y0, x1, y1]: [f64; 4]) -> [f64; 4] {
    let margin = (x1 - x0).max(y1 - y0) * MARGIN;
    [x0 - margin, y0 - margin, x1 + margin, y1 + margin]
}

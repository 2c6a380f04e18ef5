//! What it costs to open a picture: decoding, halving, cutting a tile, making a thumbnail.
//!
//! `cargo bench --bench pictures` measures every file in the folder `LABELWRIGHT_BENCH_PICTURES` (`scripts/bench` makes JPEG,
//! PNG, TIFF and WebP of 24 megapixels and a JPEG of 100) and, always, a PNG of 6 megapixels that it makes itself.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use labelwright::images::{Layout, Limits, Picture, Pyramid, TileKey, decode, thumbnail};
use std::hint::black_box;
use std::io::Cursor;
use std::path::PathBuf;

fn made_here() -> (String, Vec<u8>) {
    let picture = RgbImage::from_fn(3000, 2000, |x, y| {
        let noise = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 27;
        Rgb([x / 12, y / 8, noise].map(|v| u8::try_from(v & 255).unwrap_or(0)))
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, ImageFormat::Png).expect("in memory");
    ("6mp.png".to_owned(), bytes.into_inner())
}

fn files() -> Vec<(String, Vec<u8>)> {
    let Some(dir) = std::env::var_os("LABELWRIGHT_BENCH_PICTURES") else { return vec![made_here()] };
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(dir).map(|entries| entries.flatten().map(|e| e.path()).collect()).unwrap_or_default();
    paths.sort();
    let is_small = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() < 512 << 20);
    let named = |path: PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some((name, std::fs::read(path).ok()?))
    };
    std::iter::once(made_here()).chain(paths.into_iter().filter(is_small).filter_map(named)).collect()
}

fn decoding(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode");
    group.sample_size(10);
    for (name, bytes) in files() {
        if decode(&bytes, &Limits::default()).is_err() {
            continue; // what else lies in the folder
        }
        group.bench_function(BenchmarkId::new("pixels", &name), |b| {
            b.iter(|| black_box(decode(&bytes, &Limits::default())));
        });
        group.bench_function(BenchmarkId::new("all_levels", &name), |b| {
            b.iter(|| black_box(decode(&bytes, &Limits::default()).map(Pyramid::new)));
        });
    }
    group.finish();
}

fn tiles(c: &mut Criterion) {
    let data = (0..6000_u32 * 4000 * 3).map(|i| u8::try_from(i % 251).unwrap_or(0)).collect();
    let picture = Picture::new(Layout::Rgb8, 6000, 4000, data).expect("sizes fit");
    let mut group = c.benchmark_group("tile");
    group.bench_function("thumbnail_of_24mp", |b| b.iter(|| black_box(thumbnail(&picture, 112))));
    let pyramid = Pyramid::new(picture);
    group.bench_function("cut", |b| b.iter(|| black_box(pyramid.tile(TileKey { level: 0, x: 3, y: 2 }))));
    group.finish();
}

criterion_group!(benches, decoding, tiles);
criterion_main!(benches);

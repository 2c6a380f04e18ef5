//! Which image of the project a file speaks of: by path, then by name, then by its bytes.

use super::super::sources::hex;
use crate::formats::origin::Fitting;
use crate::formats::{Frame, ImageRef};
use crate::geometry::Size;
use crate::model::InputId;
use crate::store::{InputRow, InputSource, NOMINAL_SIZE};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// The images of a project, to be found.
pub struct Images {
    rows: Vec<Known>,
    /// By the last part of path or name, in lower case.
    by_name: HashMap<String, Vec<usize>>,
    /// By that without its extension.
    by_stem: HashMap<String, Vec<usize>>,
    by_id: HashMap<InputId, usize>,
    /// By the hash of their bytes; made when it is needed first.
    by_hash: Option<HashMap<[u8; 32], usize>>,
    /// Where the files' images may be looked for, to compare bytes.
    folders: Vec<PathBuf>,
}

struct Known {
    id: InputId,
    name: String,
    /// The file, where it is one on this computer.
    file: Option<PathBuf>,
    size: Option<Size>,
}

/// How an image was found, or not.
#[derive(Clone, Debug, PartialEq)]
pub enum Match {
    /// This one.
    One(InputId),
    /// The name fits several, and the path none of them.
    Several(usize),
    /// None.
    None,
}

impl Images {
    /// From the rows of a project. `images_dir`: where relative paths begin; `folders`: where the files' images may be.
    pub fn new(rows: Vec<InputRow>, images_dir: &Path, folders: Vec<PathBuf>) -> Self {
        let mut images = Self {
            rows: Vec::with_capacity(rows.len()),
            by_name: HashMap::new(),
            by_stem: HashMap::new(),
            by_id: HashMap::new(),
            by_hash: None,
            folders,
        };
        for row in rows {
            let at = images.rows.len();
            let file = match row.source {
                InputSource::Path(path) if path.is_relative() => Some(images_dir.join(path)),
                InputSource::Path(path) => Some(path),
                _ => None,
            };
            let size = row.size.map(|px| Size::new(f64::from(px.width_px), f64::from(px.height_px)));
            let mut names = vec![last_part(&row.name)];
            names.extend(file.as_ref().and_then(|f| f.file_name()).map(|n| n.to_string_lossy().into_owned()));
            names.push(row.id.0.clone());
            let mut names: Vec<String> = names.into_iter().map(|n| n.to_lowercase()).collect();
            names.sort_unstable();
            names.dedup();
            let mut stems: Vec<String> = names.iter().map(|name| stem(name).to_owned()).collect();
            stems.dedup();
            for name in names {
                images.by_name.entry(name).or_default().push(at);
            }
            for stem in stems {
                let places = images.by_stem.entry(stem).or_default();
                if places.last() != Some(&at) {
                    places.push(at);
                }
            }
            images.by_id.insert(row.id.clone(), at);
            images.rows.push(Known { id: row.id, name: row.name, file, size });
        }
        images
    }

    /// The image that `image` names.
    pub fn find(&mut self, image: &ImageRef) -> Match {
        let name = last_part(&image.path).to_lowercase();
        let mut candidates = self.by_name.get(&name).cloned().unwrap_or_default();
        if candidates.is_empty() {
            candidates = self.by_stem.get(stem(&name)).cloned().unwrap_or_default();
        }
        if candidates.len() > 1 {
            let fits = |at: &usize| self.shared_parts(*at, &image.path);
            let best = candidates.iter().map(fits).max().unwrap_or(0);
            let fitting: Vec<usize> = candidates.iter().copied().filter(|at| fits(at) == best).collect();
            if fitting.len() == 1 && best > 1 {
                candidates = fitting;
            }
        }
        match candidates[..] {
            [one] => return Match::One(self.rows[one].id.clone()),
            [] => {}
            [..] => {
                return match self.by_bytes(image) {
                    Some(at) => Match::One(self.rows[at].id.clone()),
                    None => Match::Several(candidates.len()),
                };
            }
        }
        self.by_bytes(image).map_or(Match::None, |at| Match::One(self.rows[at].id.clone()))
    }

    /// How many parts of the path agree, from its end.
    fn shared_parts(&self, at: usize, path: &str) -> usize {
        let row = &self.rows[at];
        let wanted: Vec<String> = path.split('/').map(str::to_lowercase).collect();
        let shared = |text: &str| {
            let parts: Vec<String> = text.replace('\\', "/").split('/').map(str::to_lowercase).collect();
            parts.iter().rev().zip(wanted.iter().rev()).take_while(|(a, b)| a == b || stem(a) == b.as_str()).count()
        };
        let of_file = row.file.as_ref().map_or(0, |file| shared(&file.to_string_lossy()));
        of_file.max(shared(&row.name))
    }

    fn by_bytes(&mut self, image: &ImageRef) -> Option<usize> {
        let hash = match image.hash {
            Some(hash) => hash,
            None => self.hash_beside(&image.path)?,
        };
        if self.by_hash.is_none() {
            let hashes = self.rows.iter().enumerate().filter_map(|(at, row)| Some((hash_of(row.file.as_ref()?)?, at)));
            self.by_hash = Some(hashes.collect());
        }
        self.by_hash.as_ref()?.get(&hash).copied()
    }

    /// The hash of the file that the annotations speak of, where it lies below one of the folders.
    fn hash_beside(&self, path: &str) -> Option<[u8; 32]> {
        let relative = Path::new(path);
        // A path that leads out of the folder is nobody's image.
        if !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return None;
        }
        self.folders.iter().find_map(|folder| hash_of(&folder.join(relative)))
    }

    /// Between a file's frame and the image.
    ///
    /// # Errors
    /// Where they are of different shapes, or nothing is known of the size.
    pub fn fitting(&self, input: &InputId, frame: Frame) -> Result<Fitting, String> {
        let at = *self.by_id.get(input).ok_or("the image is gone")?;
        let known = self.rows[at].size;
        match (frame, known) {
            (Frame::Unit, size) => {
                let to = size.unwrap_or(NOMINAL_SIZE);
                Ok(Fitting { from: Size::new(1.0, 1.0), to, orientation: 1 })
            }
            (Frame::Pixels(None), Some(size)) => Ok(Fitting { from: size, to: size, orientation: 1 }),
            (Frame::Pixels(None), None) => match self.probed(at) {
                Some((size, _)) => Ok(Fitting { from: size, to: NOMINAL_SIZE, orientation: 1 }),
                None => Err("neither the file nor the project knows the size of the image; look at it once".to_owned()),
            },
            (Frame::Pixels(Some((width, height))), None) => {
                Ok(Fitting { from: Size::new(width, height), to: NOMINAL_SIZE, orientation: 1 })
            }
            (Frame::Pixels(Some((width, height))), Some(size)) => self.between(at, Size::new(width, height), size),
        }
    }

    fn between(&self, at: usize, from: Size, to: Size) -> Result<Fitting, String> {
        let plain = Fitting { from, to, orientation: 1 };
        if from == to {
            return Ok(plain);
        }
        // Two numbers the other way round: the file counts pixels as they are stored, before EXIF turns the image.
        if (from.width, from.height) == (to.height, to.width) {
            let orientation = self.probed(at).map_or(1, |(_, orientation)| orientation);
            if orientation >= 5 {
                return Ok(Fitting { from, to, orientation });
            }
        }
        let ratio = (from.width / from.height) / (to.width / to.height);
        if (ratio - 1.0).abs() < 0.02 {
            return Ok(plain); // the same picture at another scale
        }
        Err(format!(
            "the file says that the image has {} × {} pixels; it has {} × {}",
            from.width, from.height, to.width, to.height
        ))
    }

    /// The upright size and the orientation tag, out of the file.
    fn probed(&self, at: usize) -> Option<(Size, u8)> {
        let bytes = std::fs::read(self.rows[at].file.as_ref()?).ok()?;
        let probe = crate::images::probe(&bytes).ok()?;
        Some((Size::new(f64::from(probe.width_px), f64::from(probe.height_px)), probe.orientation))
    }
}

fn hash_of(file: &Path) -> Option<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut file = std::fs::File::open(file).ok()?;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = std::io::Read::read(&mut file, &mut buffer).ok()?;
        if n == 0 {
            return Some(hash.finalize().into());
        }
        hash.update(&buffer[..n]);
    }
}

/// The part behind the last separator of a path or address, without a query.
pub fn last_part(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or(path);
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

/// Without what stands behind the last dot.
pub fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 5 => stem,
        _ => name,
    }
}

/// A key of a setting that says something about one image.
pub fn setting_key(format: crate::formats::Format, input: &InputId) -> String {
    format!("formats/{}/image/{}", format.family(), hex(input.as_str().as_bytes()))
}

//! Which parts of the layer texture are not as they should be.

use crate::geometry::Rect;

/// Separate dirty boxes kept; more are merged into one.
const DIRTY_BOXES_MAX: usize = 6;

/// What has changed on the screen since the last flush.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Dirty {
    /// Nothing.
    #[default]
    Clean,
    /// These boxes, in image pixels.
    Boxes(Vec<Rect>),
    /// All of it.
    All,
}

impl Dirty {
    pub fn add(&mut self, area: Rect) {
        match self {
            Self::Clean => *self = Self::Boxes(vec![area]),
            Self::All => {}
            Self::Boxes(boxes) => {
                match boxes.iter_mut().find(|b| b.intersects(area)) {
                    Some(near) => *near = near.union(area),
                    None => boxes.push(area),
                }
                if boxes.len() > DIRTY_BOXES_MAX {
                    let all = boxes.iter().skip(1).fold(boxes[0], |all, b| all.union(*b));
                    *boxes = vec![all];
                }
            }
        }
    }

    pub fn merge(&mut self, other: Self) {
        match other {
            Self::Clean => {}
            Self::All => *self = Self::All,
            Self::Boxes(boxes) => boxes.into_iter().for_each(|b| self.add(b)),
        }
    }
}

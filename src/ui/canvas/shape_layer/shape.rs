//! What a retained shape is and how it looks.

use crate::geometry::{Point, Rect, Ring};
use egui::Color32;

/// Names a shape for as long as it lives in the layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapeKey(pub u128);

/// The geometry of a shape, in image pixels.
#[derive(Clone, Debug, PartialEq)]
pub enum Outline {
    /// An axis-parallel box.
    Box(Rect),
    /// A polygon; concave is fine.
    Polygon(Ring),
    /// A single place, drawn as a dot of constant screen size.
    Point(Point),
}

impl Outline {
    /// The smallest box around it; `None` without points or with a coordinate that is not finite.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let bounds = match self {
            Self::Box(rect) => Some(*rect),
            Self::Polygon(ring) => ring.points().iter().all(|p| p.is_finite()).then(|| ring.bounds()).flatten(),
            Self::Point(p) => Some(Rect { min: *p, max: *p }),
        };
        bounds.filter(|b| b.min.is_finite() && b.max.is_finite())
    }
}

/// How the outline is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pattern {
    /// An unbroken line.
    #[default]
    Solid,
    /// Dashes of constant screen length: pending.
    Dashed,
}

/// Whether the layer draws the shape at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Drawn.
    #[default]
    Shown,
    /// Not drawn, but kept: showing it again costs no geometry.
    Hidden,
}

/// A mark over the whole shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// None.
    #[default]
    Plain,
    /// A diagonal stroke across its box: rejected.
    Struck,
}

/// How much the shape should catch the eye.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emphasis {
    /// An outline of 2 screen points.
    #[default]
    Normal,
    /// The same at a third of the opacity.
    Dim,
    /// An outline of 3.5 screen points.
    Strong,
}

/// Everything about a shape but its geometry. Changing it rebuilds no geometry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShapeLook {
    /// The outline's colour.
    pub stroke: Color32,
    /// The colour inside; fully transparent draws nothing there.
    pub fill: Color32,
    /// Unbroken or dashed.
    pub pattern: Pattern,
    /// Shown or hidden.
    pub visibility: Visibility,
    /// Struck through or not.
    pub mark: Mark,
    /// Dim, normal or strong.
    pub emphasis: Emphasis,
}

/// Opacity of [`Emphasis::Dim`].
const DIM_OPACITY: f32 = 0.33;

pub(super) const FLAG_HIDDEN: u32 = 1;
const FLAG_DASHED: u32 = 2;
const FLAG_STRUCK: u32 = 4;
const FLAG_POINT: u32 = 8;

/// A look as the shader reads it: stroke, fill, flags with the half width in sixteenths of a point from bit 8 on, and
/// the longest side in image pixels as the bits of an `f32`.
pub(super) type PackedLook = [u32; 4];

/// What an empty slot looks like.
pub(super) const NOTHING: PackedLook = [0, 0, FLAG_HIDDEN, 0];

impl ShapeLook {
    /// The look of a shape whose longest side is `side_px` image pixels.
    pub(super) fn packed(self, outline: &Outline, side_px: f32) -> PackedLook {
        let opacity = if self.emphasis == Emphasis::Dim { DIM_OPACITY } else { 1.0 };
        let half_width_sixteenths: u32 = if self.emphasis == Emphasis::Strong { 28 } else { 16 };
        let color = |c: Color32| u32::from_le_bytes(c.gamma_multiply(opacity).to_array());
        let mut flags = half_width_sixteenths << 8;
        if self.visibility == Visibility::Hidden {
            flags |= FLAG_HIDDEN;
        }
        if self.pattern == Pattern::Dashed {
            flags |= FLAG_DASHED;
        }
        if self.mark == Mark::Struck {
            flags |= FLAG_STRUCK;
        }
        if matches!(outline, Outline::Point(_)) {
            flags |= FLAG_POINT;
        }
        [color(self.stroke), color(self.fill), flags, side_px.to_bits()]
    }
}

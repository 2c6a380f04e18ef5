//! What a format, or this program, cannot hold: counted, with examples.

use std::collections::BTreeMap;
use std::fmt;

/// Examples that are kept of each kind.
const EXAMPLES_MAX: usize = 3;

/// Something that has no place where it goes, or another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// Coming in: an ellipse.
    Ellipse,
    /// Coming in: a circle.
    Circle,
    /// Coming in: a box that is turned.
    TurnedBox,
    /// Coming in: a mask of pixels.
    Mask,
    /// Coming in: a hole in a mask or polygon.
    Hole,
    /// Coming in: a polygon that crosses itself.
    Crossing,
    /// Coming in: a line, cuboid, skeleton, video track or another thing that is not a region.
    NotARegion,
    /// Coming in: key points of an object.
    Keypoints,
    /// Coming in: an object without a class.
    NoClass,
    /// Going out: polygons become their bounding boxes.
    PolygonToBox,
    /// Going out: boxes become polygons of four corners.
    BoxToPolygon,
    /// Going out: points.
    Point,
    /// Going out: labels of whole images.
    WholeImage,
    /// Going out: a second and further label of an object.
    SecondLabel,
    /// Going out: "not" labels.
    Negative,
    /// Going out: scores of a model.
    Score,
    /// Going out: where annotations stand in review.
    Status,
    /// Going out: parts of one object become objects of their own.
    Parts,
    /// Going out: positions are rounded to whole pixels.
    Rounded,
    /// Going out: masks and other kinds that this program keeps without drawing.
    NotDrawn,
    /// Going out: annotations of images of which no size is known.
    NoSize,
    /// Going out: an annotation without a label.
    Unlabelled,
    /// Going out: free-form information.
    Info,
}

impl Loss {
    /// What happens, after a number of them.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Ellipse => "ellipses become polygons of 64 vertices",
            Self::Circle => "circles become polygons of 64 vertices",
            Self::TurnedBox => "turned boxes become polygons of 4 vertices",
            Self::Mask => "masks become polygons along their pixels",
            Self::Hole => "holes have no place; the outlines around them are taken",
            Self::Crossing => "polygons cross themselves and are untied: the same corners in another order",
            Self::NotARegion => "lines, cuboids, skeletons or tracks have no place; they are not shown",
            Self::Keypoints => "sets of key points have no place; they are kept for an export to the same format",
            Self::NoClass => "objects have no class and get no label",
            Self::PolygonToBox => "polygons become their bounding boxes",
            Self::BoxToPolygon => "boxes become polygons of 4 vertices",
            Self::Point => "points have no place and are left out",
            Self::WholeImage => "labels of whole images have no place and are left out",
            Self::SecondLabel => "further labels of objects have no place and are left out",
            Self::Negative => "\"not\" labels have no place and are left out",
            Self::Score => "scores have no place and are left out",
            Self::Status => "review statuses have no place and are left out",
            Self::Parts => "parts of objects become objects of their own",
            Self::Rounded => "objects are rounded to whole pixels",
            Self::NotDrawn => "masks or other kinds that are kept but not drawn are left out",
            Self::NoSize => "annotations are left out because the size of their image is not known",
            Self::Unlabelled => "annotations without a label are left out",
            Self::Info => "notes (free-form information) have no place and are left out",
        }
    }
}

/// How often what was lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    counts: BTreeMap<Loss, (usize, Vec<String>)>,
}

impl Losses {
    /// One more.
    pub fn add(&mut self, loss: Loss, example: impl FnOnce() -> String) {
        let (count, examples) = self.counts.entry(loss).or_default();
        *count += 1;
        if examples.len() < EXAMPLES_MAX {
            examples.push(example());
        }
    }

    /// Whether nothing is lost.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// What, how often, and examples.
    pub fn iter(&self) -> impl Iterator<Item = (Loss, usize, &[String])> {
        self.counts.iter().map(|(loss, (count, examples))| (*loss, *count, examples.as_slice()))
    }

    /// How often this.
    #[must_use]
    pub fn count(&self, loss: Loss) -> usize {
        self.counts.get(&loss).map_or(0, |(count, _)| *count)
    }
}

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (loss, count, examples) in self.iter() {
            writeln!(f, "{count:>8} {} (such as {})", loss.text(), examples.join("; "))?;
        }
        Ok(())
    }
}

//! Where the annotations of a whole project are, without their contents: for telling what of a file is here already.

use super::StoreError;
use super::reader::{Reader, split_concepts};
use crate::model::{ConceptId, LocalId};

/// One annotation, in short.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceRow {
    /// Which one.
    pub lid: LocalId,
    /// On which image.
    pub input_id: String,
    /// `image` for the whole image, `box`, `polygon`, `point`, or another's name.
    pub kind: String,
    /// Its labels.
    pub concepts: Vec<ConceptId>,
    /// `[x0, y0, x1, y1]` in parts of the upright image; `None`: nothing to draw.
    pub bounds_norm: Option<[f64; 4]>,
    /// A part of the image's area.
    pub area_norm: f64,
}

impl Reader {
    /// Hands over every annotation that is shown.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub fn each_place(&self, take: &mut dyn FnMut(PlaceRow)) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(include_str!("sql/annotation_places.sql"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let lid: String = row.get(0)?;
            let Ok(lid) = lid.parse() else { continue };
            let bounds = [row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?];
            take(PlaceRow {
                lid,
                input_id: row.get(1)?,
                kind: row.get(2)?,
                concepts: split_concepts(&row.get::<_, String>(3)?).collect(),
                bounds_norm: match bounds {
                    [Some(x0), Some(y0), Some(x1), Some(y1)] => Some([x0, y0, x1, y1]),
                    _ => None,
                },
                area_norm: row.get(8)?,
            });
        }
        Ok(())
    }
}

//! Many shapes by their place, so that each chunk of them is a compact part of the picture.

use super::chunks::{BULK_FILL, Slot};
use super::shape::ShapeKey;
use crate::geometry::{Point, Rect};

/// What is sorted in place of a slot, which is several times as large.
struct Ticket {
    at: Point,
    key: ShapeKey,
    slot: usize,
}

/// Sorts by place so that every run of [`BULK_FILL`] fills a compact rectangle: slabs by x, each cut by y.
pub(super) fn sorted_by_place(slots: Vec<Slot>) -> impl Iterator<Item = Slot> {
    let chunks = slots.len().div_ceil(BULK_FILL);
    // As many chunks in a slab as there are slabs.
    let slab = chunks.isqrt().max(1) * BULK_FILL;
    let center = |slot: &Slot| slot.bounds().map_or_else(Point::default, Rect::center);
    let ticket = |(slot, held): (usize, &Slot)| Ticket { at: center(held), key: held.key, slot };
    let mut order: Vec<Ticket> = slots.iter().enumerate().map(ticket).collect();
    order.sort_unstable_by(|a, b| a.at.x.total_cmp(&b.at.x).then(a.key.cmp(&b.key)));
    for slab in order.chunks_mut(slab) {
        slab.sort_unstable_by(|a, b| a.at.y.total_cmp(&b.at.y).then(a.key.cmp(&b.key)));
    }
    let mut slots: Vec<Option<Slot>> = slots.into_iter().map(Some).collect();
    order.into_iter().filter_map(move |ticket| slots[ticket.slot].take())
}

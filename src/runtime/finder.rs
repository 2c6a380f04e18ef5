//! Looking through the whole project, on a thread of its own: the list of images with its counts, the filter box, the use of
//! concepts, and what a command on many images would touch. The session goes on saving meanwhile.
//!
//! Of several questions of the same kind only the last one is answered: nobody waits for the others any more.

use super::clock::now_ms;
use super::messages::{Event, InputRow, NoticeLevel};
use super::open;
use super::session::Out;
use crate::api;
use crate::geometry::Size;
use crate::model::image_query::{ImageQuery, ImageSort, SortDirection};
use crate::model::{InputId, LocalId, Status, Worker};
use crate::store::{InputFilter, Reader, StoreError};
use crate::sync::{Record, model_from_wire};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

/// Why the images have to be counted again. Of so many parts of the time counting a large project takes one at most, however
/// often something changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The person did something, or all is done.
    Here,
    /// A pull or a push goes on, and each of its hundreds of steps changes something.
    BySync,
}

impl Changed {
    const fn share(self) -> i64 {
        match self {
            Self::Here => 20,
            Self::BySync => 100,
        }
    }
}

/// When the images were counted last, and how long that took.
#[derive(Debug, Default)]
struct Counted {
    at_ms: AtomicI64,
    took_ms: AtomicI64,
}

/// Which images to list, in which order.
#[derive(Clone, Debug, Default)]
pub struct FindImages {
    /// Comes back with the answer.
    pub number: u64,
    /// What they have to be like.
    pub query: ImageQuery,
    /// By what they are ordered.
    pub sort: ImageSort,
    /// From which end.
    pub direction: SortDirection,
}

/// The images that were asked for.
#[derive(Clone, Debug, Default)]
pub struct FoundImages {
    /// The number of the question.
    pub number: u64,
    /// In order.
    pub images: Vec<InputId>,
}

/// What is on some images, for a look before something is done to all of them.
#[derive(Clone, Debug, Default)]
pub struct ImagesLook {
    /// The number of the question.
    pub number: u64,
    /// In the order of the question.
    pub images: Vec<ImageLook>,
}

/// What is on an image.
#[derive(Clone, Debug)]
pub struct ImageLook {
    /// Which image.
    pub input: InputId,
    /// Its annotations that can be deleted.
    pub deletable: Vec<LocalId>,
    /// Annotations that came with the image and go only with it.
    pub input_level: usize,
    /// Annotations that are not on the server as they are here.
    pub unsent: usize,
    /// Users who have the whole image as pending work.
    pub pending_with: Vec<String>,
}

/// What the thread is told.
enum Order {
    Find(Box<FindImages>),
    Look(u64, Vec<InputId>),
    List,
    CountConcepts,
    Me(String),
}

/// The handle of the thread; it ends when this is dropped.
pub struct Finder {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
    counted: Arc<Counted>,
}

impl Finder {
    /// Starts the thread. `listed`: the rows that the window has.
    ///
    /// # Errors
    /// Where the system gives no more threads.
    pub fn start(reader: Reader, out: Out, me: String, listed: Vec<InputRow>) -> std::io::Result<Self> {
        let (orders, inbox) = channel();
        let counted = Arc::new(Counted::default());
        let mut at_work = Working { reader, out, me, listed, counted: Arc::clone(&counted) };
        let thread = std::thread::Builder::new().name("finder".to_owned()).spawn(move || at_work.run(&inbox))?;
        Ok(Self { orders: Some(orders), thread: Some(thread), counted })
    }

    /// Unix milliseconds before which the list should not be asked for again: a push that changes its counts a hundred times
    /// must not have all annotations counted a hundred times.
    pub fn rested_at_ms(&self, why: Changed) -> i64 {
        let took_ms = self.counted.took_ms.load(Ordering::Relaxed);
        self.counted.at_ms.load(Ordering::Relaxed) + took_ms * why.share()
    }

    /// Answers with [`Event::FoundImages`].
    pub fn find(&self, wanted: Box<FindImages>) {
        self.tell(Order::Find(wanted));
    }

    /// Answers with [`Event::ImagesLook`].
    pub fn look(&self, number: u64, images: Vec<InputId>) {
        self.tell(Order::Look(number, images));
    }

    /// Tells what changed in the list of images: [`Event::Inputs`] or [`Event::InputCounts`].
    pub fn list(&self) {
        self.tell(Order::List);
    }

    /// Answers with [`Event::ConceptCounts`].
    pub fn count_concepts(&self) {
        self.tell(Order::CountConcepts);
    }

    /// Who is at this desk.
    pub fn learn_user(&self, user: &str) {
        self.tell(Order::Me(user.to_owned()));
    }

    fn tell(&self, order: Order) {
        if self.orders.as_ref().is_some_and(|orders| orders.send(order).is_err()) {
            tracing::error!("the thread that looks through the project has ended");
        }
    }
}

impl Drop for Finder {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that looks through the project ended in a panic");
        }
    }
}

/// The thread's own.
struct Working {
    reader: Reader,
    out: Out,
    me: String,
    listed: Vec<InputRow>,
    counted: Arc<Counted>,
}

impl Working {
    fn run(&mut self, inbox: &Receiver<Order>) {
        while let Ok(first) = inbox.recv() {
            let (mut find, mut look, mut list, mut count) = (None, None, false, false);
            for order in std::iter::once(first).chain(inbox.try_iter()) {
                match order {
                    Order::Find(wanted) => find = Some(wanted),
                    Order::Look(number, images) => look = Some((number, images)),
                    Order::List => list = true,
                    Order::CountConcepts => count = true,
                    Order::Me(user) => self.me = user,
                }
            }
            if let Some((number, images)) = look {
                self.look(number, images);
            }
            if list {
                let began_ms = now_ms();
                self.list();
                let now_ms = now_ms();
                self.counted.at_ms.store(now_ms, Ordering::Relaxed);
                self.counted.took_ms.store(now_ms - began_ms, Ordering::Relaxed);
            }
            if let Some(wanted) = find {
                self.find(&wanted);
            }
            if count {
                self.count_concepts();
            }
        }
    }

    fn find(&self, wanted: &FindImages) {
        match self.reader.find_images(&wanted.query, wanted.sort, wanted.direction, &self.me) {
            Ok(images) => self.out.tell(Event::FoundImages(FoundImages { number: wanted.number, images })),
            Err(error) => self.fail(&error),
        }
    }

    fn look(&self, number: u64, images: Vec<InputId>) {
        match images.into_iter().map(|input| look_at(&self.reader, input)).collect() {
            Ok(images) => self.out.tell(Event::ImagesLook(Box::new(ImagesLook { number, images }))),
            Err(error) => self.fail(&error),
        }
    }

    /// The whole list where images came, went or were renamed; else only the rows whose counts changed.
    fn list(&mut self) {
        let rows = match input_rows(&self.reader) {
            Ok(rows) => rows,
            Err(error) => return self.fail(&error),
        };
        let same_images = rows.len() == self.listed.len()
            && rows.iter().zip(&self.listed).all(|(new, old)| new.id == old.id && new.name == old.name);
        if same_images {
            let changed: Vec<InputRow> =
                rows.iter().zip(&self.listed).filter(|(new, old)| new != old).map(|(new, _)| new.clone()).collect();
            // Also where no count changed: what a filter looks at may have, a concept for one.
            self.out.tell(Event::InputCounts(changed));
        } else {
            self.out.tell(Event::Inputs(rows.clone()));
        }
        self.listed = rows;
    }

    fn count_concepts(&self) {
        match self.reader.concept_use() {
            Ok(counts) => self.out.tell(Event::ConceptCounts(counts)),
            Err(error) => tracing::warn!(%error, "concepts cannot be counted"),
        }
    }

    fn fail(&self, error: &StoreError) {
        self.out.notice(NoticeLevel::Error, format!("The images cannot be listed: {error}"));
    }
}

/// The images in order, with their counts.
///
/// # Errors
/// Where the database cannot be read.
pub fn input_rows(reader: &Reader) -> Result<Vec<InputRow>, StoreError> {
    let counts = reader.counts()?;
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let rows = reader.inputs(&InputFilter::default())?;
    let row = |row: crate::store::InputRow| {
        let count = counts.per_input.get(&row.id).copied().unwrap_or_default();
        InputRow {
            size: row.size.map(|s| Size::new(f64::from(s.width_px), f64::from(s.height_px))),
            name: row.name,
            annotations: number(count.annotations),
            open: number(count.open),
            unsent: number(count.not_clean.saturating_sub(count.in_trouble)),
            problems: number(count.in_trouble),
            id: row.id,
        }
    };
    Ok(rows.into_iter().map(row).collect())
}

fn look_at(reader: &Reader, input: InputId) -> Result<ImageLook, StoreError> {
    let records = reader.annotations_of(&input)?.rows;
    let mut look = ImageLook { input, deletable: Vec::new(), input_level: 0, unsent: 0, pending_with: Vec::new() };
    for record in records {
        look.unsent += usize::from(!record.is_clean());
        let Some(wire) = record.desired.as_ref().filter(|wire| !open::is_empty_input_level(wire)) else { continue };
        if is_input_level(&record, wire) {
            look.input_level += 1;
            continue;
        }
        look.deletable.push(record.lid);
        look.pending_with.extend(whole_image_of(wire, record.lid));
    }
    Ok(look)
}

fn is_input_level(record: &Record, wire: &api::Annotation) -> bool {
    let says = |annotation: &api::Annotation| annotation.rest.get("input_level") == Some(&true.into());
    says(wire) || record.base.as_ref().is_some_and(says)
}

/// The user who has the whole image as pending work by this annotation.
fn whole_image_of(wire: &api::Annotation, lid: LocalId) -> Option<String> {
    let model = model_from_wire(wire, lid, Size::new(1.0, 1.0));
    match model.worker {
        Worker::User(id) if model.status == Status::Pending && model.region.is_none() && model.concepts.is_empty() => {
            Some(id)
        }
        _ => None,
    }
}

//! The editor without a window: what is open, selected and being done. Everything the panels and the canvas show and
//! change goes through here; what must reach the disk or the server leaves as [`Request`]s in the outbox.

mod clipboard;
mod creating;
mod describing;
mod far;
mod history;
mod images;
mod shapes;
mod taking;

pub use clipboard::MOST_IMAGES;
pub use images::ImageScope;
pub use shapes::{Corner, Shaping};

use super::concept_list::ConceptList;
use super::image_picker::ImagePicker;
use super::labelling;
use super::review::{Review, ReviewDesk};
use super::sight::{self, Seen, Sight};
use super::sync::Settling;
use super::view_options::{self, ViewOptions};
use crate::geometry::Size;
use crate::model::{Concept, ConceptId, Document, Edit, EntryKind, History, InputId, LocalId, Selection, StepBack};
use crate::runtime::{
    Access, Allowed, AppAddress, Browsed, Damage, ImagesLook, InputRow, Mark, Notice, NoticeLevel, Opened, PlanReport,
    Request, Sending, SizeKnown, SyncGate, SyncStatus,
};
use crate::tools::{Outcome, Scene, Tool};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::path::PathBuf;

/// Images whose annotations stay in memory beside the one that is shown.
const KEPT_IMAGES: usize = 6;
/// Together they have no more annotations than this: 100,000 take some 200 MB, and are read again where they are wanted.
const KEPT_ANNOTATIONS: usize = 50_000;
/// The list's neighbours are read ahead up to so many annotations each: more of them take long to read and much memory.
const AHEAD_ANNOTATIONS_MAX: usize = 20_000;
/// Notices that are kept for the list.
const KEPT_NOTICES: usize = 50;

/// The open project and what is being done with it.
#[derive(Debug)]
pub struct Editor {
    /// Its name.
    pub name: String,
    /// Its directory.
    pub dir: PathBuf,
    /// Whether it can be edited.
    pub access: Access,
    /// Where it syncs to, in words.
    pub server: String,
    /// The app on another server that it is bound to.
    pub bound_to: Option<AppAddress>,
    /// The user at this desk.
    pub user: String,
    /// The user whose app it is.
    pub app_owner: String,
    /// The images in order.
    pub inputs: Vec<InputRow>,
    /// Which of them are listed and selected.
    pub picker: ImagePicker,
    /// What is on the images that were asked about last.
    pub images_look: Option<ImagesLook>,
    /// The concepts in order.
    pub concepts: ConceptList,
    /// The loaded annotations.
    pub document: Document,
    /// Undo and redo.
    pub history: History,
    /// What is selected.
    pub selection: Selection,
    /// The tool in hand.
    pub tool: Tool,
    /// The concept that a new shape gets.
    pub active_concept: Option<ConceptId>,
    /// Concepts used lately, the newest first.
    pub recent_concepts: Vec<ConceptId>,
    /// How annotations stand with the server; synced ones are absent.
    pub marks: HashMap<LocalId, Mark>,
    /// What is being done to shapes: snapping, the clipboard, a preview.
    pub shaping: Shaping,
    /// What is hidden, locked or shown alone; a matter of view, never of data. Changed by [`Self::change_sight`].
    pub sight: Sight,
    /// What that comes to for the shapes of the shown image.
    pub seen: Seen,
    /// How pictures and shapes are shown. Changed by [`Self::change_view`].
    pub view: ViewOptions,
    /// How the sync stands.
    pub sync: SyncStatus,
    /// Those of `marks` that are conflicts.
    pub conflicts: BTreeSet<LocalId>,
    /// What is being decided about problems and conflicts.
    pub settling: Settling,
    /// Why the store takes nothing, while it does not; editing is locked.
    pub store_failure: Option<String>,
    /// What the look for damage found.
    pub damage: Option<Damage>,
    /// The review mode, while it is on.
    pub review: Option<Review>,
    /// What the review keeps while it is off: saved filters, counts, statistics.
    pub review_desk: ReviewDesk,
    /// The annotation whose concept popup is to be opened.
    pub wants_concept: Option<LocalId>,
    /// The annotation to which the concept popup is to add, instead of replacing.
    pub adds_concept: Option<LocalId>,
    /// What the canvas is to bring into view.
    pub reveal: Option<LocalId>,
    /// What the server found for a name: concepts, or in a sentence why not.
    pub found_concepts: Option<Result<Vec<Concept>, String>>,
    /// What the person should know, the newest last.
    pub notices: VecDeque<Notice>,
    /// Whether the key allows deleting annotations.
    pub may_delete: Allowed,
    /// When edits are sent.
    pub sending: Sending,
    /// What would be sent, as computed last.
    pub plan: Option<PlanReport>,
    /// What the server listed last.
    pub browsed: Option<Result<Browsed, String>>,
    /// How many notices there have been.
    pub notices_told: u64,
    /// What must leave.
    pub outbox: Vec<Request>,
    /// Grows whenever annotations changed, by whomever.
    pub changes_made: u64,
    /// Annotations that changed since the canvas looked; drained by it.
    pub touched: Vec<LocalId>,
    /// Grows when all shapes of the shown image changed (another image, a reload).
    pub scene_generation: u64,
    /// Grows when all shapes of the shown image look different, but are where they were.
    pub look_generation: u64,
    current: Option<InputId>,
    sizes: HashMap<InputId, (Size, SizeKnown)>,
    loaded_order: VecDeque<InputId>,
    /// The image whose neighbours were asked for.
    ahead_of: Option<InputId>,
    last_seq: u64,
    durable_seq: u64,
    waiting_step: Option<StepBack>,
    /// Steps that are being made in the store, by their number.
    far_under_way: HashMap<u64, EntryKind>,
    looks_asked: u64,
    describing: describing::Describing,
}

impl Editor {
    /// An editor of a project just opened.
    #[must_use]
    pub fn new(opened: Opened) -> Self {
        let history = History::from_entries(opened.history);
        let last_seq = history.next_seq() - 1;
        let read_only = matches!(opened.access, Access::ReadOnly(_));
        let mut picker = ImagePicker::default();
        picker.take_inputs(&opened.inputs);
        let gate = if read_only { SyncGate::ReadOnly } else { SyncGate::Starting };
        let mut concepts = ConceptList::from(opened.concepts);
        concepts.restore_digits(kept(&opened.settings, labelling::DIGITS_SETTING));
        let mut view: ViewOptions = kept(&opened.settings, view_options::SETTING);
        view.adjust = view.adjust.sane();
        Self {
            name: opened.name,
            dir: opened.dir,
            access: opened.access,
            server: opened.server,
            bound_to: None,
            user: opened.user,
            app_owner: opened.app_owner,
            inputs: opened.inputs,
            picker,
            images_look: None,
            looks_asked: 0,
            describing: describing::Describing::default(),
            concepts,
            document: Document::new(),
            history,
            selection: Selection::default(),
            tool: Tool::default(),
            active_concept: None,
            recent_concepts: kept(&opened.settings, labelling::RECENT_SETTING),
            marks: HashMap::new(),
            shaping: Shaping::default(),
            sight: kept(&opened.settings, sight::SETTING),
            seen: Seen::default(),
            view,
            sync: SyncStatus { gate, ..SyncStatus::default() },
            conflicts: BTreeSet::new(),
            settling: Settling::default(),
            store_failure: None,
            damage: None,
            review: None,
            review_desk: ReviewDesk::restored(&opened.settings),
            wants_concept: None,
            adds_concept: None,
            reveal: None,
            found_concepts: None,
            notices: VecDeque::new(),
            may_delete: Allowed::Yes,
            sending: opened.sending,
            plan: None,
            browsed: None,
            notices_told: 0,
            outbox: Vec::new(),
            changes_made: 0,
            touched: Vec::new(),
            scene_generation: 0,
            look_generation: 0,
            current: None,
            sizes: HashMap::new(),
            loaded_order: VecDeque::new(),
            ahead_of: None,
            last_seq,
            durable_seq: last_seq,
            waiting_step: None,
            far_under_way: HashMap::new(),
        }
    }

    /// The image that is shown.
    #[must_use]
    pub const fn current(&self) -> Option<&InputId> {
        self.current.as_ref()
    }

    /// The size of the shown image, once its annotations are loaded.
    #[must_use]
    pub fn image_size(&self) -> Option<Size> {
        self.sizes.get(self.current.as_ref()?).map(|(size, _)| *size)
    }

    /// Whether the shown image's annotations are there.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.current.as_ref().is_some_and(|input| self.document.is_loaded(input))
    }

    /// Whether the shown image's size is its own.
    #[must_use]
    pub fn size_known(&self) -> SizeKnown {
        self.current.as_ref().and_then(|input| self.sizes.get(input)).map_or(SizeKnown::No, |(_, known)| *known)
    }

    /// Reads the annotations of images that will be shown soon.
    pub fn load_ahead(&mut self, inputs: &[InputId]) {
        for input in inputs {
            if self.document.is_loaded(input) || self.loaded_order.contains(input) {
                continue;
            }
            // Before the shown one: what was shown stays longer than what only may be.
            self.loaded_order.insert(self.loaded_order.len().saturating_sub(1), input.clone());
            self.outbox.push(Request::LoadImage(input.clone()));
        }
        self.let_go();
    }

    /// Reads the annotations of the list's neighbours, once for each image that is shown: for when it is on the screen whole.
    pub fn read_neighbours_ahead(&mut self) {
        if self.review.is_some() || !self.is_ready() || self.ahead_of == self.current {
            return;
        }
        self.ahead_of.clone_from(&self.current);
        let place_of = |id: &&str| self.picker.place_of(&InputId::from(*id));
        let neighbours = self.neighbours(1);
        let rows = neighbours.iter().filter_map(place_of).filter_map(|place| self.inputs.get(place));
        let few = rows.filter(|row| row.annotations <= AHEAD_ANNOTATIONS_MAX);
        let ahead: Vec<InputId> = few.map(|row| row.id.clone()).collect();
        self.load_ahead(&ahead);
    }

    /// Whether everything that was done is on disk.
    #[must_use]
    pub const fn is_saved(&self) -> bool {
        self.durable_seq >= self.last_seq
    }

    /// What the tools may look at; `None` while the image is loading.
    #[must_use]
    pub fn scene(&self, zoom: f64) -> Option<Scene<'_>> {
        if !self.is_ready() {
            return None; // a shape drawn now would be replaced in memory when the others arrive
        }
        Some(Scene {
            document: &self.document,
            input: self.current.as_ref()?,
            image: self.image_size()?,
            zoom,
            selection: &self.selection,
            untouchable: &self.seen.untouchable,
            snapping: self.shaping.snapping,
        })
    }

    /// Shows an image. Its annotations come later, in an [`crate::runtime::Event::Annotations`].
    pub fn show(&mut self, input: &InputId) {
        if self.current.as_ref() == Some(input) {
            return;
        }
        self.current = Some(input.clone());
        self.selection.clear();
        self.tool = fresh(&self.tool);
        self.shaping.leave_image();
        self.wants_concept = None;
        self.refresh_seen();
        self.scene_generation += 1;
        self.loaded_order.retain(|i| i != input);
        self.loaded_order.push_back(input.clone());
        self.let_go();
        if !self.document.is_loaded(input) {
            self.outbox.push(Request::LoadImage(input.clone()));
        }
        self.outbox.push(Request::PutSetting("current_input".to_owned(), input.0.clone().into()));
    }

    /// Lets go of what was shown longest ago, beyond what is kept.
    fn let_go(&mut self) {
        let annotations_of = |id: &InputId| {
            let row = self.picker.place_of(id).and_then(|place| self.inputs.get(place));
            row.map_or(0, |row| row.annotations)
        };
        let others = self.loaded_order.iter().rev().filter(|id| self.current.as_ref() != Some(*id));
        let sums = others.scan(0, |sum, id| {
            *sum += annotations_of(id);
            Some((id, *sum))
        });
        let kept = sums.take(KEPT_IMAGES - 1).take_while(|(_, sum)| *sum <= KEPT_ANNOTATIONS).count();
        let beyond = self.loaded_order.len().saturating_sub(kept + 1); // and the shown one, which is the last
        for old in self.loaded_order.drain(..beyond) {
            self.document.unload(&old);
        }
    }

    /// An image is gone.
    fn forget(&mut self, input: &InputId) {
        self.document.unload(input);
        self.loaded_order.retain(|i| i != input);
        if self.current.as_ref() == Some(input) {
            self.current = None;
            self.selection.clear();
            self.scene_generation += 1;
        }
    }

    /// Tells the person something.
    pub fn tell(&mut self, level: NoticeLevel, text: String) {
        if self.notices.len() >= KEPT_NOTICES {
            self.notices.pop_front();
        }
        self.notices.push_back(Notice { level, text });
        self.notices_told += 1;
    }

    /// Makes an edit: in memory at once, on its way to the disk, and one step of undo. Says whether it was made.
    pub fn edit(&mut self, edit: &Edit) -> bool {
        self.without_locked(edit).is_some_and(|edit| self.commit(&edit, EntryKind::Do).is_ok())
    }

    /// Carries out what a tool asks for, except moving the view. Says by how much the view is to move, in ui points.
    pub fn carry_out(&mut self, outcomes: Vec<Outcome>) -> Option<crate::geometry::Vector> {
        let mut pan: Option<crate::geometry::Vector> = None;
        for outcome in outcomes {
            match outcome {
                Outcome::Create(shape) => self.create(shape),
                Outcome::Edit(edit) => {
                    self.edit(&edit);
                }
                Outcome::Split(parts) => self.split(parts),
                Outcome::Select(lids) => self.selection.set(lids),
                Outcome::Toggle(lid) => self.selection.toggle(lid),
                Outcome::ExtendSelection(lids) => self.selection.extend(lids),
                Outcome::PanBy(by) => pan = Some(pan.unwrap_or_default() + by),
                Outcome::Refused(text) => self.tell(NoticeLevel::Warning, text),
            }
        }
        pan
    }

    /// Whether shapes can be drawn on the shown image.
    #[must_use]
    pub fn can_draw(&self) -> bool {
        self.current.as_ref().and_then(|i| self.sizes.get(i)).is_some_and(|(_, known)| *known == SizeKnown::Yes)
    }
}

/// A setting of the project as it was kept; as at first where it is not there or cannot be read.
fn kept<T: Default + serde::de::DeserializeOwned>(
    settings: &serde_json::Map<String, serde_json::Value>,
    key: &str,
) -> T {
    settings.get(key).cloned().and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
}

/// The same tool with nothing under way.
#[must_use]
pub fn fresh(tool: &Tool) -> Tool {
    match tool {
        Tool::Select(_) => Tool::Select(crate::tools::SelectTool::default()),
        Tool::Box(_) => Tool::Box(crate::tools::BoxTool::default()),
        Tool::Extreme(_) => Tool::Extreme(crate::tools::ExtremeTool::default()),
        Tool::Polygon(_) => Tool::Polygon(crate::tools::PolygonTool::default()),
        Tool::Slice(_) => Tool::Slice(crate::tools::SliceTool::default()),
        Tool::Pan(_) => Tool::Pan(crate::tools::PanTool::default()),
    }
}

/// A new id: a `UUIDv7`, so that ids sort by age.
#[must_use]
pub fn new_lid() -> LocalId {
    LocalId(uuid::Uuid::now_v7().as_u128())
}

pub(in crate::ui) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

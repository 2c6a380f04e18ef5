//! The review on the screen: its bar, its panel, and its windows.
//!
//! | file | what |
//! |---|---|
//! | `bar` | how far it is, the keys, the strip of the last decisions |
//! | `panel` | the item that is up, the filter and the queue, in the place of the list of images |
//! | `filter` | the filter's form, saved filters and counts |
//! | `many` | the look before something is done to many |
//! | `crops` | the gallery of crops |
//! | `rules` | what the rules found |
//! | `sides` | the comparison of two sides |
//! | `statistics` | counts and charts |

mod bar;
mod card;
mod crops;
mod filter;
mod many;
mod panel;
mod rules;
mod sides;
mod statistics;

pub use bar::review_bar_ui;
pub use statistics::export_statistics;

use super::command::Command;
use super::dialogs::Stay;
use super::editor::Editor;
use super::gallery::Gallery;
use super::panels::{SidePanel, remembered_panel_ui};
use super::review::findings::{Ask, Findings};
use super::review::many::{Plan, What};
use super::review::{Decision, Review};
use super::settings::{PanelPlace, PanelShown};
use crate::runtime::{PathPurpose, QueueFilter, QueueWhose};
use egui::Ui;

/// The windows and panels of the review, and what they keep between frames.
#[derive(Debug, Default)]
pub struct ReviewUi {
    panel: panel::QueuePanel,
    findings: Findings,
    plan: Option<Plan>,
    crops: Option<crops::CropsWindow>,
    rules: Window,
    sides: Option<sides::SidesWindow>,
    statistics: Window,
    export: Option<PathPurpose>,
}

/// A window without a state of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Window {
    #[default]
    Shut,
    Open,
}

impl Window {
    /// Open where it was shut, and the other way round.
    const fn turned(self) -> Self {
        match self {
            Self::Shut => Self::Open,
            Self::Open => Self::Shut,
        }
    }
}

impl ReviewUi {
    /// Whether one of its windows has the keys.
    pub const fn takes_keys(&self) -> bool {
        self.plan.is_some() || self.crops.is_some() || self.sides.is_some()
    }

    /// Carries out what belongs to the review; `false`: it is another's command.
    pub fn execute(&mut self, editor: &mut Editor, command: Command) -> bool {
        match command {
            Command::ToggleReview => editor.toggle_review(),
            Command::MyWork => editor.review_with(my_work()),
            Command::Accept => editor.decide(Decision::Accept),
            Command::Reject => editor.decide(Decision::Reject),
            Command::RequestChanges => editor.decide(Decision::RequestChanges),
            Command::RequestChangesSaying => editor.review_ask_reason(),
            Command::Skip => editor.review_skip(),
            Command::ReviewNext => editor.review_step(1),
            Command::ReviewPrevious => editor.review_step(-1),
            Command::ReviewUndo => editor.review_undo(),
            Command::ReviewEdit => editor.review_edit(),
            Command::ReviewLook => editor.review_look(),
            Command::Negative => editor.review_negate(),
            Command::ReviewReload => editor.reload_queue(),
            Command::ReviewFilter => self.panel.open_filter(),
            Command::AcceptAll => self.look_at(editor.plan_all(What::Decide(Decision::Accept))),
            Command::RejectAll => self.look_at(editor.plan_all(What::Decide(Decision::Reject))),
            Command::AssignAll => self.assign(editor, None),
            Command::AssignItem => {
                let up = editor.review.as_ref().and_then(Review::current).map(|row| row.lid);
                self.assign(editor, up);
            }
            Command::CropsOfQueue => self.crops = Some(crops::CropsWindow::default()),
            Command::NextFinding => self.findings.go_on(editor),
            Command::MendFinding => self.findings.mend(editor),
            Command::Findings => self.rules = self.rules.turned(),
            Command::CompareSides => self.sides = Some(sides::SidesWindow::default()),
            Command::Statistics => {
                self.statistics = self.statistics.turned();
                editor.outbox.push(crate::runtime::Request::LoadStatistics);
            }
            _ => return self.relabel(editor, command),
        }
        true
    }

    /// In review the digits label the item that is up.
    fn relabel(&self, editor: &mut Editor, command: Command) -> bool {
        if editor.review.is_none() || self.takes_keys() {
            return false;
        }
        let Some(id) = command.concept_index().and_then(|i| editor.concepts.of_digit(i)).cloned() else { return false };
        editor.review_relabel(&id);
        true
    }

    /// A look at what would be done, before it is. Nothing to do is no question.
    fn look_at(&mut self, plan: Option<Plan>) {
        self.plan = plan;
    }

    fn assign(&mut self, editor: &mut Editor, one: Option<crate::model::LocalId>) {
        if let Err(why) = editor.may_assign() {
            editor.tell(crate::runtime::NoticeLevel::Warning, format!("Not assigned: {why}"));
            return;
        }
        let what = What::Assign(String::new());
        self.plan = match one {
            Some(lid) => editor.plan_these(what, &[lid]),
            None => editor.plan_all(what),
        };
    }

    /// Closes one of the windows that leave the keys to the review; `false`: none was open.
    pub fn close_window(&mut self) -> bool {
        let open = [&mut self.statistics, &mut self.rules].into_iter().find(|window| **window == Window::Open);
        open.map(|window| *window = Window::Shut).is_some()
    }

    /// Shows the windows that are open.
    pub fn windows_ui(&mut self, ui: &Ui, editor: &mut Editor, images: &mut Gallery) {
        // What the rules say is counted in the panel, so that they look while one works.
        if editor.review.is_some() || self.rules == Window::Open {
            self.findings.follow(editor, Ask::IfCheap);
        }
        if editor.review.is_none() {
            (self.plan, self.crops) = (None, None);
        }
        if self.rules == Window::Open && rules::rules_window_ui(ui, editor, &mut self.findings) == Stay::Close {
            self.rules = Window::Shut;
        }
        if let Some(window) = &mut self.sides
            && window.ui(ui, editor) == Stay::Close
        {
            self.sides = None;
        }
        if self.statistics == Window::Open
            && statistics::statistics_window_ui(ui, editor, &mut self.export) == Stay::Close
        {
            self.statistics = Window::Shut;
        }
        // The gallery waits while a look at its choice is open.
        if self.plan.is_none()
            && let Some(window) = &mut self.crops
        {
            let (stay, plan) = window.ui(ui, editor, images);
            self.plan = plan;
            if stay == Stay::Close {
                self.crops = None;
            }
        }
        if let Some(plan) = &mut self.plan {
            match many::plan_ui(ui, editor, images, plan) {
                many::Answer::Waits => {}
                many::Answer::No => self.plan = None,
                many::Answer::Yes => {
                    if let Some(plan) = self.plan.take() {
                        if let Some(crops) = &mut self.crops {
                            crops.forget_choice();
                        }
                        editor.carry_out_plan(plan);
                    }
                }
            }
        }
    }

    /// The panel in the place of the list of images, and what is remembered of it.
    pub fn panel_ui(
        &mut self,
        ui: &mut Ui,
        editor: &mut Editor,
        of: &SidePanel,
        place: &mut PanelPlace,
        chosen: &mut Vec<Command>,
    ) {
        let findings = self.findings.list.len();
        if self.panel.is_wanted() {
            place.shown = PanelShown::Open;
        }
        remembered_panel_ui(ui, of, place, |ui| self.panel.ui(ui, editor, chosen, findings));
    }

    /// Whether a path is wanted for an export; said once.
    pub const fn take_export(&mut self) -> Option<PathPurpose> {
        self.export.take()
    }
}

fn my_work() -> QueueFilter {
    QueueFilter { whose: QueueWhose::AssignedToMe, ..QueueFilter::default() }
}

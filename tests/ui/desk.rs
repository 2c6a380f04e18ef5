//! The real window on a project of its own: the whole program but the desktop.
//!
//! Every test runs in a process of its own, because the place of the program's data is told by an environment variable
//! and a test must never touch the one of the person who runs it. The sample is made once and copied.

use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use labelwright::geometry::{Point, Transform};
use labelwright::model::{Annotation, InputId};
use labelwright::runtime::{FoundSettings, Opening, create, read_settings, settings_dir};
use labelwright::ui::App;
use labelwright::ui::editor::Editor;
use labelwright::ui::kept_frame::KeptFrame;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PROJECT: &str = "LABELWRIGHT_TEST_PROJECT";
/// How long anything may take that happens in the background, on a slow and busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

pub type Body = fn(&mut Desk);

/// Runs `body` on a fresh copy of the sample, in a process of its own.
pub fn on_the_sample(path: &str, body: Body) {
    let test = path.split_once("::").map_or(path, |(_, in_this_crate)| in_this_crate);
    if let Some(project) = std::env::var_os(PROJECT) {
        let mut desk = Desk::open(Path::new(&project));
        body(&mut desk);
        desk.close();
        return;
    }
    let home = TempDir::new().expect("a temporary folder");
    let project = home.path().join("project");
    copy(&sample().path().join("project"), &project);
    let run = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture"])
        .env(PROJECT, &project)
        .env("LABELWRIGHT_DATA", home.path().join("data"))
        .env_remove("LABELWRIGHT_KEY")
        // No dialog of the desktop: neither its portal nor zenity is found.
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/dev/null")
        .env("PATH", home.path())
        .output()
        .expect("a child");
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{test} in its own process:\n{said}");
    assert!(said.contains("1 passed"), "{test} was not found:\n{said}");
}

/// The sample project as the program makes it, made once.
fn sample() -> &'static TempDir {
    static SAMPLE: OnceLock<TempDir> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let dir = TempDir::new().expect("a temporary folder");
        let project = dir.path().join("project");
        create(&Opening::Sample(project.clone()), &project).expect("the sample");
        dir
    })
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a readable folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// The window and the person before it.
pub struct Desk {
    pub window: Harness<'static, App>,
    pub project: PathBuf,
    renderer: Arc<OnceLock<eframe::egui_wgpu::RenderState>>,
}

impl Desk {
    /// Opens the project and waits until its first image can be edited.
    pub fn open(project: &Path) -> Self {
        let mut desk = Self::start(Opening::Project(project.to_owned()), project);
        desk.until("the project is open", |app| app.editor().is_some());
        desk.until("the first image is ready", |app| app.editor().is_some_and(Editor::is_ready));
        // A frame in which the canvas shows it, and one in which nothing has to be caught up with.
        desk.window.run_steps(3);
        desk
    }

    /// Opens a window and waits for nothing. The card of first steps is put away, unless the test left settings.
    pub fn start(opening: Opening, project: &Path) -> Self {
        let file = settings_dir().join("settings.json");
        if !file.exists() {
            std::fs::create_dir_all(settings_dir()).expect("a folder");
            std::fs::write(&file, r#"{"first_steps": {"shown": false, "done": []}}"#).expect("settings");
        }
        Self::start_with(opening, project, read_settings(&settings_dir()))
    }

    /// Opens a window with these settings and waits for nothing.
    pub fn start_with(opening: Opening, project: &Path, found: FoundSettings) -> Self {
        let renderer = Arc::new(OnceLock::new());
        let made = Arc::clone(&renderer);
        let window = Harness::builder()
            .with_size(vec2(1280.0, 800.0))
            .with_step_dt(1.0 / 30.0)
            .with_max_steps(8)
            .wgpu()
            .build_eframe(move |cc| {
                made.get_or_init(|| cc.wgpu_render_state.clone().expect("a software GPU"));
                App::with_settings(cc, opening, found)
            });
        Self { window, project: project.to_owned(), renderer }
    }

    /// From now on only what changed is drawn, as in a window without a graphics card.
    pub fn keep_frames(&mut self) {
        self.window.ctx.add_plugin(KeptFrame::new(self.renderer.get().expect("made with the window")));
        self.window.step();
    }

    /// Closes the window as the desktop would.
    pub fn close(&mut self) {
        eframe::App::on_exit(self.window.state_mut());
    }

    pub fn editor(&self) -> &Editor {
        self.window.state().editor().expect("an open project")
    }

    /// Draws frames until it is so.
    #[track_caller]
    pub fn until(&mut self, what: &str, so: impl Fn(&App) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !so(self.window.state()) {
            assert!(Instant::now() < deadline, "waited in vain until {what}; {}", self.story());
            self.window.step();
            std::thread::sleep(Duration::from_millis(2));
        }
        self.window.step();
    }

    /// Draws frames until something with this in its name is there.
    #[track_caller]
    pub fn until_seen(&mut self, label: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.sees(label) {
            assert!(Instant::now() < deadline, "waited in vain to see {label:?}; {} {:?}", self.story(), self.names());
            self.window.step();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// What a person would be told, for the messages of failed tests.
    fn story(&self) -> String {
        match self.window.state().editor() {
            Some(editor) => format!(
                "on {:?} with {} selected, {:?}, notices {:?}, sync {:?}",
                editor.current(),
                editor.selection.len(),
                editor.tool.path(),
                editor.notices,
                editor.sync
            ),
            None => "no project is open".to_owned(),
        }
    }

    /// Everything done so far is on disk.
    #[track_caller]
    pub fn until_saved(&mut self) {
        self.until("everything is saved", |app| app.editor().is_some_and(Editor::is_saved));
    }

    // ---- what is seen --------------------------------------------------------------------------------------------

    /// Whether anything on the screen has this in its name or text.
    pub fn sees(&self, part: &str) -> bool {
        self.count(part) > 0
    }

    pub fn count(&self, part: &str) -> usize {
        self.names().iter().filter(|name| name.contains(part)).count()
    }

    /// The names and texts of everything on the screen, as a screen reader gets them.
    pub fn names(&self) -> Vec<String> {
        let all = self.window.root().children_recursive();
        all.flat_map(|node| {
            let node = node.accesskit_node();
            [node.label(), node.value()].into_iter().flatten().collect::<Vec<String>>()
        })
        .collect()
    }

    /// The names of the shapes on the canvas.
    pub fn shape_names(&self) -> Vec<String> {
        let all = self.window.root().children_recursive();
        all.filter(|node| node.accesskit_node().role() == egui::Role::GraphicsObject)
            .filter_map(|node| node.accesskit_node().label())
            .collect()
    }

    pub fn canvas(&self) -> egui::Rect {
        self.window.get_by_label("Canvas").rect()
    }

    /// Where image pixels are on the screen while the whole image is shown.
    pub fn ui_from_image(&self) -> Transform {
        let canvas = self.canvas();
        let size = self.editor().image_size().expect("an image of known size");
        let rect = labelwright::ui::canvas::feed::rect_from_ui(canvas);
        Transform::fitting(rect.grown(-12.0), size.rect())
    }

    /// A place in the image, in parts of its width and height.
    pub fn at(&self, part_x: f64, part_y: f64) -> Pos2 {
        let size = self.editor().image_size().expect("an image of known size");
        let p = self.ui_from_image().apply(Point::new(part_x * size.width, part_y * size.height));
        #[expect(clippy::cast_possible_truncation, reason = "screen positions are small")]
        pos2(p.x as f32, p.y as f32)
    }

    /// The annotations of the shown image.
    pub fn annotations(&self) -> Vec<Annotation> {
        let editor = self.editor();
        let input = editor.current().expect("a shown image").clone();
        editor.document.of_input(&input).cloned().collect()
    }

    /// Ui points per image pixel.
    pub fn zoom(&self) -> f64 {
        self.window.state().zoom()
    }

    pub fn image(&self) -> InputId {
        self.editor().current().expect("a shown image").clone()
    }

    pub fn last_notice(&self) -> String {
        self.editor().notices.back().map(|n| n.text.clone()).unwrap_or_default()
    }

    // ---- what a person does --------------------------------------------------------------------------------------

    pub fn key(&mut self, key: Key) -> &mut Self {
        self.window.key_press(key);
        self.window.step();
        self.window.step();
        self
    }

    pub fn keys(&mut self, modifiers: Modifiers, key: Key) -> &mut Self {
        self.window.key_press_modifiers(modifiers, key);
        self.window.step();
        self.window.step();
        self
    }

    pub fn ctrl(&mut self, key: Key) -> &mut Self {
        self.keys(Modifiers::COMMAND, key)
    }

    /// Types, letter by letter, as keys and as text, like a keyboard does.
    pub fn type_text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            let key = Key::from_name(&c.to_uppercase().to_string());
            let press = |pressed| {
                key.map(|key| Event::Key {
                    key,
                    physical_key: None,
                    pressed,
                    repeat: false,
                    modifiers: Modifiers::NONE,
                })
            };
            self.window.input_mut().events.extend(press(true));
            self.window.input_mut().events.push(Event::Text(c.to_string()));
            self.window.step();
            self.window.input_mut().events.extend(press(false));
            self.window.step();
        }
        self
    }

    /// Takes a command from the palette by some words of its name.
    pub fn command(&mut self, words: &str) -> &mut Self {
        self.keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::P).type_text(words).key(Key::Enter)
    }

    /// Types a path into the program's own dialog, in place of what stands there, and takes it.
    #[track_caller]
    pub fn give_path(&mut self, question: &str, path: &Path) -> &mut Self {
        self.until_seen(question);
        self.window.run_steps(2);
        self.ctrl(Key::A);
        self.window.event(Event::Paste(path.display().to_string()));
        self.window.run_steps(2);
        self.key(Key::Enter)
    }

    fn button(&self, pos: Pos2, button: PointerButton, pressed: bool, modifiers: Modifiers) {
        self.window.event(Event::PointerButton { pos, button, pressed, modifiers });
    }

    pub fn click_at(&mut self, pos: Pos2) -> &mut Self {
        self.window.hover_at(pos);
        self.button(pos, PointerButton::Primary, true, Modifiers::NONE);
        self.button(pos, PointerButton::Primary, false, Modifiers::NONE);
        self.window.step();
        self.window.run_steps(2);
        self
    }

    /// A click with keys held.
    pub fn click_with(&mut self, pos: Pos2, modifiers: Modifiers) -> &mut Self {
        self.window.hover_at(pos);
        self.window.event(Event::ModifiersChanged(modifiers));
        self.button(pos, PointerButton::Primary, true, modifiers);
        self.button(pos, PointerButton::Primary, false, modifiers);
        self.window.step();
        self.window.run_steps(2);
        self.window.event(Event::ModifiersChanged(Modifiers::NONE));
        self.window.step();
        self
    }

    /// A click on what has this value: a combo box by what is chosen in it.
    #[track_caller]
    pub fn click_value(&mut self, value: &str) -> &mut Self {
        let all = self.window.root().children_recursive();
        let found = all.filter(|node| node.accesskit_node().value().as_deref() == Some(value)).last();
        let at = found.unwrap_or_else(|| panic!("{value:?} is not among {:?}", self.names())).rect().center();
        self.click_at(at)
    }

    pub fn right_click_at(&mut self, pos: Pos2) -> &mut Self {
        self.window.hover_at(pos);
        self.button(pos, PointerButton::Secondary, true, Modifiers::NONE);
        self.window.step();
        self.window.run_steps(3); // as long as a finger takes
        self.button(pos, PointerButton::Secondary, false, Modifiers::NONE);
        self.window.step();
        self.window.run_steps(2);
        self
    }

    pub fn drag(&mut self, from: Pos2, to: Pos2) -> &mut Self {
        self.window.hover_at(from);
        self.button(from, PointerButton::Primary, true, Modifiers::NONE);
        for part in [0.25, 0.5, 1.0] {
            self.window.hover_at(from.lerp(to, part));
        }
        self.button(to, PointerButton::Primary, false, Modifiers::NONE);
        self.window.step();
        self.window.run_steps(2);
        self
    }

    /// A click on what has exactly this name.
    #[track_caller]
    pub fn click(&mut self, label: &str) -> &mut Self {
        assert!(self.window.query_all_by_label(label).count() > 0, "{label:?} is not among {:?}", self.names());
        let at = self.window.get_all_by_label(label).next().expect("there is one").rect().center();
        self.click_at(at)
    }

    /// Types into the field of this name.
    #[track_caller]
    pub fn type_into(&mut self, label: &str, text: &str) -> &mut Self {
        self.click(label).type_text(text)
    }

    /// Goes on until no image but this is shown and ready.
    #[track_caller]
    pub fn until_ready(&mut self) {
        self.until("the image is ready", |app| app.editor().is_some_and(Editor::is_ready));
        self.window.run_steps(2);
    }

    /// Clears the selection and shows the whole image, with the select tool in hand.
    pub fn tidy(&mut self) -> &mut Self {
        self.key(Key::Escape).key(Key::Escape).key(Key::Escape).ctrl(Key::F)
    }

    /// A box drawn by hand, between two places in parts of the image; its popup is open unless a concept is active.
    pub fn draw_box(&mut self, from: (f64, f64), to: (f64, f64)) -> &mut Self {
        self.key(Key::B);
        let (a, b) = (self.at(from.0, from.1), self.at(to.0, to.1));
        self.drag(a, b)
    }
}

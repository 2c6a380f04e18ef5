//! A desk of its own for each test: an X server, a window manager, a home, and the program's window on it.

use super::screen::{Pixels, Shown};
use serde_json::Value;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything may take before the test gives up; generous, because two slow cores may be shared.
pub const PATIENCE: Duration = Duration::from_secs(90);
/// Between two looks at something that is waited for.
const LOOK: Duration = Duration::from_millis(50);

/// Waits until `look` finds something.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited {} s in vain: {what}", PATIENCE.as_secs());
        std::thread::sleep(LOOK);
    }
}

/// Waits until `look` is true.
pub fn wait_until(what: &str, mut look: impl FnMut() -> bool) {
    wait_for(what, || look().then_some(()));
}

/// A process that ends with the test.
#[derive(Debug)]
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// An X server with a window manager, and a home directory.
pub struct Desk {
    name: &'static str,
    display: String,
    dir: TempDir,
    _window_manager: Running,
    _server: Running,
}

impl Desk {
    /// A desk for the test of this name.
    pub fn new(name: &'static str) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let runtime = dir.path().join("runtime");
        std::fs::create_dir(&runtime).expect("a directory");
        let (width, height) = Pixels::SIZE;
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24"), "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("Xvfb cannot be started ({error}); scripts/test installs what is missing"));
        let mut number = String::new();
        BufReader::new(server.stdout.take().expect("piped")).read_line(&mut number).expect("a display number");
        let server = Running(server);
        let display = format!(":{}", number.trim());
        let window_manager = Command::new("openbox")
            .arg("--sm-disable")
            .env("DISPLAY", &display)
            .env("HOME", dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("openbox cannot be started ({error}); scripts/test installs what is missing")
            });
        let desk = Self { name, display, dir, _window_manager: Running(window_manager), _server: server };
        wait_until("the window manager is up", || {
            let answer = desk.command("xprop").args(["-root", "_NET_SUPPORTING_WM_CHECK"]).output().expect("xprop");
            String::from_utf8_lossy(&answer.stdout).contains("window id")
        });
        desk
    }

    /// A place for files of this test.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Where the program keeps its projects on this desk.
    pub fn data(&self) -> PathBuf {
        self.path("data")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if ["XDG_", "LABELWRIGHT_", "WAYLAND_", "DBUS_"].iter().any(|prefix| name.starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command.env("DISPLAY", &self.display).env("HOME", self.dir.path());
        command.env("XDG_RUNTIME_DIR", self.path("runtime")).stdin(Stdio::null());
        command
    }

    /// The program, to be run with these arguments.
    pub fn labelwright(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_labelwright"));
        command.args(arguments).env("LABELWRIGHT_DATA", self.data());
        command
    }

    /// Runs the program without a window, to its end.
    pub fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut command = self.labelwright(arguments);
        command.envs(environment.iter().copied());
        command.output().expect("the program runs")
    }

    /// What `labelwright status` says of a project.
    pub fn status(&self, project: &Path) -> Value {
        let output = self.run(&["status", "--json", "--project", &text(project)], &[]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        serde_json::from_str(&said)
            .unwrap_or_else(|_| panic!("status said {said}{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// One of the counts of `labelwright status`.
    pub fn count(&self, project: &Path, what: &str) -> u64 {
        self.status(project)[what].as_u64().unwrap_or_else(|| panic!("status has no {what}"))
    }

    /// Opens the program's window.
    pub fn open(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Window<'_> {
        let before = self.windows();
        let log = self.path(&format!("log-{}.txt", std::fs::read_dir(self.dir.path()).map_or(0, Iterator::count)));
        let file = File::create(&log).expect("a log");
        let mut command = self.labelwright(arguments);
        command.env("LABELWRIGHT_LOG", "labelwright=debug,warn").envs(environment.iter().copied());
        let child = command.stdout(Stdio::null()).stderr(file).spawn().expect("the program starts");
        let mut window = Window { desk: self, process: Running(child), log };
        wait_until("the window opens", || {
            if let Some(status) = window.process.0.try_wait().expect("a process") {
                panic!("the program ended ({status}) instead of opening a window: {}", window.log());
            }
            self.windows() > before
        });
        window
    }

    /// How many windows of the program are open.
    fn windows(&self) -> usize {
        let found = self.command("xdotool").args(["search", "--onlyvisible", "--name", "^labelwright$"]).output();
        String::from_utf8_lossy(&found.expect("xdotool").stdout).lines().count()
    }
}

/// The program's window, open.
pub struct Window<'d> {
    desk: &'d Desk,
    process: Running,
    log: PathBuf,
}

impl Window<'_> {
    /// What the program said on stderr so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// How often the program said so, at the end of a line.
    pub fn said(&self, what: &str) -> usize {
        self.log().lines().filter(|line| line.trim_end().ends_with(what)).count()
    }

    /// Presses a key and waits until the program has carried out the command that it means.
    pub fn command(&self, key: &str, command: &str) {
        let what = format!("command={command}");
        let before = self.said(&what);
        self.key(key);
        wait_until(&format!("{key} is taken as {command}"), || self.said(&what) > before);
    }

    /// Presses a key and waits until the window shows something else and rests.
    pub fn key_seen(&self, key: &str) -> Pixels {
        let before = self.pixels();
        self.key(key);
        self.changed_from(&before)
    }

    /// Types a word and waits until the window shows something else and rests.
    pub fn type_seen(&self, word: &str) -> Pixels {
        let before = self.pixels();
        self.type_in(word);
        self.changed_from(&before)
    }

    /// Finds a command in the palette and carries it out.
    pub fn palette(&self, typed: &str, command: &str) {
        let what = format!("command={command}");
        let before = self.said(&what);
        self.key_seen("ctrl+shift+p");
        self.type_seen(typed);
        self.key("Return");
        wait_until(&format!("{typed} is taken as {command}"), || self.said(&what) > before);
    }

    /// The whole screen.
    pub fn pixels(&self) -> Pixels {
        let shot = self.desk.command("import").args(["-silent", "-window", "root", "-depth", "8", "rgb:-"]).output();
        Pixels::from_rgb(shot.expect("import").stdout)
    }

    /// Waits until nothing changes on the screen any more.
    pub fn settled(&self) -> Pixels {
        let mut last = self.pixels();
        wait_for("the window comes to rest", || {
            std::thread::sleep(Duration::from_millis(250));
            let now = self.pixels();
            let rests = now == last;
            last = now.clone();
            rests.then_some(now)
        })
    }

    /// Waits until the screen shows something else than `before`, and has come to rest.
    pub fn changed_from(&self, before: &Pixels) -> Pixels {
        wait_until("the window changes", || self.pixels() != *before);
        self.settled()
    }

    /// Waits until an image is shown, all of it, and says where.
    pub fn shown(&self) -> Shown {
        let at = wait_for("the image is shown", || self.pixels().shown_image());
        let settled = self.settled();
        settled.shown_image().unwrap_or(at)
    }

    fn xdotool(&self, arguments: &[String]) {
        let status = self.desk.command("xdotool").args(arguments).status().expect("xdotool");
        assert!(status.success(), "xdotool {arguments:?}: {status}");
    }

    /// Presses a key, e.g. `ctrl+z`.
    pub fn key(&self, key: &str) {
        self.xdotool(&words(&format!("key {key} sleep 0.06")));
    }

    /// Presses keys as fast as it goes: faster than the window is drawn.
    pub fn press_at_once(&self, keys: &[&str]) {
        self.xdotool(&words(&format!("key --delay 1 {}", keys.join(" "))));
    }

    /// Types a word.
    pub fn type_in(&self, word: &str) {
        self.xdotool(&words(&format!("type --delay 40 {word}")));
    }

    /// Moves the pointer to a place on the screen.
    pub fn point_at(&self, (x, y): (i32, i32)) {
        self.xdotool(&words(&format!("mousemove {x} {y} sleep 0.06")));
    }

    /// Clicks at a place on the screen.
    pub fn click(&self, (x, y): (i32, i32)) {
        self.xdotool(&words(&format!("mousemove {x} {y} sleep 0.06 mousedown 1 sleep 0.06 mouseup 1 sleep 0.06")));
    }

    /// Drags from one place on the screen to another, as a hand does: in steps.
    pub fn drag(&self, from: (i32, i32), to: (i32, i32)) {
        const STEPS: i32 = 8;
        let steps = (1..=STEPS).map(|i| {
            let (x, y) = (from.0 + (to.0 - from.0) * i / STEPS, from.1 + (to.1 - from.1) * i / STEPS);
            format!("mousemove {x} {y} sleep 0.04")
        });
        let press = format!("mousemove {} {} sleep 0.06 mousedown 1 sleep 0.06", from.0, from.1);
        let moves: Vec<String> = steps.collect();
        self.xdotool(&words(&format!("{press} {} sleep 0.06 mouseup 1 sleep 0.06", moves.join(" "))));
    }

    /// Kills the program, as a crash or the end of the electricity does.
    pub fn kill(mut self) {
        self.process.0.kill().expect("SIGKILL");
        self.process.0.wait().expect("it ends");
    }

    /// Waits until the program has ended by itself.
    pub fn ended(mut self) -> ExitStatus {
        let status = wait_for("the program ends", || self.process.0.try_wait().expect("a process"));
        self.assert_no_panic();
        status
    }

    /// Nothing panicked so far, on any thread.
    pub fn assert_no_panic(&self) {
        let log = self.log();
        assert!(!log.contains("panicked"), "the program panicked:\n{log}");
    }
}

impl Drop for Window<'_> {
    /// A test that fails leaves what was on the screen and what the program said.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap_or_else(|| Path::new("."));
        let dir = target.join("e2e-failures");
        std::fs::create_dir_all(&dir).ok();
        let picture = dir.join(format!("{}.png", self.desk.name));
        let log = dir.join(format!("{}.log", self.desk.name));
        self.desk.command("import").args(["-silent", "-window", "root"]).arg(&picture).status().ok();
        std::fs::copy(&self.log, &log).ok();
        eprintln!("The screen at that moment: {}\nWhat the program said: {}", picture.display(), log.display());
    }
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// A path as an argument.
pub fn text(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

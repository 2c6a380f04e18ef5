//! The lines of the log by which measurements know when an image is on the screen.

use crate::desk::{Desk, on_the_sample};
use egui::Key;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// The log, as it is written.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// From now on; each of these tests has a process of its own.
    fn begin() -> Self {
        let log = Self::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_env_filter("labelwright=debug")
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        log
    }

    /// What was said to be on the screen of this image so far, in order.
    fn on_screen(&self, image: &str) -> Vec<String> {
        let text = String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned();
        let said = text.lines().filter(|line| line.contains(&format!("{image:?}")));
        said.filter_map(|line| Some(line.split_once("on screen: ")?.1.split(' ').next()?.to_owned())).collect()
    }
}

/// Draws frames until this is said, and gives what was true at the end of the frame before.
fn until_said(desk: &mut Desk, log: &Log, image: &str, what: &str) -> (bool, bool) {
    let truth = |desk: &Desk| {
        let images = desk.window.state().images();
        (images.has_pixels(), images.is_sharp())
    };
    let mut before = truth(desk);
    for _ in 0..20_000 {
        if log.on_screen(image).iter().any(|said| said == what) {
            return before;
        }
        before = truth(desk);
        desk.window.step();
        std::thread::yield_now();
    }
    panic!("{what} was never said of {image}, but {:?}", log.on_screen(image));
}

on_the_sample! {

the_log_says_once_when_pixels_shapes_and_sharp_tiles_of_an_image_came_to_the_screen(desk) {
    let log = Log::begin();
    desk.key(Key::D);
    let image = desk.image().as_str().to_owned();
    assert!(until_said(desk, &log, &image, "pixels").0, "a frame before it there were some");
    assert!(until_said(desk, &log, &image, "sharp").1, "a frame before it they were all");
    until_said(desk, &log, &image, "shapes");
    for x in [0.2, 0.4, 0.6] {
        let at = desk.at(x, 0.5);
        desk.window.hover_at(at);
        desk.window.run_steps(2);
    }
    let mut said = log.on_screen(&image);
    let place = |what: &str| said.iter().position(|s| s == what);
    assert!(place("pixels") < place("sharp"), "pixels come first: {said:?}");
    said.sort();
    assert_eq!(said, ["pixels", "shapes", "sharp"], "each of them once");
}

another_image_is_not_said_to_be_there_by_the_pixels_of_the_one_before_it(desk) {
    desk.until("the first one is sharp", |app| app.images().is_sharp() && app.images().has_pixels());
    let last = desk.editor().inputs.last().expect("twelve").id.clone();
    let log = Log::begin();
    desk.window.state_mut().editor_mut().expect("open").show(&last);
    let shown = |desk: &Desk| desk.window.state().images().size_of(&last).is_some();
    for _ in 0..20_000 {
        let has_come = shown(desk);
        desk.window.step();
        if has_come {
            break;
        }
        assert_eq!(log.on_screen(last.as_str()).iter().filter(|s| *s != "shapes").count(), 0, "not decoded yet");
        std::thread::yield_now();
    }
    until_said(desk, &log, last.as_str(), "pixels");
    until_said(desk, &log, last.as_str(), "sharp");
    assert!(shown(desk), "it is there now");
}

}

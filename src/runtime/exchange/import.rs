//! From what readers find to edits.

use super::backup;
use super::classes::{self, Classes};
use super::gather::{self, Gathered};
use super::here::{self, Here, Standing};
use super::images::{self, Images, Match};
use super::report::{ImportReport, LISTED_MAX};
use super::{Progress, report};
use crate::formats::origin::{Fitting, IMPORT, annotations};
use crate::formats::{
    Class, Format, Found, ImageRef, Loss, Losses, Object, Problem, coco, cvat, label_studio, labelme, via, voc, yolo,
};
use crate::model::{Annotation, ConceptLabel, Edit, Info, InputId, Map, Shape};
use crate::store::{ConceptRow, InputFilter, Reader, StoreError};
use crate::sync;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow::{self, Break, Continue};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Edits in one part of an import.
const PART_EDITS: usize = 2_000;
/// How often progress is told.
const TELL_EVERY: u64 = 1_000;

/// What is to be imported, and how.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// A file, or a folder of files.
    pub path: PathBuf,
    /// The format; `None`: as it looks.
    pub format: Option<Format>,
    /// What becomes of what is here.
    pub mode: Mode,
    /// Where the images lie that the files name, to find them by their bytes.
    pub images: Option<PathBuf>,
    /// What becomes of files with mistakes.
    pub on_problems: OnProblems,
}

/// What becomes of what is in the project already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It stays; what is new is added.
    #[default]
    Append,
    /// What has the same id becomes as the file says; what is new is added.
    Update,
    /// The images that the file names get what the file says, and nothing else.
    Replace,
}

/// What becomes of files with mistakes in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnProblems {
    /// Nothing is imported.
    #[default]
    Stop,
    /// The good rest is.
    TakeTheRest,
}

/// Takes what an import makes; an error ends it.
pub trait Target {
    /// A part of the edits: durable when it returns.
    ///
    /// # Errors
    /// A sentence.
    fn edits(&mut self, edits: Vec<Edit>) -> Result<(), String>;

    /// New concepts, and what is to be remembered for exports.
    ///
    /// # Errors
    /// A sentence.
    fn remember(&mut self, concepts: &[ConceptRow], settings: Vec<(String, serde_json::Value)>) -> Result<(), String>;
}

/// An image of the project, and how a file's positions lead into it (or why they do not).
pub(super) type Placed = (InputId, Result<Fitting, String>);

/// An import on its way; the same for a look at it and for the doing.
pub struct Importing<'a> {
    options: &'a ImportOptions,
    reader: &'a Reader,
    target: &'a mut dyn Target,
    progress: &'a Progress,
    format: Format,
    file: String,
    images: Images,
    classes: Classes,
    here: Here,
    found: HashMap<String, Option<Placed>>,
    matched: Vec<InputId>,
    matched_set: HashSet<InputId>,
    file_classes: Vec<Class>,
    settings: Vec<(String, serde_json::Value)>,
    edits: Vec<Edit>,
    losses: Losses,
    report: ImportReport,
    failed: Option<String>,
}

/// Reads files and hands their edits to `target`.
///
/// # Errors
/// A sentence, where the files or the project cannot be read or `target` does not take it.
pub fn run(
    reader: &Reader,
    images_dir: &Path,
    options: &ImportOptions,
    target: &mut dyn Target,
    progress: &Progress,
) -> Result<ImportReport, String> {
    let gathered = gather::gather(&options.path, options.format).map_err(|problem| problem.to_string())?;
    let mut folders = vec![gathered.base.clone()];
    folders.extend(options.images.clone());
    let text = |error: StoreError| error.to_string();
    let rows = reader.inputs(&InputFilter::default()).map_err(text)?;
    let mut importing = Importing {
        options,
        reader,
        target,
        progress,
        format: gathered.format.family(),
        file: String::new(),
        images: Images::new(rows, images_dir, folders),
        classes: Classes::new(reader.concepts().map_err(text)?),
        here: Here::of(reader).map_err(text)?,
        found: HashMap::new(),
        matched: Vec::new(),
        matched_set: HashSet::new(),
        file_classes: Vec::new(),
        settings: Vec::new(),
        edits: Vec::new(),
        losses: Losses::default(),
        report: ImportReport { format: gathered.format.name().to_owned(), ..ImportReport::default() },
        failed: None,
    };
    let flow = importing.read_all(&gathered);
    importing.finish(flow)
}

impl Importing<'_> {
    fn read_all(&mut self, gathered: &Gathered) -> ControlFlow<()> {
        if matches!(gathered.format, Format::Yolo | Format::YoloSeg) {
            return self.read_yolo(gathered);
        }
        for (path, name) in &gathered.files {
            self.file.clone_from(name);
            self.report.files += 1;
            let open = || -> std::io::Result<Box<dyn Read>> { Ok(Box::new(File::open(path)?)) };
            match gathered.format {
                Format::Coco => coco::read(name, &open, &mut |found| self.take(found))?,
                Format::Api => backup::read(name, &open, self)?,
                Format::Cvat => match open() {
                    Ok(reader) => cvat::read(name, reader, &mut |found| self.take(found))?,
                    Err(error) => self.problem(Problem::whole(name, format!("it cannot be read: {error}")))?,
                },
                _ => match gather::whole(path, name) {
                    Err(problem) => self.problem(problem)?,
                    Ok(bytes) => self.read_whole(name, &bytes)?,
                },
            }
        }
        Continue(())
    }

    fn read_whole(&mut self, name: &str, bytes: &[u8]) -> ControlFlow<()> {
        let format = self.format;
        let sink = &mut |found| self.take(found);
        match format {
            Format::Voc => voc::read(name, bytes, sink),
            Format::Labelme => labelme::read(name, bytes, sink),
            Format::LabelStudio => label_studio::read(name, bytes, sink),
            Format::Via => via::read(name, bytes, sink),
            _ => Continue(()),
        }
    }

    /// A YOLO data set: its classes first, then a text file for each image.
    fn read_yolo(&mut self, gathered: &Gathered) -> ControlFlow<()> {
        let (description, folder) = match yolo_description(&gathered.base) {
            Some((path, folder)) => {
                let name = gather::file_name(&path);
                match gather::whole(&path, &name).map(|bytes| yolo::description(&name, &bytes)) {
                    Ok(Ok(description)) => (description, folder),
                    Ok(Err(problem)) | Err(problem) => {
                        self.problem(problem)?;
                        (yolo::Description::default(), folder)
                    }
                }
            }
            None => (yolo::Description::default(), gathered.base.clone()),
        };
        if description.names.is_empty() {
            let base = gathered.base.display().to_string();
            let reason =
                "there is no list of classes (data.yaml or classes.txt) beside it; classes get numbers for names";
            self.problem(Problem::whole(&base, reason))?;
        }
        for class in description.classes() {
            self.take(Found::Class(class))?;
        }
        if !description.kept.is_empty() {
            self.take(Found::File(description.kept.clone()))?;
        }
        for (path, name) in gathered.files.iter().filter(|(_, name)| !gather::is_class_list(name)) {
            self.file.clone_from(name);
            self.report.files += 1;
            let inside =
                path.strip_prefix(&folder).map_or_else(|_| name.clone(), |p| p.to_string_lossy().replace('\\', "/"));
            match gather::whole(path, name) {
                Err(problem) => self.problem(problem)?,
                Ok(bytes) => yolo::read(name, &inside, &bytes, &description.names, &mut |found| self.take(found))?,
            }
        }
        Continue(())
    }

    fn take(&mut self, found: Found) -> ControlFlow<()> {
        if self.progress.is_stopped() {
            self.report.stopped = true;
            return Break(());
        }
        match found {
            Found::File(map) => {
                if self.format.is_one_file() || self.format == Format::Yolo {
                    self.settings.push((classes::file_key(self.format), serde_json::Value::Object(map)));
                }
                Continue(())
            }
            Found::Class(class) => {
                self.classes.concept(&class.name);
                self.file_classes.push(class);
                Continue(())
            }
            Found::Image(image) => {
                self.place(&image);
                Continue(())
            }
            Found::Object(object) => self.object(&object),
            Found::Problem(problem) => self.problem(problem),
            Found::Loss(loss, example) => {
                self.lose(loss, example);
                Continue(())
            }
        }
    }

    pub(super) fn lose(&mut self, loss: Loss, example: String) {
        self.losses.add(loss, || example);
    }

    pub(super) fn problem(&mut self, problem: Problem) -> ControlFlow<()> {
        self.report.problem_count += 1;
        if self.report.problems.len() < LISTED_MAX {
            self.report.problems.push(problem.into());
        }
        Continue(())
    }

    pub(super) const fn classes(&mut self) -> &mut Classes {
        &mut self.classes
    }

    /// The image of the project that the file names; told once where there is none.
    pub(super) fn place(&mut self, image: &Arc<ImageRef>) -> Option<Placed> {
        if let Some(found) = self.found.get(&image.path) {
            return found.clone();
        }
        self.report.images += 1;
        let found = match self.images.find(image) {
            Match::One(input) => {
                if self.matched_set.insert(input.clone()) {
                    self.matched.push(input.clone());
                }
                let fitting = self.images.fitting(&input, image.frame);
                self.remember_image(&input, image, fitting.as_ref().ok());
                Some((input, fitting))
            }
            missing => {
                self.report.no_image += 1;
                if self.report.no_image_paths.len() < LISTED_MAX {
                    let path = match missing {
                        Match::Several(n) => format!("{} (the name fits {n} images)", image.path),
                        _ => image.path.clone(),
                    };
                    self.report.no_image_paths.push(path);
                }
                None
            }
        };
        self.found.insert(image.path.clone(), found.clone());
        found
    }

    fn remember_image(&mut self, input: &InputId, image: &ImageRef, fitting: Option<&Fitting>) {
        let mut map = Map::new();
        map.insert("path".to_owned(), image.path.clone().into());
        if !image.split.is_empty() {
            map.insert("split".to_owned(), image.split.clone().into());
        }
        if let Some(fitting) = fitting.filter(|f| f.orientation != 1) {
            map.insert("stored_orientation".to_owned(), fitting.orientation.into());
        }
        if !image.kept.is_empty() {
            map.insert("kept".to_owned(), serde_json::Value::Object(image.kept.clone()));
        }
        self.settings.push((images::setting_key(self.format, input), serde_json::Value::Object(map)));
    }

    fn object(&mut self, object: &Object) -> ControlFlow<()> {
        let Some((input, fitting)) = self.place(&object.image) else { return Continue(()) };
        let problem = |reason: String| Problem { file: self.file.clone(), place: object.place.clone(), reason };
        let fitting = match fitting {
            Ok(fitting) => fitting,
            Err(reason) => return self.problem(problem(reason)),
        };
        let mut concepts: Vec<ConceptLabel> = Vec::with_capacity(object.labels.len());
        for (name, value) in &object.labels {
            let id = self.classes.concept(name);
            if concepts.iter().all(|c| c.id != id) {
                concepts.push(ConceptLabel { id, value: *value });
            }
        }
        if concepts.is_empty() {
            self.losses.add(Loss::NoClass, || format!("{}{}", self.file, object.place));
        }
        let made = annotations(self.format, &self.file, object, &input, &concepts, &fitting);
        if let Some(fault) = made.iter().filter_map(Annotation::shape).find_map(Shape::fault) {
            let problem = problem(fault);
            return self.problem(problem);
        }
        self.report.objects += 1;
        for annotation in made {
            self.annotation(annotation, fitting.to)?;
        }
        Continue(())
    }

    /// One annotation of a file, in image pixels.
    pub(super) fn annotation(&mut self, annotation: Annotation, size: crate::geometry::Size) -> ControlFlow<()> {
        match self.here.standing(&annotation, size) {
            Standing::Same(_) => self.report.same += 1,
            Standing::New => {
                self.report.new += 1;
                self.edits.push(Edit::Add(Box::new(annotation)));
            }
            Standing::Differs => {
                self.report.differ += 1;
                if self.options.mode != Mode::Append {
                    self.report.changed += 1;
                    self.change(annotation, size);
                }
            }
        }
        let done = u64::try_from(self.report.new + self.report.same + self.report.differ).unwrap_or(0);
        if done.is_multiple_of(TELL_EVERY) {
            self.progress.tell(done, None);
        }
        if self.edits.len() >= PART_EDITS { self.flush() } else { Continue(()) }
    }

    /// Counts an object that a reader of annotations took in itself.
    pub(super) const fn count_object(&mut self) {
        self.report.objects += 1;
    }

    fn change(&mut self, wanted: Annotation, size: crate::geometry::Size) {
        let lid = wanted.lid;
        let Ok(Some(record)) = self.reader.record(lid) else { return };
        let Some(now) = sync::shown(&record, size) else { return };
        if let (Some(shape), true) = (wanted.shape(), wanted.shape() != now.shape() && now.shape().is_some()) {
            self.edits.push(Edit::SetShape { lid, shape: shape.clone() });
        }
        if wanted.concepts != now.concepts {
            self.edits.push(Edit::SetConcepts { lid, concepts: wanted.concepts });
        }
        let mut info = now.info.to_map();
        for key in [IMPORT] {
            if let Some(value) = wanted.info.get(key) {
                info.insert(key.to_owned(), value);
            }
        }
        let info = Info::from(info);
        if info != now.info {
            self.edits.push(Edit::SetInfo { lid, info });
        }
    }

    fn flush(&mut self) -> ControlFlow<()> {
        if self.edits.is_empty() {
            return Continue(());
        }
        match self.target.edits(std::mem::take(&mut self.edits)) {
            Ok(()) => Continue(()),
            Err(reason) => {
                self.failed = Some(reason);
                Break(())
            }
        }
    }

    fn finish(mut self, flow: ControlFlow<()>) -> Result<ImportReport, String> {
        let mut flow = flow;
        if flow.is_continue() && self.options.mode == Mode::Replace {
            for input in std::mem::take(&mut self.matched) {
                let gone = here::not_in_file(&self.here, self.reader, &input).map_err(|error| error.to_string())?;
                self.report.removed += gone.len();
                self.edits.extend(gone.into_iter().map(|lid| Edit::Remove { lid }));
                if self.edits.len() >= PART_EDITS {
                    flow = self.flush();
                }
            }
        }
        if flow.is_continue() {
            flow = self.flush();
        }
        if let Some(reason) = self.failed {
            return Err(reason);
        }
        if flow.is_continue() && !self.file_classes.is_empty() {
            let old = classes::remembered(self.reader, self.format).map_err(|error| error.to_string())?;
            let merged = classes::merged(old, self.file_classes);
            self.settings.push((classes::setting_key(self.format), classes::to_setting(&merged)));
        }
        self.target.remember(self.classes.new_rows(), self.settings)?;
        self.report.new_concepts = self.classes.new_rows().iter().map(|row| row.concept.name.clone()).collect();
        self.report.losses = report::loss_rows(&self.losses);
        Ok(self.report)
    }
}

/// The file that says what the classes of a YOLO data set are: beside the labels or above them.
fn yolo_description(base: &Path) -> Option<(PathBuf, PathBuf)> {
    let names = ["data.yaml", "data.yml", "dataset.yaml", "classes.txt", "labels.txt", "obj.names"];
    base.ancestors().take(4).find_map(|folder| {
        let known = names.iter().map(|name| folder.join(name)).find(|path| path.is_file());
        let other = || {
            let entries = std::fs::read_dir(folder).ok()?;
            let mut yaml: Vec<PathBuf> = entries
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml"))
                .collect();
            yaml.sort();
            (yaml.len() == 1).then(|| yaml.remove(0))
        };
        known.or_else(other).map(|path| (path, folder.to_owned()))
    })
}

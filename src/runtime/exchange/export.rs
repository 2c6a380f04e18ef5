//! From annotations to files.

use super::super::looking::looked_at;
use super::super::open::is_empty_input_level;
use super::Progress;
use super::atomic::{self, AtomicFile, Of, tidy};
use super::backup;
use super::classes::{self, Classes};
use super::images::{last_part, setting_key, stem};
use super::places::{classes_there, replaced, safe, yolo_path};
use super::report::{ExportReport, loss_rows};
use crate::formats::fit::fit;
use crate::formats::origin::{Fitting, items, number_for};
use crate::formats::{Class, Format, Item, Loss, Losses, OutImage, coco, cvat, labelme, voc, yolo};
use crate::geometry::Size;
use crate::model::{Annotation, ConceptLabel, InputId, Map};
use crate::store::{InputFilter, InputRow, InputSource, Reader, StoreError};
use crate::sync::model_from_wire;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

/// What is to be exported.
#[derive(Clone, Debug)]
pub struct ExportOptions {
    /// The format.
    pub format: Format,
    /// The file, or the folder for a format of a file for each image.
    pub to: PathBuf,
    /// Only these images; empty: all.
    pub only: Vec<InputId>,
    /// Whether anything is written.
    pub writing: Writing,
}

/// Whether anything is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Writing {
    /// The files are.
    #[default]
    Write,
    /// Only a look at what would be written.
    Look,
}

/// Why an export ended early.
enum Ended {
    /// It was stopped.
    Stopped,
    /// A sentence.
    Failed(String),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Writes the annotations of a project; works while a window has it open. What is at `to` is replaced when all is
/// written, and stays whole when it is not.
///
/// # Errors
/// A sentence.
pub fn export(dir: &Path, options: &ExportOptions, progress: &Progress) -> Result<ExportReport, String> {
    let (project, reader) = looked_at(dir)?;
    let mut exporting = Exporting::new(&reader, project.images_dir(), options, progress)?;
    match exporting.write() {
        Ok(()) => {}
        Err(Ended::Stopped) => exporting.report.stopped = true,
        Err(Ended::Failed(reason)) => return Err(format!("{}: {reason}", options.to.display())),
    }
    exporting.report.losses = loss_rows(&exporting.losses);
    if options.writing == Writing::Look {
        exporting.report.notes.extend(replaced(options));
    }
    Ok(exporting.report)
}

/// An image on its way.
struct Out {
    row: InputRow,
    image: OutImage,
    fitting: Fitting,
}

struct Exporting<'a> {
    reader: &'a Reader,
    options: &'a ExportOptions,
    progress: &'a Progress,
    images_dir: PathBuf,
    rows: Vec<InputRow>,
    names: Classes,
    classes: Vec<Class>,
    taken: HashSet<String>,
    /// Folders that were looked through for what a killed export left.
    tidied: HashSet<PathBuf>,
    losses: Losses,
    report: ExportReport,
    done: u64,
    total: u64,
}

impl<'a> Exporting<'a> {
    fn new(
        reader: &'a Reader,
        images_dir: PathBuf,
        options: &'a ExportOptions,
        progress: &'a Progress,
    ) -> Result<Self, String> {
        let text = |error: StoreError| error.to_string();
        let mut rows = reader.inputs(&InputFilter::default()).map_err(text)?;
        if !options.only.is_empty() {
            let only: HashSet<&InputId> = options.only.iter().collect();
            rows.retain(|row| only.contains(&row.id));
        }
        let concepts = reader.concepts().map_err(text)?;
        let ids: Vec<_> = concepts.iter().map(|row| row.concept.id.clone()).collect();
        let names = Classes::new(concepts);
        let mut remembered = classes::remembered(reader, options.format).map_err(text)?;
        if let Some(there) = classes_there(options) {
            remembered = classes::merged(remembered, there);
        }
        // YOLO counts from 0, COCO's own data set and most others from 1.
        let first = i64::from(!matches!(options.format, Format::Yolo | Format::YoloSeg));
        let mut used: HashSet<_> = reader.concept_use().map_err(text)?.into_keys().collect();
        let mut all = ids;
        let listed: HashSet<_> = all.iter().cloned().collect();
        let mut others: Vec<_> = used.drain().filter(|id| !listed.contains(id)).collect();
        others.sort();
        all.extend(others);
        let classes = classes::numbered(remembered, all.iter().map(|id| names.name(id)), first);
        let total = reader.counts().map_err(text)?.annotations;
        Ok(Self {
            reader,
            options,
            progress,
            images_dir,
            rows,
            names,
            classes,
            taken: HashSet::new(),
            tidied: HashSet::new(),
            losses: Losses::default(),
            report: ExportReport { format: options.format.name().to_owned(), ..ExportReport::default() },
            done: 0,
            total,
        })
    }

    fn write(&mut self) -> Result<(), Ended> {
        match self.options.format {
            Format::Coco => self.write_coco(),
            Format::Cvat => self.write_cvat(),
            Format::Api => self.write_backup(),
            Format::Yolo | Format::YoloSeg | Format::Voc | Format::Labelme => self.write_folder(),
            Format::LabelStudio | Format::Via => {
                Err(Ended::Failed(format!("{} can only be read", self.options.format.title())))
            }
        }
    }

    /// The image as the file is to name it; `None` where its size is not known.
    fn out(&mut self, row: &InputRow) -> Result<Option<Out>, Ended> {
        let Some(size) = row.size else { return Ok(None) };
        let remembered = match self.reader.setting(&setting_key(self.options.format, &row.id))? {
            Some(Value::Object(map)) => map,
            _ => Map::new(),
        };
        let text = |key: &str| remembered.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let orientation = remembered.get("stored_orientation").and_then(Value::as_u64);
        let orientation = orientation.and_then(|o| u8::try_from(o).ok()).unwrap_or(1);
        let upright = (size.width_px, size.height_px);
        let stored = if orientation >= 5 { (upright.1, upright.0) } else { upright };
        let as_size = |(w, h): (u32, u32)| Size::new(f64::from(w), f64::from(h));
        let fitting = Fitting { from: as_size(stored), to: as_size(upright), orientation };
        let path = self.path_for(row, &text("path"));
        let kept = remembered.get("kept").and_then(Value::as_object).cloned().unwrap_or_default();
        let image = OutImage {
            number: number_for(row.id.as_str()),
            path,
            size: stored,
            split: text("split"),
            kept,
            bytes: None,
        };
        Ok(Some(Out { row: row.clone(), image, fitting }))
    }

    /// A path that leads nowhere out of the folder and is no other image's.
    fn path_for(&mut self, row: &InputRow, remembered: &str) -> String {
        let wanted = if remembered.is_empty() { last_part(&row.name) } else { remembered.to_owned() };
        let wanted = if stem(&last_part(&wanted)).is_empty() { row.id.0.clone() } else { wanted };
        let one_file = self.options.format.is_one_file();
        let key = |path: &str| if one_file { path.to_owned() } else { stem(path).to_owned() };
        let mut path = wanted.clone();
        let mut n = 1;
        while !self.taken.insert(key(&path)) {
            n += 1;
            path = match wanted.rsplit_once('.') {
                Some((name, extension)) => format!("{name}-{n}.{extension}"),
                None => format!("{wanted}-{n}"),
            };
        }
        path
    }

    /// The objects of an image.
    fn items(&mut self, out: &Out) -> Result<Vec<Item>, Ended> {
        if self.progress.is_stopped() {
            return Err(Ended::Stopped);
        }
        let mut annotations: Vec<Annotation> = Vec::new();
        let size = out.fitting.to;
        self.reader.each_shown_on(&out.row.id, |lid, wire| {
            if !is_empty_input_level(&wire) {
                annotations.push(model_from_wire(&wire, lid, size));
            }
        })?;
        self.done += u64::try_from(annotations.len()).unwrap_or(0);
        self.progress.tell(self.done, Some(self.total));
        let names = &self.names;
        let name = |label: &ConceptLabel| names.name(&label.id);
        let format = self.options.format;
        let made = items(format.family(), annotations, &name, &out.fitting);
        let losses = &mut self.losses;
        let fitted: Vec<Item> = made
            .into_iter()
            .flat_map(|item| {
                let lid = item.lid;
                fit(item, format, losses, &|| format!("{} ({lid})", out.row.name))
            })
            .collect();
        self.report.objects += fitted.len();
        self.report.images += 1;
        Ok(fitted)
    }

    fn no_size(&mut self, row: &InputRow) -> Result<(), Ended> {
        let mut n = 0;
        self.reader.each_shown_on(&row.id, |_, wire| n += usize::from(!is_empty_input_level(&wire)))?;
        for _ in 0..n {
            self.losses.add(Loss::NoSize, || row.name.clone());
        }
        Ok(())
    }

    fn begin(&self) -> io::Result<AtomicFile> {
        match self.options.writing {
            Writing::Write => {
                tidy(Of::File(&self.options.to));
                AtomicFile::begin(&self.options.to)
            }
            Writing::Look => Ok(AtomicFile::nowhere()),
        }
    }

    fn put(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        match self.options.writing {
            Writing::Write => {
                if let Some(folder) = path.parent().filter(|folder| !self.tidied.contains(*folder)) {
                    tidy(Of::Folder(folder));
                    self.tidied.insert(folder.to_owned());
                }
                atomic::write(path, bytes)
            }
            Writing::Look => Ok(()),
        }
    }

    fn file_kept(&self) -> Result<Map, Ended> {
        match self.reader.setting(&classes::file_key(self.options.format))? {
            Some(Value::Object(map)) => Ok(map),
            _ => Ok(Map::new()),
        }
    }

    fn outs(&mut self) -> Result<Vec<Out>, Ended> {
        let mut outs = Vec::with_capacity(self.rows.len());
        for row in std::mem::take(&mut self.rows) {
            match self.out(&row)? {
                Some(out) => outs.push(out),
                None => self.no_size(&row)?,
            }
        }
        Ok(outs)
    }

    fn write_coco(&mut self) -> Result<(), Ended> {
        let outs = self.outs()?;
        let file = self.begin()?;
        let kept = self.file_kept()?;
        let mut images = outs.iter().map(|out| out.image.clone());
        let mut writer = coco::Writer::begin(file, &kept, &self.classes, &mut images)?;
        for out in &outs {
            for item in self.items(out)? {
                writer.object(&out.image, &item)?;
            }
        }
        writer.end()?.finish()?;
        self.report.files = 1;
        Ok(())
    }

    fn write_cvat(&mut self) -> Result<(), Ended> {
        let outs = self.outs()?;
        let file = self.begin()?;
        let kept = self.file_kept()?;
        let mut writer = cvat::Writer::begin(file, &kept, &self.classes)?;
        for (index, out) in outs.iter().enumerate() {
            let items = self.items(out)?;
            writer.image(index, &out.image, &items)?;
        }
        writer.end()?.finish()?;
        self.report.files = 1;
        Ok(())
    }

    fn write_backup(&mut self) -> Result<(), Ended> {
        let inputs: Vec<Value> = self.rows.iter().map(input_json).collect();
        let concepts = self.reader.concepts()?;
        let concepts: Vec<Value> = concepts
            .iter()
            .map(|row| json!({"id": row.concept.id, "name": row.concept.name, "color": row.concept.color}))
            .collect();
        let mut writer = backup::Writer::begin(self.begin()?, inputs, concepts)?;
        for row in std::mem::take(&mut self.rows) {
            if self.progress.is_stopped() {
                return Err(Ended::Stopped);
            }
            let mut written = Ok(());
            let mut n = 0;
            self.reader.each_shown_on(&row.id, |lid, wire| {
                if written.is_ok() && !is_empty_input_level(&wire) {
                    written = writer.annotation(lid, &wire);
                    n += 1;
                }
            })?;
            written?;
            self.report.images += 1;
            self.report.objects += n;
            self.done += u64::try_from(n).unwrap_or(0);
            self.progress.tell(self.done, Some(self.total));
        }
        writer.end()?.finish()?;
        self.report.files = 1;
        Ok(())
    }

    fn write_folder(&mut self) -> Result<(), Ended> {
        let to = self.options.to.clone();
        let format = self.options.format;
        let rows = std::mem::take(&mut self.rows);
        for row in rows {
            let Some(mut out) = self.out(&row)? else {
                self.no_size(&row)?;
                continue;
            };
            let items = self.items(&out)?;
            if format == Format::Labelme && out.image.kept.get("imageData").is_some_and(|v| !v.is_null()) {
                out.image.bytes = self.bytes_of(&row);
            }
            let (relative, text) = match format {
                Format::Voc => (safe(&out.image.path, "xml"), voc::write(&out.image, &items, &mut self.losses)),
                Format::Labelme => (safe(&out.image.path, "json"), labelme::write(&out.image, &items)),
                _ => (yolo_path(&out.image), yolo::write(&out.image, &items, &self.classes)),
            };
            self.put(&to.join(relative), text.as_bytes())?;
            self.report.files += 1;
        }
        if matches!(format, Format::Yolo | Format::YoloSeg) {
            let kept = self.file_kept()?;
            self.put(&to.join("data.yaml"), yolo::write_description(&kept, &self.classes).as_bytes())?;
            self.put(&to.join("classes.txt"), yolo::write_names(&self.classes).as_bytes())?;
            self.report.files += 2;
        }
        Ok(())
    }

    fn bytes_of(&self, row: &InputRow) -> Option<Vec<u8>> {
        let InputSource::Path(path) = &row.source else { return None };
        let path = if path.is_relative() { self.images_dir.join(path) } else { path.clone() };
        std::fs::read(path).ok()
    }
}

fn input_json(row: &InputRow) -> Value {
    let mut map = Map::new();
    map.insert("id".to_owned(), json!(row.id));
    map.insert("name".to_owned(), row.name.clone().into());
    if let Some(size) = row.size {
        let info = json!({"width": size.width_px, "height": size.height_px});
        map.insert("data".to_owned(), json!({"image": {"image_info": info}}));
    }
    Value::Object(map)
}

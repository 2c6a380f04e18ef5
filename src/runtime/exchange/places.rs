//! Where the files of an export go, and what is there already.

use super::export::ExportOptions;
use super::images::stem;
use crate::formats::{Class, Format, OutImage, coco, yolo};
use std::path::{Path, PathBuf};

/// What is there already, for the person to know before.
pub fn replaced(options: &ExportOptions) -> Option<String> {
    let to = options.to.display();
    if options.format.is_one_file() {
        return options.to.is_file().then(|| format!("{to} is there already; it is replaced when all is written"));
    }
    let has_files = std::fs::read_dir(&options.to).is_ok_and(|mut entries| entries.next().is_some());
    has_files.then(|| format!("{to} is there already; files of the same name in it are replaced, others stay"))
}

/// The classes of the data set that is replaced: they keep their numbers.
pub fn classes_there(options: &ExportOptions) -> Option<Vec<Class>> {
    match options.format {
        Format::Yolo | Format::YoloSeg => {
            let bytes = std::fs::read(options.to.join("data.yaml")).ok()?;
            Some(yolo::description("data.yaml", &bytes).ok()?.classes())
        }
        Format::Coco => coco::classes(&|| Ok(Box::new(std::fs::File::open(&options.to)?))),
        _ => None,
    }
}

/// A path below the folder that is written, with another extension: whatever an image is called, nothing leads out.
pub fn safe(path: &str, extension: &str) -> PathBuf {
    let mut safe = PathBuf::new();
    let path = path.replace('\\', "/");
    for part in path.split('/') {
        let part: String =
            part.chars().map(|c| if "<>:\"|?*".contains(c) || c.is_control() { '_' } else { c }).collect();
        if !part.is_empty() && part != "." && part != ".." {
            safe.push(part);
        }
    }
    let name = safe.file_name().map_or_else(|| "image".to_owned(), |n| n.to_string_lossy().into_owned());
    safe.set_file_name(format!("{}.{extension}", stem(&name)));
    safe
}

/// `labels/train/x.txt` for an image of the split `train`, `labels/x.txt` for one of none.
pub fn yolo_path(image: &OutImage) -> PathBuf {
    let name = safe(&image.path, "txt");
    let mut parts: Vec<_> = name.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if let Some(at) = parts.iter().position(|part| part == "images") {
        "labels".clone_into(&mut parts[at]);
        return parts.iter().collect();
    }
    let folder = Path::new("labels");
    if image.split.is_empty() { folder.join(name) } else { folder.join(&image.split).join(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for (path, expected) in [
            ("../../etc/passwd", "etc/passwd.json"),
            ("/abs/a.jpg", "abs/a.json"),
            ("C:\\x\\b.png", "C_/x/b.json"),
            ("..", "image.json"),
            ("a.b.jpg", "a.b.json"),
        ] {
            assert_eq!(safe(path, "json"), PathBuf::from(expected), "{path}");
        }
    }
}

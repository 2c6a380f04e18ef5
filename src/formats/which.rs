//! Which format a file has.

use std::fmt;
use std::str::FromStr;

/// A file format for annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// COCO JSON: one file for all images.
    Coco,
    /// YOLO detection: a text file of boxes for each image.
    Yolo,
    /// YOLO segmentation: a text file of polygons for each image.
    YoloSeg,
    /// Pascal VOC: an XML file of boxes for each image.
    Voc,
    /// labelme, and X-AnyLabeling: a JSON file for each image.
    Labelme,
    /// CVAT for images 1.1: one XML file for all images.
    Cvat,
    /// Label Studio JSON; read only.
    LabelStudio,
    /// VGG Image Annotator 2, JSON or CSV; read only.
    Via,
    /// The annotations API's own JSON: the backup, without any loss.
    Api,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Coco,
        Self::Yolo,
        Self::YoloSeg,
        Self::Voc,
        Self::Labelme,
        Self::Cvat,
        Self::LabelStudio,
        Self::Via,
        Self::Api,
    ];

    /// Those that are written.
    pub const WRITTEN: [Self; 7] =
        [Self::Coco, Self::Yolo, Self::YoloSeg, Self::Voc, Self::Labelme, Self::Cvat, Self::Api];

    /// Its name in commands and settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Coco => "coco",
            Self::Yolo => "yolo",
            Self::YoloSeg => "yolo-seg",
            Self::Voc => "voc",
            Self::Labelme => "labelme",
            Self::Cvat => "cvat",
            Self::LabelStudio => "label-studio",
            Self::Via => "via",
            Self::Api => "api",
        }
    }

    /// The format whose classes, images and notes it shares: detection and segmentation of YOLO are one data set.
    #[must_use]
    pub const fn family(self) -> Self {
        match self {
            Self::YoloSeg => Self::Yolo,
            other => other,
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Coco => "COCO JSON",
            Self::Yolo => "YOLO detection",
            Self::YoloSeg => "YOLO segmentation",
            Self::Voc => "Pascal VOC XML",
            Self::Labelme => "labelme JSON",
            Self::Cvat => "CVAT for images XML 1.1",
            Self::LabelStudio => "Label Studio JSON",
            Self::Via => "VIA JSON or CSV",
            Self::Api => "API JSON (backup, nothing lost)",
        }
    }

    /// Whether it is one file for all images; otherwise a folder is written.
    #[must_use]
    pub const fn is_one_file(self) -> bool {
        matches!(self, Self::Coco | Self::Cvat | Self::Api | Self::LabelStudio | Self::Via)
    }

    /// The extension of its files.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Coco | Self::Labelme | Self::LabelStudio | Self::Via | Self::Api => "json",
            Self::Yolo | Self::YoloSeg => "txt",
            Self::Voc | Self::Cvat => "xml",
        }
    }

    /// What a file probably is, by its name and its first few thousand bytes.
    #[must_use]
    pub fn guess(name: &str, head: &[u8]) -> Option<Self> {
        let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let text = String::from_utf8_lossy(head);
        let has = |word: &str| text.contains(&format!("\"{word}\""));
        match extension.as_str() {
            "txt" | "yaml" | "yml" => Some(Self::Yolo),
            "csv" => text.contains("region_shape_attributes").then_some(Self::Via),
            "xml" if text.contains("<annotations") => Some(Self::Cvat),
            "xml" if text.contains("<annotation") => Some(Self::Voc),
            "json" | "" => {
                if has("labelwright_backup") || has("region_info") || has("input_id") {
                    Some(Self::Api)
                } else if has("_via_settings") || has("_via_img_metadata") || has("file_attributes") {
                    Some(Self::Via)
                } else if has("shapes") || has("imagePath") || has("flags") {
                    Some(Self::Labelme)
                } else if text.trim_start().starts_with('[') && has("data")
                    || has("from_name")
                    || has("original_width")
                    || has("completed_by")
                {
                    Some(Self::LabelStudio)
                } else if has("categories") || has("images") || has("annotations") || has("licenses") {
                    Some(Self::Coco)
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let names = || Self::ALL.map(Self::name).join(", ");
        Self::ALL
            .into_iter()
            .find(|format| format.name() == text)
            .ok_or_else(|| format!("there is no format {text:?}; there are {}", names()))
    }
}

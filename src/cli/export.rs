//! `labelwright export`: the annotations of a project for other programs.

use super::progress::shown;
use crate::formats::Format;
use crate::model::InputId;
use crate::runtime::exchange::{ExportOptions, Writing, export};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Writes the annotations of a project to a file or a folder; also while a window has it open.
///
/// What is there is replaced when everything is written, and stays whole when it is interrupted.
#[derive(Debug, clap::Args)]
pub struct ExportArgs {
    /// The file (coco, cvat, api) or the folder (yolo, yolo-seg, voc, labelme).
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// The project.
    #[arg(long, value_name = "DIR")]
    pub project: PathBuf,
    /// The format: coco, yolo, yolo-seg, voc, labelme, cvat, or api (the backup, without any loss).
    #[arg(long, value_name = "FORMAT")]
    pub format: Format,
    /// Only this image, by its id; may be repeated.
    #[arg(long = "image", value_name = "ID")]
    pub only: Vec<String>,
    /// Only say what would be written and what has no place in the format.
    #[arg(long)]
    pub dry_run: bool,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Exports, and says what has no place in the format.
///
/// # Errors
/// A sentence.
pub fn run(args: ExportArgs) -> anyhow::Result<ExitCode> {
    let only = args.only.into_iter().map(InputId).collect();
    let writing = if args.dry_run { Writing::Look } else { Writing::Write };
    let options = ExportOptions { format: args.format, to: args.path, only, writing };
    let bar = shown("exported");
    let report = export(&args.project, &options, &bar.progress);
    bar.end();
    let report = report.map_err(anyhow::Error::msg)?;
    let mut out = std::io::stdout();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        for line in report.lines() {
            writeln!(out, "{line}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

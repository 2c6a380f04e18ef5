//! `labelwright import`: annotations of other programs into a project.

use super::PROBLEMS_REMAIN;
use super::progress::shown;
use crate::formats::Format;
use crate::runtime::exchange::{ImportOptions, Mode, OnProblems, Tense, import_into, look_into};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Takes annotations out of the files of another program, as one step that can be undone.
///
/// Without --update or --replace what is in the project stays as it is, and importing the same file again changes nothing.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct ImportArgs {
    /// A file, or a folder of files.
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// The project; no window may have it open (with --dry-run it may).
    #[arg(long, value_name = "DIR")]
    pub project: PathBuf,
    /// The format: coco, yolo, yolo-seg, voc, labelme (also X-AnyLabeling), cvat, label-studio, via, api. Without it the
    /// files tell.
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Where the images lie that the files name: finds renamed ones by their bytes.
    #[arg(long, value_name = "DIR")]
    pub images: Option<PathBuf>,
    /// Also change annotations that came from the same objects to what the files say now.
    #[arg(long, conflicts_with = "replace")]
    pub update: bool,
    /// Give the images that the files name what the files say, and remove what else is on them.
    #[arg(long)]
    pub replace: bool,
    /// Take the good rest of files with mistakes in them; otherwise nothing is imported.
    #[arg(long)]
    pub skip_bad: bool,
    /// Only say what would come in.
    #[arg(long)]
    pub dry_run: bool,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Imports, or says what an import would do. Exit code 1 where nothing was imported because of mistakes in the files, 3 where
/// something was left out.
///
/// # Errors
/// A sentence.
pub fn run(args: ImportArgs) -> anyhow::Result<ExitCode> {
    let options = ImportOptions {
        path: args.path,
        format: args.format,
        mode: match (args.update, args.replace) {
            (_, true) => Mode::Replace,
            (true, _) => Mode::Update,
            _ => Mode::Append,
        },
        images: args.images,
        on_problems: if args.skip_bad { OnProblems::TakeTheRest } else { OnProblems::Stop },
    };
    let bar = shown("imported");
    let report = if args.dry_run {
        look_into(&args.project, &options, &bar.progress)
    } else {
        import_into(&args.project, &options, &bar.progress)
    };
    bar.end();
    let report = report.map_err(anyhow::Error::msg)?;
    let refused = report.problem_count > 0 && options.on_problems == OnProblems::Stop;
    let tense = if args.dry_run || refused { Tense::Before } else { Tense::After };
    let mut out = std::io::stdout();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        for line in report.lines(tense) {
            writeln!(out, "{line}")?;
        }
    }
    if refused && !args.dry_run {
        anyhow::bail!("nothing was imported: the files have mistakes; --skip-bad takes the good rest");
    }
    Ok(if report.has_problems() { ExitCode::from(PROBLEMS_REMAIN) } else { ExitCode::SUCCESS })
}

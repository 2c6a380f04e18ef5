//! `labelwright validate`, `stats` and `render`: a whole project looked at without a window.

use super::PROBLEMS_REMAIN;
use super::progress::shown;
use crate::runtime;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Asks the rules of review about every annotation; also while a window has the project open.
///
/// The rules: near duplicates, tiny shapes, shapes outside the image, polygons that cross themselves, regions without a
/// concept, a region that is and is not something. Nothing is changed.
#[derive(Debug, clap::Args)]
pub struct ValidateArgs {
    /// The project.
    #[arg(long, value_name = "DIR")]
    pub project: PathBuf,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Counts images and annotations by kind, status, person and concept; also while a window has the project open.
#[derive(Debug, clap::Args)]
pub struct StatsArgs {
    /// The project.
    #[arg(long, value_name = "DIR")]
    pub project: PathBuf,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Draws an image with its shapes into a PNG file; also while a window has the project open.
#[derive(Debug, clap::Args)]
pub struct RenderArgs {
    /// The PNG file.
    #[arg(value_name = "PNG")]
    pub to: PathBuf,
    /// The project.
    #[arg(long, value_name = "DIR")]
    pub project: PathBuf,
    /// The image: its id or its name.
    #[arg(long, value_name = "IMAGE")]
    pub image: String,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Prints what the rules say; exit code 3 where they say something.
///
/// # Errors
/// A sentence.
pub fn validate(args: &ValidateArgs) -> anyhow::Result<ExitCode> {
    let bar = shown("images looked at");
    let report = runtime::validate(&args.project, &bar.progress);
    bar.end();
    let report = report.map_err(anyhow::Error::msg)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        for finding in &report.findings {
            writeln!(out, "{}: {} ({})", finding.image, finding.text, finding.annotation)?;
        }
        writeln!(out, "{} annotations on {} images", report.annotations, report.images)?;
        for (rule, n) in &report.rules {
            writeln!(out, "{n:>8} {rule}")?;
        }
        if report.damaged > 0 {
            writeln!(out, "{:>8} damaged rows", report.damaged)?;
        }
    }
    let clean = report.findings.is_empty() && report.damaged == 0;
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS_REMAIN) })
}

/// Prints the counts.
///
/// # Errors
/// A sentence.
pub fn stats(args: &StatsArgs) -> anyhow::Result<ExitCode> {
    let bar = shown("annotations counted");
    let report = runtime::stats(&args.project, &bar.progress);
    bar.end();
    let report = report.map_err(anyhow::Error::msg)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "{:>8} images, {} of them annotated", report.images, report.annotated_images)?;
    writeln!(out, "{:>8} annotations", report.annotations)?;
    for (kind, n) in &report.kinds {
        writeln!(out, "{n:>8} of the kind {kind}")?;
    }
    for (status, n) in &report.statuses {
        writeln!(out, "{n:>8} {status}")?;
    }
    for (worker, n) in &report.workers {
        writeln!(out, "{n:>8} by {worker}")?;
    }
    for (concept, count) in &report.concepts {
        writeln!(out, "{:>8} {concept}, on {} images", count.annotations, count.images)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the picture.
///
/// # Errors
/// A sentence.
pub fn render(args: &RenderArgs) -> anyhow::Result<ExitCode> {
    let png = runtime::render(&args.project, &args.image).map_err(anyhow::Error::msg)?;
    runtime::exchange::write_whole(&args.to, &png).map_err(|e| anyhow::anyhow!("{}: {e}", args.to.display()))?;
    let mut out = std::io::stdout();
    if args.json {
        writeln!(out, "{}", serde_json::json!({"file": args.to, "bytes": png.len()}))?;
    } else {
        writeln!(out, "wrote {}", args.to.display())?;
    }
    Ok(ExitCode::SUCCESS)
}

//! `labelwright pull` and `push`: the sync without a window.

use super::PROBLEMS_REMAIN;
use super::progress::shown;
use crate::runtime::{Direction, Problem, settle};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Takes over what others did on the server; sends nothing.
#[derive(Debug, clap::Args)]
pub struct PullArgs {
    /// The project; no window may have it open.
    #[arg(long, value_name = "DIR")]
    pub project: PathBuf,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Sends what is unsent, after taking over what others did.
#[derive(Debug, clap::Args)]
pub struct PushArgs {
    /// The project; no window may have it open.
    #[arg(long, value_name = "DIR")]
    pub project: PathBuf,
    /// Only says what would be sent.
    #[arg(long)]
    pub dry_run: bool,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Pulls.
///
/// # Errors
/// A sentence; everything is kept.
pub fn pull(args: &PullArgs) -> anyhow::Result<ExitCode> {
    run(&args.project, Direction::Pull, Format::of(args.json))
}

/// Pushes, or says what a push would send.
///
/// # Errors
/// A sentence; everything is kept.
pub fn push(args: &PushArgs) -> anyhow::Result<ExitCode> {
    if args.dry_run {
        return dry_run(&args.project, Format::of(args.json));
    }
    run(&args.project, Direction::Push, Format::of(args.json))
}

/// How the answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Text,
    Json,
}

impl Format {
    const fn of(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }
}

fn run(project: &Path, direction: Direction, format: Format) -> anyhow::Result<ExitCode> {
    let bar = shown(match direction {
        Direction::Pull => "annotations here",
        Direction::Push => "sent",
    });
    let outcome = settle(project, direction, &bar.progress);
    bar.end();
    let outcome = outcome.map_err(anyhow::Error::msg)?;
    let report = &outcome.report;
    let mut out = std::io::stdout();
    match format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(report)?)?,
        Format::Text => {
            writeln!(
                out,
                "{} annotations, {} unsent, {} unknown, {} conflicts, {} problems",
                report.annotations, report.unsent, report.unknown, report.conflicts, report.problems
            )?;
            for problem in &report.troubles {
                writeln!(out, "{}", super::status::line_of(problem))?;
            }
        }
    }
    if let Some(reason) = outcome.unfinished {
        anyhow::bail!("not finished, nothing is lost: {reason}");
    }
    let troubled = report.conflicts + report.problems > 0;
    Ok(if troubled { ExitCode::from(PROBLEMS_REMAIN) } else { ExitCode::SUCCESS })
}

fn dry_run(project: &Path, format: Format) -> anyhow::Result<ExitCode> {
    let plan = crate::runtime::plan_of(project).map_err(anyhow::Error::msg)?;
    let mut out = std::io::stdout();
    match format {
        Format::Json => {
            let rows: Vec<serde_json::Value> = plan
                .images
                .iter()
                .map(|row| {
                    serde_json::json!({"input": row.input, "post": row.posts, "patch": row.patches,
                        "delete": row.deletes, "read_back": row.read_backs})
                })
                .collect();
            let (post, patch, delete) = plan.totals();
            let troubles: Vec<Problem> = plan.troubles.iter().cloned().map(Problem::from).collect();
            let report = serde_json::json!({"images": rows, "post": post, "patch": patch, "delete": delete,
                "troubles": troubles});
            writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
        }
        Format::Text => {
            for row in &plan.images {
                writeln!(
                    out,
                    "{}: {} POST, {} PATCH, {} DELETE, {} to be read back",
                    row.input, row.posts, row.patches, row.deletes, row.read_backs
                )?;
            }
            if plan.images.is_empty() {
                writeln!(out, "nothing to send")?;
            }
            for trouble in &plan.troubles {
                writeln!(out, "{}", super::status::line_of(&Problem::from(trouble.clone())))?;
            }
        }
    }
    Ok(if plan.troubles.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS_REMAIN) })
}

//! `labelwright status`: what a project holds and how its sync stands.

use super::PROBLEMS_REMAIN;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Says what a project holds; also while a window has it open.
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// The project.
    #[arg(long, value_name = "DIR")]
    pub project: PathBuf,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Prints the counts; exit code 3 where something needs a person.
///
/// # Errors
/// A sentence that says what is wrong with the directory.
pub fn run(args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let report = crate::runtime::status(&args.project).map_err(anyhow::Error::msg)?;
    let mut out = std::io::stdout();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        writeln!(out, "{}: {}", report.name, report.server)?;
        for (name, n) in [
            ("images", report.images),
            ("annotations", report.annotations),
            ("unsent", report.unsent),
            ("unknown", report.unknown),
            ("conflicts", report.conflicts),
            ("problems", report.problems),
        ] {
            writeln!(out, "{n:>8} {name}")?;
        }
        if report.held_back {
            writeln!(out, "edits are held back until you say so")?;
        }
        for trouble in &report.troubles {
            writeln!(out, "{}", line_of(trouble))?;
        }
    }
    let troubled = report.conflicts + report.problems > 0;
    Ok(if troubled { ExitCode::from(PROBLEMS_REMAIN) } else { ExitCode::SUCCESS })
}

/// A problem in a line.
pub(super) fn line_of(problem: &crate::runtime::Problem) -> String {
    let code = problem.code.map(|code| format!(" ({code})")).unwrap_or_default();
    let request = match problem.request_id.as_str() {
        "" => String::new(),
        id => format!(", request {id}"),
    };
    format!("{} {} on {}: {}{code}{request}", problem.kind, problem.annotation, problem.image, problem.reason)
}

//! The subcommands of the program: thin, each calls the runtime or the server.
//!
//! May use runtime, server, formats and api. Invariant: exit codes are a contract: 0 done, 1 failed, 2 wrong usage, 3
//! done but problems remain; what a program may read goes to stdout, everything else to stderr.

pub mod export;
pub mod import;
pub mod init;
pub mod inspect;
pub mod manual;
pub mod progress;
pub mod serve;
pub mod status;
pub mod sync;

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Exit code of a command that did its work while something still needs a person.
pub const PROBLEMS_REMAIN: u8 = 3;

/// Edits image annotations and syncs them with an annotations API. Without a command it opens the window: on the last
/// project, or on the bundled sample the first time.
#[derive(Debug, Parser)]
#[command(name = "labelwright", version)]
pub struct Arguments {
    /// The project directory to open.
    #[arg(long, value_name = "DIR")]
    pub project: Option<PathBuf>,
    /// What to do instead of opening the window.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The commands without a window.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a project: from a folder of images, or bound to an app on a server.
    Init(init::InitArgs),
    /// Asks the rules of review about every annotation.
    Validate(inspect::ValidateArgs),
    /// Counts images and annotations.
    Stats(inspect::StatsArgs),
    /// Draws an image with its shapes into a PNG file.
    Render(inspect::RenderArgs),
    /// Prints the completions for a shell.
    Completions(manual::CompletionsArgs),
    /// Writes the manual pages.
    Man(manual::ManArgs),
    /// Runs the annotations server alone.
    Serve(serve::ServeArgs),
    /// Takes annotations out of the files of another program.
    Import(import::ImportArgs),
    /// Writes annotations for another program.
    Export(export::ExportArgs),
    /// Says what a project holds and how its sync stands.
    Status(status::StatusArgs),
    /// Takes over what others did on the server.
    Pull(sync::PullArgs),
    /// Sends what is unsent.
    Push(sync::PushArgs),
}

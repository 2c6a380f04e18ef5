//! `labelwright completions` and `labelwright man`: made from the same description as the command line itself.

use super::Arguments;
use clap::CommandFactory as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Prints the completions for a shell.
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Writes the manual pages into a folder; without one, prints the first.
#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// The folder, e.g. `~/.local/share/man/man1`.
    #[arg(value_name = "DIR")]
    pub to: Option<PathBuf>,
}

/// Prints the completions.
///
/// # Errors
/// Where nobody takes them.
pub fn completions(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "labelwright", &mut text);
    std::io::stdout().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes or prints the pages.
///
/// # Errors
/// Where they cannot be written.
pub fn man(args: ManArgs) -> anyhow::Result<ExitCode> {
    match args.to {
        None => clap_mangen::Man::new(Arguments::command()).render(&mut std::io::stdout())?,
        Some(folder) => {
            std::fs::create_dir_all(&folder)?;
            clap_mangen::generate_to(Arguments::command(), &folder)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

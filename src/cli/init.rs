//! `labelwright init`: makes a project.

use crate::runtime::{KEY_VARIABLE, Opening, RemoteApp, create};
use secrecy::SecretString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Makes a project in a directory that is not there yet or is empty.
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// Where the project is to be.
    #[arg(long, value_name = "DIR")]
    pub project: PathBuf,
    /// A folder of images; the project gets a server of its own.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["server", "user", "app"], required_unless_present = "server")]
    pub images: Option<PathBuf>,
    /// The server of an app, e.g. `https://api.clarifai.com`. The key comes from `LABELWRIGHT_KEY`.
    #[arg(long, value_name = "URL", requires = "user", requires = "app")]
    pub server: Option<String>,
    /// The owner of the app.
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,
    /// The app.
    #[arg(long, value_name = "APP")]
    pub app: Option<String>,
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// Makes the project.
///
/// Exit code 3 where images cannot be shown: they are in the project, with the reason in their place.
///
/// # Errors
/// A sentence that says what is wrong; nothing is left behind.
pub fn run(args: InitArgs) -> anyhow::Result<ExitCode> {
    let opening = match (args.images, args.server, args.user, args.app) {
        (Some(folder), ..) => Opening::ImageFolder(folder),
        (None, Some(server), Some(user), Some(app)) => {
            let key = crate::runtime::find_key(&server, &user, &app).map_err(anyhow::Error::msg)?;
            Opening::Remote(RemoteApp { server, user, app, key: SecretString::clone(&key) })
        }
        _ => anyhow::bail!("Say --images FOLDER, or --server URL --user U --app A with the key in {KEY_VARIABLE}"),
    };
    let unreadable = create(&opening, &args.project)?;
    let mut out = std::io::stdout();
    if args.json {
        let report = serde_json::json!({"project": args.project, "unreadable": unreadable});
        writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        writeln!(out, "made {}", args.project.display())?;
        writeln!(out, "open it with: labelwright --project {}", args.project.display())?;
    }
    for why in &unreadable {
        tracing::warn!("{why}");
    }
    Ok(if unreadable.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(super::PROBLEMS_REMAIN) })
}

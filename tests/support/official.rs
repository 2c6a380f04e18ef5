//! The vendor's official client, in a virtual environment of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// The project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The Python of the virtual environment, which is made if it is not there: by one test at a time.
pub fn python() -> PathBuf {
    static MAKING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = MAKING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let venv = root().join("target/official-client-venv");
    let python = venv.join("bin/python");
    let requirements = root().join("tests/official_client/requirements.txt");
    let ready = venv.join("ready");
    let wanted = std::fs::read_to_string(&requirements).expect("the requirements");
    if std::fs::read_to_string(&ready).is_ok_and(|installed| installed == wanted) && python.exists() {
        return python;
    }
    run(
        Command::new("python3").args(["-m", "venv"]).arg(&venv),
        "python3 with venv (Debian: apt install python3-venv)",
    );
    run(
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(&requirements),
        "the official client from PyPI",
    );
    std::fs::write(&ready, wanted).expect("the mark is written");
    python
}

fn run(command: &mut Command, what: &str) {
    let output = command.output().unwrap_or_else(|error| panic!("this test needs {what}: {error}"));
    assert!(output.status.success(), "this test needs {what}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Parses recorded requests and answers strictly into the official messages.
///
/// # Errors
/// What does not fit, line by line.
pub fn parse_strictly(recorded: &Path) -> Result<String, String> {
    let script = root().join("tests/official_client/strict.py");
    let output = Command::new(python()).arg(script).arg(recorded).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    Err(format!("{said}\n{}", String::from_utf8_lossy(&output.stderr)))
}

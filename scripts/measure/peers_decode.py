"""Qt's decoders beside labelwright's: those of the Qt that labelme runs on."""

import pathlib
import subprocess

import tools
from report import Report


def qt_times(report: Report, folder: pathlib.Path) -> dict[str, float]:
    """Milliseconds for each file of the folder; empty where PySide6 cannot be installed, which is said."""
    try:
        python = tools.environment("qt", "PySide6-Essentials")
    except subprocess.CalledProcessError as error:
        report.say(f"Qt is not measured: {error}")
        return {}
    files = sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png", ".tif", ".webp"))
    run = subprocess.run([python, tools.HERE / "qt_decode.py", *files], check=True, stdout=subprocess.PIPE, text=True)
    found = {name: float(ms) for name, ms in (line.split() for line in run.stdout.splitlines())}
    for name, ms in found.items():
        report.line(f"Qt decode/{name}", ms, "ms")
    return found

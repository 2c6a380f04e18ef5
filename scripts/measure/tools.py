"""What the measurements need besides the program: a place for what they make, Python environments, the built program."""

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
HERE = pathlib.Path(__file__).resolve().parent


def cache() -> pathlib.Path:
    """Outside of the project: environments and pictures, some gigabytes. `LABELWRIGHT_BENCH_CACHE` moves it."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    place = pathlib.Path(os.environ.get("LABELWRIGHT_BENCH_CACHE") or pathlib.Path(base) / "labelwright-bench")
    place.mkdir(parents=True, exist_ok=True)
    return place


def binary() -> pathlib.Path:
    """The program as it is shipped; `LABELWRIGHT_BINARY` names one that is built already."""
    if given := os.environ.get("LABELWRIGHT_BINARY"):
        return pathlib.Path(given).resolve()
    subprocess.run(["cargo", "build", "--locked", "--release", "--bin", "labelwright"], cwd=ROOT, check=True)
    return TARGET / "release" / "labelwright"


def environment(name: str, *packages: str) -> pathlib.Path:
    """The Python of an environment with these packages from PyPI; made where it is not there yet. Raises where pip fails."""
    place = cache() / f"venv-{name}"
    python = place / "bin" / "python"
    if (place / "ready").exists():
        return python
    shutil.rmtree(place, ignore_errors=True)
    print(f"# installing {', '.join(packages)} into {place}", flush=True)
    subprocess.run([newest_python(), "-m", "venv", place], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True)
    (place / "ready").touch()
    return python


def newest_python() -> str:
    """labelme wants a newer Python than the system may have: also one of pyenv's is taken."""
    pyenv = sorted(pathlib.Path(os.environ.get("PYENV_ROOT") or pathlib.Path.home() / ".pyenv").glob("versions/3.*/bin/python3"))
    for version in ("3.13", "3.12"):
        named = [str(path) for path in pyenv if path.parent.parent.name.startswith(version)]
        for found in (shutil.which(f"python{version}"), *named):
            if found and subprocess.run([found, "-c", "import venv"], capture_output=True, check=False).returncode == 0:
                return found
    return sys.executable


def pictures_python() -> pathlib.Path:
    """A Python with what draws test pictures."""
    return environment("pictures", "numpy", "pillow")


def need_programs(*names: str) -> None:
    """Ends with a sentence where one is missing."""
    missing = [name for name in names if not shutil.which(name)]
    if missing:
        sys.exit(f"{', '.join(missing)} is missing; scripts/test installs what the window needs")

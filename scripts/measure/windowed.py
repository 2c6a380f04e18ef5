"""Figures of the real window: what a user of a machine without a graphics card meets."""

import os
import pathlib
import shutil
import subprocess
import time

import labelwright_side
import tools
from report import Report
from window import App, cpu_secs, memory_mib, xvfb

COUNTS = (0, 1_000, 10_000, 100_000)
CANVAS = (1052, 725)
BACKENDS = os.environ.get("BACKENDS", "vulkan,gl").split(",")


def scene_project(binary: pathlib.Path, env: dict[str, str], counts: tuple[int, ...] = COUNTS) -> tuple[pathlib.Path, pathlib.Path]:
    """The photos with their polygons, and a project of them to work on."""
    photos = tools.cache() / f"scene-{'-'.join(map(str, counts))}"
    subprocess.run([tools.pictures_python(), tools.HERE / "scene.py", photos, *map(str, counts)], check=True)
    made = photos.with_name(photos.name + "-project")
    labelwright_side.make_project(binary, photos, made, env | {"LABELWRIGHT_LOG": "error", "LABELWRIGHT_DATA": str(tools.cache())})
    return photos, made


def fresh(project: pathlib.Path) -> pathlib.Path:
    """A copy that may be changed."""
    copy = tools.TARGET / "bench" / "project"
    shutil.rmtree(copy, ignore_errors=True)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(project, copy)
    return copy


def frames(report: Report) -> None:
    """Whole frames, starting, opening, editing and memory at every number of polygons, on both of wgpu's backends."""
    binary = tools.binary()
    with xvfb() as env:
        _, made = scene_project(binary, env)
        for backend in BACKENDS:
            for place, count in enumerate(COUNTS):
                shot = tools.TARGET / "bench" / f"window-{backend}-{count}.png"
                found = labelwright_side.measure(env, binary, fresh(made), place, CANVAS, backend, shot)
                _frame_lines(report, f"window/{backend}", count, found)


def _frame_lines(report: Report, name: str, count: int, found: dict[str, float]) -> None:
    start = {1_000: 500, 10_000: 700}.get(count)
    memory = {0: 150, 10_000: 300, 100_000: 900}.get(count)
    exact = {1_000: 20, 10_000: 90, 100_000: 700}.get(count)
    goals = {
        "start: window": ("ms", 300), "start: first full frame": ("ms", start), "open next: pixels": ("ms", None),
        "open next: shapes": ("ms", {10_000: 300, 100_000: 1000}.get(count)),
        "mouse move: wall": ("ms", 12), "mouse move: cpu": ("ms", None), "mouse move at 100 %: wall": ("ms", 12),
        "mouse move at 100 %: cpu": ("ms", None), "zoom, while it goes on: wall": ("ms", 12), "zoom, while it goes on: cpu": ("ms", None),
        "zoom six notches to and fro: wall": ("ms", 12), "zoom six notches to and fro: cpu": ("ms", None),
        "exact redraw: cpu": ("ms", exact), "exact redraw: wall": ("ms", None), "zoom step until rest: cpu": ("ms", None), "click select: cpu": ("ms", None), "move by key: cpu": ("ms", None),
        "edit kept on disk: wall": ("ms", None), "memory: peak": ("MiB", memory),
    }  # fmt: skip
    for what, (unit, goal) in goals.items():
        if what in found:
            report.line(f"{name}/{count}/{what}", found[what], unit, goal)


def idle(report: Report) -> None:
    """Nothing happens: shown, and hidden."""
    binary = tools.binary()
    with xvfb() as env:
        _, made = scene_project(binary, env)
        with App(env, binary, fresh(made), tools.TARGET / "bench" / "idle.log") as app:
            app.wait_line("on screen: sharp")
            app.rest(3)
            # The looks for damage are over: they begin when nothing happens, and the time of a thread goes with it.
            for whole in ("the project is whole", "database is whole"):
                app.wait_line(whole)
            for state in ("shown", "hidden"):
                if state == "hidden":
                    app.xdo("windowunmap", app.window)
                    app.rest(3)
                frames, cpu = len(app.frames()), cpu_secs(app.process.pid)
                time.sleep(10)
                report.line(f"idle/{state}/frames in 10 s", len(app.frames()) - frames, "frames", 0)
                report.line(f"idle/{state}/cpu", (cpu_secs(app.process.pid) - cpu) * 10, "%", 0.2)


def many_images(report: Report, count: int = 2_000) -> None:
    """Going through a folder of photos: the next one at once, and memory that does not grow."""
    binary = tools.binary()
    folder = tools.cache() / f"photos-{count}"
    decode_set()
    if not folder.exists():
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        make = "import sys; sys.path.insert(0, sys.argv[1]); import scene\n" \
               "for i in range(40): scene.photo(1600, 1200, i).save(f'{sys.argv[2]}/p{i:05}.jpg', quality=85)"  # fmt: skip
        subprocess.run([tools.pictures_python(), "-c", make, tools.HERE, part], check=True)
        for i in range(40, count):
            os.link(part / f"p{i % 40:05}.jpg", part / f"p{i:05}.jpg")
        for i in range(8):
            os.link(tools.cache() / "decode" / "24mp.jpg", part / f"a{i}.jpg")
        part.rename(folder)
    with xvfb() as env:
        project = tools.TARGET / "bench" / "many"
        shutil.rmtree(project, ignore_errors=True)
        subprocess.run([binary, "init", "--images", folder, "--project", project], env=env | {"LABELWRIGHT_LOG": "error"}, check=True, stdout=subprocess.DEVNULL)
        with App(env, binary, project, tools.TARGET / "bench" / "many.log") as app:
            app.wait_line("on screen: sharp")
            app.rest(3)
            _next_photo(report, app)
            for _ in range(5):
                app.xdo("key", "d")
            steps = (count - 8) // 8
            at = {}
            for step in range(1, 9):
                for _ in range(steps // 20):
                    app.xdo("key", "--delay", "30", *["d"] * 20)
                app.rest()
                at[step] = memory_mib(app.process.pid)
            report.line(f"{count} images/memory after an eighth", at[1], "MiB")
            report.line(f"{count} images/memory after all", at[8], "MiB", at[1] * 1.15)
            report.line(f"{count} images/memory: peak", app.close(), "MiB")


def _next_photo(report: Report, app: App) -> None:
    """The next photo of 24 megapixels, which was decoded ahead."""
    waits, between = [], []
    for _ in range(3):
        time.sleep(4)
        app.rest(1)
        since = time.time()
        app.xdo("key", "d")
        shown = app.wait_line("on screen: pixels", since)
        waits.append((shown - since) * 1e3)
        between.append(len([at for at in app.frames(since) if at < shown]) - 1)
        app.rest()
    report.line("next 24 MP photo/pixels on screen", sorted(waits)[1], "ms")
    report.line("next 24 MP photo/frames until its pixels", sorted(between)[1], "frames", 2)


def decode_set() -> pathlib.Path:
    """The photos that are decoded."""
    folder = tools.cache() / "decode"
    subprocess.run([tools.pictures_python(), tools.HERE / "scene.py", folder, "decode"], check=True)
    return folder


def huge(report: Report, side: int = 32_000) -> None:
    """A gigapixel as TIFF and as BigTIFF, and a JPEG of 100 megapixels, in the window."""
    binary = tools.binary()
    photos = decode_set()
    for name in ("tiff", "bigtiff", "jpeg 100 MP"):
        folder = tools.cache() / f"huge-{name.split()[0]}-{side}"
        folder.mkdir(exist_ok=True)
        if name.startswith("jpeg"):
            if not (folder / "b.jpg").exists():
                os.link(photos / "100mp.jpg", folder / "b.jpg")
        else:
            arguments = [str(folder / "b.tif"), str(side), *(["big"] if name == "bigtiff" else [])]
            subprocess.run([tools.pictures_python(), tools.HERE / "tiff.py", *arguments], check=True)
        with xvfb() as env:
            _huge_one(report, binary, env, folder, name)


def _huge_one(report: Report, binary: pathlib.Path, env: dict[str, str], folder: pathlib.Path, name: str) -> None:
    out = tools.TARGET / "bench"
    project = out / "huge"
    shutil.rmtree(project, ignore_errors=True)
    out.mkdir(parents=True, exist_ok=True)
    subprocess.run([binary, "init", "--images", folder, "--project", project], env=env | {"LABELWRIGHT_LOG": "error"}, check=True, stdout=subprocess.DEVNULL)
    with App(env, binary, project, out / "huge.log") as app:
        # It is the only image of its project, so that it was not decoded ahead.
        since = app.frames()[0]
        first = app.wait_line("on screen: pixels", since)
        report.line(f"{name}/first pixels", (first - since) * 1e3, "ms", 1000)
        app.shot(out / f"huge-{name.split()[0]}-first.png")
        sharp = app.wait_line("on screen: sharp", since)
        report.line(f"{name}/whole picture sharp", (sharp - since) * 1e3, "ms")
        app.rest(1)
        left, top, width, height = app.canvas()
        since = time.time()
        app.xdo("key", "ctrl+0")
        report.line(f"{name}/sharp at 100 %", (app.wait_line("on screen: sharp", since) - since) * 1e3, "ms")
        waits = []
        for round_ in range(5):
            app.rest()
            x, y = left + width // 5, top + height // 5
            there = [(x + width * i // 16, y + height * i // 16) for i in range(1, 9)]
            walk = [w for px, py in there for w in ("mousemove", str(px), str(py), "sleep", "0.02")]
            app.xdo("mousemove", str(x), str(y), "sleep", "0.05", "mousedown", "2", "sleep", "0.05", *walk, "mouseup", "2")
            since = time.time()
            time.sleep(0.4)
            app.rest()
            later = app.lines("on screen: sharp", since)
            waits.append((later[-1][0] - since) * 1e3 if later else 0.0)
            if round_ == 4:
                app.shot(out / f"huge-{name.split()[0]}-panned.png")
        report.line(f"{name}/sharp after a pan", sorted(waits)[2], "ms", 300)
        # A JPEG cannot be read in pieces: the goal is for those that can.
        report.line(f"{name}/memory: peak", app.close(), "MiB", None if name.startswith("jpeg") else 500)

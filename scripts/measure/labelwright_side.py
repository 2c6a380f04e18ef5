"""The operations of the comparison, done by labelwright in its window."""

import pathlib
import shutil
import statistics
import subprocess
import time

from window import App, moves

Figures = dict[str, float]


def make_project(binary: pathlib.Path, photos: pathlib.Path, project: pathlib.Path, env: dict[str, str]) -> None:
    """Of the photos of the scene and labelme's files beside them; sent to its own server, so that nothing is on its way later."""
    if project.exists():
        return
    part = project.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    def run(*arguments: object) -> None:
        subprocess.run([binary, *map(str, arguments), "--project", str(part)], env=env, check=True, stdout=subprocess.DEVNULL)
    run("init", "--images", photos)
    run("import", photos, "--format", "labelme")
    for _ in range(20):  # it gives up where a busy machine is silent for long; what was sent is sent
        if subprocess.run([binary, "push", "--project", str(part)], env=env, stdout=subprocess.DEVNULL, check=False).returncode == 0:
            break
    part.rename(project)


def go_to(app: App, place: int) -> None:
    """From the first image to that many after it."""
    for _ in range(place):
        since = time.time()
        app.xdo("key", "d")
        app.wait_line("on screen: shapes", since)
        app.rest()


def measure(env: dict[str, str], binary: pathlib.Path, project: pathlib.Path, place: int, canvas: tuple[int, int], backend: str | None, shot: pathlib.Path | None) -> Figures:
    """All operations on the image at `place`, in two sessions: one goes there, the next starts there."""
    found: Figures = {}
    log = project.parent / "labelwright.log"
    with App(env, binary, project, log, backend) as app:
        app.wait_line("on screen: sharp")
        app.rest()
        if place:
            go_to(app, place - 1)
            since = time.time()
            app.xdo("key", "d")
            found["open next: pixels"] = (app.wait_line("on screen: pixels", since) - since) * 1e3
            found["open next: shapes"] = (app.wait_line("on screen: shapes", since) - since) * 1e3
            app.rest()
        app.close()
    with App(env, binary, project, log, backend) as app:
        found["start: window"] = app.window_secs * 1e3
        full = max(app.wait_line("on screen: shapes"), app.wait_line("on screen: pixels"))
        found["start: first full frame"] = (full - app.started) * 1e3
        app.rest(1.5)
        app.set_canvas(*canvas)
        app.xdo("key", "ctrl+f")
        app.rest()
        app.quiet()
        _window_operations(app, found, place)
        if shot:
            app.shot(shot)
        found["memory: peak"] = app.close()
    return found


def notches(there: str, back: str, pause_secs: float, times: int) -> list[str]:
    """Words for xdotool: the wheel turned to and fro so often; 4 and 5 are its buttons."""
    return [word for button in (there + back) * times for word in ("click", "--delay", "0", button, "sleep", str(pause_secs))]


def _window_operations(app: App, found: Figures, place: int) -> None:
    left, top, width, height = app.canvas()
    middle = (left + width // 8, top + height // 8, width * 3 // 4, height * 3 // 4)
    at = [str(left + width // 2), str(top + height // 2)]

    def frames(name: str, words: list[str]) -> None:
        cost = app.busy(lambda: app.xdo(*words))
        found[f"{name}: wall"], found[f"{name}: cpu"] = cost.median_ms, cost.cpu_ms_per_frame

    def alone(name: str, count: int, words: list[str], settle: float = 0.6) -> None:
        cost = app.busy(lambda: app.xdo(*words), settle)
        found[f"{name}: cpu"] = cost.cpu_ms / count

    app.xdo("mousemove", *at)
    frames("mouse move", moves(600, 0.004, middle))
    # xdotool waits 100 ms after a click, unless it is told not to.
    frames("zoom, while it goes on", ["mousemove", *at, *notches("4", "5", 0.004, 60)])
    frames("zoom six notches to and fro", ["mousemove", *at, *notches("444444", "555555", 0.004, 20)])
    alone("zoom step until rest", 6, ["mousemove", *at, *notches("4", "5", 1.5, 3)], 1.6)
    if place:
        exact = [app.one_frame(lambda button=button: app.xdo("click", "--delay", "0", button), "drawn exactly") for button in "454545"]
        found["exact redraw: cpu"], found["exact redraw: wall"] = (statistics.median(each) for each in zip(*exact))
    places = [(left + width * x // 10, top + height * y // 10) for x, y in ((2, 2), (4, 3), (6, 6), (7, 4), (3, 7))]
    alone("click select", len(places), [w for x, y in places for w in ("mousemove", str(x), str(y), "sleep", "0.7", "click", "1", "sleep", "1.2")], 1.3)
    since = time.time()
    alone("move by key", 5, ["key", "Right", "sleep", "1.2"] * 5, 1.3)
    edits, durable = app.lines(" edit", since), app.lines(" durable", since)
    if edits and len(edits) == len(durable):
        found["edit kept on disk: wall"] = sum(d - e for (e, _), (d, _) in zip(edits, durable)) / len(edits) * 1e3
    app.xdo("key", "Escape", "key", "ctrl+0")
    app.rest()
    frames("mouse move at 100 %", moves(300, 0.004, middle))

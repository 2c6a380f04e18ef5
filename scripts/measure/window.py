"""The real window under a virtual X server: started, driven with xdotool, and measured by its log and its processor time."""

import contextlib
import datetime
import os
import pathlib
import re
import signal
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator

SCREEN = (1920, 1080)
PATIENCE_SECS = 300.0


@contextlib.contextmanager
def xvfb(display: str | None = None) -> Iterator[dict[str, str]]:
    """An X server of its own; gives the environment for what is to appear on it."""
    with tempfile.TemporaryDirectory() as scratch:
        size = f"{SCREEN[0]}x{SCREEN[1]}x24"
        where = [display] if display else ["-displayfd", "1"]
        server = subprocess.Popen(
            ["Xvfb", *where, "-screen", "0", size, "-nolisten", "tcp", "-noreset"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            name = display or f":{server.stdout.readline().strip()}"
            dropped = ("XDG_", "WAYLAND_", "LABELWRIGHT_", "DBUS_", "QT_")
            env = {k: v for k, v in os.environ.items() if not k.startswith(dropped)}
            runtime = pathlib.Path(scratch, "runtime")
            runtime.mkdir(mode=0o700)
            env |= {"DISPLAY": name, "XDG_RUNTIME_DIR": str(runtime), "HOME": scratch, "TZ": "UTC"}
            until(lambda: subprocess.run(["xdpyinfo"], env=env, capture_output=True, check=False).returncode == 0, "the X server is up")
            yield env
        finally:
            server.terminate()
            server.wait()


def until(look: Callable, what: str, patience: float = PATIENCE_SECS, pause: float = 0.01):  # noqa: ANN201
    """Waits until `look` finds something."""
    end = time.monotonic() + patience
    while not (found := look()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited {patience:.0f} s in vain until {what}")
        time.sleep(pause)
    return found


def cpu_secs(pid: int) -> float:
    """Processor time of all threads of a process, ended ones included, in nanosecond steps: its clock, see clock_getcpuclockid(3)."""
    return time.clock_gettime(~pid << 3 | 2)


def peak_mib(pid: int) -> float:
    """The most memory that was resident."""
    return memory_mib(pid, "VmHWM")


def memory_mib(pid: int, field: str = "VmRSS") -> float:
    """A line of the process's memory."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", status).group(1)) / 1024


class Busy:
    """What something cost: its frames and their processor time."""

    def __init__(self, frames: list[float], cpu_ms: float) -> None:
        self.frames = len(frames)
        self.cpu_ms = cpu_ms
        self.gaps_ms = sorted((b - a) * 1e3 for a, b in zip(frames, frames[1:])) or [0.0]

    @property
    def cpu_ms_per_frame(self) -> float:
        return self.cpu_ms / max(self.frames, 1)

    @property
    def median_ms(self) -> float:
        """Between two frames, while they follow each other."""
        return statistics.median(self.gaps_ms)


class App:
    """A window of labelwright."""

    def __init__(self, env: dict[str, str], binary: pathlib.Path, project: pathlib.Path, log: pathlib.Path, backend: str | None = None) -> None:
        extra = {"LABELWRIGHT_LOG": "labelwright=debug,warn", "LABELWRIGHT_DATA": str(log.parent), "NO_COLOR": "1"}
        if backend:
            extra["WGPU_BACKEND"] = backend
        # Not the first start: the card of first steps is closed.
        (log.parent / "settings.json").write_text('{"version": 1, "first_steps": {"shown": false, "done": []}}')
        self.env = env | extra
        self.log_path = log
        self.started = time.time()
        with log.open("wb") as out:
            self.process = subprocess.Popen([binary, "--project", project], env=self.env, stdout=subprocess.DEVNULL, stderr=out)
        self.window = until(self._find, "the window opens", pause=0.005)
        self.window_secs = time.time() - self.started
        self.xdo("windowfocus", self.window)

    def _find(self) -> str | None:
        if self.process.poll() is not None:
            raise RuntimeError(f"the program ended: {self.log()[-2000:]}")
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^labelwright$"], env=self.env, capture_output=True, text=True, check=False)
        return found.stdout.split()[0] if found.stdout.split() else None

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def lines(self, words: str, since: float = 0.0) -> list[tuple[float, str]]:
        """The lines of the log with these words, with the second at which each was written."""
        found = []
        for line in self.log().splitlines():
            if words in line and (at := moment(line)) is not None and at >= since:
                found.append((at, line))
        return found

    def wait_line(self, words: str, since: float = 0.0) -> float:
        """Waits for a line; gives the second of the first one."""
        return until(lambda: self.lines(words, since), f"the log says {words!r}")[0][0]

    def frames(self, since: float = 0.0) -> list[float]:
        """When each frame began."""
        return [at for at, _ in self.lines("frame=", since)]

    def xdo(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self.env, check=True)

    def rest(self, secs: float = 0.6) -> None:
        """Until no frame was drawn for so long."""
        def rests() -> bool:
            before = len(self.frames())
            time.sleep(secs)
            return len(self.frames()) == before
        until(rests, "the window comes to rest")

    def quiet(self, most_ms: float = 10) -> None:
        """Until nothing is done in the background either, as the look for damage some seconds after the start."""
        def is_quiet() -> bool:
            before = cpu_secs(self.process.pid)
            time.sleep(1)
            return (cpu_secs(self.process.pid) - before) * 1e3 <= most_ms
        until(is_quiet, "the background work is done")

    def busy(self, act: Callable[[], None], settle: float = 0.6) -> "Busy":
        """Does something, and measures until the window rests again."""
        self.rest(settle)
        since, cpu = time.time(), cpu_secs(self.process.pid)
        act()
        self.rest(settle)
        return Busy(self.frames(since), (cpu_secs(self.process.pid) - cpu) * 1e3)

    def one_frame(self, act: Callable[[], None], words: str, settle: float = 0.6, pause: float = 0.002) -> tuple[float, float]:
        """Does something; gives the processor and the wall time in milliseconds of the frame that says `words`, of which nobody
        else is in the middle: from its beginning until the processor rests again."""
        self.rest(settle)
        pid, since = self.process.pid, time.time()
        samples = [(since, cpu_secs(pid))]
        done = threading.Event()
        def sample() -> None:
            while not done.is_set():
                time.sleep(pause)
                samples.append((time.time(), cpu_secs(pid)))
        sampler = threading.Thread(target=sample)
        sampler.start()
        try:
            act()
            time.sleep(1)  # reading the log takes the processor time, too
            said = self.wait_line(words, since)
            self.rest(0.2)
        finally:
            done.set()
            sampler.join()
        began = max(at for at in self.frames(since) if at <= said)
        after = min((at for at in self.frames(since) if at > said), default=float("inf"))
        before = max(cpu for at, cpu in samples if at <= began)
        its = [(at, cpu - before) for at, cpu in samples if began < at <= after]
        whole = its[-1][1]
        # What is left in the end is the program's threads that look whether there is something to do.
        ended = next(at for at, cpu in its if cpu >= whole - 0.0005)
        return whole * 1e3, (ended - began) * 1e3

    def canvas(self) -> tuple[int, int, int, int]:
        """Left, top, width and height of the canvas."""
        _, line = self.lines("canvas=")[-1]
        left, top, right, bottom = (float(n) for n in re.findall(r"-?\d+\.\d+", line.split("canvas=", 1)[1]))
        return round(left), round(top), round(right - left), round(bottom - top)

    def set_canvas(self, width: int, height: int) -> None:
        """Sizes the window so that its canvas is so large."""
        _, _, has_width, has_height = self.canvas()
        shape = subprocess.run(["xdotool", "getwindowgeometry", "--shell", self.window], env=self.env, capture_output=True, text=True, check=True).stdout
        size = {k: int(v) for k, v in (line.split("=") for line in shape.split())}
        wanted = (size["WIDTH"] + width - has_width, size["HEIGHT"] + height - has_height)
        self.xdo("windowmove", self.window, "0", "0", "windowsize", self.window, str(wanted[0]), str(wanted[1]))
        self.rest()

    def shot(self, path: pathlib.Path) -> None:
        """What is on the screen, as PNG."""
        subprocess.run(["import", "-silent", "-window", "root", str(path)], env=self.env, check=True)

    def close(self) -> float:
        """Ends it as a person would; gives the peak of its memory."""
        peak = peak_mib(self.process.pid)
        self.xdo("key", "ctrl+q")
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)
        return peak

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def moment(line: str) -> float | None:
    """The second at the start of a line of the log."""
    stamp = re.match(r"\S*?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+)Z", line)
    return datetime.datetime.fromisoformat(stamp.group(1) + "+00:00").timestamp() if stamp else None


def moves(count: int, pause_secs: float, area: tuple[int, int, int, int]) -> list[str]:
    """Words for xdotool: so many moves of the pointer about a part of the screen."""
    left, top, width, height = area
    words = []
    for i in range(count):
        words += ["mousemove", str(left + i * 7 % width), str(top + i * 3 % height), "sleep", str(pause_secs)]
    return words

"""Figures: one line each on the screen, and a table for docs/performance.md."""

import datetime
import os
import pathlib
import platform


class Report:
    """Prints `name value unit goal verdict` as it comes, and keeps all of it for a table."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: list[tuple[str, str, str, str, str]] = []
        self.load_before = os.getloadavg()[0]

    def line(self, name: str, value: float | None, unit: str, goal: float | None = None, *, at_least: bool = False, why: str = "") -> None:
        """A figure; it is met at or below its goal, with `at_least` at or above it. Without a value: why there is none."""
        if value is None:
            said, verdict = "-", why or "not measured"
        else:
            said = f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
            met = goal is not None and (value >= goal if at_least else value <= goal)
            verdict = "" if goal is None else "met" if met else "NOT MET"
        sign = ">= " if at_least else "<= "
        wanted = "" if goal is None else f"{sign}{goal:g}"
        self.rows.append((name, said, unit, wanted, verdict))
        print(f"{name:52} {said:>9} {unit:6} {wanted:>9}  {verdict}".rstrip(), flush=True)

    def say(self, text: str) -> None:
        """A remark between the figures."""
        print(f"# {text}", flush=True)

    def save(self, path: pathlib.Path) -> None:
        """Writes the table as Markdown, with what the machine was and how busy it was."""
        path.parent.mkdir(parents=True, exist_ok=True)
        day = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
        busy = f"load {self.load_before:.1f} before, {os.getloadavg()[0]:.1f} after"
        head = [f"{self.title}; {day}, {os.cpu_count()} cores ({cpu_name()}), {busy}", "", "| figure | value | unit | goal | |", "|---|---|---|---|---|"]
        rows = [f"| {' | '.join(row)} |" for row in self.rows]
        path.write_text("\n".join([*head, *rows]) + "\n")
        print(f"# table: {path}", flush=True)


def cpu_name() -> str:
    """What the processor calls itself."""
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()

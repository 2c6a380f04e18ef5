"""Drives labelme or X-AnyLabeling inside its own process and measures what its users wait for; prints JSON.

    python qt_peer.py labelme|xanylabeling FILE NEXT_FILE

The program is started by its own main function with FILE as its argument. Then its canvas gets Qt's own events (mouse moves,
presses, zoom) and repaints at once, as Qt does for a user; times are those of this thread from the event to the end of the
painting. Runs in an environment that has the program.
"""

import inspect
import json
import os
import pathlib
import sys
import time

STARTED = float(os.environ["STARTED"])
PROGRAM, FILE, NEXT = sys.argv[1:4]
CANVAS = (1052, 725)
found: dict[str, float] = {}
paints: list[float] = []


def qt():  # noqa: ANN201
    """The binding that the program uses."""
    if PROGRAM == "labelme":
        from PySide6 import QtCore, QtGui, QtTest, QtWidgets
    else:
        from PyQt6 import QtCore, QtGui, QtTest, QtWidgets
    return QtCore, QtGui, QtTest, QtWidgets


QtCore, QtGui, QtTest, QtWidgets = qt()


def timed(name: str, repeat: int, act) -> None:  # noqa: ANN001
    """The median of the wall and of the processor time of this process."""
    walls, cpus = [], []
    for i in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        act(i)
        walls.append((time.perf_counter() - wall) * 1e3)
        cpus.append((time.process_time() - cpu) * 1e3)
    found[f"{name}: wall"] = sorted(walls)[repeat // 2]
    found[f"{name}: cpu"] = sorted(cpus)[repeat // 2]


def settle() -> None:
    """Until no event is waiting."""
    for _ in range(20):
        QtWidgets.QApplication.processEvents()


def window():  # noqa: ANN201
    """The main window, and what holds the canvas and its methods."""
    for top in QtWidgets.QApplication.topLevelWidgets():
        if not isinstance(top, QtWidgets.QMainWindow):
            continue
        for owner in (top, *top.findChildren(QtWidgets.QWidget)):
            widgets = getattr(owner, "_canvas_widgets", None)
            canvas = getattr(widgets, "canvas", None) or getattr(owner, "canvas", None)
            if isinstance(canvas, QtWidgets.QWidget) and hasattr(canvas, "shapes"):
                return top, owner, canvas
    raise RuntimeError("there is no canvas")


def method(owner, *names: str):  # noqa: ANN001, ANN201
    """The first of these that there is; versions differ in their names."""
    for name in names:
        if hasattr(owner, name):
            return getattr(owner, name)
    raise RuntimeError(f"{PROGRAM} has none of {', '.join(names)}")


def attempt(name: str, act) -> None:  # noqa: ANN001
    """An operation that this version does not have is left out and named; the others are still measured."""
    try:
        act()
    except Exception as error:  # noqa: BLE001
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)


def call(function, name: str, value: str) -> None:  # noqa: ANN001
    """With the value by its name where that is the name, by its place otherwise."""
    if name in inspect.signature(function).parameters:
        function(**{name: value})
    else:
        function(value)


def mouse(canvas, kind, at, button=None) -> None:  # noqa: ANN001
    """One event of the mouse, as Qt would deliver it."""
    kinds = {"move": QtCore.QEvent.Type.MouseMove, "press": QtCore.QEvent.Type.MouseButtonPress, "release": QtCore.QEvent.Type.MouseButtonRelease}
    none, left = QtCore.Qt.MouseButton.NoButton, QtCore.Qt.MouseButton.LeftButton
    pressed = left if kind == "press" else none
    place = QtCore.QPointF(at)
    event = QtGui.QMouseEvent(kinds[kind], place, QtCore.QPointF(canvas.mapToGlobal(at)), none if kind == "move" else left, pressed, QtCore.Qt.KeyboardModifier.NoModifier)
    QtWidgets.QApplication.sendEvent(canvas, event)


def drive() -> None:
    """All operations, then the end."""
    top, owner, canvas = window()
    while not canvas.shapes and "000000" not in FILE or not paints:
        QtWidgets.QApplication.processEvents()
        if time.time() - STARTED > 600:
            raise TimeoutError("the file was not shown")
    canvas.repaint()
    found["start: first full frame"] = (time.time() - STARTED) * 1e3
    settle()
    # The canvas of the comparison, whatever the window's own size is.
    for _ in range(3):
        has = canvas.parentWidget().size()
        top.resize(top.width() + CANVAS[0] - has.width(), top.height() + CANVAS[1] - has.height())
        settle()
    shown = canvas.visibleRegion().boundingRect()
    found["canvas width"], found["canvas height"] = shown.width(), shown.height()
    count = max(len(canvas.shapes), 1)
    repeat = 15 if count <= 1000 else 3

    def at(i: int):  # noqa: ANN202
        return QtCore.QPoint(shown.left() + shown.width() // 8 + i * 7 % (shown.width() * 3 // 4), shown.top() + shown.height() // 8 + i * 3 % (shown.height() * 3 // 4))

    def move(i: int) -> None:
        mouse(canvas, "move", at(i + 1))
        canvas.repaint()

    def click(i: int) -> None:
        for kind in ("press", "release"):
            mouse(canvas, kind, at(40 * (i + 1)))
        canvas.repaint()

    attempt("mouse move", lambda: timed("mouse move", repeat, move))
    zoom = method(owner, "set_zoom", "_set_zoom", "setZoom", "add_zoom", "addZoom")
    value = getattr(getattr(owner, "_canvas_widgets", None), "zoom_widget", None) or getattr(owner, "zoom_widget", None) or getattr(owner, "zoomWidget", None)
    base = value.value()

    def zoom_step(i: int) -> None:
        value.setValue(int(base * (1.1 if i % 2 == 0 else 1.0)))
        canvas.repaint()

    assert zoom is not None
    attempt("zoom step", lambda: timed("zoom step", repeat, zoom_step))
    value.setValue(int(base))
    settle()
    attempt("click select", lambda: timed("click select", min(repeat, 5), click))
    snapshot = method(canvas, "store_shapes", "_store_shapes", "backup_shapes", "_backup_shapes", "storeShapes")
    attempt("undo snapshot", lambda: timed("undo snapshot", repeat, lambda _i: snapshot()))
    save(owner)
    load = method(owner, "_load_file", "load_file", "loadFile")

    def open_next(_i: int) -> None:
        call(load, "image_or_label_path", NEXT)
        settle()
        canvas.repaint()

    attempt("open next", lambda: timed("open next", 1, open_next))
    finish()


def save(owner) -> None:  # noqa: ANN001
    """Into another file, as the button would."""
    target = str(pathlib.Path(FILE).with_name("saved-by-peer.json"))

    def act(_i: int) -> None:
        call(method(owner, "save_labels", "saveLabels"), "label_path", target)

    attempt("save", lambda: timed("save", 1, act))
    pathlib.Path(target).unlink(missing_ok=True)


def finish() -> None:
    """Says what was found and ends without asking."""
    status = pathlib.Path("/proc/self/status").read_text()
    found["memory: peak"] = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print("FIGURES " + json.dumps(found), flush=True)
    os._exit(0)


def guarded() -> None:
    """What was measured before something went wrong counts."""
    try:
        drive()
    except Exception as error:  # noqa: BLE001
        print(f"the driver stopped: {type(error).__name__}: {error}", file=sys.stderr)
        finish()


def main() -> None:
    """Starts the program by its own main, with the driver waiting in its event loop."""
    original = QtWidgets.QApplication.exec

    def exec_(*arguments):  # noqa: ANN002, ANN202
        _, _, canvas = window()
        kind, paint = type(canvas), type(canvas).paintEvent

        def painted(self, event) -> None:  # noqa: ANN001
            paint(self, event)
            paints.append(time.time())

        kind.paintEvent = painted
        QtCore.QTimer.singleShot(0, guarded)
        try:
            return original(*arguments)
        except TypeError:
            return original()  # it takes no application

    QtWidgets.QApplication.exec = exec_
    sys.argv = [PROGRAM, FILE] if PROGRAM == "labelme" else [PROGRAM, "--no-auto-update-check", "--filename", FILE]
    if PROGRAM == "labelme":
        from labelme.__main__ import main as start
    else:
        from anylabeling.app import main as start
    start()


if __name__ == "__main__":
    main()

"""X-AnyLabeling's own reader and writer, and its own converters, against labelwright.

Usage: x_anylabeling.py LABELWRIGHT_BINARY WORK_FOLDER (made anew)
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from anylabeling.views.labeling.label_converter import LabelConverter
from anylabeling.views.labeling.label_file import LabelFile

from tools import HEIGHT, WIDTH, Desk, same, shape

POLYGON = [(50, 10), (70, 10), (70, 30), (60, 20)]
TURNED = [(20, 40), (30, 50), (25, 55), (15, 45)]


def main():
    program, work = sys.argv[1], Path(sys.argv[2])
    desk = Desk(program, work / "anylabeling")
    given = desk.folder / "given"
    given.mkdir()

    def one(label, kind, points, **more):
        return {"label": label, "score": None, "points": [list(map(float, p)) for p in points], "group_id": None,
                "description": "", "difficult": False, "shape_type": kind, "flags": {}, "attributes": {}, **more}

    shapes = [
        one("person", "rectangle", [(10, 20), (40, 20), (40, 60), (10, 60)], difficult=True),
        one("dog", "polygon", POLYGON, attributes={"colour": "brown"}),
        one("car", "rotation", TURNED, direction=0.785),
        one("eye", "point", [(5, 6)]),
        one("road", "linestrip", [(0, 0), (9, 9), (20, 9)]),
    ]
    LabelFile().save(
        filename=str(given / "photo.json"), shapes=shapes, image_path="../pictures/photo.png", image_height=HEIGHT,
        image_width=WIDTH, image_data=None, other_data={"checked": "failed", "description": "kept"}, flags={},
    )
    desk.take(given)
    expected = [
        shape("person", "box", [(10, 20), (40, 60)]), shape("dog", "polygon", POLYGON), shape("car", "polygon", TURNED),
        shape("eye", "point", [(5, 6)]),
    ]
    same(desk.shapes(), expected, "X-AnyLabeling's shapes")

    back = next(desk.give("back", "labelme").rglob("photo.json"))
    was, now = (LabelFile(str(f), image_path=str(desk.picture)) for f in (given / "photo.json", back))
    plain = lambda s: (s.label, s.shape_type, [(p.x(), p.y()) for p in s.points], s.difficult, s.attributes)
    assert sorted(map(repr, map(plain, was.shapes))) == sorted(map(repr, map(plain, now.shapes))), "the same shapes"
    assert now.other_data["checked"] == "failed" and now.other_data["description"] == "kept", now.other_data
    print(f"same: X-AnyLabeling reads back what it wrote, {len(now.shapes)} shapes")

    # Its converter's YOLO from its own file, and ours.
    classes = work / "classes.txt"
    classes.write_text("person\ndog\ncar\neye\nroad\n")
    converter = LabelConverter(classes_file=str(classes))
    theirs = work / "yolo" / "photo.txt"
    theirs.parent.mkdir(exist_ok=True)
    converter.custom_to_yolo(str(given / "photo.json"), str(theirs), "hbb")
    second = Desk(program, work / "from-their-yolo")
    (theirs.parent / "classes.txt").write_text(classes.read_text())
    second.take(theirs.parent, "--format", "yolo")
    found = [s for s in second.shapes() if s[0] == "person"]
    same(found, [shape("person", "box", [(10, 20), (40, 60)])], "X-AnyLabeling's YOLO")
    print("labelwright and X-AnyLabeling read each other")


if __name__ == "__main__":
    main()

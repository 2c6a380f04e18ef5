"""Files that other programs' own writers wrote, read by labelwright, shape by shape; and the way back to them.

Usage: theirs.py LABELWRIGHT_BINARY WORK_FOLDER (made anew)
"""

import json
import sys
from pathlib import Path

import datumaro as dm
import labelme._label_file as labelme_file
import numpy as np
from datumaro.components.media import Image as Media
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO

from tools import HEIGHT, WIDTH, Desk, same, shape

PROGRAM, WORK = sys.argv[1], Path(sys.argv[2])

BOX = (10.5, 20.25, 40.5, 60.25)
POLYGON = [(50, 10), (70, 10), (70, 30), (60, 20)]


def of_pycocotools():
    """Boxes, polygons, run lengths as text (its encoder's) and as numbers."""
    desk = Desk(PROGRAM, WORK / "pycocotools")
    bitmap = np.zeros((HEIGHT, WIDTH), dtype=np.uint8, order="F")
    bitmap[40:50, 20:35] = 1
    bitmap[60:64, 80:82] = 1
    encoded = coco_mask.encode(bitmap)
    encoded["counts"] = encoded["counts"].decode("ascii")
    runs, flat = [], bitmap.flatten(order="F")
    at, value = 0, 0
    while at < len(flat):
        end = at
        while end < len(flat) and flat[end] == value:
            end += 1
        runs.append(end - at)
        at, value = end, 1 - value
    x0, y0, x1, y1 = BOX
    annotations = [
        {"category_id": 1, "bbox": [x0, y0, x1 - x0, y1 - y0], "area": 1200, "iscrowd": 0, "segmentation": []},
        {"category_id": 7, "segmentation": [[c for p in POLYGON for c in p]], "bbox": [50, 10, 20, 20], "area": 200, "iscrowd": 0},
        {"category_id": 7, "segmentation": encoded, "bbox": [20, 40, 62, 24], "area": 158, "iscrowd": 0},
        {"category_id": 1, "segmentation": {"size": [HEIGHT, WIDTH], "counts": runs}, "bbox": [20, 40, 62, 24], "area": 158, "iscrowd": 1},
    ]
    for number, annotation in enumerate(annotations, 1):
        annotation.update(id=number, image_id=5)
    given = desk.folder / "given.json"
    given.write_text(json.dumps({
        "images": [{"id": 5, "file_name": "photo.png", "width": WIDTH, "height": HEIGHT}],
        "categories": [{"id": 1, "name": "person"}, {"id": 7, "name": "dog"}],
        "annotations": annotations,
    }))
    desk.take(given)
    parts = [[(20, 40), (35, 40), (35, 50), (20, 50)], [(80, 60), (82, 60), (82, 64), (80, 64)]]
    expected = [shape("person", "box", [BOX[:2], BOX[2:]]), shape("dog", "polygon", POLYGON)]
    expected += [shape(label, "polygon", part) for label in ("dog", "person") for part in parts]
    same(desk.shapes(), expected, "pycocotools' run lengths, polygons and boxes")
    before, after = COCO(str(given)), COCO(str(desk.give("back.json", "coco")))
    for number in before.anns:
        was, now = before.anns[number], after.anns[number]
        for word in ("bbox", "area", "iscrowd", "category_id", "segmentation"):
            assert was[word] == now[word], f"{number}, {word}: {was[word]} became {now[word]}"
        if was["segmentation"]:
            assert (before.annToMask(was) == after.annToMask(now)).all(), f"the mask of {number}"


def of_datumaro():
    """One data set of boxes and a polygon, written by datumaro in every format that both know."""
    x0, y0, x1, y1 = 10, 20, 40, 60
    flat = [c for p in POLYGON for c in p]

    def dataset(picture, name, with_polygon):
        annotations = [dm.Bbox(x0, y0, x1 - x0, y1 - y0, label=0, id=1, group=1), dm.Bbox(1, 2, 3, 4, label=1, id=2, group=2)]
        if with_polygon:
            annotations.append(dm.Polygon(flat, label=1, id=3, group=3))
        item = dm.DatasetItem("photo", subset="train", media=Media.from_file(str(picture)), annotations=annotations)
        # Its writer for Ultralytics wants a validation set too: the same picture without anything on it.
        other = dm.DatasetItem("photo", subset="val", media=Media.from_file(str(picture)))
        items = [item, other] if name == "yolo_ultralytics" else [item]
        return dm.Dataset.from_iterable(items, categories=["person", "dog"], media_type=Media)

    boxes = [shape("person", "box", [(x0, y0), (x1, y1)]), shape("dog", "box", [(1, 2), (4, 6)])]
    polygon = shape("dog", "polygon", POLYGON)
    # datumaro counts VOC's pixels from 0, the development kit from 1: read by the kit's rule its boxes begin a pixel earlier.
    voc = [shape("person", "box", [(x0 - 1, y0 - 1), (x1, y1)]), shape("dog", "box", [(0, 1), (4, 6)])]
    for name, where, form, expected in [
        ("coco_instances", "annotations/instances_train.json", "coco", [*boxes, polygon]),
        ("cvat", "train.xml", "cvat", [*boxes, polygon]),
        ("voc_detection", "Annotations", "voc", voc),
        ("yolo", "", "yolo", boxes),
        ("yolo_ultralytics", "", "yolo", boxes),
    ]:
        desk = Desk(PROGRAM, WORK / f"datumaro-{name}")
        given = desk.folder / "given"
        dataset(desk.picture, name, len(expected) > 2).export(str(given), name, save_media=True)
        desk.take(given / where, "--format", form)
        same(desk.shapes(), expected, f"datumaro's {name}")


def of_labelme():
    """Every kind of shape that labelme's own writer takes, and its own reader on what comes back."""
    desk = Desk(PROGRAM, WORK / "labelme")
    given = desk.folder / "given"
    given.mkdir()

    def one(label, kind, points, group=None, mask=None):
        return {"label": label, "points": points, "group_id": group, "shape_type": kind, "flags": {}, "description": "", "mask": mask}

    shapes = [
        one("person", "rectangle", [[10.5, 20.25], [40.5, 60.25]]),
        one("dog", "polygon", [list(p) for p in POLYGON], 3),
        one("dog", "polygon", [[1, 1], [9, 1], [9, 9]], 3),
        one("eye", "point", [[5, 6]]),
        one("ball", "circle", [[50, 40], [60, 40]]),
        one("road", "linestrip", [[0, 0], [9, 9], [20, 9]]),
    ]
    labelme_file.write_label_file(
        str(given / "photo.json"), shapes=shapes, image_path="../pictures/photo.png", image_height=HEIGHT,
        image_width=WIDTH, image_data=labelme_file.read_image_file(str(desk.picture)), flags={"done": True},
    )
    desk.take(given)
    expected = [
        shape("person", "box", [BOX[:2], BOX[2:]]), shape("dog", "polygon", POLYGON),
        shape("dog", "polygon", [(1, 1), (9, 1), (9, 9)]), shape("eye", "point", [(5, 6)]),
    ]
    found = [s for s in desk.shapes() if s[0] != "ball"]
    same(found, expected, "labelme's shapes")
    back = desk.give("back", "labelme")
    file = next(back.rglob("photo.json"))
    before, after = (labelme_file.read_label_file(str(f)) for f in (given / "photo.json", file))
    plain = lambda s: (s["label"], s["shape_type"], [[float(c) for c in p] for p in s["points"]], s["group_id"])
    assert sorted(map(plain, before.shapes)) == sorted(map(plain, after.shapes)), "labelme reads the same shapes back"
    assert before.image_data == after.image_data and before.flags == after.flags, "and the same picture and flags"
    print(f"same: labelme reads back what it wrote, {len(after.shapes)} shapes")


def ours_to_datumaro_yolo():
    """YOLO as labelwright writes it, read by datumaro."""
    desk = Desk(PROGRAM, WORK / "yolo")
    given = desk.folder / "given.json"
    given.write_text(json.dumps({
        "images": [{"id": 1, "file_name": "photo.png"}], "categories": [{"id": 1, "name": "person"}, {"id": 2, "name": "dog"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 30, 40]},
            {"id": 2, "image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4]},
        ],
    }))
    desk.take(given)
    out = desk.give("out", "yolo")
    (out / "images" / "train").mkdir(parents=True)
    (out / "labels" / "train").mkdir(parents=True)
    desk.picture.rename(out / "images" / "train" / "photo.png")
    (out / "labels" / "photo.txt").rename(out / "labels" / "train" / "photo.txt")
    (out / "data.yaml").write_text((out / "data.yaml").read_text().replace("val: images/val\n", ""))
    data = dm.Dataset.import_from(str(out), "yolo")
    names = [c.name for c in data.categories()[dm.AnnotationType.label]]
    found = []
    for item in data:
        for b in item.annotations:
            x, y, w, h = b.get_bbox()
            found.append(shape(names[b.label], "box", [(x, y), (x + w, y + h)]))
    same(found, [shape("person", "box", [(10, 20), (40, 60)]), shape("dog", "box", [(1, 2), (4, 6)])], "labelwright's YOLO in datumaro")


if __name__ == "__main__":
    of_pycocotools()
    of_labelme()
    of_datumaro()
    ours_to_datumaro_yolo()
    print("labelwright reads what pycocotools, labelme and datumaro write")

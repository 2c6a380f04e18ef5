"""Other programs' own readers on what labelwright writes, shape by shape.

Usage: compare.py LABELWRIGHT_BINARY WORK_FOLDER (made anew)
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import datumaro
import labelme._label_file
from PIL import Image
from pycocotools.coco import COCO

GOLDEN = Path(__file__).parent.parent / "formats" / "golden"


def main():
    program, work = sys.argv[1], Path(sys.argv[2])
    shutil.rmtree(work, ignore_errors=True)
    (work / "pictures").mkdir(parents=True)
    Image.new("L", (100, 80), 90).save(work / "pictures" / "photo.png")

    def run(*arguments):
        command = [program, *map(str, arguments), "--project", str(work / "project")]
        done = subprocess.run(command, capture_output=True, text=True)
        # 3: done, while something of the golden file (its mistakes) was left out.
        assert done.returncode in (0, 3), f"{command}: {done.returncode}\n{done.stderr}"

    run("init", "--images", work / "pictures")
    run("import", GOLDEN / "coco.json", "--skip-bad")
    coco_file = work / "coco" / "annotations" / "instances_default.json"
    run("export", coco_file, "--format", "coco")
    run("export", work / "cvat" / "annotations.xml", "--format", "cvat")
    run("export", work / "labelme", "--format", "labelme")

    before, after = COCO(str(GOLDEN / "coco.json")), COCO(str(coco_file))
    for number in (1, 2, 3):
        was, now = before.anns[number], after.anns[number]
        for word in ("bbox", "area", "iscrowd", "category_id", "segmentation"):
            assert was[word] == now[word], f"annotation {number}, {word}: {was[word]} became {now[word]}"
        if was["segmentation"]:
            assert (before.annToMask(was) == after.annToMask(now)).all(), f"the mask of annotation {number}"

    document = json.loads((work / "labelme" / "photo.json").read_text())
    shapes = [labelme._label_file._load_shape_json_obj(shape) for shape in document["shapes"]]
    kinds = sorted((shape["shape_type"], len(shape["points"])) for shape in shapes)
    assert kinds == [("polygon", 3), ("polygon", 4), ("polygon", 4), ("rectangle", 2)], kinds

    for folder in ("coco/images/default", "cvat/images"):
        (work / folder).mkdir(parents=True)
        shutil.copy(work / "pictures" / "photo.png", work / folder)
    expected = {(10.5, 20.25, 30.0, 40.0), (10.0, 10.0, 20.0, 20.0), (50.0, 50.0, 10.0, 10.0), (1.0, 1.0, 3.0, 2.0)}
    for name in ("coco", "cvat"):
        items = list(datumaro.Dataset.import_from(str(work / name), name))
        boxes = {tuple(round(float(n), 3) for n in a.get_bbox()) for a in items[0].annotations if hasattr(a, "get_bbox")}
        assert expected <= boxes, f"datumaro, {name}: {boxes}"
    print("pycocotools, labelme and datumaro read what labelwright writes")


if __name__ == "__main__":
    main()

"""Running labelwright, and what it says of a project: shared by both directions."""

import json
import shutil
import subprocess
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 100, 80


class Desk:
    """A project of its own, with `photo.png` (100 × 80), in a folder that is made anew."""

    def __init__(self, program, folder):
        self.program, self.folder = program, Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        pictures = self.folder / "pictures"
        pictures.mkdir(parents=True)
        self.picture = pictures / "photo.png"
        Image.new("L", (WIDTH, HEIGHT), 90).save(self.picture)
        self.run("init", "--images", pictures)

    def run(self, *arguments):
        command = [self.program, *map(str, arguments), "--project", str(self.folder / "project")]
        done = subprocess.run(command, capture_output=True, text=True)
        # 3: done, while something of the file (its mistakes) was left out.
        assert done.returncode in (0, 3), f"{command}: {done.returncode}\n{done.stderr}"
        return done.returncode

    def take(self, path, *arguments):
        """An import that leaves nothing out."""
        assert self.run("import", path, *arguments) == 0, f"something of {path} was left out"

    def give(self, name, form):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.run("export", path, "--format", form)
        return path

    def shapes(self):
        """Every shape, in pixels to the hundredth: its label, its kind, its positions."""
        backup = json.loads(self.give("backup.json", "api").read_text())
        found = []
        for annotation in backup["annotations"]:
            data = annotation["data"]
            for region in data.get("regions", []):
                label = region["data"]["concepts"][0]["name"] if region["data"]["concepts"][0].get("name") else region["data"]["concepts"][0]["id"]
                info = region["region_info"]
                if "bounding_box" in info:
                    b = info["bounding_box"]
                    sides = [b.get(k, 0) for k in ("left_col", "top_row", "right_col", "bottom_row")]
                    points = [(sides[0], sides[1]), (sides[2], sides[3])]
                    found.append(shape(label, "box", [(x * WIDTH, y * HEIGHT) for x, y in points]))
                elif "polygon" in info:
                    points = [(p.get("col", 0), p.get("row", 0)) for p in info["polygon"]["points"]]
                    found.append(shape(label, "polygon", [(x * WIDTH, y * HEIGHT) for x, y in points]))
                else:
                    p = info["point"]
                    found.append(shape(label, "point", [(p.get("col", 0) * WIDTH, p.get("row", 0) * HEIGHT)]))
            if not data.get("regions"):
                found.append(shape(data["concepts"][0]["id"], "image", []))
        return sorted(found)


def shape(label, kind, points):
    return (label, kind, tuple((round(float(x), 2) + 0.0, round(float(y), 2) + 0.0) for x, y in points))


def same(found, expected, what):
    found, expected = sorted(found), sorted(expected)
    assert found == expected, f"{what}:\n  found    {found}\n  expected {expected}"
    print(f"same: {what}, {len(found)} shapes")

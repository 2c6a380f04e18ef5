"""The scene of the measurements, the same on every machine: a photo of 3840 x 2160 pixels with 0 to 100,000 polygons of 20
vertices, as labelme's files, which both programs read. Needs Pillow and numpy.

    python scene.py FOLDER COUNT...
"""

import json
import math
import pathlib
import sys

SIZE = (3840, 2160)
VERTICES = 20
CONCEPTS = 12
MASK = (1 << 64) - 1


class Rng:
    """The generator of benches/support/scene.rs."""

    def __init__(self, seed: int) -> None:
        self.state = (seed ^ 0x9E37_79B9_7F4A_7C15) & MASK

    def unit(self) -> float:
        s = self.state
        s ^= s << 13 & MASK
        s ^= s >> 7
        s ^= s << 17 & MASK
        self.state = s
        return (s >> 11) / (1 << 53)


def polygons(count: int) -> list[list[list[float]]]:
    """The more there are the smaller they are, as in a real picture."""
    rng = Rng(count)
    radius = min(max(math.sqrt(SIZE[0] * SIZE[1] / max(count, 1)) * 0.6, 4.0), 120.0)
    found = []
    for _ in range(count):
        x = radius + rng.unit() * (SIZE[0] - 2 * radius)
        y = radius + rng.unit() * (SIZE[1] - 2 * radius)
        ring = []
        for i in range(VERTICES):
            angle, reach = i / VERTICES * math.tau, radius * (0.75 + 0.25 * rng.unit())
            ring.append([reach * math.cos(angle) + x, reach * math.sin(angle) + y])
        found.append(ring)
    return found


def photo(width: int, height: int, seed: int = 1):  # noqa: ANN201
    """A gradient with noise: compresses about as a photo does."""
    import numpy
    from PIL import Image

    noise = numpy.random.default_rng(seed)
    gradient = numpy.add.outer(numpy.arange(height) * 255 // height, numpy.arange(width) * 255 // width) // 2
    pixels = (gradient[..., None] + noise.integers(-20, 20, (height, width, 3))).clip(0, 255).astype("uint8")
    return Image.fromarray(pixels)


def name(count: int) -> str:
    """Of the photo with so many polygons, without its ending. Sorted by number."""
    return f"scene-{count:06}"


def write(folder: pathlib.Path, count: int) -> None:
    """The photo and, beside it, its polygons."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name(count)}.json"
    if file.exists():
        return
    photo(*SIZE).save(folder / f"{name(count)}.jpg", quality=90)
    shapes = [
        {"label": f"concept-{i % CONCEPTS}", "points": ring, "group_id": None, "shape_type": "polygon", "flags": {}}
        for i, ring in enumerate(polygons(count))
    ]
    whole = {"version": "5.5.0", "flags": {}, "shapes": shapes, "imagePath": f"{name(count)}.jpg", "imageData": None,
             "imageHeight": SIZE[1], "imageWidth": SIZE[0]}  # fmt: skip
    file.write_text(json.dumps(whole))


def photos_for_decoding(folder: pathlib.Path) -> None:
    """24 megapixels in four formats, and a JPEG of 100."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "24mp.webp").exists():
        picture = photo(6000, 4000)
        picture.save(folder / "24mp.jpg", quality=90)
        picture.save(folder / "24mp.png", compress_level=1)
        picture.save(folder / "24mp_lzw.tif", compression="tiff_lzw")
        picture.save(folder / "24mp.webp", quality=90)
    if not (folder / "100mp.jpg").exists():
        photo(11547, 8660).save(folder / "100mp.jpg", quality=90)


if __name__ == "__main__":
    if sys.argv[2] == "decode":
        photos_for_decoding(pathlib.Path(sys.argv[1]))
    else:
        for number in sys.argv[2:]:
            write(pathlib.Path(sys.argv[1]), int(number))

"""Writes a tiled TIFF or BigTIFF of any size as it goes, a row of tiles at a time in memory: a map-like pattern that shows
where one is and whether it is sharp. Uncompressed tiles of 256 pixels, RGB. Needs nothing but Python.

    python tiff.py FILE SIDE [big]     e.g. 32000: a gigapixel, 3.1 GB
"""

import pathlib
import struct
import sys
import zlib

TILE = 256


def tile(column: int, row: int, side: int) -> bytes:
    """Its own colour, a frame of one pixel, and fine stripes."""
    shade = zlib.crc32(f"{column},{row}".encode())
    base = (column * 255 * TILE // side, row * 255 * TILE // side, 60 + shade % 120)
    dark = bytes(channel // 3 for channel in base)
    plain = bytes(min(channel, 255) for channel in base)
    edge = dark * TILE
    stripes = (dark * 2 + plain * 6) * (TILE // 8)
    smooth = dark + plain * (TILE - 1)
    rows = [edge] + [stripes if y % 64 < 32 else smooth for y in range(1, TILE)]
    return b"".join(rows)


def write(path: pathlib.Path, side: int, *, big: bool) -> None:
    """A file as large as `side` by `side` pixels is."""
    across = -(-side // TILE)
    count, tile_bytes = across * across, TILE * TILE * 3
    if path.exists() and path.stat().st_size > count * tile_bytes:
        return
    width, word, form = (8, "<Q", 16) if big else (4, "<I", 4)
    start = 16 if big else 8
    if not big and start + count * tile_bytes >= 1 << 32:
        sys.exit(f"{side} pixels do not fit a TIFF of 4 GiB; say big")
    entries = [(256, 4, [side]), (257, 4, [side]), (258, 3, [8, 8, 8]), (259, 3, [1]), (262, 3, [2]), (277, 3, [3]),
               (284, 3, [1]), (322, 4, [TILE]), (323, 4, [TILE]),
               (324, form, [start + i * tile_bytes for i in range(count)]), (325, 4, [tile_bytes] * count)]  # fmt: skip
    part = path.with_suffix(".part")
    with part.open("wb") as out:
        directory_at = start + count * tile_bytes
        out.write(b"II+\0\x08\0\0\0" + struct.pack("<Q", directory_at) if big else b"II*\0" + struct.pack("<I", directory_at))
        for row in range(across):
            out.write(b"".join(tile(column, row, side) for column in range(across)))
        sizes = {3: "H", 4: "I", 16: "Q"}
        values_at = directory_at + (8 + 20 * len(entries) + 8 if big else 2 + 12 * len(entries) + 4)
        directory, values = b"", b""
        for tag, kind, numbers in entries:
            body = struct.pack(f"<{len(numbers)}{sizes[kind]}", *numbers)
            if len(body) > width:
                place = struct.pack(word, values_at + len(values))
                values += body
                body = place
            directory += struct.pack("<HH", tag, kind) + struct.pack(word, len(numbers)) + body.ljust(width, b"\0")
        out.write(struct.pack("<Q" if big else "<H", len(entries)) + directory + bytes(width) + values)
    part.rename(path)


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]), int(sys.argv[2]), big="big" in sys.argv[3:])

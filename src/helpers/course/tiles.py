"""Pictures that are much alike, packed into one small file.

It is one zlib stream: a line of JSON (`colours` and the `sizes` of the pictures), then for each
picture the numbers of its tiles, from left to right and top to bottom (uint16, little-endian),
then the tiles, each of 32 x 32 pixels of one byte, the number of a colour.

Most of a picture is as in another: each tile is kept once. For the explorers of lessons 02 and 04
this comes to 3 kB a picture, where PNG takes 33 kB and lossless WebP 15 kB; with the same colours
and tiles, WebP in place of zlib saves a tenth, and a page can't read it back where the browser
keeps the pixels of a canvas to itself.
"""

import json
import math
import zlib
from collections.abc import Sequence

import numpy as np

TILE = 32
NUM_COLOURS = 64
#: So many of the colours, the most frequent, are exact.
NUM_EXACT = 8
_BYTES = np.array([1 << 16, 1 << 8, 1])


def pack(pngs: Sequence[bytes]) -> bytes:
    """Return pictures as one file of frames; `unpack` says what is in it.

    Parameters
    ----------
    pngs : sequence of bytes

    Returns
    -------
    bytes
    """
    from helpers.vision.pictures import decode

    pictures = [decode(png) for png in pngs]
    codes = [picture @ _BYTES for picture in pictures]
    seen, counts = np.unique(np.concatenate([code.ravel() for code in codes]), return_counts=True)
    colours = _palette(seen, counts)
    nearest = _nearest(seen, colours)
    numbers: dict[bytes, int] = {}
    tiles = [
        numbers.setdefault(tile, len(numbers))
        for code in codes
        for tile in _tiles(nearest[np.searchsorted(seen, code)])
    ]
    head = {
        "colours": [bytes(colour).hex() for colour in colours.tolist()],
        "sizes": [picture.shape[1::-1] for picture in pictures],
    }
    parts = [json.dumps(head).encode(), b"\n", np.array(tiles, "<u2").tobytes(), *numbers]
    return zlib.compress(b"".join(parts), 9)


def unpack(data: bytes) -> list[np.ndarray]:
    """Return the frames in a file of `pack`, as `alive.js` shows them.

    Returns
    -------
    list of ndarray, (H, W, 3) uint8

    Examples
    --------
    >>> from helpers.plots import plt, to_png
    >>> png = to_png(plt.figure(figsize=(1, 0.5)))
    >>> [frame.shape for frame in unpack(pack([png, png]))]
    [(40, 80, 3), (40, 80, 3)]
    """
    head, rest = zlib.decompress(data).split(b"\n", 1)
    colours, sizes = json.loads(head).values()
    grids = [(-(-height // TILE), -(-width // TILE)) for width, height in sizes]
    num = sum(map(math.prod, grids))
    numbers = np.frombuffer(rest, "<u2", num)
    tiles = np.frombuffer(rest, np.uint8, offset=2 * num).reshape(-1, TILE, TILE)
    table = np.array([list(bytes.fromhex(colour)) for colour in colours], np.uint8)
    frames, start = [], 0
    for (rows, columns), (width, height) in zip(grids, sizes, strict=True):
        here = tiles[numbers[start : start + rows * columns]].reshape(rows, columns, TILE, TILE)
        start += rows * columns
        whole = here.swapaxes(1, 2).reshape(rows * TILE, columns * TILE)
        frames.append(table[whole[:height, :width]])
    return frames


def _palette(seen: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the few colours (N, 3) uint8 that all pictures are drawn with, of those seen in them.

    The most frequent stay as they are. The rest is chosen for the largest difference that is
    left, so that a thin line keeps its colour: in the diagrams each colour has a meaning.
    """
    from PIL import Image

    order = counts.argsort(kind="stable")[::-1]
    exact, rest = _rgb(seen[order[:NUM_EXACT]]), _rgb(seen[order[NUM_EXACT:]])
    if not len(rest):
        return exact
    few = Image.fromarray(rest[None]).quantize(
        NUM_COLOURS - NUM_EXACT, method=Image.Quantize.MAXCOVERAGE, kmeans=1
    )
    return np.concatenate([exact, np.array(few.getpalette(), np.uint8).reshape(-1, 3)])


def _nearest(seen: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Return, for each colour that is seen, the number of the nearest of a few (N, 3)."""
    few = colours.astype(np.int32)
    parts = np.array_split(_rgb(seen).astype(np.int32), -(-len(seen) // 4096))
    distances = [((part[:, None] - few) ** 2).sum(axis=-1) for part in parts]
    return np.concatenate([one.argmin(axis=1) for one in distances]).astype(np.uint8)


def _rgb(codes: np.ndarray) -> np.ndarray:
    return (codes[:, None] // _BYTES % 256).astype(np.uint8)


def _tiles(picture: np.ndarray) -> list[bytes]:
    """Cut an image (H, W) uint8 into tiles; its last row and column go on to the edge of a tile."""
    height, width = picture.shape
    whole = np.pad(picture, ((0, -height % TILE), (0, -width % TILE)), mode="edge")
    rows, columns = whole.shape[0] // TILE, whole.shape[1] // TILE
    tiles = whole.reshape(rows, TILE, columns, TILE).swapaxes(1, 2).reshape(-1, TILE, TILE)
    return [tile.tobytes() for tile in tiles]

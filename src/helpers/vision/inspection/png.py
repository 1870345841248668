"""A PNG's chunks, checked by the PNG specification (https://www.w3.org/TR/png-3/)."""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence

from helpers.vision.inspection.exif import orientation_in
from helpers.vision.inspection.result import Inspection, Refused, damaged

PNG = b"\x89PNG\r\n\x1a\n"
#: More than any program writes; a file of a million empty chunks is not worth the walk.
MAX_CHUNKS = 20_000

_GREY, _COLOUR, _PALETTE, _GREY_ALPHA, _COLOUR_ALPHA = 0, 2, 3, 4, 6
_SAMPLES = {_GREY: 1, _COLOUR: 3, _PALETTE: 1, _GREY_ALPHA: 2, _COLOUR_ALPHA: 4}
_DEPTHS = {
    _GREY: (1, 2, 4, 8, 16),
    _COLOUR: (8, 16),
    _PALETTE: (1, 2, 4, 8),
    _GREY_ALPHA: (8, 16),
    _COLOUR_ALPHA: (8, 16),
}
#: The first pixel of each pass of Adam7 and the distance between its pixels: x, y, dx, dy.
_ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
_WHOLE = ((0, 0, 1, 1),)

# With one letter for each chunk, their order is a regular expression.
_LETTERS = {b"IHDR": "H", b"PLTE": "P", b"tRNS": "T", b"eXIf": "x", b"IDAT": "D", b"IEND": "E"}
_ORDER = re.compile("H[ax]*(P[ax]*)?(T[ax]*)?D+[ax]*E")  # a: any that may be skipped
#: The chunks that the decoder gets. The palette of a picture in colour is a suggestion for old
#: screens, and OpenCV ignores the one level of grey that is transparent.
_NEEDED = {_GREY: "HDE", _COLOUR: "HTDE", _PALETTE: "HPTDE"}
_ANIMATION = b"acTL", b"fcTL", b"fdAT"

_HEAD, _CHECK, _HEADER = struct.Struct(">I4s"), struct.Struct(">I"), struct.Struct(">IIBBBBB")
_STEP = 2**16


def inspect_png(data: bytes) -> Inspection:
    """Check a PNG's chunks; see `inspect`."""
    width, height, depth, colour, interlacing = _read_header(data)
    needed = _NEEDED.get(colour, "HDE")
    view, at, letter = memoryview(data), len(PNG), ""
    order: list[str] = []
    kept: list[bytes | memoryview] = [PNG]
    compressed: list[memoryview] = []
    contents: dict[str, memoryview] = {}
    while letter != "E":
        length, kind = _HEAD.unpack_from(data, at)
        start, at = at, at + length + 12
        if at > len(data) or len(order) == MAX_CHUNKS:
            raise damaged()
        if zlib.crc32(view[start + 4 : at - 4]) != _CHECK.unpack_from(data, at - 4)[0]:
            raise damaged()
        letter = _LETTERS.get(kind) or _skipped(kind)
        order.append(letter)
        if letter == "D":
            compressed.append(view[start + 8 : at - 4])
        elif letter in "PTxE":
            contents[letter] = view[start + 8 : at - 4]
        if letter in needed:
            kept.append(view[start:at])
    if not _ORDER.fullmatch("".join(order)) or order.count("x") > 1 or contents["E"]:
        raise damaged()
    _check_colours(colour, depth, contents.get("P"), contents.get("T"))
    return Inspection(
        b"".join(kept),
        width,
        height,
        orientation_in(contents["x"]) if "x" in contents else 1,
        colour == _GREY,
        colour in (_GREY_ALPHA, _COLOUR_ALPHA) or (colour != _GREY and "T" in contents),
        depth,
        compressed,
        _num_bytes(width, height, depth * _SAMPLES[colour], interlacing),
    )


def png_size(data: bytes) -> tuple[int, int]:
    """Return width and height from a PNG's header.

    Raises
    ------
    Refused
        If the header is incomplete or invalid.
    """
    if len(data) < 33:
        raise damaged()
    return _read_header(data)[:2]


def _skipped(kind: bytes) -> str:
    """Return the letter of a chunk that a decoder may skip; refuse one that it may not."""
    if kind in _ANIMATION:
        raise Refused(
            "is animated: save one of its pictures by itself.",
            "움직이는 그림입니다. 한 장면만 따로 저장하세요.",
        )
    if not kind.isalpha() or kind[:1].isupper():  # no valid type, or a critical chunk
        raise damaged()
    return "a"


def _read_header(data: bytes) -> tuple[int, int, int, int, int]:
    """Return width, height, depth, colour type and interlacing."""
    width, height, depth, colour, *methods, interlacing = _HEADER.unpack_from(data, 16)
    if (
        data[8:16] != b"\0\0\0\rIHDR"
        or not (0 < width < 2**31 and 0 < height < 2**31)
        or depth not in _DEPTHS.get(colour, ())
        or any(methods)  # of compression and of filtering: only one of each is defined
        or interlacing > 1
    ):
        raise damaged()
    return width, height, depth, colour, interlacing


def _num_bytes(width: int, height: int, bits: int, interlacing: int) -> int:
    """Return the size of the decompressed data, for `bits` per pixel."""
    passes = _ADAM7 if interlacing else _WHOLE
    sizes = ((-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes)
    # Each row starts with one byte, the number of its filter.
    return sum(
        rows * (1 + -(-columns * bits // 8)) for columns, rows in sizes if columns > 0 < rows
    )


def _check_colours(
    colour: int, depth: int, palette: memoryview | None, levels: memoryview | None
) -> None:
    """Refuse a palette or levels of transparency that do not fit the picture's colour type."""
    num_colours = 0
    if palette is not None:
        num_colours, rest = divmod(len(palette), 3)
        if colour in (_GREY, _GREY_ALPHA) or rest or not 0 < num_colours <= 2 ** min(depth, 8):
            raise damaged()
    elif colour == _PALETTE:
        raise damaged()
    if levels is not None:
        up_to_all = range(1, num_colours + 1)
        sizes: dict[int, Sequence[int]] = {_GREY: (2,), _COLOUR: (6,), _PALETTE: up_to_all}
        if len(levels) not in sizes.get(colour, ()):
            raise damaged()


def inflates_to(compressed: Iterable[bytes | memoryview], num_bytes: int) -> bool:
    """Return whether compressed data has this size after decompression, without keeping it.

    A decoder would decompress the rest as well: with 2 MB of file it is busy for 2 GB.

    Examples
    --------
    >>> file = [zlib.compress(bytes(100))]
    >>> inflates_to(file, 100), inflates_to(file, 99)
    (True, False)
    """
    inflater, num_left = zlib.decompressobj(), num_bytes
    try:
        for step in _steps(compressed):
            is_full = False
            while step or is_full:
                if inflater.eof:
                    return False  # something follows
                limit = min(num_left, 16 * _STEP) + 1
                inflated = len(inflater.decompress(step, limit))
                num_left -= inflated
                if num_left < 0:
                    return False
                step, is_full = inflater.unconsumed_tail or inflater.unused_data, inflated == limit
    except zlib.error:
        return False
    return inflater.eof and num_left == 0


def _steps(compressed: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    for piece in compressed:
        for at in range(0, len(piece), _STEP):
            yield piece[at : at + _STEP]

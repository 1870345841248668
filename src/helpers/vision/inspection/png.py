"""A PNG's chunks, walked by the rules of the PNG specification (https://www.w3.org/TR/png-3/)."""

import re
import struct
import zlib

from helpers.vision.inspection.look import Look, Refused, damaged, orientation_in

PNG = b"\x89PNG\r\n\x1a\n"
#: More than any program writes; a file of a million empty chunks is not worth the walk.
MAX_CHUNKS = 100_000

_GREY, _COLOUR, _PALETTE, _GREY_ALPHA, _COLOUR_ALPHA = 0, 2, 3, 4, 6
_SAMPLES = {_GREY: 1, _COLOUR: 3, _PALETTE: 1, _GREY_ALPHA: 2, _COLOUR_ALPHA: 4}
_DEPTHS = {
    _GREY: (1, 2, 4, 8, 16),
    _COLOUR: (8, 16),
    _PALETTE: (1, 2, 4, 8),
    _GREY_ALPHA: (8, 16),
    _COLOUR_ALPHA: (8, 16),
}
#: Where the passes of Adam7 begin and how far apart their pixels are: x, y, dx, dy.
_ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)

# With one letter for each chunk, their order is a regular expression.
_LETTERS = {b"IHDR": "H", b"PLTE": "P", b"tRNS": "T", b"eXIf": "x", b"IDAT": "D", b"IEND": "E"}
_ORDER = re.compile("H[ax]*(P[ax]*)?(T[ax]*)?D+[ax]*E")  # a: any that may be passed over
_ANIMATION = b"acTL", b"fcTL", b"fdAT"

_STEP = 2**16


def inspect_png(data):
    """Walk a PNG's chunks; see `inspect`."""
    view, at = memoryview(data), len(PNG)
    letters, contents, chunks, packed = [], {}, [], []
    while not letters or letters[-1] != "E":
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + length + 12
        if end > len(data) or len(letters) == MAX_CHUNKS:
            raise damaged()
        if zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(view[end - 4 : end]):
            raise damaged()
        letter = _LETTERS.get(kind) or _passed_over(kind)
        letters.append(letter)
        if letter == "D":
            packed.append(view[at + 8 : end - 4])
        elif letter != "a":
            contents[letter] = view[at + 8 : end - 4]
        chunks.append((letter, view[at:end]))
        at = end
    if not _ORDER.fullmatch("".join(letters)) or letters.count("x") > 1 or contents["E"]:
        raise damaged()

    width, height, depth, colour, num_bytes = _read_header(contents["H"])
    _check_colours(colour, depth, contents.get("P"), contents.get("T"))
    # A palette of a picture in colour is advice for old screens; OpenCV has no use for the one
    # level of grey that is transparent.
    needed = {"H", "D", "E"} | {_PALETTE: {"P", "T"}, _COLOUR: {"T"}}.get(colour, set())
    return Look(
        b"".join([PNG, *[chunk for letter, chunk in chunks if letter in needed]]),
        width,
        height,
        orientation_in(contents["x"]) if "x" in contents else 1,
        is_grey=colour == _GREY,
        is_transparent=colour in (_GREY_ALPHA, _COLOUR_ALPHA)
        or (colour != _GREY and "T" in contents),
        packed=packed,
        num_bytes=num_bytes,
    )


def _passed_over(kind):
    """Return the letter of a chunk that a decoder may pass over; refuse what it may not."""
    if kind in _ANIMATION:
        raise Refused(
            "is animated: save one of its pictures by itself.",
            "움직이는 그림입니다. 한 장면만 따로 저장하세요.",
        )
    if not kind.isalpha() or kind[:1].isupper():  # no name; or one that matters
        raise damaged()
    return "a"


def _read_header(header):
    """Return width, height, depth, colour type and how many bytes the data must unfold to."""
    if len(header) != 13:
        raise damaged()
    width, height, depth, colour, packing, filtering, interlacing = struct.unpack(
        ">IIBBBBB", header
    )
    if (
        not (0 < width < 2**31 and 0 < height < 2**31)
        or depth not in _DEPTHS.get(colour, ())
        or (packing, filtering) != (0, 0)
        or interlacing > 1
    ):
        raise damaged()
    bits = depth * _SAMPLES[colour]
    num_bytes = 0
    for x, y, dx, dy in _ADAM7 if interlacing else ((0, 0, 1, 1),):
        columns, rows = -(-(width - x) // dx), -(-(height - y) // dy)
        if columns > 0 and rows > 0:
            num_bytes += rows * (1 + -(-columns * bits // 8))  # a row begins with its filter
    return width, height, depth, colour, num_bytes


def _check_colours(colour, depth, palette, levels):
    """Refuse a palette or levels of transparency that the picture's colour type has no room for."""
    num_colours, rest = divmod(len(palette or b""), 3)
    if palette is not None and (rest or not 0 < num_colours <= 2 ** min(depth, 8)):
        raise damaged()
    if (colour == _PALETTE) != (palette is not None) and colour not in (_COLOUR, _COLOUR_ALPHA):
        raise damaged()
    sizes = {_GREY: (2,), _COLOUR: (6,), _PALETTE: range(1, num_colours + 1)}
    if levels is not None and len(levels) not in sizes.get(colour, ()):
        raise damaged()


def unfolds_to(packed, num_bytes):
    """Tell whether compressed data unfolds to so many bytes, without keeping them.

    A decoder would unfold the rest as well: 2 MB of file keep it busy with 2 GB.

    Examples
    --------
    >>> unfolds_to([zlib.compress(bytes(100))], 100), unfolds_to([zlib.compress(bytes(100))], 99)
    (True, False)
    """
    unpacker, num_left = zlib.decompressobj(), num_bytes
    try:
        for step in _steps(packed):
            is_full = False
            while step or is_full:
                if unpacker.eof:
                    return False  # something follows
                limit = min(num_left, 16 * _STEP) + 1
                unfolded = len(unpacker.decompress(step, limit))
                num_left -= unfolded
                if num_left < 0:
                    return False
                step, is_full = unpacker.unconsumed_tail or unpacker.unused_data, unfolded == limit
    except zlib.error:
        return False
    return unpacker.eof and num_left == 0


def _steps(packed):
    for piece in packed:
        for at in range(0, len(piece), _STEP):
            yield piece[at : at + _STEP]

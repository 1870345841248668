"""A PNG's chunks, walked by the rules of the PNG specification (https://www.w3.org/TR/png-3/)."""

import re
import struct
import zlib

from helpers.vision.inspection.look import Look, Refused, damaged, orientation_in

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
_WHOLE = ((0, 0, 1, 1),)

# With one letter for each chunk, their order is a regular expression.
_LETTERS = {b"IHDR": "H", b"PLTE": "P", b"tRNS": "T", b"eXIf": "x", b"IDAT": "D", b"IEND": "E"}
_ORDER = re.compile("H[ax]*(P[ax]*)?(T[ax]*)?D+[ax]*E")  # a: any that may be passed over
#: What the decoder is given. A palette of a picture in colour is advice for old screens, and
#: OpenCV has no use for the one level of grey that is transparent.
_NEEDED = {_GREY: "HDE", _COLOUR: "HTDE", _PALETTE: "HPTDE"}
_ANIMATION = b"acTL", b"fcTL", b"fdAT"

_HEAD, _CHECK, _HEADER = struct.Struct(">I4s"), struct.Struct(">I"), struct.Struct(">IIBBBBB")
_STEP = 2**16


def inspect_png(data):
    """Walk a PNG's chunks; see `inspect`."""
    width, height, depth, colour, interlacing = _read_header(data)
    needed = _NEEDED.get(colour, "HDE")
    view, at, letter = memoryview(data), len(PNG), ""
    order, kept, packed, contents = [], [PNG], [], {}
    while letter != "E":
        length, kind = _HEAD.unpack_from(data, at)
        start, at = at, at + length + 12
        if at > len(data) or len(order) == MAX_CHUNKS:
            raise damaged()
        if zlib.crc32(view[start + 4 : at - 4]) != _CHECK.unpack_from(data, at - 4)[0]:
            raise damaged()
        letter = _LETTERS.get(kind) or _passed_over(kind)
        order.append(letter)
        if letter == "D":
            packed.append(view[start + 8 : at - 4])
        elif letter in "PTxE":
            contents[letter] = view[start + 8 : at - 4]
        if letter in needed:
            kept.append(view[start:at])
    if not _ORDER.fullmatch("".join(order)) or order.count("x") > 1 or contents["E"]:
        raise damaged()
    _check_colours(colour, depth, contents.get("P"), contents.get("T"))
    return Look(
        b"".join(kept),
        width,
        height,
        orientation_in(contents["x"]) if "x" in contents else 1,
        colour == _GREY,
        colour in (_GREY_ALPHA, _COLOUR_ALPHA) or (colour != _GREY and "T" in contents),
        depth,
        packed,
        _num_bytes(width, height, depth * _SAMPLES[colour], interlacing),
    )


def png_size(data):
    """Return width and height from a PNG's header, at once.

    Raises
    ------
    Refused
        If the header is not whole or not legal.
    """
    if len(data) < 33:
        raise damaged()
    return _read_header(data)[:2]


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


def _read_header(data):
    """Return width, height, depth, colour type and interlacing."""
    width, height, depth, colour, packing, filtering, interlacing = _HEADER.unpack_from(data, 16)
    if (
        data[8:16] != b"\0\0\0\rIHDR"
        or not (0 < width < 2**31 and 0 < height < 2**31)
        or depth not in _DEPTHS.get(colour, ())
        or packing
        or filtering
        or interlacing > 1
    ):
        raise damaged()
    return width, height, depth, colour, interlacing


def _num_bytes(width, height, bits, interlacing):
    """Return how many bytes the data of so many bits a pixel must unfold to."""
    passes = _ADAM7 if interlacing else _WHOLE
    sizes = ((-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes)
    # Each row begins with the number of its filter.
    return sum(
        rows * (1 + -(-columns * bits // 8)) for columns, rows in sizes if columns > 0 < rows
    )


def _check_colours(colour, depth, palette, levels):
    """Refuse a palette or levels of transparency that the picture's colour type has no room for."""
    num_colours = 0
    if palette is not None:
        num_colours, rest = divmod(len(palette), 3)
        if colour in (_GREY, _GREY_ALPHA) or rest or not 0 < num_colours <= 2 ** min(depth, 8):
            raise damaged()
    elif colour == _PALETTE:
        raise damaged()
    if levels is not None:
        sizes = {_GREY: (2,), _COLOUR: (6,), _PALETTE: range(1, num_colours + 1)}
        if len(levels) not in sizes.get(colour, ()):
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

"""What a strict look lets through and what it refuses; tests/service/hostile.py has many more."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from helpers.vision.inspection import Refused, inflates_to, inspect
from helpers.vision.inspection.exif import orientation_in
from helpers.vision.inspection.jpeg import MAX_SCANS

PNG = b"\x89PNG\r\n\x1a\n"
PICTURE = np.arange(40 * 30 * 3).astype(np.uint8).reshape(40, 30, 3)
LONG = "is a JPEG of over"


def encode(suffix, *options):
    return cv2.imencode(suffix, PICTURE, options)[1].tobytes()


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(colour=0, depth=8, extra=b"", data=None, interlacing=0):
    """One pixel, unless `data` says otherwise."""
    header = struct.pack(">IIBBBBB", 1, 1, depth, colour, 0, 0, interlacing)
    size = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour] * depth
    rows = zlib.compress(bytes(1 + -(-size // 8)))
    data = chunk(b"IDAT", rows) if data is None else data
    return PNG + chunk(b"IHDR", header) + extra + data + chunk(b"IEND")


def segment(marker, data=b""):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


JPEG = encode(".jpg")
FRAME, SCAN = JPEG.index(b"\xff\xc0"), JPEG.index(b"\xff\xda")


@pytest.mark.parametrize("file", [encode(".png"), JPEG], ids=["png", "jpeg"])
def test_a_picture_as_it_is_written_passes_as_it_is(file):
    look = inspect(file)
    assert (look.width, look.height, look.orientation, look.data) == (30, 40, 1, file)


def test_a_decoder_gets_what_it_needs_and_nothing_else():
    more = chunk(b"tEXt", b"a\0secret") + chunk(b"iCCP", b"a\0\0") + chunk(b"gAMA", bytes(4))
    assert inspect(png(extra=more) + b"<script>").data == png()
    more = segment(0xFE, b"secret") + segment(0xE2, b"ICC_PROFILE\0") + b"\xff\x01" + b"\xff" * 9
    assert inspect(JPEG[:2] + more + JPEG[2:] + b"<script>").data == JPEG


def test_what_colours_mean_reaches_the_decoder():
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
    file = JPEG[:2] + adobe + JPEG[2:]
    assert inspect(file).data == file
    palette, levels = chunk(b"PLTE", bytes(6)), chunk(b"tRNS", bytes(2))
    file = png(3, 1, palette + levels)
    assert inspect(file).data == file
    assert inspect(file).is_transparent


@pytest.mark.parametrize("colour", [0, 2, 3, 4, 6])
@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("interlacing", [0, 1])
def test_the_look_allows_what_the_decoder_takes(colour, depth, interlacing):
    palette = chunk(b"PLTE", bytes(6)) if colour == 3 else b""
    file = png(colour, depth, palette, interlacing=interlacing)
    is_legal = depth == 8 or depth in {0: (1, 2, 4, 16), 3: (1, 2, 4)}.get(colour, (16,))
    decoded = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
    assert (decoded is not None) == is_legal
    if is_legal:
        look = inspect(file)
        assert inflates_to(look.compressed, look.num_bytes)
    else:
        with pytest.raises(Refused):
            inspect(file)


@pytest.mark.parametrize("side", range(1, 18))
def test_an_interlaced_picture_of_any_size_inflates_to_what_the_decoder_needs(side):
    header = struct.pack(">IIBBBBB", side, 19 - side, 8, 0, 0, 0, 1)

    def with_bytes(count):
        data = chunk(b"IDAT", zlib.compress(bytes(count)))
        return PNG + chunk(b"IHDR", header) + data + chunk(b"IEND")

    count = inspect(with_bytes(0)).num_bytes
    assert cv2.imdecode(np.frombuffer(with_bytes(count), np.uint8), 0) is not None
    assert cv2.imdecode(np.frombuffer(with_bytes(count - 1), np.uint8), 0) is None


REFUSED = {
    "animated": (png(extra=chunk(b"acTL", bytes(8))), "animated"),
    "length beyond the data": (PNG + png()[8:33] + b"\xff\xff\xff\xfftEXt" + bytes(12), "damaged"),
    "wrong checksum": (png()[:-1] + b"\0", "damaged"),
    "no name": (png(extra=chunk(b"t\0Xt")), "damaged"),
    "unknown, and it matters": (png(extra=chunk(b"ABCD")), "damaged"),
    "no data": (png(data=b""), "damaged"),
    "data in two places": (
        png(data=chunk(b"IDAT", b"x") + chunk(b"tEXt") + chunk(b"IDAT", b"x")),
        "damaged",
    ),
    "palette missing": (png(3), "damaged"),
    "palette later": (png(3, extra=chunk(b"tRNS", b"\0") + chunk(b"PLTE", bytes(3))), "damaged"),
    "size in a comment": (
        JPEG[:2] + segment(0xFE, JPEG[FRAME : FRAME + 19]) + JPEG[2:FRAME] + JPEG[FRAME + 19 :],
        "damaged",
    ),
    "restart outside of a scan": (JPEG[:2] + b"\xff\xd0" + JPEG[2:], "damaged"),
    "two frames": (JPEG[:SCAN] + JPEG[FRAME : FRAME + 19] + JPEG[SCAN:], "damaged"),
    "no end": (JPEG[:-2], "damaged"),
    "lossless": (JPEG.replace(b"\xff\xc0", b"\xff\xc3"), "rare"),
    "arithmetic": (JPEG.replace(b"\xff\xc0", b"\xff\xc9"), "rare"),
    "12 bits": (JPEG[: FRAME + 4] + b"\x0c" + JPEG[FRAME + 5 :], "rare"),
    "many scans": (JPEG[:-2] + JPEG[SCAN:-2] * MAX_SCANS + JPEG[-2:], LONG),
    "gif": (b"GIF89a", "not a JPEG or PNG"),
}


@pytest.mark.parametrize(("file", "why"), REFUSED.values(), ids=REFUSED)
def test_what_breaks_the_rules_is_refused_with_a_reason(file, why):
    with pytest.raises(Refused, match=why) as caught:
        inspect(file)
    assert caught.value.ko.endswith("요.")


def test_every_beginning_of_a_file_is_refused_alike():
    for file in (encode(".png"), JPEG):
        for size in range(len(file)):
            with pytest.raises(Refused):
                inspect(file[:size])


@pytest.mark.parametrize("num_pieces", [1, 3, 200])
@pytest.mark.parametrize("size", [0, 1, 2**16, 5_000_000])
def test_data_that_inflates_to_too_much_or_too_little_is_told(size, num_pieces):
    packed = zlib.compress(bytes(size))
    step = -(-len(packed) // num_pieces)
    pieces = [memoryview(packed)[at : at + step] for at in range(0, len(packed), step)]
    assert inflates_to(pieces, size)
    assert not inflates_to(pieces, size + 1)
    assert size == 0 or not inflates_to(pieces, size - 1)
    assert not inflates_to([*pieces, memoryview(b"more")], size)
    assert not inflates_to([memoryview(packed)[:-1]], size)


@pytest.mark.parametrize("order", ["<", ">"])
def test_an_orientation_is_read_in_both_orders_of_bytes(order):
    start = struct.pack(order + "HI", 42, 8)
    entries = [(0x0100, 3, 1, 99), (0x0112, 3, 1, 6)]
    packed = b"".join(struct.pack(order + "HHIHxx", *entry) for entry in entries)
    exif = {"<": b"II", ">": b"MM"}[order] + start + struct.pack(order + "H", 2) + packed
    assert orientation_in(exif) == 6
    for size in range(len(exif) - 4):
        assert orientation_in(exif[:size]) == 1
    assert orientation_in(b"II" + struct.pack("<HI", 42, 2**32 - 1)) == 1

import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from helpers.vision import pictures
from helpers.vision.pictures import MAX_BYTES, PhotoError, decode, decode_grey, size_of

PICTURE = np.zeros((40, 60, 3), np.uint8)
PICTURE[:20, :30] = (250, 0, 0)
PICTURE[20:, 30:] = (0, 0, 250)


def encode(picture, suffix=".png"):
    colour = picture[..., [2, 1, 0, 3][: picture.shape[2]]] if picture.ndim == 3 else picture
    return cv2.imencode(suffix, colour)[1].tobytes()


def chunk(kind, data):
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def bomb(side=13_000):
    """A PNG of one bit a pixel: 169 megapixels in about 20 KB."""
    row = bytes(1 + side // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def exif(orientation):
    entry = struct.pack(">HHHIHH", 1, 0x0112, 3, 1, orientation, 0)
    return b"MM\0*\0\0\0\x08" + entry + bytes(4)


def with_orientation(jpeg, orientation):
    content = b"Exif\0\0" + exif(orientation)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + jpeg[2:]


def test_png_comes_back_as_it_was_in_rgb():
    np.testing.assert_array_equal(decode(encode(PICTURE)), PICTURE)


def test_path_bytes_and_array_give_the_same(tmp_path):
    path = tmp_path / "사진 1.png"
    path.write_bytes(encode(PICTURE))
    for photo in (path, str(path), encode(PICTURE), bytearray(encode(PICTURE)), PICTURE):
        np.testing.assert_array_equal(decode(photo), PICTURE)


def test_arrays_of_floats_and_of_grey():
    np.testing.assert_array_equal(decode(PICTURE / 255), PICTURE)
    np.testing.assert_array_equal(decode(PICTURE[..., 0]), np.dstack([PICTURE[..., 0]] * 3))


UPRIGHT = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
    8: np.rot90,
}


def palette_png(levels):
    """The picture's quarters in four colours; `levels` says how opaque each is."""
    rows = np.zeros((40, 61), np.uint8)
    rows[:20, 31:], rows[20:, 1:31], rows[20:, 31:] = 1, 2, 3
    colours = bytes([250, 0, 0, 0, 0, 0, 9, 9, 9, 0, 0, 250])
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", 60, 40, 8, 3, 0, 0, 0)),
        (b"PLTE", colours),
        (b"tRNS", bytes(levels)),
        (b"IDAT", zlib.compress(rows.tobytes())),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


OPAQUE = np.full((40, 60, 1), 255, np.uint8)
OPAQUE[5:9, 5:30] = 100
TURNED = {
    "jpeg": encode(PICTURE, ".jpg"),
    "grey jpeg": encode(PICTURE[..., 0], ".jpg"),
    "grey": encode(PICTURE[..., 0]),
    "rgb": encode(PICTURE),
    "rgba": encode(np.dstack([PICTURE, OPAQUE])),
    "palette and levels": palette_png([255, 0, 128]),
    "16 bits": encode(PICTURE.astype(np.uint16) * 257),
    "16 bits, rgba": encode(np.dstack([PICTURE, OPAQUE]).astype(np.uint16) * 257),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize("file", TURNED.values(), ids=TURNED)
def test_a_picture_is_turned_as_its_exif_says(file, orientation):
    upright = UPRIGHT[orientation](decode(file))
    if file.startswith(b"\xff"):
        turned = with_orientation(file, orientation)
    else:
        turned = file[:33] + chunk(b"eXIf", exif(orientation)) + file[33:]
    np.testing.assert_array_equal(decode(turned), upright)
    grey = cv2.cvtColor(np.ascontiguousarray(upright), cv2.COLOR_RGB2GRAY)
    np.testing.assert_array_equal(decode_grey(turned), grey)
    assert size_of(turned) == (60, 40)  # as stored


def test_a_transparent_png_lies_on_white_paper():
    ink = np.zeros((4, 4, 4), np.uint8)
    ink[1, 1, 3] = 255
    seen = decode(cv2.imencode(".png", ink)[1].tobytes())
    assert seen[1, 1].tolist() == [0, 0, 0]
    assert seen[0, 0].tolist() == [255, 255, 255]


def test_a_grey_png_with_one_transparent_level_is_read():
    plain = encode(PICTURE[..., 0])
    at = plain.index(b"IDAT") - 4
    decode(plain[:at] + chunk(b"tRNS", b"\0\xfa") + plain[at:])


def test_sixteen_bits_become_eight():
    table = np.full((8, 8, 3), 0x8000, np.uint16)
    assert decode(cv2.imencode(".png", table)[1].tobytes()).max() in (127, 128)
    table = np.dstack([table, np.full((8, 8), 65535, np.uint16)])
    assert decode(cv2.imencode(".png", table)[1].tobytes()).max() in (127, 128)


def test_grey_jpeg_becomes_three_equal_channels():
    seen = decode(encode(PICTURE[..., 0], ".jpg"))
    assert seen.shape == (40, 60, 3)
    np.testing.assert_array_equal(seen[..., 0], seen[..., 2])


HOSTILE = {
    "empty": b"",
    "text": b"hello",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "gif": b"GIF89a" + bytes(20),
    "bare PNG signature": b"\x89PNG\r\n\x1a\n",
    "bare JPEG signature": b"\xff\xd8\xff",
    "cut JPEG": encode(PICTURE, ".jpg")[:-40],
    "cut PNG": encode(PICTURE)[:-30],
    "JPEG without frame": b"\xff\xd8\xff\xd9",
    "JPEG of zero length segments": b"\xff\xd8" + b"\xff\xe0\0\0" * 50,
    "no photo": None,
    "number": 3,
    "list": [[0, 1]],
    "array of one axis": np.zeros(9),
    "array of RGBA": np.zeros((4, 4, 4)),
    "empty array": np.zeros((0, 4)),
    "int array": np.zeros((4, 4), np.int64),
    "complex array": np.zeros((4, 4), complex),
    "text array": np.full((4, 4), "a"),
    "object array": np.full((4, 4), None),
    "over one": np.full((4, 4), 1.5),
    "below nought": np.full((4, 4), -0.1),
    "NaN": np.full((4, 4), np.nan),
    "vast array": np.broadcast_to(np.uint8(0), (6000, 6000)),
    "missing": "/nowhere/photo.jpg",
    "name with a null": "a\0b.jpg",
    "long name": "a" * 5000 + ".jpg",
}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("photo", HOSTILE.values(), ids=HOSTILE)
def test_a_bad_photo_is_one_sentence(photo, language, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_LANG", language)
    with pytest.raises(PhotoError) as caught:
        decode(photo)
    sentence = str(caught.value)
    assert sentence.endswith((".", "오.", "다.")) or sentence[-1] not in "\n "
    assert "\n" not in sentence
    assert any("가" <= letter <= "힣" for letter in sentence) == (language == "ko")


def test_a_folder_and_a_huge_file_are_refused(tmp_path):
    with pytest.raises(PhotoError, match=str(tmp_path.name)):
        decode(tmp_path)
    huge = tmp_path / "huge.jpg"
    with huge.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(PhotoError, match="MB"):
        decode(huge)


def test_a_size_is_read_from_the_first_frame_header():
    small = encode(PICTURE, ".jpg")
    frame = small.index(b"\xff\xc0")
    liar = small[: frame + 5] + struct.pack(">HH", 60_000, 60_000) + small[frame + 9 :]
    with pytest.raises(PhotoError, match="3600"):
        decode(liar)


@pytest.mark.parametrize(
    ("language", "size", "sentence"),
    [
        ("en", (6000, 4200), "has 25.2 megapixels; 25 is the most"),
        ("en", (5001, 5000), "has 25.1 megapixels; 25 is the most"),  # never "25; 25 is the most"
        ("ko", (6000, 4200), "25.2메가픽셀입니다. 25메가픽셀 이하로"),
        ("en", (65_501, 2), "has a side of 65,501 pixels; 65,500 is the most"),
        ("ko", (2, 65_501), "한 변이 65,501픽셀입니다. 한 변이 65,500픽셀 이하가"),
    ],
)
def test_a_limit_reads_as_one(language, size, sentence, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", language)
    with pytest.raises(PhotoError, match=sentence):
        decode(np.broadcast_to(np.uint8(0), size[::-1]))
    packed = zlib.compress(b"")
    header = struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    with pytest.raises(PhotoError, match=sentence):
        decode(b"\x89PNG\r\n\x1a\n" + parts)


def test_transparency_of_16_bits_may_have_half_as_many_pixels(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")
    header = struct.pack(">IIBBBBB", 5000, 2501, 16, 6, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")
    with pytest.raises(PhotoError, match=r"12\.6 megapixels; 12\.5 is"):
        decode(b"\x89PNG\r\n\x1a\n" + parts)


def test_only_pictures_decodes():
    """No other module of ours opens a picture's file: none gets around the strict look."""
    room = Path(pictures.__file__).parents[1]
    opening = re.compile(r"\b(imdecode|imread\w*|Image\.open|VideoCapture)\b")
    found = [path for path in room.rglob("*.py") if opening.search(path.read_text("utf-8"))]
    assert found == [Path(pictures.__file__)]


def test_a_decoder_that_finds_another_size_is_not_believed(monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")
    monkeypatch.setattr(cv2, "imdecode", lambda *_: np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(PhotoError, match="damaged"):
        decode(encode(PICTURE))


def test_a_bomb_is_refused_without_unpacking_it(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb())
    assert path.stat().st_size < 40_000
    # cv2 comes first, so that no setting made at its import can be what stops the bomb.
    program = (
        "import cv2, resource, sys\n"
        "from helpers.vision.pictures import PhotoError, decode\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak()\n"
        "try:\n    decode(sys.argv[1])\n"
        "except PhotoError as error:\n    assert '169' in str(error)\n"
        "else:\n    raise SystemExit('decoded')\n"
        "print(peak() - before)\n"
    )
    if sys.platform == "win32":
        pytest.skip("resource.getrusage is for Unix")
    run = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(run.stdout) * unit < 20e6

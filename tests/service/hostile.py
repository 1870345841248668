"""Broken, hostile and odd files, and names, made anew from a seed: what a service is sent.

Pictures that OpenCV does not write are put together here, chunk by chunk.
"""

import struct
import zlib

import cv2
import numpy as np

from helpers.data import load_mnist
from helpers.paths import PHOTOS

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
MEGAPIXELS = 1000 * 1000

NAMES = [
    "../../x.png",
    "/etc/passwd",
    "..\\..\\x.png",
    "C:\\x.png",
    "a\0b.png",
    "a\r\nSet-Cookie: x=1.png",
    "n" * 4096 + ".png",
    "CON",
    "CON.png",
    ".png",
    ".",
    "..",
    "",
    " ",
    "손글씨 7.png",
    "🙂.png",
    '"quoted".png',
    "'; drop table uploads; --.png",
    "<script>alert(1)</script>.png",
    "%2e%2e%2fx.png",
    "upload.json",
    "content",
    "face.png",
    "\u202egnp.exe",
    "{0}{}%s%n.png",
]


def corpus(seed=0):
    """Return the files by name; the same seed gives the same bytes."""
    random = np.random.default_rng(seed)
    small = cv2.resize(cv2.imread(str(PHOTOS / "zip-02.jpg")), (200, 150))
    face = cv2.resize(cv2.imread(str(PHOTOS / "astronaut.jpg"))[20:260, 100:340], (128, 128))
    (digits, _), _ = load_mnist()
    whole = {
        "photo.jpg": encode(".jpg", small),
        "face.png": encode(".png", face),
        "digit.png": encode(".png", digits[7]),
        "progressive.jpg": encode(".jpg", small, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    }
    files = dict(whole)
    for name, data in whole.items():
        files |= {f"{tenth}0% of {name}": data[: len(data) * tenth // 10] for tenth in range(10)}
        files |= {f"flip {n} in {name}": flip(data, random) for n in range(25)}
        files |= behind(name, data)
    files |= wrong_kinds(whole, random)
    files |= unusual_pngs()
    files |= unusual_jpegs(whole["photo.jpg"], random)
    files |= shapes(random)
    files |= bombs()
    files |= lying_pngs(random)
    files |= lying_jpegs(random)
    return files


def made_anew(seed):
    """Return at least 500 files by name: those that once did harm, varied, and mutated ones.

    They are small, and none takes long: to be decoded, or sent, as many as there are.
    """
    random = np.random.default_rng(seed)
    files = {}
    for n in range(3):
        varied = lying_pngs(random) | lying_jpegs(random)
        files |= {f"{name}, {n}": data for name, data in varied.items()}
    whole = [*unusual_pngs().values(), *odd_jpegs(random)]
    files |= {f"mutation {n}": mutated(whole, random) for n in range(400)}
    return files


def encode(kind, picture, *options):
    return cv2.imencode(kind, picture, options)[1].tobytes()


def flip(data, random):
    flipped = bytearray(data)
    flipped[random.integers(len(data))] ^= 1 << int(random.integers(8))
    return bytes(flipped)


def behind(name, data):
    """Put something else behind a picture: files that are two things at once."""
    tails = {
        "html": b"<html><script>alert(1)</script></html>",
        "zip": b"PK\x05\x06" + bytes(18),
        "itself": data,
        "zeros": bytes(100_000),
    }
    return {f"{name} and {tail}": data + more for tail, more in tails.items()}


def wrong_kinds(whole, random):
    grey = random.integers(0, 256, (40, 40), np.uint8)
    frame = b",\0\0\0\0\1\0\1\0\0\2\2D\1\0"
    others = {
        "nothing": b"",
        "one byte": b"\x89",
        "text": b"seven",
        "noise": random.bytes(10_000),
        "bmp": encode(".bmp", grey),
        "tiff": encode(".tiff", grey),
        "webp": encode(".webp", grey),
        "animated webp": b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\2" + bytes(9) + b"ANIM\0\0\0\0",
        "animated gif": b"GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0" + frame + frame + b";",
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "pdf": b"%PDF-1.7\n%%EOF",
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        "zip": b"PK\5\6" + bytes(18),
        "elf": b"\x7fELF" + bytes(60),
    }
    for name, data in whole.items():  # a JPEG that begins as a PNG, and the other way round
        others[f"other signature, {name}"] = (JPEG if data.startswith(PNG) else PNG) + data
    signed = {
        f"{kind} signature, {name}": sign + data
        for kind, sign in (("png", PNG), ("jpeg", JPEG))
        for name, data in others.items()
    }
    return others | signed


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, rows, *, depth=8, colour=0, interlace=0, extra=b"", behind=b""):
    """Put a PNG together; `rows` are its bytes before compression, whether they fit or not."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    data = chunk(b"IDAT", zlib.compress(rows, 9))
    return PNG + chunk(b"IHDR", header) + extra + data + behind + chunk(b"IEND", b"")


def unusual_pngs():
    files = {}
    palette = chunk(b"PLTE", bytes(range(48))) + chunk(b"tRNS", bytes(range(16)))
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
    for colour, depth in [(c, d) for c in channels for d in (1, 2, 4, 8, 16)]:  # some are illegal
        row = bytes(1 + -(-40 * depth * channels[colour] // 8))
        extra = palette if colour == 3 else b""
        for interlace in (0, 1):
            name = f"colour {colour}, depth {depth}, interlace {interlace}"
            rows = row * (40 + 40 * interlace)  # more than enough for Adam7's seven passes
            how = {"depth": depth, "colour": colour, "interlace": interlace}
            files[name] = png(40, 40, rows, extra=extra, **how)
    rows = bytes(41 * 40)
    control = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 40, 40, 0, 0, 1, 10, 0, 0))
    frames = chunk(b"fdAT", struct.pack(">I", 1) + zlib.compress(rows))
    animated = chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0)) + control
    profile = chunk(b"iCCP", b"junk\0\0" + zlib.compress(b"no profile" * 1000))
    return files | {
        "animated png": png(40, 40, rows, extra=animated, behind=control + frames),
        "too few rows": png(40, 40, rows[:500]),
        "too many rows": png(40, 40, rows * 100),
        "wrong filter": png(40, 40, b"\x09" * (41 * 40)),
        "palette missing": png(40, 40, rows, colour=3),
        "header twice": png(40, 40, rows, extra=png(9, 9, b"")[8:33]),
        "no pixels": png(0, 0, b""),
        "no width": png(0, 40, b""),
        "wrong checksum": png(40, 40, rows)[:29] + b"0000" + png(40, 40, rows)[33:],
        "length beyond the end": PNG + b"\xff\xff\xff\xffIHDR" + bytes(20),
        "icc junk": png(40, 40, rows, extra=profile),
        "a megabyte of text": png(40, 40, rows, extra=chunk(b"tEXt", b"a\0" + b"b" * 1_000_000)),
        "ten thousand chunks": png(40, 40, rows, extra=chunk(b"tEXt", b"a\0b") * 10_000),
    }


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def with_size(jpeg, height, width):
    """Let a JPEG say another size than it has."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def rotated(jpeg, orientation):
    """Put an EXIF orientation into a JPEG."""
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + bytes([orientation]) + bytes(7)
    return jpeg[:2] + segment(0xE1, b"Exif\0\0" + tiff) + jpeg[2:]


def four_colours(transform):
    """Make a JPEG of 64x64 pixels in CMYK or (with transform 2) YCCK, each block flat grey."""
    grey = encode(".jpg", np.zeros((8, 8), np.uint8))
    tables = grey[grey.index(b"\xff\xdb") : grey.index(b"\xff\xc0")]
    codes = grey[grey.index(b"\xff\xc4") : grey.index(b"\xff\xda")]
    adobe = segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([transform]))
    frame = bytes([8, 0, 64, 0, 64, 4]) + bytes(b for n in range(1, 5) for b in (n, 0x11, 0))
    scan = bytes([4]) + bytes(b for n in range(1, 5) for b in (n, 0)) + bytes([0, 63, 0])
    blocks = b"\x28\xa2\x8a" * 64  # four times 00, no change, and 1010, the end of a block
    parts = [adobe, tables, segment(0xC0, frame), codes, segment(0xDA, scan), blocks]
    return b"\xff\xd8" + b"".join(parts) + b"\xff\xd9"


def unusual_jpegs(jpeg, random):
    files = {f"orientation {n}": rotated(jpeg, n) for n in range(10)}
    size = jpeg.index(b"\xff\xc0") + 5

    def with_segments(*segments):
        return jpeg[:2] + b"".join(segments) + jpeg[2:]

    icc = b"ICC_PROFILE\0\1\1" + random.bytes(10_000)
    return files | {
        "cmyk": four_colours(0),
        "ycck": four_colours(2),
        "grey": encode(".jpg", np.full((50, 50), 200, np.uint8)),
        "icc junk, jpeg": with_segments(segment(0xE2, icc)),
        "exif junk": with_segments(segment(0xE1, b"Exif\0\0" + random.bytes(5000))),
        "a megabyte of comment": with_segments(*[segment(0xFE, bytes(65_000))] * 16),
        "empty segments": with_segments(segment(0xE0, b"") * 100_000),
        "segments of length 0": b"\xff\xd8" + b"\xff\xe0\0\0" * 100_000,
        "segment beyond the end": b"\xff\xd8\xff\xe0\xff\xff",
        "nothing but fill bytes": b"\xff\xd8" + b"\xff" * 1_000_000,
        "65,500 pixels square": with_size(jpeg, 65_500, 65_500),
        "no height": with_size(jpeg, 0, 200),
        "no size": with_size(jpeg, 0, 0),
        "12 bits": jpeg[: size - 1] + b"\x0c" + jpeg[size:],
        "lossless": jpeg.replace(b"\xff\xc0", b"\xff\xc3", 1),
        "arithmetic": jpeg.replace(b"\xff\xc0", b"\xff\xc9", 1),
    }


def numbers(random):
    """Return a function that draws a number, the last one not included."""
    return lambda *limits: int(random.integers(*limits))


def lying_pngs(random):
    """Return PNGs of which each contradicts itself in one way, as once ended the service."""
    number = numbers(random)
    width, height = number(1, 60), number(1, 60)
    rows = random.integers(0, 256, (height, width + 1), np.uint8)
    rows[:, 0] %= 5
    rows = rows.tobytes()
    whole = png(width, height, rows)
    header, packed, end = whole[8:33], zlib.compress(rows), chunk(b"IEND", b"")
    data = chunk(b"IDAT", packed)
    control = struct.pack(">IIIIIHHBB", 0, width, height, 0, 0, 1, 1, 0, number(2))
    animation = chunk(b"acTL", struct.pack(">II", number(1, 5), 0))
    frame = chunk(b"fcTL", control)
    see_through = png(1, 1, b"", colour=6)[:33]
    unnamed = chunk(bytes([number(1, 33), 0]) + b"fd", b"")
    palette = chunk(b"PLTE", random.bytes(3 * number(1, 257)))
    cut = number(1, len(packed))
    exif = b"II*\0\x08\0\0\0\xff\xff" + random.bytes(number(5_000))
    unfolds = zlib.compress(bytes(20 * MEGAPIXELS), 9)

    def before_data(*chunks):
        return PNG + header + b"".join(chunks) + data + end

    def says(kind, length):
        return PNG + header + struct.pack(">I", length) + kind + random.bytes(number(40))

    beyond = {
        f"{kind.decode()} beyond the end": says(kind, number(100, 2**32))
        for kind in (b"tEXt", b"IDAT", b"iCCP", b"zTXt", b"PLTE", b"acTL", b"IEND", b"abcd")
    }
    return beyond | {
        "animation, then no data and no name": see_through
        + chunk(b"acTL", struct.pack(">II", 2, 0))
        + chunk(b"IDAT", b"")
        + chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 1, 1, 0, 0, 1, 1, 0, 1))
        + unnamed,
        "animation of one frame": before_data(animation, frame),
        "animation of more frames": before_data(animation, frame)[:-12]
        + frame
        + chunk(b"fdAT", struct.pack(">I", 1) + packed)
        + end,
        "frame without animation": before_data(frame),
        "a frame's data first": before_data(chunk(b"fdAT", bytes(4) + packed)),
        "name of no letters": before_data(chunk(random.bytes(3) + b"!", b"")),
        "unknown chunk that matters": before_data(chunk(b"ABCD", random.bytes(9))),
        "header later": PNG + data + header + end,
        "header of 14 bytes": PNG + chunk(b"IHDR", whole[16:29] + b"\0") + data + end,
        "header twice, larger": before_data(png(5_000, 5_000, b"")[8:33]),
        "palette twice": png(width, height, rows, colour=3, extra=2 * palette),
        "palette after the data": PNG + header + data + palette + end,
        "palette of grey": before_data(palette),
        "palette of 257": png(width, height, rows, colour=3, extra=chunk(b"PLTE", bytes(771))),
        "palette of no thirds": png(width, height, rows, colour=3, extra=chunk(b"PLTE", bytes(4))),
        "levels without a palette": png(
            width, height, rows, colour=3, extra=chunk(b"tRNS", b"\0") + palette
        ),
        "levels of grey, too many": before_data(chunk(b"tRNS", bytes(number(3, 900)))),
        "levels twice": before_data(2 * chunk(b"tRNS", bytes(2))),
        "data in two heaps": PNG
        + header
        + chunk(b"IDAT", packed[:cut])
        + chunk(b"tEXt", b"a\0b")
        + chunk(b"IDAT", packed[cut:])
        + end,
        "data of nothing": PNG + header + 5 * chunk(b"IDAT", b"") + end,
        "no data": PNG + header + end,
        "no end": PNG + header + data,
        "end with content": PNG + header + data + chunk(b"IEND", b"more"),
        "data cut": PNG + header + chunk(b"IDAT", packed[:cut]) + end,
        "data and more": PNG + header + chunk(b"IDAT", packed + random.bytes(20)) + end,
        "too few bytes": png(width, height, rows[: -number(1, len(rows))]),
        "one byte too many": png(width, height, rows + b"\0"),
        "20 MB too many": PNG + header + chunk(b"IDAT", unfolds) + end,
        "interlaced as if it were not": png(width + 8, height + 8, bytes(9), interlace=1),
        "profile of 20 MB": before_data(chunk(b"iCCP", b"a\0\0" + unfolds)),
        "text of 20 MB": before_data(chunk(b"iTXt", b"a\0\1\0\0\0" + unfolds)),
        "EXIF without end": before_data(chunk(b"eXIf", exif)),
        "EXIF twice": before_data(2 * chunk(b"eXIf", exif[:40])),
        "names of nothing": before_data(chunk(b"tEXt", b"") * 30_000),
    }


def lying_jpegs(random):
    """Return JPEGs of which each contradicts itself in one way, as once ended the service."""
    number = numbers(random)
    shape = number(8, 80), number(8, 80), 3
    picture = random.integers(0, 256, shape, np.uint8)
    jpeg = encode(".jpg", picture)
    progressive = encode(".jpg", picture, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    at, scan = jpeg.index(b"\xff\xc0"), jpeg.index(b"\xff\xda")
    frame, scan_of_one = jpeg[at : at + 19], b"\xff\xda\0\x08\1\1\0\1\x3f\0"
    small = segment(0xC0, struct.pack(">BHHB", 8, 16, 16, 1) + b"\1\x11\0")
    large = with_size(jpeg, number(6_000, 65_500), number(6_000, 65_500))
    thumbnail = segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0" + jpeg[:600])

    def put(*more, where=2, into=jpeg):
        return into[:where] + b"".join(more) + into[where:]

    def in_frame(offset, *values, into=jpeg):
        return into[: at + offset] + bytes(values) + into[at + offset + len(values) :]

    markers = {
        f"marker {marker:02x} first": put(bytes([0xFF, marker]), segment(0xFE, small), into=large)
        for marker in (0x01, 0x02, 0xBF, 0xD0, 0xD7, 0xD8, 0xD9, 0xF0, 0xFD)
    }
    frames = {
        f"frame {marker:02x}": in_frame(1, marker)
        for marker in (0xC1, 0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)
    }
    return {
        **markers,
        **frames,
        "a size in a comment": put(segment(0xFE, small), into=large),
        "a size in a thumbnail": put(thumbnail, into=large),
        "TEM with a length": put(b"\xff\1\0\x08", segment(0xFE, small), into=large),
        "two frames": put(frame, where=at),
        "two sizes": put(small, where=at, into=large),
        "frame after the scan": jpeg[:-2] + frame + jpeg[-2:],
        "frame missing": jpeg[:at] + jpeg[at + 19 :],
        "scan missing": jpeg[:scan] + jpeg[-2:],
        "scan first": put(jpeg[scan:-2]),
        "end missing": jpeg[:-2],
        "frame cut": put(b"\xff\xc0\0\4\x08\0"),
        "no components": in_frame(9, 0),
        "two components": in_frame(9, 2),
        "255 components": in_frame(9, 255),
        "samplings of nought": in_frame(11, 0),
        "samplings of 15": in_frame(11, 0xFF),
        "16 bits": in_frame(4, 16),
        "height later": put(segment(0xDC, bytes(2)), where=len(jpeg) - 2, into=in_frame(5, 0, 0)),
        "arithmetic tables": put(segment(0xCC, bytes(2))),
        "hierarchical": put(segment(0xDE, frame[4:])),
        "scan of five components": put(segment(0xDA, bytes([5]) + bytes(13)), where=scan),
        "scan of a strange length": put(segment(0xDA, bytes(number(1, 40))), where=scan),
        "scan cut": jpeg[: number(scan + 14, len(jpeg) - 2)] + b"\xff\xd9",
        "scan of nothing": jpeg[: scan + 14] + b"\xff\xd9",
        "restarts everywhere": jpeg[: scan + 14] + b"\xff\xd0\xff\xd5" * 999 + b"\xff\xd9",
        "many scans": progressive[:-2] + (scan_of_one + b"\0") * number(60, 900) + b"\xff\xd9",
        "many scans, not progressive": jpeg[:-2] + jpeg[scan:-2] * 100 + b"\xff\xd9",
        "tables without end": put(segment(0xC4, random.bytes(number(300)))),
        "tables of nothing": put(segment(0xDB, b""), segment(0xC4, b"")),
        "segment of length 1": put(b"\xff\xe0\0\1"),
        "bytes between segments": put(random.bytes(9)),
        "20,000 segments": put(segment(0xFE, b"") * 20_000),
        "EXIF without end, jpeg": put(segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff")),
        "EXIF beyond the end": put(segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff")),
    }


def odd_jpegs(random):
    """Return small JPEGs of every kind that OpenCV writes, and of four colours."""
    picture = random.integers(0, 256, (40, 50, 3), np.uint8)
    return [
        four_colours(0),
        four_colours(2),
        encode(".jpg", picture[..., 0]),
        *(
            encode(
                ".jpg",
                picture,
                cv2.IMWRITE_JPEG_PROGRESSIVE,
                progressive,
                cv2.IMWRITE_JPEG_RST_INTERVAL,
                restarts,
                cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
                sampling,
            )
            for progressive in (0, 1)
            for restarts in (0, 2)
            for sampling in (0x111111, 0x211111, 0x221111, 0x411111)
        ),
    ]


def mutated(files, random):
    """Change one of the files: bytes, parts and lengths; checksums are right again afterwards."""
    number = numbers(random)
    data = files[number(len(files))]
    for _ in range(number(3)):
        data = flip(data, random)
    if not data.startswith(PNG):
        return data[: number(len(data))] + data[number(len(data)) :] if number(3) == 0 else data
    chunks, at = [], len(PNG)
    while at + 12 <= len(data) and len(chunks) < 99:
        length = int.from_bytes(data[at : at + 4])
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += length + 12
    if chunks:
        one, other = number(len(chunks)), number(len(chunks))
        kind = number(4)
        if kind == 0:
            chunks[one], chunks[other] = chunks[other], chunks[one]
        elif kind == 1:
            chunks[one : one + 1] = []
        elif kind == 2:
            chunks.insert(other, chunks[one])
        else:
            name, content = chunks[one]
            chunks[one] = name, content[: number(len(content) + 1)] + random.bytes(number(9))
    return PNG + b"".join(chunk(*part) for part in chunks)


def shapes(random):
    files = {}
    for width, height in [
        (1, 1),
        (1, 28),
        (28, 1),
        (29, 1),
        (27, 29),
        (1, 5000),
        (5000, 1),
        (3, 70_000),
        (70_000, 3),
        (1_000_001, 1),
        (2, 1_000_001),
    ]:
        files[f"{width}x{height}"] = png(width, height, bytes((width + 1) * height))
    for side in (28, 300):
        shape = (side, side)
        files |= {
            f"black {side}": encode(".png", np.zeros(shape, np.uint8)),
            f"white {side}": encode(".png", np.full(shape, 255, np.uint8)),
            f"noise {side}": encode(".png", random.integers(0, 256, shape, np.uint8)),
            f"noise of colours {side}": encode(
                ".jpg", random.integers(0, 256, (*shape, 3), np.uint8)
            ),
            f"16 bits {side}": encode(".png", random.integers(0, 2**16, shape, np.uint16)),
            f"see-through {side}": encode(".png", random.integers(0, 256, (*shape, 4), np.uint8)),
            f"chessboard {side}": encode(
                ".png", np.indices(shape).sum(0).astype(np.uint8) % 2 * 255
            ),
        }
    return files


def bombs():
    """Make small files that say or unfold to something huge."""
    files = {
        f"says {width}x{height}": png(width, height, bytes(1000))
        for width, height in [
            (5_001, 5_000),
            (13_000, 13_000),
            (60_000, 60_000),
            (2**31 - 1, 2**31 - 1),
            (2**32 - 1, 2**32 - 1),
            (2**31, 1),
        ]
    }
    unfolds = zlib.compress(bytes(30 * MEGAPIXELS), 9)
    text = chunk(b"zTXt", b"a\0\0" + unfolds)
    return files | {
        "unfolds to 30 MB": png(40, 40, bytes(30 * MEGAPIXELS)),
        "text of 30 MB": png(40, 40, bytes(41 * 40), extra=text),
        "colour profile of 30 MB": png(
            40, 40, bytes(41 * 40), extra=chunk(b"iCCP", b"a\0\0" + unfolds)
        ),
    }


def largest():
    """Return the most work that a file of a few kilobytes can ask for: 25 megapixels."""
    jpeg = encode(".jpg", np.zeros((200, 200, 3), np.uint8))
    return {
        "65,500 pixels high": with_size(jpeg, 65_500, 200),
        "25 megapixels": png(5000, 5000, bytes(5001 * 5000)),
        "25 megapixels of colour, 16 bits": png(
            5000, 5000, bytes((1 + 5000 * 6) * 5000), depth=16, colour=2
        ),
        "fill bytes": b"\xff\xd8" + b"\xff" * 9_000_000,
        "empty segments": b"\xff\xd8" + segment(0xE0, b"") * 2_000_000,
    }

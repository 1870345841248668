"""Whether any file can crash the decoding of pictures, or make it take far too much memory.

    python benchmarks/fuzz_pictures.py [--mutations 1000000] [--seed 0] [--folder work/fuzz]
                                       [--unguarded]

200 small PNGs and JPEGs of every kind are mutated at random: single bytes, and also chunks,
segments, headers, palettes, tables, pixels before they are compressed, with lengths and
checksums made right again, so that many get past the strict look and into the decoder. Each
mutation goes through `helpers.vision.pictures.decode` in a process that may die. The file that
killed it, or took more than 300 MB or 2 seconds, is kept in the folder, and the run goes on.
With `--unguarded` OpenCV decodes by itself, which shows that the mutations find something.
"""

import argparse
import io
import mmap
import random
import struct
import subprocess
import sys
import time
import zlib
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from helpers.vision import pictures
from helpers.vision.inspection import JPEG, PNG, Refused, inspect

MOST_BYTES, MOST_SECONDS = 300_000_000, 2
COUNTS = ("refused", "damaged", "decoded", "over")
#: What the two processes share: the number of the mutation, its size, the peak, the counts.
STATE = struct.Struct(f"<qqq{len(COUNTS)}q")
ROOM = 2**22

SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutations", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, default=Path("work/fuzz"))
    parser.add_argument("--unguarded", action="store_true", help="without the strict look")
    parser.add_argument("--start", type=int, help=argparse.SUPPRESS)  # for the child
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    shared = options.folder / f"state-{options.seed}"
    if options.start is not None:
        decode_all(options, shared)
        return

    shared.write_bytes(bytes(ROOM))
    start, crashes, began = 0, 0, time.monotonic()
    while start < options.mutations:
        child = [*sys.argv, "--start", str(start)]
        run = subprocess.run([sys.executable, *child], stderr=subprocess.DEVNULL, check=False)
        number, size, peak, *counts = STATE.unpack_from(shared.read_bytes())
        if run.returncode == 0:
            break
        if run.returncode == 1:
            raise SystemExit(f"The benchmark itself fails at mutation {number}.")
        crashes += 1
        kept = options.folder / f"crash-{options.seed}-{number}"
        kept.write_bytes(shared.read_bytes()[STATE.size : STATE.size + size])
        print(f"mutation {number} ended the process ({run.returncode}): {kept}")
        start = number + 1
    for name, count in zip(COUNTS, counts, strict=True):
        print(f"{name}: {count:,}")
    print(f"peak above idle: {peak / 1e6:.0f} MB")
    print(f"{crashes} crashes in {options.mutations:,} mutations", end=", ")
    print(f"{time.monotonic() - began:.0f} s")
    sys.exit(bool(crashes or counts[-1]))


def decode_all(options, shared):
    """Decode each mutation from `options.start` on; leave word of it before."""
    cv2.setNumThreads(1)
    limit_memory()
    seeds = [parse(data) for data in seed_pictures()]
    with shared.open("r+b") as file, mmap.mmap(file.fileno(), ROOM) as state:
        _, _, peak, *counts = STATE.unpack_from(state)
        counts = Counter(dict(zip(COUNTS, counts, strict=True)))
        idle = memory_peak()
        for number in range(options.start, options.mutations):
            data = mutation(seeds, options.seed, number)[: ROOM - STATE.size]
            state[STATE.size : STATE.size + len(data)] = data
            STATE.pack_into(state, 0, number, len(data), peak, *(counts[n] for n in COUNTS))
            began = time.process_time()
            counts[unguarded(data) if options.unguarded else guarded(data)] += 1
            peak = max(peak, taken := memory_peak() - idle)
            if taken > MOST_BYTES or time.process_time() - began > MOST_SECONDS:
                counts["over"] += 1
                (options.folder / f"over-{options.seed}-{number}").write_bytes(data)
                idle += max(0, taken - MOST_BYTES)
        STATE.pack_into(state, 0, number, len(data), peak, *(counts[n] for n in COUNTS))


def unguarded(data):
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return "refused"
    return "damaged" if picture is None else "decoded"


def guarded(data):
    try:
        inspect(data)
    except Refused:
        return "refused"
    try:
        pictures.decode(data)
    except pictures.PhotoError:
        return "damaged"
    return "decoded"


def limit_memory():
    """End a process that would take the whole computer's memory."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))


def memory_peak():
    """Return the most bytes that this process has ever reserved, used or not."""
    try:
        status = Path("/proc/self/status").read_bytes()
        return 1024 * int(status.split(b"VmPeak:")[1].split()[0])
    except OSError:  # no Linux
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


# The pictures that are mutated


def seed_pictures():
    """Return 200 small pictures of every kind: 120 PNGs, 80 JPEGs."""
    random = np.random.default_rng(0)
    files = []
    kinds = [(0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (3, 1), (3, 2), (3, 4)]
    kinds += [(3, 8), (4, 8), (4, 16), (6, 8), (6, 16)]
    for colour, depth in kinds:
        for interlacing in (0, 1):
            for is_transparent in (False, True):
                for _ in range(2):
                    files.append(make_png(colour, depth, interlacing, is_transparent, random))
    for number in range(80):
        files.append(make_jpeg(number, random))
    return files


def make_png(colour, depth, interlacing, is_transparent, random):
    width, height = random.integers(1, 40, 2).tolist()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlacing)
    chunks = [[b"IHDR", header]]
    if colour == 3:
        chunks.append([b"PLTE", random.bytes(3 * 2**depth)])
    if is_transparent and colour in (0, 2, 3):
        chunks.append([b"tRNS", random.bytes({0: 2, 2: 6, 3: 2**depth}[colour])])
    if is_transparent:
        chunks.append([b"eXIf", exif(random.integers(1, 9))])
    chunks += [[b"IDAT", b""], [b"IEND", b""]]
    fit(chunks, random.bytes)
    return write_png(chunks)


def make_jpeg(number, random):
    width, height = random.integers(8, 48, 2).tolist()
    modes = ("RGB", "L", "CMYK", "RGB")
    mode = modes[number % 4]
    channels = {"RGB": 3, "L": 1, "CMYK": 4}[mode]
    smooth = cv2.resize(random.integers(0, 256, (4, 4, channels), np.uint8), (width, height))
    picture = Image.fromarray(smooth.reshape(height, width, channels).squeeze(), mode)
    file = io.BytesIO()
    options = {"quality": int(random.integers(5, 100)), "progressive": number % 3 == 0}
    if mode != "L":
        options["subsampling"] = number % 5 % 3
    if number % 2:
        options["restart_marker_blocks"] = 1 + number % 4
    if number % 7 == 0:
        options["exif"] = b"Exif\0\0" + exif(1 + number % 8)
    picture.save(file, "JPEG", **options)
    return file.getvalue()


def exif(orientation):
    entry = struct.pack(">HHHIHH", 1, 0x0112, 3, 1, orientation, 0)
    return b"MM\0*\0\0\0\x08" + entry + bytes(4)


# Files taken apart and put together


def parse(data):
    """Return a PNG's [name, content] chunks or a JPEG's [marker, content, scan] segments."""
    parts = []
    if data.startswith(PNG):
        at = len(PNG)
        while at < len(data):
            length, kind = struct.unpack_from(">I4s", data, at)
            parts.append([kind, data[at + 8 : at + 8 + length]])
            at += length + 12
        return PNG, parts
    at = 2
    while data[at + 1] != 0xD9:
        (length,) = struct.unpack_from(">H", data, at + 2)
        end = following = at + 2 + length
        while data[at + 1] == 0xDA and not (
            data[following] == 0xFF and data[following + 1] not in (0, *range(0xD0, 0xD8))
        ):
            following += 1
        parts.append([data[at + 1], data[at + 4 : end], data[end:following]])
        at = following
    return JPEG, parts


def write_png(chunks):
    return PNG + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def write_jpeg(segments):
    return (
        b"\xff\xd8"
        + b"".join(
            bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2 & 0xFFFF) + content + scan
            for marker, content, scan in segments
        )
        + b"\xff\xd9"
    )


def fit(chunks, make_bytes):
    """Give a PNG the data that its header asks for: bytes at random after legal filters."""
    header = dict(map(tuple, chunks)).get(b"IHDR", b"")
    if len(header) != 13:
        return
    width, height, depth, colour, _, _, interlacing = struct.unpack(">IIBBBBB", header)
    bits = depth * SAMPLES.get(colour, 1)
    rows = []
    for x, y, dx, dy in ADAM7 if interlacing else ((0, 0, 1, 1),):
        size = -(-max(0, width - x) // dx) * bits
        num_rows = min(-(-max(0, height - y) // dy), 500) if size else 0
        size = min(-(-size // 8), 2000)
        rows += [bytes([filters % 5]) + make_bytes(size) for filters in make_bytes(num_rows)]
    set_data(chunks, zlib.compress(b"".join(rows), 1))


def set_data(chunks, packed):
    first = next((n for n, (kind, _) in enumerate(chunks) if kind == b"IDAT"), len(chunks))
    chunks[:] = [part for part in chunks if part[0] != b"IDAT"]
    chunks.insert(first, [b"IDAT", packed])


# Mutations


def mutation(seeds, seed, number):
    """Return a mutated file; the same numbers give the same bytes."""
    chance = random.Random(seed * 10**9 + number)
    kind, parts = chance.choice(seeds)
    parts = [list(part) for part in parts]
    if kind == PNG:
        for _ in range(chance.randint(0, 3)):
            chance.choice(PNG_MUTATIONS)(chance, parts, seeds)
        data = write_png(parts)
    else:
        for _ in range(chance.randint(0, 4)):
            chance.choice(JPEG_MUTATIONS)(chance, parts, seeds)
        data = write_jpeg(parts)
    if chance.random() < 0.2:  # without making checksums right again
        data = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = odd_byte(chance)
        if chance.random() < 0.2:
            data = data[: chance.randrange(len(data))] + data[chance.randrange(len(data)) :]
    return bytes(data)


def odd_byte(chance):
    return chance.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, chance.randrange(256)))


def change_bytes(chance, parts, seeds):
    part = chance.choice(parts) if parts else [0, b""]
    place = chance.randrange(1, len(part))  # a JPEG's scan as well
    part[place] = edited(chance, part[place])


def edited(chance, content):
    content = bytearray(content)
    for _ in range(chance.randint(1, 3)):
        if content:
            content[chance.randrange(len(content))] = odd_byte(chance)
    return bytes(content)


def change_length(chance, parts, seeds):
    part = chance.choice(parts) if parts else [0, b""]
    place = chance.randrange(1, len(part))
    at = chance.randint(0, len(part[place]))
    part[place] = part[place][:at] + chance.randbytes(chance.choice((0, 1, 3, 40)))


def remove(chance, parts, seeds):
    if parts:
        del parts[chance.randrange(len(parts))]


def repeat(chance, parts, seeds):
    if parts:
        at = chance.randrange(len(parts))
        parts[at:at] = [list(parts[at]) for _ in range(chance.choice((1, 1, 2, 70)))]


def swap(chance, parts, seeds):
    if len(parts) > 1:
        one, other = chance.sample(range(len(parts)), 2)
        parts[one], parts[other] = parts[other], parts[one]


def borrow(chance, parts, seeds):
    """Put a part of another file of the kind in."""
    size = len(parts[0]) if parts else 2
    other = [part for _, others in chance.sample(seeds, 9) for part in others if len(part) == size]
    if other:
        parts.insert(chance.randint(0, len(parts)), list(chance.choice(other)))


def change_header(chance, parts, seeds):
    for part in parts:
        if part[0] == b"IHDR" and len(part[1]) == 13:
            fields = list(struct.unpack(">IIBBBBB", part[1]))
            place = chance.choice((0, 1, 2, 3, 6))
            sizes = (1, 2, 7, 8, 9, chance.randint(1, 300), 70_000, 2**20, 2**31 - 1)
            choices = {2: (1, 2, 4, 8, 16), 3: (0, 2, 3, 4, 6), 6: (0, 1)}
            fields[place] = chance.choice(choices.get(place, sizes))
            part[1] = struct.pack(">IIBBBBB", *fields)
    if chance.random() < 0.8:
        fit(parts, chance.randbytes)


def change_pixels(chance, parts, seeds):
    """Change a PNG's data before it is compressed, or how it is compressed."""
    packed = b"".join(content for kind, content in parts if kind == b"IDAT")
    try:
        rows = zlib.decompressobj().decompress(packed, 2**20)
    except zlib.error:
        return
    rows = edited(chance, rows) if chance.random() < 0.8 else rows[: chance.randint(0, len(rows))]
    rows += bytes(chance.choice((0, 0, 0, 0, 1, 1000)))
    packer = zlib.compressobj(
        chance.randint(0, 9), zlib.DEFLATED, chance.randint(9, 15), 8, chance.randint(0, 4)
    )
    packed = packer.compress(rows) + packer.flush()
    set_data(parts, packed[: -chance.choice((0, 0, 0, 1, 4)) or None])


def split_data(chance, parts, seeds):
    for at, (kind, content) in enumerate(parts):
        if kind == b"IDAT":
            cuts = sorted(chance.randint(0, len(content)) for _ in range(chance.randint(1, 5)))
            pieces = zip([0, *cuts], [*cuts, len(content)], strict=True)
            parts[at : at + 1] = [[b"IDAT", content[a:b]] for a, b in pieces]
            return


def insert_chunk(chance, parts, seeds):
    name = chance.choice((b"tRNS", b"PLTE", b"eXIf", b"tEXt", b"iCCP", b"zTXt", b"gAMA", b"fdAT"))
    content = chance.randbytes(chance.choice((0, 1, 2, 3, 6, 8, 26, 48, 256, 768)))
    if chance.random() < 0.2:
        name, content = b"acTL", struct.pack(">II", chance.randint(0, 3), 0)
    elif chance.random() < 0.2:
        size = chance.randint(0, 40), chance.randint(0, 40)
        name, content = b"fcTL", struct.pack(">IIIIIHHBB", 0, *size, 0, 0, 1, 1, 0, 1)
    parts.insert(chance.randint(0, len(parts)), [name, content])


def change_frame(chance, parts, seeds):
    for part in parts:
        if part[0] in (0xC0, 0xC1, 0xC2) and len(part[1]) > 8:
            content = bytearray(part[1])
            match chance.randrange(5):
                case 0 | 1:
                    size = (1, 7, 8, 9, 16, 17, chance.randint(1, 500), 65_500, 65_535)
                    struct.pack_into(">H", content, chance.choice((1, 3)), chance.choice(size))
                case 2:
                    part[0] = chance.choice((0xC0, 0xC1, 0xC2))
                case 3:
                    place = 7 + 3 * chance.randrange((len(content) - 6) // 3)
                    content[place] = 16 * chance.randint(1, 4) + chance.randint(1, 4)
                case 4:
                    place = chance.choice((6, 8)) + 3 * chance.randrange((len(content) - 6) // 3)
                    content[place] = chance.randint(0, 4)
            part[1] = bytes(content)


def change_scan(chance, parts, seeds):
    scans = [part for part in parts if part[0] == 0xDA]
    if scans:
        scan = chance.choice(scans)
        header, data = bytearray(scan[1]), scan[2]
        at = chance.randint(0, len(data))
        match chance.randrange(5):
            case 0 if header:
                header[chance.randrange(len(header))] = chance.choice((0, 1, 2, 3, 5, 16, 33, 63))
            case 1:
                data = data[:at]
            case 2:
                data = data[:at] + bytes([0xFF, 0xD0 + chance.randrange(8)]) + data[at:]
            case 3:
                data = data[:at] + chance.choice((b"\xff\0", b"\xff\xff", b"\0")) * 50 + data[at:]
            case 4:
                data = data[:at] + chance.randbytes(60).replace(b"\xff", b"\xff\0")
        scan[1], scan[2] = bytes(header), data


def change_codes(chance, parts, seeds):
    """Give a Huffman table other lengths, with as many symbols as they need."""
    for part in parts:
        if part[0] == 0xC4 and chance.random() < 0.5:
            lengths = bytearray(16)
            for _ in range(chance.randint(1, 12)):
                lengths[chance.randrange(16)] += chance.randint(0, 3)
            part[1] = part[1][:1] + lengths + chance.randbytes(sum(lengths))


def insert_segment(chance, parts, seeds):
    marker = chance.choice((0xE0, 0xE1, 0xEE, 0xFE, 0xDD, 0xDB, 0xC4, 0xCC, 0xDC, 0xDA))
    start = chance.choice((b"", b"JFIF\0", b"Exif\0\0MM\0*\0\0\0\x08", b"Adobe", b"\0", b"\0\1"))
    content = start + chance.randbytes(chance.choice((0, 1, 2, 7, 16, 64)))
    parts.insert(chance.randint(0, len(parts)), [marker, content, b""])


COMMON = [change_bytes, change_length, remove, repeat, swap, borrow]
PNG_MUTATIONS = [*COMMON, *2 * [change_header, change_pixels, split_data, insert_chunk]]
JPEG_MUTATIONS = [*COMMON, *2 * [change_frame, change_scan, change_codes, insert_segment]]


if __name__ == "__main__":
    main()

"""A JPEG's segments, checked by the rules of ITU-T T.81, annex B."""

import re
import struct
from typing import NamedTuple

from helpers.vision.inspection.exif import orientation_in
from helpers.vision.inspection.result import Inspection, Refused, damaged

JPEG = b"\xff\xd8\xff"
#: More than any program writes; a file of a million empty segments is not worth the walk.
MAX_SEGMENTS = 10_000
#: A progressive JPEG has about ten, and the decoder goes over all pixels for each.
MAX_SCANS = 64

_TEM, _EOI, _SOS, _COM = 0x01, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP14, _APPS = 0xE0, 0xE1, 0xEE, range(0xE0, 0xF0)
_TABLES = 0xC4, 0xDB, 0xDD  # Huffman codes, quantization, restart interval
_FRAMES = 0xC0, 0xC1, 0xC2  # baseline, extended, progressive; in Huffman's code
#: Lossless, hierarchical and arithmetic frames and their segments; a height that comes later.
_RARE = 0xC3, *range(0xC5, 0xC8), *range(0xC8, 0xD0), 0xDC, 0xDE, 0xDF
_KNOWN = {*_TABLES, *_APPS, _COM}

_FILL = re.compile(rb"\xff+")
#: Where a scan's data ends: at the first marker that is neither a restart nor a stuffed byte.
_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


class _Frame(NamedTuple):
    width: int
    height: int
    num_components: int


def inspect_jpeg(data: bytes) -> Inspection:
    """Check a JPEG's segments; see `inspect`."""
    view, at = memoryview(data), 2
    kept: list[bytes | memoryview] = [view[:2]]
    frame: _Frame | None = None
    orientation, num_scans = None, 0
    for _ in range(MAX_SEGMENTS):
        fill = _FILL.match(data, at)
        if fill is None:
            raise damaged()
        start, marker = fill.end() - 1, data[fill.end()]
        if marker == _EOI:
            break
        if marker == _TEM:  # it has no length
            at = start + 2
            continue
        (length,) = struct.unpack_from(">H", data, start + 2)
        at = start + 2 + length
        if length < 2 or at > len(data):
            raise damaged()
        content = view[start + 4 : at]
        if marker == _SOS:
            at, num_scans = _end_of_scan(data, at, content, frame), num_scans + 1
        elif marker in _FRAMES:
            frame = _read_frame(content, frame)
        elif marker == _APP1 and content[:6] == b"Exif\0\0" and orientation is None:
            orientation = orientation_in(content[6:])
        elif marker not in _KNOWN:
            raise _rare() if marker in _RARE else damaged()
        if _is_needed(marker, content):
            kept.append(view[start:at])
    else:
        raise damaged()
    if frame is None or num_scans == 0:
        raise damaged()
    if num_scans > MAX_SCANS:
        raise Refused(
            f"is a JPEG of over {MAX_SCANS} scans: save it as an ordinary JPEG or PNG.",
            f"스캔이 {MAX_SCANS}개가 넘는 JPEG입니다. 일반 JPEG나 PNG로 저장하세요.",
        )
    kept.append(b"\xff\xd9")
    return Inspection(b"".join(kept), frame.width, frame.height, orientation or 1)


def _read_frame(content: memoryview, before: _Frame | None) -> _Frame:
    """Return the size of the frame; there may be only one."""
    precision, height, width, num_components = struct.unpack_from(">BHHB", content)
    if before is not None or 0 in (width, height) or len(content) != 6 + 3 * num_components:
        raise damaged()
    if precision != 8 or num_components not in (1, 3, 4):
        raise _rare()
    samplings = content[7::3]  # across in the upper four bits, down in the lower
    if not all(1 <= sampling >> 4 <= 4 and 1 <= sampling & 15 <= 4 for sampling in samplings):
        raise damaged()
    return _Frame(width, height, num_components)


def _end_of_scan(data: bytes, at: int, header: memoryview, frame: _Frame | None) -> int:
    """Return where the data of a scan, which follows its header, ends."""
    num_components = header[0]
    if (
        frame is None
        or not 1 <= num_components <= frame.num_components
        or len(header) != 4 + 2 * num_components
    ):
        raise damaged()
    end = _END.search(data, at)
    if end is None:
        raise damaged()
    return end.start()


def _is_needed(marker: int, content: memoryview) -> bool:
    """Return whether a decoder needs a segment: of the applications' only two, about colour."""
    if marker in _APPS:
        return (marker, bytes(content[:5])) in ((_APP0, b"JFIF\0"), (_APP14, b"Adobe"))
    return marker != _COM


def _rare() -> Refused:
    return Refused(
        "is a rare kind of JPEG: save it as an ordinary JPEG or PNG.",
        "드문 종류의 JPEG입니다. 일반 JPEG나 PNG로 저장하세요.",
    )

"""A photo from a file, from bytes or from an array: checked first, decoded after.

What arrives may be broken or hostile, and 20 KB of PNG can unfold to 170 megapixels, so the
size is read from the header and nothing is decoded that is too large.
"""

import re
import struct
from pathlib import Path

import cv2
import numpy as np

from helpers.reader import say

#: The largest photo that is decoded: 75 MB as RGB, and more than a phone's usual 12 megapixels.
MAX_PIXELS = 25_000_000
MAX_BYTES = 64 * 2**20

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_FILL = re.compile(rb"\xff+")


class PhotoError(ValueError):
    """The photo cannot be used; the message is one sentence that says what to do."""


def decode(photo):
    """Decode a photo, upright as the camera was held (its EXIF orientation is followed).

    Parameters
    ----------
    photo : str, Path, bytes or ndarray
        A JPEG or PNG file, or what is in one; or an array, (H, W) grey or (H, W, 3) in the
        order red, green, blue as Matplotlib has it, uint8 in 0..255 or floats in [0, 1].

    Returns
    -------
    ndarray, (H, W, 3) uint8
        Red, green, blue. Where the file is transparent the paper is white.

    Raises
    ------
    PhotoError
        If it is no photo, or broken, or over `MAX_PIXELS`.

    Examples
    --------
    >>> decode(np.ones((48, 64))).shape
    (48, 64, 3)
    """
    if isinstance(photo, np.ndarray):
        return _from_array(photo)
    if isinstance(photo, (bytes, bytearray, memoryview)):
        return _from_bytes(bytes(photo), say(en="The photo", ko="사진"))
    if isinstance(photo, (str, Path)):
        return _from_bytes(_read(photo), photo)
    raise PhotoError(
        say(
            en=f"A photo is a path, bytes or an array, not {type(photo).__name__}.",
            ko=f"사진은 경로나 bytes, 배열로 주어야 합니다. 받은 것: {type(photo).__name__}",
        )
    )


def _from_array(array):
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,)) or 0 in array.shape:
        raise PhotoError(
            say(
                en=f"A photo's array must be (H, W) or (H, W, 3), not {array.shape}.",
                ko=f"사진 배열은 (H, W)나 (H, W, 3) 모양이어야 합니다. 받은 모양: {array.shape}",
            )
        )
    height, width = array.shape[:2]
    _check_size(width, height, say(en="The photo", ko="사진"))
    if array.dtype != np.uint8:
        floats = np.issubdtype(array.dtype, np.floating)
        if not floats or not np.all((array >= 0) & (array <= 1)):  # which NaN is not either
            raise PhotoError(
                say(
                    en="A photo's array must be uint8 in 0..255 or floats in [0, 1]; "
                    f"this is {array.dtype} beyond that.",
                    ko="사진 배열의 값은 0..255의 uint8이거나 [0, 1] 사이의 실수여야 합니다. "
                    f"받은 배열은 그 범위를 벗어난 {array.dtype}입니다.",
                )
            )
        array = np.round(array * 255).astype(np.uint8)
    return np.dstack([array] * 3) if array.ndim == 2 else array


def _read(path):
    try:
        path = Path(path)
        if path.is_file() and path.stat().st_size <= MAX_BYTES:
            return path.read_bytes()
        too_large = path.is_file()
    except (OSError, ValueError):  # not allowed; a name that no file can have
        too_large = False
    if too_large:
        raise PhotoError(
            say(
                en=f"{path} is over {MAX_BYTES >> 20} MB: make the photo smaller first.",
                ko=f"{path}: {MAX_BYTES >> 20} MB가 넘는 파일입니다. 사진을 먼저 줄이십시오.",
            )
        )
    raise PhotoError(
        say(
            en=f"{path} is no file that can be read: check the path.",
            ko=f"{path}: 읽을 수 있는 파일이 아닙니다. 경로를 확인하십시오.",
        )
    )


def _from_bytes(data, name):
    if not data:
        raise PhotoError(
            say(
                en=f"{name} is empty: copy or take it again.",
                ko=f"{name}: 내용이 비어 있습니다. 다시 복사하거나 찍으십시오.",
            )
        )
    size = size_of(data)
    if size is None and not data.startswith((_PNG, _JPEG)):
        raise PhotoError(
            say(
                en=f"{name} is not a JPEG or PNG photo: save it as one of these two.",
                ko=f"{name}: JPEG나 PNG 사진이 아닙니다. 둘 중 하나로 저장하십시오.",
            )
        )
    if size is not None:
        _check_size(*size, name)
        picture = (
            _decode_png(data) if data.startswith(_PNG) else _decode(data, cv2.IMREAD_COLOR_RGB)
        )
        if picture is not None:
            return picture
    raise PhotoError(
        say(
            en=f"{name} is damaged or cut short: copy or take it again.",
            ko=f"{name}: 손상되었거나 중간에 잘린 사진입니다. 다시 복사하거나 찍으십시오.",
        )
    )


def _check_size(width, height, name):
    if width * height > MAX_PIXELS:
        raise PhotoError(
            say(
                en=f"{name} has {width * height / 1e6:.0f} megapixels and "
                f"{MAX_PIXELS / 1e6:.0f} is the most: make it smaller first.",
                ko=f"{name}: {width * height / 1e6:.0f}메가픽셀입니다. "
                f"{MAX_PIXELS / 1e6:.0f}메가픽셀 이하로 먼저 줄이십시오.",
            )
        )


def size_of(data):
    """Read a picture's size from its header, without decoding it.

    Parameters
    ----------
    data : bytes
        What is in a JPEG or PNG file.

    Returns
    -------
    (int, int) or None
        Width and height in pixels; None where the header is not whole or the file is of
        another kind.

    Examples
    --------
    >>> size_of(cv2.imencode(".png", np.zeros((48, 64), np.uint8))[1].tobytes())
    (64, 48)
    """
    return _png_size(data) if data.startswith(_PNG) else _jpeg_size(data)


def _png_size(data):
    """Return (width, height) from the header chunk; None where it is not whole."""
    return struct.unpack_from(">II", data, 16) if len(data) >= 33 else None


def _jpeg_size(data):
    """Return (width, height) from the first frame header; None where there is none."""
    at = 2
    while data.startswith(_JPEG) and at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte, and there may be millions
            at = _FILL.match(data, at).end() - 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _decode_png(data):
    """Decode a PNG; what is transparent lies on white paper."""
    picture = _decode(data, cv2.IMREAD_UNCHANGED)
    if picture is None or picture.shape[2:] != (4,):
        return _decode(data, cv2.IMREAD_COLOR_RGB)
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    colour, opaque = picture[..., 2::-1], picture[..., 3:].astype(np.uint16)
    return ((colour * opaque + 255 * (255 - opaque)) // 255).astype(np.uint8)


def _decode(data, flags):
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error:
        return None

"""A photo from a file, from bytes or from an array: inspected first, then decoded.

A file may be damaged or hostile, and 20 KB of PNG can decompress to 170 megapixels. So each file
is inspected strictly (`helpers.vision.inspection`), and nothing that is too large is decoded.
"""

import contextlib
import math
from pathlib import Path

import cv2
import numpy as np

from helpers.reader import say
from helpers.vision.inspection import (
    PNG,
    Inspection,
    Refused,
    damaged,
    inflates_to,
    inspect,
    png_size,
)

#: The largest photo that is decoded: 75 MB as RGB, and more than a phone's usual 12 megapixels.
MAX_PIXELS = 25_000_000
#: The longest side that a JPEG decoder takes.
MAX_SIDE = 65_500
MAX_BYTES = 64 * 2**20

#: How to undo each EXIF orientation: whether to transpose the picture, and then how to flip it
#: (OpenCV's code; None for not at all).
_ORIENTATIONS = {
    1: (False, None),
    2: (False, 1),
    3: (False, -1),
    4: (False, 0),
    5: (True, None),
    6: (True, 1),
    7: (True, -1),
    8: (True, 0),
}
#: How many pixels are blended with white at once: more would need several times the picture's
#: memory.
_STRIP = 2**18


class PhotoError(ValueError):
    """The photo cannot be used; the message is one sentence that says what to do."""


def decode(photo: str | Path | bytes | np.ndarray) -> np.ndarray:
    """Decode a photo and apply its EXIF orientation.

    Parameters
    ----------
    photo : str, Path, bytes or ndarray
        A JPEG or PNG file, or its bytes; or an array, (H, W) grey or (H, W, 3) in the order
        red, green, blue, as in Matplotlib, uint8 in 0..255 or floats in [0, 1].

    Returns
    -------
    ndarray, (H, W, 3) uint8
        Red, green, blue; transparent parts are on white.

    Raises
    ------
    PhotoError
        If it is not a photo, damaged, or over `MAX_PIXELS`.

    Examples
    --------
    >>> decode(np.ones((48, 64))).shape
    (48, 64, 3)
    """
    if isinstance(photo, np.ndarray):
        return _from_array(photo)
    if isinstance(photo, (bytes, bytearray, memoryview)):
        return _from_bytes(bytes(photo))
    if isinstance(photo, (str, Path)):
        return _from_bytes(_read(photo), photo)
    raise PhotoError(
        say(
            en=f"A photo is a path, bytes or an array, not {type(photo).__name__}.",
            ko=f"사진은 경로나 bytes, 배열로 주어야 합니다. 받은 것: {type(photo).__name__}",
        )
    )


def _from_array(array: np.ndarray) -> np.ndarray:
    if array.ndim not in (2, 3) or array.shape[2:] not in ((), (3,)) or 0 in array.shape:
        raise PhotoError(
            say(
                en=f"A photo's array must be (H, W) or (H, W, 3), not {array.shape}.",
                ko=f"사진 배열은 (H, W)나 (H, W, 3) 모양이어야 합니다. 받은 모양: {array.shape}",
            )
        )
    height, width = array.shape[:2]
    _check_size(width, height)
    if array.dtype != np.uint8:
        floats = np.issubdtype(array.dtype, np.floating)
        if not floats or not np.all((array >= 0) & (array <= 1)):  # NaN is not in [0, 1] either
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


def _read(path: str | Path) -> bytes:
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
                ko=f"{path}: {MAX_BYTES >> 20} MB가 넘는 파일입니다. 사진을 먼저 줄이세요.",
            )
        )
    raise PhotoError(
        say(
            en=f"{path} is no file that can be read: check the path.",
            ko=f"{path}: 읽을 수 있는 파일이 아닙니다. 경로를 확인하세요.",
        )
    )


def _from_bytes(data: bytes, name: str | Path | None = None) -> np.ndarray:
    return _decode_colour(_inspect(data, name), name)


def _decode_colour(found: Inspection, name: str | Path | None = None) -> np.ndarray:
    if not found.is_transparent:
        return _decode(found, cv2.IMREAD_COLOR_RGB, name)
    return _on_white(_decode(found, cv2.IMREAD_UNCHANGED, name))


def decode_grey(data: bytes) -> np.ndarray:
    """Decode a picture to grey; one without colour, such as MNIST's, directly.

    Parameters
    ----------
    data : bytes
        The bytes of a JPEG or PNG file.

    Returns
    -------
    ndarray, (H, W) uint8
        With its EXIF orientation applied; transparent parts are on white.

    Raises
    ------
    PhotoError
        As for `decode`.

    Examples
    --------
    >>> decode_grey(cv2.imencode(".png", np.full((1, 2), 7, np.uint8))[1].tobytes()).tolist()
    [[7, 7]]
    """
    found = _inspect(data)
    if found.is_grey:
        return _decode(found, cv2.IMREAD_GRAYSCALE)
    return cv2.cvtColor(_decode_colour(found), cv2.COLOR_RGB2GRAY)


def size_of(data: bytes) -> tuple[int, int] | None:
    """Read a picture's size from its file, without decoding it.

    Parameters
    ----------
    data : bytes
        The bytes of a JPEG or PNG file.

    Returns
    -------
    (int, int) or None
        Width and height in pixels, before the EXIF orientation is applied; None if the header is
        incomplete or the file is of another kind. It is the size that the decoder will use, though
        `decode` may still refuse the rest of the file.

    Examples
    --------
    >>> size_of(cv2.imencode(".png", np.zeros((48, 64), np.uint8))[1].tobytes())
    (64, 48)
    """
    try:
        if data.startswith(PNG):
            return png_size(data)
        found = inspect(data)
    except Refused:
        return None
    return found.width, found.height


def _inspect(data: bytes, name: str | Path | None = None) -> Inspection:
    if not data:
        raise _error(
            name,
            en="is empty: copy or take it again.",
            ko="내용이 비어 있습니다. 다시 복사하거나 찍으세요.",
        )
    try:
        found = inspect(data)
    except Refused as refusal:
        raise _error(name, refusal.en, refusal.ko) from None
    # OpenCV keeps 16 bits where it keeps transparency: 400 MB for 25 megapixels.
    is_heavy = found.is_transparent and found.depth == 16
    _check_size(found.width, found.height, name, MAX_PIXELS // 2 if is_heavy else MAX_PIXELS)
    return found


def _check_size(
    width: int, height: int, name: str | Path | None = None, max_pixels: int = MAX_PIXELS
) -> None:
    if max(width, height) > MAX_SIDE:
        side = max(width, height)
        raise _error(
            name,
            en=f"has a side of {side:,} pixels; {MAX_SIDE:,} is the most: make it smaller first.",
            ko=f"한 변이 {side:,}픽셀입니다. 한 변이 {MAX_SIDE:,}픽셀 이하가 되게 먼저 줄이세요.",
        )
    if width * height > max_pixels:
        has = f"{math.ceil(width * height / 1e5) / 10:g}"  # rounded up, so that it is over `most`
        most = f"{max_pixels / 1e6:g}"
        raise _error(
            name,
            en=f"has {has} megapixels; {most} is the most: make it smaller first.",
            ko=f"{has}메가픽셀입니다. {most}메가픽셀 이하로 먼저 줄이세요.",
        )


def _error(name: str | Path | None, en: str, ko: str) -> PhotoError:
    """Return the error that says a sentence about the file of this name."""
    return PhotoError(say(en=f"{name or 'The photo'} {en}", ko=f"{name}: {ko}" if name else ko))


def _decode(found: Inspection, flags: int, name: str | Path | None = None) -> np.ndarray:
    """Decode what was inspected, and apply its EXIF orientation."""
    picture = None
    if not found.compressed or inflates_to(found.compressed, found.num_bytes):
        with contextlib.suppress(cv2.error):
            picture = cv2.imdecode(np.frombuffer(found.data, np.uint8), flags)
    if picture is None or picture.shape[:2] != (found.height, found.width):
        raise _error(name, damaged().en, damaged().ko)
    is_transposed, axis = _ORIENTATIONS[found.orientation]
    if is_transposed:
        picture = cv2.transpose(picture)
    return picture if axis is None else cv2.flip(picture, axis)


def _on_white(picture: np.ndarray) -> np.ndarray:
    """Convert (H, W, 4) BGRA, 8 or 16 bits, to (H, W, 3) RGB uint8 on white."""
    seen = np.empty((*picture.shape[:2], 3), np.uint8)
    num_rows = max(1, _STRIP // picture.shape[1])
    for at in range(0, len(picture), num_rows):
        strip = picture[at : at + num_rows]
        if strip.dtype == np.uint16:
            strip = (strip >> 8).astype(np.uint8)
        colour, opaque = strip[..., 2::-1], strip[..., 3:].astype(np.uint16)
        seen[at : at + num_rows] = (colour * opaque + 255 * (255 - opaque)) // 255
    return seen

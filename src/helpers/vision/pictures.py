"""A photo from a file, from bytes or from an array: looked at first, decoded after.

What arrives may be broken or hostile, and 20 KB of PNG can unfold to 170 megapixels, so a file
is inspected strictly (`helpers.vision.inspection`) and nothing is decoded that is too large.
"""

import contextlib
import math
from pathlib import Path

import cv2
import numpy as np

from helpers.reader import say
from helpers.vision.inspection import PNG, Refused, damaged, inspect, png_size, unfolds_to

#: The largest photo that is decoded: 75 MB as RGB, and more than a phone's usual 12 megapixels.
MAX_PIXELS = 25_000_000
#: The longest side that a JPEG decoder takes.
MAX_SIDE = 65_500
MAX_BYTES = 64 * 2**20

#: What turns a picture upright, by its orientation in EXIF: whether rows and columns change
#: places, and about which axis it is mirrored then (OpenCV's code; None for not at all).
_TURNS = {
    1: (False, None),
    2: (False, 1),
    3: (False, -1),
    4: (False, 0),
    5: (True, None),
    6: (True, 1),
    7: (True, -1),
    8: (True, 0),
}
#: How many pixels are laid on paper at once: more would need several times the picture's memory.
_STRIP = 2**18


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
        return _from_bytes(bytes(photo))
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
    _check_size(width, height)
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
                ko=f"{path}: {MAX_BYTES >> 20} MB가 넘는 파일입니다. 사진을 먼저 줄이세요.",
            )
        )
    raise PhotoError(
        say(
            en=f"{path} is no file that can be read: check the path.",
            ko=f"{path}: 읽을 수 있는 파일이 아닙니다. 경로를 확인하세요.",
        )
    )


def _from_bytes(data, name=None):
    return _decode_colour(_inspect(data, name), name)


def _decode_colour(look, name=None):
    if not look.is_transparent:
        return _decode(look, cv2.IMREAD_COLOR_RGB, name)
    return _lay_on_paper(_decode(look, cv2.IMREAD_UNCHANGED, name))


def decode_grey(data):
    """Decode a picture into grey: at once where it has no colour, as MNIST has none.

    Parameters
    ----------
    data : bytes
        What is in a JPEG or PNG file.

    Returns
    -------
    ndarray, (H, W) uint8
        Upright, on white paper where it is transparent.

    Raises
    ------
    PhotoError
        As `decode`.

    Examples
    --------
    >>> decode_grey(cv2.imencode(".png", np.full((1, 2), 7, np.uint8))[1].tobytes()).tolist()
    [[7, 7]]
    """
    look = _inspect(data)
    if look.is_grey:
        return _decode(look, cv2.IMREAD_GRAYSCALE)
    return cv2.cvtColor(_decode_colour(look), cv2.COLOR_RGB2GRAY)


def size_of(data):
    """Read a picture's size from its file, without decoding it.

    Parameters
    ----------
    data : bytes
        What is in a JPEG or PNG file.

    Returns
    -------
    (int, int) or None
        Width and height in pixels, before the picture is turned upright; None where the header
        is not whole or the file is of another kind. It is the size that the decoder will use,
        though `decode` may yet refuse the rest of the file.

    Examples
    --------
    >>> size_of(cv2.imencode(".png", np.zeros((48, 64), np.uint8))[1].tobytes())
    (64, 48)
    """
    try:
        if data.startswith(PNG):
            return png_size(data)
        look = inspect(data)
    except Refused:
        return None
    return look.width, look.height


def _inspect(data, name=None):
    if not data:
        raise _error(
            name,
            en="is empty: copy or take it again.",
            ko="내용이 비어 있습니다. 다시 복사하거나 찍으세요.",
        )
    try:
        look = inspect(data)
    except Refused as refusal:
        raise _error(name, refusal.en, refusal.ko) from None
    # OpenCV keeps 16 bits where it keeps transparency: 400 MB for 25 megapixels.
    is_heavy = look.is_transparent and look.depth == 16
    _check_size(look.width, look.height, name, MAX_PIXELS // 2 if is_heavy else MAX_PIXELS)
    return look


def _check_size(width, height, name=None, most=MAX_PIXELS):
    if max(width, height) > MAX_SIDE:
        side = max(width, height)
        raise _error(
            name,
            en=f"has a side of {side:,} pixels; {MAX_SIDE:,} is the most: make it smaller first.",
            ko=f"한 변이 {side:,}픽셀입니다. 한 변이 {MAX_SIDE:,}픽셀 이하가 되게 먼저 줄이세요.",
        )
    if width * height > most:
        has = f"{math.ceil(width * height / 1e5) / 10:g}"  # up: one pixel too many reads as such
        most = f"{most / 1e6:g}"
        raise _error(
            name,
            en=f"has {has} megapixels; {most} is the most: make it smaller first.",
            ko=f"{has}메가픽셀입니다. {most}메가픽셀 이하로 먼저 줄이세요.",
        )


def _error(name, en, ko):
    """Return the error that says a sentence about the file of this name."""
    return PhotoError(say(en=f"{name or 'The photo'} {en}", ko=f"{name or '사진'}: {ko}"))


def _decode(look, flags, name=None):
    """Decode what was inspected, and turn it upright."""
    picture = None
    if not look.packed or unfolds_to(look.packed, look.num_bytes):
        with contextlib.suppress(cv2.error):
            picture = cv2.imdecode(np.frombuffer(look.data, np.uint8), flags)
    if picture is None or picture.shape[:2] != (look.height, look.width):
        raise _error(name, damaged().en, damaged().ko)
    swaps, axis = _TURNS[look.orientation]
    if swaps:
        picture = cv2.transpose(picture)
    return picture if axis is None else cv2.flip(picture, axis)


def _lay_on_paper(picture):
    """Turn (H, W, 4) BGRA, 8 or 16 bits, into (H, W, 3) RGB uint8 on white paper."""
    seen = np.empty((*picture.shape[:2], 3), np.uint8)
    num_rows = max(1, _STRIP // picture.shape[1])
    for at in range(0, len(picture), num_rows):
        strip = picture[at : at + num_rows]
        if strip.dtype == np.uint16:
            strip = (strip >> 8).astype(np.uint8)
        colour, opaque = strip[..., 2::-1], strip[..., 3:].astype(np.uint16)
        seen[at : at + num_rows] = (colour * opaque + 255 * (255 - opaque)) // 255
    return seen

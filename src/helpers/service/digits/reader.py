"""Read the digits in a picture; quickly where it is a single digit of at most 28x28 pixels."""

import base64

import cv2
import numpy as np

from helpers.service.pictures import encode, opened
from helpers.vision import photos
from helpers.vision.digits import layer_maps, shipped_reader
from helpers.vision.photos import Digit
from helpers.vision.pictures import MAX_PIXELS, decode_grey, size_of

#: The side of an image of MNIST, in pixels; what is no larger is read as one digit.
SIDE = 28
#: The size of a file, in bytes, that any picture of 28x28 pixels fits in.
SMALL = 8192
#: The size, (width, height), and the image, (28, 28) uint8, of a small picture.
_Small = tuple[tuple[int, int], np.ndarray]


def is_small(data: bytes, max_pixels: int) -> bool:
    """Return whether a picture is read faster than another thread starts."""
    size = size_of(data) if len(data) <= SMALL else None
    return size is not None and is_one_digit(size) and size[0] * size[1] <= max_pixels


def is_one_digit(size: tuple[int, int] | None) -> bool:
    """Return whether a picture of (width, height) pixels is an image of MNIST already."""
    return size is not None and max(size) <= SIDE


def read(data: bytes, max_pixels: int) -> list[Digit]:
    """Read the digits in a picture; one of at most 28x28 pixels is one digit as it is.

    Raises
    ------
    PictureTooLarge, PhotoError
        If the picture has too many pixels or cannot be decoded.
    """
    with opened(data, max_pixels) as size:
        if is_one_digit(size):
            (digits,) = _read_each([_open_small(data)])
            return digits
        return photos.read_photo(data)


def read_small(pictures: list[bytes]) -> list[list[Digit] | None]:
    """Read pictures of at most 28x28 pixels, in one go; None for one that cannot be opened.

    `read` says why it cannot, each time in the language of its own request.
    """
    opened_ones = [_try_to_open(data) for data in pictures]
    readings = iter(_read_each([one for one in opened_ones if one is not None]))
    return [None if one is None else next(readings) for one in opened_ones]


def _try_to_open(data: bytes) -> _Small | None:
    try:
        return _open_small(data)
    except Exception:  # of any kind: the rest of the batch must not suffer
        return None


def _open_small(data: bytes) -> _Small:
    """Return the size, (width, height), and the image, (28, 28) uint8, of a small picture."""
    grey = decode_grey(data)
    height, width = grey.shape
    return (width, height), to_image(grey)


def _read_each(small: list[_Small]) -> list[list[Digit]]:
    if not small:
        return []
    sizes = [size for size, _ in small]
    images = np.stack([image for _, image in small])
    return [
        [Digit(int(row.argmax()), float(row.max()), (0, 0, *size))] if ink else []
        for size, row, ink in zip(
            sizes, shipped_reader()(images), images.max(axis=(1, 2)) > 0, strict=True
        )
    ]


def to_image(grey: np.ndarray) -> np.ndarray:
    """Turn a picture, (H, W) uint8 of at most 28x28, into one of MNIST, (28, 28) uint8."""
    if cv2.mean(grey)[0] > 127:  # ink covers less than half of any digit: this is paper
        grey = 255 - grey
    above, before = ((SIDE - side) // 2 for side in grey.shape)
    below, behind = SIDE - grey.shape[0] - above, SIDE - grey.shape[1] - before
    return cv2.copyMakeBorder(grey, above, below, before, behind, cv2.BORDER_CONSTANT)


def image_of(data: bytes, digit: Digit) -> np.ndarray:
    """Return the image, (28, 28), from which a digit of a picture was read."""
    if is_one_digit(size_of(data)):
        return to_image(decode_grey(data))
    return photos.digit_image(data, digit)


def explain(data: bytes, digit: Digit) -> list[tuple[str, tuple[int, ...], list[str]]]:
    """Draw what each layer of the network made of a digit that it read in a picture.

    Returns
    -------
    list of (str, tuple of int, list of str)
        Name and shape of each layer's maps, and a PNG for each map as a data URI, white
        where the layer's answer is largest and black where it is smallest. What has no
        height and width is one picture, a row.
    """
    with opened(data, MAX_PIXELS):
        image = image_of(data, digit)
    drawn = []
    for name, maps in layer_maps(image).items():
        span = float(np.ptp(maps)) or 1.0
        grey = ((maps - maps.min()) * (255 / span)).astype(np.uint8)
        pictures = grey.transpose(2, 0, 1) if grey.ndim == 3 else grey[None, None]
        drawn.append((name, maps.shape, [_data_uri(picture) for picture in pictures]))
    return drawn


def _data_uri(picture: np.ndarray) -> str:
    return "data:image/png;base64," + base64.b64encode(encode(picture, "png")).decode()

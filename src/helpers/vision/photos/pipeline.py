"""All steps together: from a photo to its digits."""

from pathlib import Path

import numpy as np

from helpers.vision.hands.inference import NONE
from helpers.vision.photos.components import Component
from helpers.vision.photos.decision import expect, find_marks, judge
from helpers.vision.photos.digit import Digit
from helpers.vision.photos.ink import binarize, measure_contrast, resize, to_grey
from helpers.vision.photos.lines import remove_lines
from helpers.vision.photos.network import read_marks
from helpers.vision.photos.normalization import to_mnist
from helpers.vision.photos.reading import Reading, Segmentation
from helpers.vision.photos.rows import find_rows
from helpers.vision.photos.segmentation import find_digits
from helpers.vision.pictures import decode

#: With more confidence than this dark ink is taken for dark ink, without a look at light ink.
SURE = 0.7
#: Digits less tall than this, in pixels of the resized picture, are cut from a larger one, ...
SMALL = 40
#: ... in which they are so tall, if the photo has the pixels, ...
ENLARGED = 56
#: ... and which has at most so many.
LARGEST = 4_000_000


def read_photo(photo: str | Path | bytes | np.ndarray) -> list[Digit]:
    """Read the digits in a photo of ink on paper, or of chalk on a board.

    Parameters
    ----------
    photo : str, Path, bytes or ndarray
        A JPEG or PNG; or an array, (H, W) grey or (H, W, 3) in the order red, green, blue,
        uint8 in 0..255 or floats in [0, 1]. See `decode`.

    Returns
    -------
    list of Digit
        Row by row, each from left to right; empty where nothing looks like written digits.

    Raises
    ------
    PhotoError
        If the photo cannot be decoded.

    Examples
    --------
    >>> from helpers.paths import PHOTOS
    >>> [digit.value for digit in read_photo(PHOTOS / "zip-02.jpg")]
    [9, 2, 1, 8, 2]
    """
    picture = decode(photo)
    return digits_of(read_picture(picture), picture.shape)


def digits_of(reading: Reading, shape: tuple[int, ...]) -> list[Digit]:
    """Return the digits of a reading in pixels of the photo, which has this shape."""
    if reading.confidence == 0:
        return []
    scale = shape[1] / reading.contrast.shape[1]
    return [
        Digit(
            int(p.argmax()), float(p.max()), _box(component, scale), row, to_mnist(component.mask)
        )
        for component, p, row in zip(
            reading.digits, reading.probabilities[:, :NONE], reading.rows, strict=True
        )
    ]


def _box(component: Component, scale: float) -> tuple[int, int, int, int]:
    x, y, right, bottom = (round(scale * side) for side in component.corners.tolist())
    return x, y, right - x, bottom - y


def digit_image(photo: str | Path | bytes | np.ndarray, digit: Digit) -> np.ndarray:
    """Return the image from which `read_photo` read a digit.

    Parameters
    ----------
    photo : str, Path, bytes or ndarray
        The photo, as `read_photo` took it; it is read again if the digit has no image.
    digit : Digit
        One of those that `read_photo` returned.

    Returns
    -------
    ndarray, (28, 28) float32 in [0, 1]
        White ink on black, not rotated.

    Raises
    ------
    PhotoError
        If the photo cannot be decoded.

    Examples
    --------
    >>> from helpers.paths import PHOTOS
    >>> photo = PHOTOS / "zip-02.jpg"
    >>> digit_image(photo, read_photo(photo)[0]).shape
    (28, 28)
    """
    if digit.image is not None:
        return digit.image
    return next(one.image for one in read_photo(photo) if one == digit and one.image is not None)


def read_picture(picture: np.ndarray) -> Reading:
    """Read a picture at a convenient size; where its digits are small, at a larger one.

    Parameters
    ----------
    picture : ndarray, (H, W, 3) uint8
        From `decode`.
    """
    full = to_grey(picture)
    grey = resize(full)
    reading = read_grey(grey)
    heights = [digit.height for digit in reading.digits]
    if not heights or grey.size >= full.size or (height := float(np.median(heights))) >= SMALL:
        return reading
    largest = min(LARGEST, round(grey.size * (ENLARGED / height) ** 2))
    closer = read_grey(resize(full, largest=largest))
    return max(closer, reading, key=lambda one: one.confidence > 0)


def read_grey(grey: np.ndarray) -> Reading:
    """Read ink on paper or, unless that is sure, chalk on a board; return the surer reading.

    Parameters
    ----------
    grey : ndarray, (H, W) uint8
        From `resize`.
    """
    ink = _read_ink(grey)
    if ink.confidence > SURE:
        return ink
    chalk = _read_ink(255 - grey)
    return chalk if chalk.confidence > ink.confidence and _is_bright(chalk, grey) else ink


def _is_bright(reading: Reading, grey: np.ndarray) -> bool:
    """Return whether what was read is brighter than the board: a blurred edge of ink is not."""
    drawn = np.concatenate(
        [
            grey[digit.y : digit.y + digit.height, digit.x : digit.x + digit.width][digit.mask]
            for digit in reading.digits
        ]
    )
    return bool(drawn.mean() > np.median(grey))


def _read_ink(grey: np.ndarray) -> Reading:
    contrast, ink, marks = segment(grey)
    if not marks:
        return Reading(0.0, contrast, [], np.empty((0, NONE + 1)), [])
    probabilities = expect(read_marks(marks))
    is_digit, share = find_marks(marks, probabilities)
    confidence = judge(
        contrast, ink, [marks[i] for i in np.flatnonzero(is_digit)], probabilities[is_digit], share
    )
    chosen = np.flatnonzero(is_digit) if confidence else np.arange(len(marks))
    index = {id(marks[i]): i for i in chosen}
    rows = find_rows([marks[i] for i in chosen])
    digits = [digit for row in rows for digit in row]
    return Reading(
        confidence,
        contrast,
        digits,
        probabilities[[index[id(digit)] for digit in digits]],
        [number for number, row in enumerate(rows) for _ in row],
    )


def segment(grey: np.ndarray) -> Segmentation:
    """Find dark ink on lighter paper and cut it into digits: all steps before the networks.

    Parameters
    ----------
    grey : ndarray, (H, W) uint8
        From `resize`; 255 minus it for chalk on a board.
    """
    contrast = measure_contrast(grey)
    ink = binarize(contrast)
    return Segmentation(contrast, ink, find_digits(remove_lines(ink)))

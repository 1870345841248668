"""Draw a reading on its photo."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from helpers.vision.photos.digit import Digit
from helpers.vision.pictures import decode

_DARK, _LIGHT = (0, 100, 60), (255, 255, 255)


def draw_reading(photo: str | Path | bytes | np.ndarray, digits: Sequence[Digit]) -> np.ndarray:
    """Draw the boxes of the digits, their values above and their probabilities below.

    Parameters
    ----------
    photo : str, Path, bytes or ndarray
        The photo that was read, as `read_photo` took it.
    digits : list of Digit
        What `read_photo` returned.

    Returns
    -------
    ndarray, (H, W, 3) uint8
        RGB.

    Raises
    ------
    PhotoError
        If the photo cannot be decoded.

    Examples
    --------
    >>> draw_reading(np.ones((60, 80)), [Digit(7, 0.99, (30, 20, 15, 25))]).shape
    (60, 80, 3)
    """
    picture = decode(photo).copy()
    if not digits:
        return picture
    thickness = max(1, round(max(picture.shape) / 400))
    size = 0.6 * float(np.median([digit.box[3] for digit in digits]))  # of a label, in pixels
    for digit in digits:
        x, y, width, height = digit.box
        # Light around dark: it shows on paper and on a blackboard.
        for colour, breadth in ((_LIGHT, 3 * thickness), (_DARK, thickness)):
            cv2.rectangle(picture, (x, y), (x + width, y + height), colour, breadth)
        _write(picture, str(digit.value), (x, y - 4 * thickness), size / 2)
        below = y + height + 4 * thickness + round(size / 4)
        _write(picture, f"{digit.probability:.0%}", (x, below), size / 4)
    return picture


def _write(picture: np.ndarray, text: str, corner: tuple[int, int], height: float) -> None:
    """Write text `height` pixels high, its lower left at `corner`, inside the picture."""
    font = cv2.FONT_HERSHEY_SIMPLEX
    scale = height / cv2.getTextSize(text, font, 1, 1)[0][1]
    place = corner[0], int(np.clip(corner[1], np.ceil(height), picture.shape[0] - 1))
    pen = max(1, round(height / 9))
    for colour, breadth in ((_LIGHT, 3 * pen), (_DARK, pen)):
        cv2.putText(picture, text, place, font, scale, colour, breadth, cv2.LINE_AA)

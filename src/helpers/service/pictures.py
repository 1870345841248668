"""Pictures as the service decodes and encodes them: within a limit of pixels."""

from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np

from helpers.service.errors import PictureTooLarge
from helpers.service.workers import give_back_memory
from helpers.vision.pictures import size_of

#: From how many pixels on it is worth giving back the memory that a picture took.
LARGE = 1_000_000


@contextmanager
def opened(data: bytes, max_pixels: int) -> Iterator[tuple[int, int] | None]:
    """Give (width, height) from a picture's header to a block that works on it; None if broken.

    After the block, the memory that a large picture took is given back to the system: the block
    should be a single call, so that no variable of it still holds the picture then.

    Raises
    ------
    PictureTooLarge
        If there are more than `max_pixels`.
    """
    size = size_of(data)
    num_pixels = size[0] * size[1] if size else 0
    if size and num_pixels > max_pixels:
        raise PictureTooLarge(
            en=f"The picture has {num_pixels:,} pixels ({size[0]}x{size[1]}); {max_pixels:,} is "
            "the most: make it smaller first.",
            ko=f"사진이 {num_pixels:,}픽셀({size[0]}x{size[1]})입니다. {max_pixels:,}픽셀 이하로 "
            "먼저 줄이세요.",
        )
    try:
        yield size
    finally:
        if num_pixels > LARGE:
            give_back_memory()


def encode(picture: np.ndarray, kind: str) -> bytes:
    """Turn a picture, (H, W) grey or (H, W, 3) RGB uint8, into a file: ``png`` or ``jpeg``."""
    if picture.ndim == 3:
        picture = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    return cv2.imencode(f".{kind}", picture)[1].tobytes()

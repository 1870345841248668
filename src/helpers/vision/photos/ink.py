"""Find the ink: how much darker each pixel is than the paper around it."""

import cv2
import numpy as np

#: How much darker than the paper around it ink must be, of 255.
MIN_CONTRAST = 16
#: The shorter side, in pixels, of the picture in which the paper is looked for.
PAPER_SIDE = 150
#: Paper counts as at least this bright, of 255: in the dark a few grey levels are noise.
DARKEST_PAPER = 80


def to_grey(picture: np.ndarray) -> np.ndarray:
    """Convert (H, W, 3) RGB to (H, W) grey, both uint8."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def resize(grey: np.ndarray, smallest: int = 400, largest: int = 800 * 600) -> np.ndarray:
    """Resize a picture: at least `smallest` pixels at its longer side, at most `largest` in all.

    A smaller picture is faster to read and has less of the camera's noise; the strokes of a pen
    survive. What counts is the area, so that a long strip with a row of digits stays tall enough.
    """
    scale = max(1.0, smallest / max(grey.shape))
    scale = min(scale, (largest / grey.size) ** 0.5)
    if scale == 1:
        return grey
    height, width = (max(1, round(scale * side)) for side in grey.shape)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(grey, (width, height), interpolation=method)


def measure_contrast(grey: np.ndarray) -> np.ndarray:
    """Measure how much darker each pixel is than the paper around it.

    The paper is what remains when everything that is dark and narrow is closed (a morphological
    closing with a disc wider than a stroke). A shadow is dark but wide: it stays in the paper
    and leaves no trace.

    Returns
    -------
    ndarray, (H, W) uint8
        0 where there is paper, up to 255 for black ink on white.
    """
    soft = cv2.GaussianBlur(grey, (5, 5), 0)
    height, width = grey.shape
    # Paper is smooth, so that a small picture of it is enough, and many times faster.
    shrunk = max(2, min(grey.shape) // PAPER_SIDE)
    size = max(1, width // shrunk), max(1, height // shrunk)
    small = cv2.resize(soft, size, interpolation=cv2.INTER_AREA)
    across = max(3, min(small.shape) // 4 | 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (across, across))
    # Mirrored at the border, the dark corners of a photo are wide as well.
    margin = min(across, *size)
    small = cv2.copyMakeBorder(small, *4 * (margin,), cv2.BORDER_REFLECT)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc)[margin:-margin, margin:-margin]
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(cv2.subtract(paper, soft), np.maximum(paper, DARKEST_PAPER), scale=255)


def binarize(contrast: np.ndarray) -> np.ndarray:
    """Return 1 for ink, which exceeds the mean around it by `MIN_CONTRAST`, and 0 for paper."""
    block = max(3, min(contrast.shape) // 2 | 1)
    method = cv2.ADAPTIVE_THRESH_MEAN_C
    return cv2.adaptiveThreshold(contrast, 1, method, cv2.THRESH_BINARY, block, -MIN_CONTRAST)

"""What the steps hand on: ink that is cut into digits, and how they were read."""

from typing import NamedTuple

import numpy as np

from helpers.vision.photos.components import Component


class Segmentation(NamedTuple):
    """Dark ink on lighter paper, cut into digits that are not read yet."""

    contrast: np.ndarray  # (H, W) uint8, from `measure_contrast`
    ink: np.ndarray  # (H, W) uint8, from `binarize`, lines and specks included
    digits: list[Component]  # from left to right


class Reading(NamedTuple):
    """How a picture was read, step by step; all in pixels of the resized picture."""

    confidence: float  # from `judge`; 0 if it does not look like writing
    contrast: np.ndarray  # (H, W) uint8, from `measure_contrast`
    digits: list[Component]  # row by row, each from left to right
    probabilities: np.ndarray  # (N, 11), from `read_marks`
    rows: list[int]  # of each digit

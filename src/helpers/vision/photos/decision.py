"""Decide whether what was read looks like writing.

A network that was trained on digits alone calls anything a digit, often with a high probability.
So each mark is also asked whether it is any of the ten (`network.read_marks`), and all of them
together must look like writing.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from helpers.vision.hands.inference import LEARNED_NONE, NONE
from helpers.vision.photos.components import Component

#: A mark is left out where "none of the ten" has at least this probability.
MAX_NONE = 0.5
#: Of the marks in a photo that somebody hands to a reader of digits, this share is expected to be
#: none of the ten; the expectation counts as much as so many marks, and is computed anew so often.
EXPECTED_NONE, NUM_EXPECTED, NUM_ROUNDS = 0.2, 4, 10
#: Digits are at least this share of the ink that is as large as they are: between words and
#: pictures a few marks that look like digits mean nothing.
MIN_SHARE = 0.75

#: Writing looks like this. The paper's contrast, and that of one digit with another, varies by
#: less than these shares of the ink's mean contrast, ...
MAX_ROUGHNESS, MAX_VARIATION = 0.3, 0.5
#: ... which is over this, of 255; ...
MIN_DARKNESS = 30
#: ... no digit is so many times as tall as another, ...
MAX_HEIGHT_RATIO = 3
#: ... the strokes are not as thick as this share of their digit's longer side, ...
MAX_THICKNESS = 0.5
#: ... the strokes' widths vary by less than this share of their mean, ...
MAX_UNEVENNESS = 0.7
#: ... and the networks' mean probability is over this.
MIN_PROBABILITY = 0.5


def judge(
    contrast: np.ndarray,
    ink: np.ndarray,
    digits: Sequence[Component],
    probabilities: np.ndarray,
    share: float = 1.0,
) -> float:
    """Return the confidence, in [0, 1], that the digits are written; 0 if they don't look it.

    Writing looks different from a face or a landscape: the paper around it is smooth, the ink
    about equally dark, the digits about equally tall, and the strokes thin and even.

    Parameters
    ----------
    contrast : ndarray, (H, W) uint8
        From `measure_contrast`.
    ink : ndarray, (H, W) uint8
        1 where there are ruled lines and other marks, which do not make paper rough.
    digits : list of Component
    probabilities : ndarray, (N, 11)
        From `read_marks`.
    share : float, default 1
        The share of the ink that is digits, from `find_marks`.
    """
    if not digits or share < MIN_SHARE:
        return 0.0
    marked = ink.copy()
    for digit in digits:
        _window(marked, digit)[digit.mask] = 1
    paper = contrast[cv2.dilate(marked, np.ones((9, 9), np.uint8)) == 0]
    darkness = np.array([_window(contrast, digit)[digit.mask].mean() for digit in digits])
    heights = [digit.height for digit in digits]
    strokes = [stroke_widths(digit.mask) for digit in digits]
    thickness = np.median(
        [widths.max() / max(d.mask.shape) for widths, d in zip(strokes, digits, strict=True)]
    )
    unevenness = np.median([widths.std() / widths.mean() for widths in strokes])
    probability = probabilities[:, :NONE].max(axis=1).mean()
    looks_written = (
        paper.size > 0
        and paper.std() < MAX_ROUGHNESS * darkness.mean()
        and darkness.mean() > MIN_DARKNESS
        and darkness.std() < MAX_VARIATION * darkness.mean()
        and max(heights) < MAX_HEIGHT_RATIO * min(heights)
        and thickness < MAX_THICKNESS
        and unevenness < MAX_UNEVENNESS
        and probability > MIN_PROBABILITY
    )
    return float(probability * share * (1 - unevenness)) if looks_written else 0.0


def expect(probabilities: np.ndarray) -> np.ndarray:
    """Weigh "none of the ten" by how many marks of this picture are none of them.

    The network learned from other marks in the share `LEARNED_NONE`. On a page of digits there are
    far fewer, so that a doubtful mark is most likely a digit; among letters it is most likely none.
    By Bayes' rule the odds change by the ratio of the shares. The share in this picture is the mean
    of the probabilities, and these follow from the share, so both are computed in turns.

    Parameters
    ----------
    probabilities : ndarray, (N, 11)
        From `read_marks`.

    Returns
    -------
    ndarray, (N, 11)

    Notes
    -----
    Saerens, Latinne and Decaestecker, "Adjusting the outputs of a classifier to new a priori
    probabilities" (2002). A few marks tell little about their share: hence `NUM_EXPECTED`.

    Examples
    --------
    >>> digit, doubtful = np.eye(11)[7], np.full(11, 0.04)
    >>> doubtful[NONE] = 0.6
    >>> [round(float(expect(np.stack([doubtful] + n * [digit]))[0, NONE]), 2) for n in (0, 3, 30)]
    [0.44, 0.27, 0.06]
    """
    none = probabilities[:, NONE]
    expected = none
    for _ in range(NUM_ROUNDS):
        share = (expected.sum() + NUM_EXPECTED * EXPECTED_NONE) / (len(none) + NUM_EXPECTED)
        weighed = none * share / LEARNED_NONE
        expected = weighed / (weighed + (1 - none) * (1 - share) / (1 - LEARNED_NONE))
    digits = probabilities[:, :NONE] * ((1 - expected) / np.maximum(1 - none, 1e-9))[:, None]
    return np.hstack([digits, expected[:, None]])


def find_marks(marks: Sequence[Component], probabilities: np.ndarray) -> tuple[np.ndarray, float]:
    """Tell digits from other marks.

    Returns
    -------
    is_digit : ndarray, (N,) bool
    share : float
        Which share of the ink of all marks the digits have.
    """
    is_digit = probabilities[:, NONE] < MAX_NONE
    areas = np.array([mark.area for mark in marks])
    return is_digit, float(areas[is_digit].sum() / areas.sum())


def _window(picture: np.ndarray, component: Component) -> np.ndarray:
    """Return the part of a picture under a component's box, as a view."""
    rows = slice(component.y, component.y + component.height)
    return picture[rows, component.x : component.x + component.width]


def stroke_widths(mask: np.ndarray) -> np.ndarray:
    """Return the widths of a digit's strokes, in pixels, along their middle lines."""
    depth = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)
    middle = (depth >= cv2.dilate(depth, np.ones((3, 3)))) & (depth > 0)
    return 2 * depth[middle]

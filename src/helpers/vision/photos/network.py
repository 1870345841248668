"""Read each digit: two networks, at three angles each."""

from collections.abc import Sequence

import numpy as np

from helpers.vision.digits import shipped_reader
from helpers.vision.hands.inference import NONE, hands_reader
from helpers.vision.photos.components import Component
from helpers.vision.photos.normalization import place, shrink

#: The angles, in degrees, at which each digit is read; the probabilities are averaged.
TURNS = (-8, 0, 8)


def classify(components: Sequence[Component]) -> np.ndarray:
    """Read each component, taking it for a digit; return probabilities, (N, 10).

    Each row adds up to 1, whatever the component is: see `read_marks`.
    """
    digits = read_marks(components)[:, :NONE]
    return digits / np.maximum(digits.sum(axis=1, keepdims=True), 1e-6)


def read_marks(components: Sequence[Component]) -> np.ndarray:
    """Read each component as one of the ten digits or as none of them.

    Which digit it is, the network of lesson 06 and the one of `helpers.vision.hands` say with equal
    votes; whether it is one, the latter, which has seen other marks.

    Returns
    -------
    ndarray, (N, 11)
        The probabilities of 0 to 9, and of none of the ten.
    """
    small = [shrink(component.mask) for component in components]
    images = np.stack([place(digit, centre, turn) for digit, centre in small for turn in TURNS])
    shape = len(components), len(TURNS), -1
    ten = shipped_reader()(images).reshape(shape).mean(axis=1)
    eleven = hands_reader()(images).reshape(shape).mean(axis=1)
    is_none = eleven[:, NONE:]
    is_digit = 1 - is_none
    known = eleven[:, :NONE] / np.maximum(is_digit, 1e-6)
    return np.hstack([is_digit * (ten + known) / 2, is_none])

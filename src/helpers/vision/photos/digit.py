"""A digit that was read, and what several of them are together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

#: A digit of a lower probability is unsure: `benchmarks/photos.py` counts how many of them are
#: wrong, and how many of the others.
UNSURE = 0.9


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    Attributes
    ----------
    value : int
        0 to 9.
    probability : float
        The probability of that value, as the networks say, in [0, 1].
    box : tuple of int
        (x, y, width, height) in pixels of the photo as `decode` returns it.
    row : int
        In which row it stands, from 0 at the top.
    image : ndarray, (28, 28) float32 in [0, 1], optional
        What the networks got, not rotated: white ink on black.
    """

    value: int
    probability: float
    box: tuple[int, int, int, int]
    row: int = 0
    image: np.ndarray | None = field(default=None, repr=False, compare=False)

    @property
    def is_unsure(self) -> bool:
        """Whether it is worth a second look: its probability is under `UNSURE`."""
        return self.probability < UNSURE


def as_text(digits: Sequence[Digit]) -> str:
    r"""Return the values of digits, each row on a line of its own.

    Examples
    --------
    >>> as_text([Digit(1, 0.9, (0, 0, 5, 9)), Digit(7, 0.9, (0, 20, 5, 9), row=1)])
    '1\n7'
    """
    return "\n".join("".join(str(digit.value) for digit in row) for row in split_rows(digits))


def split_rows(digits: Sequence[Digit]) -> list[list[Digit]]:
    """Return digits as a list of rows."""
    return [list(row) for _, row in groupby(digits, key=lambda digit: digit.row)]

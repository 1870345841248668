"""Find the rows in which digits stand."""

from collections.abc import Sequence

import numpy as np

from helpers.vision.photos.components import Component

#: A digit stands in a row if it shares this much of its height, or of its neighbour's, with it.
SHARED = 0.4


def find_rows(digits: Sequence[Component]) -> list[list[Component]]:
    """Sort digits into rows, the topmost first, each from left to right.

    A row may climb or bend: from left to right, each digit goes to the row whose last digit it
    shares most of its height with.

    Parameters
    ----------
    digits : list of Component

    Returns
    -------
    list of list of Component

    Examples
    --------
    >>> at = lambda x, y: Component(x, y, np.ones((10, 6), bool))
    >>> rows = find_rows([at(0, 0), at(30, 22), at(10, 2), at(5, 20)])
    >>> [[(c.x, c.y) for c in row] for row in rows]
    [[(0, 0), (10, 2)], [(5, 20), (30, 22)]]
    """
    rows: list[list[Component]] = []
    last = np.empty((len(digits), 2))  # the top and the bottom of each row's last digit
    for digit in sorted(digits, key=lambda c: c.x + c.width / 2):
        top, bottom = digit.y, digit.y + digit.height
        tops, bottoms = last[: len(rows)].T
        common = np.minimum(bottoms, bottom) - np.maximum(tops, top)
        shared = common / np.minimum(bottoms - tops, digit.height)
        best = int(shared.argmax()) if rows else 0
        if not rows or shared[best] < SHARED:
            best = len(rows)
            rows.append([])
        rows[best].append(digit)
        last[best] = top, bottom
    return sorted(rows, key=lambda row: float(np.mean([c.y + c.height / 2 for c in row])))

"""Diagrams of lesson 03: windows that keep one number each, and maps that shrink."""

from collections.abc import Callable, Sequence

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from helpers.diagrams.card import (
    ACTIVATIONS,
    INPUT,
    draw_arrow,
    draw_frame,
    draw_picture,
    draw_table,
    new_card,
)
from helpers.reader import say


def pooling_step(
    table: ArrayLike,
    row: int,
    column: int,
    size: int = 2,
    stride: int = 2,
    keep: Callable[[np.ndarray], float] = np.max,
) -> plt.Figure:
    """Draw one step of pooling: the window, and the map as far as it is filled in.

    Parameters
    ----------
    table : array_like, (H, W)
        Few enough numbers to be read.
    row, column : int
        The place in the map that this step fills in.
    size, stride : int
        Of the window, in cells.
    keep : callable
        From a window to the number that it leaves.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = pooling_step([[1, 2, 5, 0], [3, 4, 0, 7]], row=0, column=1)
    >>> figure.axes[0].texts[-1].get_text()
    '7'
    >>> plt.close(figure)
    """
    table = np.asarray(table, float)
    height, width = table.shape
    rows, columns = ((side - size) // stride + 1 for side in table.shape)
    pooled = np.full((rows, columns), np.nan)
    for place in range(row * columns + column + 1):
        top, left = (number * stride for number in divmod(place, columns))
        pooled.flat[place] = keep(table[top : top + size, left : left + size])
    limit = max(1.0, np.abs(table).max())
    figure, axis = new_card(width + 2.5 + columns, max(height, rows) + 1)
    draw_table(axis, table, 0, 0, say("map", "맵"), limit=limit)
    draw_frame(axis, column * stride, row * stride, size, size, INPUT)
    start = column * stride + size + 0.1, row * stride + size / 2
    end = (width + 3 + column, row + 1.1) if row + 1 < rows else (width + 2.4, row + 0.5)
    draw_arrow(axis, start, end)
    draw_table(axis, pooled, width + 2.5, 0, say("pooled", "풀링한 맵"), limit=limit)
    draw_frame(axis, width + 2.5 + column, row, 1, 1, ACTIVATIONS)
    return figure


def shrinking_maps(maps: Sequence[Sequence[np.ndarray]], titles: Sequence[str]) -> plt.Figure:
    """Draw maps on one scale: half as many rows and columns are half as high and wide.

    Equal numbers are equally bright in all of them.

    Parameters
    ----------
    maps : sequence of sequences of arrays (H, W)
        A row of the figure for each inner sequence, from the largest map to the smallest.
    titles : sequence of str
        What each row shows.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = shrinking_maps([[np.eye(8), np.eye(4)]], ["edges"])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['edges  8 × 8', '4 × 4']
    >>> plt.close(figure)
    """
    largest = 8.0  # cells of the card
    pixels = max(one.shape[0] for row in maps for one in row)
    most = max(one.max() for row in maps for one in row) or 1
    sides = [largest * one.shape[0] / pixels for one in maps[0]]
    figure, axis = new_card(sum(sides) + 2 * len(sides), len(maps) * (largest + 1))
    for number, (row, title) in enumerate(zip(maps, titles, strict=True)):
        left, top = 0.5, number * (largest + 1)
        for place, (one, side) in enumerate(zip(row, sides, strict=True)):
            size = f"{one.shape[0]} × {one.shape[1]}"
            name = f"{title}  {size}" if place == 0 else size
            draw_picture(axis, one / most, left, top, side, name)
            left += side + 2
    return figure

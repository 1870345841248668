"""Diagrams of lesson 06: the network as a picture, from a digit to ten probabilities."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from helpers.diagrams.card import (
    ACTIVATIONS,
    INPUT,
    RIGHT,
    TEXT,
    WRONG,
    draw_arrow,
    draw_frame,
    draw_picture,
    new_card,
    shade,
)
from helpers.reader import say

#: What is drawn of a layer: maps in a row, width and height of the block in cells.
BLOCKS = {"relu_1": (4, 4.2, 4.2), "pool_2": (4, 2.6, 5.2), "relu_3": (8, 5.2, 5.2)}
BLOCKS |= {"pool_3": (8, 2.2, 2.2)}
HEIGHT = 6.4
GAP = 1.0


def network(
    digit: ArrayLike, maps: Mapping[str, np.ndarray], label: int, heading: str = ""
) -> plt.Figure:
    """Draw what each part of the digit network makes of a digit, down to the probabilities.

    Parameters
    ----------
    digit : array_like, (28, 28)
    maps : mapping
        From a layer's name to its output, (H, W, C) or (C,), as
        `helpers.vision.digits.feature_maps` returns them. Bright is much, by each layer's own
        maximum.
    label : int
        The right digit.
    heading : str
        A line above the picture.

    Returns
    -------
    Figure

    Examples
    --------
    >>> maps = {"relu_1": np.ones((14, 14, 16)), "pool_2": np.ones((7, 7, 32))}
    >>> maps |= {"relu_3": np.ones((7, 7, 64)), "pool_3": np.ones(64)}
    >>> figure = network(np.zeros((28, 28)), maps | {"dense_1": np.ones(10) / 10}, label=7)
    >>> any("14 × 14 × 16" in text.get_text() for text in figure.axes[0].texts)
    True
    >>> plt.close(figure)
    """
    digit = np.asarray(digit, float)
    figure, axis = new_card(25.4, HEIGHT + 2.6)
    middle = 1.2 + HEIGHT / 2
    axis.text(0, -0.6, heading, va="center", color=TEXT, fontsize=12)
    side = 3.0
    draw_picture(axis, digit / max(digit.max(), 1), 0, middle - side / 2, side, "", INPUT)
    _caption(axis, side / 2, say("digit", "숫자"), (*digit.shape, 1))
    left = side
    for name, (columns, width, height) in BLOCKS.items():
        draw_arrow(axis, (left + 0.15, middle), (left + GAP - 0.1, middle))
        left, top = left + GAP, middle - height / 2
        shade(axis, tiled(maps[name], columns), (left, left + width, top + height, top), None)
        draw_frame(axis, left, top, width, height, ACTIVATIONS)
        _caption(axis, left + width / 2, name, np.shape(maps[name]))
        left += width
    draw_arrow(axis, (left + 0.15, middle), (left + GAP - 0.1, middle))
    _bars(axis, left + GAP + 0.4, middle - HEIGHT / 2, np.asarray(maps["dense_1"]), label)
    return figure


def tiled(maps: ArrayLike, columns: int) -> np.ndarray:
    """Lay the maps of a layer side by side, `columns` in a row, with NaN between them.

    Parameters
    ----------
    maps : array_like, (H, W, C) or (C,)
        Scaled by their maximum to 1; what is negative counts as 0.
    columns : int

    Returns
    -------
    ndarray

    Examples
    --------
    >>> tiled([0.0, 1.0, 2.0, 4.0], columns=2)
    array([[0.  , 0.25],
           [0.5 , 1.  ]])
    >>> tiled(np.ones((14, 14, 16)), columns=4).shape
    (59, 59)
    """
    bright = np.maximum(np.asarray(maps, float), 0)
    bright /= max(bright.max(), 1e-12)
    if bright.ndim == 1:
        return bright.reshape(-1, columns)
    height, width, _ = bright.shape
    framed = np.pad(bright, ((0, 1), (0, 1), (0, 0)), constant_values=np.nan)
    grid = framed.transpose(2, 0, 1).reshape(-1, columns, height + 1, width + 1)
    return grid.transpose(0, 2, 1, 3).reshape(-1, columns * (width + 1))[:-1, :-1]


def _caption(axis: Axes, center: float, name: str, shape: tuple[int, ...]) -> None:
    size = " × ".join(map(str, shape))
    axis.text(center, 0.6, name, ha="center", va="center", color=TEXT)
    axis.text(center, HEIGHT + 1.5, size, ha="center", va="center", color=TEXT, fontsize=9)


def _bars(axis: Axes, left: float, top: float, probabilities: np.ndarray, label: int) -> None:
    """Draw a bar for each digit; the right one and a wrong answer each in their ink."""
    width, step = 2.6, HEIGHT / 10
    said = int(probabilities.argmax())
    for number, probability in enumerate(probabilities):
        ink = RIGHT if number == label else WRONG if number == said else None
        middle = top + (number + 0.5) * step
        bar = (left, middle - 0.35 * step)
        axis.add_patch(
            Rectangle(
                bar, width * float(probability), 0.7 * step, color=ink.color if ink else "#999999"
            )
        )
        if ink:
            draw_frame(axis, *bar, width, 0.7 * step, ink)
        axis.text(left - 0.15, middle, str(number), ha="right", va="center", color=TEXT, fontsize=9)
    axis.text(left + width / 2, 0.6, "dense_1", ha="center", va="center", color=TEXT)
    share = say(f"a {label}: {probabilities[label]:.0%}", f"{label}: {probabilities[label]:.0%}")
    axis.text(
        left + width / 2, HEIGHT + 1.5, share, ha="center", va="center", color=RIGHT.color,
        fontsize=10,
    )  # fmt: skip

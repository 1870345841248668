"""The card that every diagram lies on, its palette, and what is drawn on it.

`INPUT`, `WEIGHTS`, `ACTIVATIONS`, `GRADIENTS`, `RIGHT` and `WRONG` each have a colour and a line of
their own, so that they can be told apart without colour too. Numbers with a sign are red above
zero and blue below it. A card is light and is legible on a light page and on a dark one.
"""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

# Importing it also sets its style: the card's ground, a font with Hangul, 80 dots an inch.
from helpers.plots import BLUE, GREEN, ORANGE, PURPLE, RED


class Ink(NamedTuple):
    """How one meaning is drawn: its colour, and its line for readers who see no colours."""

    color: str
    linestyle: str


INPUT = Ink(BLUE, "-")
WEIGHTS = Ink(ORANGE, "--")
ACTIVATIONS = Ink(GREEN, "-.")
GRADIENTS = Ink(PURPLE, ":")
RIGHT = Ink(GREEN, "-")
WRONG = Ink(RED, "--")

TEXT = "#222222"
CELL = 0.33  # inches: room for a number such as -0.5


def new_card(width: float, height: float) -> tuple[plt.Figure, Axes]:
    """Return an empty card of so many cells; y grows downwards, and -1 to 0 is for titles."""
    margin = 0.5
    size = ((width + 2 * margin) * CELL, (height + 2 * margin) * CELL)
    figure = plt.figure(figsize=size, layout="none")
    axis = figure.add_axes((0, 0, 1, 1))
    axis.set(xlim=(-margin, width + margin), ylim=(height - 1 + margin, -1 - margin))
    axis.set_axis_off()
    return figure, axis


def draw_table(
    axis: Axes, table: np.ndarray, left: float, top: float, title: str, limit: float | None = None
) -> None:
    """Draw numbers in cells: grey pixels from 0 to 1, or signed up to `limit`; none for NaN."""
    rows, columns = table.shape
    shade(axis, table, (left, left + columns, top + rows, top), limit)
    axis.add_patch(Rectangle((left, top), columns, rows, fill=False, edgecolor="#888888"))
    axis.text(left + columns / 2, top - 0.5, title, ha="center", va="center", color=TEXT)
    for (row, column), value in np.ndenumerate(table):
        if not np.isnan(value):
            is_dark = value < 0.5 if limit is None else abs(value) > 0.6 * limit
            axis.text(
                left + column + 0.5, top + row + 0.52, short(value), fontsize=8,
                ha="center", va="center", color="white" if is_dark else "black",
            )  # fmt: skip


def draw_picture(
    axis: Axes,
    image: np.ndarray,
    left: float,
    top: float,
    side: float,
    title: str,
    ink: Ink | None = None,
    limit: float | None = None,
) -> None:
    """Draw an image in a square of `side` cells, its title above it."""
    shade(axis, image, (left, left + side, top + side, top), limit)
    if ink:
        draw_frame(axis, left, top, side, side, ink)
    axis.text(left + side / 2, top - 0.45, title, ha="center", va="center", color=TEXT)


def shade(
    axis: Axes, image: np.ndarray, extent: tuple[float, float, float, float], limit: float | None
) -> None:
    """Draw an image in an extent: grey from 0 to 1, or signed up to `limit`."""
    cmap, least, most = "gray", 0.0, 1.0
    if limit is not None:
        most = max(float(limit), 1e-12)
        cmap, least = "RdBu_r", -most
    limits = axis.get_xlim(), axis.get_ylim()  # which imshow would change
    axis.imshow(
        image, cmap, vmin=least, vmax=most, extent=extent, interpolation="nearest", aspect="auto"
    )
    axis.set(xlim=limits[0], ylim=limits[1])


def draw_frame(axis: Axes, left: float, top: float, width: float, height: float, ink: Ink) -> None:
    """Draw a frame around cells."""
    axis.add_patch(
        Rectangle((left, top), width, height, fill=False, linewidth=2.5, zorder=3, **ink._asdict())
    )


def draw_arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw an arrow from (x, y) to (x, y)."""
    arrow = {"arrowstyle": "->", "color": TEXT, "linewidth": 1.2}
    axis.annotate("", end, start, arrowprops=arrow)


def short(value: float, digits: int | None = None) -> str:
    """Return a number with one decimal at most, and never minus zero."""
    rounded = round(float(value), 1) + 0.0
    return f"{rounded:.1f}" if digits or rounded % 1 else f"{rounded:.0f}"

"""Plots of the lessons: Hangul in every plot, and images side by side.

Importing this module sets the style for the whole notebook.
"""

import io
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import font_manager

from helpers.paths import FONTS
from helpers.reader import say

#: The ground of every figure: light, and legible on a light page and on a dark one.
CARD = "#f7f6f2"
# After Okabe and Ito (2008), whose palette colour-blind readers can tell apart; darker, so that
# text in these colours has a contrast of 4.5 or more on the card.
BLUE, ORANGE, GREEN, PURPLE, RED = "#0067A5", "#B84A00", "#00724F", "#96437A", "#B3261E"
#: The colours of lines and bars, in the order in which a plot takes them.
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, "#826800", "#1D7587", RED, "#555555", "#5E4FA2", "#7B3F00")
#: The frame of an image: where a white one ends.
_FRAME = "#b5b2a8"


def use_course_style() -> None:
    """Set the font (Pretendard, which has Hangul), colours, small figures, axes without a frame."""
    font_manager.fontManager.addfont(FONTS / "Pretendard-Regular.otf")
    plt.rcParams.update(
        {
            "font.family": ["Pretendard", "DejaVu Sans"],  # the second has the mathematical symbols
            "axes.unicode_minus": False,  # the font has no such minus sign
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.prop_cycle": plt.cycler(color=COLOURS),
            "figure.facecolor": CARD,
            "axes.facecolor": CARD,
            "savefig.facecolor": CARD,
            "figure.dpi": 80,
            "savefig.dpi": 80,
            "figure.constrained_layout.use": True,
            "figure.constrained_layout.w_pad": 0.1,  # inches to the edge of the card
            "figure.constrained_layout.h_pad": 0.1,
        }
    )


use_course_style()


def show_images(
    images: Sequence[np.ndarray],
    titles: Sequence[str] | None = None,
    *,
    columns: int = 8,
    size: float = 1.4,
    signed: bool | Sequence[bool] = False,
    limits: tuple[float, float] | None = None,
) -> plt.Figure:
    """Draw images side by side, in grey.

    Parameters
    ----------
    images : sequence of arrays (H, W)
        Each is scaled from its own minimum to its own maximum, unless `limits` are given.
    titles : sequence of str, optional
        One for each image.
    columns : int
        Maximum number of images in a row.
    size : float
        Width of an image in inches.
    signed : bool or sequence of bool
        Draw zero as the middle of the scale: blue below it, red above; for all images or for
        each.
    limits : (float, float), optional
        The numbers that are black and white in every image that isn't signed.

    Returns
    -------
    Figure
        Shown at the end of the cell.

    Raises
    ------
    ValueError
        If there is no image, or one has no rows and columns.

    Examples
    --------
    >>> figure = show_images(np.zeros((3, 28, 28)), ["a", "b", "c"])
    >>> len(figure.axes)
    3
    >>> plt.close(figure)
    """
    _check_images(images)
    rows = -(-len(images) // columns)
    columns = min(columns, len(images))
    extra = 0.25 if titles is not None else 0
    figure, axes = plt.subplots(
        rows, columns, figsize=(columns * size, rows * (size + extra)), squeeze=False
    )
    is_signed = [signed] * len(images) if isinstance(signed, bool) else signed
    black, white = limits or (None, None)
    for number, (axis, image) in enumerate(zip(axes.flat, images, strict=False)):
        limit = max(float(np.abs(image).max()), 1e-12)
        colours = (
            {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
            if is_signed[number]
            else {"cmap": "gray", "vmin": black, "vmax": white}
        )
        axis.imshow(image, interpolation="nearest", **colours)
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set(visible=True, color=_FRAME, linewidth=0.8)
        if titles is not None:
            axis.set_title(titles[number], fontsize=9)
    for axis in axes.flat[len(images) :]:
        axis.remove()
    return figure


def _check_images(images: Sequence[np.ndarray]) -> None:
    shapes = [np.shape(image) for image in images] if np.iterable(images) else []
    if not shapes or any(len(shape) not in (2, 3) or 0 in shape for shape in shapes):
        found = shapes or repr(images)
        raise ValueError(
            say(
                en="images must be a list of arrays with rows and columns (one image alone: "
                f"[image]), not {found}.",
                ko="images에는 행과 열이 있는 배열의 리스트를 주세요(이미지가 하나면 [image]). "
                f"받은 값: {found}",
            )
        )


def to_png(figure: plt.Figure) -> bytes:
    """Return a figure as the bytes of a PNG, and close it."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    plt.close(figure)
    return buffer.getvalue()

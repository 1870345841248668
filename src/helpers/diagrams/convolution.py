"""Diagrams of lesson 02: a kernel at work, channels, filters and what they see."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from helpers.diagrams.card import (
    ACTIVATIONS,
    INPUT,
    TEXT,
    WEIGHTS,
    Ink,
    draw_arrow,
    draw_frame,
    draw_picture,
    draw_table,
    new_card,
    short,
)
from helpers.reader import say


def convolution_step(
    image: ArrayLike,
    kernel: ArrayLike,
    row: int,
    column: int,
    feature_map: ArrayLike | None = None,
) -> plt.Figure:
    """Draw one step of a convolution: window × kernel = products, and their sum.

    Parameters
    ----------
    image : array_like, (H, W)
        Few enough pixels for their numbers to be read; 0 is drawn black, 1 white.
    kernel : array_like, (kh, kw)
    row, column : int
        Where the kernel lies: the pixel under its upper left corner.
    feature_map : array_like, (H', W'), optional
        Drawn too, as far as it is filled in after this step, row by row.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = convolution_step(np.eye(4), [[1, 0], [0, 1]], row=1, column=1)
    >>> [text.get_text() for text in figure.axes[0].texts][-1].endswith("2.0")
    True
    >>> plt.close(figure)
    """
    image, kernel = np.asarray(image, float), np.asarray(kernel, float)
    (height, width), (kh, kw) = image.shape, kernel.shape
    window = image[row : row + kh, column : column + kw]
    products = window * kernel
    middle = width + 2.2  # where the column of small tables begins
    tall = max(height, 3 * kh + 4.2) + 1
    wide = middle + kw + (0.5 if feature_map is None else 2.2 + np.shape(feature_map)[1])
    figure, axis = new_card(wide, tall)
    draw_table(axis, image, 0, 0, say("picture", "그림"))
    draw_frame(axis, column, row, kw, kh, INPUT)
    limit = max(1.0, np.abs(kernel).max())
    draw_table(axis, window, middle, 0, say("window", "윈도"))
    draw_frame(axis, middle, 0, kw, kh, INPUT)
    draw_table(axis, kernel, middle, kh + 1.5, say("× kernel", "× 커널"), limit=limit)
    draw_frame(axis, middle, kh + 1.5, kw, kh, WEIGHTS)
    draw_table(axis, products, middle, 2 * kh + 3, say("= products", "= 곱"), limit=limit)
    total = say(en="sum", ko="합") + f" = {short(products.sum(), 1)}"
    draw_arrow(axis, (width + 0.3, row + kh / 2), (middle - 0.3, kh / 2))
    if feature_map is not None:
        filled = np.array(feature_map, float)
        filled.flat[row * filled.shape[1] + column + 1 :] = np.nan
        left = middle + kw + 2.2
        limit = np.abs(feature_map).max()
        draw_table(axis, filled, left, 0, say("feature map", "특징 맵"), limit=limit)
        draw_frame(axis, left + column, row, 1, 1, ACTIVATIONS)
        draw_arrow(axis, (middle + kw + 1, 3 * kh + 3.5), (left + column + 0.5, row + 1.1))
    axis.text(
        middle + kw / 2, 3 * kh + 3.7, total, color=ACTIVATIONS.color,
        fontsize=13, ha="center", va="center",
    )  # fmt: skip
    return figure


def kernel_places(size: int, kernel: int, stride: int, padding: int) -> plt.Figure:
    """Draw each place that a kernel takes along a row of pixels, one below the other.

    Parameters
    ----------
    size, kernel, stride, padding : int
        In pixels, as for a convolution.

    Returns
    -------
    Figure
        Zeros of the padding are hatched; pixels that no place covers keep no bar below them.

    Examples
    --------
    >>> figure = kernel_places(size=7, kernel=3, stride=2, padding=1)
    >>> figure.axes[0].texts[0].get_text()[0]
    '4'
    >>> plt.close(figure)
    """
    whole = size + 2 * padding
    starts = range(0, whole - kernel + 1, stride)
    figure, axis = new_card(max(whole, 12), len(starts) * 0.8 + 2.2)
    places = "1 place" if len(starts) == 1 else f"{len(starts)} places"
    count = say(en=places, ko=f"자리 {len(starts)}곳")
    axis.text(0, -0.6, count, fontsize=12, color=ACTIVATIONS.color, va="center")
    for place in range(whole):
        is_padding = not padding <= place < padding + size
        axis.add_patch(
            Rectangle(
                (place, 0),
                1,
                1,
                facecolor="#dddddd" if is_padding else "#ffffff",
                edgecolor="#777777",
                hatch="///" if is_padding else None,
                linewidth=0.8,
            )
        )
        if is_padding:
            ground = {"facecolor": "#dddddd", "edgecolor": "none", "pad": 1.5}
            axis.text(place + 0.5, 0.5, "0", ha="center", va="center", bbox=ground)
    for number, start in enumerate(starts):
        top = 1.3 + 0.8 * number
        bar = Rectangle((start, top), kernel, 0.6, facecolor="#f3d9c6")
        axis.add_patch(bar)
        draw_frame(axis, start, top, kernel, 0.6, WEIGHTS)
        axis.text(start + kernel / 2, top + 0.3, str(number + 1), ha="center", va="center")
    return figure


def filter_on_channels(picture: ArrayLike, kernels: ArrayLike, maps: ArrayLike) -> plt.Figure:
    """Draw what a filter does with colours: a kernel for each channel, and one sum.

    Parameters
    ----------
    picture : array_like, (H, W, 3)
        Red, green and blue, from 0 to 1.
    kernels : array_like, (kh, kw, 3)
    maps : array_like, (H', W', 3)
        What each kernel makes of its channel, drawn on one scale; their sum is the feature map.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = filter_on_channels(np.ones((4, 4, 3)), np.ones((3, 3, 3)), np.ones((2, 2, 3)))
    >>> len(figure.axes[0].images)
    11
    >>> plt.close(figure)
    """
    picture, kernels, maps = (np.asarray(given, float) for given in (picture, kernels, maps))
    side, step = 3.6, 4.6
    names = [say("red", "빨강"), say("green", "초록"), say("blue", "파랑")]
    figure, axis = new_card(25.2, 3 * step)
    total = maps.sum(axis=-1)
    limit, loudest = np.abs(kernels).max(), np.abs(maps).max()
    draw_picture(axis, picture, 0, step, side, say("picture", "그림"))
    for channel, name in enumerate(names):
        top = channel * step
        draw_arrow(axis, (side + 0.2, step + side / 2), (side + 1.8, top + side / 2))
        draw_picture(axis, picture[..., channel], 5.6, top, side, name, INPUT)
        axis.text(9.9, top + side / 2, "∗", fontsize=16, ha="center", va="center", color=TEXT)
        rows, columns = kernels.shape[:2]
        draw_table(axis, kernels[..., channel], 10.6, top + 0.3, say("kernel", "커널"), limit=limit)
        draw_frame(axis, 10.6, top + 0.3, columns, rows, WEIGHTS)
        axis.text(14.3, top + side / 2, "=", fontsize=15, ha="center", va="center", color=TEXT)
        draw_picture(axis, maps[..., channel], 15, top, side, "", limit=loudest)
        draw_arrow(axis, (18.9, top + side / 2), (21.1, step + side / 2))
    for height in (0.89, 1.89):
        axis.text(16.8, height * step, "+", fontsize=17, ha="center", va="center", color=TEXT)
    title = say("feature map: the sum", "특징 맵: 합")
    draw_picture(axis, total, 21.4, step, side, title, ACTIVATIONS, np.abs(total).max())
    return figure


def filters_and_maps(
    filters: Sequence[np.ndarray], maps: Sequence[np.ndarray], numbers: Sequence[int]
) -> plt.Figure:
    """Draw filters, each with its feature map below it and one number for both.

    Parameters
    ----------
    filters, maps : sequence of arrays (H, W)
        Each is drawn on a scale of its own: white is zero.
    numbers : sequence of int
        What filter and map are called.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = filters_and_maps([np.eye(3)] * 2, [np.eye(5)] * 2, [4, 7])
    >>> len(figure.axes[0].images)
    4
    >>> plt.close(figure)
    """
    side = 5.2
    figure, axis = new_card(len(filters) * (side + 0.6) - 0.6, 2 * side + 2.4)
    for place, (kernel, feature_map, number) in enumerate(zip(filters, maps, numbers, strict=True)):
        left = place * (side + 0.6)
        draw_picture(
            axis, kernel, left, 0, side, say(f"filter {number}", f"필터 {number}"), WEIGHTS,
            np.abs(kernel).max(),
        )  # fmt: skip
        draw_picture(
            axis, feature_map, left, side + 1.4, side, say(f"map {number}", f"맵 {number}"),
            ACTIVATIONS, np.abs(feature_map).max(),
        )  # fmt: skip
    return figure


def receptive_fields(image: ArrayLike, fields: dict[str, tuple[int, int, int]]) -> plt.Figure:
    """Draw how much of a picture one number of a layer depends on.

    Parameters
    ----------
    image : array_like, (H, W)
    fields : dict
        A label to top, left and side of a square, in pixels; the smallest first.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = receptive_fields(np.zeros((9, 9)), {"conv_1": (3, 3, 3), "conv_2": (1, 1, 7)})
    >>> len(figure.axes[0].patches)
    2
    >>> plt.close(figure)
    """
    image = np.asarray(image, float)
    scale = 12 / image.shape[0]
    figure, axis = new_card(20, 13)
    draw_picture(axis, image, 0, 0, 12, "")
    inks = [Ink("#E69F00", "-"), Ink("#56B4E9", "--"), Ink("#CC79A7", "-.")]  # on black and card
    for number, ((label, (top, left, side)), ink) in enumerate(
        zip(fields.items(), inks, strict=False)
    ):
        draw_frame(axis, left * scale, top * scale, side * scale, side * scale, ink)
        height = 3 + 2 * number
        axis.plot([12.6, 13.8], [height, height], linewidth=3, **ink._asdict())
        size = say(f"{side} × {side} pixels", f"{side} × {side} 화소")
        axis.text(14.1, height, f"{label}: {size}", va="center", color=TEXT, fontsize=11)
    return figure

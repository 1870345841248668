"""Diagrams of lesson 13: a soft look-up, and where a decoder looks."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
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
    draw_table,
    new_card,
)
from helpers.nn.activations import softmax
from helpers.reader import say

_SHARES = LinearSegmentedColormap.from_list("shares", ["#ffffff", ACTIVATIONS.color])


def soft_clock(
    hour: int, sharpness: float, hands: ArrayLike, values: dict[int, float], weights: ArrayLike
) -> plt.Figure:
    """Draw a soft look-up of an hour: the hands that are compared, and the weights of the values.

    Parameters
    ----------
    hour : int
        The query.
    sharpness : float
        By which the scores were multiplied.
    hands : array_like, (25, 2)
        Where the hand of each hour points, x and y.
    values : dict of int to float
        What is known: an hour, and the temperature in °C.
    weights : array_like, (num,)
        Of each of the `values`.

    Returns
    -------
    Figure

    Examples
    --------
    >>> angles = np.arange(25) * np.pi / 12
    >>> hands = np.stack([np.sin(angles), np.cos(angles)], axis=-1)
    >>> figure = soft_clock(6, 1, hands, {0: 10, 12: 20}, [0.5, 0.5])
    >>> [text.get_text() for text in figure.axes[0].texts][-1].endswith("15.0 °C")
    True
    >>> plt.close(figure)
    """
    hands, weights = np.asarray(hands, float), np.asarray(weights, float)
    figure, axis = new_card(20, 9.6)
    x, y, radius = 4, 3.7, 3.1
    axis.add_patch(plt.Circle((x, y), radius, facecolor="white", edgecolor="#888888"))
    for known, weight in zip(values, weights, strict=True):
        right, up = radius * hands[known]
        axis.plot([x, x + right], [y, y - up], color=TEXT, linewidth=1 + 5 * weight)
        name = say(f"{known} h", f"{known}시")
        axis.text(x + 1.2 * right, y - 1.2 * up, name, ha="center", va="center", color=TEXT)
    right, up = 0.85 * radius * hands[hour]
    axis.annotate(
        "", (x + right, y - up), (x, y),
        arrowprops={"arrowstyle": "->", "color": INPUT.color, "linewidth": 3},
    )  # fmt: skip
    query = say(f"query: {hour} h", f"쿼리: {hour}시")
    axis.text(x, 8.3, query, ha="center", va="center", fontsize=12, color=INPUT.color)
    for place, ((known, value), weight) in enumerate(zip(values.items(), weights, strict=True)):
        top = 0.6 + 1.5 * place
        name = say(f"{known} h: {value} °C", f"{known}시: {value} °C")
        axis.text(12.6, top + 0.4, name, ha="right", va="center", color=TEXT)
        axis.add_patch(Rectangle((13, top), 4.5 * weight, 0.8, facecolor="#cfe5db"))
        draw_frame(axis, 13, top, max(4.5 * weight, 0.01), 0.8, ACTIVATIONS)
        axis.text(13.3 + 4.5 * weight, top + 0.4, f"{weight:.2f}", va="center", color=TEXT)
    axis.text(13, -0.2, say("weight", "가중치"), va="center", color=TEXT)
    context = weights @ np.array(list(values.values()), float)
    told = say(f"context: {context:.1f} °C", f"문맥: {context:.1f} °C")
    axis.text(12.6, 8.3, told, ha="center", va="center", fontsize=12, color=ACTIVATIONS.color)
    return figure


def attention_step(
    query: ArrayLike, keys: ArrayLike, values: ArrayLike, names: Sequence[str]
) -> plt.Figure:
    """Draw how one query is looked up: scores, weights, context.

    Parameters
    ----------
    query : array_like, (d,)
    keys : array_like, (num_keys, d)
    values : array_like, (num_keys, d_values)
    names : sequence of str
        What each key belongs to.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = attention_step([2, 0], [[1, 0], [0, 1]], [[1.0], [0.0]], ["a", "b"])
    >>> len(figure.axes[0].images)
    6
    >>> plt.close(figure)
    """
    query, keys, values = (np.asarray(given, float) for given in (query, keys, values))
    num_keys, d = keys.shape
    scores = keys @ query / np.sqrt(d)
    weights = softmax(scores)
    context = weights @ values
    limit = float(max(np.abs(part).max() for part in (query, keys, scores)))
    top, bottom = 3.2, 3.2 + num_keys + 1.6  # of the keys; of the context
    score, weight, value = 1.8 + d + 2.4, 1.8 + d + 5.8, 1.8 + d + 9.2
    figure, axis = new_card(value + values.shape[1] + 1, bottom + 2.4)
    draw_table(axis, query[None], 1.8, 0, say("query", "쿼리"), limit=limit)
    draw_frame(axis, 1.8, 0, d, 1, INPUT)
    draw_table(axis, keys, 1.8, top, say("keys", "키"), limit=limit)
    for row, name in enumerate(names):
        axis.text(1.5, top + row + 0.5, name, ha="right", va="center", color=TEXT, fontsize=12)
    draw_arrow(axis, (1.8 + d / 2, 1.15), (1.8 + d / 2, top - 0.95))
    dot = say("dot product, ÷ √d", "내적, ÷ √d")
    axis.text(1.8 + d / 2 + 0.4, 1.7, dot, va="center", color=TEXT)
    draw_table(axis, scores[:, None], score, top, say("score", "점수"), limit=limit)
    _draw_shares(axis, weights[:, None], weight, top)
    axis.text(
        weight + 0.5, top - 0.5, say("weight", "가중치"), ha="center", va="center", color=TEXT
    )
    draw_frame(axis, weight, top, 1, num_keys, ACTIVATIONS)
    largest = float(max(np.abs(values).max(), 1e-9))
    draw_table(axis, values, value, top, say("values", "값"), limit=largest)
    draw_table(axis, context[None], value, bottom, say("context", "문맥"), limit=largest)
    draw_frame(axis, value, bottom, len(context), 1, ACTIVATIONS)
    middle = top + num_keys / 2
    draw_arrow(axis, (1.8 + d + 0.3, middle), (score - 0.3, middle))
    draw_arrow(axis, (score + 1.2, middle), (weight - 0.2, middle))
    by = say("softmax", "소프트맥스")
    axis.text((score + weight + 1) / 2, middle - 0.5, by, ha="center", fontsize=8, color=TEXT)
    axis.text((weight + 1 + value) / 2, middle, "×", fontsize=15, ha="center", va="center")
    draw_arrow(axis, (value + len(context) / 2, top + num_keys + 0.1),
               (value + len(context) / 2, bottom - 0.95))  # fmt: skip
    total = say("sum", "합")
    axis.text(value + len(context) / 2 + 0.4, bottom - 1.2, total, va="center", color=TEXT)
    return figure


def encoder_decoder(
    source: Sequence[str], target: Sequence[str], weights: ArrayLike | None = None
) -> plt.Figure:
    """Draw the way from what is read to what is written: through one vector, or with attention.

    Parameters
    ----------
    source, target : sequence of str
        What is read and what is written, piece by piece.
    weights : array_like, (num_source,), optional
        How much of each state of the encoder the last step of the decoder takes.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = encoder_decoder("안녕", "ann", [0.1, 0.9])
    >>> figure.axes[0].texts[0].get_text()
    '안'
    >>> plt.close(figure)
    """
    step, wide = 1.9, 1.3
    left = len(source) * step + 3.2  # where the decoder begins
    width = left + len(target) * step
    top = 1.4 if weights is None else 3.6
    figure, axis = new_card(max(width, 16), top + 5.4)
    for place, piece in enumerate(source):
        x = place * step
        _draw_box(axis, x, top + 2.4, wide, piece, INPUT)
        _draw_box(axis, x, top, wide, "", ACTIVATIONS)
        draw_arrow(axis, (x + wide / 2, top + 2.3), (x + wide / 2, top + 1.1))
        draw_arrow(axis, (x + wide, top + 0.5), (x + step + 0.05, top + 0.5))
    thought = len(source) * step + 0.1
    axis.add_patch(Rectangle((thought, top - 0.3), 1.3, 1.6, facecolor="#f3d9c6"))
    draw_frame(axis, thought, top - 0.3, 1.3, 1.6, WEIGHTS)
    name = say("thought\nvector", "생각\n벡터")
    axis.text(thought + 0.65, top + 2.2, name, ha="center", va="center", color=TEXT, fontsize=9)
    draw_arrow(axis, (thought + 1.4, top + 0.5), (left - 0.05, top + 0.5))
    for place, piece in enumerate(target):
        x = left + place * step
        _draw_box(axis, x, top, wide, "", ACTIVATIONS)
        axis.text(x + wide / 2, top - 1, piece, ha="center", va="center", color=TEXT, fontsize=13)
        if place + 1 < len(target):
            draw_arrow(axis, (x + wide, top + 0.5), (x + step - 0.05, top + 0.5))
    encoder, decoder = say("encoder", "인코더"), say("decoder", "디코더")
    for x, name in (
        (len(source) * step / 2 - 0.3, encoder),
        (left + len(target) * step / 2, decoder),
    ):
        axis.text(x, top + 4.1, name, ha="center", va="center", color=TEXT, fontsize=12)
    if weights is not None:
        x = left + (len(target) - 1) * step + wide / 2
        for place, share in enumerate(np.asarray(weights, float)):
            start = place * step + wide / 2
            axis.plot(
                [start, start, x - 0.45, x - 0.45], [top, 0.9, 0.9, top - 0.1], zorder=-share,
                linewidth=0.6 + 5 * share, color=_SHARES(0.25 + 0.75 * share),
            )  # fmt: skip
            axis.text(start + 0.2, top - 0.6, f"{share:.2f}", color=TEXT, fontsize=9, va="center")
        told = say("context: a blend of all states", "문맥: 모든 상태를 섞은 것")
        axis.text((thought + 0.65), 0.3, told, ha="center", va="center", color=ACTIVATIONS.color)
    return figure


def alignment(
    weights: ArrayLike, source: Sequence[str], target: Sequence[str], step: int, title: str = ""
) -> plt.Figure:
    """Draw where a decoder looks at one step, and the heat map of the steps so far.

    Parameters
    ----------
    weights : array_like, (num_target, num_source)
        A row for each step, which adds up to 1.
    source, target : sequence of str
        What is read and what is written, piece by piece.
    step : int
        The step to look at; a larger number is the last one.
    title : str, optional

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = alignment([[0.9, 0.1], [0.2, 0.8]], "아이", "ai", step=1)
    >>> figure.axes[0].images[0].get_array().shape
    (2, 2)
    >>> plt.close(figure)
    """
    weights = np.asarray(weights, float)
    step = min(step, len(target) - 1)
    wide = 1.7
    left = len(source) * wide + 2.6  # of the heat map
    tall = 0.78  # of a row
    figure, axis = new_card(left + len(source) * 1.25, max(len(target) * tall + 1, 8))
    for place, (piece, share) in enumerate(zip(source, weights[step], strict=True)):
        middle = place * wide + 0.65
        axis.plot(
            [middle, len(source) * wide / 2 - 0.2], [2.3, 5.2], linewidth=0.5 + 10 * share,
            color=_SHARES(0.2 + 0.8 * share), zorder=share,
        )  # fmt: skip
        _draw_box(axis, place * wide, 1.1, 1.3, piece, INPUT)
        axis.text(middle, 0.6, f"{share:.2f}", ha="center", va="center", color=TEXT, fontsize=9)
    axis.text(0, -0.4, title, va="center", color=TEXT, fontsize=11)
    middle = len(source) * wide / 2 - 0.2
    _draw_box(axis, middle - 0.65, 5.2, 1.3, target[step], ACTIVATIONS)
    written = say("written so far: ", "지금까지 쓴 것: ") + "".join(target[: step + 1])
    axis.text(middle, 7.2, written, ha="center", va="center", color=TEXT, fontsize=11)
    so_far = np.where(np.arange(len(target))[:, None] <= step, weights, np.nan)
    _draw_shares(axis, so_far, left, 0, 1.25, tall)
    for place, piece in enumerate(source):
        axis.text(left + 1.25 * (place + 0.5), -0.5, piece, ha="center", va="center", color=TEXT)
    for place, piece in enumerate(target):
        axis.text(left - 0.25, tall * (place + 0.5), piece, ha="right", va="center", color=TEXT)
    draw_frame(axis, left, step * tall, len(source) * 1.25, tall, ACTIVATIONS)
    return figure


def heat_map(
    weights: ArrayLike, columns: Sequence[str], rows: Sequence[str], title: str
) -> plt.Figure:
    """Draw a heat map of attention: a row for each step, which adds up to 1.

    Parameters
    ----------
    weights : array_like, (num_rows, num_columns)
    columns, rows : sequence of str
        What is looked at, and what is written.
    title : str
        Of one line or more.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = heat_map(np.eye(2), ["이름", "?"], ["저", "는"], "a map")
    >>> len(figure.axes[0].images)
    1
    >>> plt.close(figure)
    """
    wide, tall, label = 2.6, 0.85, 4.2
    top = 0.75 * (title.count("\n") + 1) + 0.4
    figure, axis = new_card(max(label + wide * len(columns), 21), top + len(rows) * tall + 1)
    axis.text(0, -0.8, title, va="top", color=TEXT, fontsize=11, linespacing=1.5)
    _draw_shares(axis, np.asarray(weights, float), label, top, wide, tall)
    for place, piece in enumerate(columns):
        x = label + wide * (place + 0.5)
        axis.text(x, top - 0.5, piece, ha="center", va="center", color=TEXT)
    for place, piece in enumerate(rows):
        y = top + tall * (place + 0.5)
        axis.text(label - 0.3, y, piece, ha="right", va="center", color=TEXT)
    return figure


def _draw_box(axis: Axes, left: float, top: float, wide: float, text: str, ink: Ink) -> None:
    axis.add_patch(Rectangle((left, top), wide, 1.1, facecolor="white", zorder=2))
    draw_frame(axis, left, top, wide, 1.1, ink)
    axis.text(
        left + wide / 2,
        top + 0.55,
        text,
        ha="center",
        va="center",
        color=TEXT,
        fontsize=13 if len(text) < 3 else 10,
        zorder=4,
    )


def _draw_shares(
    axis: Axes, weights: np.ndarray, left: float, top: float, wide: float = 1, tall: float = 1
) -> None:
    """Draw weights from 0 to 1 in cells, the larger the darker; none for NaN."""
    rows, columns = weights.shape
    limits = axis.get_xlim(), axis.get_ylim()  # which imshow would change
    axis.imshow(
        weights, _SHARES, vmin=0, vmax=1, interpolation="nearest", aspect="auto",
        extent=(left, left + columns * wide, top + rows * tall, top),
    )  # fmt: skip
    axis.set(xlim=limits[0], ylim=limits[1])
    axis.add_patch(
        Rectangle((left, top), columns * wide, rows * tall, fill=False, edgecolor="#888888")
    )
    for (row, column), share in np.ndenumerate(weights):
        if share >= 0.05:
            axis.text(
                left + (column + 0.5) * wide, top + (row + 0.5) * tall,
                f"{share:.2f}".removeprefix("0"), fontsize=8, ha="center", va="center",
                color="white" if share > 0.8 else "black",
            )  # fmt: skip

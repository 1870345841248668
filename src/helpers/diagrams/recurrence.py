"""Diagrams of lesson 11: a network unrolled in time, its gates, and windows on a series."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from helpers.diagrams.card import (
    ACTIVATIONS,
    GRADIENTS,
    INPUT,
    RIGHT,
    TEXT,
    WEIGHTS,
    WRONG,
    Ink,
    draw_frame,
    new_card,
    shade,
    short,
)
from helpers.plots import CARD
from helpers.reader import say

_PALE = "#b9b7b0"  # what is still to come


def unrolled(
    inputs: Sequence,
    states: ArrayLike,
    step: int | None = None,
    gradients: ArrayLike | None = None,
) -> plt.Figure:
    """Draw a recurrent network unrolled in time: one cell, drawn once for each time step.

    Parameters
    ----------
    inputs : sequence of length T
        What comes in at each step: a number or a word.
    states : array_like, (T,) or (T, units)
        The state after each step.
    step : int, optional
        Draw the network in the middle of its reading, after this many steps; else all of it.
    gradients : array_like, (T,), optional
        The size of the loss's gradient at the state of each step, drawn on its way back.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = unrolled([1, 0], [1, 0.5])
    >>> [text.get_text() for text in figure.axes[0].texts if text.get_text() == "0.5"]
    ['0.5']
    >>> plt.close(figure)
    """
    states = np.asarray(states, float).reshape(len(inputs), -1)
    units, num_done = states.shape[1], len(inputs) if step is None else step
    wide, cell = 4.1, units + 1.4  # the width of a time step; where its cell begins
    below = 0 if gradients is None else 1.4
    figure, axis = new_card(wide * len(inputs) + 0.6, cell + 5 + below)
    limit = max(1.0, np.nanmax(np.abs(states)))
    for t, (x_t, state) in enumerate(zip(inputs, states, strict=True)):
        left = 1.6 + wide * t
        is_done, middle = t < num_done, left + 1
        _draw_cell(axis, left, cell, say("cell", "셀"), is_done)
        start = (left - wide + 2 if t else 0.4, cell + 0.75)
        _draw_arrow(axis, start, (left, cell + 0.75), is_done)
        _draw_arrow(axis, (middle, cell + 2.7), (middle, cell + 1.6), is_done)
        _draw_arrow(axis, (middle, cell - 0.1), (middle, units + 0.1), is_done)
        color = INPUT.color if is_done else _PALE
        axis.text(middle, cell + 3.4, str(x_t), color=color, ha="center", va="center")
        axis.text(middle, cell + 4.1, f"$x_{t + 1}$", color=color, ha="center", va="center")
        _draw_state(axis, state if is_done else np.full(units, np.nan), middle, t + 1, limit)
        if t + 1 == step:
            draw_frame(axis, middle - 0.8, 0, 1.6, units, ACTIVATIONS)
            draw_frame(axis, left, cell, 2, 1.5, WEIGHTS)
        if gradients is not None:
            _draw_gradient(axis, middle, cell + 5, np.asarray(gradients, float)[t], t, wide)
    axis.text(0.1, cell + 0.75, "0", ha="center", va="center", color=TEXT)
    return figure


def _draw_cell(axis: Axes, left: float, top: float, name: str, is_done: bool) -> None:
    color = WEIGHTS.color if is_done else _PALE
    axis.add_patch(Rectangle((left, top), 2, 1.5, facecolor="#ffffff", edgecolor=color))
    axis.text(left + 1, top + 0.77, name, color=color, ha="center", va="center")


def _draw_state(axis: Axes, state: np.ndarray, middle: float, t: int, limit: float) -> None:
    extent = (middle - 0.8, middle + 0.8, len(state), 0)
    shade(axis, state[:, None], extent, limit)
    axis.add_patch(Rectangle((middle - 0.8, 0), 1.6, len(state), fill=False, edgecolor="#888888"))
    axis.text(middle, -0.55, f"$h_{t}$", ha="center", va="center", color=ACTIVATIONS.color)
    for row, value in enumerate(state):
        if not np.isnan(value):
            color = "white" if abs(value) > 0.6 * limit else "black"
            text = f"{value + 0.0:.3f}".rstrip("0").rstrip(".") if len(state) == 1 else short(value)
            axis.text(middle, 0.52 + row, text, color=color, ha="center", va="center", fontsize=8)


def _draw_arrow(axis, start, end, is_done: bool, ink: Ink | None = None) -> None:
    color = (ink.color if ink else TEXT) if is_done else _PALE
    arrow = {"arrowstyle": "->", "color": color, "linewidth": 1.3}
    if ink:
        arrow["linestyle"] = ink.linestyle
    axis.annotate("", end, start, arrowprops=arrow)


def _draw_gradient(axis, middle, height, size, t, wide) -> None:
    axis.text(
        middle, height, f"{size:.2g}", color=GRADIENTS.color, ha="center", va="center", fontsize=9
    )
    if t:
        _draw_arrow(axis, (middle - 0.9, height), (middle - wide + 0.9, height), True, GRADIENTS)


def state_maps(states: Sequence[np.ndarray], steps: Sequence[Sequence[str]]) -> plt.Figure:
    """Draw the states of two sequences as heat maps, and their difference.

    Parameters
    ----------
    states : two arrays (T, units)
        Between -1 and 1.
    steps : two sequences of T words
        What is read at each step.

    Returns
    -------
    Figure
        Red above zero, blue below; a row for each unit.

    Examples
    --------
    >>> figure = state_maps([np.zeros((2, 3)), np.ones((2, 3))], ["ab", "ba"])
    >>> len(figure.axes[0].images)
    3
    >>> plt.close(figure)
    """
    first, second = (np.asarray(state, float).T for state in states)
    wide = 7.5 / first.shape[1]
    side = 7.5
    figure, axis = new_card(3 * side + 3.4, 8.2)
    titles = [say("first sentence", "첫째 문장"), say("second sentence", "둘째 문장")]
    titles += [say("difference", "차이")]
    for place, (table, title) in enumerate(
        zip((first, second, first - second), titles, strict=True)
    ):
        left = 1 + place * (side + 0.8)
        shade(axis, table, (left, left + side, 6.2, 0), 1.0)
        draw_frame(axis, left, 0, side, 6.2, ACTIVATIONS)
        axis.text(left + side / 2, -0.5, title, ha="center", va="center", color=TEXT)
        words = steps[place] if place < 2 else [f"$h_{t + 1}$" for t in range(first.shape[1])]
        for t, word in enumerate(words):
            axis.text(
                left + (t + 0.5) * wide, 6.8, word, ha="center", va="center", color=TEXT, fontsize=8
            )
    axis.text(0.4, 3.1, say("unit", "유닛"), rotation=90, ha="center", va="center", color=TEXT)
    return figure


def lstm_step(f: float, i: float, o: float, new: float, c_before: float) -> plt.Figure:
    """Draw one step of an LSTM with one unit: what its three gates let through.

    Parameters
    ----------
    f, i, o : float
        The forget, input and output gate, from 0, shut, to 1, open.
    new : float
        The new content, from -1 to 1.
    c_before : float
        The cell state before the step.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = lstm_step(f=1, i=0, o=1, new=0.5, c_before=2)
    >>> any("2.00" in text.get_text() for text in figure.axes[0].texts)
    True
    >>> plt.close(figure)
    """
    c_t = f * c_before + i * new
    figure, axis = new_card(20, 10.2)
    axis.plot([0.5, 19.4], [1.5, 1.5], color=ACTIVATIONS.color, linewidth=9, alpha=0.18)
    _draw_number(axis, 1.5, 1.5, "c_{t-1}", c_before)
    _draw_arrow(axis, (2.7, 1.5), (4.8, 1.5), True)
    _draw_gate(axis, 6, 1.5, say("forget f", "망각 f"), f)
    _draw_arrow(axis, (7.2, 1.5), (9.3, 1.5), True)
    _draw_sign(axis, 10, 1.5, "+")
    _draw_arrow(axis, (10.7, 1.5), (16.7, 1.5), True)
    _draw_number(axis, 18, 1.5, "c_t", c_t)
    _draw_number(axis, 10, 7.6, say("new", "새것 new"), new, INPUT, below=True)
    _draw_arrow(axis, (10, 6.9), (10, 5.7), True)
    _draw_gate(axis, 10, 4.6, say("input i", "입력 i"), i)
    _draw_arrow(axis, (10, 3.5), (10, 2.3), True)
    axis.plot([14.3, 14.3], [1.5, 2.6], color=TEXT, linewidth=1.3)
    axis.text(14.3, 3.1, "tanh", ha="center", va="center", color=TEXT)
    _draw_arrow(axis, (14.3, 3.5), (14.3, 4.1), True)
    _draw_gate(axis, 14.3, 5.2, say("output o", "출력 o"), o)
    _draw_arrow(axis, (14.3, 6.3), (14.3, 7.0), True)
    _draw_number(axis, 14.3, 7.6, "h_t", o * np.tanh(c_t), below=True)
    made_of = [
        say("each gate and new", "게이트와 새것은 모두"),
        say("are made of", "이것으로 만듭니다:"),
    ]
    for row, line in enumerate([*made_of, "$x_t$, $h_{t-1}$"]):
        axis.text(0.4, 5.6 + 0.9 * row, line, color=INPUT.color, va="center", fontsize=9)
    return figure


def gru_step(z: float, r: float, h_before: float, x_sum: float, h_weight: float) -> plt.Figure:
    """Draw one step of a GRU with one unit: the old state and the new content share the place.

    Parameters
    ----------
    z, r : float
        The update and the reset gate, from 0 to 1.
    h_before : float
        The state before the step.
    x_sum : float
        The weighted sum of the inputs for the new content.
    h_weight : float
        The weight of the old state for it.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = gru_step(z=1, r=1, h_before=-0.5, x_sum=1, h_weight=1)
    >>> [text.get_text() for text in figure.axes[0].texts].count("-0.50")
    2
    >>> plt.close(figure)
    """
    new = np.tanh(x_sum + r * h_weight * h_before)
    figure, axis = new_card(20, 10)
    axis.plot([0.5, 19.4], [1.5, 1.5], color=ACTIVATIONS.color, linewidth=9, alpha=0.18)
    _draw_number(axis, 1.5, 1.5, "h_{t-1}", h_before)
    _draw_arrow(axis, (2.7, 1.5), (7.8, 1.5), True)
    _draw_gate(axis, 9, 1.5, say("update z", "업데이트 z"), z)
    _draw_arrow(axis, (10.2, 1.5), (12.8, 1.5), True)
    _draw_sign(axis, 13.5, 1.5, "+")
    _draw_arrow(axis, (14.2, 1.5), (16.7, 1.5), True)
    _draw_number(axis, 18, 1.5, "h_t", z * h_before + (1 - z) * new)
    axis.plot([4, 4], [1.5, 3.4], color=TEXT, linewidth=1.3)
    _draw_gate(axis, 4, 4.5, say("reset r", "리셋 r"), r)
    axis.plot([4, 4], [5.6, 7], color=TEXT, linewidth=1.3)
    _draw_arrow(axis, (4, 7), (7.4, 7), True)
    _draw_arrow(axis, (8.6, 8.7), (8.6, 7.7), True)
    axis.text(8.6, 9, "$x_t$", color=INPUT.color, ha="center", va="center")
    _draw_number(axis, 8.6, 7, say("new", "새것 new"), new, INPUT)
    axis.plot([9.9, 13.5, 13.5], [7, 7, 5.7], color=TEXT, linewidth=1.3)
    _draw_gate(axis, 13.5, 4.6, "1 - z", 1 - z)
    _draw_arrow(axis, (13.5, 3.5), (13.5, 2.3), True)
    return figure


def _draw_number(axis, x, y, name, value, ink: Ink = ACTIVATIONS, below: bool = False) -> None:
    """Draw a value in a box with its name above or below it."""
    axis.add_patch(
        FancyBboxPatch(
            (x - 0.9, y - 0.35), 1.8, 0.7, "round,pad=0.2", facecolor="#ffffff",
            edgecolor=ink.color, linewidth=1.6, linestyle=ink.linestyle, zorder=3,
        )
    )  # fmt: skip
    axis.text(x, y + 0.03, f"{value + 0.0:.2f}", ha="center", va="center", color=TEXT, zorder=4)
    label = f"${name}$" if "_" in name else name
    axis.text(
        x,
        y + (1.1 if below else -1.0),
        label,
        ha="center",
        va="center",
        color=ink.color,
        fontsize=10,
    )


def _draw_gate(axis, x, y, name, value) -> None:
    """Draw a gate: a circle that is filled as far as the gate is open."""
    axis.add_patch(Circle((x, y), 1, facecolor="#ffffff", edgecolor="none", zorder=3))
    level = Rectangle((x - 1, y + 1 - 2 * value), 2, 2 * value, facecolor="#f0c9ad", zorder=3)
    axis.add_patch(level)
    rim = Circle((x, y), 1, fill=False, edgecolor=WEIGHTS.color, linewidth=1.8, zorder=4)
    axis.add_patch(rim)
    level.set_clip_path(rim)
    axis.text(
        x, y + 0.03, f"× {value:.2f}", ha="center", va="center", fontsize=9, zorder=5,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )  # fmt: skip
    axis.text(x + 1.25, y - 0.85, name, va="center", color=WEIGHTS.color, fontsize=9)


def _draw_sign(axis, x, y, sign) -> None:
    axis.add_patch(Circle((x, y), 0.55, facecolor=CARD, edgecolor=TEXT, zorder=3))
    axis.text(x, y + 0.02, sign, ha="center", va="center", color=TEXT, fontsize=13, zorder=4)


def series_window(curve: ArrayLike, start: int, size: int) -> plt.Figure:
    """Draw a window on a time series: what a forecast may see, and what it must find.

    Parameters
    ----------
    curve : array_like, (T,)
    start, size : int
        The window holds the values from `start` on; the next one is to be forecast.

    Returns
    -------
    Figure
        With the rival that says "the same as the last" as a level line.

    Examples
    --------
    >>> figure = series_window(np.sin(np.arange(50) / 4), start=10, size=24)
    >>> len(figure.axes[0].lines)
    4
    >>> plt.close(figure)
    """
    curve = np.asarray(curve, float)
    figure, axis = new_card(25, 7.6)
    x = np.linspace(0.3, 18, len(curve))
    y = 6 - 5 * (curve - curve.min()) / np.ptp(curve)
    axis.plot(x, y, color=TEXT, linewidth=1, alpha=0.35)
    seen = slice(start, start + size)
    axis.plot(x[seen], y[seen], ".", color=INPUT.color, markersize=5)
    left, width = x[start] - 0.12, x[start + size - 1] - x[start] + 0.24
    draw_frame(axis, left, 0.5, width, 6, INPUT)
    last, asked = start + size - 1, start + size
    axis.plot([x[last], x[asked] + 0.5], [y[last], y[last]], linewidth=2, **WRONG._asdict())
    axis.plot(x[asked], y[asked], "*", color=RIGHT.color, markersize=9)
    entries = [
        (INPUT.color, "●", say(f"window: {size} values", f"윈도: 값 {size}개")),
        (RIGHT.color, "★", say("the value asked for", "맞힐 값")),
        (WRONG.color, "- -", say("“the same as the last”", "“마지막과 같다”")),
    ]
    for number, (color, mark, label) in enumerate(entries):
        height = 2 + 1.3 * number
        axis.text(18.9, height, mark, color=color, ha="center", va="center")
        axis.text(19.5, height, label, color=TEXT, va="center", fontsize=9)
    axis.text(16.6, -0.3, say("time →", "시간 →"), ha="center", va="center", color=TEXT)
    return figure

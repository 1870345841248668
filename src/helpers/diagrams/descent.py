"""Diagrams of lessons 04 and 05: walks downhill, on a curve of the loss and on a landscape."""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from helpers.diagrams.card import ACTIVATIONS, GRADIENTS, INPUT, RIGHT, TEXT, WEIGHTS
from helpers.reader import say

_NUDGE = 1e-5  # by which a weight is moved to measure a slope


def walk(
    loss: Callable,
    weights: ArrayLike,
    span: tuple[float, float],
    top: float | None = None,
    heading: str = "",
) -> plt.Figure:
    """Draw the walk of one weight on the curve of its loss, and the slope where it stands.

    Parameters
    ----------
    loss : callable
        From an array of weights to an array of losses.
    weights : array_like, (num_steps + 1,)
        The weight at the start and after each step.
    span : pair of float
        The weights from the left edge of the picture to its right edge.
    top : float, optional
        The largest loss drawn; else that of the curve.
    heading : str
        A line before the numbers in the title.

    Returns
    -------
    Figure
        A walk that leaves the picture ends in an arrow at its edge.

    Examples
    --------
    >>> figure = walk(lambda w: (w - 1) ** 2, [-1, 0], span=(-2, 4))
    >>> figure.axes[0].get_title()
    'step 1: weight 0, slope −2, loss 1'
    >>> plt.close(figure)
    """
    visited = np.asarray(weights, float)
    line = np.linspace(*span, 400)
    figure, axis = plt.subplots(figsize=(6.4, 3.0))
    axis.plot(line, loss(line), color=TEXT, linewidth=1.2)
    top = float(np.max(loss(line))) if top is None else top
    axis.set(xlim=span, ylim=(-0.06 * top, 1.05 * top))
    axis.plot(visited, loss(visited), "o-", color=WEIGHTS.color, linewidth=0.8, markersize=4)
    axis.plot(visited[:1], loss(visited[:1]), "s", color=WEIGHTS.color, markersize=7)
    here, height = visited[-1], float(loss(visited[-1:])[0])
    slope = float(np.diff(loss(here + _NUDGE * np.array([-1, 1])))[0] / (2 * _NUDGE))
    if span[0] <= here <= span[1] and height <= 1.05 * top:
        reach = np.array([-1, 1]) * 0.12 * (span[1] - span[0])
        axis.plot(here + reach, height + slope * reach, linewidth=2.2, **GRADIENTS._asdict())
        axis.plot(here, height, "o", color=WEIGHTS.color, markersize=9)
    else:
        _mark_exit(axis, here, span)
    numbers = ", ".join(
        [
            say(f"step {len(visited) - 1}: weight {_short(here)}",
                f"{len(visited) - 1}걸음: 가중치 {_short(here)}"),
            say(f"slope {_short(slope)}", f"기울기 {_short(slope)}"),
            say(f"loss {_short(height)}", f"손실 {_short(height)}"),
        ]
    )  # fmt: skip
    axis.set_title(f"{heading}\n{numbers}" if heading else numbers, fontsize=10, color=TEXT)
    axis.set(xlabel=say("weight", "가중치"), ylabel=say("loss", "손실"))
    return figure


def _mark_exit(axis: Axes, here: float, span: tuple[float, float]) -> None:
    """Say at the edge of the picture that the walk has left it."""
    is_right = here > (span[0] + span[1]) / 2
    words = say("out of the picture", "그림 밖으로 나감")
    words = f"{words} →" if is_right else f"← {words}"
    axis.text(
        0.98 if is_right else 0.02, 0.5, words, transform=axis.transAxes,
        ha="right" if is_right else "left", va="center", color=WEIGHTS.color,
    )  # fmt: skip


def landscape(
    loss: Callable,
    paths: Mapping[str, ArrayLike],
    spans: tuple[tuple[float, float], tuple[float, float]],
    names: tuple[str, str],
    best: ArrayLike,
    data: tuple[ArrayLike, ArrayLike] | None = None,
) -> plt.Figure:
    """Draw walks of two weights on the landscape of their loss, seen from above.

    Parameters
    ----------
    loss : callable
        From two arrays, the first weights and the second, to an array of losses.
    paths : mapping
        From a title to a walk (num_steps + 1, 2); a panel for each.
    spans : two pairs of float
        The first weights from left to right, the second from the bottom to the top.
    names : pair of str
        Of the two weights, for the axes.
    best : array_like, (2,)
        The lowest point.
    data : pair of array_like (N,), optional
        Inputs and right answers: a panel beside the last walk shows the line
        ``first * input + second`` on which it ends.

    Returns
    -------
    Figure
        The darker, the higher the loss; from one contour to the next it is twice as large.

    Examples
    --------
    >>> bowl = lambda first, second: first**2 + second**2
    >>> walk = np.array([[2, 1], [1, 0.5]])
    >>> figure = landscape(bowl, {"a": walk}, ((-3, 3), (-2, 2)), ("w", "b"), [0, 0])
    >>> len(figure.axes)
    1
    >>> plt.close(figure)
    """
    num = len(paths) + (data is not None)
    rows, columns = -(-num // 2), min(num, 2)
    figure, axes = plt.subplots(rows, columns, figsize=(3.8 * columns, 3.1 * rows), squeeze=False)
    first, second = np.meshgrid(*[np.linspace(*span, 121) for span in spans])
    losses = loss(first, second)
    heights = np.log2(np.maximum(losses, losses.max() * 2.0**-12))  # 12 contours at most
    levels = np.arange(np.floor(heights.min()), np.ceil(heights.max()) + 1)
    for axis, (title, path) in zip(axes.flat, paths.items(), strict=False):
        axis.contourf(first, second, heights, levels, cmap="Greys", vmax=levels[-1] + 9)
        axis.contour(
            first, second, heights, levels, colors="#8a8880", linewidths=0.5, linestyles="-"
        )
        steps = _until_lost(np.asarray(path, float), spans)
        axis.plot(*steps.T, "o-", color=WEIGHTS.color, linewidth=1, markersize=2.5)
        axis.plot(*steps[0], "s", color=WEIGHTS.color, markersize=7)
        axis.plot(*steps[-1], "o", color=WEIGHTS.color, markersize=7)
        axis.plot(*np.asarray(best, float), "*", color=RIGHT.color, markersize=13)
        axis.set(xlim=spans[0], ylim=spans[1], xlabel=names[0], ylabel=names[1])
        axis.set_title(title, fontsize=10, color=TEXT)
    if data is not None:
        _draw_line(axes.flat[num - 1], data, np.asarray(path, float)[-1])
    return figure


def _until_lost(path: np.ndarray, spans: tuple) -> np.ndarray:
    """Return a walk up to the first step that lies far outside of the picture."""
    (left, right), (bottom, top) = spans
    away = np.abs(path - [(left + right) / 2, (bottom + top) / 2]) / [right - left, top - bottom]
    lost = np.flatnonzero((away > 1.5).any(axis=1))
    return path[: lost[0] + 1] if lost.size else path


def _draw_line(axis: Axes, data: tuple[ArrayLike, ArrayLike], weights: np.ndarray) -> None:
    """Draw the data and the line that two weights make."""
    x, y = (np.asarray(numbers, float) for numbers in data)
    ends = np.array([x.min(), x.max()])
    axis.plot(x, y, ".", color=INPUT.color, markersize=3, alpha=0.6)
    axis.plot(ends, weights[0] * ends + weights[1], linewidth=2, **ACTIVATIONS._asdict())
    axis.margins(0.04)
    axis.set_title(say("the line it ends on", "도착한 곳의 직선"), fontsize=10, color=TEXT)
    axis.set(xlabel=say("input", "입력"), ylabel=say("right answer", "정답"))


def _short(value: float) -> str:
    """Return a number with three digits at most, and never minus zero.

    Examples
    --------
    >>> _short(-2.0), _short(1234567.0), _short(-0.0)
    ('−2', '1.23e+06', '0')
    """
    return f"{float(value) + 0.0:.3g}".replace("-", "\N{MINUS SIGN}")

"""Diagrams of lesson 05: a network as a computation graph, values forward and slopes back."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from helpers.diagrams.card import ACTIVATIONS, GRADIENTS, INPUT, TEXT, WEIGHTS, Ink, new_card
from helpers.reader import say

_LOSS = Ink(TEXT, "-")
_PALE = "#b9b7b0"  # what is still to come
_WIDE, _HIGH = 3.0, 1.0  # of a node, in cells


class _Node(NamedTuple):
    """A number of the graph: where it is drawn, its sign, how it is made, in which ink."""

    at: tuple[float, float]
    sign: str
    formula: str
    ink: Ink


#: The last step of `chain`: everything is computed, forward and back.
NUM_STEPS = 8


def chain(x: float, w1: float, w2: float, y: float, step: int = NUM_STEPS) -> plt.Figure:
    r"""Draw h = w1 x, a = ReLU(h), s = w2 a and (s - y)² as a graph, computed step by step.

    Parameters
    ----------
    x, w1, w2, y : float
        The input, both weights and the right answer.
    step : int from 0 to 8
        How much is computed: 1 to 4 are h, a, s and the loss; 5 to 8 the slopes of the loss for
        s, for w2 and a, for h, for w1. What is still to come is pale.

    Returns
    -------
    Figure
        The value of each number in its box, the slope of the loss below or beside it; each
        arrow back says by how much it multiplies.

    Examples
    --------
    >>> figure = chain(x=2, w1=0.5, w2=3, y=1)
    >>> [text.get_text() for text in figure.axes[0].texts].count("24")
    1
    >>> plt.close(figure)
    """
    h = w1 * x
    a = max(h, 0)
    s = w2 * a
    of_s = 2 * (s - y)
    of_h = of_s * w2 * (h > 0)
    nodes = {
        "x": _Node((1.6, 4.6), "x", "", INPUT),
        "w1": _Node((4.4, 0.9), "w_1", "", WEIGHTS),
        "h": _Node((7.6, 4.6), "h", "w_1 x", ACTIVATIONS),
        "a": _Node((13, 4.6), "a", r"\mathrm{ReLU}(h)", ACTIVATIONS),
        "w2": _Node((15.6, 0.9), "w_2", "", WEIGHTS),
        "s": _Node((18.4, 4.6), "s", "w_2 a", ACTIVATIONS),
        "y": _Node((21.2, 0.9), "y", "", INPUT),
        "loss": _Node((24, 4.6), "", "(s - y)^2", _LOSS),
    }
    values = {"x": x, "w1": w1, "w2": w2, "y": y}
    values |= dict(list({"h": h, "a": a, "s": s, "loss": (s - y) ** 2}.items())[:step])
    backward: Sequence[tuple[int, str, str, float, float]] = [
        (5, "loss", "s", of_s, of_s),
        (6, "s", "w2", a, of_s * a),
        (6, "s", "a", w2, of_s * w2),
        (7, "a", "h", float(h > 0), of_h),
        (8, "h", "w1", x, of_h * x),
    ]
    done = [way[1:] for way in backward if way[0] <= step]
    edges = ["x h", "w1 h", "h a", "a s", "w2 s", "s loss", "y loss"]
    return _draw_graph(nodes, edges, values, done)


def fork(x: float, w: float, v: float, y: float) -> plt.Figure:
    """Draw h = w x, a = ReLU(h), s = h + v a and (s - y)²: two paths from h to s, values only.

    Parameters
    ----------
    x, w, v, y : float
        The input, both weights and the right answer.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = fork(x=2, w=0.5, v=3, y=1)
    >>> [text.get_text() for text in figure.axes[0].texts].count("$s$ = 4")
    1
    >>> plt.close(figure)
    """
    h = w * x
    a = max(h, 0)
    s = h + v * a
    nodes = {
        "x": _Node((1.6, 4.6), "x", "", INPUT),
        "w": _Node((4.4, 0.9), "w", "", WEIGHTS),
        "h": _Node((7.6, 4.6), "h", "w x", ACTIVATIONS),
        "a": _Node((13, 2.5), "a", r"\mathrm{ReLU}(h)", ACTIVATIONS),
        "v": _Node((16.6, 0.1), "v", "", WEIGHTS),
        "s": _Node((18.4, 4.6), "s", "", ACTIVATIONS),
        "y": _Node((21.4, 0.9), "y", "", INPUT),
        "loss": _Node((24, 4.6), "", "(s - y)^2", _LOSS),
    }
    values = {"x": x, "w": w, "v": v, "y": y, "h": h, "a": a, "s": s, "loss": (s - y) ** 2}
    edges = ["x h", "w h", "h a", "h s", "a s", "v s", "s loss", "y loss"]
    return _draw_graph(nodes, edges, values, [], "h + v a")


def _draw_graph(
    nodes: Mapping[str, _Node],
    edges: Sequence[str],
    values: Mapping[str, float],
    done: Sequence[tuple[str, str, float, float]],
    below_s: str = "",
) -> plt.Figure:
    """Draw nodes, the arrows forward, and the way back as far as it is done."""
    figure, axis = new_card(25.6, 8)
    for edge in edges:
        start, end = edge.split()
        is_done = end in values
        _draw_way(axis, nodes[start].at, nodes[end].at, TEXT if is_done else _PALE)
    for name, node in nodes.items():
        _draw_node(axis, node, values.get(name))
    if below_s:
        x, y = nodes["s"].at
        _write(axis, x, y + _HIGH, f"${below_s}$", TEXT, 9)
    for start, end, factor, slope in done:
        _draw_way_back(axis, nodes, start, end, factor, slope)
    forward = say("in the box: the value, computed forward →", "상자 안: 앞으로 가며 구한 값 →")
    back = say(
        "outside: the slope of the loss, computed back ←", "상자 밖: 거슬러 가며 구한 기울기 ←"
    )
    _write(axis, 0.1, 6.9, forward, TEXT, 9, "left")
    if not below_s:
        _write(axis, 25.5, 6.9, back, GRADIENTS.color, 9, "right")
    return figure


def _draw_node(axis: Axes, node: _Node, value: float | None) -> None:
    (x, y), color = node.at, node.ink.color if value is not None else _PALE
    axis.add_patch(
        FancyBboxPatch(
            (x - _WIDE / 2 + 0.2, y - _HIGH / 2 + 0.1), _WIDE - 0.4, _HIGH - 0.2, "round,pad=0.2",
            facecolor="#ffffff", edgecolor=color, linewidth=1.6, linestyle=node.ink.linestyle,
            zorder=3,
        )
    )  # fmt: skip
    sign = f"${node.sign}$" if node.sign else say("loss", "손실")
    words = sign if value is None else f"{sign} = {_number(value)}"
    _write(axis, x, y, words, color if value is None else TEXT, 10)
    if node.formula:
        _write(axis, x, y - 1.15, f"${node.formula}$", TEXT, 9)


def _draw_way(axis: Axes, start: tuple, end: tuple, color: str) -> None:
    """Draw an arrow from the right side of a node, or from below it, to the next."""
    (x, y), (end_x, end_y) = start, end
    if abs(y - end_y) < 1:
        tail, tip = (x + _WIDE / 2, y), (end_x - _WIDE / 2, end_y)
    elif y > end_y:
        tail, tip = (x + _WIDE / 2 - 0.1, y - 0.45), (end_x - _WIDE / 2, end_y + 0.2)
    else:
        tail, tip = (x + _WIDE / 2 - 0.3, y + 0.5), (end_x - _WIDE / 2 + 0.3, end_y - 0.55)
    axis.annotate("", tip, tail, arrowprops={"arrowstyle": "->", "color": color, "linewidth": 1.2})


def _draw_way_back(axis, nodes, start, end, factor, slope) -> None:
    """Draw an arrow back from a node to one that it was made of, and the slope found there."""
    (x, y), (from_x, from_y) = nodes[end].at, nodes[start].at
    if y == from_y:  # along the row, below the boxes
        number_at, tip = (x, y + 1.2), (x + 0.9, y + 1.2)
        tail, middle = (from_x - 0.9, y + 1.2), ((x + from_x) / 2, y + 1.85)
    else:  # up to a weight, left of the way down
        number_at, tip = (x - 2.1, y), (x - 0.4, y + 0.7)
        tail = (from_x - 1.1, from_y - 0.75)
        middle = ((tip[0] + tail[0]) / 2 - 0.9, (tip[1] + tail[1]) / 2 + 0.2)
    _write(axis, *number_at, _number(slope), GRADIENTS.color, 11)
    arrow = {"arrowstyle": "->", "color": GRADIENTS.color, "linewidth": 1.6}
    axis.annotate("", tip, tail, arrowprops=arrow | {"linestyle": GRADIENTS.linestyle})
    words = "$2 (s - y)$" if start == "loss" else f"× {_number(factor)}"
    _write(axis, *middle, words, GRADIENTS.color, 9)


def _write(axis, x, y, words, color, size, align="center") -> None:
    axis.text(x, y + 0.03, words, ha=align, va="center", color=color, fontsize=size, zorder=4)


def _number(value: float) -> str:
    """Return a number with three digits at most, and never minus zero.

    Examples
    --------
    >>> _number(24.0), _number(-0.0), _number(0.125)
    ('24', '0', '0.125')
    """
    return f"{float(value) + 0.0:.3g}".replace("-", "\N{MINUS SIGN}")

"""Diagrams of lesson 14: what the heads look at, the block, the masks, and the family.

Attention weights are drawn white at 0 and dark red at 1.
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle
from numpy.typing import ArrayLike

from helpers.diagrams.card import (
    ACTIVATIONS,
    GRADIENTS,
    INPUT,
    RIGHT,
    TEXT,
    WEIGHTS,
    Ink,
    draw_arrow,
    draw_frame,
    new_card,
    shade,
    short,
)
from helpers.reader import say

_INKS = (INPUT, WEIGHTS, ACTIVATIONS, GRADIENTS)


def heads(
    words: Sequence[str],
    weights: ArrayLike,
    titles: Sequence[str] | None = None,
    note: str = "",
) -> plt.Figure:
    """Draw a table of attention weights for each head: the row looks, the column is looked at.

    Parameters
    ----------
    words : sequence of str
        T words.
    weights : array_like, (H, T, T)
    titles : sequence of str, optional
        One for each head; its number if omitted.
    note : str, optional
        A line below the tables.

    Returns
    -------
    Figure
        With the numbers where there are at most five words.

    Examples
    --------
    >>> figure = heads(["a", "b"], [np.eye(2), np.ones((2, 2)) / 2])
    >>> len(figure.axes[0].images)
    2
    >>> plt.close(figure)
    """
    weights = np.asarray(weights, float)
    num_heads, length, _ = weights.shape
    side = min(5.0, 20 / num_heads)  # of a table, in cells
    step = side + 0.9
    margin = max(2.2, 0.52 * max(map(len, words)) + 0.3)
    figure, axis = new_card(margin + num_heads * step - 0.9, margin + side + (2.2 if note else 1.2))
    for head, table in enumerate(weights):
        left, top = margin + head * step, margin
        title = titles[head] if titles else say(f"head {head}", f"헤드 {head}")
        _draw_words(axis, words, left, top, side, rows=head == 0)
        axis.text(left + side / 2, -0.6, title, ha="center", va="center", color=TEXT)
        shade(axis, table, (left, left + side, top + side, top), 1.0)
        axis.add_patch(Rectangle((left, top), side, side, fill=False, edgecolor="#888888"))
        cell = side / length
        for (row, column), weight in np.ndenumerate(table if length <= 5 else np.empty((0, 0))):
            axis.text(
                left + (column + 0.5) * cell, top + (row + 0.5) * cell, f"{weight:.2f}",
                ha="center", va="center", fontsize=8, color="white" if weight > 0.6 else "black",
            )  # fmt: skip
    if note:
        axis.text(margin, margin + side + 0.9, note, va="center", color=TEXT)
    return figure


def block(
    words: Sequence[str],
    x: ArrayLike,
    weights: ArrayLike,
    found: ArrayLike,
    looked: ArrayLike,
    hidden: ArrayLike,
    thought: ArrayLike,
    output: ArrayLike,
    chosen: int = 0,
    note: str = "",
    is_residual: bool = True,
) -> plt.Figure:
    """Draw a sentence's way through a block: attention above, feed-forward below.

    Parameters
    ----------
    words : sequence of str
        T words.
    x, found, looked, thought, output : array_like, (T, D)
        The input; what attention found; their normalized sum; what the feed-forward layers add;
        and the normalized sum.
    weights : array_like, (H, T, T)
    hidden : array_like, (T, F)
        After the ReLU.
    chosen : int
        The word whose row is framed.
    note : str, optional
        A line at the bottom.
    is_residual : bool
        Whether the input goes around each step, to be added.

    Returns
    -------
    Figure
        Red is above zero, blue below; each table has a scale of its own.

    Examples
    --------
    >>> table, attention = np.ones((2, 4)), np.ones((1, 2, 2)) / 2
    >>> wide = np.ones((2, 16))
    >>> figure = block(["a", "b"], table, attention, table, table, wide, table, table)
    >>> len(figure.axes[0].images)
    8
    >>> plt.close(figure)
    """
    side, narrow, wide = 3.4, 3.6, 6.8
    figure, axis = new_card(25.6, 14.2)
    weights = np.asarray(weights, float)
    labels = (
        ("", ""),
        (say("1. look around: attention", "1. 둘러보기: 어텐션"),
         say("2. think: feed-forward", "2. 생각하기: 피드포워드")),
        (say("found", "찾은 것"), say("thought", "생각한 것")),
        (say("normalised", "정규화"), say("normalised: the output", "정규화: 출력")),
    )  # fmt: skip
    names = (say("input: words + places", "입력: 단어 + 위치"), say("from above", "위에서"))
    rows = ((x, None, found, looked), (looked, hidden, thought, output))
    for number, (start, middle, step, end) in enumerate(rows):
        top = 0.2 + 6.6 * number
        _draw_words(axis, words, 2.8, top, side, columns=False)
        _draw_strips(axis, start, 2.8, top, narrow, side, names[number], chosen)
        if middle is None:
            gap = 0.4
            width = (wide - gap * (len(weights) - 1)) / len(weights)
            for head, table in enumerate(weights):
                left = 7.6 + head * (width + gap)
                _draw_strips(axis, table, left, top, width, side, "", chosen, limit=1.0)
            axis.text(7.6 + wide / 2, top - 0.5, labels[1][0], ha="center", va="center", color=TEXT)
        else:
            _draw_strips(axis, middle, 7.6, top, wide, side, labels[1][1], chosen)
        _draw_strips(axis, step, 15.4, top, narrow, side, labels[2][number], chosen)
        _draw_strips(axis, end, 21.2, top, narrow, side, labels[3][number], chosen)
        height = top + side / 2
        for begin, stop in ((6.5, 7.5), (14.5, 15.3), (19.1, 19.6), (20.5, 21.1)):
            draw_arrow(axis, (begin, height), (stop, height))
        if is_residual:
            axis.add_patch(Circle((20.05, height), 0.42, facecolor="white", edgecolor=TEXT))
            axis.text(20.05, height, "+", ha="center", va="center", fontsize=13, color=TEXT)
            below = top + side + 0.9
            axis.plot([4.6, 4.6, 20.05], [top + side + 0.1, below, below], **INPUT._asdict())
            axis.plot([20.05, 20.05], [below, height + 0.9], **INPUT._asdict())
            draw_arrow(axis, (20.05, height + 0.9), (20.05, height + 0.45))
            around = say("around the step: residual connection", "단계를 돌아서: 잔차 연결")
            axis.text(12, below + 0.5, around, ha="center", va="center", color=INPUT.color)
    axis.text(2.8, 12.8, note, va="center", color=ACTIVATIONS.color, fontsize=11)
    return figure


def looks(words: Sequence[str], mask: ArrayLike, chosen: int, title: str) -> plt.Figure:
    """Draw a mask as a table, and at whom one word may look.

    Parameters
    ----------
    words : sequence of str
        T words.
    mask : array_like of bool, (T, T)
        True where the word of the row may look at that of the column.
    chosen : int
        The word that looks.
    title : str

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = looks(["a", "b"], np.tri(2), chosen=0, title="causal")
    >>> [text.get_text() for text in figure.axes[0].texts].count("✓")
    3
    >>> plt.close(figure)
    """
    mask = np.asarray(mask, bool)
    length = len(words)
    side, margin = 6.0, 2.6
    cell = side / length
    figure, axis = new_card(25, margin + side + 1.2)
    axis.text(margin + side / 2, -0.6, title, ha="center", va="center", color=TEXT)
    _draw_words(axis, words, margin, margin, side)
    for (row, column), may in np.ndenumerate(mask):
        corner = (margin + column * cell, margin + row * cell)
        colour = "#cfe3da" if may else "#ffffff"
        axis.add_patch(Rectangle(corner, cell, cell, facecolor=colour, edgecolor="#888888"))
        axis.text(
            corner[0] + cell / 2, corner[1] + cell / 2, "✓" if may else "·",
            ha="center", va="center", color=TEXT,
        )  # fmt: skip
    draw_frame(axis, margin, margin + chosen * cell, side, cell, ACTIVATIONS)
    left, step = margin + side + 2.6, 2.55
    count = int(mask[chosen].sum())
    seen = say(
        f"“{words[chosen]}” may look at {count} of {length}",
        f"'{words[chosen]}'에서 볼 수 있는 칸: {length}개 중 {count}개",
    )
    axis.text(left - 1, -0.6, seen, va="center", color=ACTIVATIONS.color)
    for place, word in enumerate(words):
        x = left + place * step
        may = mask[chosen, place]
        if may:
            axis.plot([left + chosen * step, x], [2.6, 6.6], zorder=0, **ACTIVATIONS._asdict())
        box = {"boxstyle": "round", "facecolor": "white", "edgecolor": "#888888"}
        box["linestyle"] = "-" if may else ":"
        axis.text(x, 7, word, ha="center", va="center", bbox=box, color=TEXT if may else "#767676")
    box = {"boxstyle": "round", "facecolor": "#cfe3da", "edgecolor": ACTIVATIONS.color}
    axis.text(left + chosen * step, 2.2, words[chosen], ha="center", va="center", bbox=box)
    return figure


def next_words(words: Sequence[str], mask: ArrayLike) -> plt.Figure:
    """Draw what one pass under a mask teaches: at each place, what is seen and what comes next.

    Parameters
    ----------
    words : sequence of str
        T + 1 words: the last one is only asked for.
    mask : array_like of bool, (T, T)
        What the word in each row may look at.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = next_words(["I", "am", "well"], np.tri(2))
    >>> [text.get_text() for text in figure.axes[0].texts][-1]
    'well'
    >>> plt.close(figure)
    """
    mask = np.asarray(mask, bool)
    length, wide, tall = len(mask), 3.0, 1.25
    figure, axis = new_card((length + 1) * wide + 1.6, length * tall + 1.2)
    target = length * wide + 1.4
    axis.text(0, -0.5, say("it sees", "보는 것"), va="center", color=INPUT.color)
    axis.text(target, -0.5, say("and must say", "맞혀야 할 것"), va="center", color=RIGHT.color)
    for row in range(length):
        top = 0.2 + row * tall
        for column in range(length):
            may = mask[row, column]
            axis.add_patch(
                Rectangle(
                    (column * wide, top), wide - 0.2, tall - 0.25,
                    facecolor="white" if may else "#e4e2db", edgecolor="#999999",
                    hatch=None if may else "////", linewidth=0.8,
                )
            )  # fmt: skip
            if may:
                middle = column * wide + wide / 2 - 0.1
                axis.text(middle, top + 0.5, words[column], ha="center", va="center", color=TEXT)
        draw_arrow(axis, (length * wide, top + 0.5), (target - 0.2, top + 0.5))
        axis.text(target, top + 0.5, words[row + 1], va="center", color=RIGHT.color)
    return figure


def places(waves: ArrayLike, chosen: int) -> plt.Figure:
    """Draw positional encodings, and the dot product of one place with every place.

    Parameters
    ----------
    waves : array_like, (T, D)
    chosen : int
        The place to compare with.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = places(np.eye(4), chosen=2)
    >>> figure.axes[1].lines[0].get_ydata().tolist()
    [0.0, 0.0, 1.0, 0.0]
    >>> plt.close(figure)
    """
    waves = np.asarray(waves, float)
    figure, (left, right) = _charts(2, height=3)
    left.imshow(waves, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    left.set(xlabel=say("column", "열"), ylabel=say("place", "위치"))
    left.axhline(chosen, color=TEXT, linewidth=1)
    right.plot(waves @ waves[chosen], color=INPUT.color)
    right.axvline(chosen, color=TEXT, linewidth=1)
    right.set(
        xlabel=say("place", "위치"),
        ylabel=say(f"dot product with place {chosen}", f"위치 {chosen}의 벡터와의 내적"),
        ylim=(0, None),
    )
    return figure


def curves(
    lines: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    xlabel: str,
    ylabel: str,
    logarithmic: bool = False,
) -> plt.Figure:
    """Draw lines, each named at its end.

    Parameters
    ----------
    lines : mapping of str to (x, y)
    xlabel, ylabel : str
    logarithmic : bool
        Both axes; then the values of x of the first line are the ticks.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = curves({"GPT": ([1, 2], [4.0, 3.0])}, "epoch", "loss")
    >>> [text.get_text() for text in figure.axes[0].texts]
    [' GPT']
    >>> plt.close(figure)
    """
    figure, (axis,) = _charts(1, height=3)
    for (x, y), ink, marker in zip(lines.values(), _INKS, "os^D", strict=False):
        axis.plot(x, y, marker=marker, markersize=4, **ink._asdict())
    axis.set(xlabel=xlabel, ylabel=ylabel)
    axis.margins(x=0.18)
    if logarithmic:
        ticks = list(next(iter(lines.values()))[0])
        axis.set(xscale="log", yscale="log")
        axis.set_xticks(ticks, map(str, ticks))
        axis.minorticks_off()
    else:
        axis.set_ylim(bottom=0)
    _name_lines(axis, lines)
    return figure


def _name_lines(axis: Axes, lines: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> None:
    """Write the name of each line at its end, one above the other where they are close."""
    points = 72 / axis.figure.dpi
    ends = {name: (x[-1], y[-1]) for name, (x, y) in lines.items()}
    heights = {name: points * axis.transData.transform(end)[1] for name, end in ends.items()}
    last = -np.inf
    for name in sorted(ends, key=lambda name: heights[name]):
        height = max(heights[name], last + 12)
        number = list(lines).index(name)
        axis.annotate(
            f" {name}", ends[name], (4, height - heights[name]), textcoords="offset points",
            color=_INKS[number].color, va="center",
        )  # fmt: skip
        last = height


def family(models: Sequence[Mapping[str, str]]) -> plt.Figure:
    """Draw language models by their month and their size, on a logarithmic axis.

    Parameters
    ----------
    models : sequence of mapping
        With ``name``, ``month`` (``"2017-06"``), ``billions``, ``kind`` (``"encoder"``,
        ``"decoder"`` or ``"both"``) and ``country`` (``"KR"`` gets a box).

    Returns
    -------
    Figure

    Examples
    --------
    >>> model = dict(name="BERT", month="2018-10", billions="0.34", kind="encoder", country="US")
    >>> figure = family([model])
    >>> figure.axes[0].texts[0].get_text()
    'BERT: 0.34'
    >>> plt.close(figure)
    """
    kinds = {
        "encoder": (Ink(INPUT.color, "-"), "s", say("encoder-only", "인코더 전용")),
        "both": (Ink(ACTIVATIONS.color, "-"), "^", say("encoder-decoder", "인코더-디코더")),
        "decoder": (Ink(WEIGHTS.color, "-"), "o", say("decoder-only", "디코더 전용")),
    }
    figure, (axis,) = _charts(1, height=4.6)
    for kind, (ink, marker, label) in kinds.items():
        own = [model for model in models if model["kind"] == kind]
        when = [_year(model["month"]) for model in own]
        sizes = [float(model["billions"]) for model in own]
        axis.plot(when, sizes, marker, color=ink.color, label=label)
        for model, x, y in zip(own, when, sizes, strict=True):
            korean = model["country"] == "KR"
            name = f"{model['name']}: {short(y) if y >= 1 else model['billions']}"
            axis.annotate(
                name, (x, y), (0, -16 if korean else 6), textcoords="offset points",
                ha="center", fontsize=8, color=ink.color,
                bbox={"boxstyle": "round,pad=0.2", "fc": "white", "ec": ink.color} if korean
                else None,
            )  # fmt: skip
    axis.set(yscale="log", ylabel=say("billions of weights", "가중치의 수 (10억 개)"))
    axis.margins(x=0.08, y=0.12)
    axis.legend(loc="lower right")
    return figure


def _year(month: str) -> float:
    year, number = map(int, month.split("-"))
    return year + (number - 1) / 12


def _charts(columns: int, height: float) -> tuple[plt.Figure, np.ndarray]:
    """Return charts side by side on a card."""
    figure, axes = plt.subplots(
        1, columns, figsize=(8.5 if columns > 1 else 8, height), squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for axis in axes.flat:
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes[0]


def _draw_words(
    axis: Axes,
    words: Sequence[str],
    left: float,
    top: float,
    side: float,
    rows: bool = True,
    columns: bool = True,
) -> None:
    """Write the words beside the rows of a square and above its columns."""
    cell = side / len(words)
    for place, word in enumerate(words):
        middle = (place + 0.5) * cell
        if rows:
            axis.text(left - 0.25, top + middle, word, ha="right", va="center", color=TEXT)
        if columns:
            axis.text(
                left + middle, top - 0.2, word, ha="left", va="bottom", rotation=50,
                rotation_mode="anchor", color=TEXT, fontsize=9,
            )  # fmt: skip


def _draw_strips(
    axis: Axes,
    table: ArrayLike,
    left: float,
    top: float,
    width: float,
    height: float,
    title: str,
    chosen: int,
    limit: float | None = None,
) -> None:
    """Draw a table without its numbers, one row framed."""
    table = np.asarray(table, float)
    limit = float(np.abs(table).max()) if limit is None else limit
    shade(axis, table, (left, left + width, top + height, top), limit)
    axis.add_patch(Rectangle((left, top), width, height, fill=False, edgecolor="#888888"))
    axis.text(left + width / 2, top - 0.5, title, ha="center", va="center", color=TEXT)
    row = height / len(table)
    draw_frame(axis, left, top + chosen * row, width, row, ACTIVATIONS)

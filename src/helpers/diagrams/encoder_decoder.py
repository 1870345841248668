"""Diagrams of lesson 12: encoder and decoder, teacher forcing, and the tree of a beam search."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

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
    WEIGHTS,
    WRONG,
    Ink,
    draw_arrow,
    draw_frame,
    new_card,
    shade,
)
from helpers.reader import say

_STEP = 2.35  # cells from one token to the next
_WIDE, _TALL = 1.7, 0.9  # a token's box; what is left of a step is room for an arrow


def encoder_to_decoder(
    question: Sequence[str], thought: ArrayLike, answer: Sequence[str]
) -> plt.Figure:
    """Draw the encoder reading a question, the thought vector, and the decoder speaking.

    Parameters
    ----------
    question : sequence of str
        The tokens that the encoder reads, ``</s>`` the last.
    thought : array_like, (H,)
        The state after the last of them.
    answer : sequence of str
        The tokens that the decoder says, ``</s>`` the last. Each is also its next input.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = encoder_to_decoder(["hi", "</s>"], [0.1, -0.4], ["hello", "</s>"])
    >>> [text.get_text() for text in figure.axes[0].texts].count("hello")  # said, and fed
    2
    >>> plt.close(figure)
    """
    thought = np.asarray(thought, float)
    door = len(question) * _STEP + 0.1
    start = door + 2.4
    figure, axis = new_card(start + len(answer) * _STEP, 8)
    axis.text(0, -0.6, say("encoder: reads", "인코더: 읽기"), va="center", color=TEXT)
    axis.text(start, -0.6, say("decoder: writes", "디코더: 쓰기"), va="center", color=TEXT)
    for place, token in enumerate(question):
        left = place * _STEP
        _draw_token(axis, token, left, 5.2, INPUT)
        draw_arrow(axis, (left + _WIDE / 2, 5.1), (left + _WIDE / 2, 4.4))
        _draw_cell(axis, left)
        draw_arrow(axis, (left + _WIDE, 3.6), (left + _STEP, 3.6))
    shade(axis, thought[:, None], (door, door + 1, 6, 1.2), np.abs(thought).max())
    draw_frame(axis, door, 1.2, 1, 4.8, ACTIVATIONS)
    name = say(f"thought: {len(thought)} numbers", f"생각: 수 {len(thought)}개")
    axis.text(door + 0.5, 6.5, name, ha="center", va="center", color=ACTIVATIONS.color)
    draw_arrow(axis, (door + 1.1, 3.6), (start, 3.6))
    for place, (token, fed) in enumerate(zip(answer, ["<s>", *answer[:-1]], strict=True)):
        left = start + place * _STEP
        _draw_token(axis, fed, left, 5.2, INPUT)
        draw_arrow(axis, (left + _WIDE / 2, 5.1), (left + _WIDE / 2, 4.4))
        _draw_cell(axis, left)
        draw_arrow(axis, (left + _WIDE / 2, 2.8), (left + _WIDE / 2, 1.6))
        _draw_token(axis, token, left, 0.6, ACTIVATIONS)
        if place < len(answer) - 1:
            draw_arrow(axis, (left + _WIDE, 3.6), (left + _STEP, 3.6))
            _draw_way_back(axis, left, 1.5)
    return figure


def decoder_steps(
    fed: Sequence[str],
    said: Sequence[str],
    wanted: Sequence[str],
    probabilities: ArrayLike,
    place: int,
    with_teacher: bool = True,
) -> plt.Figure:
    """Draw a decoder step by step: what it is fed, what it says, and what is asked for.

    Parameters
    ----------
    fed, said, wanted : sequence of str
        T tokens each: the inputs, the most probable outputs, and the right answer.
    probabilities : array_like, (T,)
        What each token of the right answer got.
    place : int
        The step to look at, from 0; later ones are still empty.
    with_teacher : bool
        Whether the next input is the right token (teacher forcing) or the one that was said.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = decoder_steps(["<s>", "hi"], ["hi", "a"], ["hi", "</s>"], [0.9, 0.1], 1)
    >>> figure.axes[0].texts[-1].get_text().endswith("2.30")
    True
    >>> plt.close(figure)
    """
    probabilities = np.asarray(probabilities, float)
    labels = [say("fed", "입력"), "GRU", say("says", "예측"), say("right", "정답")]
    heights = [5.2, 3.5, 1.9, 0.1]
    start = 2.2
    figure, axis = new_card(start + max(len(fed), 6) * _STEP, 9.2)
    for label, height in zip(labels, heights, strict=True):
        axis.text(0, height + _TALL / 2, label, va="center", color=TEXT)
    for step in range(place + 1):
        left = start + step * _STEP
        middle = left + _WIDE / 2
        is_right = said[step] == wanted[step]
        _draw_token(axis, fed[step], left, 5.2, INPUT)
        draw_arrow(axis, (middle, 5.1), (middle, 4.45))
        _draw_cell(axis, left, top=3.5)
        draw_arrow(axis, (middle, 3.4), (middle, 2.9))
        _draw_token(axis, said[step], left, 1.9, RIGHT if is_right else WRONG)
        axis.text(middle, 1.45, "=" if is_right else "≠", ha="center", va="center", color=TEXT)
        _draw_token(axis, wanted[step], left, 0.1, RIGHT)
        if step < place:
            draw_arrow(axis, (left + _WIDE, 3.9), (left + _STEP, 3.9))
            _draw_way_back(axis, left, 0.9 if with_teacher else 2.7)
    now = Rectangle((start + place * _STEP - 0.17, -0.1), _WIDE + 0.34, 6.4, facecolor="#e6e3da")
    axis.add_patch(now).set_zorder(0)
    probability = float(probabilities[place])
    loss = -math.log(max(probability, 1e-12))
    axis.text(
        0, 7, say(f"step {place + 1}: the right token gets the probability {probability:.2g}",
                  f"{place + 1}번째 시점: 정답 토큰의 확률 {probability:.2g}"),
        va="center", color=TEXT, fontsize=11,
    )  # fmt: skip
    axis.text(
        0, 7.9, say(f"loss of this step: −log {probability:.2g} = {loss:.2f}",
                    f"이 시점의 손실: −log {probability:.2g} = {loss:.2f}"),
        va="center", color=TEXT, fontsize=11,
    )  # fmt: skip
    return figure


def beam_tree(after: Mapping[str, Mapping[str, float]], width: int, depth: int = 3) -> plt.Figure:
    """Draw the prefixes that a beam search looks at; those that it keeps are framed.

    Parameters
    ----------
    after : mapping
        For each token those that may follow, with their probabilities; ``</s>`` ends.
    width : int
        How many prefixes are kept at each step.
    depth : int
        How many steps are drawn.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = beam_tree({"<s>": {"a": 0.6, "b": 0.4}, "b": {"</s>": 1.0},
    ...                     "a": {"</s>": 0.5, "b": 0.5}}, width=2, depth=2)
    >>> figure.axes[0].texts[-1].get_text()[-4:]
    '0.40'
    >>> plt.close(figure)
    """
    levels, kept = _searched(after, width, depth)
    tall = max(map(len, levels))
    wide, gap = 4.2, 1.3
    figure, axis = new_card((depth + 1) * wide, tall * gap + 2)
    places = {("<s>",): (0.0, (tall - 1) * gap / 2)}
    _draw_token(axis, "<s>", *places["<s>",], INPUT)
    for step, level in enumerate(levels, 1):
        survivors = {tokens for tokens, _ in kept[step - 1]}
        for row, (tokens, probability) in enumerate(level):
            left, top = step * wide, (row + (tall - len(level)) / 2) * gap
            places[tokens] = left, top
            is_kept = tokens in survivors
            x, y = places[tokens[:-1]]
            axis.plot(
                [x + _WIDE + (1.1 if step > 1 else 0), left], [y + _TALL / 2, top + _TALL / 2],
                color=TEXT if is_kept else "#aaaaaa", linewidth=1.6 if is_kept else 0.8,
            )  # fmt: skip
            _draw_token(axis, tokens[-1], left, top, ACTIVATIONS if is_kept else None)
            axis.text(
                left + _WIDE + 0.15, top + _TALL / 2, f"{probability:.2f}", va="center",
                fontsize=9, color=TEXT if is_kept else "#777777",
            )  # fmt: skip
    (tokens, best), *_ = kept[-1]
    sentence = " ".join(token for token in tokens if token not in ("<s>", "</s>"))
    found = say(f"found with width {width}", f"너비가 {width}일 때 찾은 대답")
    axis.text(
        0, tall * gap + 0.7, f"{found}: {sentence}  {best:.2f}", va="center", fontsize=12,
        color=ACTIVATIONS.color,
    )  # fmt: skip
    return figure


def _searched(after, width, depth):
    """Return what a beam search looks at and what it keeps: (tokens, probability) by step."""
    beams: list[tuple[tuple[str, ...], float]] = [(("<s>",), 1.0)]
    levels, kept = [], []
    for _ in range(depth):
        level = [
            ((*tokens, token), score * probability)
            for tokens, score in beams
            if tokens[-1] != "</s>"
            for token, probability in after[tokens[-1]].items()
        ]
        ended = [beam for beam in beams if beam[0][-1] == "</s>"]
        beams = sorted(level + ended, key=lambda beam: -beam[1])[:width]
        levels.append(level)
        kept.append(beams)
    return [level for level in levels if level], kept


def _draw_token(axis: Axes, token: str, left: float, top: float, ink: Ink | None) -> None:
    """Draw a token in a box."""
    axis.add_patch(Rectangle((left, top), _WIDE, _TALL, facecolor="white", edgecolor="#aaaaaa"))
    if ink:
        draw_frame(axis, left, top, _WIDE, _TALL, ink)
    axis.text(
        left + _WIDE / 2, top + _TALL / 2, token, fontsize=9 if len(token) < 5 else 7.5,
        ha="center", va="center", color=TEXT if ink else "#666666", zorder=4,
    )  # fmt: skip


def _draw_cell(axis: Axes, left: float, top: float = 2.9) -> None:
    """Draw a GRU, whose weights are the same at every step."""
    height = 1.4 if top < 3 else 0.9
    axis.add_patch(Rectangle((left, top), _WIDE, height, facecolor="#f3d9c6"))
    draw_frame(axis, left, top, _WIDE, height, WEIGHTS)
    axis.text(
        left + _WIDE / 2, top + height / 2, "GRU", fontsize=9, ha="center", va="center",
        color=TEXT, zorder=4,
    )  # fmt: skip


def _draw_way_back(axis: Axes, left: float, height: float) -> None:
    """Draw the way of a token into the next step: from the right of its box to the next input."""
    look: dict[str, Any] = {"color": INPUT.color, "linewidth": 1.2, "linestyle": "--"}
    x, y = left + _WIDE + 0.3, height - _TALL / 2
    axis.plot([left + _WIDE + 0.05, x, x], [y, y, 4.75], zorder=1, **look)
    arrow = {"arrowstyle": "->", "shrinkA": 0, **look}
    axis.annotate("", (left + _STEP + 0.25, 5.2), (x, 4.75), arrowprops=arrow, zorder=1)

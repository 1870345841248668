"""Diagrams of lesson 10: the window of skip-gram, and the map of the words."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox
from numpy.typing import ArrayLike

from helpers.diagrams.card import ACTIVATIONS, INPUT, TEXT, new_card
from helpers.reader import say

_STEP = 3.6  # from one word to the next, in cells
#: Where a word may stand beside its point: how far to the right and up, in points, the best first.
_BESIDE = ((5, 4), (5, -4), (-5, 4), (-5, -4), (0, 7), (0, -7), (7, 0), (-7, 0))


def window(words: Sequence[str], place: int, size: int) -> plt.Figure:
    """Draw the words that skip-gram pairs with one of them.

    Parameters
    ----------
    words : sequence of str
        The sentence.
    place : int
        The place of the word in the middle of the window, from 0.
    size : int
        How many words on each side are its company.

    Returns
    -------
    Figure
        An arrow leads to each word of the company; their number stands below.

    Examples
    --------
    >>> figure = window(["a", "b", "c", "d"], place=1, size=1)
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['a', 'b', 'c', 'd', 'pairs: 2']
    >>> plt.close(figure)
    """
    figure, axis = new_card(_STEP * len(words), 4.2)
    middles = [_STEP * (number + 0.5) for number in range(len(words))]
    company = [other for other in range(len(words)) if 0 < abs(other - place) <= size]
    for number, (word, middle) in enumerate(zip(words, middles, strict=True)):
        ink = INPUT if number == place else ACTIVATIONS
        inside = number == place or number in company
        axis.add_patch(
            FancyBboxPatch(
                (middle - _STEP / 2 + 0.3, 1.55), _STEP - 0.6, 1, "round,pad=0.1", fill=False,
                color=ink.color if inside else "#AAAAAA", linewidth=2 if inside else 1,
                linestyle=ink.linestyle if inside else "-",
            )
        )  # fmt: skip
        axis.text(middle, 2.05, word, ha="center", va="center", color=TEXT, fontsize=9)
    for other in company:
        axis.add_patch(
            FancyArrowPatch(
                (middles[place], 1.4), (middles[other], 1.4), arrowstyle="-|>",
                connectionstyle=f"arc3,rad={-0.35 if other > place else 0.35}",
                mutation_scale=10, color=TEXT,
            )
        )  # fmt: skip
    count = f"{say('pairs', '쌍')}: {len(company)}"
    axis.text(middles[place], 3.2, count, ha="center", va="center", color=INPUT.color)
    return figure


def word_map(places: ArrayLike, words: Sequence[str], groups: Sequence[str]) -> plt.Figure:
    """Draw words on a map, each group with a marker of its own.

    Parameters
    ----------
    places : array_like, (N, 2)
    words : sequence of str, N
        What stands at each place.
    groups : sequence of str, N
        The group of each word, at most four different ones.

    Returns
    -------
    Figure
        Each word stands on the side of its point where it covers least.

    Examples
    --------
    >>> figure = word_map([[0, 0], [1, 1], [2, 0]], ["a", "b", "c"], ["x", "x", "y"])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['a', 'b', 'c']
    >>> plt.close(figure)
    """
    places = np.asarray(places, float)
    figure, axis = plt.subplots(figsize=(9, 5.5))
    for name, marker in zip(dict.fromkeys(groups), "os^D", strict=False):
        x, y = places[np.asarray(groups) == name].T
        axis.plot(x, y, marker, markerfacecolor="white", markeredgecolor=TEXT, label=name)
    axis.margins(x=0.08, y=0.08)
    legend = axis.legend()
    figure.draw_without_rendering()  # from now on it is known how much room each thing takes
    taken = [legend.get_window_extent()]
    taken += [Bbox.from_bounds(x - 5, y - 5, 10, 10) for x, y in axis.transData.transform(places)]
    for word, place in zip(words, places, strict=True):
        taken.append(_write_beside(axis, word, place, taken))
    return figure


def _write_beside(axis: Axes, word: str, place: np.ndarray, taken: Sequence[Bbox]) -> Bbox:
    """Write a word beside its point where it covers least of what is there; return its room."""
    best: Annotation | None = None
    room, least = Bbox.null(), np.inf
    for right, up in _BESIDE:
        text = axis.annotate(
            word, tuple(place), (right, up), textcoords="offset points", fontsize=8, color=TEXT,
            ha="center" if not right else "left" if right > 0 else "right",
            va="center" if not up else "bottom" if up > 0 else "top",
        )  # fmt: skip
        box = text.get_window_extent()
        shared = [both for other in taken if (both := Bbox.intersection(box, other))]
        inside = Bbox.intersection(box, axis.bbox)
        outside = box.width * box.height - (inside.width * inside.height if inside else 0)
        covered = sum(both.width * both.height for both in shared) + outside
        if covered < least - 1:  # of two as good places the first
            if best is not None:
                best.remove()
            best, room, least = text, box, covered
        else:
            text.remove()
    return room

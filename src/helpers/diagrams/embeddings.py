"""Diagrams of lesson 10: the window of skip-gram."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from helpers.diagrams.card import ACTIVATIONS, INPUT, TEXT, new_card
from helpers.reader import say

_STEP = 3.6  # from one word to the next, in cells


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
                (middle - _STEP / 2 + 0.3, 1.6), _STEP - 0.6, 0.9, "round,pad=0.1", fill=False,
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

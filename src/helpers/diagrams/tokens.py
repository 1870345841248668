"""Diagrams of lesson 09: sentences cut into pieces."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

from helpers.diagrams.card import ACTIVATIONS, INPUT, TEXT, new_card


def cuts(rows: Mapping[str, Sequence[str]]) -> plt.Figure:
    """Draw a text cut in several ways: a row of boxes for each, a box for each piece.

    Parameters
    ----------
    rows : mapping of str to sequence of str
        The name of a way to the pieces it makes; their number is written beside the name.

    Returns
    -------
    Figure
        Pieces of two characters or more have a thicker frame, so that merges are seen.

    Examples
    --------
    >>> figure = cuts({"characters": list("안녕하세요"), "subwords": ["▁안녕", "하세요"]})
    >>> [text.get_text() for text in figure.axes[0].texts][-3:]
    ['subwords: 2', '▁안녕', '하세요']
    >>> plt.close(figure)
    """
    names = {name: f"{name}: {len(pieces)}" for name, pieces in rows.items()}
    indent = 1 + 0.45 * max(sum(map(_width, name)) for name in names.values())
    longest = max(sum(map(_box, pieces)) for pieces in rows.values())
    figure, axis = new_card(indent + max(longest, 10), 1.5 * len(rows))
    for number, (name, pieces) in enumerate(rows.items()):
        height, left = 1.5 * number, indent
        axis.text(0, height, names[name], va="center", color=TEXT)
        for piece in pieces:
            width = _box(piece) - 0.4
            ink = INPUT if len(piece.lstrip("▁")) < 2 else ACTIVATIONS
            axis.add_patch(
                FancyBboxPatch(
                    (left + 0.1, height - 0.4), width - 0.2, 0.8, "round,pad=0.1", fill=False,
                    color=ink.color, linewidth=1 if ink is INPUT else 2.2,
                )
            )  # fmt: skip
            axis.text(left + width / 2, height, piece, ha="center", va="center", color=TEXT)
            left += _box(piece)
    return figure


def _box(piece: str) -> float:
    """Return the width of a piece's box and the gap after it, in cells."""
    return 0.9 + 0.5 * sum(map(_width, piece))


def _width(character: str) -> float:
    return 1.0 if character >= "\u1100" else 0.6

"""Diagrams of lesson 04: ReLUs that add up to a curve."""

import matplotlib.pyplot as plt
import numpy as np
from numpy.typing import ArrayLike

from helpers.diagrams.card import ACTIVATIONS, TEXT, WEIGHTS
from helpers.reader import say


def relu_pieces(x: ArrayLike, pieces: ArrayLike, target: ArrayLike | None = None) -> plt.Figure:
    """Draw pieces, each a ReLU with a weight, and the curve that they add up to.

    Parameters
    ----------
    x : array_like, (N,)
    pieces : array_like, (num_pieces, N)
        The height of each piece at each x.
    target : array_like, (N,), optional
        The curve that they are to follow.

    Returns
    -------
    Figure
        The pieces on the left; their sum on the right, with the largest gap in the title.

    Examples
    --------
    >>> x = np.linspace(0, 2, 5)
    >>> figure = relu_pieces(x, [x, -2 * np.maximum(x - 1, 0)], target=1 - abs(x - 1))
    >>> figure.axes[1].get_title()
    'their sum: largest gap 0.000'
    >>> plt.close(figure)
    """
    x, pieces = np.asarray(x, float), np.asarray(pieces, float)
    total = pieces.sum(axis=0)
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.4, 2.8))
    for piece in pieces:
        left.plot(x, piece, linewidth=1.4, **WEIGHTS._asdict())
    title, names = say("their sum", "모두 더한 것"), {"xlabel": "x"}
    if target is not None:
        wanted = np.asarray(target, float)
        right.plot(x, wanted, color="#8a8880", linewidth=5, alpha=0.5)
        gap = np.abs(total - wanted).max()
        title += say(f": largest gap {gap:.3f}", f": 가장 크게 어긋난 곳 {gap:.3f}")
        margin = 0.35 * np.ptp(wanted)
        right.set_ylim(wanted.min() - margin, wanted.max() + margin)
    right.plot(x, total, color=ACTIVATIONS.color, linewidth=2)
    for axis in (left, right):
        axis.axhline(0, color="#b9b7b0", linewidth=0.8, zorder=0)
        axis.set(**names)
    count = len(pieces)
    left.set_title(say(f"ReLUs: {count}", f"ReLU {count}개"), fontsize=10, color=TEXT)
    right.set_title(title, fontsize=10, color=TEXT)
    left.set_ylabel(say("height", "높이"))
    return figure

"""Split digits that touch, where the network reads the parts best."""

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np

from helpers.vision.hands.inference import NONE
from helpers.vision.photos.components import Component, cut
from helpers.vision.photos.network import read_marks

#: The width, in heights of a digit, from which a component is two digits that touch: beside
#: others, and alone, where it may be one digit that lies on its side.
WIDE, WIDE_ALONE = 1.15, 1.5
#: A part of touching digits may be one digit if it is wider than a digit's height divided by the
#: first and narrower than the height times the second.
NARROW_PART, WIDE_PART = 7, 1.3
#: What a cut costs, and a part for each height of a digit by which it is too wide, where a part
#: that the network reads with probability p costs -log p.
CUT_COST, WIDTH_COST = 0.3, 3
#: Two narrow digits that touch are at least so wide, in their own heights, and at most this share
#: of what is written is no digit.
TWO_NARROW, MOST_UNKNOWN = 0.6, 0.3

#: So many marks are a page of print or a picture: to look for what touches would take too long.
MOST_MARKS = 300


def is_wide(component: Component, widest: float) -> bool:
    """Return whether a component is too wide for one digit: for its height, and for the others'."""
    return component.width >= max(widest, WIDE * component.height)


def find_parts(component: Component, height: float) -> list[tuple[int, int]]:
    """Find the parts of touching digits that may be one digit: all between two thin places.

    Parameters
    ----------
    component : Component
    height : float
        The height of a digit in this photo, in pixels.

    Returns
    -------
    list of (int, int)
        The first column of each part, and the one after its last.
    """
    ink = cv2.blur(component.mask.sum(axis=0, dtype=np.float32)[None], (5, 1))[0]
    is_thin = (ink[1:-1] <= ink[:-2]) & (ink[1:-1] < ink[2:])
    cuts = [0, *(np.flatnonzero(is_thin) + 1).tolist(), component.width]
    return [
        (left, right)
        for left, right in combinations(cuts, 2)
        if height / NARROW_PART < right - left < WIDE_PART * height
    ]


def split_touching(component: Component, height: float, widest: float) -> list[Component]:
    """Split a component that is too wide for one digit, where the network reads it best.

    Every thin place is a possible cut. Of all ways to cut, the one whose digits have the highest
    probability together wins: the over-segmentation of LeCun et al., "Gradient-based learning
    applied to document recognition" (1998), section V.

    Parameters
    ----------
    component : Component
    height : float
        The height of a digit in this photo, in pixels.
    widest : float
        The width up to which a component is left alone, in pixels.

    Returns
    -------
    list of Component
        From left to right; the component itself where it is one digit or cannot be cut.
    """
    return cheapest_cut(component, height, widest) if is_wide(component, widest) else [component]


def split_unknown(components: Sequence[Component], height: float) -> list[Component]:
    """Split what is no digit, between digits, and as wide as two narrow ones: a 1 touching a 3."""
    if not 3 <= len(components) <= MOST_MARKS:
        return list(components)
    unknown = read_marks(components)[:, NONE] > 0.5
    if unknown.mean() > MOST_UNKNOWN:  # words: their letters would be cut into strokes like a 1
        return list(components)
    split: list[Component] = []
    for component, is_unknown in zip(components, unknown, strict=True):
        parts = [component]
        if is_unknown and component.width > TWO_NARROW * component.height:
            parts = cheapest_cut(component, height, height)
        is_better = len(parts) == 2 and read_marks(parts)[:, NONE].max() < 0.2
        split += parts if is_better else [component]
    return split


def cheapest_cut(component: Component, height: float, widest: float) -> list[Component]:
    """Cut a component where its parts cost least; see `split_touching`."""
    parts = {(0, component.width): component}
    for left, right in find_parts(component, height):
        part = cut(component, left, right)
        if part.height > height / 2:
            parts[left, right] = part
    costs = CUT_COST - np.log(read_marks(list(parts.values()))[:, :NONE].max(axis=1) + 1e-6)
    costs += [WIDTH_COST * max(0.0, part.width - widest) / height for part in parts.values()]
    # The cheapest way from the left edge to each cut, and the parts on that way.
    ways: dict[int, tuple[float, list[Component]]] = {0: (0.0, [])}
    for (left, right), cost in sorted(zip(parts, costs.tolist(), strict=True)):
        if left in ways and ways[left][0] + cost < ways.get(right, (np.inf,))[0]:
            ways[right] = (ways[left][0] + cost, [*ways[left][1], parts[left, right]])
    return ways[component.width][1]

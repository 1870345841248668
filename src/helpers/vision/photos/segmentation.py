"""Cut the ink into digits: join broken strokes, drop specks, split digits that touch."""

from collections.abc import Sequence

import numpy as np

from helpers.vision.photos.components import Component, enclose, find_components, gap, join, sides
from helpers.vision.photos.cuts import (
    WIDE,
    WIDE_ALONE,
    find_parts,
    is_wide,
    split_touching,
    split_unknown,
)

#: A speck: what has no more ink than the largest component divided by this, ...
SPECK = 30
#: ... or than a digit divided by this where it is as tall as one and could not be a piece of one.
TALL_SPECK = 12
#: Digits are at least so many pixels tall, ...
MIN_HEIGHT = 10
#: ... and what is so many times as tall as most of them is a frame or a picture.
TALLEST = 2.5
#: What touches the border is a digit if it is between these shares of the others' height.
SHORT_AT_BORDER, TALL_AT_BORDER = 0.6, 1.6
#: ... and wider than this: the edge of the paper is narrow.
NARROW_AT_BORDER = 0.25
#: ... and touches it along less than this share of its height: a shadow lies along it.
CONTACT = 0.5
#: Two strokes one above the other are one digit up to so many heights of a digit together.
TWO_STROKES = 1.5

#: More than this in one picture is a texture, not writing, and would take seconds to read:
#: connected components that are large enough for a digit or for a part of one, ...
MAX_COMPONENTS = 1000
#: ... how often their boxes, which hardly overlap in writing, cover the picture, ...
MAX_COVER = 4
#: ... and parts that touching digits could be cut into.
MAX_PARTS = 1000


def find_digits(ink: np.ndarray, *, may_touch: bool = True) -> list[Component]:
    """Cut the ink into digits: join broken strokes, drop specks, split digits that touch.

    Parameters
    ----------
    ink : ndarray, (H, W) uint8
        1 for ink, 0 for paper.
    may_touch : bool, default True
        Whether digits may touch. Where they surely don't, nothing is split: no wide hand is cut,
        and no network is asked.

    Returns
    -------
    list of Component
        From left to right; empty where there is more than writing could have.
    """
    components = find_components(ink, smallest=1 / SPECK)
    at_border = find_components(ink, at_border=True)
    if not components:  # a tight crop
        components, at_border = [c for c in at_border if _is_whole(c, ink)], []
    if not 0 < len(components) <= MAX_COMPONENTS:
        return []
    if sum(c.mask.size for c in components) > MAX_COVER * ink.size:
        return []
    areas = np.array([c.area for c in components])
    heights = np.array([c.height for c in components])
    height = typical(heights, areas)
    if height < MIN_HEIGHT:
        return []
    components += [c for c in at_border if _is_like(c, height, ink)]
    areas = np.array([c.area for c in components])
    heights = np.array([c.height for c in components])
    is_tall = heights > height / 2
    area = typical(areas[is_tall], areas[is_tall])
    is_digit = is_tall & (areas > area / TALL_SPECK) & (heights < TALLEST * height)
    digits = [components[i] for i in np.flatnonzero(is_digit)]
    pieces = [components[i] for i in np.flatnonzero(~is_tall)]
    digits = join_halves(join_pieces(digits, pieces, height), height)
    if not may_touch:
        return sorted(digits, key=lambda c: c.x + c.width / 2)
    widest = height * (WIDE_ALONE if len(digits) == 1 else WIDE)
    if sum(len(find_parts(c, height)) for c in digits if is_wide(c, widest)) > MAX_PARTS:
        return []
    digits = [part for digit in digits for part in split_touching(digit, height, widest)]
    digits = split_unknown(digits, height)
    return sorted(digits, key=lambda c: c.x + c.width / 2)


def typical(sizes: np.ndarray, areas: np.ndarray) -> float:
    """Return a digit's size: the median, in which each component weighs as much as its ink.

    Specks are many and weigh little; a frame or a shadow weighs much and is one.
    """
    order = sizes.argsort()
    weights = areas[order].cumsum()
    return float(sizes[order][np.searchsorted(weights, weights[-1] / 2)])


def _is_like(component: Component, height: float, ink: np.ndarray) -> bool:
    """Return whether what touches the border is as large as a digit."""
    return (
        SHORT_AT_BORDER * height < component.height < TALL_AT_BORDER * height
        and NARROW_AT_BORDER * height < component.width < TALL_AT_BORDER * height
        and _contact(component, ink) < CONTACT * component.height
    )


def _contact(component: Component, ink: np.ndarray) -> int:
    """Return how many pixels of a component lie on the border of the picture."""
    left, top, right, bottom = component.corners
    height, width = ink.shape
    mask = component.mask
    edges = [
        (mask[:, 0], left == 0),
        (mask[:, -1], right == width),
        (mask[0], top == 0),
        (mask[-1], bottom == height),
    ]
    return sum(int(edge.sum()) for edge, is_touching in edges if is_touching)


def _is_whole(component: Component, ink: np.ndarray) -> bool:
    """Return whether what touches the border may be the only digit of a tight crop."""
    return component.height > min(ink.shape) / 2 and 2 * component.area < component.mask.size


def join_pieces(
    digits: Sequence[Component], pieces: Sequence[Component], height: float
) -> list[Component]:
    """Join each piece of a broken stroke to the nearest digit, if one is near."""
    digits = list(digits)
    boxes = np.array([digit.corners for digit in digits]).reshape(-1, 4)
    for piece in pieces:
        whole = enclose(boxes, piece.corners)
        gaps = np.where(sides(whole).max(axis=1) < 1.4 * height, gap(boxes, piece), np.inf)
        if gaps.min(initial=np.inf) < height / 4:
            nearest = gaps.argmin()
            digits[nearest] = join(digits[nearest], piece)
            boxes[nearest] = whole[nearest]
    return digits


def join_halves(digits: Sequence[Component], height: float) -> list[Component]:
    """Join digits that lie one above the other: the halves of one written in two strokes."""
    joined: list[Component] = []
    boxes = np.empty((len(digits), 4), int)
    for digit in sorted(digits, key=lambda c: c.x):
        others = boxes[: len(joined)]
        whole = enclose(others, digit.corners)
        narrower = np.minimum(sides(others)[:, 0], digit.width)
        shared = sides(others)[:, 0] + digit.width - sides(whole)[:, 0]
        is_half = (shared > narrower / 2) & (sides(whole)[:, 1] < TWO_STROKES * height)
        if is_half.any():
            first = is_half.argmax()
            joined[first] = join(joined[first], digit)
            boxes[first] = whole[first]
        else:
            boxes[len(joined)] = digit.corners
            joined.append(digit)
    return joined

"""Digits as hands outside MNIST write them, given as the strokes of a pen.

MNIST was written in the United States by clerks and pupils. There a 1 is a plain stroke and a 7
has no bar. Korean and European hands give the 1 an upstroke and a foot, the 7 a bar or a serif, and
leave the 4 and the 6 open. Each stroke here is a list of points (x, y) through which the pen goes,
in a box of 1 by 1 with y downwards.
"""

import cv2
import numpy as np

Stroke = list[tuple[float, float]]

#: (digit, its strokes, whether each is a curve): several ways to write each digit.
HANDS: list[tuple[int, list[Stroke], bool]] = [
    (
        0,
        [[(0.5, 0), (0.15, 0.3), (0.15, 0.7), (0.5, 1), (0.85, 0.7), (0.85, 0.3), (0.45, 0)]],
        True,
    ),
    (
        0,
        [[(0.6, 0.05), (0.2, 0.3), (0.2, 0.8), (0.6, 0.95), (0.8, 0.5), (0.6, 0.1), (0.4, 0.15)]],
        True,
    ),
    (1, [[(0.5, 0), (0.5, 1)]], False),
    (1, [[(0.6, 0), (0.4, 1)]], False),
    (1, [[(0.25, 0.3), (0.55, 0), (0.55, 1)]], False),
    (1, [[(0.1, 0.5), (0.55, 0), (0.55, 1)]], False),
    (1, [[(0.3, 0.2), (0.5, 0), (0.5, 1)], [(0.2, 1), (0.8, 1)]], False),
    (1, [[(0.2, 0.35), (0.5, 0), (0.45, 1)], [(0.25, 1), (0.7, 0.98)]], False),
    (
        2,
        [[(0.1, 0.25), (0.45, 0), (0.85, 0.25), (0.5, 0.65), (0.1, 1)], [(0.1, 1), (0.9, 1)]],
        True,
    ),
    (2, [[(0.1, 0.2), (0.5, 0), (0.8, 0.3), (0.3, 0.9), (0.1, 0.95), (0.3, 0.8), (0.9, 1)]], True),
    (2, [[(0.1, 0.05), (0.9, 0.05), (0.1, 0.97), (0.95, 0.97)]], False),
    (
        3,
        [[(0.1, 0.15), (0.6, 0), (0.8, 0.25), (0.35, 0.47), (0.85, 0.75), (0.5, 1), (0.1, 0.9)]],
        True,
    ),
    (3, [[(0.1, 0), (0.85, 0), (0.4, 0.4), (0.85, 0.65), (0.6, 0.98), (0.05, 0.9)]], False),
    (4, [[(0.4, 0), (0.1, 0.6), (0.9, 0.6)], [(0.65, 0.25), (0.6, 1)]], False),
    (4, [[(0.15, 0), (0.1, 0.5), (0.85, 0.5)], [(0.8, 0), (0.8, 1)]], False),
    (4, [[(0.65, 1), (0.65, 0), (0.05, 0.68), (0.95, 0.68)]], False),
    (
        5,
        [
            [(0.2, 0), (0.15, 0.45), (0.6, 0.4), (0.85, 0.7), (0.5, 1), (0.1, 0.9)],
            [(0.2, 0), (0.85, 0)],
        ],
        True,
    ),
    (5, [[(0.85, 0.02), (0.25, 0), (0.2, 0.42), (0.75, 0.5), (0.75, 0.9), (0.1, 0.97)]], False),
    (
        6,
        [[(0.7, 0), (0.25, 0.4), (0.15, 0.75), (0.45, 1), (0.8, 0.8), (0.6, 0.55), (0.2, 0.7)]],
        True,
    ),
    (6, [[(0.45, 0), (0.15, 0.5), (0.2, 0.9), (0.6, 0.98), (0.75, 0.7), (0.5, 0.6)]], True),
    (6, [[(0.3, 0), (0.12, 0.6), (0.4, 1), (0.8, 0.85), (0.7, 0.6), (0.15, 0.75)]], True),
    (7, [[(0.1, 0.02), (0.9, 0), (0.4, 1)]], False),
    (7, [[(0.1, 0.02), (0.9, 0), (0.4, 1)], [(0.3, 0.5), (0.85, 0.48)]], False),
    (7, [[(0.1, 0.25), (0.12, 0.02), (0.85, 0), (0.5, 1)]], False),
    (7, [[(0.05, 0.3), (0.15, 0.02), (0.85, 0.02), (0.75, 1)]], False),
    (7, [[(0.05, 0.28), (0.12, 0.03), (0.88, 0.02), (0.5, 1)], [(0.2, 0.5), (0.85, 0.48)]], False),
    (7, [[(0.1, 0.2), (0.2, 0.02), (0.75, 0.04), (0.8, 1)], [(0.75, 0.5), (0.2, 0.68)]], False),
    (7, [[(0.05, 0.08), (0.95, 0.02)], [(0.72, 0.05), (0.7, 0.4), (0.55, 1)]], False),
    (
        8,
        [[(0.8, 0.15), (0.4, 0), (0.25, 0.3), (0.8, 0.7), (0.5, 1), (0.2, 0.75), (0.8, 0.2)]],
        True,
    ),
    (
        8,
        [
            [(0.5, 0), (0.25, 0.2), (0.5, 0.45), (0.75, 0.2), (0.5, 0)],
            [(0.5, 0.45), (0.15, 0.75), (0.5, 1), (0.85, 0.75), (0.5, 0.45)],
        ],
        True,
    ),
    (
        9,
        [[(0.8, 0.25), (0.5, 0), (0.2, 0.25), (0.5, 0.5), (0.8, 0.2), (0.75, 0.6), (0.6, 1)]],
        True,
    ),
    (
        9,
        [
            [
                (0.8, 0.15),
                (0.35, 0.05),
                (0.25, 0.4),
                (0.75, 0.35),
                (0.8, 0.15),
                (0.8, 0.8),
                (0.4, 1),
                (0.1, 0.85),
            ]
        ],
        True,
    ),
    (9, [[(0.75, 0.1), (0.3, 0.05), (0.25, 0.4), (0.75, 0.4), (0.75, 0.05), (0.75, 1)]], False),
]


def curve(points: np.ndarray, num: int = 12) -> np.ndarray:
    """Return a Catmull-Rom spline through points (N, 2): `num` points for each piece."""
    before = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    p0, p1, p2, p3 = (before[i : len(before) - 3 + i, None] for i in range(4))
    t = np.linspace(0, 1, num, endpoint=False)[None, :, None]
    pieces = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
    pieces = (pieces + (3 * p1 - p0 - 3 * p2 + p3) * t**3) / 2
    return np.vstack([pieces.reshape(-1, 2), points[-1:]])


def write(
    strokes: list[Stroke],
    is_curve: bool,
    rng: np.random.Generator,
    *,
    side: int = 84,
    pen: int = 6,
    wobble: float = 0.04,
) -> np.ndarray:
    """Write strokes with a pen, each point a little off its place.

    Parameters
    ----------
    strokes : list of list of (float, float)
    is_curve : bool
        Whether the pen turns smoothly at the points.
    rng : numpy.random.Generator
    side, pen : int
        Of the picture and of the pen, in pixels.
    wobble : float
        The standard deviation of a point's place, in boxes.

    Returns
    -------
    ndarray, (side, side) uint8
        255 for ink.

    Examples
    --------
    >>> write([[(0.5, 0), (0.5, 1)]], False, np.random.default_rng(0)).max()
    np.uint8(255)
    """
    picture = np.zeros((side, side), np.uint8)
    margin = 0.14 * side
    for stroke in strokes:
        points = np.array(stroke) + rng.normal(0, wobble, (len(stroke), 2))
        line = curve(points) if is_curve else points
        pixels = np.round(16 * (margin + (side - 2 * margin) * line)).astype(np.int32)
        cv2.polylines(picture, [pixels], False, 255, pen, cv2.LINE_AA, shift=4)
    return picture

"""Take ruled and squared lines out of the ink.

A line is narrow all along, straight, and long against the picture. A thin pen is narrow too, but no
stroke of a digit is long against the picture; and a row of digits is long, but has gaps.
"""

import cv2
import numpy as np

#: In a picture that is not even so wide or high, in pixels, nothing is long against its thickness.
NARROWEST = 32

#: A ruled line is at most this share of the picture's shorter side thick, or 4 pixels, ...
THIN, LEAST_THIN = 0.012, 4
#: ... longer than the picture's side divided by this, ...
LENGTH = 3
#: ... hardly bent, and there is ink of it on this share of its length.
COVERAGE = 0.6

#: A bar is a line as thick as a pen: at most this share of the shorter side, or 12 pixels.
THICK, LEAST_THICK = 0.06, 12
#: It can be seen alone for the picture's side divided by this in one go, ...
SEEN = 10
#: ... among the longest so many pieces of what may be bars; ...
MAX_PIECES = 40
#: ... and on this share of its length in all; ...
ALONE = 0.35
#: ... it goes on under the digits, so that there is ink almost all along it, ...
INKED = 0.92
#: ... and it crosses this share of the picture.
ACROSS = 0.85
#: Where the ink is so many times as thick as the bar, a stroke crosses it.
CROSSED = 1.6


def remove_lines(ink: np.ndarray) -> np.ndarray:
    """Remove ruled and squared lines: narrow all along, and long against the picture.

    Only the pixels where the line is alone are removed. Where a stroke crosses it the ink is
    thicker than a line, and stays, as when staves are removed from sheet music.

    Parameters
    ----------
    ink : ndarray, (H, W) uint8
        1 for ink, 0 for paper.

    Returns
    -------
    ndarray, (H, W) uint8

    Examples
    --------
    >>> ink = np.zeros((300, 400), np.uint8)
    >>> ink[200:202] = ink[100:180, 50:60] = 1  # a line and a stroke
    >>> int(remove_lines(ink).sum())
    800
    """
    if min(ink.shape) < NARROWEST:
        return ink
    upright = np.ascontiguousarray(ink.T)
    lines = _thin_lines(ink) | _thin_lines(upright).T | _bars(ink) | _bars(upright).T
    return ink & ~lines


def _level_runs(ink: np.ndarray, thickest: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the ink no thicker than a line, and what of it runs on level, both (H, W) uint8."""
    down, along = np.ones((thickest + 1, 1), np.uint8), np.ones((1, length), np.uint8)
    thin = cv2.morphologyEx(ink, cv2.MORPH_TOPHAT, down)
    return thin, cv2.morphologyEx(thin, cv2.MORPH_OPEN, along)


def _thin_lines(ink: np.ndarray) -> np.ndarray:
    """Return 1 where a thin horizontal line is alone, (H, W) uint8."""
    height, width = ink.shape
    thickest = max(LEAST_THIN, 2 * round(THIN / 2 * min(ink.shape)))  # even: the bars are odd
    thin, level = _level_runs(ink, thickest, 1)
    along = np.ones((1, 8 * thickest + 1), np.uint8)
    bridged = cv2.morphologyEx(level, cv2.MORPH_CLOSE, along)  # over the strokes that cross it
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bridged)
    # A third of the short side of a strip would be no more than a digit.
    least = min(max(width, height / 1.5) / LENGTH, 0.9 * width)
    lines = np.zeros_like(ink)
    stats[0] = 0  # the paper
    for label in np.flatnonzero(stats[:, cv2.CC_STAT_WIDTH] > least):
        x, y, w, h, _ = stats[label]
        box = slice(max(0, y - 1), y + h + 1), slice(x, x + w)
        run = thin[box] & cv2.dilate((labels[box] == label).astype(np.uint8), np.ones((3, 1)))
        if run.any(axis=0).mean() < COVERAGE:
            continue
        rows, places = np.nonzero(run)
        bend = np.polynomial.Polynomial.fit(places, rows, 2)
        if np.abs(rows - bend(places)).mean() < thickest:
            lines[box] |= run
    return lines


def _bars(ink: np.ndarray) -> np.ndarray:
    """Return 1 where a thick horizontal line is alone, (H, W) uint8.

    Where it can be seen alone, its slope is measured; then it is followed across the picture.
    """
    height, width = ink.shape
    thickest = max(LEAST_THICK, 2 * round(THICK / 2 * min(ink.shape)))
    thin, level = _level_runs(ink, thickest, 2 * thickest + 1)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(level)
    lines = np.zeros_like(ink)
    columns = np.arange(width)
    stats[0] = 0  # the paper
    longest = np.argsort(-stats[:, cv2.CC_STAT_WIDTH], kind="stable")[:MAX_PIECES]
    for label in longest[stats[longest, cv2.CC_STAT_WIDTH] > width / SEEN]:
        x, y, w, h, area = stats[label]
        rows, places = np.nonzero(labels[y : y + h, x : x + w] == label)
        middle = np.polyval(np.polyfit(x + places, y + rows, 1), columns)
        inside = columns[(middle >= 0) & (middle < height)]
        if len(inside) < ACROSS * width:
            continue
        thickness = area / w
        reach = round(thickness / 2)  # a line may bend a little
        alone, inked = (_along(one, middle[inside], inside, reach).mean() for one in (thin, ink))
        if alone < ALONE or inked < INKED:
            continue
        lines |= _near(thin, middle, thickness)
    return lines


def _along(ink: np.ndarray, middle: np.ndarray, columns: np.ndarray, reach: int) -> np.ndarray:
    """Return for each column whether there is ink within `reach` rows of the line's middle."""
    rows = np.floor(middle).astype(int) + np.arange(-reach, reach + 1)[:, None]
    return ink[rows.clip(0, len(ink) - 1), columns].max(axis=0)


def _near(thin: np.ndarray, middle: np.ndarray, thickness: float) -> np.ndarray:
    """Return the thin ink beside a line's middle, where no stroke crosses it, (H, W) uint8."""
    reach = int(np.ceil(thickness))
    rows = np.floor(middle).astype(int) + np.arange(-reach, reach + 1)[:, None]
    is_near = (np.abs(rows - middle) <= thickness) & (rows >= 0) & (rows < len(thin))
    rows, columns = rows.clip(0, len(thin) - 1), np.arange(thin.shape[1])
    run = thin[rows, columns] * is_near
    run[:, run.sum(axis=0) > CROSSED * thickness + 1] = 0
    line = np.zeros_like(thin)
    np.maximum.at(line, (rows, np.broadcast_to(columns, rows.shape)), run)
    return line

"""Connected components of the ink: found, joined and cut."""

from typing import NamedTuple

import cv2
import numpy as np


class Component(NamedTuple):
    """A connected component of the ink: the corner of its box, and which pixels in it are ink."""

    x: int
    y: int
    mask: np.ndarray  # (height, width) bool

    @property
    def width(self) -> int:
        """Width of the box in pixels."""
        return self.mask.shape[1]

    @property
    def height(self) -> int:
        """Height of the box in pixels."""
        return self.mask.shape[0]

    @property
    def area(self) -> int:
        """Number of pixels of ink."""
        return int(np.count_nonzero(self.mask))

    @property
    def corners(self) -> np.ndarray:
        """Left, top, right and bottom of the box; right and bottom are exclusive."""
        return np.array([self.x, self.y, self.x + self.width, self.y + self.height])


def find_components(
    ink: np.ndarray, smallest: float = 0, *, at_border: bool = False
) -> list[Component]:
    """Find the connected components of the ink, without those that touch the picture's border.

    Parameters
    ----------
    ink : ndarray, (H, W) uint8
        1 for ink, 0 for paper.
    smallest : float, default 0
        Leave out components with no more than this share of the largest one's ink.
    at_border : bool, default False
        Find those that touch the border instead.

    Returns
    -------
    list of Component
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    x, y, width, height, area = stats.T
    inside = (x > 0) & (y > 0) & (x + width < ink.shape[1]) & (y + height < ink.shape[0])
    chosen = ~inside if at_border else inside
    chosen[0] = False  # the label of the paper
    chosen &= area > smallest * area[chosen].max(initial=0)
    components = []
    for label in np.flatnonzero(chosen):
        left, top = int(x[label]), int(y[label])
        box = labels[top : top + height[label], left : left + width[label]]
        components.append(Component(left, top, box == label))
    return components


def gap(boxes: np.ndarray, component: Component) -> np.ndarray:
    """Return the distance of each of N boxes, (N, 4) corners, from a component's, in pixels."""
    left, top, right, bottom = component.corners
    across = np.maximum(boxes[:, 0] - right, left - boxes[:, 2]).clip(0)
    down = np.maximum(boxes[:, 1] - bottom, top - boxes[:, 3]).clip(0)
    return np.hypot(across, down)


def enclose(boxes: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Return the corners, (N, 4), of the smallest boxes around each of N boxes and another."""
    return np.hstack([np.minimum(boxes[:, :2], box[:2]), np.maximum(boxes[:, 2:], box[2:])])


def sides(boxes: np.ndarray) -> np.ndarray:
    """Return the widths and heights, (N, 2), of boxes given by their corners."""
    return boxes[:, 2:] - boxes[:, :2]


def join(a: Component, b: Component) -> Component:
    """Return two components as one."""
    x, y = min(a.x, b.x), min(a.y, b.y)
    right, bottom = max(a.x + a.width, b.x + b.width), max(a.y + a.height, b.y + b.height)
    mask = np.zeros((bottom - y, right - x), bool)
    for part in (a, b):
        rows = slice(part.y - y, part.y - y + part.height)
        mask[rows, part.x - x : part.x - x + part.width] |= part.mask
    return Component(x, y, mask)


def cut(component: Component, left: int, right: int) -> Component:
    """Return the columns `left` to `right` of a component, as a component."""
    rows = np.flatnonzero(component.mask[:, left:right].any(axis=1))
    # A stroke and the piece that was joined to it may have nothing but paper between them.
    top, bottom = (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, 0)
    return Component(component.x + left, component.y + top, component.mask[top:bottom, left:right])

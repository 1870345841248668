"""From a phone's photo to its digits: find the ink, cut it into digits, read each of them.

The steps are small functions, in the order in which `read_photo` takes them, so that lesson 08
can show each. A box is (x, y, width, height) in pixels.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import cv2
import numpy as np

from helpers.reader import say
from helpers.vision.digits import shipped_reader
from helpers.vision.pictures import PhotoError, decode

__all__ = ["Digit", "PhotoError", "decode", "draw_reading", "read_photo"]

#: How much darker than the paper around it ink must be, of 255.
MIN_CONTRAST = 16
#: The angles, in degrees, at which each digit is read; the probabilities are averaged.
TURNS = (-8, 0, 8)
#: More than this in one picture is a texture and no writing, and would take seconds to read:
#: connected pieces of ink that are large enough for a digit or for a part of one, ...
MAX_COMPONENTS = 1000
#: ... how often their boxes, which hardly overlap in writing, cover the picture, ...
MAX_COVER = 4
#: ... and parts that digits which touch could be cut into.
MAX_PARTS = 1000

_DARK, _LIGHT = (0, 100, 60), (255, 255, 255)


@dataclass(frozen=True)
class Digit:
    """One digit that was read.

    Attributes
    ----------
    value : int
        0 to 9.
    probability : float
        How sure the network is, in [0, 1].
    box : tuple of int
        (x, y, width, height) in pixels of the upright photo.
    """

    value: int
    probability: float
    box: tuple[int, int, int, int]


class Component(NamedTuple):
    """A connected piece of ink: where its box begins and which pixels are its own."""

    x: int
    y: int
    mask: np.ndarray  # (height, width) bool

    @property
    def width(self):
        """Width of the box in pixels."""
        return self.mask.shape[1]

    @property
    def height(self):
        """Height of the box in pixels."""
        return self.mask.shape[0]

    @property
    def area(self):
        """Number of pixels of ink."""
        return np.count_nonzero(self.mask)

    @property
    def corners(self):
        """Upper left corner of the box and, beyond its last pixel, the lower right one."""
        return np.array([self.x, self.y, self.x + self.width, self.y + self.height])


def read_photo(photo):
    """Read the digits in a photo of ink on paper, or of chalk on a board.

    Parameters
    ----------
    photo : str, Path, bytes or ndarray
        A JPEG or PNG; or an array, (H, W) grey or (H, W, 3) in the order red, green, blue,
        uint8 in 0..255 or floats in [0, 1]. See `decode`.

    Returns
    -------
    list of Digit
        From left to right; empty where nothing looks like written digits.

    Raises
    ------
    PhotoError
        If the photo cannot be decoded.

    Examples
    --------
    >>> from helpers.paths import PHOTOS
    >>> "".join(str(digit.value) for digit in read_photo(PHOTOS / "zip-02.jpg"))
    '92182'
    """
    picture = decode(photo)
    grey = resize(to_grey(picture))
    readings = [_read_ink(grey), _read_ink(255 - grey)]
    surety, components, probabilities = max(readings, key=lambda reading: reading[0])
    if surety == 0:
        return []
    scale = picture.shape[1] / grey.shape[1]
    return [
        Digit(int(p.argmax()), float(p.max()), _box(found, scale))
        for found, p in zip(components, probabilities, strict=True)
    ]


def _box(found, scale):
    return tuple(round(scale * side) for side in (found.x, found.y, found.width, found.height))


def _read_ink(grey):
    """Read dark ink; return how surely it is writing, its components, their probabilities."""
    contrast = measure_contrast(grey)
    raw = binarize(contrast)
    ink = remove_lines(raw)
    digits = find_digits(ink)
    if not digits:
        return 0.0, [], []
    probabilities = classify(digits)
    return judge(contrast, raw & ~ink, digits, probabilities), digits, probabilities


def to_grey(picture):
    """Turn (H, W, 3) RGB into (H, W) grey, both uint8."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def resize(grey, smallest=400, largest=800):
    """Resize a picture until its longer side has `smallest` to `largest` pixels.

    Smaller is faster and smooths the camera's noise; the strokes of a pen survive it.
    """
    longer = max(grey.shape)
    scale = np.clip(longer, smallest, largest) / longer
    if scale == 1:
        return grey
    size = tuple(max(1, round(scale * side)) for side in grey.shape[::-1])
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def measure_contrast(grey):
    """Measure how much darker each pixel is than the paper around it.

    The paper is what remains when all that is dark and narrow is closed (a morphological
    closing with a disc wider than a stroke). A shadow is dark but wide: its edge stays in the
    paper and leaves no trace.

    Returns
    -------
    ndarray, (H, W) uint8
        0 where there is paper, up to 255 for black ink on white.
    """
    soft = cv2.GaussianBlur(grey, (5, 5), 0)
    size = tuple(max(1, side // 2) for side in grey.shape[::-1])
    half = cv2.resize(soft, size, interpolation=cv2.INTER_AREA)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(3, min(half.shape) // 4 | 1),) * 2)
    paper = cv2.morphologyEx(half, cv2.MORPH_CLOSE, disc)
    paper = cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    # In the dark a few grey levels are noise, not contrast: hence the floor.
    return cv2.divide(cv2.subtract(paper, soft), cv2.max(paper, 80), scale=255)


def binarize(contrast):
    """Tell ink (1) from paper (0): what exceeds its surroundings' mean by `MIN_CONTRAST`."""
    block = max(3, min(contrast.shape) // 2 | 1)
    method = cv2.ADAPTIVE_THRESH_MEAN_C
    return cv2.adaptiveThreshold(contrast, 1, method, cv2.THRESH_BINARY, block, -MIN_CONTRAST)


def remove_lines(ink):
    """Remove ruled and squared lines: thin, and longer than a third of the picture.

    Only the pixels where the line is alone go. Where a stroke crosses it the ink is thicker
    than a line, and stays, as in the removal of staves from sheet music.
    """
    thickest = max(4, 2 * round(0.006 * min(ink.shape)))  # even: all bars below are odd
    cleaned = ink.copy()
    for axis in (0, 1):  # horizontal, vertical

        def bar(length, along, axis=axis):
            return np.ones((1, length) if along == (axis == 0) else (length, 1), np.uint8)

        thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, bar(thickest + 1, along=False))
        thin = ink & ~thick
        bridged = cv2.morphologyEx(thin, cv2.MORPH_CLOSE, bar(8 * thickest + 1, along=True))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(bridged)
        is_line = stats[:, (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT)[axis]] > ink.shape[1 - axis] / 3
        is_line[0] = False  # the label of the paper
        cleaned[is_line[labels] & (thin == 1)] = 0
    return cleaned


def find_components(ink, smallest=0):
    """Find the connected pieces of ink, without those that run out of the picture.

    Parameters
    ----------
    ink : ndarray, (H, W) uint8
        1 for ink, 0 for paper.
    smallest : float, default 0
        Leave out what has no more than this share of the largest one's ink.

    Returns
    -------
    list of Component
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    x, y, width, height, area = stats.T
    inside = (x > 0) & (y > 0) & (x + width < ink.shape[1]) & (y + height < ink.shape[0])
    inside[0] = False  # the label of the paper
    inside &= area > smallest * area[inside].max(initial=0)
    components = []
    for label in np.flatnonzero(inside):
        left, top = int(x[label]), int(y[label])
        box = labels[top : top + height[label], left : left + width[label]]
        components.append(Component(left, top, box == label))
    return components


def find_digits(ink):
    """Cut the ink into digits: join broken strokes, drop specks, split digits that touch.

    Returns
    -------
    list of Component
        From left to right; empty where there is more than writing could have.
    """
    components = find_components(ink, smallest=1 / 30)
    if not 0 < len(components) <= MAX_COMPONENTS:
        return []
    if sum(c.mask.size for c in components) > MAX_COVER * ink.size:
        return []
    areas = np.array([c.area for c in components])
    heights = np.array([c.height for c in components])
    largest = areas.argmax()
    is_alike = (areas > areas[largest] / 4) & (heights > heights[largest] / 2.5)
    height = float(np.median(heights[is_alike]))  # of a digit
    if height < min(ink.shape) / 25:
        return []
    is_tall = heights > height / 2
    digits = [components[i] for i in np.flatnonzero(is_tall & (areas > areas[largest] / 12))]
    pieces = [components[i] for i in np.flatnonzero(~is_tall)]
    digits = join_halves(join_pieces(digits, pieces, height), height)
    # Beside others a wide one is most likely two; alone it may be a digit that lies down.
    widest = height * (1.5 if len(digits) == 1 else 1.15)
    if sum(len(find_parts(c, height)) for c in digits if is_wide(c, widest)) > MAX_PARTS:
        return []
    digits = [part for digit in digits for part in split_touching(digit, height, widest)]
    return sorted(digits, key=lambda c: c.x + c.width / 2)


def join_pieces(digits, pieces, height):
    """Join each piece of a broken stroke to the digit that is nearest, if one is near."""
    digits = list(digits)
    boxes = np.array([digit.corners for digit in digits]).reshape(-1, 4)
    for piece in pieces:
        whole = _enclose(boxes, piece.corners)
        gaps = np.where(_sides(whole).max(axis=1) < 1.4 * height, gap(boxes, piece), np.inf)
        if gaps.min(initial=np.inf) < height / 4:
            nearest = gaps.argmin()
            digits[nearest] = join(digits[nearest], piece)
            boxes[nearest] = whole[nearest]
    return digits


def join_halves(digits, height):
    """Join digits that stand above each other: the halves of one that was written in two."""
    joined, boxes = [], np.empty((len(digits), 4), int)
    for digit in sorted(digits, key=lambda c: c.x):
        others = boxes[: len(joined)]
        whole = _enclose(others, digit.corners)
        narrower = np.minimum(_sides(others)[:, 0], digit.width)
        shared = _sides(others)[:, 0] + digit.width - _sides(whole)[:, 0]
        is_half = (shared > narrower / 2) & (_sides(whole)[:, 1] < 2 * height)
        if is_half.any():
            first = is_half.argmax()
            joined[first] = join(joined[first], digit)
            boxes[first] = whole[first]
        else:
            boxes[len(joined)] = digit.corners
            joined.append(digit)
    return joined


def gap(boxes, component):
    """Return the distance of each of N boxes, (N, 4) corners, from a component's, in pixels."""
    left, top, right, bottom = component.corners
    across = np.maximum(boxes[:, 0] - right, left - boxes[:, 2]).clip(0)
    down = np.maximum(boxes[:, 1] - bottom, top - boxes[:, 3]).clip(0)
    return np.hypot(across, down)


def _enclose(boxes, box):
    """Return the corners of the smallest boxes, (N, 4), around each of N and one more."""
    return np.hstack([np.minimum(boxes[:, :2], box[:2]), np.maximum(boxes[:, 2:], box[2:])])


def _sides(boxes):
    """Return the widths and heights, (N, 2), of boxes given by their corners."""
    return boxes[:, 2:] - boxes[:, :2]


def join(a, b):
    """Return two components as one."""
    x, y = min(a.x, b.x), min(a.y, b.y)
    right, bottom = max(a.x + a.width, b.x + b.width), max(a.y + a.height, b.y + b.height)
    mask = np.zeros((bottom - y, right - x), bool)
    for part in (a, b):
        rows = slice(part.y - y, part.y - y + part.height)
        mask[rows, part.x - x : part.x - x + part.width] |= part.mask
    return Component(x, y, mask)


def cut(component, left, right):
    """Return the columns `left` to `right` of a component, as one."""
    rows = np.flatnonzero(component.mask[:, left:right].any(axis=1))
    # A stroke and the piece that was joined to it may have nothing but paper between them.
    top, bottom = (int(rows[0]), int(rows[-1]) + 1) if rows.size else (0, 0)
    return Component(component.x + left, component.y + top, component.mask[top:bottom, left:right])


def is_wide(component, widest):
    """Tell whether a component is too wide for one digit: for itself, and beside the others."""
    return component.width >= max(widest, 1.15 * component.height)


def find_parts(component, height):
    """Find what may be one digit of several that touch: what lies between two thin places.

    Parameters
    ----------
    component : Component
    height : float
        The height of a digit in this photo, in pixels.

    Returns
    -------
    list of (int, int)
        The columns where each part begins and ends, that of a digit's width apart.
    """
    ink = cv2.blur(component.mask.sum(axis=0, dtype=np.float32)[None], (5, 1))[0]
    is_thin = (ink[1:-1] <= ink[:-2]) & (ink[1:-1] < ink[2:])
    cuts = [0, *(np.flatnonzero(is_thin) + 1).tolist(), component.width]
    return [
        (left, right)
        for left, right in combinations(cuts, 2)
        if height / 7 < right - left < 1.3 * height
    ]


def split_touching(component, height, widest):
    """Split a component that is too wide for one digit, where the network reads it best.

    Every thin place is a possible cut, and of all ways to cut, the one whose digits are the
    surest together wins: the over-segmentation of LeCun et al. (1998), "Gradient-based learning
    applied to document recognition", section V.

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
    if not is_wide(component, widest):
        return [component]
    parts = {(0, component.width): component}
    for left, right in find_parts(component, height):
        part = cut(component, left, right)
        if part.height > height / 2:
            parts[left, right] = part
    # Each part costs how unsure it is, something for the cut and much for being too wide.
    costs = 0.3 - np.log(classify(list(parts.values())).max(axis=1) + 1e-6)
    costs += [3 * max(0.0, part.width - widest) / height for part in parts.values()]
    # The cheapest way from the left edge to each cut, and the parts on that way.
    ways = {0: (0.0, [])}
    for (left, right), cost in sorted(zip(parts, costs.tolist(), strict=True)):
        if left in ways and ways[left][0] + cost < ways.get(right, (np.inf,))[0]:
            ways[right] = (ways[left][0] + cost, [*ways[left][1], parts[left, right]])
    return ways[component.width][1]


def to_mnist(mask, turn=0.0):
    """Draw a digit as MNIST has it: 20 pixels at the longer side, its mass at pixel (14, 14).

    Parameters
    ----------
    mask : array_like, (h, w) bool or floats in [0, 1]
        The ink of one digit, cut to its box.
    turn : float, default 0
        Degrees to turn it by, counter-clockwise.

    Returns
    -------
    ndarray, (28, 28) float32 in [0, 1]
        White ink on black.

    Raises
    ------
    ValueError
        If `mask` holds no ink, or is not an array with rows and columns.

    Examples
    --------
    >>> image = to_mnist(np.ones((40, 10)))
    >>> image.shape, float(image.sum())
    ((28, 28), 100.0)
    """
    if np.ndim(mask) != 2 or not np.any(mask):
        raise ValueError(
            say(
                en="mask must have rows and columns, and some ink in them; it has shape "
                f"{np.shape(mask)}.",
                ko=f"mask는 행과 열이 있고 획이 들어 있는 배열이어야 합니다. 받은 형태: "
                f"{np.shape(mask)}",
            )
        )
    return _place(*_shrink(mask), turn)


def _shrink(mask):
    """Return a digit with 20 pixels at the longer side, (h, w) float32, and its centre of mass."""
    mask = np.asarray(mask, np.float32)
    scale = 20 / max(mask.shape)
    size = tuple(max(1, round(scale * side)) for side in mask.shape[::-1])
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    # Not cv2.moments, which takes a picture two pixels wide for a list of points.
    rows, columns = np.indices(small.shape)
    return small, (
        float(np.average(columns, weights=small)),
        float(np.average(rows, weights=small)),
    )


def _place(small, centre, turn):
    """Draw a small digit into (28, 28) float32, turned, its centre at pixel (14, 14)."""
    placed = cv2.getRotationMatrix2D(centre, turn, 1.0)
    shift = 14 - np.array(centre)
    placed[:, 2] += np.round(shift) if turn == 0 else shift  # whole pixels keep it sharp
    return np.clip(cv2.warpAffine(small, placed, (28, 28)), 0, 1)


def classify(components):
    """Read each component at several angles; return probabilities, (N, 10)."""
    small = [_shrink(component.mask) for component in components]
    images = np.stack([_place(*one, turn) for one in small for turn in TURNS])
    return shipped_reader()(images).reshape(len(components), len(TURNS), 10).mean(axis=1)


def judge(contrast, lines, digits, probabilities):
    """Return how surely the digits are written ones, in [0, 1]; 0 if they do not look it.

    A network trained on digits alone calls anything a digit, often surely. Writing is told
    from a face or a landscape by its looks: the paper around is smooth; the ink is of one
    darkness, the digits are of one height, and the strokes thin and even.

    Parameters
    ----------
    contrast : ndarray, (H, W) uint8
        From `measure_contrast`.
    lines : ndarray, (H, W) uint8
        1 where there are ruled lines, which do not make paper rough.
    digits : list of Component
    probabilities : ndarray, (N, 10)
        From `classify`.
    """
    marked = lines.copy()
    for digit in digits:
        _window(marked, digit)[digit.mask] = 1
    paper = contrast[cv2.dilate(marked, np.ones((9, 9), np.uint8)) == 0]
    darkness = np.array([_window(contrast, digit)[digit.mask].mean() for digit in digits])
    heights = [digit.height for digit in digits]
    strokes = [stroke_widths(digit.mask) for digit in digits]
    thickest = max(
        widths.max() / max(digit.mask.shape) for widths, digit in zip(strokes, digits, strict=True)
    )
    unevenness = np.median([widths.std() / widths.mean() for widths in strokes])
    probability = probabilities.max(axis=1).mean()
    looks_written = (
        paper.size > 0
        and paper.std() < 0.2 * darkness.mean()
        and darkness.mean() > 40
        and darkness.std() < 0.2 * darkness.mean()
        and max(heights) < 2 * min(heights)
        and thickest < 0.5
        and unevenness < 0.7
        and probability > 0.7
    )
    return float(probability * (1 - unevenness)) if looks_written else 0.0


def _window(picture, component):
    """Return the part of a picture under a component's box, as a view."""
    rows = slice(component.y, component.y + component.height)
    return picture[rows, component.x : component.x + component.width]


def stroke_widths(mask):
    """Return the widths of a digit's strokes, in pixels, along their middle lines."""
    depth = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)
    middle = (depth >= cv2.dilate(depth, np.ones((3, 3)))) & (depth > 0)
    return 2 * depth[middle]


def draw_reading(photo, digits):
    """Draw the boxes of the digits, their values above and how sure each is below.

    Parameters
    ----------
    photo : str, Path, bytes or ndarray
        The photo that was read, as `read_photo` took it.
    digits : list of Digit
        What `read_photo` returned.

    Returns
    -------
    ndarray, (H, W, 3) uint8
        RGB.

    Raises
    ------
    PhotoError
        If the photo cannot be decoded.

    Examples
    --------
    >>> draw_reading(np.ones((60, 80)), [Digit(7, 0.99, (30, 20, 15, 25))]).shape
    (60, 80, 3)
    """
    picture = decode(photo).copy()
    if not digits:
        return picture
    thickness = max(1, round(max(picture.shape) / 400))
    size = 0.6 * float(np.median([digit.box[3] for digit in digits]))  # of a label, in pixels
    for digit in digits:
        x, y, width, height = digit.box
        # Light around dark: it shows on paper and on a blackboard.
        for colour, breadth in ((_LIGHT, 3 * thickness), (_DARK, thickness)):
            cv2.rectangle(picture, (x, y), (x + width, y + height), colour, breadth)
        _write(picture, str(digit.value), (x, y - 4 * thickness), size / 2)
        surety = f"{digit.probability:.0%}"
        below = y + height + 4 * thickness + round(size / 4)
        _write(picture, surety, (x, below), size / 4)
    return picture


def _write(picture, text, corner, height):
    """Write text `height` pixels high, its lower left at `corner`, inside the picture."""
    font = cv2.FONT_HERSHEY_SIMPLEX
    scale = height / cv2.getTextSize(text, font, 1, 1)[0][1]
    place = corner[0], int(np.clip(corner[1], np.ceil(height), picture.shape[0] - 1))
    pen = max(1, round(height / 9))
    for colour, breadth in ((_LIGHT, 3 * pen), (_DARK, pen)):
        cv2.putText(picture, text, place, font, scale, colour, breadth, cv2.LINE_AA)

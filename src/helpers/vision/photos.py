"""From a phone's photo to its digits: find the ink, cut it into digits, read each of them.

The steps are small functions, in the order in which `read_photo` takes them, so that lesson 08
can show each, and what the most important thresholds do. A box is (x, y, width, height) in pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import ArrayLike

from helpers.reader import say
from helpers.vision.digits import shipped_reader
from helpers.vision.pictures import decode

#: How much darker than the paper around it ink must be, of 255.
MIN_CONTRAST = 16
#: Paper counts as at least this bright, of 255: in the dark a few grey levels are noise.
DARKEST_PAPER = 80
#: A ruled line is at most twice this share of the picture's shorter side thick, or 4 pixels, ...
HALF_LINE = 0.006
#: ... and longer than the picture's side divided by this.
LINE_LENGTH = 3
#: A speck: what has no more ink than the largest component divided by this, ...
SPECK = 30
#: ... or than this where it is as tall as a digit and could not be a piece of one.
TALL_SPECK = 12
#: Components are alike, so that their median height is a digit's, if their ink and their height
#: are at most so many times smaller than those of the largest.
ALIKE_AREA, ALIKE_HEIGHT = 4, 2.5
#: Digits are at least as tall as the picture's shorter side divided by this.
MIN_HEIGHT = 25
#: The width, in heights of a digit, from which a component is two digits that touch: beside
#: others, and alone, where it may be one digit that lies on its side.
WIDE, WIDE_ALONE = 1.15, 1.5
#: A part of touching digits may be one digit if it is wider than a digit's height divided by the
#: first and narrower than the height times the second.
NARROW_PART, WIDE_PART = 7, 1.3
#: What a cut costs, and a part for each height of a digit by which it is too wide, where a part
#: that the network reads with probability p costs -log p.
CUT_COST, WIDTH_COST = 0.3, 3
#: The angles, in degrees, at which each digit is read; the probabilities are averaged.
TURNS = (-8, 0, 8)

#: Writing looks like this. The paper's contrast, and that of one digit with another, varies by
#: less than these shares of the ink's mean contrast, ...
MAX_ROUGHNESS, MAX_VARIATION = 0.2, 0.2
#: ... which is over this, of 255; ...
MIN_DARKNESS = 40
#: ... no digit is so many times as tall as another, ...
MAX_HEIGHT_RATIO = 2
#: ... no stroke is as thick as this share of its digit's longer side, ...
MAX_THICKNESS = 0.5
#: ... the strokes' widths vary by less than this share of their mean, ...
MAX_UNEVENNESS = 0.7
#: ... and the network's mean probability is over this.
MIN_PROBABILITY = 0.7

#: More than this in one picture is a texture, not writing, and would take seconds to read:
#: connected components that are large enough for a digit or for a part of one, ...
MAX_COMPONENTS = 1000
#: ... how often their boxes, which hardly overlap in writing, cover the picture, ...
MAX_COVER = 4
#: ... and parts that touching digits could be cut into.
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
        The probability of that value, as the network says, in [0, 1].
    box : tuple of int
        (x, y, width, height) in pixels of the photo as `decode` returns it.
    """

    value: int
    probability: float
    box: tuple[int, int, int, int]


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


class Segmentation(NamedTuple):
    """Dark ink on lighter paper, cut into digits that are not read yet."""

    contrast: np.ndarray  # (H, W) uint8, from `measure_contrast`
    lines: np.ndarray  # (H, W) uint8, 1 where `remove_lines` found a line
    digits: list[Component]  # from left to right


class Reading(NamedTuple):
    """Digits that were read, in pixels of the resized picture."""

    confidence: float  # from `judge`; 0 if it does not look like writing
    contrast: np.ndarray  # (H, W) uint8, from `measure_contrast`
    digits: list[Component]  # from left to right
    probabilities: np.ndarray  # (N, 10), from `classify`


def read_photo(photo: str | Path | bytes | np.ndarray) -> list[Digit]:
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
    reading = read_grey(grey)
    if reading.confidence == 0:
        return []
    scale = picture.shape[1] / grey.shape[1]
    boxes = [(digit.x, digit.y, digit.width, digit.height) for digit in reading.digits]
    return [
        Digit(
            int(p.argmax()),
            float(p.max()),
            (round(scale * x), round(scale * y), round(scale * width), round(scale * height)),
        )
        for (x, y, width, height), p in zip(boxes, reading.probabilities, strict=True)
    ]


def digit_image(photo: str | Path | bytes | np.ndarray, digit: Digit) -> np.ndarray:
    """Return the image from which `read_photo` read a digit.

    Parameters
    ----------
    photo : str, Path, bytes or ndarray
        The photo, as `read_photo` took it.
    digit : Digit
        One of those that `read_photo` returned.

    Returns
    -------
    ndarray, (28, 28) float32 in [0, 1]
        White ink on black, not rotated.

    Raises
    ------
    PhotoError
        If the photo cannot be decoded.

    Examples
    --------
    >>> from helpers.paths import PHOTOS
    >>> photo = PHOTOS / "zip-02.jpg"
    >>> digit_image(photo, read_photo(photo)[0]).shape
    (28, 28)
    """
    picture = decode(photo)
    grey = resize(to_grey(picture))
    box = np.array(digit.box) * grey.shape[1] / picture.shape[1]

    def distance(component: Component) -> float:
        sides = component.x, component.y, component.width, component.height
        return float(np.abs(box - sides).sum())

    found = [*segment(grey).digits, *segment(255 - grey).digits]
    return to_mnist(min(found, key=distance).mask)


def read_grey(grey: np.ndarray) -> Reading:
    """Read ink on paper and chalk on a board; return the reading with the higher confidence.

    Parameters
    ----------
    grey : ndarray, (H, W) uint8
        From `resize`.
    """
    return max(_read_ink(grey), _read_ink(255 - grey), key=lambda reading: reading.confidence)


def _read_ink(grey: np.ndarray) -> Reading:
    contrast, lines, digits = segment(grey)
    if not digits:
        return Reading(0.0, contrast, [], np.empty((0, 10)))
    probabilities = classify(digits)
    confidence = judge(contrast, lines, digits, probabilities)
    return Reading(confidence, contrast, digits, probabilities)


def segment(grey: np.ndarray) -> Segmentation:
    """Find dark ink on lighter paper and cut it into digits: all steps before the network.

    Parameters
    ----------
    grey : ndarray, (H, W) uint8
        From `resize`; 255 minus it for chalk on a board.
    """
    contrast = measure_contrast(grey)
    raw = binarize(contrast)
    ink = remove_lines(raw)
    return Segmentation(contrast, raw & ~ink, find_digits(ink))


def to_grey(picture: np.ndarray) -> np.ndarray:
    """Convert (H, W, 3) RGB to (H, W) grey, both uint8."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def resize(grey: np.ndarray, smallest: int = 400, largest: int = 800) -> np.ndarray:
    """Resize a picture until its longer side has `smallest` to `largest` pixels.

    A smaller picture is faster to read and has less of the camera's noise; the strokes of a pen
    survive.
    """
    longer = max(grey.shape)
    scale = np.clip(longer, smallest, largest) / longer
    if scale == 1:
        return grey
    height, width = (max(1, round(scale * side)) for side in grey.shape)
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return cv2.resize(grey, (width, height), interpolation=method)


def measure_contrast(grey: np.ndarray) -> np.ndarray:
    """Measure how much darker each pixel is than the paper around it.

    The paper is what remains when everything that is dark and narrow is closed (a morphological
    closing with a disc wider than a stroke). A shadow is dark but wide: it stays in the paper
    and leaves no trace.

    Returns
    -------
    ndarray, (H, W) uint8
        0 where there is paper, up to 255 for black ink on white.
    """
    soft = cv2.GaussianBlur(grey, (5, 5), 0)
    height, width = grey.shape
    size = max(1, width // 2), max(1, height // 2)
    half = cv2.resize(soft, size, interpolation=cv2.INTER_AREA)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (max(3, min(half.shape) // 4 | 1),) * 2)
    paper = cv2.morphologyEx(half, cv2.MORPH_CLOSE, disc)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.divide(cv2.subtract(paper, soft), np.maximum(paper, DARKEST_PAPER), scale=255)


def binarize(contrast: np.ndarray) -> np.ndarray:
    """Return 1 for ink, which exceeds the mean around it by `MIN_CONTRAST`, and 0 for paper."""
    block = max(3, min(contrast.shape) // 2 | 1)
    method = cv2.ADAPTIVE_THRESH_MEAN_C
    return cv2.adaptiveThreshold(contrast, 1, method, cv2.THRESH_BINARY, block, -MIN_CONTRAST)


def remove_lines(ink: np.ndarray) -> np.ndarray:
    """Remove ruled and squared lines: thin, and longer than a third of the picture.

    Only the pixels where the line is alone are removed. Where a stroke crosses it the ink is
    thicker than a line, and stays, as when staves are removed from sheet music.
    """
    lines = _horizontal_lines(ink) | _horizontal_lines(np.ascontiguousarray(ink.T)).T
    return ink & ~lines


def _horizontal_lines(ink: np.ndarray) -> np.ndarray:
    """Return 1 where a horizontal line is alone, (H, W) uint8."""
    thickest = max(4, 2 * round(HALF_LINE * min(ink.shape)))  # even: the bars are odd
    across = np.ones((thickest + 1, 1), np.uint8)
    along = np.ones((1, 8 * thickest + 1), np.uint8)
    thin = cv2.morphologyEx(ink, cv2.MORPH_TOPHAT, across)
    bridged = cv2.morphologyEx(thin, cv2.MORPH_CLOSE, along)  # over the strokes that cross it
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bridged)
    is_line = stats[:, cv2.CC_STAT_WIDTH] > ink.shape[1] / LINE_LENGTH
    is_line[0] = False  # the label of the paper
    return is_line[labels].astype(np.uint8) & thin


def find_components(ink: np.ndarray, smallest: float = 0) -> list[Component]:
    """Find the connected components of the ink, without those that touch the picture's border.

    Parameters
    ----------
    ink : ndarray, (H, W) uint8
        1 for ink, 0 for paper.
    smallest : float, default 0
        Leave out components with no more than this share of the largest one's ink.

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


def find_digits(ink: np.ndarray) -> list[Component]:
    """Cut the ink into digits: join broken strokes, drop specks, split digits that touch.

    Returns
    -------
    list of Component
        From left to right; empty where there is more than writing could have.
    """
    components = find_components(ink, smallest=1 / SPECK)
    if not 0 < len(components) <= MAX_COMPONENTS:
        return []
    if sum(c.mask.size for c in components) > MAX_COVER * ink.size:
        return []
    areas = np.array([c.area for c in components])
    heights = np.array([c.height for c in components])
    largest = areas.argmax()
    is_alike = (areas > areas[largest] / ALIKE_AREA) & (heights > heights[largest] / ALIKE_HEIGHT)
    height = float(np.median(heights[is_alike]))  # of a digit
    if height < min(ink.shape) / MIN_HEIGHT:
        return []
    is_tall = heights > height / 2
    is_digit = is_tall & (areas > areas[largest] / TALL_SPECK)
    digits = [components[i] for i in np.flatnonzero(is_digit)]
    pieces = [components[i] for i in np.flatnonzero(~is_tall)]
    digits = join_halves(join_pieces(digits, pieces, height), height)
    widest = height * (WIDE_ALONE if len(digits) == 1 else WIDE)
    if sum(len(find_parts(c, height)) for c in digits if is_wide(c, widest)) > MAX_PARTS:
        return []
    digits = [part for digit in digits for part in split_touching(digit, height, widest)]
    return sorted(digits, key=lambda c: c.x + c.width / 2)


def join_pieces(
    digits: Sequence[Component], pieces: Sequence[Component], height: float
) -> list[Component]:
    """Join each piece of a broken stroke to the nearest digit, if one is near."""
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


def join_halves(digits: Sequence[Component], height: float) -> list[Component]:
    """Join digits that lie one above the other: the halves of one written in two strokes."""
    joined: list[Component] = []
    boxes = np.empty((len(digits), 4), int)
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


def gap(boxes: np.ndarray, component: Component) -> np.ndarray:
    """Return the distance of each of N boxes, (N, 4) corners, from a component's, in pixels."""
    left, top, right, bottom = component.corners
    across = np.maximum(boxes[:, 0] - right, left - boxes[:, 2]).clip(0)
    down = np.maximum(boxes[:, 1] - bottom, top - boxes[:, 3]).clip(0)
    return np.hypot(across, down)


def _enclose(boxes: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Return the corners, (N, 4), of the smallest boxes around each of N boxes and another."""
    return np.hstack([np.minimum(boxes[:, :2], box[:2]), np.maximum(boxes[:, 2:], box[2:])])


def _sides(boxes: np.ndarray) -> np.ndarray:
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
    if not is_wide(component, widest):
        return [component]
    parts = {(0, component.width): component}
    for left, right in find_parts(component, height):
        part = cut(component, left, right)
        if part.height > height / 2:
            parts[left, right] = part
    costs = CUT_COST - np.log(classify(list(parts.values())).max(axis=1) + 1e-6)
    costs += [WIDTH_COST * max(0.0, part.width - widest) / height for part in parts.values()]
    # The cheapest way from the left edge to each cut, and the parts on that way.
    ways: dict[int, tuple[float, list[Component]]] = {0: (0.0, [])}
    for (left, right), cost in sorted(zip(parts, costs.tolist(), strict=True)):
        if left in ways and ways[left][0] + cost < ways.get(right, (np.inf,))[0]:
            ways[right] = (ways[left][0] + cost, [*ways[left][1], parts[left, right]])
    return ways[component.width][1]


def to_mnist(mask: ArrayLike, turn: float = 0.0) -> np.ndarray:
    """Draw a digit as in MNIST: 20 pixels at the longer side, its centre of mass at (14, 14).

    Parameters
    ----------
    mask : array_like, (h, w) bool or floats in [0, 1]
        The ink of one digit, cut to its box.
    turn : float, default 0
        Degrees to rotate it by, counter-clockwise.

    Returns
    -------
    ndarray, (28, 28) float32 in [0, 1]
        White ink on black.

    Examples
    --------
    >>> image = to_mnist(np.ones((40, 10)))
    >>> image.shape, float(image.sum())
    ((28, 28), 100.0)
    """
    if np.ndim(mask) != 2 or not np.any(mask):
        raise ValueError(
            say(
                en="mask must have rows and columns, and some ink in them; it has the shape "
                f"{np.shape(mask)}.",
                ko="mask는 행과 열이 있고 잉크가 있는 배열이어야 합니다. 받은 모양: "
                f"{np.shape(mask)}",
            )
        )
    small, centre = _shrink(mask)
    return _place(small, centre, turn)


def _shrink(mask: ArrayLike) -> tuple[np.ndarray, tuple[float, float]]:
    """Return a digit with 20 pixels at the longer side, (h, w) float32, and its centre of mass."""
    mask = np.asarray(mask, np.float32)
    scale = 20 / max(mask.shape)
    height, width = (max(1, round(scale * side)) for side in mask.shape)
    small = cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)
    # Not cv2.moments, which takes a picture two pixels wide for a list of points.
    rows, columns = np.indices(small.shape)
    return small, (
        float(np.average(columns, weights=small)),
        float(np.average(rows, weights=small)),
    )


def _place(small: np.ndarray, centre: tuple[float, float], turn: float) -> np.ndarray:
    """Draw a small digit into (28, 28) float32, rotated, its centre at pixel (14, 14)."""
    placed = cv2.getRotationMatrix2D(centre, turn, 1.0)
    shift = 14 - np.array(centre)
    placed[:, 2] += np.round(shift) if turn == 0 else shift  # whole pixels keep it sharp
    return np.clip(cv2.warpAffine(small, placed, (28, 28)), 0, 1)


def classify(components: Sequence[Component]) -> np.ndarray:
    """Read each component at several angles; return probabilities, (N, 10)."""
    small = [_shrink(component.mask) for component in components]
    images = np.stack([_place(digit, centre, turn) for digit, centre in small for turn in TURNS])
    return shipped_reader()(images).reshape(len(components), len(TURNS), 10).mean(axis=1)


def judge(
    contrast: np.ndarray,
    lines: np.ndarray,
    digits: Sequence[Component],
    probabilities: np.ndarray,
) -> float:
    """Return the confidence, in [0, 1], that the digits are written; 0 if they don't look it.

    A network trained on digits alone calls anything a digit, often with a high probability.
    Writing looks different from a face or a landscape: the paper around it is smooth, the ink
    equally dark, the digits equally tall, and the strokes thin and even.

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
        and paper.std() < MAX_ROUGHNESS * darkness.mean()
        and darkness.mean() > MIN_DARKNESS
        and darkness.std() < MAX_VARIATION * darkness.mean()
        and max(heights) < MAX_HEIGHT_RATIO * min(heights)
        and thickest < MAX_THICKNESS
        and unevenness < MAX_UNEVENNESS
        and probability > MIN_PROBABILITY
    )
    return float(probability * (1 - unevenness)) if looks_written else 0.0


def _window(picture: np.ndarray, component: Component) -> np.ndarray:
    """Return the part of a picture under a component's box, as a view."""
    rows = slice(component.y, component.y + component.height)
    return picture[rows, component.x : component.x + component.width]


def stroke_widths(mask: np.ndarray) -> np.ndarray:
    """Return the widths of a digit's strokes, in pixels, along their middle lines."""
    depth = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)
    middle = (depth >= cv2.dilate(depth, np.ones((3, 3)))) & (depth > 0)
    return 2 * depth[middle]


def draw_reading(photo: str | Path | bytes | np.ndarray, digits: Sequence[Digit]) -> np.ndarray:
    """Draw the boxes of the digits, their values above and their probabilities below.

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
        below = y + height + 4 * thickness + round(size / 4)
        _write(picture, f"{digit.probability:.0%}", (x, below), size / 4)
    return picture


def _write(picture: np.ndarray, text: str, corner: tuple[int, int], height: float) -> None:
    """Write text `height` pixels high, its lower left at `corner`, inside the picture."""
    font = cv2.FONT_HERSHEY_SIMPLEX
    scale = height / cv2.getTextSize(text, font, 1, 1)[0][1]
    place = corner[0], int(np.clip(corner[1], np.ceil(height), picture.shape[0] - 1))
    pen = max(1, round(height / 9))
    for colour, breadth in ((_LIGHT, 3 * pen), (_DARK, pen)):
        cv2.putText(picture, text, place, font, scale, colour, breadth, cv2.LINE_AA)

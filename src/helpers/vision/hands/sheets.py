"""A sheet of digits in one hand: written by a program, and read from a photo.

A sheet has the digits 0 to 9 in a row, `NUM_ROWS` times, with space around each digit. So the order
says which digit is which, and nobody has to label them.
"""

from pathlib import Path

import cv2
import numpy as np

from helpers.reader import say
from helpers.vision import photos
from helpers.vision.hands.strokes import Stroke, curve
from helpers.vision.pictures import PhotoError, decode

#: How often the digits 0 to 9 are written on a sheet.
NUM_ROWS = 3
#: Height and width of a composed sheet, and the height of a digit, in pixels.
SHEET, TALL = (900, 1600), 130
#: How many times as wide as high the box is in which a digit is written, and how far it leans.
WIDTH, SLANT = 0.8, 0.1
#: A photo of a sheet is read with at most so many pixels: its digits are small.
LARGEST = 1_500_000

#: The digits 0 to 9 as one person writes them who has a slash in the 0, an upstroke before the 1
#: and a bar through the 7; and whether the strokes are curves. Neither of the networks has seen it.
STAND_IN: list[tuple[list[Stroke], bool]] = [
    (
        [
            [(0.55, 0), (0.1, 0.25), (0.1, 0.75), (0.5, 1), (0.9, 0.75), (0.9, 0.25), (0.5, 0)],
            [(1, 0.02), (0, 0.98)],
        ],
        True,
    ),
    ([[(-0.05, 0.62), (0.75, 0), (0.75, 1)]], False),
    (
        [
            [
                (0.1, 0.25),
                (0.4, 0),
                (0.8, 0.2),
                (0.55, 0.65),
                (0.1, 0.95),
                (0, 0.8),
                (0.25, 0.75),
                (1, 1),
            ]
        ],
        True,
    ),
    ([[(0.1, 0), (0.9, 0), (0.4, 0.4), (0.9, 0.65), (0.6, 1), (0.05, 0.9)]], False),
    ([[(0.3, 0), (0.05, 0.6), (1, 0.6)], [(0.75, 0.3), (0.65, 1)]], False),
    (
        [
            [(0.2, 0), (0.15, 0.45), (0.6, 0.4), (0.9, 0.7), (0.5, 1), (0.05, 0.9)],
            [(0.2, 0), (1, 0.02)],
        ],
        True,
    ),
    (
        [[(0.75, 0), (0.2, 0.4), (0.1, 0.8), (0.5, 1), (0.9, 0.8), (0.6, 0.55), (0.15, 0.75)]],
        True,
    ),
    ([[(0.05, 0.25), (0.1, 0.02), (0.95, 0), (0.4, 1)], [(0.2, 0.5), (0.95, 0.48)]], False),
    (
        [
            [(0.5, 0), (0.2, 0.2), (0.5, 0.42), (0.8, 0.2), (0.5, 0)],
            [(0.5, 0.42), (0.05, 0.72), (0.5, 1), (0.95, 0.72), (0.5, 0.42)],
        ],
        True,
    ),
    (
        [
            [
                (0.85, 0.15),
                (0.35, 0.02),
                (0.15, 0.35),
                (0.75, 0.4),
                (0.88, 0.1),
                (0.85, 0.8),
                (0.4, 1),
                (0.05, 0.85),
            ]
        ],
        True,
    ),
]


def compose_sheet(seed: int) -> np.ndarray:
    """Write a sheet in the hand of `STAND_IN` and photograph it.

    Parameters
    ----------
    seed : int
        What is chosen at random, such as where each stroke goes exactly, the pen and the light,
        comes from it.

    Returns
    -------
    ndarray, (900, 1600, 3) uint8
        RGB.

    Examples
    --------
    >>> compose_sheet(0).shape
    (900, 1600, 3)
    """
    rng = np.random.default_rng(seed)
    ink = _write(rng, int(rng.integers(6, 10))).astype(np.float32)[..., None] / 255
    paper, pen = np.array([0.93, 0.92, 0.88]), np.array([0.13, 0.2, 0.45])
    y, x = np.mgrid[-1 : 1 : SHEET[0] * 1j, -1 : 1 : SHEET[1] * 1j]
    side = rng.uniform(0, 2 * np.pi)
    light = 1 - 0.125 * (1 + x * np.cos(side) + y * np.sin(side))
    colour = (paper * (1 - 0.92 * ink) + pen * 0.92 * ink) * light[..., None]
    grain = rng.normal(0, 0.012, (*SHEET, 1))
    picture = (cv2.GaussianBlur(colour, (0, 0), 1.2) + grain).astype(np.float32)
    turn = cv2.getRotationMatrix2D((SHEET[1] / 2, SHEET[0] / 2), rng.normal(0, 1.2), 1)
    picture = cv2.warpAffine(picture, turn, SHEET[::-1], borderMode=cv2.BORDER_REFLECT)
    return np.round(255 * np.clip(picture, 0, 1)).astype(np.uint8)


def _write(rng: np.random.Generator, pen: int) -> np.ndarray:
    """Write `NUM_ROWS` times the digits 0 to 9; return the ink, (900, 1600) uint8."""
    ink = np.zeros(SHEET, np.uint8)
    for row in range(NUM_ROWS):
        for value, (strokes, is_curve) in enumerate(STAND_IN):
            middle = SHEET[1] * (0.075 + 0.85 * value / 9) + rng.normal(0, 4)
            top = SHEET[0] * (row + 0.5) / NUM_ROWS - TALL / 2 + rng.normal(0, 5)
            size = TALL * rng.uniform(0.92, 1.08)
            for stroke in strokes:
                points = np.array(stroke) + rng.normal(0, 0.03, (len(stroke), 2))
                x, y = (curve(points) if is_curve else points).T - 0.5
                x, y = middle + size * (WIDTH * x - SLANT * y), top + size * (y + 0.5)
                pixels = np.round(16 * np.stack([x, y], axis=1)).astype(np.int32)
                cv2.polylines(ink, [pixels], False, 255, pen, cv2.LINE_AA, shift=4)
    return ink


def read_sheet(photo: str | Path | bytes | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut a photo of a sheet into its digits, dark ink on light paper; the order labels them.

    Parameters
    ----------
    photo : str, Path, bytes or ndarray
        See `helpers.vision.pictures.decode`.

    Returns
    -------
    images : ndarray, (30, 28, 28) float32 in [0, 1]
        As in MNIST, from left to right, row by row.
    labels : ndarray, (30,) int
        0 to 9, three times.

    Raises
    ------
    PhotoError
        If the photo cannot be decoded, or does not show three rows of ten digits.

    Examples
    --------
    >>> images, labels = read_sheet(compose_sheet(0))
    >>> images.shape, labels[:12]
    ((30, 28, 28), array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]))
    """
    grey = photos.resize(photos.to_grey(decode(photo)), largest=LARGEST)
    ink = photos.remove_lines(photos.binarize(photos.measure_contrast(grey)))
    rows = photos.find_rows(photos.find_digits(ink, may_touch=False))
    counts = [len(row) for row in rows]
    if counts != [10] * NUM_ROWS:
        found = f" ({' + '.join(map(str, counts))})" if counts else ""
        raise PhotoError(
            say(
                en=f"Found {sum(counts)} digits{found} where {NUM_ROWS} rows of 10 were expected: "
                "write 0 to 9 three times, one row below the other, leave space "
                "around each digit, and let nothing else be in the photo.",
                ko=f"10개씩 {NUM_ROWS}행이어야 하는데 숫자를 {sum(counts)}개{found} 찾았습니다. "
                "0부터 9까지를 세 번, 한 행씩 아래로 쓰고 숫자마다 사이를 띄운 다음 "
                "다른 것이 나오지 않게 찍으세요.",
            )
        )
    images = np.stack([photos.to_mnist(digit.mask) for row in rows for digit in row])
    return images, np.tile(np.arange(10), NUM_ROWS)

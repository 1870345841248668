"""Compose the photos in `conditions/`: what real photos have and those beside this file lack.

    python data/photos/conditions.py [--seed SEED] [--out FOLDER]

Each condition is one that photos of people's handwriting were misread for: a hair-thin pen, a long
strip, several rows, a full page, printed squares, a rule as thick as the pen, ink at the border,
two pens, dark corners; and, where nothing is to be read, words, Hangul, signs and print. The
strokes are those of MNIST's test set, the letters those of the font that the course ships. All
choices come from the seed. `readings.csv` holds the true readings, their rows joined by a slash.
"""

from functools import cache

import compose as base
import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from helpers.data import load_mnist
from helpers.paths import FONTS, PHOTOS

SEED = 2026
#: How many photos of each condition.
NUM = 8
#: (height, width) of the photo, the rows of digits, and a digit's height as a share of the photo's.
WRITTEN = {
    "thin": ((480, 640), 1, 0.2),
    "strip": ((170, 1500), 1, 0.5),
    "rows": ((600, 800), 3, 0.16),
    "page": ((1100, 850), 9, 0.045),
    "squares": ((240, 800), 1, 0.45),
    "rule": ((300, 640), 1, 0.4),
    "border": ((300, 560), 1, 0.5),
    "pens": ((480, 640), 2, 0.17),
    "corners": ((480, 640), 2, 0.17),
}
NOTHING = ("words", "hangul", "signs", "print")
_WORDS = ["Hello", "World", "THE", "QUICK", "FOX", "Anna", "Peter", "MATH", "ART", "Kant", "Tax"]
_HANGUL = ["안녕하세요", "감사합니다", "딥러닝", "신경망", "합성곱", "우편번호", "학교", "바다"]
_SIGNS = "+-=*#%&@?!<>~^→←↑↓÷±√"


def shots() -> list[base.Shot]:
    """List the photos to take."""
    return [
        base.Shot(
            f"{kind}-{number:02}.jpg", kind, "easy" if number % 2 else "hard", "plain", number
        )
        for kind in (*WRITTEN, *NOTHING)
        for number in range(1, NUM + 1)
    ]


def compose(shot: base.Shot, seed: int = SEED) -> tuple[np.ndarray, str]:
    """Compose one photo: its picture, (H, W, 3) uint8 RGB, and its true reading."""
    rng = np.random.default_rng([seed, *shot.file.encode()])
    frame, num_rows, share = WRITTEN.get(shot.kind, ((480, 640), 2, 0.17))
    colour = base.draw_surface(rng, frame, "plain", min(frame), shot.hard)
    pens = list(base.PENS.values())
    pen = np.array(pens[rng.integers(2)])  # ink, not pencil
    size = share * frame[0] * rng.uniform(0.9, 1.1)
    texts = []
    tops = (np.arange(num_rows) + 0.5) * frame[0] / num_rows - size / 2
    if shot.kind in NOTHING:
        tops = tops if shot.kind != "print" else np.arange(20, 440, 44)
    for row, top in enumerate(tops):
        ink = np.zeros(frame, np.float32)
        if shot.kind in NOTHING:
            lay_text(rng, ink, _words(rng, shot.kind), top, 20 if shot.kind == "print" else size)
        else:
            texts.append(lay_digits(rng, ink, shot.kind, top, size))
        cover = 0.95
        if shot.kind == "pens" and row:
            pen, cover = np.array(base.PENS["pencil"]), 0.7
        alpha = (cover * ink)[..., None]
        colour = colour * (1 - alpha) + pen * alpha
    draw_rules(rng, colour, shot.kind, tops, size)
    if shot.kind in ("rows", "thin"):
        colour = base.tilt(rng, colour, frame, hard=False)
    shade = base.light(rng, frame, shot.hard, shadow=False)
    if shot.kind == "corners":
        y, x = np.mgrid[-1 : 1 : frame[0] * 1j, -1 : 1 : frame[1] * 1j].astype(np.float32)
        shade *= 1 - rng.uniform(0.25, 0.4) * (x**2 + y**2)
    picture = base.expose(rng, (colour * shade[..., None]).astype(np.float32), hard=False)
    return picture, "/".join(texts)


def lay_digits(
    rng: np.random.Generator, ink: np.ndarray, kind: str, top: float, size: float
) -> str:
    """Write a row of digits into the ink; return it."""
    _, (images, labels) = load_mnist()
    height, width = ink.shape
    pitch = width / 8 if kind == "squares" else size * rng.uniform(1.15, 1.5)
    number = int(min(10, (width - size) // pitch))
    if kind not in ("strip", "squares", "page"):
        number = min(number, int(rng.integers(3, 8)))
    if kind == "strip":
        pitch = (width - size) / number
    left = 0.1 * pitch if kind == "squares" else rng.uniform(0.5, 0.7) * size
    text = ""
    for place in range(number):
        index = rng.integers(len(labels))
        drawn = (
            write_thin(images[index], size)
            if kind == "thin"
            else base.glyph(rng, images[index], size * rng.uniform(0.93, 1.07))
        )
        h, w = drawn.shape
        x = round(left + place * pitch + (0.25 * pitch if kind == "squares" else 0))
        if kind == "border" and place == number - 1:
            x = width - w + 1
        y = round(
            np.clip(top + rng.uniform(-0.05, 0.05) * size + (size - h) / 2, 2, height - h - 2)
        )
        if x + w > width + 1:
            break
        drawn = drawn[:, : width - x]
        part = ink[y : y + h, x : x + drawn.shape[1]]
        np.maximum(part, drawn, out=part)
        text += str(labels[index])
    return text


def write_thin(image: np.ndarray, size: float) -> np.ndarray:
    """Return the middle line of an MNIST digit's strokes, two pixels wide."""
    side = round(28 * size / 20)
    large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
    large = (cv2.GaussianBlur(large, (0, 0), side / 60) > 110).astype(np.uint8)
    middle = skeleton(large)
    line = cv2.dilate(middle, np.ones((2, 2), np.uint8)).astype(np.float32)
    x, y, width, height = cv2.boundingRect(line.astype(np.uint8))
    return cv2.GaussianBlur(line, (0, 0), 0.6)[y : y + height, x : x + width]


#: From a pixel to its neighbours, clockwise from the one above.
_AROUND = ((1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1))


def skeleton(ink: np.ndarray) -> np.ndarray:
    """Thin strokes to one pixel: Zhang and Suen (1984)."""
    ink = np.pad(ink, 1)
    while True:
        before = ink.sum()
        for first in (True, False):
            n = [np.roll(ink, shift, (0, 1)) for shift in _AROUND]
            count = sum(a.astype(int) for a in n)
            turns = sum((a == 0) & (b == 1) for a, b in zip(n, n[1:] + n[:1], strict=True))
            up, right, down, left = n[0], n[2], n[4], n[6]
            free = (
                up * right * down + right * down * left
                if first
                else (up * right * left + up * down * left)
            )
            ink = ink & ~((count >= 2) & (count <= 6) & (turns == 1) & (free == 0))
        if ink.sum() == before:
            return ink[1:-1, 1:-1]


def draw_rules(
    rng: np.random.Generator, colour: np.ndarray, kind: str, tops: np.ndarray, size: float
) -> None:
    """Print squares around the digits, or a rule under them, in place."""
    height, width = colour.shape[:2]
    if kind == "squares":
        middle, half, cell = tops[0] + size / 2, 0.68 * size, width / 8
        thick = int(rng.integers(2, 6))
        for y in (middle - half, middle + half):
            cv2.line(colour, (0, round(y)), (width, round(y)), (0.2, 0.2, 0.2), thick)
        for x in np.arange(0.1, 9) * cell:
            ends = (round(x), 0), (round(x), height)  # a row cut out of a table
            cv2.line(colour, *ends, (0.2, 0.2, 0.2), thick)
    if kind == "rule":
        y = tops[0] + size * rng.uniform(0.93, 1.0)
        ends = (0, round(y)), (width, round(y + rng.uniform(-0.03, 0.03) * width))
        cv2.line(colour, *ends, (0.55, 0.18, 0.2), max(3, round(size / 18)), cv2.LINE_AA)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / "Pretendard-Regular.otf"), size)


def _words(rng: np.random.Generator, kind: str) -> str:
    if kind == "signs":
        return "  ".join(rng.choice(list(_SIGNS), 5))
    words = _HANGUL if kind == "hangul" else _WORDS
    return " ".join(rng.choice(words, 10 if kind == "print" else 2))


def lay_text(rng: np.random.Generator, ink: np.ndarray, text: str, top: float, size: float) -> None:
    """Draw a text into the ink, bent as a hand would unless it is print, in place."""
    picture = Image.new("L", ink.shape[::-1])
    ImageDraw.Draw(picture).text((0.05 * ink.shape[1], top), text, 255, _font(round(size)))
    drawn = np.asarray(picture, np.float32) / 255
    if size > 30:
        waves = rng.normal(0, 4, (2, 8, 10)).astype(np.float32)
        dx, dy = (
            cv2.resize(wave, ink.shape[::-1], interpolation=cv2.INTER_CUBIC) for wave in waves
        )
        y, x = np.mgrid[: ink.shape[0], : ink.shape[1]].astype(np.float32)
        drawn = cv2.remap(drawn, x + dx, y + dy, cv2.INTER_LINEAR)
    np.maximum(ink, drawn, out=ink)


if __name__ == "__main__":
    base.compose_folder(shots(), compose, PHOTOS / "conditions", SEED)

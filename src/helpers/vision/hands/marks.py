"""Marks that are no digits: letters, Hangul, signs, shapes, and digits that were cut wrongly.

Most are drawn with the fonts that Matplotlib and the course ship. A mark that many people write
like a digit, such as O, l, S or Z, is left out: no network could tell it, nor could you.
"""

from functools import cache
from pathlib import Path

import cv2
import numpy as np

from helpers.paths import FONTS
from helpers.vision.hands.strokes import write

SIDE = 84
#: Without those that look like 0, 1, 2, 4, 5, 6, 7, 8 and 9 in one hand or another.
LETTERS = "ACEFHJKMNPRTUVWXYadefhkmnprtuvwxyÆñαελμπψωΓΔΣΩ"
SIGNS = "+-=*#%&@?!{}<>~^$₩€→←↑↓↗↘⇒√∑∫×÷±≤≥≠★☆♥♦♠✓✔✗"
_FONTS = ("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSansMono",
          "STIXGeneralItalic", "cmmi10", "cmr10", "cmss10")  # fmt: skip
_HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)


@cache
def glyphs() -> np.ndarray:
    """Draw the letters, syllables and signs of every font, (N, 84, 84) uint8, 255 for ink."""
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    rng = np.random.default_rng(0)
    syllables = "".join(map(chr, rng.choice(np.arange(0xAC00, 0xD7A4), 900, replace=False)))
    jamo = "ㄴㄷㅂㅅㅈㅊㅋㅌㅍㅎㅏㅓㅗㅜㅐㅔㅘㅝㅢ"
    pretendard = FONTS / "Pretendard-Regular.otf"
    texts = [(pretendard, syllables + jamo + LETTERS[:35] + SIGNS[:22])]
    for name in _FONTS:
        signs = SIGNS if name.startswith("DejaVu") else "+=?!&@"
        texts.append((folder / f"{name}.ttf", LETTERS[:35] + signs))
    texts.append((folder / "DejaVuSans.ttf", LETTERS))
    drawn = []
    for path, text in texts:
        font = ImageFont.truetype(str(path), 56)
        for character in text:
            picture = Image.new("L", (SIDE, SIDE))
            draw = ImageDraw.Draw(picture)
            draw.text((SIDE // 2, SIDE // 2), character, 255, font, anchor="mm")
            drawn.append(np.asarray(picture))
    for font_code in _HERSHEY:
        for character in LETTERS[:35] + "+-=*#%&@?!<>~^$":
            canvas = np.zeros((SIDE, SIDE), np.uint8)
            cv2.putText(canvas, character, (20, 60), font_code, 1.9, 255, 3, cv2.LINE_AA)
            drawn.append(canvas)
    return np.stack([one for one in drawn if one.max() > 0])


def draw_glyph(rng: np.random.Generator) -> np.ndarray:
    """Draw one letter, syllable or sign, or two letters that touch."""
    first, second = rng.choice(len(glyphs()), 2)
    if rng.random() < 0.85:
        return glyphs()[first]
    return _beside(glyphs()[first], glyphs()[second])


def draw_shape(rng: np.random.Generator) -> np.ndarray:
    """Draw a shape: a blot, a polygon, an arrow, lines that meet, a scribble."""
    kind, pen = rng.integers(6), int(rng.integers(2, 12))
    picture = np.zeros((SIDE, SIDE), np.uint8)
    if kind == 0:
        grain = cv2.GaussianBlur(rng.random((SIDE, SIDE), np.float32), (0, 0), rng.uniform(3, 10))
        level = np.quantile(grain, rng.uniform(0.5, 0.9))
        _, labels, stats, _ = cv2.connectedComponentsWithStats((grain > level).astype(np.uint8))
        blot = 255 * (labels == 1 + stats[1:, cv2.CC_STAT_AREA].argmax()).astype(np.uint8)
        if rng.random() < 0.5:
            return blot
        return cv2.morphologyEx(blot, cv2.MORPH_GRADIENT, np.ones((pen, pen), np.uint8))
    if kind == 1:  # a polygon, filled or not
        number = int(rng.integers(3, 6))
        angles = np.sort(rng.uniform(0, 2 * np.pi, number))
        radii = rng.uniform(12, 38, (number, 1))
        corners = (42 + radii * np.stack([np.cos(angles), np.sin(angles)], 1)).astype(np.int32)
        if rng.random() < 0.5:
            cv2.fillPoly(picture, [corners], 255)
        cv2.polylines(picture, [corners], True, 255, pen)
    elif kind == 2:  # an arrow
        angle = rng.uniform(0, 2 * np.pi)
        reach = 34 * np.array([np.cos(angle), np.sin(angle)])
        tail, head = (42 - reach).astype(int).tolist(), (42 + reach).astype(int).tolist()
        cv2.arrowedLine(picture, tail, head, 255, pen, tipLength=rng.uniform(0.2, 0.5))
    elif kind == 3:  # what is left of squares
        places = rng.uniform(0, 1, 4)
        across = [[(0.0, places[0]), (1.0, places[0] + rng.normal(0, 0.03))]]
        down = [[(p, 0.0), (p + rng.normal(0, 0.03), 1.0)] for p in places[1 : rng.integers(2, 4)]]
        if rng.random() < 0.3:
            across.append([(0.0, places[3]), (1.0, places[3])])
        return write(across + down, False, rng, pen=pen, wobble=0.01)
    elif kind == 4:  # a scribble
        points = rng.uniform(0, 1, (int(rng.integers(6, 16)), 2))
        return write([list(map(tuple, points))], True, rng, pen=pen)
    else:  # loose strokes
        strokes = [list(map(tuple, rng.uniform(0, 1, (2, 2)))) for _ in range(rng.integers(3, 7))]
        return write(strokes, False, rng, pen=pen)
    return picture


def cut_wrongly(digit: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return two digits that touch, one above the other, or with a stroke through them.

    Parameters
    ----------
    digit, other : ndarray, (84, 84) uint8
    """
    kind = rng.integers(4)
    if kind < 2:
        return _beside(digit, other)
    if kind == 2:
        return _beside(digit.T, other.T).T
    together = np.maximum(_beside(digit, other), _beside(other, digit)[::-1])
    return np.ascontiguousarray(together)


def _beside(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return two pictures as one, (84, 84), their ink touching."""
    ink = [picture[:, np.flatnonzero(picture.any(axis=0))] for picture in (left, right)]
    both = np.hstack([ink[0][:, :-2], ink[1]])
    width = both.shape[1]
    if width < SIDE:
        both = cv2.copyMakeBorder(both, 0, 0, (SIDE - width) // 2, (SIDE - width + 1) // 2, 0)
    return cv2.resize(both, (SIDE, SIDE), interpolation=cv2.INTER_AREA)

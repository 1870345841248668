"""From a phone's photo to its digits, one module for each step.

| step | module |
|---|---|
| find the ink | `ink`, then `lines` takes ruled lines away |
| cut it into digits | `components`, `segmentation`, `cuts`, `rows` |
| read each of them | `normalization`, `network` |
| decide whether it is writing | `decision` |
| all together | `pipeline` gives a `reading` and each `digit`; `drawing` shows them |

Lesson 08 shows each step. A box is (x, y, width, height) in pixels.
"""

from helpers.vision.photos.components import Component, cut, find_components, gap, join
from helpers.vision.photos.cuts import find_parts, is_wide, split_touching
from helpers.vision.photos.decision import expect, judge, stroke_widths
from helpers.vision.photos.digit import UNSURE, Digit, as_text, split_rows
from helpers.vision.photos.drawing import draw_reading
from helpers.vision.photos.ink import binarize, measure_contrast, resize, to_grey
from helpers.vision.photos.lines import remove_lines
from helpers.vision.photos.network import TURNS, classify, read_marks
from helpers.vision.photos.normalization import to_mnist
from helpers.vision.photos.pipeline import (
    digit_image,
    digits_of,
    read_grey,
    read_photo,
    read_picture,
    segment,
)
from helpers.vision.photos.reading import Reading, Segmentation
from helpers.vision.photos.rows import find_rows
from helpers.vision.photos.segmentation import (
    MAX_COMPONENTS,
    MAX_PARTS,
    find_digits,
    join_halves,
    join_pieces,
)

__all__ = [
    "MAX_COMPONENTS",
    "MAX_PARTS",
    "TURNS",
    "UNSURE",
    "Component",
    "Digit",
    "Reading",
    "Segmentation",
    "as_text",
    "binarize",
    "classify",
    "cut",
    "digit_image",
    "digits_of",
    "draw_reading",
    "expect",
    "find_components",
    "find_digits",
    "find_parts",
    "find_rows",
    "gap",
    "is_wide",
    "join",
    "join_halves",
    "join_pieces",
    "judge",
    "measure_contrast",
    "read_grey",
    "read_marks",
    "read_photo",
    "read_picture",
    "remove_lines",
    "resize",
    "segment",
    "split_rows",
    "split_touching",
    "stroke_widths",
    "to_grey",
    "to_mnist",
]

"""Compose the photos in this folder: MNIST test digits as ink on paper, as a phone sees them.

    python data/photos/compose.py [--seed SEED] [--out FOLDER]

The strokes are those of MNIST's test set, so the true reading of every photo is known, and
`readings.csv` holds it. All the rest is drawn: paper (plain, ruled or squared) or a blackboard,
a pen, a tilted camera, uneven light, a shadow, blur, noise and JPEG. Every choice, that of the
digits too, comes from the seed and from nothing else: no photo was picked because a model
reads it. Each photo has a random generator of its own, so one can be composed without the rest.

`astronaut.jpg` is no work of this script: it is NASA's portrait of Eileen Collins, public
domain, as `skimage.data.astronaut` ships it.
"""

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from helpers.data import load_mnist
from helpers.paths import PHOTOS, written_whole

SEED = 1998
#: How many photos of each kind; every digit stands alone four times.
NUM_DIGITS, NUM_ZIPS = 40, 24
#: Photos without a digit, and what the paper of each is.
NONE = {"blank": "plain", "lined": "ruled", "squared": "squared", "shadow": "plain"}
#: Height, width and how often; the last is a phone's full picture made smaller by a messenger.
SIZES = [((640, 480), 0.5), ((960, 720), 0.3), ((1600, 1200), 0.2)]
PAPERS = [(0.93, 0.92, 0.89), (0.96, 0.96, 0.95), (0.90, 0.85, 0.72), (0.84, 0.80, 0.74)]
PENS = {"blue": (0.13, 0.20, 0.50), "black": (0.12, 0.12, 0.13), "pencil": (0.42, 0.42, 0.43)}
BOARDS = [(0.16, 0.24, 0.20), (0.17, 0.17, 0.18)]
CHALK = (0.90, 0.90, 0.86)


@dataclass(frozen=True)
class Shot:
    """One photo to take: all that the seed does not choose."""

    file: str
    kind: str  # "digit", "zip" or "none"
    difficulty: str  # "easy" or "hard"
    surface: str  # "plain", "ruled", "squared", "board", or "any" paper
    number: int

    @property
    def hard(self):
        """Whether shadows, ruled lines, specks and blur are at their worst."""
        return self.difficulty == "hard"


def shots():
    """List the photos to take, in the order of their names."""
    taken = []
    for kind, count in (("digit", NUM_DIGITS), ("zip", NUM_ZIPS)):
        for number in range(1, count + 1):
            # Of each kind the last ones are chalk; the rest go easy, hard, easy, hard.
            surface = "board" if number > count - (2 if kind == "digit" else 1) else "any"
            difficulty = ("easy", "hard")[(number + (number - 1) // 10) % 2]
            name = f"{'single' if kind == 'digit' else kind}-{number:02}.jpg"
            taken.append(Shot(name, kind, difficulty, surface, number))
    for number, (name, surface) in enumerate(NONE.items(), start=1):
        difficulty = "easy" if name == "blank" else "hard"
        taken.append(Shot(f"none-{name}.jpg", "none", difficulty, surface, number))
    return taken


def compose(shot, seed=SEED):
    """Compose one photo.

    Parameters
    ----------
    shot : Shot
        Which photo.
    seed : int, default SEED
        Where every random choice comes from.

    Returns
    -------
    picture : (H, W, 3) uint8 array
        The photo in RGB, before JPEG.
    text : str
        Its true reading, empty where there is none.
    """
    rng = np.random.default_rng([seed, *shot.file.encode()])
    frame, _ = SIZES[rng.choice(len(SIZES), p=[share for _, share in SIZES])]
    if rng.random() < (0.8 if shot.kind == "zip" else 0.3):
        frame = frame[::-1]
    # The sheet is larger than the frame: a tilted camera still sees no end of it.
    sheet = tuple(int(1.5 * side) for side in frame)
    surface = rng.choice(["plain", "ruled", "squared"]) if shot.surface == "any" else shot.surface
    if shot.surface == "any" and not shot.hard:
        surface = "plain" if rng.random() < 0.7 else "ruled"
    colour = draw_surface(rng, sheet, surface, min(frame), shot.hard)
    ink, text = write(rng, shot, sheet, frame)
    colour = lay_ink(rng, colour, ink, surface, shot.hard)
    if shot.hard and surface != "board":
        draw_specks(rng, colour, min(frame))
    picture = tilt(rng, colour, frame, shot.hard)
    picture *= light(rng, frame, shot.hard, shadow=shot.hard or "shadow" in shot.file)[..., None]
    return expose(rng, picture, shot.hard), text


def draw_surface(rng, shape, surface, scale, hard):
    """Draw paper or a blackboard, (H, W, 3) float reflectance in [0, 1]."""
    board = surface == "board"
    colours = BOARDS if board else PAPERS
    colour = np.full((*shape, 3), colours[rng.integers(len(colours))], np.float32)
    stains, fibres = (0.10, 0.02) if board else (0.02, 0.012)
    grain = stains * clouds(rng, shape, scale / 3) + stains / 2 * clouds(rng, shape, scale / 20)
    grain += cv2.GaussianBlur(rng.normal(0, 2 * fibres, shape).astype(np.float32), (0, 0), 0.8)
    colour *= 1 + grain[..., None]
    if surface in ("ruled", "squared"):
        draw_lines(rng, colour, surface, scale, hard)
    return colour


def draw_lines(rng, colour, surface, scale, hard):
    """Rule the paper, in place."""
    spacing = scale * (rng.uniform(0.09, 0.14) if surface == "ruled" else rng.uniform(0.05, 0.08))
    width = max(1, round(scale * rng.uniform(0.002, 0.004)))
    strength = rng.uniform(0.15, 0.35) if hard else rng.uniform(0.08, 0.18)
    tint = 1 - strength * np.array([1.0, 0.75, 0.45], np.float32)
    height, breadth = colour.shape[:2]
    for start in np.arange(rng.uniform(0, spacing), height - width, spacing).astype(int):
        colour[start : start + width] *= tint
    if surface == "squared":
        for start in np.arange(rng.uniform(0, spacing), breadth - width, spacing).astype(int):
            colour[:, start : start + width] *= tint


def write(rng, shot, sheet, frame):
    """Write the shot's digits; return the ink, (H, W) float in [0, 1], and the text."""
    _, (images, labels) = load_mnist()
    if shot.kind == "none":
        indices = []
    elif shot.kind == "digit":
        indices = [rng.choice(np.flatnonzero(labels == (shot.number - 1) % 10))]
    else:
        indices = rng.integers(len(labels), size=5)

    # The height of a digit; five of them with their gaps take about four heights.
    size = (
        frame[1] * rng.uniform(0.13, 0.19)
        if shot.kind == "zip"
        else min(frame) * rng.uniform(0.22, 0.6)
    )
    closest = -0.01 if shot.hard else 0.08  # the gap between digits, in digit heights
    ink = np.zeros(sheet, np.float32)
    glyphs = [glyph(rng, images[index], size * rng.uniform(0.93, 1.07)) for index in indices]
    gaps = [size * rng.uniform(closest, closest + 0.17) for _ in glyphs]
    total = sum(g.shape[1] for g in glyphs) + sum(gaps[1:])
    room = [max(0.0, 0.40 * frame[0] - size / 2), max(0.0, 0.44 * frame[1] - total / 2)]
    middle, left = (np.array(sheet) / 2 + rng.uniform(-0.7, 0.7, 2) * room) - (0, total / 2)
    for drawn, gap in zip(glyphs, gaps, strict=True):
        top = round(middle + size * rng.uniform(-0.06, 0.06) - drawn.shape[0] / 2)
        rows, columns = (
            slice(s, s + n) for s, n in zip((top, round(left)), drawn.shape, strict=True)
        )
        ink[rows, columns] = np.maximum(ink[rows, columns], drawn)
        left += drawn.shape[1] + gap
    return ink, "".join(str(labels[index]) for index in indices)


def glyph(rng, image, size):
    """Return an MNIST digit as smooth pen strokes, cut to its ink; its box is `size` high."""
    scale = size / 20
    side = round(28 * scale)
    turn = cv2.getRotationMatrix2D((13.5, 13.5), rng.uniform(-6, 6), scale)
    turn[:, 2] += (side - 1) / 2 - 13.5
    grey = image.astype(np.float32) / 255
    large = cv2.warpAffine(grey, turn, (side, side), flags=cv2.INTER_CUBIC)
    large = cv2.GaussianBlur(large, (0, 0), 0.35 * scale)
    thinness = rng.uniform(0.35, 0.5)  # where the flank of a stroke becomes its edge
    stroke = np.clip((large - thinness) * scale * 1.2 + 0.5, 0, 1)  # an edge two pixels wide
    x, y, width, height = cv2.boundingRect((stroke > 0.5).astype(np.uint8))
    return stroke[y : y + height, x : x + width].astype(np.float32)


def lay_ink(rng, colour, ink, surface, hard):
    """Lay ink, pencil or chalk on the surface."""
    if surface == "board":
        pen, tooth, cover = CHALK, 0.30, rng.uniform(0.75, 0.95)
    else:
        name = rng.choice(list(PENS))
        pen, tooth = PENS[name], 0.22 if name == "pencil" else 0.04
        cover = rng.uniform(0.75, 0.95) if hard else rng.uniform(0.88, 1.0)
    # The tooth of the surface: what pencil and chalk do not reach.
    bare = cv2.GaussianBlur(rng.normal(0, 1, ink.shape).astype(np.float32), (0, 0), 1.0)
    bare = np.clip(tooth * (np.abs(bare) * 3.5), 0, 0.7)
    cover = cover * (1 + 0.08 * clouds(rng, ink.shape, min(ink.shape) / 12))
    alpha = np.clip(ink * cover * (1 - bare), 0, 1)[..., None]
    return colour * (1 - alpha) + np.array(pen, np.float32) * alpha


def draw_specks(rng, colour, scale):
    """Scatter crumbs and dots of ink over the paper, in place."""
    for _ in range(rng.integers(4, 25)):
        place = tuple(int(rng.integers(side)) for side in colour.shape[1::-1])
        axes = tuple(int(a) for a in np.ceil(scale * rng.uniform(0.001, 0.006, 2)))
        shade = rng.uniform(0.2, 0.6)
        cv2.ellipse(colour, place, axes, rng.uniform(0, 180), 0, 360, (shade,) * 3, -1, cv2.LINE_AA)


def tilt(rng, colour, frame, hard):
    """Photograph the sheet with a turned and tilted camera, (H, W, 3) of the frame."""
    height, width = frame
    corners = np.float32([(0, 0), (width, 0), (width, height), (0, height)])
    middle = corners.mean(0)
    angle = np.deg2rad(rng.normal(0, 4 if hard else 2))
    turn = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    seen = (corners - middle) @ turn.T
    seen *= 1 + rng.uniform(-1, 1, (4, 2)) * (0.07 if hard else 0.03)
    seen += np.array(colour.shape[1::-1]) / 2
    matrix = cv2.getPerspectiveTransform(np.float32(seen), corners)
    return cv2.warpPerspective(
        colour, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )


def light(rng, frame, hard, shadow):
    """Return the light on the frame, (H, W) float: a lamp to one side, vignette, shadow."""
    height, width = frame
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    side = rng.uniform(0, 2 * np.pi)
    fall = rng.uniform(0.12, 0.3) if hard else rng.uniform(0.03, 0.15)
    lamp = 1 - fall * (1 + x * np.cos(side) + y * np.sin(side)) / 2
    vignette = 1 - rng.uniform(0.02, 0.12) * (x**2 + y**2)
    return lamp * vignette * (cast_shadow(rng, frame) if shadow else 1)


def cast_shadow(rng, frame):
    """Return the shadow of a hand or a phone, (H, W) float, 1 where there is none."""
    height, width = frame
    middle = rng.uniform(0.1, 0.9, 2) * (width, height)
    side = rng.uniform(0, 2 * np.pi)
    across = np.array([np.cos(side), np.sin(side)])
    along = np.array([-across[1], across[0]])
    reach = 2 * max(frame)
    # One side of a wavering line through the picture lies in the dark.
    steps = np.linspace(-reach, reach, 40)
    waver = np.cumsum(rng.normal(0, 0.02 * min(frame), 40))
    edge = middle + steps[:, None] * along + waver[:, None] * across
    outline = np.vstack([edge, edge[-1] + reach * across, edge[0] + reach * across])
    dark = np.zeros(frame, np.float32)
    cv2.fillPoly(dark, [outline.astype(np.int32)], 1.0)
    softness = min(frame) * rng.uniform(0.004, 0.05)
    return 1 - rng.uniform(0.25, 0.55) * cv2.GaussianBlur(dark, (0, 0), softness)


def expose(rng, picture, hard):
    """Turn the light that reaches the lens into pixels: blur, colour cast, noise, contrast."""
    scale = min(picture.shape[:2]) / 480
    blur = scale * (rng.uniform(0.8, 1.8) if hard else rng.uniform(0.3, 0.9))
    picture = cv2.GaussianBlur(picture, (0, 0), blur)
    if hard and rng.random() < 0.4:
        picture = cv2.filter2D(picture, -1, motion(rng, scale))
    picture = picture * rng.uniform((0.94, 0.97, 0.86), (1.04, 1.0, 1.02)).astype(np.float32)
    noise = rng.uniform(0.012, 0.03) if hard else rng.uniform(0.004, 0.012)
    grain = rng.normal(0, noise, (*picture.shape[:2], 1)) + rng.normal(0, noise / 2, picture.shape)
    # A phone smooths its noise away, and more of it at the full number of pixels.
    grain = cv2.GaussianBlur(grain.astype(np.float32), (0, 0), 0.6 * scale)
    exposure = rng.uniform(0.78, 1.02)
    return np.round(np.clip(exposure * (picture + grain), 0, 1) * 255).astype(np.uint8)


def motion(rng, scale):
    """Return the kernel of a hand that moved, (n, n) float, sum 1."""
    length = 2 * round(scale * rng.uniform(1, 3)) + 1
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    middle = ((length - 1) / 2,) * 2
    turn = cv2.getRotationMatrix2D(middle, rng.uniform(0, 180), 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length))
    return kernel / kernel.sum()


def clouds(rng, shape, size):
    """Return smooth noise, (H, W) float about in [-1, 1]; `size` is a cloud's, in pixels."""
    grid = [max(2, round(side / size) + 2) for side in shape]
    small = rng.uniform(-1, 1, grid).astype(np.float32)
    return cv2.resize(small, shape[::-1], interpolation=cv2.INTER_CUBIC)


def to_jpeg(picture, shot, seed=SEED):
    """Encode the photo; the quality (60 to 92) comes from the seed too."""
    quality = int(np.random.default_rng([seed, *shot.file.encode(), 0]).integers(60, 93))
    options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), options)
    return encoded.tobytes()


def compose_folder(shots, compose, folder, seed):
    """Write the photo of each shot and `readings.csv`; see --help for another seed or folder.

    `compose` gives a shot and a seed their picture and its true reading.
    """
    parser = argparse.ArgumentParser(description="Compose the photos and readings.csv.")
    parser.add_argument("--seed", type=int, default=seed)
    parser.add_argument("--out", type=Path, default=folder)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    rows = []
    for shot in shots:
        picture, text = compose(shot, options.seed)
        with written_whole(options.out / shot.file) as temporary:
            temporary.write_bytes(to_jpeg(picture, shot, options.seed))
        rows.append((shot.file, text, shot.kind, shot.difficulty))
    if (options.out / "astronaut.jpg").is_file():
        rows.append(("astronaut.jpg", "", "none", "hard"))
    with (
        written_whole(options.out / "readings.csv") as temporary,
        temporary.open("w", encoding="utf-8", newline="") as table,
    ):
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(("file", "text", "kind", "difficulty"))
        writer.writerows(rows)


if __name__ == "__main__":
    compose_folder(shots(), compose, PHOTOS, SEED)

"""Train the network that reads digits of any hand, or says that a mark is none of the ten.

It has the structure of `helpers.vision.digits.build_cnn` with an eleventh answer. Its digits are
MNIST's training digits, bent and drawn anew with thinner and thicker pens, and `HANDS`. What is
none of the ten is composed too (`helpers.vision.hands.marks`). All of it is seeded, drawn anew in
each epoch, and cut to 28x28 as the marks in a photo are, so that the network cannot tell a digit
from another mark by the way it was drawn.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from helpers.checksums import sha256
from helpers.data import load_mnist
from helpers.models import save_model, versions, write_record
from helpers.paths import MODELS
from helpers.training import fit
from helpers.vision.digits import build_cnn, distort, evaluate, load_onnx, to_images
from helpers.vision.digits.training import compile_to_learn
from helpers.vision.hands.inference import MODEL, NONE
from helpers.vision.hands.marks import SIDE, cut_wrongly, draw_glyph, draw_shape
from helpers.vision.hands.strokes import HANDS, write
from helpers.vision.photos import to_mnist

if TYPE_CHECKING:
    import keras

#: How the shipped weights are trained.
RECIPE: dict[str, Any] = {
    "num_epochs": 12,
    "batch_size": 128,
    "learning_rate": 0.008,
    "num_digits": 22000,
    "num_hands": 5000,
    "num_marks": 17000,
    "seed": 0,
}

#: How many of MNIST's training digits are not trained on.
NUM_HELD_BACK = 5000
#: The side of a bent picture, and where its rows and columns come from, from the middle.
BENT = 56
_GRID = ((np.mgrid[:BENT, :BENT] - (BENT - 1) / 2) * (SIDE / BENT)).astype(np.float32)


def bend(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Bend a picture (84, 84) uint8 as another hand would: turned, slanted, elastic; (56, 56)."""
    angle, slant = np.radians(rng.uniform(-14, 14)), rng.uniform(-0.25, 0.25)
    cos, sin = np.cos(angle), np.sin(angle)
    linear = np.array([[cos, slant * cos - sin], [sin, slant * sin + cos]])
    linear *= rng.uniform(0.75, 1.25, (2, 1))
    middle = (SIDE - 1) / 2
    y, x = _GRID
    waves = rng.normal(0, rng.uniform(0, 3.2), (2, 6, 6)).astype(np.float32)
    dx, dy = (cv2.resize(wave, (BENT, BENT), interpolation=cv2.INTER_CUBIC) for wave in waves)
    (xx, xy), (yx, yy) = linear.astype(np.float32)
    dx += xx * x + xy * y + np.float32(middle)
    dy += yx * x + yy * y + np.float32(middle)
    return cv2.remap(picture, dx, dy, cv2.INTER_LINEAR)


def ink_in(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a picture anew with a thinner or thicker pen, (28, 28) float32 as in MNIST."""
    pen = int(rng.integers(-3, 6))
    if pen > 1:
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pen, pen))
        picture = cv2.dilate(picture, disc)
    mask = picture > rng.uniform(60, 200)
    if not mask.any():
        mask = picture >= picture.max()
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    mask = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return to_mnist(mask, float(rng.choice((-8, 0, 0, 8))))


def enlarged(images: np.ndarray) -> list[np.ndarray]:
    """Return MNIST's images, (N, 28, 28) uint8, as pictures (84, 84) uint8."""
    return [cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for image in images]


def compose(
    images: np.ndarray,
    labels: np.ndarray,
    num_digits: int,
    num_hands: int,
    num_marks: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Compose one epoch's digits and other marks, shuffled.

    Parameters
    ----------
    images, labels : ndarray
        MNIST's digits, (N, 28, 28) uint8, and their labels.
    num_digits, num_hands, num_marks : int
        How many of MNIST's digits there are, how many that are written as `HANDS`, and how many
        marks that are none of the ten.
    rng : numpy.random.Generator

    Returns
    -------
    x : ndarray, (M, 28, 28, 1) float32
    y : ndarray, (M,) int
        0 to 9, or `NONE`.
    """
    chosen = rng.permutation(len(images))[:num_digits]
    images, labels = images[chosen], labels[chosen]
    is_redrawn = rng.random(len(images)) < 0.5
    plain = distort(to_images(images[~is_redrawn]), rng)[..., 0]
    redrawn = [ink_in(bend(picture, rng), rng) for picture in enlarged(images[is_redrawn])]
    written, values = [], []
    for choice in rng.choice(len(HANDS), num_hands):
        value, strokes, is_curve = HANDS[choice]
        picture = write(strokes, is_curve, rng, pen=int(rng.integers(1, 14)))
        written.append(ink_in(bend(picture, rng), rng))
        values.append(value)
    marks = []
    for kind in rng.choice(3, num_marks, p=(0.55, 0.25, 0.2)):
        if kind == 2:
            digit, other = enlarged(images[rng.integers(len(images), size=2)])
            picture = cut_wrongly(digit, other, rng)
        else:
            picture = (draw_glyph, draw_shape)[kind](rng)
        marks.append(ink_in(bend(picture, rng), rng))
    x = np.concatenate([plain, redrawn, written, marks]).astype(np.float32)[..., None]
    y = np.concatenate(
        [labels[~is_redrawn], labels[is_redrawn], values, np.full(num_marks, NONE)]
    ).astype(int)
    order = rng.permutation(len(x))
    return x[order], y[order]


def train(
    model: "keras.Model", images: np.ndarray, labels: np.ndarray, **recipe: Any
) -> dict[str, list[float]]:
    """Train a model with eleven answers on MNIST's digits and all that `compose` adds.

    Parameters
    ----------
    model : keras.Model
        Changed in place.
    images, labels : ndarray
        (N, 28, 28) uint8 and (N,).
    **recipe
        The entries of `RECIPE`.

    Returns
    -------
    dict of str to list of float
        `loss` and `accuracy`, one number per epoch.
    """
    counts = recipe["num_digits"], recipe["num_hands"], recipe["num_marks"]
    settings = recipe | {"num_examples": sum(counts)}
    compile_to_learn(model, settings)

    def composed(epoch: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng([recipe["seed"], epoch])
        return compose(images, labels, *counts, rng)

    return fit(model, composed, settings)


def ship(folder: str | Path = MODELS) -> dict[str, Any]:
    """Train the weights that the course ships, by `RECIPE`, and record how well they read.

    The last `NUM_HELD_BACK` training digits are held back, to choose settings with. MNIST's test
    digits are read once, at the end.
    """
    import keras

    (x_train, y_train), (x_test, y_test) = load_mnist()
    model = build_cnn(num_classes=11, seed=RECIPE["seed"])
    train(model, x_train[:-NUM_HELD_BACK], y_train[:-NUM_HELD_BACK], **RECIPE)
    path = Path(folder) / MODEL.name
    images = keras.InputSpec(shape=(None, 28, 28, 1), dtype="float32", name="images")
    save_model(model, path, [images])
    record = {
        "num_parameters": model.count_params(),
        "recipe": RECIPE,
        "versions": versions(
            "tensorflow", "keras", "numpy", "opencv-python-headless", "matplotlib", "pillow"
        ),
        "test_accuracy": evaluate(load_onnx(path), x_test, y_test),
        "sha256": sha256(path),
    }
    write_record(path.with_suffix(".json"), record)
    return record

"""The digit reader: a small convolutional network, trained on MNIST, saved and served.

A model is anything that maps images (N, 28, 28, 1) to probabilities (N, 10): a Keras model,
or an ONNX file run without TensorFlow.
"""

import json
import math
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np

from helpers.checksums import sha256
from helpers.data import load_mnist
from helpers.models import check_suffix, load_model, open_onnx, save_model, unreadable
from helpers.paths import MODELS, WORK, written_whole
from helpers.reader import say
from helpers.training import climb_and_fall, fit

#: How many digits the network is given at once: their feature maps take 40 kB each.
PIECE = 256
#: How the shipped weights are trained.
RECIPE = {"num_epochs": 30, "batch_size": 128, "learning_rate": 0.008, "seed": 0}


def to_images(x):
    """Scale digits to the images that the models take.

    Parameters
    ----------
    x : array_like, (28, 28), (N, 28, 28) or (N, 28, 28, 1)
        White ink on black: uint8 in 0..255, as `load_mnist` gives them, or floats in [0, 1].

    Returns
    -------
    ndarray, (N, 28, 28, 1) float32 in [0, 1]

    Raises
    ------
    ValueError
        If the shape is another, or the numbers are neither of the two.

    Examples
    --------
    >>> images = to_images(np.full((2, 28, 28), 255, np.uint8))
    >>> images.shape, images.dtype, float(images.max())
    ((2, 28, 28, 1), dtype('float32'), 1.0)
    """
    x = np.asarray(x)
    if x.shape != (28, 28) and x.shape[1:] not in ((28, 28), (28, 28, 1)):
        raise ValueError(
            say(
                en=f"x must be digits of 28x28 pixels, (N, 28, 28), not {x.shape}.",
                ko=f"x는 28x28 픽셀의 숫자 이미지, 곧 (N, 28, 28) 모양이어야 합니다. "
                f"받은 모양: {x.shape}",
            )
        )
    images = x.reshape(-1, 28, 28, 1)
    if x.dtype == np.uint8:
        return images / np.float32(255)
    if not np.issubdtype(x.dtype, np.floating) or not np.all((images >= 0) & (images <= 1)):
        raise ValueError(
            say(
                en="x must be uint8 in 0..255 or floats in [0, 1]; "
                f"it is {x.dtype} in {x.min()}..{x.max()}.",
                ko="x의 값은 0..255의 uint8이거나 [0, 1] 사이의 실수여야 합니다. "
                f"받은 값: {x.min()}..{x.max()} ({x.dtype})",
            )
        )
    return images.astype(np.float32, copy=False)


def build_cnn(width=16, *, seed=None):
    """Build the network: three convolutions, each normalised and bent, then one answer of ten.

    Parameters
    ----------
    width : int
        Filters of the first convolution; the second has twice, the third four times as
        many. 16 makes a net of 24,538 parameters.
    seed : int, optional
        Makes the first weights, and all that TensorFlow draws afterwards, repeatable.

    Returns
    -------
    keras.Sequential
        (N, 28, 28, 1) float32 in [0, 1] to (N, 10) probabilities, not yet compiled.

    Notes
    -----
    After LeCun et al., "Gradient-based learning applied to document recognition" (1998),
    with ReLU, batch normalisation (Ioffe and Szegedy, 2015) and, in place of the wide
    dense layers, the largest answer of each last feature map (global max pooling).

    Examples
    --------
    >>> build_cnn().count_params()
    24538
    """
    import keras
    from keras import layers

    if seed is not None:
        keras.utils.set_random_seed(seed)
    # A convolution needs no bias where batch normalisation shifts its feature maps anyway.
    return keras.Sequential(
        [
            keras.Input((28, 28, 1), name="images"),
            layers.Conv2D(width, 5, strides=2, padding="same", use_bias=False, name="conv_1"),
            layers.BatchNormalization(momentum=0.9, name="bn_1"),
            layers.ReLU(name="relu_1"),
            layers.Conv2D(2 * width, 3, padding="same", use_bias=False, name="conv_2"),
            layers.BatchNormalization(momentum=0.9, name="bn_2"),
            layers.ReLU(name="relu_2"),
            layers.MaxPooling2D(name="pool_2"),
            layers.Conv2D(4 * width, 3, padding="same", use_bias=False, name="conv_3"),
            layers.BatchNormalization(momentum=0.9, name="bn_3"),
            layers.ReLU(name="relu_3"),
            layers.GlobalMaxPooling2D(name="pool_3"),
            layers.Dense(10, activation="softmax", name="dense_1"),
        ],
        name="digits",
    )


def train(
    model,
    x,
    y,
    *,
    num_epochs,
    batch_size=64,
    learning_rate=0.008,
    validation=None,
    augment=None,
    checkpoint=None,
    seed=0,
):
    """Train a model, showing a progress bar; go on from the checkpoint if there is one.

    The learning rate is `helpers.training.climb_and_fall`'s: with it, one epoch already gives
    99 %.

    Parameters
    ----------
    model : keras.Model
        Changed in place; it is compiled here.
    x, y : array_like
        Digits as `to_images` takes them, and their N labels 0..9.
    num_epochs, batch_size : int
    learning_rate : float
        The peak.
    validation : (x, y), optional
        Digits to measure, but not to learn from, after each epoch.
    augment : callable, optional
        Called anew each epoch with images (N, 28, 28, 1) and a `numpy.random.Generator`;
        the network learns from the images it returns. See `distort`.
    checkpoint : path, optional
        A `.keras` file, written whole after each epoch. If it exists, training goes on
        from it: after a crash or Ctrl-C, call again with the same arguments.
    seed : int
        Decides the order of the digits; each epoch's depends on nothing else, so that
        a resumed training takes the same road as an uninterrupted one.

    Returns
    -------
    dict of str to list of float
        One number an epoch: `loss`, `accuracy` and, given `validation`, `val_loss` and
        `val_accuracy`; resumed epochs included.

    Raises
    ------
    ValueError
        If digits and labels do not match, or the checkpoint is of other arguments.
    DataError
        If the checkpoint is damaged; it is left as it is.
    """
    import keras

    x, y = _pair_up(x, y)
    if validation is not None:
        validation = _pair_up(*validation)
    settings = {
        "num_examples": len(x),
        "num_validation": 0 if validation is None else len(validation[0]),
        "num_epochs": num_epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "seed": seed,
    }
    num_steps = num_epochs * math.ceil(len(x) / batch_size)
    model.compile(
        keras.optimizers.Adam(climb_and_fall(learning_rate, num_steps)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # XLA's convolutions are 20 times slower on a CPU
    )

    def shuffled(epoch):
        rng = np.random.default_rng([seed, epoch])
        order = rng.permutation(len(x))
        return augment(x[order], rng) if augment else x[order], y[order]

    return fit(model, shuffled, settings, validation=validation, checkpoint=checkpoint)


def distort(images, rng):
    """Give each digit another hand: turn, slant, stretch, shift, thicken or thin, fade it.

    Parameters
    ----------
    images : ndarray, (N, 28, 28, 1) float32 in [0, 1]
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, (N, 28, 28, 1) float32 in [0, 1]
        New images; up to 15 degrees, 15 % and 2.5 pixels from the old ones.

    Examples
    --------
    >>> images = np.zeros((2, 28, 28, 1), np.float32)
    >>> distort(images, np.random.default_rng(0)).shape
    (2, 28, 28, 1)
    """
    import cv2

    num = len(images)
    angle, slant = np.radians(rng.uniform(-15, 15, num)), rng.uniform(-0.2, 0.2, num)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.stack([[cos, slant * cos - sin], [sin, slant * sin + cos]]).transpose(2, 0, 1)
    linear = rng.uniform(0.85, 1.15, (num, 2, 1)) * turn
    centre = np.full(2, 13.5)
    shift = centre - linear @ centre + rng.uniform(-2.5, 2.5, (num, 2))
    thickness = rng.uniform(-1, 1, num)
    gamma = np.exp(rng.uniform(-0.6, 0.6, (num, 1, 1, 1))).astype(np.float32)

    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    distorted = np.empty_like(images)
    for n in range(num):
        image = images[n, :, :, 0]
        other = cv2.dilate(image, cross) if thickness[n] > 0 else cv2.erode(image, cross)
        share = max(abs(thickness[n]) - 0.3, 0)  # some keep their width, none is eaten up
        image = (1 - share) * image + share * other
        distorted[n, :, :, 0] = cv2.warpAffine(image, np.c_[linear[n], shift[n]], (28, 28))
    return np.clip(distorted, 0, 1) ** gamma


def probabilities(model, x):
    """Return what a model, of Keras or from ONNX, makes of digits.

    Parameters
    ----------
    model : callable
        (N, 28, 28, 1) float32 to (N, 10).
    x : array_like
        Digits as `to_images` takes them.

    Returns
    -------
    ndarray, (N, 10) float32
        Each row adds up to 1.
    """
    images = to_images(x)
    # In pieces: the feature maps of 10,000 digits at once would fill half a gigabyte.
    pieces = [model(images[start : start + 1000]) for start in range(0, len(images), 1000)]
    return np.concatenate(pieces) if pieces else np.empty((0, 10), np.float32)


def evaluate(model, x, y):
    """Return the share of the digits that a model, of Keras or from ONNX, reads right.

    Parameters
    ----------
    model : callable
        (N, 28, 28, 1) float32 to (N, 10).
    x, y : array_like
        Digits as `to_images` takes them, and their N labels.

    Returns
    -------
    float in [0, 1]

    Examples
    --------
    >>> _, (x_test, y_test) = load_mnist()
    >>> evaluate(shipped_reader(), x_test, y_test) >= 0.995
    True
    """
    x, y = _pair_up(x, y)
    return float(np.mean(probabilities(model, x).argmax(axis=1) == y))


def feature_maps(model, image):
    """Look into a Keras model: what each of its layers makes of one digit.

    Parameters
    ----------
    model : keras.Model
    image : array_like, (28, 28)
        One digit as `to_images` takes it.

    Returns
    -------
    dict of str to ndarray
        By the names of the layers, first to last: (H, W, C), where a layer still has a
        height and a width, and (C,) behind the last pooling. One pass fills them all.
    """
    import keras

    (images,) = model.inputs
    layers = keras.Model(images, {layer.name: layer.output for layer in model.layers})
    return {name: maps.numpy()[0] for name, maps in layers(to_images(image)).items()}


def save(model, path):
    """Save a Keras model as `.keras` (to train on) or `.onnx` (to serve), by the suffix.

    Raises
    ------
    ValueError
        If the suffix is another.
    """
    import keras

    images = keras.InputSpec(shape=(None, 28, 28, 1), dtype="float32", name="images")
    save_model(model, path, [images])


def load(path):
    """Load a model that `save` wrote: a Keras model or, from `.onnx`, see `load_onnx`.

    Raises
    ------
    ValueError
        If the suffix is neither.
    DataError
        If the file is missing or damaged.
    """
    check_suffix(path, ".keras", ".onnx")
    return load_onnx(path) if Path(path).suffix == ".onnx" else load_model(path)


def load_onnx(path):
    """Load a model from an ONNX file, without TensorFlow.

    It reads in pieces of `PIECE`, so that its memory does not grow with the number of digits.

    Parameters
    ----------
    path : path

    Returns
    -------
    callable
        Digits as `to_images` takes them to probabilities (N, 10) float32. It may be
        called from several threads at once.

    Raises
    ------
    DataError
        If the file is missing or damaged, or holds a network of another kind.

    Examples
    --------
    >>> reader = load_onnx(MODELS / "digits.onnx")
    >>> reader(np.zeros((2, 28, 28), np.uint8)).shape
    (2, 10)
    """
    session = open_onnx(path)
    inputs = session.get_inputs()
    if [one.shape[1:] for one in inputs] != [[28, 28, 1]]:
        raise unreadable(path)
    name = inputs[0].name

    def read(x):
        images = to_images(x)
        starts = range(0, max(len(images), 1), PIECE)  # of none, one piece: an empty one
        pieces = [session.run(None, {name: images[start : start + PIECE]})[0] for start in starts]
        return np.concatenate(pieces)

    return read


@cache
def shipped_reader():
    """Return the shipped network, from ONNX: loaded once, then the same for every caller.

    Examples
    --------
    >>> (_, _), (x_test, y_test) = load_mnist()
    >>> shipped_reader()(x_test[:4]).argmax(axis=1), y_test[:4]
    (array([7, 2, 1, 0]), array([7, 2, 1, 0], dtype=uint8))
    """
    return load_onnx(MODELS / "digits.onnx")


def ship(folder=MODELS, *, checkpoint=WORK / "train-digits.keras"):
    """Make the weights that the course ships, by `RECIPE`, from all training digits.

    The recipe was chosen on 5,000 training digits held back. The test digits are read once,
    at the end, to write down how well the files read.

    Parameters
    ----------
    folder : path
        Where `digits.keras`, `digits.onnx` and the record, `digits.json`, are written.
    checkpoint : path
        Kept while training; an interrupted one goes on from it.

    Returns
    -------
    dict
        The record: recipe, versions, test accuracy and sha256 of both files.
    """
    (x_train, y_train), (x_test, y_test) = load_mnist()
    model = build_cnn(seed=RECIPE["seed"])
    history = train(model, x_train, y_train, **RECIPE, augment=distort, checkpoint=checkpoint)
    files = [Path(folder) / "digits.keras", Path(folder) / "digits.onnx"]
    for path in files:
        save(model, path)
    packages = ("tensorflow", "keras", "numpy", "opencv-python-headless", "tf2onnx", "onnxruntime")
    record = {
        "num_parameters": model.count_params(),
        "recipe": RECIPE | {"augment": distort.__name__, "num_digits": len(x_train)},
        "loss": history["loss"],
        "versions": {"python": platform.python_version()} | {p: version(p) for p in packages},
        "test_accuracy": {path.name: evaluate(load(path), x_test, y_test) for path in files},
        "sha256": {path.name: sha256(path) for path in files},
    }
    with written_whole(Path(folder) / "digits.json") as temporary:
        temporary.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    Path(checkpoint).unlink()
    return record


def _pair_up(x, y):
    x, y = to_images(x), np.asarray(y)
    if y.shape != x.shape[:1]:
        raise ValueError(
            say(
                en=f"y must have one label for each of the {len(x)} digits, not {y.shape}.",
                ko=f"y에는 숫자 이미지 {len(x)}개마다 레이블(label)이 하나씩 있어야 합니다. "
                f"받은 모양: {y.shape}",
            )
        )
    return x, y

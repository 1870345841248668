"""Training the digit reader on MNIST."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from helpers.training import climb_and_fall, fit
from helpers.vision.digits.model import labelled_images

if TYPE_CHECKING:
    import keras


def train(
    model: "keras.Model",
    x: ArrayLike,
    y: ArrayLike,
    *,
    num_epochs: int,
    batch_size: int = 64,
    learning_rate: float = 0.008,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    augment: Callable[[np.ndarray, np.random.Generator], np.ndarray] | None = None,
    checkpoint: str | Path | None = None,
    seed: int = 0,
) -> dict[str, list[float]]:
    """Train a model, showing a progress bar; resume from the checkpoint if there is one.

    The learning rate follows `helpers.training.climb_and_fall`: with it, one epoch is enough
    for 99 %.

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
        Called in each epoch with images (N, 28, 28, 1) and a `numpy.random.Generator`;
        the network learns from the images it returns. See `distort`.
    checkpoint : path, optional
        A `.keras` file, written whole after each epoch. If it exists, training resumes
        from it: after a crash or Ctrl-C, call again with the same arguments.
    seed : int
        Determines the order of the digits. Each epoch's order depends on nothing else, so that
        a resumed training gives the same result as an uninterrupted one.

    Returns
    -------
    dict of str to list of float
        One number per epoch: `loss`, `accuracy` and, given `validation`, `val_loss` and
        `val_accuracy`; resumed epochs included.

    Raises
    ------
    ValueError
        If digits and labels do not match, or the checkpoint was made with other arguments.
    DataError
        If the checkpoint is damaged; it is left as it is.
    """
    images, labels = labelled_images(x, y)
    if validation is not None:
        validation = labelled_images(*validation)
    settings = {
        "num_examples": len(images),
        "num_validation": 0 if validation is None else len(validation[0]),
        "num_epochs": num_epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "seed": seed,
    }
    compile_to_learn(model, settings)

    def shuffled(epoch: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng([seed, epoch])
        order = rng.permutation(len(images))
        return augment(images[order], rng) if augment else images[order], labels[order]

    return fit(model, shuffled, settings, validation=validation, checkpoint=checkpoint)


def compile_to_learn(model: "keras.Model", settings: dict[str, Any]) -> None:
    """Compile a model that reads digits for a training of these settings; see `fit`."""
    import keras

    num_steps = settings["num_epochs"] * math.ceil(
        settings["num_examples"] / settings["batch_size"]
    )
    model.compile(
        keras.optimizers.Adam(climb_and_fall(settings["learning_rate"], num_steps)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # XLA's convolutions are 20 times slower on a CPU
    )

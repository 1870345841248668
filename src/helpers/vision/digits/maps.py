"""The feature maps inside the network: what each of its layers computes for one digit."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from helpers.models import open_onnx, save_model
from helpers.paths import MODELS
from helpers.vision.digits.model import to_images

if TYPE_CHECKING:
    import keras

#: The shipped network with the output of every layer.
MAPS = MODELS / "digits-maps.onnx"


def feature_maps(model: "keras.Model", image: ArrayLike) -> dict[str, np.ndarray]:
    """Return what each layer of a Keras model computes for one digit.

    Parameters
    ----------
    model : keras.Model
    image : array_like, (28, 28)
        One digit as `to_images` takes it.

    Returns
    -------
    dict of str to ndarray, float32
        By the names of the layers, first to last: (H, W, C), where a layer still has a
        height and a width, and (C,) after the last pooling. One pass computes them all.
    """
    import keras

    (images,) = model.inputs
    layers = keras.Model(images, {layer.name: layer.output for layer in model.layers})
    return {name: maps.numpy()[0] for name, maps in layers(to_images(image)).items()}


def layer_maps(image: ArrayLike) -> dict[str, np.ndarray]:
    """Return what each layer of the shipped network computes for one digit, without TensorFlow.

    Parameters
    ----------
    image : array_like, (28, 28)
        White ink on black: uint8 in 0..255 or floats in [0, 1].

    Returns
    -------
    dict of str to ndarray, float32
        The same as `feature_maps` of `digits.keras`.

    Raises
    ------
    ValueError
        If `image` is not a digit.
    DataError
        If the model's file is missing or damaged.

    Examples
    --------
    >>> maps = layer_maps(np.zeros((28, 28), np.uint8))
    >>> maps["conv_1"].shape, maps["pool_2"].shape, maps["dense_1"].shape
    ((14, 14, 16), (7, 7, 32), (10,))
    """
    session = _session()
    (images,) = session.get_inputs()
    names = [_layer(output.name) for output in session.get_outputs()]
    maps = session.run(None, {images.name: to_images(image)})
    return {name: each[0] for name, each in zip(names, maps, strict=True)}


def export_maps(model: "keras.Model", path: str | Path = MAPS) -> None:
    """Write a Keras model as ONNX with the output of every layer, by the layer's name.

    `digits-maps.onnx` was made by ``export_maps(load(MODELS / "digits.keras"))``.

    Parameters
    ----------
    model : keras.Model
        With one input (N, 28, 28, 1).
    path : path
        Written whole.
    """
    import keras

    (images,) = model.inputs
    # The export sorts the outputs by name: hence the numbers, which `_layer` removes.
    outputs = {f"{n:02}_{layer.name}": layer.output for n, layer in enumerate(model.layers)}
    inside = keras.Model(images, outputs)
    signature = [keras.InputSpec(shape=(None, 28, 28, 1), dtype="float32", name="images")]
    save_model(inside, path, signature)


def _layer(output: str) -> str:
    return output.partition("_")[2]


@cache
def _session() -> Any:  # an onnxruntime.InferenceSession
    return open_onnx(MAPS)

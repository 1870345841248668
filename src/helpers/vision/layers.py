"""Inside the shipped network without TensorFlow: what each of its layers makes of a digit."""

from functools import cache

from helpers.models import open_onnx, save_model
from helpers.paths import MODELS
from helpers.vision.digits import to_images

MAPS = MODELS / "digits-maps.onnx"


def layer_maps(image):
    """Return what each layer of the shipped network makes of one digit.

    Parameters
    ----------
    image : array_like, (28, 28)
        White ink on black: uint8 in 0..255 or floats in [0, 1].

    Returns
    -------
    dict of str to ndarray, float32
        By the names of the layers, first to last: (H, W, C), where a layer still has a
        height and a width, and (C,) behind the last pooling; the same as
        `helpers.vision.digits.feature_maps` of `digits.keras`.

    Raises
    ------
    ValueError
        If `image` is no digit.
    DataError
        If the model's file is missing or damaged.

    Examples
    --------
    >>> import numpy as np
    >>> maps = layer_maps(np.zeros((28, 28), np.uint8))
    >>> maps["conv_1"].shape, maps["pool_2"].shape, maps["dense_1"].shape
    ((14, 14, 16), (7, 7, 32), (10,))
    """
    session = _session()
    (images,) = session.get_inputs()
    names = [_layer(output.name) for output in session.get_outputs()]
    maps = session.run(None, {images.name: to_images(image)})
    return {name: each[0] for name, each in zip(names, maps, strict=True)}


def export_maps(model, path=MAPS):
    """Write a Keras model as ONNX with the output of every layer, by the layer's name.

    `digits-maps.onnx` is made by ``export_maps(digits.load(MODELS / "digits.keras"))``.

    Parameters
    ----------
    model : keras.Model
        With one input (N, 28, 28, 1).
    path : path
        Written whole.
    """
    import keras

    (images,) = model.inputs
    # The export sorts the outputs by name: hence the numbers, which `_layer` takes off.
    outputs = {f"{n:02}_{layer.name}": layer.output for n, layer in enumerate(model.layers)}
    inside = keras.Model(images, outputs)
    signature = [keras.InputSpec(shape=(None, 28, 28, 1), dtype="float32", name="images")]
    save_model(inside, path, signature)


def _layer(output):
    return output.partition("_")[2]


@cache
def _session():
    return open_onnx(MAPS)

"""The network that reads digits, and the images that it takes."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from helpers.reader import say

if TYPE_CHECKING:
    import keras


def to_images(x: ArrayLike) -> np.ndarray:
    """Scale digits to the images that the models take.

    Parameters
    ----------
    x : array_like, (28, 28), (N, 28, 28) or (N, 28, 28, 1)
        White ink on black: uint8 in 0..255, as `load_mnist` returns them, or floats in [0, 1].

    Returns
    -------
    ndarray, (N, 28, 28, 1) float32 in [0, 1]

    Raises
    ------
    ValueError
        If `x` has another shape, dtype or range.

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


def labelled_images(x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return digits as images, and their labels; raise `ValueError` unless each has one."""
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


def build_cnn(
    width: int = 16, *, num_classes: int = 10, seed: int | None = None
) -> "keras.Sequential":
    """Build the network: three convolutions, each with batch normalisation and ReLU, then softmax.

    Parameters
    ----------
    width : int
        Number of filters of the first convolution; the second has twice, the third four times
        as many. With 16 the network has 24,538 parameters.
    num_classes : int
        How many answers it can give: the ten digits.
    seed : int, optional
        Makes the initial weights, and everything that Keras draws afterwards, repeatable.

    Returns
    -------
    keras.Sequential
        (N, 28, 28, 1) float32 in [0, 1] to probabilities (N, num_classes), not yet compiled.

    Notes
    -----
    After LeCun et al., "Gradient-based learning applied to document recognition" (1998),
    with ReLU, batch normalisation (Ioffe and Szegedy, 2015) and, instead of wide dense
    layers, the maximum of each last feature map (global max pooling).

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
            layers.Dense(num_classes, activation="softmax", name="dense_1"),
        ],
        name="digits",
    )

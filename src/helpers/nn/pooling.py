"""Pooling: an image shrinks, each window leaving its largest or its mean value."""

import numpy as np
from numpy.typing import ArrayLike

from helpers.nn.checks import check_fits, check_gradient, check_pair, check_shape
from helpers.nn.convolution import seen_by, windows
from helpers.nn.layer import Layer


def max_pool2d(
    images: ArrayLike,
    size: int | tuple[int, int] = 2,
    stride: int | tuple[int, int] | None = None,
) -> np.ndarray:
    """Keep the largest value of each window, as ``tf.nn.max_pool2d`` does.

    Parameters
    ----------
    images : array_like, (N, H, W, C)
    size : int or (int, int)
        The window's height and width.
    stride : int or (int, int), optional
        Steps down and to the right; if omitted, the size itself, so that the windows lie
        side by side.

    Returns
    -------
    ndarray, (N, H', W', C), of the dtype of `images`
        With H' = (H - size) // stride + 1 and W' likewise: what is left over at the
        bottom and right is dropped ("valid" padding).

    Raises
    ------
    ValueError
        If a shape, the size or the stride does not fit; the message names it.

    Examples
    --------
    >>> image = np.array([[1, 2, 5, 0],
    ...                   [3, 4, 0, 7]])
    >>> max_pool2d(image[None, :, :, None]).ravel()
    array([4, 7])
    """
    return _windows(images, size, stride).max(axis=(4, 5))


def average_pool2d(
    images: ArrayLike,
    size: int | tuple[int, int] = 2,
    stride: int | tuple[int, int] | None = None,
) -> np.ndarray:
    """Keep the mean of each window, as ``tf.nn.avg_pool2d`` does.

    Parameters and errors are those of `max_pool2d`; the result is float32 unless
    `images` has a wider dtype.

    Examples
    --------
    >>> image = np.array([[1, 2, 5, 0],
    ...                   [3, 4, 0, 7]], np.float32)
    >>> average_pool2d(image[None, :, :, None]).ravel()
    array([2.5, 3. ], dtype=float32)
    """
    seen = _windows(images, size, stride)
    return seen.mean(axis=(4, 5), dtype=np.result_type(seen, np.float32))


class MaxPooling(Layer):
    """`max_pool2d` as a layer, ``keras.layers.MaxPooling2D``: it has nothing to learn.

    Only the pixel that won its window gets the gradient; of equal ones, the first.

    Examples
    --------
    >>> layer = MaxPooling((1, 2))
    >>> layer.forward([[[[1.0], [2.0], [7.0], [5.0]]]]).ravel()
    array([2., 7.])
    >>> layer.backward([[[[3.0], [4.0]]]]).ravel()
    array([0., 3., 4., 0.])
    """

    def __init__(
        self, size: int | tuple[int, int] = 2, stride: int | tuple[int, int] | None = None
    ) -> None:
        self.size = check_pair("size", size)
        self.stride = self.size if stride is None else check_pair("stride", stride)
        self._shape, self._winners = (0, 0, 0, 0), np.empty((0, 0, 0, 0), int)

    def forward(self, images: ArrayLike) -> np.ndarray:
        """Return the largest values (N, H', W', C) of the windows over images (N, H, W, C)."""
        seen = _windows(images, self.size, self.stride)
        self._shape = np.shape(images)
        in_one_row = seen.reshape(*seen.shape[:4], -1)
        self._winners = in_one_row.argmax(axis=-1)
        return in_one_row.max(axis=-1)

    def backward(self, grad: ArrayLike) -> np.ndarray:
        """Return the gradient of the images (N, H, W, C), for that of the outputs."""
        grad = check_gradient(grad, self._winners.shape)
        grad_images = np.zeros(self._shape, grad.dtype)
        for row in range(self.size[0]):
            for column in range(self.size[1]):
                under = seen_by(grad_images, (row, column), grad.shape[1:3], self.stride)
                under += grad * (self._winners == row * self.size[1] + column)
        return grad_images


def _windows(
    images: ArrayLike, size: int | tuple[int, int], stride: int | tuple[int, int] | None
) -> np.ndarray:
    images = check_shape("images", images, "N H W C")
    size = check_pair("size", size)
    stride = size if stride is None else check_pair("stride", stride)
    check_fits("size", size, images)
    return windows(images, size, stride)

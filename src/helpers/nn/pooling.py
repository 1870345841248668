"""Pooling: an image shrinks, each window leaving its largest or its mean value."""

import numpy as np
from numpy.typing import ArrayLike

from helpers.nn.checks import check_fits, check_pair, check_shape
from helpers.nn.convolution import windows


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


def _windows(
    images: ArrayLike, size: int | tuple[int, int], stride: int | tuple[int, int] | None
) -> np.ndarray:
    images = check_shape("images", images, "N H W C")
    size = check_pair("size", size)
    stride = size if stride is None else check_pair("stride", stride)
    check_fits("size", size, images)
    return windows(images, size, stride)

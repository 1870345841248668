"""Convolution: a small filter slides over an image and responds to what looks like it."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from helpers.nn.checks import check_fits, check_padding, check_pair, check_shape

#: The classical kernels by name, each (kh, kw) float32. ``sobel_x`` and ``prewitt_x``
#: respond to a step from dark to bright along x (a vertical edge), the ``_y`` ones along y.
KERNELS = {
    name: np.array(rows, np.float32) / divisor
    for name, divisor, rows in (
        ("identity", 1, [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        ("box_blur", 9, [[1, 1, 1], [1, 1, 1], [1, 1, 1]]),
        ("gaussian_blur", 16, [[1, 2, 1], [2, 4, 2], [1, 2, 1]]),
        ("sharpen", 1, [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        ("sobel_x", 1, [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        ("sobel_y", 1, [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
        ("prewitt_x", 1, [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
        ("prewitt_y", 1, [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]),
        ("laplacian", 1, [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        ("emboss", 1, [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    )
}


def convolve2d(
    images: ArrayLike,
    filters: ArrayLike,
    bias: ArrayLike | None = None,
    stride: int | tuple[int, int] = 1,
    padding: str | int = "valid",
) -> np.ndarray:
    """Convolve a batch of images with a set of filters, as ``tf.nn.conv2d`` does.

    Each filter slides over each image; where it stands, it and the window under it are
    multiplied number by number and added up. The sums of one filter are its feature map.

    Parameters
    ----------
    images : array_like, (N, H, W, C)
        N images of C channels.
    filters : array_like, (kh, kw, C, F)
        F filters, each with one kernel (kh, kw) for every channel.
    bias : array_like, (F,), optional
        A number added to each feature map.
    stride : int or (int, int)
        How far the filters move at each step, down and to the right.
    padding : "valid", "same" or int
        Zeros around the images: none; as many as make H' = ceil(H / stride), an odd one
        at the bottom or right; or this many on each side.

    Returns
    -------
    ndarray, (N, H', W', F)
        The feature maps, with H' = (H + padding above and below - kh) // stride + 1 and
        W' likewise; float32 unless an input has a wider dtype.

    Raises
    ------
    ValueError
        If a shape, the stride or the padding does not fit; the message names it.

    Notes
    -----
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.1, equation 9.6.
    The kernel is not flipped: mathematicians call this cross-correlation, everyone in
    deep learning calls it convolution.

    Examples
    --------
    >>> image = np.array([[0, 0, 9, 9]] * 3, np.float32)
    >>> convolve2d(image[None, :, :, None], KERNELS["sobel_x"][:, :, None, None])[0, :, :, 0]
    array([[36., 36.]], dtype=float32)
    """
    padded, filters, bias, stride = _prepare(images, filters, bias, stride, padding)
    seen = windows(padded, filters.shape[:2], stride)
    return np.tensordot(seen, filters, axes=([4, 5, 3], [0, 1, 2])) + bias


def convolve2d_loops(
    images: ArrayLike,
    filters: ArrayLike,
    bias: ArrayLike | None = None,
    stride: int | tuple[int, int] = 1,
    padding: str | int = "valid",
) -> np.ndarray:
    """Convolve as `convolve2d` does, written out in loops: slow, but easy to read.

    Examples
    --------
    >>> image = np.array([[0, 0, 9, 9]] * 3, np.float32)
    >>> convolve2d_loops(image[None, :, :, None], KERNELS["sobel_x"][:, :, None, None]).ravel()
    array([36., 36.], dtype=float32)
    """
    padded, filters, bias, (down, right) = _prepare(images, filters, bias, stride, padding)
    num_images, height, width, _ = padded.shape
    kh, kw, _, num_filters = filters.shape
    rows, columns = (height - kh) // down + 1, (width - kw) // right + 1
    maps = np.empty((num_images, rows, columns, num_filters), padded.dtype)
    for n in range(num_images):
        for row in range(rows):
            for column in range(columns):
                top, left = row * down, column * right
                window = padded[n, top : top + kh, left : left + kw]  # (kh, kw, C)
                for f in range(num_filters):
                    maps[n, row, column, f] = np.sum(window * filters[..., f]) + bias[f]
    return maps


def windows(images: np.ndarray, size: tuple[int, ...], stride: tuple[int, int]) -> np.ndarray:
    """Return what a window sees as it slides over each image: a view, nothing is copied.

    Parameters
    ----------
    images : ndarray, (N, H, W, C)
    size, stride : (int, int)
        The window's height and width; its steps down and to the right.

    Returns
    -------
    ndarray, (N, H', W', C, kh, kw)
        Read-only.

    Examples
    --------
    >>> windows(np.arange(16).reshape(1, 4, 4, 1), (2, 2), (2, 2))[0, 0, 1, 0]
    array([[2, 3],
           [6, 7]])
    """
    return sliding_window_view(images, size, axis=(1, 2))[:, :: stride[0], :: stride[1]]


def _prepare(
    images: ArrayLike, filters: ArrayLike, bias: ArrayLike | None, stride: Any, padding: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[int, int]]:
    """Check the arguments; return the padded images, filters, bias and stride."""
    images = check_shape("images", images, "N H W C")
    filters = check_shape("filters", filters, "kh kw C F", C=images.shape[3])
    num_filters = filters.shape[3]
    bias = np.zeros(num_filters) if bias is None else check_shape("bias", bias, f"{num_filters}")
    stride = check_pair("stride", stride)
    padding = check_padding(padding)
    rows = _margins(padding, images.shape[1], filters.shape[0], stride[0])
    columns = _margins(padding, images.shape[2], filters.shape[1], stride[1])
    dtype = np.result_type(images, filters, np.float32)
    padded = np.pad(images.astype(dtype), [(0, 0), rows, columns, (0, 0)])
    check_fits("filters", filters.shape[:2], padded)
    return padded, filters.astype(dtype), bias.astype(dtype), stride


def _margins(padding: str | int, length: int, size: int, stride: int) -> tuple[int, int]:
    """Return the zeros before and after an axis of `length`, for a window of `size`."""
    if padding == "same":
        num_steps = -(-length // stride)  # rounded up
        total = max((num_steps - 1) * stride + size - length, 0)
        return total // 2, total - total // 2
    zeros = 0 if padding == "valid" else int(padding)
    return zeros, zeros

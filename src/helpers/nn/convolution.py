"""Convolution: a small filter slides over an image and responds to what looks like it."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from helpers.nn.checks import (
    as_float_array,
    check_fits,
    check_gradient,
    check_padding,
    check_pair,
    check_shape,
)
from helpers.nn.layer import Layer

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
    return _respond(windows(padded, filters.shape[:2], stride), filters, bias)


def _respond(seen: np.ndarray, filters: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Multiply what each window sees (N, H', W', C, kh, kw) by the filters, and add up."""
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


class Convolution(Layer):
    """A layer of filters that are learned, as ``keras.layers.Conv2D``.

    Parameters
    ----------
    filters : array_like, (kh, kw, C, F)
    bias : array_like, (F,)
    stride, padding
        As `convolve2d` takes them.

    Notes
    -----
    Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5.

    Examples
    --------
    >>> layer = Convolution([[[[2.0]], [[-1.0]]]], [0.0])  # a filter of one row: 2 and -1
    >>> layer.forward([[[[3.0], [4.0], [5.0]]]]).ravel()
    array([2., 3.])
    >>> layer.backward([[[[1.0], [10.0]]]]).ravel()
    array([  2.,  19., -10.])
    >>> layer.grad_filters.ravel()
    array([43., 54.])
    """

    names = ("filters", "bias")

    def __init__(
        self,
        filters: ArrayLike,
        bias: ArrayLike,
        stride: int | tuple[int, int] = 1,
        padding: str | int = "valid",
    ) -> None:
        self.filters = check_shape("filters", as_float_array(filters), "kh kw C F")
        self.bias = check_shape("bias", as_float_array(bias), f"{self.filters.shape[3]}")
        self.grad_filters, self.grad_bias = np.zeros_like(self.filters), np.zeros_like(self.bias)
        self.stride, self.padding = check_pair("stride", stride), check_padding(padding)
        self._shape = self._padded_shape = (0, 0, 0, 0)
        self._seen = np.empty((0,) * 6)

    def forward(self, images: ArrayLike) -> np.ndarray:
        """Return the feature maps (N, H', W', F) of images (N, H, W, C)."""
        padded, filters, bias, _ = _prepare(
            images, self.filters, self.bias, self.stride, self.padding
        )
        self._shape, self._padded_shape = np.shape(images), padded.shape
        self._seen = windows(padded, filters.shape[:2], self.stride)
        return _respond(self._seen, filters, bias)

    def backward(self, grad: ArrayLike) -> np.ndarray:
        """Set `grad_filters` and `grad_bias`; return the gradient of the images.

        Parameters
        ----------
        grad : array_like, (N, H', W', F)
            The gradient of the loss with respect to the latest feature maps.

        Returns
        -------
        ndarray, (N, H, W, C)
        """
        kh, kw, _, num_filters = self.filters.shape
        grad = check_gradient(grad, (*self._seen.shape[:3], num_filters))
        self.grad_bias = grad.sum(axis=(0, 1, 2))
        # A weight was multiplied by what lay under it, at every place: (C, kh, kw, F) in all.
        grad_filters = np.tensordot(self._seen, grad, axes=([0, 1, 2], [0, 1, 2]))
        self.grad_filters = grad_filters.transpose(1, 2, 0, 3)
        grad_padded = np.zeros(self._padded_shape, grad_filters.dtype)
        for row in range(kh):
            for column in range(kw):
                under = seen_by(grad_padded, (row, column), grad.shape[1:3], self.stride)
                under += grad @ self.filters[row, column].T
        _, height, width, _ = self._shape
        top, _ = _margins(self.padding, height, kh, self.stride[0])
        left, _ = _margins(self.padding, width, kw, self.stride[1])
        return grad_padded[:, top : top + height, left : left + width]


def seen_by(
    images: np.ndarray, place: tuple[int, int], steps: tuple[int, ...], stride: tuple[int, int]
) -> np.ndarray:
    """Return the pixels that lie under one place of a window at all of its steps: a view.

    Parameters
    ----------
    images : ndarray, (N, H, W, C)
    place : (int, int)
        Row and column in the window.
    steps : (int, int)
        How many steps the window makes down and to the right, H' and W'.
    stride : (int, int)

    Returns
    -------
    ndarray, (N, H', W', C)

    Examples
    --------
    >>> seen_by(np.arange(16).reshape(1, 4, 4, 1), (0, 1), (2, 2), (2, 2))[0, :, :, 0]
    array([[ 1,  3],
           [ 9, 11]])
    """
    (row, column), (down, right) = place, stride
    return images[:, row : row + down * steps[0] : down, column : column + right * steps[1] : right]


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

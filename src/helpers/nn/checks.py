"""Checks of arguments: one line at the top of a function, one clear sentence when it fails."""

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from helpers.reader import say


def as_float_array(x: ArrayLike) -> np.ndarray:
    """Return `x` as an array of floats, at least float32; floats are not copied.

    Examples
    --------
    >>> as_float_array(np.array([1, 2], np.uint8))
    array([1., 2.], dtype=float32)
    """
    x = np.asarray(x)
    return x.astype(np.result_type(x, np.float32), copy=False)


def check_shape(name: str, array: ArrayLike, axes: str, **sizes: int) -> np.ndarray:
    """Return `array` as an array, if its shape is the one that `axes` describes.

    Parameters
    ----------
    name : str
        The name of the argument, for the message.
    array : array_like
    axes : str
        A word for each axis: a name (``"N H W C"``), a length (``"N 784"``) or a multiple of a
        name (``"units 4*units"``). Axes of the same name have the same length; ``...`` in front
        stands for any number of axes.
    **sizes : int
        The length that an axis must have, by its name.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If the shape is another one, or an axis is empty.

    Examples
    --------
    >>> check_shape("x", np.zeros((2, 5, 3)), "N T I", I=3).shape
    (2, 5, 3)
    >>> check_shape("x", np.zeros((5, 3)), "... I", I=4)
    Traceback (most recent call last):
    ValueError: x must have the shape (..., 4), not (5, 3).
    """
    array = np.asarray(array)
    if 0 not in array.shape and _fits(array.shape, axes.split(), dict(sizes)):
        return array
    wanted = ", ".join(_describe(axis, sizes) for axis in axes.split())
    wanted = f"({wanted})" if "," in wanted else f"({wanted},)"
    raise ValueError(
        say(
            en=f"{name} must have the shape {wanted}, not {array.shape}.",
            ko=f"{name}의 모양은 {wanted}여야 합니다. 받은 모양: {array.shape}",
        )
    )


def _fits(shape: tuple[int, ...], axes: list[str], sizes: dict[str, int]) -> bool:
    """Return whether a shape fits the words for its axes; note in `sizes` how long each axis is."""
    if axes[0] == "...":
        axes = axes[1:]
        shape = shape[-len(axes) :]
    if len(shape) != len(axes):
        return False
    for axis, length in zip(axes, shape, strict=True):
        factor, name = _factor_and_name(axis)
        wanted = int(name) if name.isdigit() else sizes.setdefault(name, length // factor)
        if factor * wanted != length:
            return False
    return True


def _describe(axis: str, sizes: dict[str, int]) -> str:
    factor, name = _factor_and_name(axis)
    return str(factor * sizes[name]) if name in sizes else axis


def _factor_and_name(axis: str) -> tuple[int, str]:
    factor, _, name = axis.rpartition("*")
    return int(factor or 1), name


def check_gradient(grad: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """Return `grad` as an array; raise `ValueError` unless it fits the latest outputs' `shape`."""
    grad = np.asarray(grad)
    if grad.shape == shape and 0 not in shape:
        return grad
    raise ValueError(
        say(
            en=f"grad must have the shape of the latest outputs, {shape}, not {grad.shape}: "
            "run forward first.",
            ko=f"grad의 모양은 forward가 마지막으로 낸 출력의 모양 {shape}와(과) 같아야 합니다. "
            f"먼저 forward를 실행하세요. 받은 모양: {grad.shape}",
        )
    )


def check_axis(x: np.ndarray, axis: int) -> None:
    """Raise `ValueError` unless `x` has this axis with something along it."""
    if -x.ndim <= axis < x.ndim and x.shape[axis] > 0:
        return
    raise ValueError(
        say(
            en="axis must be an axis of x that is not empty: x has the shape "
            f"{x.shape}, axis is {axis}.",
            ko="axis는 x에 있는, 비어 있지 않은 축이어야 합니다. "
            f"x의 모양: {x.shape}, 받은 axis: {axis}",
        )
    )


def check_mask(mask: ArrayLike, shape: tuple[int, ...], axis: int = -1) -> np.ndarray:
    """Return `mask` broadcast to `shape`.

    Raises
    ------
    ValueError
        If it is not boolean, does not fit, or is False everywhere along `axis`.
    """
    mask = np.asarray(mask)
    try:
        broadcast = np.broadcast_to(mask, shape)
        if mask.dtype == bool and broadcast.any(axis).all():
            return broadcast
    except ValueError:
        pass  # it does not fit: the sentence below says so
    raise ValueError(
        say(
            en=f"mask must hold True and False in a shape that fits {shape}, with a True in "
            "every row, since each query must have something to look at.",
            ko=f"mask는 {shape}에 맞는 모양의 True와 False여야 하고, 행마다 True가 하나는 있어야 "
            "합니다. 쿼리마다 볼 것이 있어야 하기 때문입니다.",
        )
    )


def check_pair(name: str, value: Any) -> tuple[int, int]:
    """Return `value`, a positive integer or two, as a pair; else raise `ValueError`.

    Examples
    --------
    >>> check_pair("stride", 2), check_pair("stride", (2, 1))
    ((2, 2), (2, 1))
    """
    values = value if isinstance(value, tuple | list) else (value, value)
    if len(values) == 2 and all(is_integer(v) and v > 0 for v in values):
        down, right = values
        return operator.index(down), operator.index(right)
    raise ValueError(
        say(
            en=f"{name} must be a positive integer or a pair of them, not {value!r}.",
            ko=f"{name} 값은 양의 정수이거나 양의 정수 두 개여야 합니다. 받은 값: {value!r}",
        )
    )


def check_fits(name: str, size: tuple[int, ...], images: np.ndarray) -> None:
    """Raise `ValueError` if a window of `size` does not fit into `images` (N, H, W, C)."""
    height, width = images.shape[1:3]
    if size[0] <= height and size[1] <= width:
        return
    raise ValueError(
        say(
            en=f"{name} is {size[0]}x{size[1]}, larger than the {height}x{width} images "
            "(padding included).",
            ko=f"{name}의 크기 {size[0]}x{size[1]}은(는) 패딩(padding)을 포함한 "
            f"이미지 크기 {height}x{width}보다 클 수 없습니다.",
        )
    )


def check_padding(padding: Any) -> str | int:
    """Return `padding`, if it is "valid", "same" or an integer from 0; else raise `ValueError`."""
    if isinstance(padding, str) and padding in ("valid", "same"):
        return padding
    if is_integer(padding) and padding >= 0:
        return operator.index(padding)
    raise ValueError(
        say(
            en=f'padding must be "valid", "same" or an integer from 0, not {padding!r}.',
            ko=f'padding 값은 "valid", "same" 또는 0 이상의 정수여야 합니다. 받은 값: {padding!r}',
        )
    )


def check_widths(widths: Iterable[int]) -> list[int]:
    """Return `widths` as a list, if they are two positive integers or more."""
    widths = list(widths)
    if len(widths) >= 2 and all(is_integer(width) and width > 0 for width in widths):
        return widths
    raise ValueError(
        say(
            en="widths must be two positive integers or more, such as [784, 128, 10], "
            f"not {widths}.",
            ko="widths에는 [784, 128, 10]처럼 양의 정수가 둘 이상 있어야 합니다. "
            f"받은 값: {widths}",
        )
    )


def check_labels(labels: ArrayLike, num: int, num_classes: int) -> np.ndarray:
    """Return `labels` as an array, if they are `num` classes, whole numbers from 0."""
    labels = np.asarray(labels)
    whole = labels.shape == (num,) and np.issubdtype(labels.dtype, np.integer)
    if whole and np.all((labels >= 0) & (labels < num_classes)):
        return labels
    raise ValueError(
        say(
            en=f"labels must be {num} whole numbers from 0 to {num_classes - 1}, one for each "
            "row of scores.",
            ko=f"labels는 scores의 행마다 하나씩, 0부터 {num_classes - 1}까지의 정수 "
            f"{num}개여야 합니다.",
        )
    )


def is_integer(value: Any) -> bool:
    """Return whether `value` is an integer, and not True or False."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def check_even(name: str, number: int) -> None:
    """Raise `ValueError` unless `number` is even."""
    if number % 2 == 0:
        return
    raise ValueError(
        say(
            en=f"{name} must be even, a sine and a cosine for each wave, not {number}.",
            ko=f"{name} 값은 짝수여야 합니다. 물결마다 사인과 코사인이 하나씩 필요합니다. "
            f"받은 값: {number}",
        )
    )

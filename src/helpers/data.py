"""The data sets of the course, from files in ``data/``: nothing is downloaded."""

import hashlib
from functools import cache

import numpy as np

from helpers.paths import DATA
from helpers.reader import say

MNIST = DATA / "mnist.npz"
_MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"


class DataError(Exception):
    """A data file is missing, cut or altered; the message says how to mend it."""


@cache
def load_mnist():
    """Load MNIST, 70,000 handwritten digits, as ``keras.datasets.mnist.load_data`` does.

    The first call reads and checks the file; later calls return the same arrays, which
    are read-only so that no caller changes them for another.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        `x_train` (60000, 28, 28) and `x_test` (10000, 28, 28), uint8 in 0..255, white
        ink (255) on black; `y_train` (60000,) and `y_test` (10000,), uint8 labels 0..9.

    Raises
    ------
    DataError
        If the file is missing or is not the file that the course ships.

    Notes
    -----
    LeCun, Cortes and Burges, "The MNIST database of handwritten digits" (1998).

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_mnist()
    >>> x_train.shape, x_test.shape, int(y_train[0])
    ((60000, 28, 28), (10000, 28, 28), 5)
    """
    _check_file(MNIST, _MNIST_SHA256)
    with np.load(MNIST) as arrays:
        train, test = (
            tuple(arrays[f"{kind}_{part}"] for kind in "xy") for part in ("train", "test")
        )
    for array in (*train, *test):
        array.flags.writeable = False
    return train, test


def _check_file(path, sha256):
    name = f"{path.parent.name}/{path.name}"
    mend = f"git checkout -- {name}"
    if not path.is_file():
        raise DataError(
            say(
                en=f"{name} is missing. Restore it with: {mend}",
                ko=f"{name} 파일이 없습니다. 다음 명령으로 되살리십시오: {mend}",
            )
        )
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise DataError(
            say(
                en=f"{name} is damaged: it is not the file the course ships. "
                f"Restore it with: {mend}",
                ko=f"{name} 파일이 손상되었습니다. 다음 명령으로 되살리십시오: {mend}",
            )
        )

"""The data sets of the course, from the files in ``data/``: nothing is downloaded."""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from helpers.checksums import how_to_restore, recorded, sha256
from helpers.paths import DATA
from helpers.reader import say

MNIST = DATA / "mnist.npz"


class DataError(Exception):
    """A data file is missing, incomplete or changed; the message says how to restore it."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]  # in a notebook: the sentence, not our code


@cache
def load_mnist() -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Load MNIST, 70,000 handwritten digits, as ``keras.datasets.mnist.load_data`` does.

    The first call reads and checks the file. Later calls return the same arrays; they are
    read-only, so that no caller changes them for another.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        `x_train` (60000, 28, 28) and `x_test` (10000, 28, 28), uint8 in 0..255, white
        ink (255) on black; `y_train` (60000,) and `y_test` (10000,), uint8 labels 0..9.

    Raises
    ------
    DataError
        If the file is missing or differs from the one that the course ships.

    Notes
    -----
    LeCun, Cortes and Burges, "The MNIST database of handwritten digits" (1998).

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_mnist()
    >>> x_train.shape, x_test.shape, int(y_train[0])
    ((60000, 28, 28), (10000, 28, 28), 5)
    """
    check_file(MNIST)
    with np.load(MNIST) as arrays:
        train = arrays["x_train"], arrays["y_train"]
        test = arrays["x_test"], arrays["y_test"]
    for array in (*train, *test):
        array.flags.writeable = False
    return train, test


def load_table(path: Path) -> list[dict[str, str]]:
    """Load a table of tab-separated values; its first row names the columns.

    Raises
    ------
    DataError
        If the file is missing or differs from the one that the course ships.

    Examples
    --------
    >>> load_table(DATA / "greetings.tsv")[0]["text"]
    '안녕하세요'
    """
    check_file(path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def check_file(path: Path) -> None:
    """Check a data file against the checksum that ``data/README.md`` records for it.

    Raises
    ------
    DataError
        If the file is missing or differs from the one that the course ships.
    """
    name = f"data/{path.relative_to(DATA).as_posix()}"
    restore = how_to_restore(name)
    if not path.is_file():
        raise DataError(
            say(
                en=f"{name} is missing. To restore it: {restore}",
                ko=f"{name} 파일이 없습니다. 되살리는 방법: {restore}",
            )
        )
    if sha256(path) != recorded(DATA).get(path):
        raise DataError(
            say(
                en=f"{name} is not the file the course ships: it is incomplete or changed. "
                f"To restore it: {restore}",
                ko=f"{name} 파일이 잘렸거나 바뀌었습니다. 되살리는 방법: {restore}",
            )
        )

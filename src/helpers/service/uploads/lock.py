"""One at a time: threads and processes that share a folder take turns by the lock of a file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    import msvcrt


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file while a block runs; wait until nobody else holds it.

    The file is made if it is missing, and stays. However a process ends, the system frees the
    locks that it held.

    Parameters
    ----------
    path : Path

    Examples
    --------
    >>> import tempfile
    >>> with locked(Path(tempfile.mkdtemp()) / "lock"):
    ...     pass
    """
    with path.open("ab") as file:
        _lock(file.fileno())
        try:
            yield
        finally:
            _unlock(file.fileno())


if os.name == "nt":

    def _lock(file: int):
        while True:
            os.lseek(file, 0, os.SEEK_SET)
            try:
                return msvcrt.locking(file, msvcrt.LK_LOCK, 1)
            except OSError:  # held by another for ten seconds
                continue

    def _unlock(file: int):
        os.lseek(file, 0, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:

    def _lock(file: int):
        fcntl.flock(file, fcntl.LOCK_EX)

    def _unlock(file: int):
        fcntl.flock(file, fcntl.LOCK_UN)

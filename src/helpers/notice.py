"""A notice in the terminal of what takes so long."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from helpers.reader import say

#: How long nothing is printed.
PATIENCE_SECONDS = 1.0


@contextmanager
def notice_if_slow(en: str, ko: str) -> Iterator[None]:
    """Print a sentence on stderr if the block takes longer than `PATIENCE_SECONDS`.

    Only in a terminal: a file or another program does not wait.

    Parameters
    ----------
    en, ko : str
        What is being done.
    """
    timer = Timer(PATIENCE_SECONDS, print, [say(en=en, ko=ko)], {"file": sys.stderr, "flush": True})
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()

"""The reader's language, Korean or English, in which the helpers say everything."""

import locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

LANGUAGES = ("en", "ko")
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def language() -> str:
    """Return the reader's language.

    It is what `speaking` sets; else the name of the folder that the notebook is in (``.../ko``,
    ``.../en``), since its kernel starts there; else the variable ``COURSE_LANG``, then the
    locale.

    Returns
    -------
    str
        ``"ko"`` or ``"en"``; English unless something says Korean.
    """
    if spoken := _spoken.get():
        return spoken
    if Path.cwd().name in LANGUAGES:
        return Path.cwd().name
    variables = ("COURSE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    setting = next((os.environ[name] for name in variables if os.environ.get(name)), None)
    setting = setting or locale.getlocale()[0] or "en"  # Windows sets no variable
    return "ko" if setting.lower().startswith("ko") else "en"


@contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Set the language within a block, only in this thread or task: that of one request's reader.

    Parameters
    ----------
    lang : str
        ``"en"`` or ``"ko"``.

    Examples
    --------
    >>> with speaking("ko"):
    ...     say(en="Hello", ko="안녕하세요")
    '안녕하세요'
    """
    before = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(before)


def say(en: str, ko: str) -> str:
    """Return the wording in the reader's language.

    Examples
    --------
    >>> say(en="Hello", ko="안녕하세요") in ("Hello", "안녕하세요")
    True
    """
    return ko if language() == "ko" else en

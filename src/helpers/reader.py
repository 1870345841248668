"""Who is reading: the language in which the helpers speak, Korean or English."""

import locale
import os
from pathlib import Path

LANGUAGES = ("en", "ko")


def language() -> str:
    """Return the reader's language.

    It is the name of the folder the notebook lies in (``.../ko``, ``.../en``), since a
    kernel starts there; elsewhere the variable ``COURSE_LANG``, then the locale.

    Returns
    -------
    str
        ``"ko"`` or ``"en"``; English where nothing says Korean.
    """
    if Path.cwd().name in LANGUAGES:
        return Path.cwd().name
    variables = ("COURSE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    setting = next((os.environ[name] for name in variables if os.environ.get(name)), None)
    setting = setting or locale.getlocale()[0] or "en"  # Windows sets no variable
    return "ko" if setting.lower().startswith("ko") else "en"


def say(en: str, ko: str) -> str:
    """Return the one of two wordings that the reader reads.

    Examples
    --------
    >>> say(en="Hello", ko="안녕하세요") in ("Hello", "안녕하세요")
    True
    """
    return ko if language() == "ko" else en

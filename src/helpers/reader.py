"""The reader's language, Korean or English, in which the helpers say everything."""

import json
import locale
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ko")
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def language() -> str:
    """Return the reader's language.

    It is what `speaking` sets; else the name of the folder that the notebook is in (``.../ko``,
    ``.../en``); else what the notebook's metadata say; else the variable ``COURSE_LANG``, then
    the locale.

    Returns
    -------
    str
        ``"ko"`` or ``"en"``; English unless something says Korean.
    """
    if spoken := _spoken.get():
        return spoken
    if (folder := notebook_folder().name) in LANGUAGES:
        return folder
    if (path := notebook()) and (lang := _language_in(path)):
        return lang
    variables = ("COURSE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    setting = next((os.environ[name] for name in variables if os.environ.get(name)), None)
    setting = setting or locale.getlocale()[0] or "en"  # Windows sets no variable
    return "ko" if setting.lower().startswith("ko") else "en"


def notebook() -> Path | None:
    """Return the notebook that this kernel serves; None if nothing tells which.

    JupyterLab and Notebook name it in the environment, VS Code in a variable of the kernel.
    """
    named = getattr(sys.modules.get("__main__"), "__vsc_ipynb_file__", None)
    named = named or os.environ.get("JPY_SESSION_NAME", "")
    return Path(named) if str(named).endswith(".ipynb") else None


def notebook_folder() -> Path:
    """Return the folder of the notebook: where its kernel starts, or where it is if elsewhere."""
    here, named = Path.cwd(), notebook()
    return here if named is None or here.name in LANGUAGES else named.parent


@cache
def _language_in(path: Path) -> str | None:
    """Return the language in the metadata of one of the course's notebooks."""
    try:
        lang = json.loads(path.read_text(encoding="utf-8"))["metadata"]["annyeong"]["lang"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return lang if lang in LANGUAGES else None


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

"""How to install this package again where it was installed from a wheel.

The standard library alone, so that the doctor can use it.
"""

import json
import os
import shlex
import sys
from importlib import metadata
from importlib.util import find_spec

PROJECT = "annyeong-deep-learning"


def pip(command: str, *words: str) -> str:
    """Return a command of pip for this Python, or of uv where there is no pip.

    Parameters
    ----------
    command : str
        ``"install"``, ``"uninstall"`` or ``"cache"``.
    *words : str
        What goes after it; quoted for the shell where needed.

    Examples
    --------
    >>> pip("install", "numpy==2.4.6").endswith("numpy==2.4.6")
    True
    """
    python = _quoted(sys.executable)
    if find_spec("pip"):
        start = [python, "-m pip", command]
    elif command == "cache":
        return "uv cache prune"  # not what runs now
    else:
        start = ["uv pip", command, "--python", python]
    return " ".join([*start, *map(_quoted, words)])


def itself(extra: str = "") -> str:
    """Return what names this package to an installer, with where it came from if that is known.

    Parameters
    ----------
    extra : str
        Which of its extras, such as ``"course"``.

    Examples
    --------
    >>> itself("course").split(" @ ")[0]
    'annyeong-deep-learning[course]'
    """
    name = f"{PROJECT}[{extra}]" if extra else PROJECT
    try:
        record = metadata.distribution(PROJECT).read_text("direct_url.json")
        return f"{name} @ {json.loads(record or '')['url']}"
    except (metadata.PackageNotFoundError, OSError, ValueError, KeyError, TypeError):
        return name  # from an index


def restore() -> str:
    """Return the command that brings every file of this package back."""
    return pip("install", "--force-reinstall", "--no-deps", itself())


def _quoted(word: str) -> str:
    if os.name == "posix":
        return shlex.quote(word)
    return f'"{word}"' if set(" @[]<>=") & set(word) else word

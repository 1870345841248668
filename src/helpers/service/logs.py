"""The log: one line for each thing that happened, for people to read or for programs.

A line says when, how serious, which part of the service, what, and in which request. What a
client sends cannot forge a line or reach the terminal: control characters are written out.
"""

import json
import logging
from asyncio import CancelledError
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import TextIO

#: The id of the request that is being answered; empty where there is none.
request_id: ContextVar[str] = ContextVar("request_id", default="")


def configure(level: str = "info", form: str = "plain", part: str = "") -> None:
    """Write the log of this process to standard error.

    Parameters
    ----------
    level : str
        Of the service and of uvicorn; of other libraries only warnings are written.
    form : str
        ``"plain"`` or ``"json"``.
    part : str
        Which part of the service this process is, if it is not all of it.
    """
    logging.basicConfig(handlers=[handler(form, part)], level=logging.WARNING)
    for name in ("helpers", "uvicorn"):
        logging.getLogger(name).setLevel(level.upper())


def handler(form: str, part: str = "", stream: TextIO | None = None) -> logging.Handler:
    """Return what writes lines to a stream; to standard error if none is given."""
    lines = logging.StreamHandler(stream)
    lines.setFormatter({"plain": Plain, "json": Json}[form](part))
    lines.addFilter(_is_news)
    return lines


def clean(text: str) -> str:
    r"""Write out what is not printable, so that a text stays on its line and moves no cursor.

    Examples
    --------
    >>> print(clean("안녕\n\x1b[31m"))
    안녕\n\x1b[31m
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


class Plain(logging.Formatter):
    """A line for people; a traceback is indented below it."""

    def __init__(self, part: str = ""):
        super().__init__()
        self._part = part and f"{part}:"

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        id = request_id.get()
        words = [
            *(_time_of(record), f"{record.levelname:7}", self._part),
            *(clean(record.getMessage().strip()), id and f"id={id}"),
        ]
        line = " ".join(word for word in words if word)
        below = self.formatException(record.exc_info) if record.exc_info else ""
        return "\n    ".join([line, *map(clean, below.splitlines())])


class Json(logging.Formatter):
    """A JSON object on one line, for programs."""

    def __init__(self, part: str = ""):
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        said = {
            "time": _time_of(record),
            "level": record.levelname,
            "part": self._part,
            "message": record.getMessage().strip(),
            **getattr(record, "request", {}),
            "request_id": request_id.get(),
            "traceback": self.formatException(record.exc_info) if record.exc_info else "",
        }
        return json.dumps({name: value for name, value in said.items() if value != ""})


def _time_of(record):
    return datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")


def _is_news(record: logging.LogRecord) -> bool:
    """Return whether a record is worth a line.

    uvicorn and websockets also tell what single clients did: that one came, went, or spoke
    nonsense. And they print the traceback of an error that already has its line, or of a request
    that was cut off because the service ends.
    """
    if record.name != "uvicorn.error":
        return True
    path = Path(record.pathname)
    if path.parent.name != "websockets" and path.parents[1].name != "protocols":
        return True
    error = record.exc_info[1] if record.exc_info else None
    is_known = isinstance(error, CancelledError) or hasattr(error, "is_in_the_log")
    return "ASGI" in record.getMessage() and not is_known

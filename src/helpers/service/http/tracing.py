"""Each request has an id, and what becomes of it can be found in the log by that id."""

import logging
import re
from random import getrandbits
from time import monotonic, perf_counter
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.service.http.metrics import Metrics
from helpers.service.http.problems import answer, failure
from helpers.service.logs import request_id

HEADER = b"x-request-id"
_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_STARTS = {"http.response.start", "websocket.accept", "websocket.http.response.start"}
#: What nginx calls a request whose client left before it was answered.
_LEFT = 499
#: How much of a path, in characters, is written to the log.
_LONGEST_PATH = 200

log = logging.getLogger(__name__)


class TracingMiddleware:
    """ASGI middleware: give a request its id, answer it if it fails, and write a line about it.

    The id is the one in ``X-Request-ID`` if it is sane, else a new one; the answer carries it, and
    so does the request from here on, for services it is passed on to. An error that no inner
    layer has handled becomes a 500 here. It is inside the layers that set the language and the safe
    headers, so that this answer has them too.

    Parameters
    ----------
    app : ASGI application
    metrics : Metrics
    writes_all : bool
        Whether every request has its line, or only those that the service fails to answer.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, writes_all: bool = False):
        self.app, self._metrics, self._writes_all = app, metrics, writes_all
        self._last_line: dict[int, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, by its id."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        id, start = _id_of(scope), perf_counter()
        header = (HEADER, id.encode())
        status, has_left = None, False

        async def send_with_id(message: Message) -> None:
            nonlocal status, has_left
            if message["type"] in _STARTS:
                status = message.get("status", 101)
                headers = message.get("headers", [])
                if header not in headers:  # the part behind a gateway says the same id
                    message["headers"] = [*headers, header]
            try:
                await send(message)
            except OSError:
                has_left = True
                raise

        before = request_id.set(id)
        try:
            await self.app(scope, receive, send_with_id)
            self._note(scope, status or _LEFT, start)
        except Exception as error:
            if has_left:
                return self._note(scope, _LEFT, start)
            self._metrics.failures.labels(type(error).__name__).inc()
            self._write(logging.ERROR, scope, 500, start, error)
            if status:  # too late for a 500: the server cuts the connection, if it hears of it
                error.is_in_the_log = True  # type: ignore[attr-defined]  # for the filter of `logs`
                raise
            await answer(failure())(scope, receive, send_with_id)
        finally:
            request_id.reset(before)

    def _note(self, scope: Scope, status: int, start: float) -> None:
        """Write a line about a request that was answered, if it is wanted."""
        if status >= 500 and (self._writes_all or self._is_due(status)):
            self._write(logging.WARNING, scope, status, start)
        elif status < 500 and self._writes_all:
            self._write(logging.INFO, scope, status, start)

    def _is_due(self, status: int) -> bool:
        """Return whether a second has passed since the last line with a status.

        A service that has too much to do says 503 thousands of times; `/metrics` counts them.
        """
        now = monotonic()
        is_due = now >= self._last_line.get(status, 0) + 1
        if is_due:
            self._last_line[status] = now
        return is_due

    @staticmethod
    def _write(
        level: int, scope: Scope, status: int, start: float, error: Exception | None = None
    ) -> None:
        request = {
            "method": scope.get("method", "WEBSOCKET"),
            "path": _path_of(scope),
            "status": status,
            "ms": round(1000 * (perf_counter() - start), 1),
        }
        words = " ".join(map(str, request.values()))
        log.log(level, "%s ms", words, exc_info=error, extra={"request": request})


def _id_of(scope: Scope) -> str:
    """Return the id that a request carries, or give it one."""
    headers = scope["headers"]
    brought = [value for name, value in headers if name == HEADER]
    if brought and _SANE.fullmatch(brought[0]):
        return brought[0].decode()
    id = f"{getrandbits(64):016x}"  # it need only be another one: no secret
    if brought:
        scope["headers"] = headers = [header for header in headers if header[0] != HEADER]
    headers.append((HEADER, id.encode()))
    return id


def _path_of(scope: Scope) -> str:
    r"""Return a request's path as one word; without the query, which may hold what is private.

    Examples
    --------
    >>> _path_of({"path": "/한 1\n"})
    '/한%201%0A'
    """
    path = scope["path"][:_LONGEST_PATH]
    return "".join(
        one if one.isprintable() and one != " " else quote(one, errors="replace") for one in path
    )

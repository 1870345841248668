"""Limits on the bodies of requests: how large, how slow, and how many are held at once."""

import asyncio
from contextlib import ExitStack, suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.service.errors import Busy
from helpers.service.http.problems import Problem, answer, problem_of
from helpers.service.quota import Quota

#: The size of a body, in bytes, up to which it is always held.
SMALL = 65_536
#: The key in the scope that says the whole body had arrived before the app was called.
IS_WHOLE = "annyeong.is_whole"
#: How long, in seconds, the rest of a body is read and dropped after the response.
DRAIN_SECONDS = 1


class BodyLimitMiddleware:
    """Refuse a body that is too large (413), too slow (408), or one too many to hold (503).

    A response that is sent before the whole body has arrived has ``Connection: close``. The rest of
    the body is read and dropped for a moment, so that a client that is still sending can read the
    response instead of losing its connection.

    Parameters
    ----------
    app : ASGI application
    max_bytes : int
    seconds : float
        From the request's first line to its body's last byte.
    max_held_bytes : int
        What all bodies together may take, from their first byte to the end of their responses.
        Those of at most `SMALL` bytes do not count.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float, max_held_bytes: int):
        self.app, self.max_bytes, self.seconds = app, max_bytes, seconds
        self.quota = Quota(max_held_bytes)
        self._always = min(SMALL, max_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; its body is checked while the app receives it."""
        length = _length(scope) if scope["type"] == "http" else 0
        if length == 0 or (length and length <= self._always and IS_WHOLE in scope):
            return await self.app(scope, receive, send)  # nothing to limit: the quick way
        with ExitStack() as held:
            body = _Body(self, length, receive, send, held)
            if length is not None and length > self.max_bytes:
                return await answer(body.too_large())(scope, receive, body.send)
            await self.app(scope, body.receive, body.send)


def _length(scope: Scope) -> int | None:
    """Return the announced length of the body: 0 if there is none, None if it comes in chunks."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return None
    return int(headers.get(b"content-length", 0))


class _Body:
    """The body of one request, while it arrives."""

    def __init__(
        self, limits: BodyLimitMiddleware, length: int | None, receive, send, held: ExitStack
    ):
        self._limits, self._receive, self._send, self._held = limits, receive, send, held
        self._deadline = asyncio.get_running_loop().time() + limits.seconds
        self._length, self._num_bytes = length, 0
        self._is_held, self._is_whole = False, False

    async def receive(self) -> Message:
        """Return the next piece, within all limits."""
        if self._is_whole:  # only a disconnect can come now
            return await self._receive()
        self._hold(self._length or 0)
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise self._too_slow() from None
        self._num_bytes += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._num_bytes > self._limits.max_bytes:
            raise self.too_large()
        if self._num_bytes > SMALL:
            self._hold(self._limits.max_bytes)  # how much more there is, it did not say
        return message

    async def send(self, message: Message) -> None:
        """Pass the response on; if the client is still sending, read on for a moment."""
        if not self._is_whole:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            elif message["type"] == "http.response.body" and not message.get("more_body"):
                await self._send({**message, "more_body": True})
                await self._drain()
                message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def _hold(self, num_bytes: int) -> None:
        if num_bytes > SMALL and not self._is_held:
            try:
                self._held.enter_context(self._limits.quota.take(num_bytes))
            except Busy as error:  # FastAPI, which reads the body, lets only its own errors pass
                raise problem_of(error) from None
            self._is_held = True

    async def _drain(self) -> None:
        num_bytes, is_more = 0, True
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while is_more and num_bytes <= self._limits.max_bytes:
                    message = await self._receive()
                    num_bytes += len(message.get("body", b""))
                    is_more = message.get("more_body", False)

    def too_large(self) -> Problem:
        most = f"{self._limits.max_bytes:,}"
        return Problem(
            "body-too-large",
            en=f"The request is too large: {most} bytes are the most.",
            ko=f"요청이 너무 큽니다. 최대 {most}바이트입니다.",
        )

    def _too_slow(self) -> Problem:
        seconds = f"{self._limits.seconds:g}"
        return Problem(
            "body-too-slow",
            en=f"The request took over {seconds} seconds to arrive: send it again.",
            ko=f"요청이 {seconds}초 안에 도착하지 않았습니다. 다시 보내세요.",
        )

"""Limits on the bodies of requests: how large, how slow, and how many are held at once."""

import asyncio
from contextlib import ExitStack, suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.service.http.problems import Problem, answer
from helpers.service.quota import Quota

#: The size of a body, in bytes, up to which it is always held.
SMALL = 65_536
#: The key in the scope that says the whole body had arrived before the app was called.
IS_WHOLE = "annyeong.is_whole"
#: How long, in seconds, the rest of a body is read and dropped after the response.
DRAIN_SECONDS = 1


class BodyLimitMiddleware:
    """Refuse a body that is too large (413), too slow (408), or one too many to hold (503).

    What is answered before the body has come is answered with ``Connection: close``; the rest of
    the body is thrown away for a moment, so that a client that is still sending reads the answer
    and not that its connection broke.

    Parameters
    ----------
    app : ASGI application
    max_bytes : int
    seconds : float
        From the request's first line to its body's last byte.
    max_held_bytes : int
        What all bodies together may take, from their first byte to the end of their answers.
        Those of at most `SMALL` bytes do not count.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float, max_held_bytes: int):
        self.app, self.max_bytes, self.seconds = app, max_bytes, seconds
        self.quota = Quota(max_held_bytes)
        self._always = min(SMALL, max_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send):
        """Pass the request on with a body that is watched."""
        length = _length(scope) if scope["type"] == "http" else 0
        if length == 0 or (length and length <= self._always and IS_WHOLE in scope):
            return await self.app(scope, receive, send)  # as quickly as it came
        with ExitStack() as held:
            body = _Body(self, length, receive, send, held)
            if length is not None and length > self.max_bytes:
                return await answer(body.too_large())(scope, receive, body.send)
            await self.app(scope, body.receive, body.send)


def _length(scope: Scope) -> int | None:
    """Return how long a body says that it is: 0 if there is none, None if it comes in chunks."""
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
        if self._is_whole:  # what comes now is only that the client has gone
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
            self._hold(self._limits.max_bytes)  # it did not say how much more there is
        return message

    async def send(self, message: Message):
        """Pass the answer on; do not leave a client alone that is still sending."""
        if not self._is_whole:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            elif message["type"] == "http.response.body" and not message.get("more_body"):
                await self._send({**message, "more_body": True})
                await self._drain()
                message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def _hold(self, num_bytes: int):
        if num_bytes > SMALL and not self._is_held:
            self._held.enter_context(self._limits.quota.take(num_bytes))
            self._is_held = True

    async def _drain(self):
        num_bytes, is_more = 0, True
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while is_more and num_bytes <= self._limits.max_bytes:
                    message = await self._receive()
                    num_bytes += len(message.get("body", b""))
                    is_more = message.get("more_body", False)

    def too_large(self):
        most = f"{self._limits.max_bytes:,}"
        return Problem(
            413,
            en=f"The request is too large: {most} bytes are the most.",
            ko=f"요청이 너무 큽니다. 최대 {most}바이트입니다.",
        )

    def _too_slow(self):
        seconds = f"{self._limits.seconds:g}"
        return Problem(
            408,
            en=f"The request took over {seconds} seconds to arrive: send it again.",
            ko=f"요청이 {seconds}초 안에 도착하지 않았습니다. 다시 보내세요.",
        )

"""What a request may do, as pure ASGI middlewares."""

import asyncio
import re
import secrets

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.service.problems import Problem, answer

#: Sent with every answer that does not say otherwise itself.
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"vary", b"Accept-Language"),
]
#: What needs no token: whether the process is alive, and the page, which asks for the token.
OPEN = re.compile(r"/(health|favicon\.ico|static/[^/]+)?")


class SafeHeaders:
    """Add the headers that keep a browser from guessing, leaking and framing."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send):
        """Pass the request on; add the headers to its answer."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def send_safely(message: Message):
            if message["type"] == "http.response.start":
                said = {name for name, _ in message["headers"]}
                message["headers"] += [header for header in HEADERS if header[0] not in said]
            await send(message)

        await self.app(scope, receive, send_safely)


class AskForToken:
    """Let nobody in without the token, but to what is `OPEN`."""

    def __init__(self, app: ASGIApp, token: str):
        self.app, self._token = app, token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send):
        """Pass the request on if it brings the token."""
        is_open = scope["type"] != "http" or OPEN.fullmatch(scope["path"])
        if not is_open and not self._knows_it(scope):
            problem = Problem(
                401,
                en="This service asks for its token: Authorization: Bearer TOKEN.",
                ko="토큰(token)이 필요합니다. Authorization: Bearer TOKEN 헤더를 보내십시오.",
                headers={"WWW-Authenticate": "Bearer"},
            )
            return await answer(problem)(scope, receive, send)
        await self.app(scope, receive, send)

    def _knows_it(self, scope: Scope) -> bool:
        scheme, _, given = Headers(scope=scope).get("authorization", "").partition(" ")
        is_ours = secrets.compare_digest(given.strip().encode("latin-1"), self._token)
        return scheme.lower() == "bearer" and is_ours


class LimitBody:
    """Refuse a body that is too large (413) or takes too long to arrive (408).

    Parameters
    ----------
    app : ASGI application
    max_bytes : int
    seconds : float
        From the request's first line to its body's last byte.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float):
        self.app, self._max_bytes, self._seconds = app, max_bytes, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send):
        """Pass the request on with a body that is watched."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if int(Headers(scope=scope).get("content-length", 0)) > self._max_bytes:
            return await answer(self._too_large())(scope, receive, send)
        deadline = asyncio.get_running_loop().time() + self._seconds
        num_bytes, is_whole = 0, False

        async def receive_within_limits() -> Message:
            nonlocal num_bytes, is_whole
            if is_whole:  # what comes now is only that the client has gone
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise self._too_slow() from None
            num_bytes += len(message.get("body", b""))
            is_whole = not message.get("more_body", False)
            if num_bytes > self._max_bytes:
                raise self._too_large()
            return message

        await self.app(scope, receive_within_limits, send)

    def _too_large(self):
        most = f"{self._max_bytes:,}"
        return Problem(
            413,
            en=f"The request is too large: {most} bytes are the most.",
            ko=f"요청이 너무 큽니다. 최대 {most}바이트입니다.",
        )

    def _too_slow(self):
        return Problem(
            408,
            en=f"The request took over {self._seconds:g} seconds to arrive: send it again.",
            ko=f"요청이 {self._seconds:g}초 안에 도착하지 않았습니다. 다시 보내십시오.",
            headers={"Connection": "close"},
        )

"""What a request may do, as pure ASGI middlewares."""

import asyncio
import re
import secrets
from collections.abc import Collection
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

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
#: The protocol that a WebSocket speaks here, and how a browser, which can set no header on one,
#: brings the token: as a second protocol of this beginning, the token percent-encoded behind it.
SUBPROTOCOL, TOKEN_PROTOCOL = "annyeong", "token."
#: The methods that change nothing, but at these addresses.
SAFE_METHODS, WORKING = {"GET", "HEAD", "OPTIONS"}, {"/mosaic", "/mosaic/"}


class SafeHeaders:
    """Add the headers that keep a browser from guessing, leaking and framing."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send):
        """Pass the request on; add the headers to its answer."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)

        async def send_safely(message: Message):
            if message["type"].endswith("http.response.start"):  # a refused WebSocket's too
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
        is_page = scope["type"] == "http" and OPEN.fullmatch(scope["path"])
        is_open = scope["type"] == "lifespan" or is_page
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
        if scheme.lower() == "bearer":
            return self._is_it(given.strip().encode("latin-1"))
        return any(
            self._is_it(unquote(protocol.removeprefix(TOKEN_PROTOCOL)).encode())
            for protocol in scope.get("subprotocols", [])
            if protocol.startswith(TOKEN_PROTOCOL)
        )

    def _is_it(self, given: bytes) -> bool:
        return secrets.compare_digest(given, self._token)


class RefuseOtherSites:
    """Refuse what a browser sends on behalf of a page of another site; where no token is asked for.

    Any page may have the reader's browser send a form, or open a WebSocket, to this computer. The
    browser says for which site it does so, and that site must be this service. A page could also
    give its own name this computer's address (DNS rebinding), and would then pass for the service:
    so the name must be one that no stranger can own.

    Parameters
    ----------
    app : ASGI application
    hosts : collection of str
        Names with a dot that are the service's own. An address in numbers needs no mention, nor
        does a name without a dot, as ``localhost``: nobody can register it.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]):
        self.app, self._hosts = app, {host.strip().lower() for host in hosts}
        self._is_ours = lru_cache(maxsize=256)(self._is_one_of_ours)  # who asks once asks again

    async def __call__(self, scope: Scope, receive: Receive, send: Send):
        """Pass the request on if it is for this service, and from no other site."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        changes = (
            scope["type"] == "websocket"
            or scope["method"] not in SAFE_METHODS
            or scope["path"] in WORKING
        )
        if not self._is_ours(headers.get("host", "")):
            problem = Problem(
                403,
                en="This service is not known by this name: add it to ANNYEONG_HOSTS.",
                ko="이 서비스의 이름이 아닙니다. 쓰려면 ANNYEONG_HOSTS에 이름을 추가하십시오.",
            )
        elif changes and _is_from_elsewhere(headers):
            problem = Problem(
                403,
                en="A page of another site sent this: use the page of this service.",
                ko="다른 사이트의 페이지가 보낸 요청입니다. 이 서비스의 페이지에서 보내십시오.",
            )
        else:
            return await self.app(scope, receive, send)
        await answer(problem)(scope, receive, send)

    def _is_one_of_ours(self, host: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
            return "." not in name or name in self._hosts or bool(ip_address(name))
        except ValueError:
            return False


def _is_from_elsewhere(headers: Headers) -> bool:
    """Tell whether a browser sent this for a page of another site; what is no browser says nothing.

    `Sec-Fetch-Site` is the better witness, as a proxy may change `Host`; but over plain HTTP only
    this computer gets it.
    """
    if site := headers.get("sec-fetch-site"):
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


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


class LimitSocket:
    """Close a WebSocket whose message is too large (1009) or that is silent for too long (1008).

    Parameters
    ----------
    app : ASGI application
    max_bytes : int
    seconds : float
        From one message to the next.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float):
        self.app, self._max_bytes, self._seconds = app, max_bytes, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send):
        """Pass a WebSocket on with messages that are watched."""
        if scope["type"] != "websocket":
            return await self.app(scope, receive, send)

        async def receive_within_limits() -> Message:
            try:
                async with asyncio.timeout(self._seconds):
                    message = await receive()
            except TimeoutError:
                return await close(1008, f"silent for {self._seconds:g} seconds")
            said = message.get("text") or message.get("bytes") or b""
            if len(said.encode() if isinstance(said, str) else said) > self._max_bytes:
                return await close(1009, f"{self._max_bytes} bytes are the most")
            return message

        async def close(code: int, reason: str) -> Message:
            await send({"type": "websocket.close", "code": code, "reason": reason})
            return {"type": "websocket.disconnect", "code": code, "reason": reason}

        await self.app(scope, receive_within_limits, send)

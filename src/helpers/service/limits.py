"""What a request may do, as pure ASGI middlewares."""

import asyncio
import re
import secrets
from collections.abc import Collection
from contextlib import ExitStack, suppress
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.service.places import Places
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
#: The size of a body, in bytes, that is always held; and the most that a WebSocket may say at once.
SMALL = 65_536
#: Where the scope of a request says that its body has come whole before the app was called.
IS_WHOLE = "annyeong.is_whole"
#: How long the rest of a body is thrown away after the answer.
DRAIN_SECONDS = 1


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
        self.places = Places(max_held_bytes)
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

    def __init__(self, limits: LimitBody, length: int | None, receive, send, held: ExitStack):
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
            self._held.enter_context(self._limits.places.take(num_bytes))
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

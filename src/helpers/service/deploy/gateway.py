"""One address for several services: the gateway passes requests on, and their answers back.

It knows the addresses of the parts and nothing of what they do, and holds neither a request
nor an answer in memory: both stream through.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial

import anyio
import httpx
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from starlette.requests import HTTPConnection
from starlette.responses import StreamingResponse
from starlette.routing import Route, WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from helpers.service.app import ALL, PARTS, create_app, empty_app
from helpers.service.http.cross_site import SAFE_METHODS
from helpers.service.http.disconnect import cancel_on_disconnect
from helpers.service.http.problems import Problem
from helpers.service.page import router as page
from helpers.service.settings import Settings
from helpers.service.status import router as status

#: The parts that can be services of their own.
UPSTREAMS = ("uploads", "vision", "chat")
#: What belongs to one connection and not to what is said over it (RFC 9110, section 7.6.1),
#: what each server writes itself, and what the gateway decides: the client, and its site.
_OF_THE_CONNECTION = {
    *(b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer"),
    *(b"transfer-encoding", b"upgrade", b"host", b"date", b"server", b"origin", b"sec-fetch-site"),
    *(b"forwarded", b"x-forwarded-for", b"x-forwarded-proto"),
}
#: What no client may strip from its request by calling it the connection's: the log needs it.
_ALWAYS = {b"x-request-id"}
#: How long a part may take, in seconds, to say whether it is ready.
READY_SECONDS = 1.5


@dataclass
class Upstreams:
    """What the gateway knows of the parts behind it.

    Attributes
    ----------
    urls : dict of str to str
        The address of each part.
    seconds_away : callable
        ``seconds_away(part)`` is how long a part will still be away, or None if it is there.
    client : httpx.AsyncClient
        What asks them.
    """

    urls: dict[str, str]
    seconds_away: Callable[[str], float | None]
    client: httpx.AsyncClient


def upstreams_of(connection: HTTPConnection) -> Upstreams:
    """Return what the gateway that a request, or a WebSocket, is for knows of its parts."""
    return connection.app.state.upstreams


def create_gateway(
    settings: Settings | None = None, seconds_away: Callable[[str], float | None] | None = None
) -> FastAPI:
    """Make the gateway: the addresses of every part, the page, and how all of them are.

    Parameters
    ----------
    settings : Settings, optional
        From the environment if omitted; `uploads_url` and its like say where the parts are,
        `upstream_seconds` how long they may take.
    seconds_away : callable, optional
        See `Upstreams`: what a supervisor knows. A part that is away is not asked.

    Returns
    -------
    FastAPI

    Examples
    --------
    >>> gateway = create_gateway()
    >>> gateway.openapi()["paths"] == create_app().openapi()["paths"]
    True
    """
    settings = settings or Settings()
    urls = {part: getattr(settings, f"{part}_url") for part in UPSTREAMS}
    app = empty_app(settings, partial(_lifespan, urls, seconds_away or (lambda part: None)))
    # A client cannot tell them apart.
    app.openapi = create_app(ALL, settings).openapi  # type: ignore[method-assign]
    app.add_api_route("/ready", _ready)  # before the one that only knows this process
    for part in UPSTREAMS:
        for router in PARTS[part]:
            for route in router.routes:
                if isinstance(route, WebSocketRoute):
                    pass_on = partial(_pass_socket_on, part)
                    app.router.add_websocket_route(route.path, pass_on)
                elif isinstance(route, Route):  # HEAD too, where it is GET
                    app.add_route(route.path, partial(_pass_on, part), list(route.methods or ()))
    app.include_router(page.router)
    app.include_router(status.router)
    return app


@asynccontextmanager
async def _lifespan(
    urls: dict[str, str], seconds_away: Callable[[str], float | None], app: FastAPI
) -> AsyncIterator[None]:
    # A connection is given up before the part behind it closes it, after 5 seconds.
    limits = httpx.Limits(max_connections=None, keepalive_expiry=2)
    seconds = app.state.settings.upstream_seconds
    transport = httpx.AsyncHTTPTransport(limits=limits)  # no proxy from the environment
    async with httpx.AsyncClient(transport=transport, timeout=seconds) as client:
        app.state.upstreams = Upstreams(urls, seconds_away, client)
        yield


async def _pass_on(part: str, request: Request) -> Response:
    """Pass a request on to a part, and its answer back, piece by piece."""
    upstreams = upstreams_of(request)
    _refuse_while_away(upstreams, part)
    has_body = {"content-length", "transfer-encoding"} & set(request.headers.keys())
    body = _Body(request.stream())
    asked = httpx.Request(
        request.method,
        upstreams.urls[part],
        headers=[*_passed_on(request.headers.raw), *_for_whom(request)],
        content=body if has_body else None,
        extensions={"target": _target_of(request)},  # as it is: httpx would resolve /../ in it
    )
    # A part that is asked to work on all uploads stops when its client, this gateway, leaves.
    awaited = nullcontext() if has_body else cancel_on_disconnect(request)
    try:
        async with awaited:
            answer, pieces = await _send(upstreams.client, asked, is_safe=not has_body)
    except httpx.TimeoutException:
        raise _too_slow() from None
    except httpx.LocalProtocolError:
        raise _cannot_be_passed_on() from None
    except httpx.ConnectError:
        raise _no_answer() from None
    except httpx.TransportError:
        # Of a request that it did not have as a whole, a part has done nothing.
        raise _broke_off() if body.is_whole or not has_body else _no_answer() from None
    passed_back = StreamingResponse(pieces, answer.status_code)
    passed_back.raw_headers = _passed_on(answer.headers.raw)
    return passed_back


class _Body:
    """The body of a request, piece by piece; afterwards it is known whether all of it went."""

    def __init__(self, pieces: AsyncIterator[bytes]):
        self._pieces, self.is_whole = pieces, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._pieces:
            yield piece
        self.is_whole = True


async def _send(
    client: httpx.AsyncClient, asked: httpx.Request, is_safe: bool
) -> tuple[httpx.Response, AsyncIterator[bytes]]:
    """Send a request; once more if its connection ends before the body and it only reads.

    A part that has ended closes the connections that are kept for the next request, and one may
    be in use by then before that is heard of.
    """
    try:
        return await _begin(client, asked)
    except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
        if is_safe and asked.method in SAFE_METHODS:
            return await _begin(client, asked)
        raise


async def _begin(
    client: httpx.AsyncClient, asked: httpx.Request
) -> tuple[httpx.Response, AsyncIterator[bytes]]:
    """Send a request; return the response and its body, of which the first piece has arrived.

    Until then a part that dies can still become a 502; after that the connection is cut.
    """
    answer = await client.send(asked, stream=True)
    pieces = answer.aiter_raw()
    try:
        first = await anext(pieces, b"")
    except BaseException:
        await answer.aclose()
        raise
    return answer, _pieces_of(answer, first, pieces)


async def _pieces_of(
    answer: httpx.Response, first: bytes, rest: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    """Give a response's body as it comes; let go of the part when the client has gone."""
    try:
        yield first
        async for piece in rest:
            yield piece
    finally:
        await answer.aclose()


async def _pass_socket_on(part: str, socket: WebSocket):
    """Pass a WebSocket on to a part: its messages and its end, both ways."""
    upstreams = upstreams_of(socket)
    _refuse_while_away(upstreams, part)
    try:
        line = await _connect(upstreams.urls[part], socket)
    except InvalidStatus as error:
        refusal = Response(bytes(error.response.body or b""), error.response.status_code)
        headers = error.response.headers.raw_items()
        refusal.raw_headers = _passed_on([(k.encode(), v.encode("latin-1")) for k, v in headers])
        return await socket.send_denial_response(refusal)
    except TimeoutError:
        raise _too_slow() from None
    except (OSError, EOFError, InvalidHandshake):
        raise _no_answer() from None
    async with line, anyio.create_task_group() as both:
        await socket.accept(line.subprotocol)
        both.start_soon(_to_part, socket, line, both.cancel_scope)
        both.start_soon(_to_client, socket, line, both.cancel_scope)


async def _connect(address: str, socket: WebSocket) -> ClientConnection:
    settings = socket.app.state.settings
    return await connect(
        address.replace("http", "ws", 1) + _target_of(socket).decode("latin-1"),
        additional_headers=[
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in [*_passed_on(socket.headers.raw), *_for_whom(socket)]
            if not name.lower().startswith(b"sec-websocket-")
        ],
        subprotocols=socket.scope["subprotocols"] or None,
        user_agent_header=None,
        proxy=None,
        compression=None,
        open_timeout=settings.upstream_seconds,
        max_size=settings.max_body_bytes,
        max_queue=1,  # what the client does not take, the part does not send
        close_timeout=1,  # for a part that says too much to hear of the end
    )


async def _to_part(socket: WebSocket, line: ClientConnection, both: anyio.CancelScope):
    """Pass messages on until the client leaves; then leave as it did."""
    with suppress(ConnectionClosed):
        while (message := await socket.receive())["type"] == "websocket.receive":
            text = message.get("text")
            await line.send(message["bytes"] if text is None else text)
        # 1005 and 1006 are never said: they note that nothing was.
        code = message["code"] if message["code"] not in (1005, 1006) else 1001
        await line.close(code, message.get("reason") or "")
        both.cancel()


async def _to_client(socket: WebSocket, line: ClientConnection, both: anyio.CancelScope):
    """Pass messages back until the part ends; then end as it did, or with 1014 if it broke down."""
    with suppress(WebSocketDisconnect):
        try:
            while True:
                said = await line.recv()
                if isinstance(said, str):
                    await socket.send_text(said)
                else:
                    await socket.send_bytes(said)
        except ConnectionClosed:
            code = line.close_code or 1014
            code = {1005: 1000, 1006: 1014}.get(code, code)
            await socket.close(code, line.close_reason)
            both.cancel()


def _too_slow() -> Problem:
    return Problem(
        "part-too-slow",
        en="A service behind this one takes too long: try again later.",
        ko="뒤에 있는 서비스의 응답이 너무 늦습니다. 나중에 다시 시도하세요.",
    )


def _no_answer(seconds: float = 0) -> Problem:
    return Problem(
        "part-away",
        en="A service behind this one is not there now: try again in a moment.",
        ko="뒤에 있는 서비스가 지금 없습니다. 잠시 뒤에 다시 시도하세요.",
        headers={"Retry-After": str(max(1, math.ceil(seconds)))},
    )


def _broke_off() -> Problem:
    return Problem(
        "part-broke-off",
        en="A service behind this one ended before it answered: see whether it is done, and "
        "otherwise try again.",
        ko="뒤에 있는 서비스가 답하기 전에 끝났습니다. 처리되었는지 확인하고, 아니면 다시 "
        "시도하세요.",
    )


def _cannot_be_passed_on() -> Problem:
    return Problem(
        "bad-header",
        en="A header of the request is not as HTTP has it: leave it out.",
        ko="HTTP에 맞지 않는 헤더가 있습니다. 그 헤더를 빼고 보내세요.",
    )


def _refuse_while_away(upstreams: Upstreams, part: str) -> None:
    seconds = upstreams.seconds_away(part)
    if seconds is not None:
        raise _no_answer(seconds)


def _target_of(request: Request | WebSocket) -> bytes:
    """Return the path and the query of a request, byte for byte."""
    path, query = request.scope["raw_path"], request.scope["query_string"]
    return path + (b"?" + query if query else b"")


def _for_whom(request: Request | WebSocket) -> list[tuple[bytes, bytes]]:
    """Return the header that tells a part which client asks, so that it can be fair.

    The server has already applied what the proxies that it trusts say about that.
    """
    return [(b"x-forwarded-for", request.client.host.encode())] if request.client else []


def _passed_on(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers that go on, without those of the connection and those it names."""
    named = {
        name.strip().lower()
        for key, value in headers
        if key.lower() == b"connection"
        for name in value.split(b",")
    }
    return [
        (name.lower(), value.strip(b" \t"))
        for name, value in headers
        if name.lower() not in _OF_THE_CONNECTION | named - _ALWAYS
    ]


async def _ready(request: Request, response: Response) -> status.Readiness:
    """Tell which parts are ready, as they say it themselves; 503 until all are."""
    found = await asyncio.gather(*(_is_ready(request, part) for part in UPSTREAMS))
    parts = {**dict(zip(UPSTREAMS, found, strict=True)), "page": True}
    response.status_code = 200 if all(found) else 503
    return status.Readiness(ready=all(found), parts=parts)


async def _is_ready(request: Request, part: str) -> bool:
    upstreams = upstreams_of(request)
    if upstreams.seconds_away(part) is not None:
        return False
    token = {key: request.headers[key] for key in ("authorization",) if key in request.headers}
    try:
        async with asyncio.timeout(READY_SECONDS):
            answer = await upstreams.client.get(f"{upstreams.urls[part]}/ready", headers=token)
    except (httpx.TransportError, TimeoutError):
        return False
    return answer.status_code == 200

"""One address for several services: the gateway passes requests on, and their answers back.

It knows the addresses of the parts and nothing of what they do, and holds neither a request
nor an answer in memory: both stream through.
"""

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import partial

import anyio
import httpx
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from starlette.responses import StreamingResponse
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from helpers.service import problems
from helpers.service.app import ALL, PARTS, create_app, empty_app
from helpers.service.routers import page, status
from helpers.service.settings import Settings

#: The parts that can be services of their own.
UPSTREAMS = ("uploads", "vision", "chat")
#: What belongs to one connection and not to what is said over it (RFC 9110, section 7.6.1),
#: what each server writes itself, and from which site a browser asks, which the gateway judges.
_OF_THE_CONNECTION = {
    *("connection", "keep-alive", "proxy-connection", "te", "trailer"),
    *("transfer-encoding", "upgrade", "host", "date", "server", "origin", "sec-fetch-site"),
    "x-forwarded-for",  # who may say this, uvicorn has judged
}


def create_gateway(settings: Settings | None = None) -> FastAPI:
    """Make the gateway: the addresses of every part, the page, and how all of them are.

    Parameters
    ----------
    settings : Settings, optional
        From the environment if omitted; `uploads_url` and its like say where the parts are,
        `upstream_seconds` how long they may take.

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
    app = empty_app(settings, _lifespan)
    app.openapi = create_app(ALL, settings).openapi  # a client cannot tell them apart
    app.state.upstreams = {part: getattr(settings, f"{part}_url") for part in UPSTREAMS}
    app.add_api_route("/ready", _ready)  # before the one that only knows this process
    for part, address in app.state.upstreams.items():
        for router in PARTS[part]:
            for route in router.routes:
                if isinstance(route, WebSocketRoute):
                    pass_on = partial(_pass_socket_on, address)
                    app.router.add_websocket_route(route.path, pass_on)
                else:
                    app.add_route(route.path, partial(_pass_on, address), list(route.methods))
    app.include_router(page.router)
    app.include_router(status.router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI):
    # A connection is given up before the part behind it closes it, after 5 seconds.
    limits = httpx.Limits(max_connections=None, keepalive_expiry=2)
    seconds = app.state.settings.upstream_seconds
    transport = httpx.AsyncHTTPTransport(limits=limits)  # no proxy from the environment
    async with httpx.AsyncClient(transport=transport, timeout=seconds) as client:
        app.state.client = client
        yield


async def _pass_on(address: str, request: Request) -> Response:
    """Pass a request on to the part at `address`, and its answer back, piece by piece."""
    client = request.app.state.client
    has_body = {"content-length", "transfer-encoding"} & set(request.headers.keys())
    asked = httpx.Request(
        request.method,
        _address_of(request, address),
        headers=[*_passed_on(request.headers.raw), *_for_whom(request)],
        content=request.stream() if has_body else None,
    )
    try:
        answer = await client.send(asked, stream=True)
    except httpx.TimeoutException:
        raise _too_slow() from None
    except httpx.TransportError:
        raise _no_answer() from None
    passed_back = StreamingResponse(_pieces_of(answer), answer.status_code)
    passed_back.raw_headers = _passed_on(answer.headers.raw)
    return passed_back


async def _pieces_of(answer: httpx.Response):
    """Give an answer's body as it comes; let go of the part when the client has gone."""
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:
        await answer.aclose()


async def _pass_socket_on(address: str, socket: WebSocket):
    """Pass a WebSocket on to the part at `address`: its messages and its end, both ways."""
    try:
        part = await _connect(address, socket)
    except InvalidStatus as error:
        refusal = Response(bytes(error.response.body or b""), error.response.status_code)
        headers = error.response.headers.raw_items()
        refusal.raw_headers = _passed_on((k.encode(), v.encode("latin-1")) for k, v in headers)
        return await socket.send_denial_response(refusal)
    except TimeoutError:
        raise _too_slow() from None
    except (OSError, EOFError, InvalidHandshake):
        raise _no_answer() from None
    async with part, anyio.create_task_group() as both:
        await socket.accept(part.subprotocol)
        both.start_soon(_to_part, socket, part, both.cancel_scope)
        both.start_soon(_to_client, socket, part, both.cancel_scope)


async def _connect(address: str, socket: WebSocket) -> ClientConnection:
    settings = socket.app.state.settings
    return await connect(
        str(_address_of(socket, address.replace("http", "ws", 1))),
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
    )


async def _to_part(socket: WebSocket, part: ClientConnection, both: anyio.CancelScope):
    """Pass messages on until the client leaves; then leave as it did."""
    with suppress(ConnectionClosed):
        while (message := await socket.receive())["type"] == "websocket.receive":
            text = message.get("text")
            await part.send(message["bytes"] if text is None else text)
        # 1005 and 1006 are never said: they note that nothing was.
        code = message["code"] if message["code"] not in (1005, 1006) else 1001
        await part.close(code, message.get("reason") or "")
        both.cancel()


async def _to_client(socket: WebSocket, part: ClientConnection, both: anyio.CancelScope):
    """Pass messages back until the part ends; then end as it did, or with 1014 if it broke down."""
    with suppress(WebSocketDisconnect):
        try:
            while True:
                said = await part.recv()
                await (socket.send_text if isinstance(said, str) else socket.send_bytes)(said)
        except ConnectionClosed:
            code = {None: 1014, 1005: 1000, 1006: 1014}.get(part.close_code, part.close_code)
            await socket.close(code, part.close_reason)
            both.cancel()


def _too_slow() -> problems.Problem:
    return problems.Problem(
        504,
        en="A service behind this one takes too long: try again later.",
        ko="뒤에 있는 서비스의 응답이 너무 늦습니다. 나중에 다시 시도하십시오.",
    )


def _no_answer() -> problems.Problem:
    return problems.Problem(
        502,
        en="A service behind this one does not answer: try again in a moment.",
        ko="뒤에 있는 서비스가 응답하지 않습니다. 잠시 뒤에 다시 시도하십시오.",
        headers={"Retry-After": "1"},
    )


def _address_of(request: Request | WebSocket, address: str) -> httpx.URL:
    """Return where a request goes to: its own path and query, byte for byte."""
    path, query = request.scope["raw_path"], request.scope["query_string"]
    return httpx.URL(address).copy_with(raw_path=path + (b"?" + query if query else b""))


def _passed_on(headers):
    return [
        (name.lower(), value)
        for name, value in headers
        if name.lower().decode("latin-1") not in _OF_THE_CONNECTION
    ]


def _for_whom(request: Request | WebSocket):
    """Say to the part who asks: no client may take all of its places."""
    return [(b"x-forwarded-for", request.client.host.encode())] if request.client else []


async def _ready(request: Request, response: Response) -> status.Readiness:
    """Tell which parts are ready, as they say it themselves; 503 until all are."""
    upstreams = request.app.state.upstreams
    found = await asyncio.gather(*(_is_ready(request, at) for at in upstreams.values()))
    parts = {**dict(zip(upstreams, found, strict=True)), "page": True}
    response.status_code = 200 if all(found) else 503
    return status.Readiness(ready=all(found), parts=parts)


async def _is_ready(request: Request, address: str) -> bool:
    token = {key: request.headers[key] for key in ("authorization",) if key in request.headers}
    try:
        answer = await request.app.state.client.get(f"{address}/ready", headers=token)
    except httpx.TransportError:
        return False
    return answer.status_code == 200

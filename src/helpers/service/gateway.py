"""One address for several services: the gateway passes requests on, and their answers back.

It knows the addresses of the parts and nothing of what they do, and holds neither a request
nor an answer in memory: both stream through.
"""

import asyncio
from contextlib import asynccontextmanager
from functools import partial

import httpx
from fastapi import FastAPI, Request, Response
from starlette.responses import StreamingResponse

from helpers.service import problems
from helpers.service.app import ALL, PARTS, create_app, empty_app
from helpers.service.routers import page, status
from helpers.service.settings import Settings

#: What belongs to one connection and not to what is said over it (RFC 9110, section 7.6.1),
#: and what each server writes itself.
_OF_THE_CONNECTION = {
    *("connection", "keep-alive", "proxy-connection", "te", "trailer"),
    *("transfer-encoding", "upgrade", "host", "date", "server"),
}


def create_gateway(settings: Settings | None = None) -> FastAPI:
    """Make the gateway: the addresses of every part, the page, and how all of them are.

    Parameters
    ----------
    settings : Settings, optional
        From the environment if omitted; `uploads_url` and `vision_url` say where the parts
        are, `upstream_seconds` how long they may take.

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
    app.state.upstreams = {"uploads": settings.uploads_url, "vision": settings.vision_url}
    app.add_api_route("/ready", _ready)  # before the one that only knows this process
    for part, address in app.state.upstreams.items():
        for router in PARTS[part]:
            for route in router.routes:
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
        headers=_passed_on(request.headers.raw),
        content=request.stream() if has_body else None,
    )
    try:
        answer = await client.send(asked, stream=True)
    except httpx.TimeoutException:
        raise problems.Problem(
            504,
            en="A service behind this one takes too long: try again later.",
            ko="뒤에 있는 서비스의 응답이 너무 늦습니다. 나중에 다시 시도하십시오.",
        ) from None
    except httpx.TransportError:
        raise problems.Problem(
            502,
            en="A service behind this one does not answer: try again in a moment.",
            ko="뒤에 있는 서비스가 응답하지 않습니다. 잠시 뒤에 다시 시도하십시오.",
            headers={"Retry-After": "1"},
        ) from None
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


def _address_of(request: Request, address: str) -> httpx.URL:
    """Return where a request goes to: its own path and query, byte for byte."""
    path, query = request.scope["raw_path"], request.scope["query_string"]
    return httpx.URL(address).copy_with(raw_path=path + (b"?" + query if query else b""))


def _passed_on(headers):
    return [
        (name.lower(), value)
        for name, value in headers
        if name.lower().decode("latin-1") not in _OF_THE_CONNECTION
    ]


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

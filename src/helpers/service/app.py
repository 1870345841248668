"""The service as an ASGI app, of all its parts or of some."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial

import anyio
import cv2
from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware

from helpers.data import DataError, load_mnist
from helpers.service.chat import router as chat
from helpers.service.chat.sessions import ChatSessions
from helpers.service.deploy.watchdog import ending_if_stuck
from helpers.service.digits import reader
from helpers.service.digits import router as digits
from helpers.service.digits.batcher import Batcher
from helpers.service.faces import router as faces
from helpers.service.faces.mosaic import MosaicJob
from helpers.service.http import problems
from helpers.service.http.auth import TokenMiddleware
from helpers.service.http.body_limits import BodyLimitMiddleware
from helpers.service.http.client import ClientMiddleware
from helpers.service.http.cross_site import CrossSiteMiddleware
from helpers.service.http.head import HeadMiddleware
from helpers.service.http.headers import SecurityHeadersMiddleware
from helpers.service.http.locale import LocaleMiddleware
from helpers.service.http.metrics import Metrics, MetricsMiddleware, follow
from helpers.service.http.tracing import TracingMiddleware
from helpers.service.http.websocket_limits import MAX_MESSAGE, WebSocketLimitMiddleware
from helpers.service.page import router as page
from helpers.service.samples import router as samples
from helpers.service.settings import Settings
from helpers.service.state import State
from helpers.service.status import router as status
from helpers.service.uploads import router as uploads
from helpers.service.uploads.storage import Store
from helpers.service.workers import Workers
from helpers.vision.digits import shipped_reader
from helpers.vision.hands.inference import hands_reader

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
#: The routers of each part.
PARTS: dict[str, list[APIRouter]] = {
    "uploads": [uploads.router],
    "vision": [digits.router, samples.router, faces.router],
    "chat": [chat.router],
    "page": [page.router],
}
ALL = tuple(PARTS)
#: The parts that read or write uploads.
USES_STORE = {"uploads", "vision"}


def create_app(parts: Iterable[str] = ALL, settings: Settings | None = None) -> FastAPI:
    """Make the service.

    Parameters
    ----------
    parts : iterable of str
        Names from `PARTS`.
    settings : Settings, optional
        From the environment if omitted.

    Returns
    -------
    FastAPI

    Examples
    --------
    >>> sorted(create_app(["uploads"]).openapi()["paths"])
    ['/health', '/metrics', '/ready', '/upload', '/uploads', '/uploads/{id}']
    """
    parts = list(parts)
    app = empty_app(settings or Settings(), partial(_lifespan, parts))
    routers = [*(router for part in parts for router in PARTS[part]), status.router]
    # Addresses are tried one after another: what must be quickest comes first.
    for router in sorted(routers, key=lambda router: router is not digits.router):
        app.include_router(router)
    return app


def empty_app(settings: Settings, lifespan: Lifespan) -> FastAPI:
    """Make an app without routes: its middleware, its metrics and its problems."""
    metrics = Metrics()

    @asynccontextmanager
    async def watched_lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with ending_if_stuck(settings.stuck_seconds), lifespan(app):
            yield

    app = FastAPI(
        title="Annyeong, Deep Learning",
        description="Read digits, hide faces, keep pictures, chat in Korean.",
        version="1",
        lifespan=watched_lifespan,
        middleware=_middleware(settings, metrics),
        responses=problems.declare(401 if settings.token else 403, 500),
        docs_url=None,
        redoc_url=None,
        # /metrics tells; nothing is sent to anybody, whatever the environment says.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    problems.install(app)
    app.state.settings, app.state.metrics = settings, metrics
    return app


def _middleware(settings: Settings, metrics: Metrics) -> list[Middleware]:
    """Return the layers around the routes, the outermost first."""
    guard: Middleware
    guard = Middleware(CrossSiteMiddleware, hosts=[settings.host, *settings.hosts.split(",")])
    if settings.token:  # which no other site knows
        guard = Middleware(TokenMiddleware, token=settings.token.get_secret_value())
    return [
        Middleware(HeadMiddleware),
        Middleware(MetricsMiddleware, metrics=metrics),
        Middleware(ClientMiddleware),
        Middleware(LocaleMiddleware),
        Middleware(SecurityHeadersMiddleware),
        Middleware(TracingMiddleware, metrics=metrics, writes_all=settings.log_requests),
        Middleware(
            BodyLimitMiddleware,
            max_bytes=settings.max_body_bytes,
            seconds=settings.body_seconds,
            max_held_bytes=settings.max_held_bytes,
        ),
        Middleware(
            WebSocketLimitMiddleware,
            max_bytes=min(MAX_MESSAGE, settings.max_body_bytes),
            seconds=settings.idle_seconds,
        ),
        guard,
    ]


@asynccontextmanager
async def _lifespan(parts: Collection[str], app: FastAPI) -> AsyncIterator[None]:
    cv2.setNumThreads(1)  # the workers are the threads
    state = app.state.service = _make_state(parts, app.state.settings, app.state.metrics)
    async with anyio.create_task_group() as group:
        if "chat" in parts:  # takes longest: the rest does not wait for it
            group.start_soon(_load_chat, state)
        if "vision" in parts:
            await anyio.to_thread.run_sync(_load_vision)
        yield
        group.cancel_scope.cancel()


def _make_state(parts: Collection[str], settings: Settings, metrics: Metrics) -> State:
    store = Store(
        settings.folder, settings.max_files, settings.max_age_seconds, settings.max_total_bytes
    )
    workers, quick = (Workers(settings.workers, settings.max_waiting) for _ in range(2))
    if USES_STORE & set(parts):
        follow(metrics.uploads, store.__len__)
    metrics.follow_workers(workers, quick)
    return State(
        settings=settings,
        parts={part: part != "chat" for part in parts},
        store=store,
        workers=workers,
        quick=quick,
        mosaics=MosaicJob(workers, store, settings.max_pixels),
        read_small=Batcher(metrics.counting_batches(reader.read_small)),
        chat=ChatSessions(quick),
    )


def _load_vision() -> None:
    shipped_reader()
    hands_reader()
    with suppress(DataError):  # a package without its checkout: /mnist-sample says so
        load_mnist()


async def _load_chat(state: State) -> None:
    state.parts["chat"] = await state.chat.load(state.settings.chat_engine)

"""Metrics for Prometheus: requests and their duration, work that waits, refusals, failures."""

import math
from collections.abc import Callable
from functools import cache, wraps
from time import perf_counter
from typing import Annotated

from fastapi import Depends
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.service.workers import Workers

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)
_BATCHES = (1, 2, 4, 8, 16, 32)


class Metrics:
    """The metrics of one app, in a registry of their own."""

    def __init__(self):
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        kinds = ["route", "method"]
        self.requests = Counter(
            "annyeong_requests", "Requests answered.", [*kinds, "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "annyeong_request_seconds",
            "From a request's first line to its answer's last byte.",
            kinds,
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.num_in_progress = self.num_sockets = 0
        in_progress = self._gauge("annyeong_requests_in_progress", "Requests being answered.")
        in_progress.set_function(lambda: self.num_in_progress)
        sockets = self._gauge("annyeong_websockets", "Open WebSockets.")
        sockets.set_function(lambda: self.num_sockets)
        self._children = cache(
            lambda *labels: (self.requests.labels(*labels), self.seconds.labels(*labels[:2]))
        )
        self.refusals = self._counter(
            "annyeong_refusals", "Requests refused, by reason.", ["reason"]
        )
        self.failures = self._counter(
            "annyeong_failures", "Errors nobody expected; the log has the traceback.", ["error"]
        )
        self.restarts = self._counter(
            "annyeong_restarts", "Parts that died and were started again.", ["part"]
        )
        self.working = self._gauge("annyeong_workers_working", "Work being done.")
        self.waiting = self._gauge("annyeong_workers_waiting", "Work waiting for a worker.")
        self.places = self._gauge(
            "annyeong_workers_places", "The most that may be done or wait at once."
        )
        self.batches = Histogram(
            "annyeong_batch_size",
            "Small digits read in one go.",
            buckets=_BATCHES,
            registry=self.registry,
        )
        self.uploads = self._gauge("annyeong_uploads", "Uploads kept.")

    def _gauge(self, name, text):
        return Gauge(name, text, registry=self.registry)

    def _counter(self, name, text, labels):
        return Counter(name, text, labels, registry=self.registry)

    def note(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        counter, histogram = self._children(route, method, status)
        counter.inc()
        histogram.observe(seconds)

    def follow_workers(self, *pools: Workers) -> None:
        """Report from now on how much pools of workers work on, and how much waits for them."""
        follow(self.working, lambda: sum(pool.num_working for pool in pools))
        follow(self.waiting, lambda: sum(pool.num_waiting for pool in pools))
        self.places.set(sum(pool.num_places for pool in pools))

    def counting_batches(self, function: Callable[[list], list]) -> Callable[[list], list]:
        """Return the same function of a list, which now counts how long each list is."""

        @wraps(function)
        def counted(items):
            self.batches.observe(len(items))
            return function(items)

        return counted


async def _metrics(connection: HTTPConnection) -> Metrics:
    return connection.app.state.metrics


#: The parameter of a route that needs the metrics of its app.
AppMetrics = Annotated[Metrics, Depends(_metrics)]


def follow(gauge: Gauge, function: Callable[[], float]) -> None:
    """Have a gauge call a function each time; a failure is NaN and affects no other metric."""

    def ask():
        try:
            return function()
        except Exception:
            return math.nan

    gauge.set_function(ask)


class MetricsMiddleware:
    """ASGI middleware: count and time every request."""

    def __init__(self, app: ASGIApp, metrics: Metrics):
        self.app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and measure it."""
        if scope["type"] == "websocket":
            return await self._measure_socket(scope, receive, send)
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        status, start = 500, perf_counter()

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._metrics.num_in_progress += 1
        try:
            await self.app(scope, receive, send_and_note)
        finally:
            self._metrics.num_in_progress -= 1
            # What a client makes up, an address or a method, must not make new time series.
            route = getattr(scope.get("route"), "path", "other")
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self._metrics.note(route, method, status, perf_counter() - start)

    async def _measure_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._metrics.num_sockets += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._metrics.num_sockets -= 1

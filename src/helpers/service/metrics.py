"""What Prometheus reads: requests by route, method and status, how long they took, uploads."""

from functools import cache
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)


class Metrics:
    """The numbers of one app, in a registry of its own."""

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
        self.num_in_progress = 0
        Gauge(
            "annyeong_requests_in_progress", "Requests being answered.", registry=self.registry
        ).set_function(lambda: self.num_in_progress)
        self._children = cache(
            lambda *labels: (self.requests.labels(*labels), self.seconds.labels(*labels[:2]))
        )
        self.uploads = Gauge("annyeong_uploads", "Uploads kept.", registry=self.registry)
        self.restarts = Counter(
            "annyeong_restarts", "Parts started again.", ["part"], registry=self.registry
        )

    def note(self, route: str, method: str, status: int, seconds: float):
        """Count a request that was answered."""
        counter, histogram = self._children(route, method, status)
        counter.inc()
        histogram.observe(seconds)


class Measure:
    """ASGI middleware: count and time every request."""

    def __init__(self, app: ASGIApp, metrics: Metrics):
        self.app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send):
        """Pass the request on and measure it."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        status, start = 500, perf_counter()

        async def send_and_note(message: Message):
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

"""HTTP as uvicorn speaks it, with limits on what no ASGI app gets to see.

An app is called once all headers of a request have arrived, and what it has sent is out of its
hands: a client that sends endless headers, opens one connection after another, or never reads a
response must be stopped here.
"""

from asyncio import TimerHandle
from functools import cache, partial
from secrets import token_hex
from typing import Any

from fastapi import FastAPI
from uvicorn import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from helpers.reader import speaking
from helpers.service.http.body_limits import IS_WHOLE
from helpers.service.http.headers import HEADERS
from helpers.service.http.locale import preferred
from helpers.service.http.metrics import Metrics
from helpers.service.http.problems import Problem, answer
from helpers.service.http.tracing import HEADER
from helpers.service.http.websocket_limits import MAX_MESSAGE
from helpers.service.logs import request_id
from helpers.service.settings import Settings

#: A browser sends about twenty.
MAX_HEADERS = 100
#: How many requests may be sent before the first is answered.
MAX_PIPELINED = 32
#: How much, in seconds and bytes, a refused client may still send before it is cut off.
DRAIN_SECONDS, DRAIN_BYTES = 1, 10_000_000
#: A response that takes longer to read, in seconds, may be cut off when memory runs out.
SLOW_SECONDS = 1
#: How long, in seconds, a shutdown waits for requests that have begun.
GRACE_SECONDS = 8


def config_of(app: FastAPI, settings: Settings) -> Config:
    """Return how uvicorn serves an app within the limits of its settings."""
    return Config(
        app,
        host=settings.host,
        port=settings.port,
        # uvicorn calls it as it would call the class.
        http=partial(LimitedProtocol, settings=settings, metrics=app.state.metrics),  # type: ignore[arg-type]
        ws_max_size=min(MAX_MESSAGE, settings.max_body_bytes),
        ws_per_message_deflate=False,  # what is said here is short, and a window takes 300 kB
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
        access_log=False,  # `helpers.service.http.tracing` has its own, for those who want it
        log_config=None,
    )


class LimitedProtocol(HttpToolsProtocol):
    """One connection.

    Parameters
    ----------
    settings : Settings
        `max_connections`, `max_connections_of_one`, `max_header_bytes`, `header_seconds`,
        `read_seconds` and `max_held_bytes` apply.
    metrics : Metrics
        What the app counts; refusals that it does not get to see are counted there too.
    **kwargs
        What uvicorn gives each protocol.
    """

    connections: Any  # of uvicorn: those of this class, and WebSockets

    def __init__(self, *, settings: Settings, metrics: Metrics, **kwargs: Any):
        super().__init__(**kwargs)
        self._settings, self._metrics = settings, metrics
        self._is_refused, self._drained = False, 0
        #: What has come of a request before its body; and, unseen, of a line that has no end yet.
        self._head_bytes = self._line_bytes = 0
        self._has_progress = self._is_in_head = False
        #: When the headers must be there; when the client must have read something.
        self._header_deadline: TimerHandle | None = None
        self._read_deadline: TimerHandle | None = None
        #: Since when the client leaves an answer unread, and the request that waits for it.
        self.slow_since: float | None = None
        self._postponed: tuple | None = None

    # Connections

    def connection_made(self, transport: Any) -> None:
        """Take a connection if there is room for it, in all and for this address."""
        super().connection_made(transport)
        if self._is_one_too_many():
            # Cheap, as there may be thousands: not even the request is waited for.
            self._is_refused = True
            self.connections.discard(self)
            self._say(
                "too-many-connections",
                en="Too many connections are open: close some, or try again in a second.",
                ko="열린 연결이 너무 많습니다. 연결을 닫거나 잠시 뒤에 다시 시도해 주세요.",
                headers={"Retry-After": "1"},
            )
            transport.close()
        else:
            self._expect_headers()

    def _is_one_too_many(self) -> bool:
        if len(self.connections) > self._settings.max_connections:
            return True
        host = self.client and self.client[0]
        if host in _trusted(self._settings.trusted_proxies):
            return False
        num_of_one = sum(bool(one.client) and one.client[0] == host for one in self.connections)
        return num_of_one > self._settings.max_connections_of_one

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what this connection waited for."""
        for timer in (self._header_deadline, self._read_deadline):
            if timer:
                timer.cancel()
        super().connection_lost(exc)

    # Headers

    def data_received(self, data: bytes) -> None:
        """Parse what has come; refuse a head that is too large, or that takes too long."""
        if self._is_refused:
            self._drained += len(data)
            if self._drained > DRAIN_BYTES:
                self.transport.abort()
            return
        self._has_progress = False
        super().data_received(data)
        # The parser keeps a line until it ends, and says nothing of it until then.
        self._line_bytes = 0 if self._has_progress else self._line_bytes + len(data)
        if self._is_refused:
            return
        if self._head_bytes + self._line_bytes > self._settings.max_header_bytes:
            self._refuse_head()
        elif self._is_idle():
            self._expect_headers()

    def on_message_begin(self) -> None:
        """Begin a request."""
        if len(self.pipeline) >= MAX_PIPELINED:
            raise ValueError("too many requests ahead of their answers")
        super().on_message_begin()
        self._head_bytes, self._is_in_head = 0, True

    def on_url(self, url: bytes) -> None:
        """Take a piece of the address."""
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, without the blanks around its value (RFC 9110, section 5.5)."""
        super().on_header(name, value.strip(b" \t"))
        self._count(len(name) + len(value))

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._is_in_head = False
        if self._header_deadline:
            self._header_deadline.cancel()
            self._header_deadline = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._has_progress = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note for the app that the whole request is there: no part of it can be late."""
        self.scope[IS_WHOLE] = True  # type: ignore[literal-required]  # a key of our own
        super().on_message_complete()

    def _count(self, num_bytes: int) -> None:
        self._has_progress = True
        self._head_bytes += num_bytes
        if self._is_head_too_large():
            raise ValueError("too many headers")

    def _is_head_too_large(self) -> bool:
        is_long = self._head_bytes > self._settings.max_header_bytes
        return is_long or len(self.headers or []) > MAX_HEADERS

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _expect_headers(self) -> None:
        is_ours = self.transport.get_protocol() is self  # and no WebSocket's by now
        if is_ours and self._header_deadline is None and not self.transport.is_closing():
            self._header_deadline = self.loop.call_later(
                self._settings.header_seconds, self._miss_headers
            )

    def _miss_headers(self) -> None:
        self._header_deadline = None
        if not self._is_idle():  # it sends the next request slowly while it waits for this answer
            self._expect_headers()
        elif self._is_in_head:
            seconds = f"{self._settings.header_seconds:g}"
            self._refuse(
                "headers-too-slow",
                en=f"The headers took over {seconds} seconds to arrive: send the request again.",
                ko=f"헤더가 {seconds}초 안에 도착하지 않았습니다. 다시 보내세요.",
            )
        else:
            self.transport.close()  # it has asked for nothing

    # Answers that are not read

    def pause_writing(self) -> None:
        """Note that the client reads more slowly than it is answered."""
        super().pause_writing()
        self.slow_since = self.loop.time()
        self._expect_reading()
        self.loop.call_later(SLOW_SECONDS, self._make_room)

    def resume_writing(self) -> None:
        """Note that the client has caught up; begin with its next request."""
        super().resume_writing()
        self.slow_since = None
        if self._read_deadline:
            self._read_deadline.cancel()
            self._read_deadline = None
        if self._postponed:
            request, self._postponed = self._postponed, None
            super()._start_asgi_task(*request)

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        if self.flow.write_paused:  # one answer that is not read is enough to hold
            self._postponed = cycle, app
        else:
            super()._start_asgi_task(cycle, app)

    def _expect_reading(self) -> None:
        unread = self.transport.get_write_buffer_size()
        seconds = self._settings.read_seconds
        self._read_deadline = self.loop.call_later(seconds, self._look_at_reading, unread)

    def _look_at_reading(self, unread: int) -> None:
        """Give the client up if it has read nothing since the last look."""
        if self.transport.get_write_buffer_size() < unread:
            self._expect_reading()
        else:
            self.transport.abort()

    def _make_room(self) -> None:
        """Cut off the slowest clients until the responses of the rest may be held."""
        if self.slow_since is None:
            return
        slow = [one for one in self.connections if getattr(one, "slow_since", None)]
        slow.sort(key=lambda one: one.slow_since)
        held = sum(one.transport.get_write_buffer_size() for one in slow)
        latest = self.loop.time() - SLOW_SECONDS
        for one in slow[:-1]:
            if held <= self._settings.max_held_bytes or one.slow_since > latest:
                break
            held -= one.transport.get_write_buffer_size()
            one.transport.abort()

    # Refusals

    def send_400_response(self, msg: str) -> None:
        """Answer what the parser rejects, or what was raised in it."""
        if self._is_head_too_large():
            self._refuse_head()
        else:
            self._refuse(
                "bad-http",
                en="This is no HTTP request.",
                ko="HTTP 요청이 아닙니다.",
            )

    def _refuse_head(self) -> None:
        most = f"{self._settings.max_header_bytes:,}"
        self._refuse(
            "headers-too-large",
            en=f"The headers are too large: {most} bytes, in {MAX_HEADERS} headers, are the most.",
            ko=f"헤더가 너무 큽니다. 최대 {MAX_HEADERS}개, {most}바이트입니다.",
        )

    def _refuse(self, name: str, *, en: str, ko: str) -> None:
        """Answer from here, and end the connection once the client has had time to read it."""
        self._is_refused = True
        if not self._is_idle():  # a second answer would be taken for a part of the first
            return self.transport.abort()
        self._say(name, en=en, ko=ko)
        self.loop.call_later(DRAIN_SECONDS, self.transport.close)

    def _say(self, name: str, **sentence: Any) -> None:
        accepted = dict(self.headers or []).get(b"accept-language", b"").decode("latin-1")
        with speaking(preferred(accepted)):
            problem = Problem(name, **sentence)
        if problem.reason:
            self._metrics.refusals.labels(problem.reason).inc()
        before = request_id.set(token_hex(8))
        said = answer(problem)
        id = (HEADER, request_id.get().encode())
        request_id.reset(before)
        headers = [*self.server_state.default_headers, *said.raw_headers, *HEADERS, id]
        lines = [STATUS_LINE[problem.status_code], b"connection: close\r\n"]
        lines += [name + b": " + value + b"\r\n" for name, value in headers]
        self.transport.write(b"".join([*lines, b"\r\n", said.body]))


@cache
def _trusted(proxies: str) -> Any:
    # Of it only the reading of addresses and networks is used.
    return ProxyHeadersMiddleware(None, proxies).trusted_hosts  # type: ignore[arg-type]

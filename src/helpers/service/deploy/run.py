"""What ``annyeong serve`` does: one process for everything, for one part, or for each part."""

import errno
import signal
import socket
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

import uvicorn
from fastapi import FastAPI

from helpers.data import DataError, check_file
from helpers.paths import MODELS
from helpers.reader import say
from helpers.service import logs
from helpers.service.app import ALL, PARTS, USES_STORE, create_app
from helpers.service.deploy.supervisor import Supervisor
from helpers.service.http.protocol import config_of
from helpers.service.settings import Settings
from helpers.service.uploads.storage import prepare
from helpers.vision.digits import shipped_reader
from helpers.vision.hands.inference import hands_reader

#: After how many seconds without an answer a part ends, to be started again.
STUCK_SECONDS = 60
#: How many ports are tried where the usual one is taken.
PORTS_TRIED = 50


def serve(settings: Settings, parts: Iterable[str] = ALL) -> int:
    """Serve some parts in this process until Ctrl-C; return the exit code.

    Parameters
    ----------
    settings : Settings
    parts : iterable of str
        Names from `helpers.service.app.PARTS`; or ``["gateway"]``.

    Raises
    ------
    ValueError
        If there is no such part, if the address cannot be listened on, or if the folder of the
        uploads cannot be used.
    DataError
        If the network that reads digits is missing or damaged.
    """
    parts = list(parts)
    if set(parts) == set(ALL):
        settings = at_a_free_port(settings)
    logs.configure(settings.log_level, settings.log_format, _name_of(parts))
    app = _app_of(parts, settings)
    _hold_address(settings).close()
    return _run(app, settings)


def _name_of(parts: list[str]) -> str:
    return "" if set(parts) == set(ALL) else "+".join(parts)


def _app_of(parts: list[str], settings: Settings) -> FastAPI:
    if parts == ["gateway"]:
        # Here, since no part needs the gateway's client.
        from helpers.service.deploy.gateway import create_gateway

        return create_gateway(settings)
    if not set(parts) <= set(PARTS):
        raise ValueError(
            say(
                en=f"The parts are {', '.join(PARTS)}, together or alone, and gateway, alone.",
                ko=f"{', '.join(PARTS)}는 함께나 따로, gateway는 따로만 서비스할 수 있습니다.",
            )
        )
    _prepare(settings, parts)
    return create_app(parts, settings)


def _prepare(settings: Settings, parts: Iterable[str]) -> None:
    """See that what some parts need is there, before anything is served."""
    if USES_STORE & set(parts):
        prepare(settings.folder)
    if "vision" in parts:
        shipped_reader()
        hands_reader()


def _check_reader() -> None:
    """See that the networks that read digits are not damaged.

    Their checksums tell so without loading them. A network that is not the recorded one is loaded:
    either it works all the same, or it says what is wrong.
    """
    for name, load in {"digits.onnx": shipped_reader, "hands.onnx": hands_reader}.items():
        try:
            check_file(MODELS / name)
        except DataError:
            load()


def serve_microservices(settings: Settings) -> int:
    """Serve each part in a process of its own, behind a gateway in this one.

    The parts listen on free ports of this machine alone and share the folder of the uploads.
    One that dies is started again. They end with this process, however it ends.

    Raises
    ------
    ValueError
        If the address cannot be listened on, or the folder of the uploads cannot be used.
    DataError
        If the network that reads digits is missing or damaged.
    """
    from helpers.service.deploy.gateway import UPSTREAMS, create_gateway

    settings = at_a_free_port(settings)
    logs.configure(settings.log_level, settings.log_format, "gateway")
    prepare(settings.folder)
    _check_reader()  # this process does not need it: the part for pictures loads it
    own = settings.model_copy(
        update={
            "host": "127.0.0.1",
            "port": 0,
            "trusted_proxies": "127.0.0.1",  # the gateway
            "stuck_seconds": settings.stuck_seconds or STUCK_SECONDS,
        }
    )
    with _hold_address(settings):  # so that no part takes its port
        supervisor = Supervisor(UPSTREAMS, partial(_serve_part, own))
    # uvicorn raises the signal that stopped it once more when it has shut down; the parts still
    # have to be stopped then.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    with supervisor:
        addresses = {f"{part}_url": address for part, address in supervisor.addresses.items()}
        gateway = create_gateway(settings.model_copy(update=addresses), supervisor.seconds_away)
        restarts = gateway.state.metrics.restarts
        supervisor.on_restart = lambda part: restarts.labels(part).inc()
        return _run(gateway, settings)


def _serve_part(settings: Settings, part: str, listening: socket.socket, tell_up: Callable) -> None:
    logs.configure(settings.log_level, settings.log_format, part)
    try:
        app = _app_of([part], settings)
    except (ValueError, DataError) as error:  # said when all began, and now is so again
        sys.exit(str(error))
    _run(app, settings, [listening], tell_up)


class _Server(uvicorn.Server):
    """A server that tells when it accepts requests."""

    def __init__(self, config: uvicorn.Config, tell_up: Callable):
        super().__init__(config)
        self._tell_up = tell_up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._tell_up()


def _run(
    app: FastAPI,
    settings: Settings,
    sockets: list[socket.socket] | None = None,
    tell_up: Callable[[], object] = lambda: None,
) -> int:
    server = _Server(config_of(app, settings), tell_up)
    with suppress(KeyboardInterrupt):  # raised again after a clean shutdown
        server.run(sockets)
    return 0 if server.started else 1


def at_a_free_port(settings: Settings) -> Settings:
    """Return the settings with the next free port if the usual one is taken, and say so.

    A port that was asked for is kept: others look for the service there.
    """
    if "port" in settings.model_fields_set or not _is_taken(settings.host, settings.port):
        return settings
    following = range(settings.port + 1, settings.port + PORTS_TRIED)
    free = next((port for port in following if not _is_taken(settings.host, port)), None)
    if free is None:
        return settings
    address = f"http://{settings.host}:{free}"
    told = say(
        en=f"Port {settings.port} is taken; the service is at {address}.",
        ko=f"{settings.port}번 포트는 이미 쓰고 있어서 {address}에서 서비스합니다.",
    )
    print(told, file=sys.stderr, flush=True)
    return settings.model_copy(update={"port": free})


def _is_taken(host: str, port: int) -> bool:
    """Return whether somebody listens there; whatever else is wrong is told when we listen."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address, family=family).close()
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False


def _hold_address(settings: Settings) -> socket.socket:
    """Listen on the address; refuse one where that is impossible, before anything is loaded."""
    host, port = settings.host, settings.port
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address, family=family)
    except OSError as error:
        # Python adds the address in brackets, which is said already.
        why = (error.strerror or str(error)).partition(" (")[0]
        raise ValueError(
            say(
                en=f"Cannot listen on {host}:{port} ({why}): choose another address with --host "
                "and --port.",
                ko=f"{host}:{port}에서 요청을 받을 수 없습니다({why}). --host와 --port로 다른 "
                "주소를 고르세요.",
            )
        ) from None

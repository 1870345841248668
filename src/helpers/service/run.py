"""What ``annyeong serve`` does: one process for everything, for one part, or for each part."""

import multiprocessing
import os
import socket
import threading
from collections.abc import Iterable
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from helpers.reader import say
from helpers.service.app import ALL, PARTS, create_app
from helpers.service.gateway import UPSTREAMS, create_gateway
from helpers.service.protocol import config_of
from helpers.service.settings import Settings

STOP_SECONDS = 10


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
        If there is no such part.
    """
    app = _app_of(list(parts), settings)
    server = uvicorn.Server(config_of(app, settings))
    with suppress(KeyboardInterrupt):  # which it raises again when it has ended in good order
        server.run()
    return 0 if server.started else 1


def _app_of(parts: list[str], settings: Settings) -> FastAPI:
    if parts == ["gateway"]:
        return create_gateway(settings)
    if not set(parts) <= set(PARTS):
        raise ValueError(
            say(
                en=f"The parts are {', '.join(PARTS)}, together or alone, and gateway, alone.",
                ko=f"{', '.join(PARTS)}는 함께나 따로, gateway는 따로만 서비스할 수 있습니다.",
            )
        )
    return create_app(parts, settings)


def serve_microservices(settings: Settings) -> int:
    """Serve each part in a process of its own, behind a gateway in this one.

    The parts listen on free ports of this machine alone and share the folder of the uploads.
    They end with this process, however it ends.
    """
    spawn = multiprocessing.get_context("spawn")
    ports = {part: _free_port() for part in UPSTREAMS}
    processes = []
    for part, port in ports.items():
        own = settings.model_copy(update={"host": "127.0.0.1", "port": port})
        processes.append(spawn.Process(target=_serve_part, args=(own, part), name=part))
    for process in processes:
        process.start()
    addresses = {f"{part}_url": f"http://127.0.0.1:{port}" for part, port in ports.items()}
    try:
        return serve(settings.model_copy(update=addresses), ["gateway"])
    finally:
        _end(processes)


def _serve_part(settings: Settings, part: str):
    threading.Thread(target=_end_with_parent, daemon=True).start()
    serve(settings, [part])


def _end_with_parent():
    multiprocessing.parent_process().join()
    os._exit(1)  # it was killed: nobody is left to answer to


def _end(processes):
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(STOP_SECONDS)
        process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]

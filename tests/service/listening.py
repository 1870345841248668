"""Servers in threads of this process: real connections, and no second to wait for a start."""

import socket
import threading
import time
from contextlib import contextmanager

import uvicorn

from helpers.service.http.protocol import config_of


@contextmanager
def listening(app, settings):
    """Serve an app; give the server, which knows its `port`, `address` and `thread`."""
    server = uvicorn.Server(config_of(app, settings))
    thread = server.thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        server.port = server.servers[0].sockets[0].getsockname()[1]
        server.address = f"http://127.0.0.1:{server.port}"
        yield server
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


@contextmanager
def served(app, **options):
    """Serve an ASGI app on a free port; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, **{"log_level": "error", **options}))
        thread = threading.Thread(target=server.run, args=[[listening]])
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()

"""A server in a thread of this process: real connections, and no second to wait for a start."""

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

import time

import pytest
from fastapi.testclient import TestClient

from helpers.paths import PHOTOS
from helpers.service.app import create_app
from helpers.service.settings import Settings


@pytest.fixture(scope="session")
def photo():
    """A photo of the ZIP code 92182, as bytes."""
    return (PHOTOS / "zip-02.jpg").read_bytes()


@pytest.fixture(scope="session")
def face():
    """A portrait, as bytes."""
    return (PHOTOS / "astronaut.jpg").read_bytes()


@pytest.fixture(scope="session")
def until_ready():
    """Wait until an app that has started has all its models: a function that returns the app."""

    def wait(app, seconds=300):
        deadline = time.monotonic() + seconds
        while not all(app.state.service.parts.values()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return app

    return wait


@pytest.fixture
def serve(tmp_path, until_ready):
    """Start the service in this process, with settings: a function that returns its client."""
    clients = []

    def start(parts=None, **settings):
        settings = Settings(folder=tmp_path / "uploads", **settings)
        app = create_app(parts, settings) if parts else create_app(settings=settings)
        clients.append(TestClient(app, raise_server_exceptions=False).__enter__())
        until_ready(app)
        return clients[-1]

    yield start
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(serve):
    """A client of the whole service."""
    return serve()

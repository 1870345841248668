"""The service as a process of its own, for as long as a block lasts: for notebooks and tests."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import httpx

from helpers.reader import say
from helpers.service.deploy.supervisor import end_after

START_SECONDS = 300  # it needs about two of a core, and cores may be busy
STOP_SECONDS = 15


@dataclass(frozen=True)
class Service:
    """A service that runs.

    Attributes
    ----------
    address : str
        ``"http://127.0.0.1:"`` and its port.
    pid : int
        The number of its process.
    client : httpx.Client
        Asks it, and brings the token if it has one.
    """

    address: str
    pid: int
    client: httpx.Client


@contextmanager
def running(*words: str, **settings: Any) -> Iterator[Service]:
    """Start ``annyeong serve`` on a free port, wait until it is ready, and stop it at the end.

    It ends with the block, however that is left, and with this process, even if that is killed.

    Parameters
    ----------
    *words : str
        The words after ``serve``: ``"--microservices"``; ``"--part", "uploads"``.
    **settings
        Fields of `helpers.service.settings.Settings`, but for `host` and `port`, which it
        chooses. Uploads lie in a temporary folder if no `folder` is given; what the environment
        says of the service does not count.

    Raises
    ------
    RuntimeError
        If it does not start; the message ends with what it said last.

    Examples
    --------
    >>> with running("--part", "uploads") as service:
    ...     service.client.get("/uploads").json()
    {'files': []}
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        host, port = "127.0.0.1", free_port()
        address = f"http://{host}:{port}"
        settings = {"folder": Path(temporary, "uploads"), **settings, "host": host, "port": port}
        token = {"Authorization": f"Bearer {settings['token']}"} if "token" in settings else {}
        log = Path(temporary, "log.txt")
        with (
            log.open("wb") as file,
            _started(words, settings, file) as process,
            # No proxy from the environment: the service is on this machine.
            httpx.Client(base_url=address, headers=token, timeout=30, trust_env=False) as client,
        ):
            _wait_until_ready(client, process, log)
            yield Service(address, process.pid, client)


@contextmanager
def _started(
    words: Sequence[str], settings: dict[str, Any], log: IO[bytes]
) -> Iterator[subprocess.Popen]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("ANNYEONG_")
    }
    environment |= {f"ANNYEONG_{name.upper()}": str(value) for name, value in settings.items()}
    # In a group of its own, Ctrl-C in a notebook interrupts the cell and not the service.
    group: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    with subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *words],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=environment,
        **group,
    ) as process:
        try:
            yield process
        finally:
            _stop(process)


# What `python -m helpers.cli serve` does, in a process that ends with the one that started it.
_COMMAND = f"""
import sys
from {__name__} import end_with_parent
from helpers.cli import main
end_with_parent()
sys.exit(main(["serve", *sys.argv[1:]]))
"""


def end_with_parent() -> None:
    """End this process as soon as the other end of its standard input is closed.

    The system closes that end, however its holder ends. What this process starts gets an
    empty standard input, so that no child of it waits at the same pipe.
    """
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def wait() -> None:
        while os.read(pipe, 1):
            pass

    end_after(wait)


def _stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        process.kill()


def _wait_until_ready(client: httpx.Client, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if client.get("/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["..."]
    raise RuntimeError(
        say(
            en=f"The service did not start. It said: {said[-1]}",
            ko=f"서비스가 시작되지 않았습니다. 서비스의 마지막 말: {said[-1]}",
        )
    )


def free_port() -> int:
    """Return a port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]

"""Keep processes running: one that dies is started again, after a pause that grows.

Each process serves one part of the service at a socket that the supervisor holds. So its port
stays ours while no process serves there, and a client that connects in that moment waits in the
system's queue for the next process instead of being refused.
"""

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Self

#: The pause after the first death; it doubles with each that follows soon, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 30
#: How long a process must have been up for its death to count as the first one again.
STEADY_SECONDS = 10
#: How long processes that are told to end may take.
STOP_SECONDS = 10

_log = logging.getLogger(__name__)
_spawn = multiprocessing.get_context("spawn")


class Supervisor:
    """Serve each part in a process of its own for as long as a block lasts.

    The processes end with the block, and with this process, however it ends.

    Parameters
    ----------
    names : iterable of str
    serve : callable
        ``serve(name, listening, tell_up)``, which can be pickled, serves a part at the socket
        `listening` until it is told to end (SIGTERM), and calls `tell_up()` once it accepts
        requests.
    on_restart : callable, optional
        ``on_restart(name)`` is called for each process that is started again.

    Attributes
    ----------
    addresses : dict of str to str
        Where each part is: ``"http://127.0.0.1:"`` and its port.
    """

    def __init__(self, names: Iterable[str], serve: Callable, on_restart: Callable | None = None):
        self._serve, self.on_restart = serve, on_restart or (lambda name: None)
        self._parts = {name: _Part(name) for name in names}
        self.addresses = {name: part.address for name, part in self._parts.items()}
        self._ear, self._bell = _spawn.Pipe(duplex=False)  # wakes the thread: see `_watch`
        self._is_over = False
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def __enter__(self) -> Self:
        """Start every part."""
        self._thread.start()
        return self

    def __exit__(self, *error):
        """End every part, in good order if it does so in time."""
        self._is_over = True
        self._bell.close()
        self._thread.join()
        deadline = time.monotonic() + STOP_SECONDS
        for part in self._parts.values():
            part.tell_to_end()
        for part in self._parts.values():
            part.end_by(deadline)

    def seconds_away(self, name: str) -> float | None:
        """Return how long a part will still be away, as far as can be known; None if it is up."""
        return self._parts[name].seconds_away()

    def _watch(self):
        if hasattr(signal, "pthread_sigmask"):
            # Ctrl-C reaches every process of a terminal. It is for this one alone, which then ends
            # the others: they inherit this thread's mask. (The tracker of `multiprocessing` would
            # lift the mask as it starts, so that it has to run before.)
            resource_tracker.ensure_running()
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        parts = self._parts.values()
        while not self._is_over:
            for part in parts:
                if part.is_due():
                    if part.has_run:
                        self.on_restart(part.name)
                    part.start(self._serve)
            pauses = [part.begins - time.monotonic() for part in parts if not part.process]
            events = [event for part in parts for event in part.events()]
            happened = wait([self._ear, *events], max(0, min(pauses)) if pauses else None)
            for part in parts:
                part.take_notice(happened)


class _Part:
    """One part: its socket, its process while it has one, and when the next one begins."""

    def __init__(self, name: str):
        self.name, self.is_up, self.has_run = name, False, False
        self.process: BaseProcess | None = None
        self.begins = time.monotonic()  # when its process began or, where it has none, will begin
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._news: Connection | None = None  # that the process is up
        self._pause, self._boot_seconds = FIRST_PAUSE, 0.0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def is_due(self) -> bool:
        return not self.process and self.begins <= time.monotonic()

    def start(self, serve):
        news, tell = _spawn.Pipe(duplex=False)
        process = _spawn.Process(
            target=_serve_and_tell, args=(serve, self.name, self._listening, tell), name=self.name
        )
        self.begins, self.has_run = time.monotonic(), True
        try:
            process.start()
        except OSError as error:  # the system has no memory or no process left: not for ever
            news.close()
            self._begin_later(f"could not start: {error.strerror}")
        else:
            self.process, self._news = process, news
        finally:
            tell.close()

    def events(self) -> list:
        """Return what `wait` can wait for: that the process is up, and that it has ended."""
        sentinel: list = [self.process.sentinel] if self.process else []
        return [*sentinel, self._news] if self._news else sentinel

    def take_notice(self, happened: list):
        """Do what the events that have happened ask for."""
        if self._news and self._news in happened:
            with suppress(EOFError, OSError):  # it ended before it was up
                self._news.recv_bytes()
                self.is_up, self._boot_seconds = True, time.monotonic() - self.begins
            self._news.close()
            self._news = None
        if self.process and not self.process.is_alive():  # which leaves no zombie
            how = _name_of(self.process.exitcode or 0)
            self.process.close()
            self._begin_later(f"ended: {how}")

    def _begin_later(self, why: str):
        if self.is_up and time.monotonic() - self.begins >= STEADY_SECONDS:
            self._pause = FIRST_PAUSE
        _log.warning("The part %s %s; the next try is in %g s", self.name, why, self._pause)
        self.process, self.is_up, self.begins = None, False, time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)

    def seconds_away(self) -> float | None:
        # The start takes as long as the last one did; of the first one that is not known.
        return None if self.is_up else max(0, self.begins + self._boot_seconds - time.monotonic())

    def tell_to_end(self):
        if self.process:
            self.process.terminate()

    def end_by(self, deadline: float):
        if self.process:
            self.process.join(max(0, deadline - time.monotonic()))
            self.process.kill()
            self.process.join()
        self._listening.close()


def end_after(wait: Callable[[], object]) -> None:
    """End this process as soon as `wait()` returns, which a thread calls."""

    def wait_and_end():
        wait()
        os._exit(1)  # nothing is left to do

    threading.Thread(target=wait_and_end, daemon=True).start()


def _serve_and_tell(serve, name: str, listening: socket.socket, tell: Connection):
    def tell_up():
        tell.send_bytes(b"up")
        tell.close()

    if parent := multiprocessing.parent_process():
        end_after(parent.join)  # also if that is killed
    serve(name, listening, tell_up)


def _name_of(exit_code: int) -> str:
    """Say how a process ended.

    >>> _name_of(3), _name_of(-9)
    ('exit code 3', 'SIGKILL')
    """
    try:
        return signal.Signals(-exit_code).name
    except ValueError:
        return f"exit code {exit_code}"

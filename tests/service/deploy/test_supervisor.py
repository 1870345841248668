"""Processes that are started again: at the same port, after a pause, until the block ends."""

import errno
import logging
import os
import signal
import socket
import sys
import time
from multiprocessing.context import SpawnProcess

import psutil
import pytest

from helpers.service.deploy import supervisor
from helpers.service.deploy.supervisor import Supervisor

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends processes by signals")


def tell_pid(name, listening, tell_up):
    """Serve: tell each client which process this is."""
    tell_up()
    while True:
        line, _ = listening.accept()
        with line:
            line.sendall(str(os.getpid()).encode())


def fail(name, listening, tell_up):
    sys.exit(3)


def ignore_all_but_death(name, listening, tell_up):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tell_up()
    signal.pause()


def tell_what_is_blocked(name, listening, tell_up):
    tell_up()
    line, _ = listening.accept()
    with line:
        line.sendall(str(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])).encode())
    signal.pause()


def wait_until(happened, seconds=60):
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ask(address):
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as line:
        return line.recv(100).decode()


def is_up(parts, name):
    return parts.seconds_away(name) is None


def test_a_process_that_is_killed_has_a_successor_at_its_address(caplog):
    restarts = []
    with Supervisor(["one", "other"], tell_pid, restarts.append) as parts:
        first, other = (int(ask(address)) for address in parts.addresses.values())
        wait_until(lambda: is_up(parts, "one"))
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: not psutil.pid_exists(first))  # not even as a zombie
        second = int(ask(parts.addresses["one"]))  # waits in line, and is not refused
        assert second not in (first, other)
        assert int(ask(parts.addresses["other"])) == other
    assert restarts == ["one"]
    assert [record.getMessage() for record in caplog.records] == [
        "The part one ended: SIGKILL; the next try is in 0.1 s"
    ]
    assert not {other, second} & set(psutil.pids())


def test_how_long_it_will_be_away_is_what_is_left_of_the_pause_and_a_start(monkeypatch):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 30)
    with Supervisor(["one"], tell_pid) as parts:
        assert parts.seconds_away("one") == 0  # nobody knows yet
        pid = int(ask(parts.addresses["one"]))
        wait_until(lambda: is_up(parts, "one"))
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_up(parts, "one"))
        before = parts.seconds_away("one")
        assert before > 25
        time.sleep(0.1)
        assert 25 < parts.seconds_away("one") <= before - 0.1


def pauses(caplog):
    return [float(record.getMessage().split()[-2]) for record in caplog.records]


def test_the_pause_grows_while_a_part_cannot_start(monkeypatch, caplog):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE", 0.03)
    with Supervisor(["one"], fail):
        wait_until(lambda: len(pauses(caplog)) >= 4)
    assert pauses(caplog)[:4] == [0.01, 0.02, 0.03, 0.03]
    assert "exit code 3" in caplog.text


def test_a_system_without_a_free_process_is_asked_again(monkeypatch, caplog):
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.01)
    tries, start = [], SpawnProcess.start

    def start_at_third_try(process):
        tries.append(process)
        if len(tries) < 3:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        start(process)

    monkeypatch.setattr(SpawnProcess, "start", start_at_third_try)
    with Supervisor(["one"], tell_pid) as parts:
        assert int(ask(parts.addresses["one"])) == tries[-1].pid
    assert pauses(caplog) == [0.01, 0.02]
    assert "could not start: Resource temporarily unavailable" in caplog.text


def test_the_pause_begins_anew_after_steady_work(monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(supervisor, "STEADY_SECONDS", 0)
    with Supervisor(["one"], tell_pid) as parts:
        for number in range(2):
            pid = int(ask(parts.addresses["one"]))
            wait_until(lambda: is_up(parts, "one"))
            os.kill(pid, signal.SIGTERM)
            wait_until(lambda number=number: len(pauses(caplog)) > number)
    assert pauses(caplog) == [0.1, 0.1]


def test_who_does_not_end_when_told_is_killed(monkeypatch):
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.2)
    before = set(psutil.Process().children())
    with Supervisor(["one"], ignore_all_but_death) as parts:
        wait_until(lambda: is_up(parts, "one"))
        started = set(psutil.Process().children()) - before
    assert started
    assert [
        one for one in psutil.Process().children() if "multiprocessing-fork" in one.cmdline()
    ] == []


def test_ctrl_c_is_for_the_supervisor_alone():
    with Supervisor(["one"], tell_what_is_blocked) as parts:
        assert ask(parts.addresses["one"]) == "True"

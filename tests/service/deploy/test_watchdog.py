"""A process whose event loop is stuck ends; one that is only busy does not."""

import faulthandler
import subprocess
import sys
import time

import anyio

from helpers.service.deploy.gateway import create_gateway
from helpers.service.deploy.watchdog import ending_if_stuck
from helpers.service.settings import Settings

STUCK = """
import time, anyio
from helpers.service.deploy.watchdog import ending_if_stuck

async def main():
    async with ending_if_stuck(0.5):
        await anyio.sleep(0.01)
        wait_for_nothing()

def wait_for_nothing():
    time.sleep(30)
    print("nobody ended it")

anyio.run(main)
"""


def test_a_stuck_loop_ends_its_process_and_says_where_it_was():
    start = time.monotonic()
    process = subprocess.run([sys.executable, "-c", STUCK], capture_output=True, text=True)
    assert process.returncode == 1
    assert "in wait_for_nothing" in process.stderr
    assert process.stdout == ""
    assert time.monotonic() - start < 25


def test_a_loop_that_turns_is_wound_up_in_time_and_let_go_at_the_end(monkeypatch):
    wound, stopped = [], []
    monkeypatch.setattr(
        faulthandler, "dump_traceback_later", lambda seconds, **_: wound.append(seconds)
    )
    monkeypatch.setattr(faulthandler, "cancel_dump_traceback_later", lambda: stopped.append(True))

    async def main():
        async with ending_if_stuck(0.04):
            while len(wound) < 3:
                await anyio.sleep(0.01)
            assert not stopped

    anyio.run(main)
    assert set(wound) == {0.04}
    assert stopped == [True]


def test_it_is_a_setting_of_every_app_and_off_by_default(serve, monkeypatch):
    wound = []
    monkeypatch.setattr(
        faulthandler, "dump_traceback_later", lambda seconds, **_: wound.append(seconds)
    )
    serve(["uploads"])
    assert wound == []
    serve(["uploads"], stuck_seconds=30)
    assert wound == [30]

    async def run_the_gateway():
        app = create_gateway(Settings(stuck_seconds=40))
        async with app.router.lifespan_context(app):
            await anyio.sleep(0.01)

    anyio.run(run_the_gateway)
    assert wound == [30, 40]

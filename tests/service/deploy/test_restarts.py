"""The parts behind the gateway are killed in turn while all of them work."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import cv2
import httpx
import numpy as np
import psutil
import pytest

from helpers.service.deploy.gateway import UPSTREAMS
from helpers.service.deploy.process import running

pytestmark = pytest.mark.skipif(os.name == "nt", reason="kills by a signal")


class Visitors:
    """One client for each part, which asks without pause; what each was answered, and when."""

    def __init__(self, service):
        self.service, self.is_over = service, threading.Event()
        self.answers = {part: [] for part in UPSTREAMS}
        self.kept = set()

    def visit(self, part):
        ask = getattr(self, f"ask_{part}")
        address = self.service.address
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
            while not self.is_over.is_set():
                asked = time.monotonic()
                try:
                    answer = ask(client)
                except httpx.TransportError as error:  # cut short, or none: `seen_since` says so
                    answer = error
                self.answers[part].append((asked, answer))
                time.sleep(0.01)

    def ask_uploads(self, client):
        noise = np.random.default_rng(len(self.answers["uploads"])).bytes(900)
        image = np.frombuffer(noise, np.uint8).reshape(30, 30)
        answer = client.post("/upload", files={"file": cv2.imencode(".png", image)[1].tobytes()})
        if answer.status_code == 200:
            self.kept.add(answer.json()["id"])
        return answer

    def ask_vision(self, client):
        digit = cv2.imencode(".png", np.zeros((28, 28), np.uint8))[1].tobytes()
        return client.post("/digits", content=digit, headers={"content-type": "image/png"})

    def ask_chat(self, client):
        return client.post("/chat", json={})  # which it refuses, also while it loads its engine

    def seen_since(self, moment, part):
        """Return the statuses that a part was seen to answer; an error where it did not."""
        answers = self.answers_since(moment, part)
        return [getattr(answer, "status_code", repr(answer)) for answer in answers]

    def answers_since(self, moment, part):
        return [answer for asked, answer in self.answers[part] if asked >= moment]


USUAL = {"uploads": 200, "vision": 200, "chat": 422}


def processes_of(service):
    """Return the processes of the parts, the oldest first: as the parts were started."""
    children = psutil.Process(service.pid).children()
    children = [one for one in children if "--multiprocessing-fork" in one.cmdline()]
    return sorted(children, key=lambda one: one.create_time())


def check_killed(part, visitors, process):
    """Kill one part; see what is answered until it is back; return how long that took.

    In seconds on the clock, and of a processor: what it takes on a machine that is not busy.
    """
    killed = time.monotonic()
    process.kill()
    while psutil.pid_exists(process.pid):  # until the supervisor has collected it
        assert time.monotonic() < killed + 10
        time.sleep(0.001)
    known = time.monotonic()
    while (seen := visitors.seen_since(known, part))[-1:] != [USUAL[part]]:
        assert time.monotonic() < killed + 60, f"{part} is not back: {seen[-5:]}"
        time.sleep(0.01)
    back = time.monotonic() - killed
    times = processes_of(visitors.service)[-1].cpu_times()
    time.sleep(0.2)
    for other in UPSTREAMS:
        if other != part:
            seen = set(visitors.seen_since(killed, other))
            assert seen == {USUAL[other]}, f"{other} failed as {part} died"
    answers = visitors.answers_since(killed, part)
    # It may die between the head and the body of an answer, which then is cut short; once.
    whole = [answer for answer in answers if not isinstance(answer, httpx.RemoteProtocolError)]
    assert len(answers) - len(whole) <= 1
    for answer in whole:
        assert answer.status_code in {USUAL[part], 502, 503}
        if answer.status_code == 503:
            assert 1 <= int(answer.headers["retry-after"]) <= 60
    return back, times.user + times.system


@pytest.mark.slow
def test_each_part_is_back_soon_and_the_others_go_on(tmp_path):
    with running("--microservices", folder=tmp_path / "kept") as service:
        visitors = Visitors(service)
        with ThreadPoolExecutor(len(UPSTREAMS)) as pool:
            jobs = [pool.submit(visitors.visit, part) for part in UPSTREAMS]
            try:
                time.sleep(0.3)
                processes = zip(UPSTREAMS, processes_of(service), strict=True)
                backs = [check_killed(part, visitors, process) for part, process in processes]
            finally:
                visitors.is_over.set()
            for job in jobs:
                job.result()
        print("back after (seconds, of them at work):", backs)
        assert max(seconds for _, seconds in backs) < 3
        listed = {one["id"] for one in service.client.get("/uploads").json()["files"]}
        # Who asks in the moment of a death may wait for the next process; later ones are refused.
        assert 503 in [status for part in UPSTREAMS for status in visitors.seen_since(0, part)]
        assert visitors.kept
        assert visitors.kept <= listed
        metrics = service.client.get("/metrics").text
        for part in UPSTREAMS:
            assert f'annyeong_restarts_total{{part="{part}"}} 1.0' in metrics

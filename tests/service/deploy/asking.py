"""Ask a service to read a photo, from some threads without pause, until the input ends.

    python asking.py URL THREADS

Prints, twice a second and once at the end, a line of JSON: how often each answer came. A request
that fails is sent once more, as reading changes nothing; what comes then is its answer.
"""

import json
import sys
import threading
from collections import Counter

import httpx

from helpers.paths import PHOTOS

PHOTO = (PHOTOS / "zip-02.jpg").read_bytes()
answers, is_over = Counter(), threading.Event()


def ask_without_pause(url):
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        while not is_over.is_set():
            text, problem = ask(client)
            if problem:
                answers["failed at first"] += 1
                text, problem = ask(client)
            answers[problem or text] += 1


def ask(client):
    """Return the text, or why there is none."""
    try:
        answer = client.post("/digits", content=PHOTO, headers={"content-type": "image/jpeg"})
    except httpx.HTTPError as error:
        return None, repr(error)
    if answer.status_code != 200:
        return None, f"{answer.status_code}: {answer.text}"
    return answer.json()["text"], None


def report():
    print(json.dumps(dict(answers)), flush=True)


def report_now_and_then():
    while not is_over.wait(0.5):
        report()


def main(url, count):
    threads = [threading.Thread(target=ask_without_pause, args=[url]) for _ in range(int(count))]
    threads.append(threading.Thread(target=report_now_and_then))
    for thread in threads:
        thread.start()
    sys.stdin.read()
    is_over.set()
    for thread in threads:
        thread.join()
    report()


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The service beside the notes' router, an empty handler and LitServe, in one run.

    python benchmarks/serving.py [--rounds 5] [--seconds 5] [--litserve PYTHON]

Each server is a process of its own. In each round all of them are asked in turn, so that what
else the machine does meets them alike; what is printed are medians over the rounds, and of the
ratios within a round. Eight connections are kept busy by wrk where it is installed (Debian's
package `wrk`), else by a few lines of asyncio.

LitServe is no part of the course. Give it an environment of its own to be measured too:

    python -m venv /tmp/litserve
    /tmp/litserve/bin/pip install litserve onnxruntime opencv-python-headless numpy python-multipart
    python benchmarks/serving.py --litserve /tmp/litserve/bin/python
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import cv2
import httpx
import numpy as np

from helpers.data import load_mnist
from helpers.paths import MODELS, PHOTOS
from helpers.service.deploy.process import free_port

RIVALS = Path(__file__).parent / "rivals"
CONNECTIONS = 8
#: wrk gives up a request after so many seconds; the slowest answers take some.
PATIENCE = 120


class Request(NamedTuple):
    """What the load consists of: one request, again and again."""

    method: str
    path: str
    kind: str = ""
    body: bytes = b""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--seconds", type=int, default=5, help="a measurement; default: 5")
    parser.add_argument("--pictures", type=int, default=12, help="faces in a folder; default: 12")
    parser.add_argument("--litserve", metavar="PYTHON", help="a Python that has litserve")
    options = parser.parse_args()

    generator = "wrk" if shutil.which("wrk") else "asyncio, for want of wrk"
    print(f"{os.cpu_count()} cores, {CONNECTIONS} connections, load from {generator}", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {
            name: stack.enter_context(serving(command, folder / name))
            for name, command in commands(options.litserve).items()
        }
        if "litserve" not in servers:
            print("LitServe is left out: `--help` of this file says how to have it", flush=True)
        report("requests/s", rounds(options.rounds, *requests_per_second(servers, options.seconds)))
        report(
            "pictures/s, a folder of faces",
            rounds(options.rounds, *pictures_per_second(servers, folder, options.pictures)),
        )


def commands(litserve):
    """Return how each server is started; its port comes behind."""
    uvicorn = [sys.executable, "-m", "uvicorn", "--app-dir", RIVALS]
    found = {
        "ours": [sys.executable, "-m", "helpers.cli", "serve", "--folder", "kept", "--port"],
        "notes": [*uvicorn, "notes:app", "--port"],
        "constant": [*uvicorn, "constant:app", "--port"],
    }
    if litserve:
        found["litserve"] = [litserve, RIVALS / "lit.py", MODELS / "digits.onnx"]
    return found


@contextmanager
def serving(command, folder):
    """Start a server in a folder of its own; give its address once it answers; end it."""
    folder.mkdir()
    port = free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = [*command, str(port)]
    server = subprocess.Popen(words, cwd=folder, start_new_session=True, **quiet)
    try:
        for _ in range(1200):
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                if server.poll() is not None:
                    sys.exit(f"{folder.name} does not start: {' '.join(map(str, words))}")
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def rounds(num_rounds, measurements, ratios):
    """Measure all in turn, in each round from another start; return medians and ratios."""
    found = []
    names = list(measurements)
    for number in range(num_rounds):
        turned = names[number % len(names) :] + names[: number % len(names)]
        found.append({name: measurements[name]() for name in turned})
    medians = {name: statistics.median(one[name] for one in found) for name in names}
    compared = {
        f"{a} : {b}": [one[a] / one[b] for one in found]
        for a, b in ratios
        if a in names and b in names
    }
    return medians, compared


def report(unit, result):
    medians, compared = result
    print(f"\n{unit}")
    for name, median in medians.items():
        print(f"  {name:32} {median:10.1f}")
    print("ratios: median (least, most)")
    for name, ratios in compared.items():
        spread = f"({min(ratios):.2f}, {max(ratios):.2f})"
        print(f"  {name:42} {statistics.median(ratios):8.2f} {spread}", flush=True)


def requests_per_second(servers, seconds):
    """Return what to measure of digits and samples, by name, and which to compare."""
    form = in_form(digit())
    as_form = Request("POST", "/digits", "multipart/form-data; boundary=limit", form)
    raw = Request("POST", "/digits", "image/png", digit())
    sample = Request("GET", "/mnist-sample")
    picture = httpx.get(f"{servers['ours']}/mnist-sample").json()["image_path"]
    loads = {
        **{f"{name} /digits": (servers[name], as_form) for name in servers},
        "ours /digits, raw": (servers["ours"], raw),
        "ours /mnist-sample": (servers["ours"], sample),
        "ours, a sample's picture": (servers["ours"], Request("GET", picture)),
        "notes /mnist-sample": (servers["notes"], sample),
    }
    check(servers, as_form)
    press = press_with_wrk if shutil.which("wrk") else press_with_asyncio

    def measurement(address, request):
        return lambda: press(address, request, seconds)

    ratios = [
        ("ours /digits", "notes /digits"),
        ("ours /digits", "constant /digits"),
        ("ours /digits, raw", "constant /digits"),
        ("ours /digits", "litserve /digits"),
        ("ours /mnist-sample", "notes /mnist-sample"),
        ("ours, a sample's picture", "notes /mnist-sample"),
    ]
    return {name: measurement(*load) for name, load in loads.items()}, ratios


def digit():
    (x_train, _), _ = load_mnist()
    return cv2.imencode(".png", x_train[100])[1].tobytes()


def in_form(data):
    head = '--limit\r\nContent-Disposition: form-data; name="file"; filename="digit.png"\r\n'
    return head.encode() + b"Content-Type: image/png\r\n\r\n" + data + b"\r\n--limit--\r\n"


def check(servers, request):
    """See that all read the same digit: no speed counts that comes from not doing the work."""
    for name, address in servers.items():
        answer = httpx.post(
            address + request.path,
            content=request.body,
            headers={"Content-Type": request.kind},
            timeout=PATIENCE,
        )
        if answer.json()["text"] != "5":
            sys.exit(f"{name} does not read the 5: {answer.text}")


def press_with_wrk(address, request, seconds):
    """Return the requests answered in a second, by wrk."""
    script = f"""
        wrk.method, wrk.headers["Content-Type"] = "{request.method}", "{request.kind}"
        if os.getenv("BODY") ~= "" then wrk.body = io.open(os.getenv("BODY"), "rb"):read("*a") end
        function done(summary)
            local bad = summary.errors
            io.write(string.format("[%d,%d,%d]\\n", summary.requests, summary.duration,
                bad.connect + bad.read + bad.write + bad.status + bad.timeout))
        end
    """
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "load.lua").write_text(script)
        (Path(folder) / "body").write_bytes(request.body)
        said = subprocess.run(
            [
                *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "--timeout", str(PATIENCE)),
                *("-s", f"{folder}/load.lua", address + request.path),
            ],
            env=os.environ | {"BODY": f"{folder}/body" if request.body else ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    answered, microseconds, failed = json.loads(said.splitlines()[-1])
    if failed:
        sys.exit(f"{failed} requests failed at {address}{request.path}:\n{said}")
    return max(answered, 1) / microseconds * 1e6


def press_with_asyncio(address, request, seconds):
    """Return the requests answered in a second, by as small a client as there can be."""
    host, port = address.removeprefix("http://").split(":")
    head = f"{request.method} {request.path} HTTP/1.1\r\nHost: {host}\r\n"
    if request.body:
        head += f"Content-Type: {request.kind}\r\nContent-Length: {len(request.body)}\r\n"
    sent = f"{head}\r\n".encode() + request.body

    async def client(until):
        reader, writer = await asyncio.open_connection(host, port)
        answered = 0
        while time.perf_counter() < until:
            writer.write(sent)
            heard = (await reader.readuntil(b"\r\n\r\n")).lower()
            if not heard.startswith(b"http/1.1 200"):
                sys.exit(f"{address}{request.path} answers {heard.splitlines()[0].decode()}")
            await reader.readexactly(int(heard.partition(b"content-length:")[2].split()[0]))
            answered += 1
        writer.close()
        return answered

    async def clients():
        start = time.perf_counter()
        answered = await asyncio.gather(*(client(start + seconds) for _ in range(CONNECTIONS)))
        return sum(answered) / (time.perf_counter() - start)

    return asyncio.run(clients())


def pictures_per_second(servers, folder, num_pictures):
    """Return what to measure of a folder of new pictures with a face each."""
    astronaut = cv2.imread(str(PHOTOS / "astronaut.jpg"))
    random = np.random.default_rng(0)

    def upload_changed(client):
        for number in range(num_pictures):
            shift = np.float32([[1, 0, random.integers(-9, 9)], [0, 1, random.integers(-9, 9)]])
            changed = cv2.warpAffine(astronaut, shift, astronaut.shape[1::-1])
            changed[0, 0] = random.integers(0, 256, 3)  # never the same upload twice
            data = cv2.imencode(".jpg", changed)[1].tobytes()
            client.post("/upload", files={"file": (f"{number}.jpg", data)}).raise_for_status()

    def hide(name):
        with httpx.Client(base_url=servers[name], timeout=PATIENCE) as client:
            start = time.perf_counter()
            while (found := client.get("/mosaic").json()).get("pending"):
                pass  # ours answers in time, and goes on when it is asked again
            processed = found["processed_files"]
            taken = time.perf_counter() - start
        if len(processed) != num_pictures:
            sys.exit(f"{name} hid faces in {len(processed)} of {num_pictures} pictures")
        return num_pictures / taken

    def hide_new(name):
        with httpx.Client(base_url=servers[name], timeout=PATIENCE) as client:
            if name == "ours":
                for one in client.get("/uploads").json()["files"]:
                    client.delete(one["path"]).raise_for_status()
            else:  # it knows no way to delete
                for path in (folder / name / "uploads").iterdir():
                    path.unlink()
            upload_changed(client)
        return hide(name)

    names = ("ours", "notes")
    new = {f"{name} /mosaic": lambda name=name: hide_new(name) for name in names}
    again = {f"{name} /mosaic, again": lambda name=name: hide(name) for name in names}
    return new | again, [tuple(new), tuple(again)]


if __name__ == "__main__":
    main()

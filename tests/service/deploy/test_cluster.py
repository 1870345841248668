"""The service on two nodes of a Ray cluster, each on a host of its own: a set of namespaces."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

if not find_spec("ray"):  # importing it takes seconds
    pytest.skip("the extra `cluster` is not installed", allow_module_level=True)

HEAD, OTHER = "10.77.0.1", "10.77.0.2"
BIN = Path(sys.executable).parent
ASKING = Path(__file__).with_name("asking.py")
THREADS = 4
SECONDS = 180  # for each thing waited for; a busy machine is slow to start Ray


class Host:
    """A network and processes of its own, of which nothing outlives the tests, however they end.

    Its first process is a `cat` that reads from this one. When that ends, also because this one
    has, the kernel kills all the others.
    """

    def __init__(self, folder):
        self.folder = folder  # for Ray's files
        self.unshare = subprocess.Popen(
            ["unshare", "--net", "--pid", "--mount-proc", "--fork", "--kill-child", "cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        with suppress(BrokenPipeError):  # it has ended, having said why
            self.unshare.stdin.write("started\n")
        answer = self.unshare.stdout.readline()
        if answer != "started\n":
            self.unshare.wait()
            pytest.skip(f"this machine allows no namespaces: {answer}")
        (first,) = psutil.Process(self.unshare.pid).children()
        self.pid = first.pid
        self.network = os.open(f"/proc/{self.pid}/ns/net", os.O_RDONLY)  # and the cable in it

    def inside(self, *words):
        # Ray gives up a node whose helpers take 15 s to start (ray-project/ray#65983): let the
        # others wait when the machine is busy.
        enter = ["nice", "-n-15", "nsenter", f"--target={self.pid}", "--net", "--pid", "--mount"]
        return [*enter, *map(str, words)]

    def ip(self, *words):
        words = ["nsenter", f"--target={self.pid}", "--net", "ip", *words]
        done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS)
        if done.returncode:
            pytest.skip(f"this machine joins no namespaces: {words}: {done.stderr}")

    def kill(self):
        """End every process at once, as pulling the plug would; the cable stays."""
        if self.unshare.poll() is None:
            os.kill(self.pid, 9)
        self.unshare.communicate(timeout=SECONDS)

    def remove(self):
        self.kill()
        os.close(self.network)


class Program:
    """A command on a host, and what it has said."""

    def __init__(self, host, log, environment, words):
        self.log = log
        with log.open("w") as file:
            self.process = subprocess.Popen(
                host.inside(*words),
                env=environment,
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def wait_for(self, what, happened):
        """Wait until the text said so far makes `happened` true; return that text."""
        deadline = time.monotonic() + SECONDS
        while not happened(said := self.log.read_text()):
            running = self.process.poll() is None
            assert running, f"ended before {what}:\n{said[-5000:]}"
            assert time.monotonic() < deadline, f"no {what} in {SECONDS} s:\n{said[-5000:]}"
            time.sleep(0.1)
        return said

    def wait_for_line(self, line):
        return self.wait_for(repr(line), lambda said: line in said)


@pytest.fixture
def hosts():
    """Two hosts on one machine, joined by a cable and by nothing else."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("namespaces need Linux and root")
    if missing := [name for name in ("ip", "unshare", "nsenter") if not shutil.which(name)]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    # The paths of Ray's sockets may have 107 bytes: too few to be below `tmp_path`.
    folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))
    made = []
    try:
        made.append(Host(folder / "here"))
        made.append(Host(folder / "there"))
        here, there = made
        ends = ["name", "cable", "type", "veth", "peer", "name", "cable", "netns", str(there.pid)]
        here.ip("link", "add", *ends)
        for host, address in zip(made, (HEAD, OTHER), strict=True):
            host.ip("address", "add", f"{address}/24", "dev", "cable")
            host.ip("link", "set", "cable", "up")
            host.ip("link", "set", "lo", "up")
        yield made
    finally:
        for host in made:
            host.remove()
        shutil.rmtree(folder)


@pytest.fixture
def start(tmp_path):
    """Start a command on a host, where it ends at the latest: returns its `Program`."""
    environment = {
        **os.environ,
        "RAY_AUTH_MODE": "disabled",  # nobody else is on this network
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_raylet_start_wait_time_s": str(SECONDS),
        "RAY_agent_register_timeout_ms": str(1000 * SECONDS),
        # Else the replica on the head has all the work, and the other node nothing to lose.
        "RAY_SERVE_PROXY_PREFER_LOCAL_NODE_ROUTING": "0",
        "ANNYEONG_FOLDER": str(tmp_path / "uploads"),
    }

    started = []

    def start_on(host, name, *words):
        started.append(Program(host, tmp_path / f"{name}.log", environment, words))
        return started[-1]

    yield start_on
    for program in started:
        program.process.kill()
        program.process.communicate(timeout=SECONDS)


def read_on(host):
    """Return how many photos the replica on a host has read, by its log."""
    logs = host.folder.rglob("replica_default_annyeong_*.log")
    return sum(log.read_text().count("POST /digits 200") for log in logs)


def answers(said):
    """Return the last whole report of `asking.py`."""
    lines = said[: said.rfind("\n") + 1].splitlines()
    return json.loads(lines[-1]) if lines else {}


@pytest.mark.slow
def test_when_a_node_dies_under_load_asking_once_more_reads_every_photo(hosts, start):
    here, there = hosts
    ray = (BIN / "ray", "start", "--block", "--num-cpus=1")
    as_head = ("--head", f"--node-ip-address={HEAD}", "--include-dashboard=false")
    as_other = (f"--address={HEAD}:6379", f"--node-ip-address={OTHER}")
    head = start(here, "head", *ray, *as_head, f"--temp-dir={here.folder}")
    head.wait_for_line("Ray runtime started")
    other = start(there, "other", *ray, *as_other, f"--temp-dir={there.folder}")
    other.wait_for_line("Ray runtime started")
    # A replica takes one processor, so that there must be one on each node.
    scale = ("parts=vision", "min_replicas=2", "max_replicas=2")
    application = "helpers.service.deploy.cluster:application"
    serving = start(here, "serving", BIN / "serve", "run", f"-a{HEAD}:6379", application, *scale)
    serving.wait_for_line("Application 'default' is ready")

    asking = start(here, "asking", sys.executable, ASKING, "http://127.0.0.1:8000", THREADS)
    said = asking.wait_for("photo read on the other node", lambda said: read_on(there) > 50)
    there.kill()
    enough = answers(said)["92182"] + 200
    asking.wait_for("answers after that", lambda said: answers(said)["92182"] > enough)
    asking.process.communicate(timeout=SECONDS)

    after = answers(asking.log.read_text())
    assert asking.process.returncode == 0, asking.log.read_text()
    failed = after.pop("failed at first", 0)
    assert list(after) == ["92182"], after
    assert failed <= THREADS, "only what the node had in hand may fail"

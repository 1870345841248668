import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from run import has_namespaces

RUN = Path(__file__).with_name("run.py")
CONNECT = """
import socket
try:
    socket.create_connection(({host!r}, {port}), timeout=5)
    print("connected")
except OSError as error:
    print("refused:", error)
"""
IN_A_KERNEL = """
from jupyter_client.manager import run_kernel
with run_kernel() as kernel:
    kernel.execute_interactive({code!r}, timeout=60)
"""
WAYS = [
    pytest.param(
        "--namespace",
        marks=pytest.mark.skipif(not has_namespaces(), reason="no network namespaces here"),
    ),
    "--guard",
]


@pytest.fixture(scope="module")
def neighbour():
    """An address that is not the loopback and where somebody does answer: our own."""
    own = [
        address.address
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == socket.AF_INET and not address.address.startswith("127.")
    ]
    for host in own:
        try:
            server = socket.create_server((host, 0))
        except OSError:
            continue
        with server:
            yield server.getsockname()
            return
    pytest.skip("this machine has no address but the loopback")


def run_offline(way, code):
    command = [sys.executable, RUN, way, sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_neighbour_answers_without_the_wrapper(neighbour):
    host, port = neighbour
    code = CONNECT.format(host=host, port=port)
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.stdout == "connected\n"


@pytest.mark.parametrize("way", WAYS)
def test_neighbour_is_out_of_reach(way, neighbour):
    host, port = neighbour
    assert run_offline(way, CONNECT.format(host=host, port=port)).stdout.startswith("refused")


@pytest.mark.parametrize("way", WAYS)
def test_names_are_not_looked_up(way):
    assert run_offline(way, CONNECT.format(host="example.com", port=80)).stdout.startswith(
        "refused"
    )


@pytest.mark.parametrize("way", WAYS)
def test_loopback_answers(way):
    code = "import socket; server = socket.create_server(('127.0.0.1', 0));"
    code += "socket.create_connection(server.getsockname()); print('connected')"
    assert run_offline(way, code).stdout == "connected\n"


@pytest.mark.parametrize("way", WAYS)
def test_kernel_runs_and_is_offline_too(way, neighbour):
    host, port = neighbour
    code = IN_A_KERNEL.format(code=CONNECT.format(host=host, port=port))
    found = run_offline(way, code)
    assert found.stdout.startswith("refused"), found.stderr


@pytest.mark.parametrize(("way", "words"), [("--guard", "socket guard"), (None, "offline: ")])
def test_it_says_which_way_is_in_force_and_passes_the_exit_code_on(way, words):
    command = [sys.executable, RUN, *filter(None, [way]), sys.executable, "-c", "exit(3)"]
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.returncode == 3
    assert words in found.stderr

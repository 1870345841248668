"""`annyeong serve`: processes that start, answer, and end with the one that started them."""

import json
import os
import socket
import time

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from helpers.service.deploy.process import free_port
from helpers.service.deploy.run import PORTS_TRIED, at_a_free_port
from helpers.service.settings import Settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="ends processes by signals"),
]


@pytest.fixture
def serving(annyeong, tmp_path):
    """Start ``annyeong serve``; give its process and a client, once it is ready."""
    processes = []

    def start(*words):
        port = str(free_port())
        process = annyeong("serve", "--port", port, "--folder", str(tmp_path / "kept"), *words)
        processes.append(process)
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False)
        for _ in range(3000):
            try:
                if client.get("/ready").status_code == 200:
                    return process, client
            except httpx.TransportError:
                assert process.poll() is None, process.stdout.read()
            time.sleep(0.1)
        pytest.fail("the service did not get ready")

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("words", [(), ("--microservices",)])
def test_it_reads_a_photo_and_ends_in_good_order(serving, photo, words):
    process, client = serving(*words)
    assert client.post("/digits", files={"file": ("zip.jpg", photo)}).json()["text"] == "92182"
    said = {"message": "이름이 뭐예요?"}
    answer = client.post("/chat", json=said).json()
    assert answer["engine"] == "retrieval"
    with connect(f"{client.base_url}/chat".replace("http", "ws", 1), proxy=None) as line:
        line.send(json.dumps(said))
        assert json.loads(line.recv(timeout=30)) == answer
        family = psutil.Process(process.pid).children(recursive=True)
        everyone = [psutil.Process(process.pid), *family]
        loaded = {file.path for one in everyone for file in one.memory_maps()}
        assert not [path for path in loaded if "tensorflow" in path]
        process.terminate()
        with pytest.raises(ConnectionClosed) as closed:  # told to go, and not waited for
            line.recv(timeout=30)
        assert closed.value.rcvd.code in (1001, 1012)
        words = process.communicate(timeout=30)[0]
        assert "Traceback" not in words
        assert psutil.wait_procs(family, timeout=10)[1] == []


def test_the_parts_end_with_their_gateway_even_if_it_is_killed(serving):
    process, client = serving("--microservices")
    family = psutil.Process(process.pid).children(recursive=True)
    assert {"uploads", "vision", "chat"} < client.get("/ready").json()["parts"].keys()
    process.kill()
    assert psutil.wait_procs(family, timeout=20)[1] == []


def test_one_part_answers_for_itself_alone(serving):
    _, client = serving("--part", "uploads")
    assert client.get("/uploads").json() == {"files": []}
    assert client.post("/digits").status_code == 404


@pytest.mark.parametrize("parts", [["chess"], ["gateway", "vision"]])
def test_an_unknown_part_is_one_sentence(annyeong, parts):
    process = annyeong("serve", *(word for part in parts for word in ("--part", part)))
    words = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert words.count("\n") == 1
    assert words.startswith("The parts are uploads, vision, chat, page")


@pytest.mark.parametrize("words", [(), ("--microservices",), ("--part", "gateway")])
def test_a_port_that_is_taken_is_one_sentence(annyeong, words):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = annyeong("serve", "--port", str(port), *words)
        said = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert said.count("\n") == 1
    assert said.startswith(f"Cannot listen on 127.0.0.1:{port} (Address already in use): ")


def test_where_the_usual_port_is_taken_the_next_free_one_is_told(capsys, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")
    monkeypatch.delenv("ANNYEONG_PORT", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        class Usual(Settings):
            port: int = taken.getsockname()[1]

        found = at_a_free_port(Usual())
        assert port < found.port < port + PORTS_TRIED
        socket.create_server(("127.0.0.1", found.port)).close()
        assert capsys.readouterr().err == (
            f"Port {port} is taken; the service is at http://127.0.0.1:{found.port}.\n"
        )
        assert at_a_free_port(Usual(port=port)).port == port  # it was asked for
    assert at_a_free_port(Usual()).port == port
    assert capsys.readouterr().err == ""


def test_a_wrong_setting_is_one_sentence(annyeong):
    process = annyeong("serve", "--port", "70000")
    words = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert words.count("\n") == 1
    assert words.startswith("The setting port (ANNYEONG_PORT) is wrong: ")


@pytest.mark.parametrize("words", [[], ["--microservices"]])
def test_a_folder_that_cannot_be_used_is_one_sentence(annyeong, tmp_path, words):
    (tmp_path / "file").write_text("no folder")
    process = annyeong("serve", "--port", "0", "--folder", str(tmp_path / "file"), *words)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert said.count("\n") == 1
    assert said.startswith(f"Uploads cannot be kept in {tmp_path / 'file'} (")

import hashlib
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from helpers.data import DataError
from helpers.language import pretrained
from helpers.language.pretrained import cache_memory, download, file_address, weight_memory

MODEL = bytes(range(256)) * 4096
CHECKSUM = hashlib.sha256(MODEL).hexdigest()
PLACE = "/annyeong/digits/resolve/main/"
ANSWERS = {
    f"{PLACE}model.safetensors": (200, MODEL),
    f"{PLACE}sub/folder/model.bin": (200, MODEL),
    "/annyeong/digits/resolve/refs%2Fpr%2F2/model.safetensors": (200, MODEL),
    f"{PLACE}altered": (200, MODEL[:-1] + b"?"),
    f"{PLACE}licence": (403, b"accept it first"),
    f"{PLACE}private": (401, b"who are you?"),
    f"{PLACE}broken": (503, b"later"),
}


class Hub(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self):
        self.asked.append(self.path)
        if self.path == f"{PLACE}moved":
            self.send_response(302)
            self.send_header("Location", f"{PLACE}model.safetensors")
            self.end_headers()
            return
        cut = self.path == f"{PLACE}cut"
        status, body = (200, MODEL) if cut else ANSWERS.get(self.path, (404, b"no such file"))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def log_message(self, *args):
        pass


@contextmanager
def running():
    Hub.asked = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def hub():
    with running() as address:
        yield address


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("COURSE_LANG", "en")


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_an_address_by_hand():
    assert file_address("gpt2", "model.safetensors", "607a30d") == (
        "https://huggingface.co/gpt2/resolve/607a30d/model.safetensors"
    )


@pytest.mark.parametrize(
    "name", ["", "..", "../x", "a/../b", "/etc/x", "a//b", "a\\b", "a?b", "글"]
)
def test_a_name_that_leaves_its_folder_is_refused(name, tmp_path):
    for names in ((name, "x", "x"), ("x", name, "x"), ("x", "x", name)):
        with pytest.raises(ValueError, match="can't be a name on the hub"):
            file_address(*names)
    with pytest.raises(ValueError, match="can't be a name"):
        download("annyeong/digits", name, CHECKSUM, folder=tmp_path)


@pytest.mark.parametrize(
    ("file", "revision"),
    [
        ("model.safetensors", "main"),
        ("sub/folder/model.bin", "main"),
        ("model.safetensors", "refs/pr/2"),
        ("moved", "main"),
    ],
)
def test_the_right_file_comes_whole(hub, tmp_path, file, revision):
    path = download(
        "annyeong/digits", file, CHECKSUM.upper(), revision=revision, folder=tmp_path, hub=hub
    )
    assert path == tmp_path / "annyeong/digits" / revision / file
    assert path.read_bytes() == MODEL
    assert files_in(tmp_path) == [path]


def test_a_file_that_is_there_is_not_asked_for_again(hub, tmp_path):
    names = ("annyeong/digits", "model.safetensors", CHECKSUM)
    first = download(*names, folder=tmp_path, hub=hub)
    Hub.asked.clear()
    assert download(*names, folder=tmp_path, hub=hub) == first
    assert Hub.asked == []


def test_a_file_that_was_damaged_since_is_fetched_again(hub, tmp_path):
    names = ("annyeong/digits", "model.safetensors", CHECKSUM)
    path = download(*names, folder=tmp_path, hub=hub)
    path.write_bytes(MODEL[:100])
    assert download(*names, folder=tmp_path, hub=hub).read_bytes() == MODEL


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        ("altered", "incomplete or changed"),
        ("cut", "incomplete or changed"),
        ("missing", "no such file"),
        ("licence", "licence accepted"),
        ("private", "private"),
        ("broken", "error 503"),
    ],
)
def test_anything_else_is_a_sentence_and_leaves_nothing(hub, tmp_path, file, sentence):
    with pytest.raises(DataError, match=sentence) as caught:
        download("annyeong/digits", file, CHECKSUM, folder=tmp_path, hub=hub)
    assert "\n" not in str(caught.value)
    assert files_in(tmp_path) == []


def test_what_is_refused_leaves_the_old_file(hub, tmp_path):
    old = tmp_path / "annyeong/digits/main/altered"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"old")
    with pytest.raises(DataError):
        download("annyeong/digits", "altered", CHECKSUM, folder=tmp_path, hub=hub)
    assert old.read_bytes() == b"old"


def test_offline_is_one_sentence(tmp_path):
    with running() as gone:
        pass
    with pytest.raises(DataError, match=r"^127\.0\.0\.1 can't be reached: connect"):
        download("annyeong/digits", "model.safetensors", CHECKSUM, folder=tmp_path, hub=gone)
    assert files_in(tmp_path) == []


def test_no_name_server_is_the_same_sentence(tmp_path, monkeypatch):
    hub = "http://hub.invalid"  # no such name, by RFC 2606
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(DataError, match=r"^hub\.invalid can't be reached"):
        download("annyeong/digits", "model.safetensors", CHECKSUM, folder=tmp_path, hub=hub)


def test_a_hub_that_falls_silent_is_out_of_reach(tmp_path, monkeypatch):
    import socket

    monkeypatch.setattr(pretrained, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        hub = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(DataError, match="can't be reached"):
            download("annyeong/digits", "model.safetensors", CHECKSUM, folder=tmp_path, hub=hub)


def test_a_full_disk_is_not_called_offline(hub, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pretrained.shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space left"):
        download("annyeong/digits", "model.safetensors", CHECKSUM, folder=tmp_path, hub=hub)
    assert files_in(tmp_path) == []


def test_the_sentences_are_korean_for_korean_readers(hub, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "ko")
    with pytest.raises(DataError, match="파일이 잘렸거나 바뀌었습니다"):
        download("annyeong/digits", "altered", CHECKSUM, folder=tmp_path, hub=hub)


@pytest.mark.parametrize("checksum", ["", CHECKSUM[:-1], "z" * 64])
def test_a_checksum_that_is_none_is_said_before_the_download(hub, tmp_path, checksum):
    Hub.asked.clear()
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        download("annyeong/digits", "cut", checksum, folder=tmp_path, hub=hub)
    assert Hub.asked == []


def test_memory_by_hand():
    # GPT-2: 12 layers of 12 heads of 64; a token keeps 12 * 12 * 64 keys and as many values.
    assert weight_memory(124_439_808) == 248_879_616
    assert weight_memory(1000, 4.5) == 562.5
    gpt2 = {"num_layers": 12, "num_heads": 12, "head_size": 64}
    assert cache_memory(1, **gpt2) == 36_864
    assert cache_memory(1024, **gpt2, bits=8) == 1024 * 36_864 / 2


def test_no_memory_of_nothing():
    with pytest.raises(ValueError, match="bits must be greater than 0"):
        weight_memory(10, 0)
    with pytest.raises(ValueError, match="num_layers must be greater than 0"):
        cache_memory(10, num_layers=-1, num_heads=1, head_size=1)

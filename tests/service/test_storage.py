import errno
import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from helpers.service.problems import Problem
from helpers.service.storage import Store

NAMES = [
    "../../x.png",
    "a\0b.png",
    "n" * 4096,
    "CON",
    "손글씨 7.png",
    "🙂.png",
    "",
    "/etc/passwd",
    "C:\\x.png",
]


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store", max_files=3, max_age=60)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def age(tmp_path, upload, seconds):
    then = time.time() - seconds
    os.utime(tmp_path / "store" / upload.id / "upload.json", (then, then))


def test_an_upload_is_named_by_its_content(store, tmp_path):
    upload = store.add(b"seven", "seven.png", "png")
    assert upload.id == hashlib.sha256(b"seven").hexdigest()
    assert (upload.name, upload.kind, upload.size) == ("seven.png", "png", 5)
    assert store.list() == [upload]
    assert store.get(upload.id) == upload
    assert store.read(upload.id) == b"seven"
    assert names_in(tmp_path / "store") == [upload.id]


@pytest.mark.parametrize("name", NAMES)
def test_a_given_name_is_kept_and_used_for_no_path(store, tmp_path, name):
    upload = store.add(b"content", name, "png")
    assert upload.name == name
    assert [path.name for path in tmp_path.iterdir()] == ["store"]
    assert names_in(tmp_path / "store") == [upload.id]
    assert names_in(tmp_path / "store" / upload.id) == ["content", "upload.json"]


def test_the_same_content_is_kept_once_under_its_last_name(store):
    store.add(b"same", "first.png", "png")
    store.add(b"same", "second.png", "png")
    assert [upload.name for upload in store.list()] == ["second.png"]
    assert len(store) == 1


def test_the_oldest_is_listed_first(store, tmp_path):
    new, old = (store.add(data, "x", "png") for data in (b"new", b"old"))
    age(tmp_path, old, 30)
    assert [upload.id for upload in store.list()] == [old.id, new.id]


@pytest.mark.parametrize("id", ["", ".", "..", "../store", "f" * 63, "F" * 64, "é" * 64, "a\0b"])
def test_what_is_no_id_is_no_upload(store, id):
    assert store.get(id) is None
    assert store.read(id) is None
    assert not store.delete(id)


def test_delete_takes_all_that_was_made(store, tmp_path):
    upload = store.add(b"content", "x", "png")
    store.write(upload.id, "face.png", b"face")
    assert store.has(upload.id, "face.png")
    assert store.delete(upload.id)
    assert not store.delete(upload.id)
    assert not store.has(upload.id, "face.png")
    assert names_in(tmp_path / "store") == []


def test_what_is_made_of_a_deleted_upload_is_dropped(store, tmp_path):
    upload = store.add(b"content", "x", "png")
    store.delete(upload.id)
    store.write(upload.id, "face.png", b"face")
    assert names_in(tmp_path / "store") == []


def test_full_is_full_and_says_until_when(store, tmp_path):
    first, *_ = [store.add(bytes([n]), "x", "png") for n in range(3)]
    age(tmp_path, first, 20)
    with pytest.raises(Problem) as refused:
        store.add(b"one more", "x", "png")
    assert refused.value.status_code == 503
    assert 38 <= int(refused.value.headers["Retry-After"]) <= 40
    store.add(bytes([1]), "again", "png")  # takes no more room
    store.delete(first.id)
    store.add(b"one more", "x", "png")


def test_what_is_too_old_goes(store, tmp_path):
    upload = store.add(b"old", "x", "png")
    age(tmp_path, upload, 61)
    assert store.list() == []
    assert names_in(tmp_path / "store") == []


def test_what_a_killed_process_left_is_never_listed_and_swept(store, tmp_path):
    half = tmp_path / "store" / ".annyeong-half"
    half.mkdir()
    (half / "content").write_bytes(b"ha")
    assert store.list() == []
    assert half.exists()  # it may be of a process that is at work
    os.utime(half, (0, 0))
    assert Store(tmp_path / "store", 3, 60).list() == []
    assert not half.exists()


def test_what_is_not_ours_is_left_alone(store, tmp_path):
    folder = tmp_path / "store"
    (folder / "photo.jpg").write_bytes(b"the user's own")
    (folder / ("a" * 64)).write_text("no folder of ours")
    (folder / ("b" * 64)).mkdir()
    (folder / ("c" * 64)).mkdir()
    (folder / ("c" * 64) / "upload.json").write_text("{cut")
    before = names_in(folder)
    upload = store.add(b"ours", "x", "png")
    assert store.list() == [upload]
    assert names_in(folder) == sorted([*before, upload.id])


def test_many_at_once_lose_nothing(tmp_path):
    stores = [Store(tmp_path / "store", max_files=1000, max_age=60) for _ in range(2)]

    def work(n):
        store = stores[n % 2]
        upload = store.add(bytes([n % 20]), f"{n}", "png")
        store.write(upload.id, "face.png", b"%d" % n)
        store.list()
        return upload.id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(work, range(200)))
    assert {upload.id for upload in stores[0].list()} == ids
    assert len(ids) == 20
    assert names_in(tmp_path / "store") == sorted(ids)


def test_two_stores_share_a_folder(store, tmp_path):
    upload = store.add(b"shared", "x", "png")
    assert Store(tmp_path / "store", 3, 60).get(upload.id) == upload


@pytest.fixture
def full_disk(monkeypatch):
    """Let no file and no folder be made: a function that fills the disk."""

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    def fill():
        monkeypatch.setattr(Path, "write_bytes", full)
        monkeypatch.setattr(os, "mkdir", full)

    return fill


def test_a_full_disk_is_a_problem_and_loses_nothing(store, tmp_path, full_disk):
    upload = store.add(b"before", "x", "png")
    full_disk()
    for write in (
        lambda: store.add(b"after", "y", "png"),
        lambda: store.write(upload.id, "face.png", b"face"),
    ):
        with pytest.raises(Problem) as caught:
            write()
        assert caught.value.status_code == 507
    assert names_in(tmp_path / "store") == [upload.id]
    assert store.list() == [upload]
    assert store.delete(upload.id)  # which is how there will be room again
    assert names_in(tmp_path / "store") == []


def test_half_a_file_on_a_full_disk_is_taken_back(store, tmp_path, monkeypatch):
    def write_half(path, data):
        path.open("wb").write(data[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(Problem):
        store.add(b"content", "x", "png")
    assert names_in(tmp_path / "store") == []


def test_another_fault_of_the_disk_stays_what_it_is(store, monkeypatch):
    def broken(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "write_bytes", broken)
    with pytest.raises(OSError, match="Input/output"):
        store.add(b"content", "x", "png")

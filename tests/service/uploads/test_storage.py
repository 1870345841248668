import errno
import hashlib
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from helpers.reader import speaking
from helpers.service.errors import DiskFull, FolderUnusable, StoreFull
from helpers.service.uploads.storage import Store, prepare

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
    return sorted(path.name for path in folder.iterdir() if path.name != ".annyeong.lock")


def age(tmp_path, upload, seconds):
    then = time.time() - seconds
    os.utime(tmp_path / "store" / upload.id / "upload.json", (then, then))


def test_an_upload_is_named_by_its_content(store, tmp_path):
    upload = store.add(b"seven", "seven.png", "png")
    assert upload.id == hashlib.sha256(b"seven").hexdigest()
    assert (upload.name, upload.kind, upload.size) == ("seven.png", "png", 5)
    assert store.all() == [upload]
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
    assert [upload.name for upload in store.all()] == ["second.png"]
    assert len(store) == 1


def test_the_oldest_is_listed_first(store, tmp_path):
    new, old = (store.add(data, "x", "png") for data in (b"new", b"old"))
    age(tmp_path, old, 30)
    assert [upload.id for upload in store.all()] == [old.id, new.id]


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
    with pytest.raises(StoreFull) as refused:
        store.add(b"one more", "x", "png")
    assert 38 <= refused.value.retry_after <= 40
    store.add(bytes([1]), "again", "png")  # takes no more room
    store.delete(first.id)
    store.add(b"one more", "x", "png")


def test_what_is_too_old_goes(store, tmp_path):
    upload = store.add(b"old", "x", "png")
    age(tmp_path, upload, 61)
    assert store.all() == []
    assert names_in(tmp_path / "store") == []


def test_what_is_kept_anew_while_it_is_swept_stays(store, tmp_path, monkeypatch):
    upload, alone = store.add(b"old", "x", "png"), store._alone
    age(tmp_path, upload, 61)

    def add_first():
        monkeypatch.setattr(store, "_alone", alone)
        Store(tmp_path / "store", 3, 999).add(b"old", "anew", "png")
        return alone()

    monkeypatch.setattr(store, "_alone", add_first)
    store.all()
    assert [upload.name for upload in store.all()] == ["anew"]


def test_what_a_killed_process_left_is_never_listed_and_swept(store, tmp_path):
    half = tmp_path / "store" / ".annyeong-half"
    half.mkdir(parents=True)
    (half / "content").write_bytes(b"ha")
    assert store.all() == []
    assert half.exists()  # it may be of a process that is at work
    os.utime(half, (0, 0))
    assert Store(tmp_path / "store", 3, 60).all() == []
    assert not half.exists()


def test_what_is_not_ours_is_left_alone(store, tmp_path):
    folder = tmp_path / "store"
    prepare(folder)
    (folder / "photo.jpg").write_bytes(b"the user's own")
    (folder / ("a" * 64)).write_text("no folder of ours")
    (folder / ("b" * 64)).mkdir()
    (folder / ("c" * 64)).mkdir()
    (folder / ("c" * 64) / "upload.json").write_text("{cut")
    before = names_in(folder)
    upload = store.add(b"ours", "x", "png")
    assert store.all() == [upload]
    assert names_in(folder) == sorted([*before, upload.id])


def test_many_at_once_lose_nothing(tmp_path):
    stores = [Store(tmp_path / "store", max_files=1000, max_age=60) for _ in range(2)]

    def work(n):
        store = stores[n % 2]
        upload = store.add(bytes([n % 20]), f"{n}", "png")
        store.write(upload.id, "face.png", b"%d" % n)
        store.all()
        return upload.id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(work, range(100)))
    assert {upload.id for upload in stores[0].all()} == ids
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
        with pytest.raises(DiskFull):
            write()
    assert names_in(tmp_path / "store") == [upload.id]
    assert store.all() == [upload]
    assert store.delete(upload.id)  # which is how there will be room again
    assert names_in(tmp_path / "store") == []


def test_half_a_file_on_a_full_disk_is_taken_back(store, tmp_path, monkeypatch):
    def write_half(path, data):
        path.open("wb").write(data[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(DiskFull):
        store.add(b"content", "x", "png")
    assert names_in(tmp_path / "store") == []


def test_a_disk_that_is_found_full_only_when_it_writes_is_full_too(store, tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFull):
        store.add(b"content", "x", "png")
    assert names_in(tmp_path / "store") == []


def test_another_fault_of_the_disk_stays_what_it_is(store, monkeypatch):
    def broken(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "write_bytes", broken)
    with pytest.raises(OSError, match="Input/output"):
        store.add(b"content", "x", "png")


def put_a_file_in_its_place(folder):
    shutil.rmtree(folder)
    folder.write_text("no folder")


def all_that_a_store_does(store):
    id = "0" * 64
    return [
        lambda: store.add(b"content", "x", "png"),
        lambda: store.write(id, "face.png", b"face"),
        lambda: store.delete(id),
        lambda: store.get(id),
        lambda: store.read(id),
        store.all,
        store.__len__,
    ]


def test_a_folder_that_is_gone_comes_back_when_it_is_needed(store, tmp_path):
    for number in range(len(all_that_a_store_does(store))):
        store.add(b"before", "x", "png")
        shutil.rmtree(tmp_path / "store")
        all_that_a_store_does(store)[number]()
        assert (tmp_path / "store").is_dir()
    assert store.all() == []
    shutil.rmtree(tmp_path / "store")
    assert store.is_usable()


def test_where_no_folder_can_be_every_request_is_503_in_one_sentence(store, tmp_path):
    store.add(b"before", "x", "png")
    put_a_file_in_its_place(tmp_path / "store")
    assert not store.is_usable()
    for do in all_that_a_store_does(store):
        for language, start in (("en", "The service cannot use"), ("ko", "서비스가 업로드 폴더를")):
            with speaking(language), pytest.raises(FolderUnusable) as refused:
                do()
            assert refused.value.retry_after > 0
            assert str(refused.value).startswith(start)
            assert str(tmp_path) not in str(refused.value)
    (tmp_path / "store").unlink()
    assert store.is_usable()
    assert store.add(b"after", "x", "png") in store.all()


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_what_cannot_be_written_can_still_be_read(store, tmp_path, monkeypatch, number):
    upload, old = (store.add(data, "x", "png") for data in (b"before", b"old"))
    age(tmp_path, old, 61)

    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    for name in ("mkdir", "rename", "replace"):
        monkeypatch.setattr(os, name, refuse)
    assert not store.is_usable()
    assert store.get(upload.id) == upload
    assert store.read(upload.id) == b"before"
    assert upload in store.all()  # though what is too old cannot go now
    for write in (
        lambda: store.add(b"after", "x", "png"),
        lambda: store.write(upload.id, "face.png", b"face"),
        lambda: store.delete(upload.id),
    ):
        with pytest.raises(FolderUnusable):
            write()
    monkeypatch.undo()
    assert store.all() == [upload]


def test_a_store_is_prepared_or_whoever_starts_it_is_told(tmp_path, monkeypatch):
    prepare(tmp_path / "new" / "store")
    assert list((tmp_path / "new" / "store").iterdir()) == []
    (tmp_path / "file").write_text("no folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "store"):
        with pytest.raises(ValueError, match="ANNYEONG_FOLDER") as refused:
            prepare(folder)
        assert str(folder) in str(refused.value)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "mkdir", full)
    prepare(tmp_path)  # what is kept can be read and deleted


def test_the_bytes_of_all_are_limited_with_what_is_made_of_them(tmp_path):
    store = Store(tmp_path / "store", max_files=9, max_age=60, max_bytes=2000)
    first = store.add(bytes(900), "x", "png")
    age(tmp_path, first, 20)
    store.add(b"1" * 800, "x", "png")
    for over in (
        lambda: store.add(b"2" * 300, "x", "png"),
        lambda: store.write(first.id, "face.png", bytes(300)),
    ):
        with pytest.raises(StoreFull, match="2,000 bytes") as refused:
            over()
        assert 38 <= refused.value.retry_after <= 40
    store.add(bytes(900), "again", "png")  # takes no more room
    store.write(first.id, "face.png", bytes(9))
    assert len(store) == 2
    store.delete(first.id)
    store.add(b"2" * 300, "x", "png")


def test_what_is_larger_than_the_store_is_refused_too(tmp_path):
    with pytest.raises(StoreFull, match="100 bytes"):
        Store(tmp_path / "store", max_files=9, max_age=60, max_bytes=100).add(
            bytes(101), "x", "png"
        )


def test_threads_do_not_overshoot_together(tmp_path):
    stores = [Store(tmp_path / "store", max_files=5, max_age=60) for _ in range(2)]

    def add(n):
        with suppress(StoreFull):
            return stores[n % 2].add(bytes([n]), "x", "png")

    with ThreadPoolExecutor(8) as pool:
        kept = list(filter(None, pool.map(add, range(40))))
    assert len(kept) == len(stores[0]) == 5


ADD_UNTIL_FULL = """
import os, sys
from pathlib import Path
from helpers.service.errors import StoreFull
from helpers.service.uploads.storage import Store

store = Store(Path(sys.argv[1]), max_files=40, max_age=600, max_bytes=42_000)
print("ready", flush=True)
sys.stdin.readline()
try:
    while True:
        print(store.add(os.urandom(1000), "x", "png").id, flush=True)
except StoreFull:
    print("full", flush=True)
"""


def test_processes_fill_a_store_exactly_though_one_is_killed(tmp_path):
    words = [sys.executable, "-c", ADD_UNTIL_FULL, str(tmp_path / "store")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(words, **pipes) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    victim, other = processes
    answered = {victim.stdout.readline().strip() for _ in range(5)}
    victim.kill()
    answered |= {line for line in victim.communicate()[0].split("\n")[:-1] if len(line) == 64}
    *ids, last = other.communicate(timeout=60)[0].splitlines()
    assert last == "full"
    answered |= set(ids)
    store = Store(tmp_path / "store", max_files=40, max_age=600)
    listed = {upload.id for upload in store.all()}
    assert answered <= listed
    assert len(listed) == 40
    assert len(answered) >= 39  # one may be kept, and its process killed before it said so
    for id in listed:
        assert hashlib.sha256(store.read(id)).hexdigest() == id


@pytest.mark.skipif(os.name == "nt", reason="Windows opens no folder")
def test_an_upload_is_on_the_disk_before_it_is_answered(store, tmp_path, monkeypatch):
    """As a power cut would show: whatever is renamed was synced, and then where it now lies."""
    synced, renamed = set(), []
    fsync, rename, replace = os.fsync, os.rename, os.replace

    def sync(opened):
        fsync(opened)
        synced.add(os.fstat(opened).st_ino)

    def move_by(how):
        def move(source, target):
            inside = [source, *source.iterdir()] if source.is_dir() else [source]
            assert {path.stat().st_ino for path in inside} <= synced
            how(source, target)
            renamed.append(target.parent)
            synced.discard(target.parent.stat().st_ino)

        return move

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "rename", move_by(rename))
    monkeypatch.setattr(os, "replace", move_by(replace))
    upload = store.add(b"content", "x", "png")
    assert tmp_path.stat().st_ino in synced  # which holds the new store
    store.add(b"content", "again", "png")
    own = tmp_path / "store" / upload.id
    assert renamed == [tmp_path / "store", own, own]
    assert {folder.stat().st_ino for folder in renamed} <= synced
    store.write(upload.id, "face.png", b"face")  # itself, though not that it is there


@pytest.mark.skipif(os.name == "nt", reason="Windows opens no folder")
def test_what_was_deleted_does_not_come_back_after_a_power_cut(store, tmp_path, monkeypatch):
    upload, synced = store.add(b"content", "x", "png"), []
    monkeypatch.setattr(os, "fsync", lambda opened: synced.append(os.fstat(opened).st_ino))
    store.delete(upload.id)
    assert synced == [(tmp_path / "store").stat().st_ino]


@pytest.mark.parametrize("damage", [b"", b"other", None])
def test_damaged_content_is_whole_again_once_it_is_sent_again(store, tmp_path, damage):
    id = store.add(b"x", "a", "png").id
    content = tmp_path / "store" / id / "content"
    content.unlink() if damage is None else content.write_bytes(damage)
    assert store.add(b"x", "b", "png").id == id
    assert (store.read(id), store.get(id).name) == (b"x", "b")


@pytest.mark.parametrize(
    "record",
    [
        '{"name": "a", "kind": "png", "size": "1"}',
        '{"name": "a", "kind": "png", "size": -1}',
        '{"name": "a", "kind": "gif", "size": 1}',
        '{"name": null, "kind": "png", "size": 1}',
        '{"kind": "png", "size": 1}',
        '{"name": "a", "kind": "png", "size": 1, "id": "b"}',
        '{"name": "\\ud800", "kind": "png", "size": 1}',
        "[]",
    ],
)
def test_a_record_that_is_json_but_not_ours_is_no_upload(store, tmp_path, record):
    id = store.add(b"x", "a", "png").id
    (tmp_path / "store" / id / "upload.json").write_text(record)
    assert store.get(id) is None
    assert store.all() == []
    assert not store.delete(id)


def test_a_folder_where_a_record_was_is_no_upload_and_no_failure(store, tmp_path):
    id, other = store.add(b"x", "a", "png").id, store.add(b"y", "b", "png").id
    (tmp_path / "store" / id / "upload.json").unlink()
    (tmp_path / "store" / id / "upload.json").mkdir()
    assert [one.id for one in store.all()] == [other]
    assert store.get(id) is None
    with pytest.raises(FolderUnusable):
        store.add(b"x", "a", "png")

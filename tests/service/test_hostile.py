"""What is broken, hostile or odd is answered like anything else: never with a 5xx."""

import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import cv2
import httpx
import numpy as np
import psutil
import pytest

from helpers.paths import PHOTOS
from helpers.service.deploy.process import running
from helpers.vision.pictures import decode
from service.hostile import NAMES, corpus, largest, rotated

pytestmark = pytest.mark.slow

CORPUS = corpus()
#: Far more than any of these takes, and the end of one that would hang.
SECONDS = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile") / "kept"


@pytest.fixture(scope="module")
def service(folder):
    with running("--part", "uploads", "--part", "vision", folder=folder) as service:
        service.client.timeout = SECONDS
        yield service


@pytest.fixture
def client(service):
    yield service.client
    for one in service.client.get("/uploads").json()["files"]:
        service.client.delete(one["path"])


def as_file(data, name="x.png"):
    return {"file": (name, data)}


def check(answer, folder):
    """Hold an answer against the contract: a success, or one sentence about the file."""
    assert answer.status_code in (200, 400, 413, 415, 422), answer.text
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert re.fullmatch(r"[^\n]+[^.]\.", problem["detail"])
        assert problem["error"] == problem["detail"]
        assert str(folder) not in answer.text
        assert "Traceback" not in answer.text
    return answer.status_code


def bring(client, folder, files):
    """Bring each file to each address that takes one; return the addresses of the kept."""
    kept = set()

    def bring_one(data):
        form = client.post("/digits", files=as_file(data))
        raw = client.post("/digits", content=data, headers={"Content-Type": "image/png"})
        assert check(form, folder) == check(raw, folder)
        check(client.post("/mosaic", files=as_file(data)), folder)
        answer = client.post("/upload", files=as_file(data))
        if check(answer, folder) == 200:
            kept.add(answer.json()["path"])
            check(client.get(answer.json()["path"]), folder)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bring_one, files))
    return kept


def test_every_file_is_answered_and_nothing_grows(service, client, folder):
    assert len(set(CORPUS.values())) >= 300
    process = psutil.Process(service.pid)
    memory = []
    for files in (list(CORPUS.values()), list(CORPUS.values())[::3]):
        kept = bring(client, folder, files)
        while (mosaics := client.get("/mosaic").json())["pending"]:
            pass  # asked again it goes on
        listed = client.get("/uploads").json()["files"]
        assert {one["path"] for one in listed} == kept
        assert len(mosaics["processed_files"]) + len(mosaics["failed_files"]) == len(kept)
        assert any("face" in path for path in mosaics["processed_files"])
        for failure in mosaics["failed_files"]:
            assert re.fullmatch(r"[^\n/]+[^.]\.", failure["reason"])
        assert {f"/uploads/{one.name}" for one in folder.glob("[!.]*")} == kept
        for one in listed:
            assert (folder / one["id"] / "content").stat().st_size == one["size"]
            client.delete(one["path"])
        assert list(folder.glob("[!.]*")) == []
        memory.append(process.memory_info().rss)
    assert memory[1] < 1.1 * memory[0]


def test_the_most_that_a_small_file_can_ask_for_is_answered(client, folder):
    bring(client, folder, largest().values())
    while (mosaics := client.get("/mosaic").json())["pending"]:
        pass
    assert len(mosaics["failed_files"]) == len(largest())


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_data_and_no_path(client, folder, name):
    picture = CORPUS["face.png"]
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="'
    given = name.replace('"', "%22").replace("\r\n", "%0D%0A").encode()  # as browsers write it
    form = head + given + b'"\r\n\r\n' + picture + b"\r\n--b--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    kept = client.post("/upload", content=form, headers=kind)
    assert kept.status_code == 200
    (listed,) = client.get("/uploads").json()["files"]
    assert listed["filename"] == kept.json()["filename"]
    (own,) = folder.glob("[!.]*")
    assert {one.name for one in own.iterdir()} == {"content", "upload.json"}
    assert [one.name for one in folder.parent.iterdir()] == ["kept"]
    (path,) = client.get("/mosaic").json()["processed_files"]
    assert re.fullmatch(r"/mosaic/[0-9a-f]{64}/[^/\\]+-face\.png", path)
    assert path == quote(path, safe="/%")
    assert client.get(path).headers["content-type"] == "image/png"


@pytest.mark.parametrize("behind", ["html", "zip", "itself"])
@pytest.mark.parametrize("name", ["photo.jpg", "digit.png"])
def test_a_copy_has_lost_what_stood_behind_the_picture(client, name, behind):
    sent = CORPUS[f"{name} and {behind}"]
    copy = client.get(client.post("/upload", files=as_file(sent)).json()["path"])
    assert copy.headers["x-content-type-options"] == "nosniff"
    assert copy.headers["content-type"] == ("image/jpeg" if "jpg" in name else "image/png")
    tail = sent[len(CORPUS[name]) :]
    assert not copy.content.endswith(tail[-20:])
    assert b"<script>" not in copy.content
    assert cv2.imdecode(np.frombuffer(copy.content, np.uint8), cv2.IMREAD_COLOR) is not None


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, lambda a: a),
        (2, np.fliplr),
        (3, lambda a: np.rot90(a, 2)),
        (4, np.flipud),
        (5, lambda a: a.transpose(1, 0, 2)),
        (6, lambda a: np.rot90(a, -1)),
        (7, lambda a: np.rot90(a, 2).transpose(1, 0, 2)),
        (8, np.rot90),
    ],
)
def test_a_copy_is_upright(client, orientation, upright):
    photo = CORPUS["photo.jpg"]
    kept = client.post("/upload", files=as_file(rotated(photo, orientation))).json()
    copy = client.get(kept["path"]).content
    assert b"Exif" not in copy
    assert decode(copy).shape == upright(decode(photo)).shape
    assert np.abs(decode(copy).astype(int) - upright(decode(photo))).mean() < 3


def test_the_service_has_seen_no_error(client):
    """What the tests above sent is counted."""
    counted = client.get("/metrics").text
    assert 'status="200"' in counted
    assert not re.search(r'status="5\d\d"', counted)


def test_a_client_without_patience_harms_nobody(client):
    portrait = cv2.resize(cv2.imread(str(PHOTOS / "astronaut.jpg")), None, fx=4, fy=4)
    work_of_a_second = cv2.imencode(".jpg", portrait)[1].tobytes()
    with pytest.raises(httpx.TimeoutException):
        client.post("/mosaic", files=as_file(work_of_a_second), timeout=0.01)
    assert client.get("/health").json() == {"status": "ok"}

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import get_ident

import cv2
import httpx
import numpy as np
import pytest

from helpers.service import pictures
from helpers.service.app import create_app
from helpers.service.deploy.gateway import create_gateway
from helpers.service.faces import mosaic
from helpers.service.settings import Settings
from helpers.service.workers import give_back_memory
from helpers.vision.faces import find_faces, pixelate
from helpers.vision.pictures import decode
from service.listening import served


@pytest.fixture
def uploads(client, face, photo):
    """A portrait, a photo without faces and one that is cut short; by their names."""
    files = {"../our team.jpg": face, "우편번호.jpg": photo, "cut.jpg": face[:500]}
    return {
        name: client.post("/upload", files={"file": (name, data)}).json()["id"]
        for name, data in files.items()
    }


def test_every_upload_is_processed_or_says_why_not(client, uploads, face):
    answer = client.get("/mosaic").json()
    id = uploads["../our team.jpg"]
    assert answer["message"] == "Mosaic done"
    assert answer["processed_files"] == [f"/mosaic/{id}/our%20team-face.png"]
    reasons = {failure["filename"]: failure["reason"] for failure in answer["failed_files"]}
    assert set(reasons) == {"우편번호.jpg", "cut.jpg"}
    assert "No face" in reasons["우편번호.jpg"]
    assert "damaged" in reasons["cut.jpg"]
    picture = client.get(answer["processed_files"][0])
    assert picture.headers["content-type"] == "image/png"
    expected = pixelate(face, find_faces(face, "quick"))
    np.testing.assert_array_equal(decode(picture.content), expected)


def test_the_reasons_are_in_the_readers_language_whoever_asked_first(client, uploads):
    client.get("/mosaic")
    answer = client.get("/mosaic", headers={"Accept-Language": "ko"}).json()
    assert answer["message"] == "모자이크 처리 완료"
    reasons = {failure["filename"]: failure["reason"] for failure in answer["failed_files"]}
    assert "얼굴" in reasons["우편번호.jpg"]
    assert "사진" in reasons["cut.jpg"]


def test_what_was_done_once_is_not_done_again(client, uploads, monkeypatch):
    first = client.get("/mosaic").json()
    monkeypatch.setattr(mosaic, "hide", pytest.fail)
    assert client.get("/mosaic").json() == first


def test_two_who_ask_at_once_do_it_once(client, uploads, monkeypatch):
    seen, hide = [], mosaic.hide
    monkeypatch.setattr(mosaic, "hide", lambda *words: seen.append(1) or hide(*words))
    threads = [threading.Thread(target=client.get, args=("/mosaic",)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(uploads)


def test_within_its_time_it_says_what_is_done_and_what_waits(serve, photo, monkeypatch):
    seen, hide = [], mosaic.hide

    def hide_slowly(data, max_pixels):
        seen.append(data)
        time.sleep(0.2)
        return hide(data, max_pixels)

    monkeypatch.setattr(mosaic, "hide", hide_slowly)
    client = serve(["uploads", "vision"], workers=1, mosaic_seconds=0.3)
    kept = {f"{n}.jpg" for n in range(5)}
    for name in kept:
        client.post("/upload", files={"file": (name, photo + name.encode())})
    answer = client.get("/mosaic").json()
    assert answer["pending"]
    assert answer["message"] == "Not all is done yet: ask again"
    for _ in range(50):
        done = [one["filename"] for one in answer["failed_files"]]
        assert {*done, *answer["pending"]} == kept
        assert len(done) + len(answer["pending"]) == len(kept)
        if not answer["pending"]:
            break
        answer = client.get("/mosaic").json()
    assert answer["message"] == "Mosaic done"
    assert len(seen) == len(set(seen)) == len(kept)


def test_an_accident_with_one_picture_leaves_the_others(client, uploads, face, monkeypatch):
    hide = mosaic.hide
    monkeypatch.setattr(mosaic, "hide", lambda data, most: hide(data, most if data == face else []))
    answer = client.get("/mosaic", headers={"Accept-Language": "ko"}).json()
    assert len(answer["processed_files"]) == 1
    assert "문제가 생겼습니다" in answer["failed_files"][0]["reason"]
    assert answer["pending"] == []


@pytest.fixture(params=["alone", "behind the gateway"])
def slow(request, tmp_path, photo, monkeypatch):
    """A service with four uploads that stops at each until it may go on: itself, and its address.

    Its list `seen` grows by each picture that is begun.
    """
    app = create_app(["uploads", "vision"], Settings(folder=tmp_path / "uploads", workers=1))
    app.seen, app.may_go_on = [], threading.Event()

    def hide(data, max_pixels):
        app.seen.append(data)
        app.may_go_on.wait(30)
        return data, 1

    monkeypatch.setattr(mosaic, "hide", hide)
    with ExitStack() as stack:
        address = stack.enter_context(served(app))
        if request.param != "alone":
            settings = Settings(uploads_url=address, vision_url=address)
            address = stack.enter_context(served(create_gateway(settings)))
        stack.callback(app.may_go_on.set)
        for n in range(4):
            files = {"file": ("x.jpg", photo + bytes([n]))}
            httpx.post(f"{address}/upload", files=files).raise_for_status()
        yield app, address


def leave_after(app, address, picture):
    """Ask for everything, and go while a picture is worked on; the service has heard of it then."""
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{address}/mosaic", timeout=0.5)
    assert len(app.seen) == picture
    time.sleep(1)


def test_its_time_is_over_also_while_a_picture_is_worked_on(slow):
    app, address = slow
    state = app.state.service
    state.settings = state.settings.model_copy(update={"mosaic_seconds": 0.5})
    for _ in range(2):
        answer = httpx.get(f"{address}/mosaic", timeout=30)
        assert len(answer.json()["pending"]) == 4
    assert len(app.seen) == 1
    app.may_go_on.set()


def test_once_the_client_is_gone_no_picture_is_begun(slow):
    app, address = slow
    leave_after(app, address, 1)
    app.may_go_on.set()
    while app.state.metrics.num_in_progress:
        time.sleep(0.01)
    assert len(app.seen) == 1
    assert httpx.get(f"{address}/mosaic").json()["pending"] == []
    assert len(app.seen) == 4


def test_who_still_waits_gets_all_though_another_has_left(slow):
    app, address = slow
    with ThreadPoolExecutor(1) as pool:
        patient = pool.submit(httpx.get, f"{address}/mosaic", timeout=30)
        while not app.seen:
            time.sleep(0.01)
        leave_after(app, address, 1)
        app.may_go_on.set()
        assert len(patient.result().json()["processed_files"]) == 4
    assert len(app.seen) == 4


def test_a_deleted_upload_is_gone_from_the_list(client, uploads):
    address = client.get("/mosaic").json()["processed_files"][0]
    client.delete(f"/uploads/{uploads['../our team.jpg']}")
    assert client.get(address).status_code == 404
    assert client.get("/mosaic").json()["processed_files"] == []


def test_no_uploads_no_files(client):
    answer = client.get("/mosaic").json()
    assert answer["processed_files"] == answer["failed_files"] == []


def test_one_picture_comes_back_with_its_faces_hidden(client, face):
    for answer in (
        client.post("/mosaic", files={"file": ("face.jpg", face)}),
        client.post("/mosaic", content=face, headers={"Content-Type": "image/jpeg"}),
    ):
        assert answer.headers["content-type"] == "image/png"
        assert int(answer.headers["x-faces"]) == len(find_faces(face, "quick"))
        np.testing.assert_array_equal(
            decode(answer.content), pixelate(face, find_faces(face, "quick"))
        )


def test_without_a_face_the_picture_comes_back_as_it_is(client, photo):
    answer = client.post("/mosaic", content=photo, headers={"Content-Type": "image/jpeg"})
    assert answer.headers["x-faces"] == "0"
    np.testing.assert_array_equal(decode(answer.content), decode(photo))


def test_a_picture_too_large_is_a_reason_too(serve, face):
    client = serve(max_pixels=1000)
    client.post("/upload", files={"file": ("face.jpg", face)})
    (failure,) = client.get("/mosaic").json()["failed_files"]
    assert "1,000" in failure["reason"]


def test_a_transparent_picture_stands_on_white(client):
    picture = cv2.imencode(".png", np.zeros((40, 40, 4), np.uint8))[1].tobytes()
    answer = client.post("/mosaic", content=picture, headers={"Content-Type": "image/png"})
    assert decode(answer.content).min() == 255


@pytest.mark.parametrize(("side", "is_large"), [(1000, False), (1001, True)])
def test_a_large_photo_leaves_no_memory_behind(monkeypatch, side, is_large):
    threads, given_back = [], []
    nobody = np.empty((0, 4), np.int32)
    monkeypatch.setattr(mosaic, "find_faces", lambda *_: threads.append(get_ident()) or nobody)
    monkeypatch.setattr(pictures, "give_back_memory", lambda: given_back.append(True))
    photo = cv2.imencode(".png", np.zeros((side, side, 3), np.uint8))[1].tobytes()
    mosaic.hide(photo, max_pixels=2_000_000)
    assert (threads != [get_ident()]) == is_large  # where the detector ends with its thread
    assert bool(given_back) == is_large


def test_memory_is_given_back_where_the_system_can():
    give_back_memory()

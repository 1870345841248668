import threading
from threading import get_ident

import cv2
import numpy as np
import pytest

from helpers.service import bodies, hiding
from helpers.service.workers import give_back_memory
from helpers.vision.faces import find_faces, pixelate
from helpers.vision.pictures import decode


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
    monkeypatch.setattr(hiding, "hide", pytest.fail)
    assert client.get("/mosaic").json() == first


def test_two_who_ask_at_once_do_it_once(client, uploads, monkeypatch):
    seen, hide = [], hiding.hide
    monkeypatch.setattr(hiding, "hide", lambda *words: seen.append(1) or hide(*words))
    threads = [threading.Thread(target=client.get, args=("/mosaic",)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(uploads)


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
    monkeypatch.setattr(hiding, "find_faces", lambda *_: threads.append(get_ident()) or nobody)
    monkeypatch.setattr(bodies, "give_back_memory", lambda: given_back.append(True))
    photo = cv2.imencode(".png", np.zeros((side, side, 3), np.uint8))[1].tobytes()
    hiding.hide(photo, max_pixels=2_000_000)
    assert (threads != [get_ident()]) == is_large  # where the detector ends with its thread
    assert bool(given_back) == is_large


def test_memory_is_given_back_where_the_system_can():
    give_back_memory()

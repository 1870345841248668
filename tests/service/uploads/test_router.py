import errno
import hashlib
import shutil

import cv2
import numpy as np
import pytest

from helpers.vision.pictures import decode

NAMES = [
    "../../x.png",
    "n" * 4000,
    "CON",
    "손글씨.png",
    "🙂.png",
    "a b;c.png",
    "%2e%2e%2fx",
    "<script>.png",
]


def keep(client, data, name="photo.jpg", **headers):
    return client.post("/upload", files={"file": (name, data)}, headers=headers)


def test_an_upload_is_kept_listed_given_and_deleted(client, photo):
    kept = keep(client, photo).json()
    id = hashlib.sha256(photo).hexdigest()
    assert kept == {
        "filename": "photo.jpg",
        "message": "File uploaded!",
        "path": f"/uploads/{id}",
        "id": id,
        "size": len(photo),
    }
    (listed,) = client.get("/uploads").json()["files"]
    assert listed.pop("created").endswith("Z")
    assert listed == {
        "id": id,
        "filename": "photo.jpg",
        "size": len(photo),
        "kind": "jpeg",
        "path": kept["path"],
    }
    copy = client.get(kept["path"])
    assert copy.headers["content-type"] == "image/jpeg"
    assert np.abs(decode(copy.content).astype(int) - decode(photo)).mean() < 2
    assert client.delete(kept["path"]).status_code == 204
    assert client.get(kept["path"]).status_code == 404
    assert client.delete(kept["path"]).status_code == 404
    assert client.get("/uploads").json() == {"files": []}


def test_the_message_is_that_of_the_notes_in_korean(client, photo):
    answer = keep(client, photo, **{"Accept-Language": "ko-KR"})
    assert answer.json()["message"] == "파일 업로드 성공!"


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_data(client, photo, name, tmp_path):
    kept = keep(client, photo, name).json()
    assert kept["filename"] == name
    assert {path.name for path in (tmp_path / "uploads").iterdir()} == {
        kept["id"],
        ".annyeong.lock",
    }
    assert client.get("/uploads").json()["files"][0]["filename"] == name


def test_half_a_character_in_a_name_stops_nobody(client, photo):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="\\ud800.jpg"\r\n\r\n'
        + photo
        + b"\r\n--b--\r\n"
    )
    kind = "multipart/form-data; boundary=b; charset=unicode_escape"
    assert client.post("/upload", content=body, headers={"Content-Type": kind}).status_code == 200
    assert client.get("/uploads").status_code == 200
    assert client.get("/mosaic").status_code == 200


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", b"\x89PN", b"MZ"])
def test_what_is_no_picture_is_refused(client, data):
    answer = keep(client, data)
    assert answer.status_code == 415
    assert "JPEG" in answer.json()["error"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "multipart/form-data", 400),
        (b"--b\r\n", "multipart/form-data; boundary=b", 400),
        (b"--b--\r\n", 'multipart/form-data; boundary=""', 400),
        (b"x", "multipart/form-data; boundary=b", 400),
        (b"--b--\r\n", "multipart/form-data; boundary=b", 422),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            422,
        ),
        (b"--b\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b", 400),
        (b"file=x", "application/x-www-form-urlencoded", 415),
        (b"\x89PNG\r\n\x1a\n", "image/png", 415),
        (b"{}", "application/json", 415),
        (b"x", "", 415),
    ],
)
def test_a_form_that_is_none_is_a_problem(client, body, kind, status):
    answer = client.post("/upload", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize("id", ["x", "..%2f..%2fetc", "0" * 64, "%00", "é", "a" * 5000])
def test_what_is_no_id_is_not_found(client, id):
    assert client.get(f"/uploads/{id}").status_code == 404
    assert client.delete(f"/uploads/{id}").status_code == 404
    assert client.get(f"/mosaic/{id}/x.png").status_code == 404


def test_a_copy_carries_neither_place_nor_tail(client, photo):
    exif = b"\xff\xe1\0\x1cExif\0\0GPS 37.5665N 126.9780E"
    kept = keep(client, photo[:2] + exif + photo[2:] + b"<script>").json()
    copy = client.get(kept["path"])
    assert b"GPS" not in copy.content
    assert b"<script>" not in copy.content
    assert copy.headers["x-content-type-options"] == "nosniff"


def test_what_cannot_be_decoded_is_kept_and_said_when_it_is_asked_for(client, photo):
    kept = keep(client, photo[:500]).json()
    answer = client.get(kept["path"])
    assert answer.status_code == 422
    assert "damaged" in answer.json()["detail"]


def test_over_the_number_of_files_is_503_with_a_time(serve):
    client = serve(max_files=2)
    statuses = []
    for n in range(3):
        picture = cv2.imencode(".png", np.full((4, 4), n, np.uint8))[1].tobytes()
        answer = keep(client, picture)
        statuses.append(answer.status_code)
    assert statuses == [200, 200, 503]
    assert 0 < int(answer.headers["retry-after"]) <= 86_400


def test_over_the_pixels_is_413_and_at_them_it_works(serve):
    client = serve(max_pixels=100)
    for width, status in ((10, 200), (11, 413)):
        picture = cv2.imencode(".png", np.zeros((10, width), np.uint8))[1].tobytes()
        kept = keep(client, picture).json()
        assert client.get(kept["path"]).status_code == status
        for address in ("/digits", "/mosaic"):
            answer = client.post(address, content=picture, headers={"Content-Type": "image/png"})
            assert answer.status_code == status


def test_a_full_disk_is_507_in_one_sentence(serve, photo, face, monkeypatch):
    client = serve(["uploads", "vision"])
    keep(client, face)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    for answer in (keep(client, photo, **{"Accept-Language": "ko"}), client.get("/mosaic")):
        assert answer.status_code == 507
        assert answer.headers["content-type"] == "application/problem+json"
        assert "No space" not in answer.text
    assert keep(client, photo, **{"Accept-Language": "ko"}).json()["detail"].startswith("서비스의")
    assert len(client.get("/uploads").json()["files"]) == 1


def test_over_the_bytes_of_all_is_503_with_a_time(serve, photo):
    client = serve(["uploads"], max_total_bytes=len(photo) + 1000)
    assert keep(client, photo).status_code == 200
    answer = keep(client, photo + b"another")
    assert answer.status_code == 503
    assert 0 < int(answer.headers["retry-after"]) <= 86_400


def test_while_the_folder_is_gone_the_service_says_so_and_it_comes_back(serve, photo, tmp_path):
    client, folder = serve(["uploads", "vision"]), tmp_path / "uploads"
    path = keep(client, photo).json()["path"]
    shutil.rmtree(folder)
    folder.write_text("no folder")
    for answer in (
        keep(client, photo),
        client.get("/uploads"),
        client.get(path),
        client.delete(path),
        client.get("/mosaic"),
        client.post("/digits", json={"id": path.rpartition("/")[2]}),
    ):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) > 0
        assert str(tmp_path) not in answer.text
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "parts": {"uploads": False, "vision": True}}
    assert "annyeong_uploads NaN" in client.get("/metrics").text
    assert client.get("/health").status_code == 200
    folder.unlink()
    assert client.get("/ready").status_code == 200
    assert client.get("/uploads").json() == {"files": []}
    assert "annyeong_uploads 0.0" in client.get("/metrics").text
    assert keep(client, photo).status_code == 200

"""Some four hundred broken, hostile and odd files: each answered, none with a 5xx."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient

from helpers.paths import PHOTOS
from helpers.service.app import create_app
from helpers.service.settings import Settings

RANDOM = np.random.default_rng(0)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, rows, depth=8, colour=0, extra=b""):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return (
        signature
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def encoded(kind, shape, dtype=np.uint8):
    picture = RANDOM.integers(0, np.iinfo(dtype).max, shape, dtype)
    return cv2.imencode(f".{kind}", picture)[1].tobytes()


def rotated(jpeg, orientation):
    """Put an EXIF orientation into a JPEG."""
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + bytes([orientation]) + bytes(7)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def corpus():
    zipped, digit = (PHOTOS / "zip-02.jpg").read_bytes(), encoded("png", (28, 28))
    drawn = encoded("png", (90, 120, 4))
    files = {"empty": b"", "one-byte": b"\x89", "text": b"hello", "svg": b"<svg/>"}
    for name, data in {"jpeg": zipped, "digit": digit, "png": drawn}.items():
        for tenth in range(10):
            files[f"{name}-cut-{tenth}"] = data[: len(data) * tenth // 10]
        for n in range(100):
            flipped = bytearray(data)
            flipped[RANDOM.integers(len(data))] ^= 1 << int(RANDOM.integers(8))
            files[f"{name}-flipped-{n}"] = bytes(flipped)
        files[f"{name}-tail"] = data + b"<html><script>alert(1)</script>"
        files[f"{name}-zip-tail"] = data + b"PK\x03\x04" + bytes(100)
        files[f"{name}-twice"] = data + data
    for side in (5_001, 13_000, 60_000, 2**31 - 1, 2**32 - 1):
        files[f"bomb-{side}"] = png(side, side, bytes(10_000))
    files["bomb-inside-limit"] = png(4_900, 4_900, bytes(4_901 * 4_900))
    files["bomb-text"] = png(
        8, 8, bytes(72), extra=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(9**8)))
    )
    files["no-pixels"] = png(0, 0, b"")
    for width, height in (
        (1, 1),
        (1, 20_000),
        (20_000, 1),
        (2, 3),
        (27, 29),
        (29, 27),
        (1_000_001, 1),
    ):
        files[f"thin-{width}x{height}"] = png(width, height, bytes((width + 1) * height))
    for depth, colour, size in ((16, 0, 2), (1, 0, 1), (8, 2, 3), (8, 4, 2), (16, 6, 8), (8, 3, 1)):
        extra = chunk(b"PLTE", bytes(range(30))) if colour == 3 else b""
        row = bytes(1 + (40 * size if depth > 1 else 5))
        files[f"depth-{depth}-colour-{colour}"] = png(40, 40, row * 40, depth, colour, extra)
    files["animated"] = png(40, 40, bytes(41 * 40), extra=chunk(b"acTL", struct.pack(">II", 2, 0)))
    for orientation in range(10):
        files[f"rotated-{orientation}"] = rotated(zipped, orientation)
    files["all-ff"] = b"\xff\xd8" + b"\xff" * 1_000_000
    files["cmyk"] = zipped.replace(b"\x03\x01", b"\x04\x01", 1)
    files["gif"] = b"GIF89a" + bytes(50)
    files["bmp"] = encoded("bmp", (30, 30, 3))
    files["webp"] = encoded("webp", (30, 30, 3))
    files["jpeg-in-png"] = b"\x89PNG\r\n\x1a\n" + zipped
    files["png-in-jpeg"] = b"\xff\xd8\xff" + digit
    files["16-bit"] = encoded("png", (40, 40), np.uint16)
    files["noise"] = RANDOM.bytes(10_000)
    return files


CORPUS = corpus()


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    app = create_app(settings=Settings(folder=tmp_path_factory.mktemp("s")))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def check(answer):
    assert answer.status_code in (200, 400, 413, 415, 422), answer.text
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == answer.status_code
        assert problem["error"] == problem["detail"]
        assert "/" not in problem["detail"].replace("image/", "")


def test_the_corpus_is_large():
    assert len(CORPUS) >= 300


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["image/png", "image/jpeg"])
@pytest.mark.parametrize("address", ["/digits?explain=true", "/mosaic"])
def test_every_file_is_answered(client, address, kind):
    names = [name for name in CORPUS if "flipped" not in name or kind == "image/png"]
    for name in names:
        answer = client.post(address, content=CORPUS[name], headers={"Content-Type": kind})
        check(answer)


@pytest.mark.slow
def test_none_of_them_stops_the_others(client):
    kept = {}
    for name, data in CORPUS.items():
        answer = client.post("/upload", files={"file": (name, data)})
        check(answer)
        if answer.status_code == 200:
            kept[answer.json()["id"]] = name
    face = (PHOTOS / "astronaut.jpg").read_bytes()
    last = client.post("/upload", files={"file": ("face.jpg", face)}).json()
    for id in kept:
        check(client.get(f"/uploads/{id}"))
        check(client.post("/digits", json={"id": id}))
    mosaics = client.get("/mosaic").json()
    assert mosaics["processed_files"] == [f"/mosaic/{last['id']}/face-face.png"]
    assert len(mosaics["failed_files"]) == len(kept)
    assert all(failure["reason"] for failure in mosaics["failed_files"])


def test_what_is_handed_out_has_lost_what_stood_behind_the_picture(client):
    for name in ("jpeg-tail", "png-tail", "rotated-6"):
        path = client.post("/upload", files={"file": (name, CORPUS[name])}).json()["path"]
        copy = client.get(path)
        assert copy.headers["x-content-type-options"] == "nosniff"
        assert copy.headers["content-type"] in ("image/png", "image/jpeg")
        assert b"script" not in copy.content
        assert b"Exif" not in copy.content
        assert cv2.imdecode(np.frombuffer(copy.content, np.uint8), cv2.IMREAD_COLOR) is not None

"""Digits, from the endpoint down to the feature maps."""

import asyncio
import base64

import cv2
import httpx
import numpy as np
import pytest

from helpers.data import load_mnist
from helpers.service.app import create_app
from helpers.service.digits import reader
from helpers.service.settings import Settings
from helpers.vision.digits import layer_maps
from helpers.vision.photos import read_photo

_, (X_TEST, Y_TEST) = load_mnist()
ADDRESS = "/digits"


def png(picture):
    return cv2.imencode(".png", picture)[1].tobytes()


def send(client, data, kind="image/png", **parameters):
    return client.post(ADDRESS, content=data, headers={"Content-Type": kind}, params=parameters)


def test_all_three_ways_give_the_same_reading(client, photo):
    id = client.post("/upload", files={"file": ("zip.jpg", photo)}).json()["id"]
    answers = [
        send(client, photo, "image/jpeg"),
        client.post(ADDRESS, files={"file": ("zip.jpg", photo)}),
        client.post(ADDRESS, json={"id": id}),
    ]
    first, *others = [answer.json() for answer in answers]
    assert others == [first, first]
    assert first["text"] == "92182"
    assert first["digits"] == [
        {"value": d.value, "probability": d.probability, "box": list(d.box), "row": d.row}
        for d in read_photo(photo)
    ]


def test_a_digit_of_mnist_is_read_as_it_is_in_both_polarities(client):
    for image, label in zip(X_TEST[:20], Y_TEST[:20], strict=True):
        for picture in (image, 255 - image):
            (digit,) = send(client, png(picture)).json()["digits"]
            assert digit["value"] == label
            assert digit["box"] == [0, 0, 28, 28]


@pytest.mark.parametrize("depth", ["grey", "colour", "transparent", "jpeg", "16-bit"])
def test_a_small_picture_may_be_of_any_kind(client, depth):
    image, label = X_TEST[0], Y_TEST[0]
    ink = np.zeros((28, 28, 4), np.uint8)
    ink[..., 3] = image  # black ink on nothing
    data = {
        "grey": png(image),
        "colour": png(np.dstack([image] * 3)),
        "transparent": png(ink),
        "jpeg": cv2.imencode(".jpg", image)[1].tobytes(),
        "16-bit": png(image.astype(np.uint16) * 257),
    }[depth]
    assert send(client, data, "image/jpeg").json()["text"] == str(label)


def test_a_smaller_picture_stands_in_the_middle(client):
    small = X_TEST[0][4:24, 4:24]
    answer = send(client, png(small)).json()
    assert answer["digits"][0]["box"] == [0, 0, 20, 20]
    np.testing.assert_array_equal(reader.to_image(small)[4:24, 4:24], small)


def test_one_colour_is_no_digit(client):
    for grey in (0, 255):
        answer = send(client, png(np.full((28, 28), grey, np.uint8)), explain=True).json()
        assert answer == {"text": "", "digits": [], "maps": []}


def test_one_pixel_more_is_a_photo(client):
    picture = np.zeros((28, 29), np.uint8)
    picture[:, :28] = X_TEST[0]
    assert send(client, png(picture)).json()["digits"] != send(client, png(X_TEST[0])).json()


def test_a_small_picture_in_a_large_file_goes_the_other_way():
    data = png(X_TEST[0])
    assert reader.is_small(data, 28 * 28)
    assert not reader.is_small(data, 28 * 28 - 1)
    assert not reader.is_small(data + bytes(reader.SMALL), 28 * 28)
    (digit,) = reader.read(data + bytes(reader.SMALL), 10**6)
    assert digit.value == Y_TEST[0]


def test_small_pictures_are_read_together_as_one_by_one():
    pictures = [png(X_TEST[n]) for n in range(8)] + [png(X_TEST[8][4:24])]
    blank, broken = png(np.zeros((9, 28), np.uint8)), pictures[0][:60]
    *digits, nothing, none = reader.read_small([*pictures, blank, broken])
    assert nothing == []
    assert none is None
    for together, data in zip(digits, pictures, strict=True):
        (one,), (alone,) = together, reader.read(data, 28 * 28)
        assert (one.value, one.box) == (alone.value, alone.box)
        assert one.probability == pytest.approx(alone.probability, abs=1e-5)
    assert reader.read_small([broken]) == [None]


def test_a_broken_one_among_them_is_a_problem_in_its_own_readers_language(tmp_path):
    """All arrive in one turn of the event loop, so that they are read in one batch."""
    app = create_app(["vision"], Settings(folder=tmp_path))
    sent = {"en": png(X_TEST[0]), "ko": png(X_TEST[1])[:60], "fr": png(X_TEST[2])}

    async def ask_all():
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        ):
            return await asyncio.gather(
                *(
                    client.post(
                        ADDRESS,
                        content=data,
                        headers={"Content-Type": "image/png", "Accept-Language": lang},
                    )
                    for lang, data in sent.items()
                )
            )

    first, broken, last = asyncio.run(ask_all())
    assert [first.json()["text"], last.json()["text"]] == [str(Y_TEST[0]), str(Y_TEST[2])]
    assert broken.status_code == 422
    assert "사진" in broken.json()["detail"]


@pytest.mark.parametrize("kind", [MemoryError, cv2.error, RuntimeError])
@pytest.mark.parametrize("place", ["decode_grey", "to_image"])
def test_whatever_one_picture_does_the_others_are_read(monkeypatch, kind, place):
    step, poison = getattr(reader, place), np.full((7, 9), 77, np.uint8)

    def fail_at_poison(given):
        if given is data[1] or getattr(given, "shape", None) == poison.shape:
            raise kind("as a decoder may")
        return step(given)

    data = [png(X_TEST[0]), png(poison), png(X_TEST[2])]
    monkeypatch.setattr(reader, place, fail_at_poison)
    first, none, last = reader.read_small(data)
    assert (first[0].value, none, last[0].value) == (Y_TEST[0], None, Y_TEST[2])


def test_when_the_network_fails_only_who_sent_the_cause_is_told(monkeypatch, tmp_path):
    """All arrive in one batch, and what the network cannot bear is told from its looks."""
    network, poison = reader.shipped_reader(), np.full((28, 28), 77, np.uint8)

    def fail_at_poison(images):
        if any(np.ptp(image) == 0 for image in images):
            raise MemoryError("as the runtime may")
        return network(images)

    monkeypatch.setattr(reader, "shipped_reader", lambda: fail_at_poison)
    app = create_app(["vision"], Settings(folder=tmp_path))
    sent = [png(X_TEST[0]), png(poison), png(X_TEST[2])]

    async def ask_all():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
        ):
            headers = {"Content-Type": "image/png"}
            return await asyncio.gather(
                *(client.post(ADDRESS, content=data, headers=headers) for data in sent)
            )

    first, failed, last = asyncio.run(ask_all())
    assert [first.json()["text"], last.json()["text"]] == [str(Y_TEST[0]), str(Y_TEST[2])]
    assert failed.status_code == 500
    assert "Traceback" not in failed.text


def test_explaining_shows_every_layer(client):
    answer = send(client, png(X_TEST[0]), explain=True).json()
    expected = layer_maps(X_TEST[0])
    assert [one["layer"] for one in answer["maps"]] == list(expected)
    for one in answer["maps"]:
        maps = expected[one["layer"]]
        assert one["shape"] == list(maps.shape)
        pictures = [
            cv2.imdecode(
                np.frombuffer(base64.b64decode(uri.partition(",")[2]), np.uint8),
                cv2.IMREAD_UNCHANGED,
            )
            for uri in one["pictures"]
        ]
        drawn = np.dstack(pictures) if maps.ndim == 3 else pictures[0][0]
        assert drawn.shape == maps.shape
        scaled = (maps - maps.min()) / np.ptp(maps) * 255
        assert np.abs(drawn - scaled).max() <= 1


def test_without_asking_nothing_is_explained(client):
    assert "maps" not in send(client, png(X_TEST[0])).json()


@pytest.mark.parametrize("inverted", [False, True])
def test_what_is_explained_of_a_photo_is_what_was_read(photo, inverted):
    if inverted:
        grey = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_GRAYSCALE)
        photo = png(255 - grey)
    digits = reader.read(photo, 10**8)
    assert "".join(str(digit.value) for digit in digits) == "92182"
    for digit in digits:
        image = reader.image_of(photo, digit)
        assert layer_maps(image)["dense_1"].argmax() == digit.value


def test_a_face_is_no_digit(client, face):
    assert send(client, face, "image/jpeg").json() == {"text": "", "digits": []}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b'{"id": 7}', 422),
        (b'{"name": "x"}', 422),
        (b'{"id": "x"}', 404),
        (b'{"id": "../../x"}', 404),
        (b'{"id": "\\u0000"}', 404),
        (b'{"id": "%s"}' % (b"0" * 64), 404),
    ],
)
def test_an_id_that_is_none_is_a_problem(client, body, status):
    assert send(client, body, "application/json").status_code == status


@pytest.mark.parametrize("kind", ["", "image/gif", "text/plain", "image/png+x", "application/xml"])
def test_another_type_is_415(client, photo, kind):
    assert send(client, photo, kind).status_code == 415


def test_the_signature_counts_not_the_type(client, photo):
    assert send(client, photo, "image/png; charset=x").json()["text"] == "92182"
    assert send(client, b"hello", "image/png").status_code == 415


def test_a_broken_picture_is_422_in_the_readers_language(client, photo):
    headers = {"Content-Type": "image/jpeg", "Accept-Language": "ko"}
    answer = client.post(ADDRESS, content=photo[:3000], headers=headers)
    assert answer.status_code == 422
    assert "사진" in answer.json()["detail"]

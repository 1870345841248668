import cv2
import numpy as np
import pytest

from helpers.data import load_mnist

(X_TRAIN, Y_TRAIN), _ = load_mnist()


def wish(client, **fields):
    return client.post("/mnist-sample", json=fields)


def picture(answer):
    return cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)


def test_the_default_is_image_100(client):
    expected = {"label": 5, "image_path": "/mnist-sample/100/mnist_sample_label5.png"}
    assert client.get("/mnist-sample").json() == expected
    for answer in (client.post("/mnist-sample"), wish(client), wish(client, index=100)):
        assert answer.json() == expected | {"has_noise": False}


def test_the_picture_is_the_training_image_in_five_inches(client):
    answer = client.get(wish(client, index=7).json()["image_path"])
    assert answer.headers["content-type"] == "image/png"
    drawn = picture(answer)
    assert drawn.shape == (500, 500)
    rows = np.arange(500) * 28 // 500
    np.testing.assert_array_equal(drawn, X_TRAIN[7][np.ix_(rows, rows)])


def test_noise_is_gaussian_with_sigma_15_and_the_same_each_time(client):
    path = wish(client, index=0, add_noise=True).json()["image_path"]
    assert path == "/mnist-sample/0/mnist_sample_label5_noise.png"
    drawn = picture(client.get(path))
    np.testing.assert_array_equal(drawn, picture(client.get(path)))
    rows = np.arange(28) * 500 // 28 + 9
    noise = drawn[np.ix_(rows, rows)].astype(int) - X_TRAIN[0]
    inside = noise[(X_TRAIN[0] > 60) & (X_TRAIN[0] < 195)]
    assert 10 < inside.std() < 20
    assert noise[X_TRAIN[0] == 0].min() == 0  # clipped


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("seven.jpg", "seven_label3.jpg"),
        ("seven.JPEG", "seven_label3.jpeg"),
        ("../../etc/passwd.png", "passwd_label3.png"),
        ("C:\\x\\y.png", "y_label3.png"),
        ("a\0b.png", "ab_label3.png"),
        ("CON.png", "CON_label3.png"),
        ("칠.png", "%EC%B9%A0_label3.png"),
        ("a/.png", "mnist_sample_label3.png"),
        ("..png", "mnist_sample_label3.png"),
        ("n" * 4096 + ".png", "n" * 100 + "_label3.png"),
        ("x_label9_noise.png", "x_label9_noise_label3.png"),
    ],
)
def test_only_the_last_part_of_the_filename_is_used(client, filename, name):
    path = wish(client, index=7, filename=filename).json()["image_path"]
    assert path == f"/mnist-sample/7/{name}"
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"image/{'png' if name.endswith('png') else 'jpeg'}"
    assert not picture(answer)[0, 0]


@pytest.mark.parametrize("filename", ["", "x", "x.gif", "x.png.exe", "png", "x.png/"])
def test_another_filename_is_400(client, filename):
    assert wish(client, filename=filename).status_code == 400


@pytest.mark.parametrize("index", [-1, 60_000, 10**30])
def test_an_index_out_of_range_names_the_range(client, index):
    answer = wish(client, index=index)
    assert answer.status_code == 400
    assert "59999" in answer.json()["error"]


def test_the_last_index_is_allowed(client):
    assert wish(client, index=59_999).json()["label"] == Y_TRAIN[59_999]


@pytest.mark.parametrize(
    "fields",
    [
        {"index": "100"},
        {"index": True},
        {"index": 1.5},
        {"index": None},
        {"add_noise": 1},
        {"add_noise": "true"},
        {"filename": 7},
    ],
)
def test_other_types_are_422(client, fields):
    assert wish(client, **fields).status_code == 422


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"\xff", b'{"index": ' + b"9" * 5000 + b"}"])
def test_other_json_is_a_problem(client, body):
    answer = client.post(
        "/mnist-sample", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "path",
    [
        "7/x_label4.png",
        "7/x.png",
        "7/x_label3.gif",
        "7/_label3.png",
        "60000/x_label3.png",
        "-1/x_label3.png",
    ],
)
def test_an_address_that_was_never_given_is_404(client, path):
    assert client.get(f"/mnist-sample/{path}").status_code == 404


def test_an_address_without_a_number_is_422(client):
    assert client.get("/mnist-sample/x/x_label3.png").status_code == 422

import struct
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from helpers.paths import PHOTOS
from helpers.vision.faces import CASCADE, find_faces, pixelate
from helpers.vision.pictures import PhotoError, decode

ASTRONAUT = PHOTOS / "astronaut.jpg"
FACE = (178, 70, 90, 95)  # x, y, width, height, measured by eye


@pytest.fixture(scope="module")
def photo():
    return decode(ASTRONAUT)


def overlap(box, other):
    """The share of their union that two boxes have in common."""
    (x, y, w, h), (u, v, s, t) = box, other
    common = max(0, min(x + w, u + s) - max(x, u)) * max(0, min(y + h, v + t) - max(y, v))
    return common / (w * h + s * t - common)


def jpeg_with_orientation(photo, orientation):
    jpeg = cv2.imencode(".jpg", photo[..., ::-1])[1].tobytes()
    entry = struct.pack(">HHHIHH", 1, 0x0112, 3, 1, orientation, 0)
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + entry + bytes(4)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def test_finds_the_astronauts_face(photo):
    boxes = find_faces(photo)
    assert boxes.dtype == np.int32
    assert max(overlap(box, FACE) for box in boxes) > 0.7


def test_equals_opencv_reading_the_cascade_itself(photo):
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    boxes = cv2.CascadeClassifier(str(CASCADE)).detectMultiScale(grey, minSize=(30, 30))
    np.testing.assert_array_equal(find_faces(photo), sorted(boxes.tolist()))


def test_path_bytes_and_array_give_the_same(photo):
    boxes = find_faces(photo).tolist()
    assert boxes == find_faces(ASTRONAUT).tolist() == find_faces(ASTRONAUT.read_bytes()).tolist()


def test_a_grey_photo_may_be_one_table(photo):
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    np.testing.assert_array_equal(find_faces(grey), find_faces(photo))


def test_a_photo_on_its_side_is_looked_at_upright(photo):
    on_its_side = np.rot90(photo)  # counter-clockwise; EXIF 6 says: turn it back clockwise
    plain, upright = (jpeg_with_orientation(on_its_side, n) for n in (1, 6))
    assert not any(overlap(box, FACE) > 0.5 for box in find_faces(plain))
    assert any(overlap(box, FACE) > 0.5 for box in find_faces(upright))


def test_faces_come_from_left_to_right(photo):
    head = photo[20:220, 120:320]
    boxes = find_faces(np.hstack([head] * 3))
    assert len(boxes) == 3
    assert (boxes[:, 0] // 200).tolist() == [0, 1, 2]


def test_faces_below_30_pixels_are_not_looked_for(photo):
    small = cv2.resize(photo, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    assert find_faces(small).shape == (0, 4)


@pytest.mark.parametrize("shape", [(1, 1), (10, 400), (200, 200, 3)])
def test_no_face_is_an_empty_table(shape):
    boxes = find_faces(np.zeros(shape, np.uint8))
    assert boxes.shape == (0, 4)
    assert boxes.dtype == np.int32


def test_threads_find_the_same(photo):
    alone = find_faces(photo).tolist()
    with ThreadPoolExecutor(2) as threads:
        assert [boxes.tolist() for boxes in threads.map(find_faces, [photo] * 4)] == [alone] * 4


@pytest.mark.parametrize("find", [find_faces, lambda photo: pixelate(photo, [])])
def test_what_is_no_photo_is_named(find):
    with pytest.raises(PhotoError, match=r"JPEG"):
        find(b"no photo")


def test_mosaic_by_hand():
    grey = np.array(
        [[0, 4, 9, 9, 9], [8, 12, 9, 9, 9], [100, 100, 50, 70, 9], [100, 100, 30, 50, 9]], np.uint8
    )
    mosaic = pixelate(grey, [(0, 0, 4, 4)], blocks=2)
    assert mosaic.shape == (4, 5, 3)
    by_hand = [[6, 6, 9, 9, 9], [6, 6, 9, 9, 9], [100, 100, 50, 50, 9], [100, 100, 50, 50, 9]]
    for colour in range(3):
        np.testing.assert_array_equal(mosaic[..., colour], by_hand)


def test_a_face_keeps_blocks_by_blocks_colours_and_the_rest_is_left_alone(photo):
    before = photo.copy()
    x, y, width, height = FACE
    mosaic = pixelate(photo, [FACE], blocks=8)
    face = mosaic[y : y + height, x : x + width]
    assert 1 < len(np.unique(face.reshape(-1, 3), axis=0)) <= 64
    mosaic[y : y + height, x : x + width] = before[y : y + height, x : x + width]
    np.testing.assert_array_equal(mosaic, before)
    np.testing.assert_array_equal(photo, before)  # the photo that was given is as it was


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        ((-6, -4, 16, 14), (0, 0, 10, 10)),
        ((30, 20, 100, 100), (30, 20, 10, 10)),
        ((-50, -50, 200, 200), (0, 0, 40, 30)),
    ],
)
def test_a_box_over_the_border_is_cut_off(box, inside):
    photo = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    np.testing.assert_array_equal(pixelate(photo, [box], 4), pixelate(photo, [inside], 4))


@pytest.mark.parametrize("box", [(-20, 5, 10, 10), (40, 0, 5, 5), (3, 3, 0, 9), (3, 3, 9, -2)])
def test_a_box_that_holds_nothing_changes_nothing(box):
    photo = np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8)
    np.testing.assert_array_equal(pixelate(photo, [box], 4), photo)


def test_no_boxes_give_a_copy(photo):
    for boxes in ([], np.empty((0, 4), np.int32)):
        copy = pixelate(photo, boxes)
        np.testing.assert_array_equal(copy, photo)
        assert not np.shares_memory(copy, photo)


def test_a_small_face_is_hidden_too():
    photo = np.random.default_rng(0).integers(0, 256, (12, 12), dtype=np.uint8)
    hidden = pixelate(photo, [(0, 0, 12, 12)], blocks=16)[..., 0]
    np.testing.assert_array_equal(hidden[::2, ::2], hidden[1::2, 1::2])  # tiles of 2x2
    assert (hidden != photo).mean() > 0.9


@pytest.mark.parametrize(
    ("name", "given", "change"),
    [
        ("boxes", "(4,)", {"boxes": [1, 2, 3, 4]}),
        ("boxes", "(1, 3)", {"boxes": [[1, 2, 3]]}),
        ("boxes", "float64", {"boxes": [[1.0, 2, 3, 4]]}),
        ("blocks", "0", {"blocks": 0}),
        ("blocks", "1.5", {"blocks": 1.5}),
    ],
)
def test_error_names_the_argument_and_what_was_given(name, given, change):
    with pytest.raises(ValueError, match=name) as error:
        pixelate(**{"image": np.zeros((8, 8)), "boxes": []} | change)
    assert given in str(error.value)

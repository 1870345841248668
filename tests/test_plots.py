import warnings

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers.plots import show_images, to_png


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def drawn(figure):
    """Return the pixels of a figure, (H, W, 3)."""
    return cv2.imdecode(np.frombuffer(to_png(figure), np.uint8), cv2.IMREAD_COLOR)


def test_hangul_and_minus_signs_draw_without_a_warning():
    figure, axis = plt.subplots()
    axis.plot([-1, 0, 1], label="안녕, 딥러닝 3 × 3 → −1")
    axis.set(title="특징 맵", xlabel="걸음", ylabel="값 −0.5")
    axis.legend()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert drawn(figure).std() > 0


def test_hangul_is_drawn_and_not_as_boxes():
    pictures = []
    for text in ("안", "녕"):
        figure = plt.figure(figsize=(1, 1))
        figure.text(0.3, 0.3, text, fontsize=30)
        pictures.append(drawn(figure))
    assert (pictures[0] != pictures[1]).any()


def test_images_stand_in_rows_with_their_titles():
    figure = show_images(np.zeros((5, 4, 4)), list("가나다라마"), columns=3)
    assert [axis.get_title() for axis in figure.axes] == list("가나다라마")
    places = [axis.get_subplotspec() for axis in figure.axes]
    assert [(p.rowspan.start, p.colspan.start) for p in places] == [
        (0, 0), (0, 1), (0, 2), (1, 0), (1, 1),
    ]  # fmt: skip


def test_few_images_make_no_empty_columns():
    assert show_images(np.zeros((2, 4, 4))).get_size_inches() == pytest.approx((2.8, 1.4))


def test_signed_images_have_zero_in_the_middle():
    figure = show_images([np.array([[-1.0, 4.0]]), np.zeros((1, 2))], signed=True)
    limits = [axis.images[0].get_clim() for axis in figure.axes]
    assert limits[0] == (-4, 4)
    assert limits[1][0] < 0 < limits[1][1]


def test_some_images_are_signed_and_others_grey():
    figure = show_images(np.ones((2, 2, 2)), signed=[False, True])
    assert [axis.images[0].get_cmap().name for axis in figure.axes] == ["gray", "RdBu_r"]


def test_grey_images_are_white_where_they_are_greatest():
    figure = show_images([np.array([[0.0, 2.0]])], size=1)
    middle = drawn(figure)[40]
    assert middle.min() < 10
    assert middle.max() > 245


def test_a_white_image_ends_somewhere():
    figure = show_images([np.ones((4, 4))], limits=(0, 1))
    shades = np.unique(drawn(figure)[..., 0])
    assert shades.min() < 0xC0 < 0xF6 <= shades.max()


def test_labels_keep_away_from_the_edge_of_the_card():
    figure, axis = plt.subplots(figsize=(3, 2))
    axis.set(xlabel="x", ylabel="y", xlim=(0, 1000), xticks=[0, 1000])
    picture = drawn(figure).astype(int)
    is_ground = (abs(picture - picture[0, 0]) < 8).all(axis=-1)
    edge = np.ones_like(is_ground)
    edge[6:-6, 6:-6] = False
    assert is_ground[edge].all()


def test_to_png_closes_the_figure():
    figure = show_images(np.zeros((1, 4, 4)))
    assert to_png(figure).startswith(b"\x89PNG")
    assert not plt.fignum_exists(figure.number)


@pytest.mark.parametrize("images", [None, [], "text", [None], np.zeros((3, 4)), [1, 2], 7])
def test_what_is_no_list_of_images_is_told(images, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", "en")
    with pytest.raises(ValueError, match="images must be a list of arrays with rows and columns"):
        show_images(images)
    assert plt.get_fignums() == []


def test_limits_say_what_is_black_and_white_in_each_grey_image():
    figure = show_images(
        [np.full((2, 2), 0.9), np.ones((2, 2))], signed=[False, True], limits=(0, 1)
    )
    assert figure.axes[0].images[0].get_clim() == (0, 1)
    assert figure.axes[1].images[0].get_clim() == (-1, 1)

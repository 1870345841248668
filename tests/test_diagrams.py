import warnings

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from helpers.diagrams import card
from helpers.diagrams import convolution as diagrams
from helpers.plots import CARD, to_png

PALETTE = ("INPUT", "WEIGHTS", "ACTIVATIONS", "GRADIENTS", "RIGHT", "WRONG")
IMAGE = np.random.default_rng(0).uniform(size=(6, 5))
KERNEL = np.array([[-1, 0], [0.5, 1], [2, -3]])
MAP = (sliding_window_view(IMAGE, KERNEL.shape) * KERNEL).sum(axis=(2, 3))
DIAGRAMS = {
    "one place": lambda: diagrams.convolution_step(IMAGE, KERNEL, 2, 1),
    "sliding": lambda: diagrams.convolution_step(IMAGE, KERNEL, 2, 1, MAP),
    "places": lambda: diagrams.kernel_places(size=9, kernel=4, stride=3, padding=1),
    "channels": lambda: diagrams.filter_on_channels(
        np.ones((6, 6, 3)), np.ones((3, 3, 3)), np.ones((4, 4, 3))
    ),
    "filters": lambda: diagrams.filters_and_maps([KERNEL], [MAP], [7]),
    "fields": lambda: diagrams.receptive_fields(IMAGE, {"conv_1": (1, 1, 3)}),
}
each_diagram = pytest.mark.parametrize("draw", DIAGRAMS.values(), ids=DIAGRAMS)


@pytest.fixture(autouse=True)
def reader(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_LANG", "en")
    yield
    plt.close("all")


def luminance(color):
    """Return the relative luminance of WCAG 2."""
    channels = np.array(plt.matplotlib.colors.to_rgb(color))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def texts(figure):
    return [text.get_text() for axis in figure.axes for text in axis.texts]


@pytest.mark.parametrize("name", PALETTE)
def test_a_meaning_can_be_read_on_the_card(name):
    contrast = (luminance(CARD) + 0.05) / (luminance(getattr(card, name).color) + 0.05)
    assert contrast >= 4.5


def test_meanings_are_told_apart_without_colour():
    """What stands in one diagram: the data's way through a layer; right and wrong."""
    data = [getattr(card, name).linestyle for name in PALETTE[:4]]
    assert len(set(data)) == 4
    assert card.RIGHT.linestyle != card.WRONG.linestyle


@each_diagram
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_diagram_is_small_on_a_card_and_draws_without_a_warning(draw, lang, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", lang)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = draw()
        words = "".join(texts(figure))
        png = to_png(figure)
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert pixels[1, 1].tolist() == [0xF2, 0xF6, 0xF7]  # the card: blue, green, red
    assert len(png) < 60_000
    assert pixels.shape[1] <= 720
    assert any("가" <= letter <= "힣" for letter in words) == (lang == "ko")


def test_a_step_shows_the_sum_and_the_map_as_far_as_it_is_filled():
    figure = diagrams.convolution_step(IMAGE, KERNEL, 2, 1, MAP)
    assert f"sum = {MAP[2, 1]:.1f}" in texts(figure)
    filled = figure.axes[0].images[-1].get_array()
    np.testing.assert_allclose(filled.filled(np.nan)[:2], MAP[:2])
    assert filled.mask.tolist() == [
        [False] * 4,
        [False] * 4,
        [False, False, True, True],
        [True] * 4,
    ]


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "places"),
    [(7, 3, 1, 0, 5), (7, 3, 2, 1, 4), (8, 3, 3, 0, 2), (5, 5, 2, 2, 3)],
)
def test_every_place_of_a_kernel_is_drawn(size, kernel, stride, padding, places):
    figure = diagrams.kernel_places(size, kernel, stride, padding)
    assert texts(figure)[0] == f"{places} places"
    assert texts(figure)[-1] == str(places)


def test_zero_is_never_minus_zero():
    assert card.short(-0.04) == "0"
    assert card.short(-0.04, 1) == "0.0"

import warnings

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers.diagrams import transformer as diagrams
from helpers.language.family import load_family
from helpers.plots import to_png

WORDS = ["나는", "오늘", "기분이", "좋다"]
RNG = np.random.default_rng(0)
ATTENTION = RNG.dirichlet(np.ones(4), size=(2, 4))
TABLE, WIDE = RNG.normal(size=(4, 8)), RNG.normal(size=(4, 32))
BLOCK = (WORDS, TABLE, ATTENTION, TABLE, TABLE, WIDE, TABLE, TABLE)
DIAGRAMS = {
    "heads": lambda: diagrams.heads(WORDS, ATTENTION),
    "block": lambda: diagrams.block(*BLOCK, chosen=2),
    "looks": lambda: diagrams.looks(WORDS, np.tri(4), 1, "GPT"),
    "next words": lambda: diagrams.next_words(WORDS, np.tri(3)),
    "places": lambda: diagrams.places(TABLE, 1),
    "family": lambda: diagrams.family(load_family()),
}
each_diagram = pytest.mark.parametrize("draw", DIAGRAMS.values(), ids=DIAGRAMS)


@pytest.fixture(autouse=True)
def reader(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_LANG", "en")
    yield
    plt.close("all")


def texts(figure):
    return [text.get_text() for axis in figure.axes for text in axis.texts]


def labels(figure):
    for axis in figure.axes:
        yield from (axis.get_xlabel(), axis.get_ylabel())
        if axis.get_legend():
            yield from (text.get_text() for text in axis.get_legend().get_texts())


@each_diagram
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_diagram_is_small_on_a_card_and_in_the_readers_language(draw, lang, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", lang)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = draw()
        png = to_png(figure)
    said = "".join([*texts(figure), *labels(figure)])
    for word in WORDS:
        said = said.replace(word, "")
    assert any("가" <= letter <= "힣" for letter in said) == (lang == "ko")
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert pixels[1, 1].tolist() == [0xF2, 0xF6, 0xF7]  # the card: blue, green, red
    assert len(png) < 60_000
    assert pixels.shape[1] <= 720


def test_each_head_shows_its_own_weights():
    figure = diagrams.heads(WORDS, ATTENTION)
    for image, table in zip(figure.axes[0].images, ATTENTION, strict=True):
        np.testing.assert_allclose(image.get_array(), table)
    assert f"{ATTENTION[1, 3, 0]:.2f}" in texts(figure)


def test_without_residual_connections_nothing_leads_around_a_step():
    with_them = diagrams.block(*BLOCK)
    without = diagrams.block(*BLOCK, is_residual=False)
    assert len(with_them.axes[0].lines) == 4
    assert len(without.axes[0].lines) == 0


@pytest.mark.parametrize(("chosen", "seen"), [(0, 1), (3, 4)])
def test_a_word_has_a_line_to_each_word_that_it_may_look_at(chosen, seen):
    figure = diagrams.looks(WORDS, np.tri(4), chosen, "GPT")
    assert len(figure.axes[0].lines) == seen
    assert f"{WORDS[chosen]} may look at {seen} of 4" in texts(figure)


def test_what_is_hidden_by_the_mask_is_not_written():
    shown = texts(diagrams.next_words(WORDS, np.tri(3)))
    assert [shown.count(word) for word in WORDS] == [3, 3, 2, 1]

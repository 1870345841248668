import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers.course.frames import MIME, VARIABLE
from helpers.course.pad import DrawPad
from helpers.course.tiles import unpack
from helpers.course.widgets import Explorer
from helpers.data import load_mnist

PNG = "iVBORw0KGgo"  # the first bytes of every PNG, in base64


@pytest.fixture
def pad():
    (_, _), (x_test, _) = load_mnist()
    return DrawPad(example=x_test[1])


def drawing_of(image):
    """Blow a (28, 28) digit up to what the page sends."""
    return np.kron(image, np.ones((5, 5), np.uint8)).tobytes()


def test_pad_reads_what_is_drawn(pad):
    (_, _), (x_test, y_test) = load_mnist()
    for image, label in zip(x_test[:20], y_test[:20], strict=True):
        pad.drawing = drawing_of(image)
        assert np.argmax(pad.answer) == label
        assert sum(pad.answer) == pytest.approx(1, abs=1e-5)


def test_pad_centres_the_digit_wherever_it_was_drawn(pad):
    ink = np.zeros((140, 140), np.uint8)
    ink[5:65, 5:15] = 255
    pad.drawing = ink.tobytes()
    in_the_corner = pad.image.copy()
    pad.drawing = np.roll(ink, (70, 110), axis=(0, 1)).tobytes()
    np.testing.assert_array_equal(pad.image, in_the_corner)
    assert np.flatnonzero(pad.image.any(axis=1)).tolist() == list(range(4, 24))


def test_an_empty_pad_has_no_answer(pad):
    pad.drawing = drawing_of(load_mnist()[1][0][0])
    pad.drawing = bytes(140 * 140)
    assert pad.answer == []
    assert not pad.image.any()


def draw(slope, colour):
    figure, axis = plt.subplots(figsize=(2, 1))
    axis.plot([0, slope], color=colour)
    return figure


def test_explorer_begins_at_the_first_value_of_each_control():
    explorer = Explorer(draw, slope=range(2, 5), colour=["red", "blue"])
    assert explorer.values == {"slope": 2, "colour": "red"}
    assert [control["slider"] for control in explorer.controls] == [True, False]


def test_explorer_begins_elsewhere_and_calls_its_controls_what_the_reader_does():
    explorer = Explorer(
        draw, labels={"slope": "기울기"}, start={"slope": 3}, slope=range(2, 5), colour=["red"]
    )
    assert explorer.values == {"slope": 3, "colour": "red"}
    assert [control["label"] for control in explorer.controls] == ["기울기", "colour"]
    assert explorer.caption == "기울기 = 3, colour = red"


def test_explorer_draws_anew_at_every_choice():
    explorer = Explorer(draw, slope=range(2, 5), colour=["red", "blue"])
    first = explorer.picture
    explorer.chosen = {"slope": 1, "colour": 1}
    assert explorer.values == {"slope": 3, "colour": "blue"}
    assert explorer.caption == "slope = 3, colour = blue"
    assert explorer.picture != first
    assert not plt.get_fignums()


def test_explorers_leave_their_frames_while_a_notebook_is_built(monkeypatch, tmp_path):
    explorer = Explorer(
        draw, start={"slope": 3}, frames={"slope": [4]}, slope=range(2, 5), colour=["red", "blue"]
    )
    assert MIME not in explorer._repr_mimebundle_()[0]
    monkeypatch.setenv(VARIABLE, str(tmp_path / "98-lesson" / "en"))
    monkeypatch.setattr(Explorer, "_num_recorded", 0)
    (data, _), _ = explorer._repr_mimebundle_(), explorer._repr_mimebundle_()
    assert data[MIME] == {
        "frames": "frames/98-lesson/en-1.bin",
        "controls": [
            {"name": "slope", "label": "slope", "values": ["3", "4"], "slider": True},
            {"name": "colour", "label": "colour", "values": ["red", "blue"], "slider": False},
        ],
        "chosen": {"slope": 0, "colour": 0},
    }
    folder = tmp_path / "98-lesson"
    assert sorted(path.name for path in folder.iterdir()) == ["en-1.bin", "en-2.bin"]
    assert (folder / "en-1.bin").read_bytes() == (folder / "en-2.bin").read_bytes()
    assert len(unpack((folder / "en-1.bin").read_bytes())) == 4
    assert explorer.values == {"slope": 3, "colour": "red"}


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_fixed_picture_and_text_stand_behind_each(lang, monkeypatch, pad):
    monkeypatch.setenv("COURSE_LANG", lang)
    for widget in (pad, Explorer(draw, slope=range(3), colour=["red"])):
        (data, _), (again, _) = widget._repr_mimebundle_(), widget._repr_mimebundle_()
        assert data["image/png"].startswith(PNG)
        assert data["image/png"] == again["image/png"]
        assert data["text/plain"] == again["text/plain"]
        assert "0x" not in data["text/plain"]
        assert "application/vnd.jupyter.widget-view+json" in data

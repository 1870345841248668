import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers.course.photo import PhotoUpload, draw_steps
from helpers.paths import PHOTOS

PNG = "iVBORw0KGgo"  # the first bytes of every PNG, in base64


@pytest.fixture
def upload():
    return PhotoUpload(PHOTOS / "single-01.jpg")


def values(upload):
    return [digit.value for digit in upload.digits]


def test_the_example_is_read_until_there_is_another_photo(upload):
    assert values(upload) == [0]
    first = upload.picture
    upload.show((PHOTOS / "zip-02.jpg").read_bytes())
    assert values(upload) == [9, 2, 1, 8, 2]
    assert upload.answer.startswith("92182")
    assert upload.picture != first
    assert not plt.get_fignums()


@pytest.mark.parametrize("name", ["none-blank.jpg", "astronaut.jpg"])
def test_what_is_no_writing_is_shown_and_not_read(upload, name):
    upload.show((PHOTOS / name).read_bytes())
    assert upload.digits == []
    assert upload.answer == "nothing in it looks like written digits."
    assert upload.picture


@pytest.mark.parametrize(("lang", "sentence"), [("en", "not a JPEG"), ("ko", "사진이 아닙니다")])
def test_what_is_no_photo_is_answered_in_the_readers_language(upload, lang, sentence, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", lang)
    upload.show(b"%PDF-1.7")
    assert sentence in upload.answer
    assert upload.digits == []
    assert upload.picture == b""
    upload.show((PHOTOS / "single-02.jpg").read_bytes())
    assert values(upload) == [1]
    assert upload.picture


def test_chalk_is_followed_as_chalk():
    figure = draw_steps(PHOTOS / "zip-24.jpg")
    titles = [axis.get_title()[0] for axis in figure.axes[3:] if axis.get_title()]
    assert titles == list("65503")
    plt.close(figure)


def test_digits_that_do_not_look_written_are_shown_as_the_network_gets_them():
    figure = draw_steps(PHOTOS / "astronaut.jpg")
    assert figure.axes[3].get_title()
    plt.close(figure)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_fixed_picture_and_text_stand_behind_it(upload, lang, monkeypatch):
    monkeypatch.setenv("COURSE_LANG", lang)
    (data, _), (again, _) = upload._repr_mimebundle_(), upload._repr_mimebundle_()
    assert data["image/png"].startswith(PNG)
    assert data["image/png"] == again["image/png"]
    assert data["text/plain"] == again["text/plain"] == repr(upload)
    assert "application/vnd.jupyter.widget-view+json" in data


def test_ink_without_lines_is_that_of_the_digits():
    figure = draw_steps(PHOTOS / "single-07.jpg")  # on squared paper
    ink = figure.axes[2].get_images()[0].get_array()
    rows, columns = np.nonzero(ink)
    assert np.ptp(rows) < ink.shape[0] / 2
    assert np.ptp(columns) < ink.shape[1] / 2
    plt.close(figure)

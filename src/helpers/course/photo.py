"""Upload a photo of your own and see every step of how its digits are read."""

from pathlib import Path
from typing import Any

import anywidget
import matplotlib.pyplot as plt
import numpy as np
import traitlets
from matplotlib.figure import SubFigure

from helpers.course.widgets import (
    STYLE,
    MimeBundle,
    asleep,
    bytes_trait,
    page_code,
    with_picture,
)
from helpers.plots import to_png
from helpers.reader import say
from helpers.vision import photos
from helpers.vision.photos import Digit, Reading, draw_reading
from helpers.vision.pictures import PhotoError, decode

Photo = str | Path | bytes | np.ndarray

#: How many digits a figure shows as the network gets them; more would be too small to see.
MAX_DIGITS = 8


class PhotoUpload(anywidget.AnyWidget):
    """A button to upload a photo; the page shows how it is read, or why it cannot be.

    Parameters
    ----------
    example : str, Path, bytes or ndarray
        The photo that is shown until another is uploaded.

    Attributes
    ----------
    digits : list of Digit
        The digits read in the current photo.
    """

    _esm = page_code("photo.js")
    _css = STYLE
    #: Jupyter's connection takes 10 MB; a larger message breaks it.
    MAX_BYTES = 9 * 10**6

    words = traitlets.Dict().tag(sync=True)
    max_bytes = traitlets.Int(MAX_BYTES).tag(sync=True)
    answer = traitlets.Unicode().tag(sync=True)
    picture = bytes_trait()
    num_shown = traitlets.Int(0).tag(sync=True)  # tells the page that there is a result

    def __init__(self, example: Photo):
        words = {
            "choose": say(en="Choose a photo (JPEG or PNG)", ko="사진 고르기 (JPEG, PNG)"),
            "reading": say(en="Reading …", ko="읽는 중입니다 …"),
            "large": say(
                en=f"The photo is over {self.MAX_BYTES // 10**6} MB: make it smaller first.",
                ko=f"{self.MAX_BYTES // 10**6} MB가 넘는 사진입니다. 먼저 크기를 줄이세요.",
            ),
            **asleep(),
        }
        super().__init__(words=words)
        self.show(example)
        self.on_msg(lambda widget, content, buffers: self.show(bytes(buffers[0])))

    def show(self, photo: Photo) -> None:
        """Read a photo and show the steps, or why it cannot be read.

        Parameters
        ----------
        photo : str, Path, bytes or ndarray
            As `helpers.vision.photos.read_photo` takes it.
        """
        with self.hold_sync():
            self.num_shown += 1
            try:
                picture = decode(photo)
                figure, self.digits = _read_and_draw(picture)
                self.picture = to_png(figure)
                self.answer = _as_sentence(self.digits)
            except PhotoError as error:
                self.digits, self.picture, self.answer = [], b"", str(error)

    def __repr__(self) -> str:
        return say(
            en="A button to choose a photo of your own; run this cell in JupyterLab. "
            f"The photo shown: {self.answer}",
            ko="여러분의 사진을 고르는 단추입니다. JupyterLab에서 이 셀을 실행하세요. "
            f"지금 사진의 결과: {self.answer}",
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> MimeBundle:
        return with_picture(super()._repr_mimebundle_(**kwargs), repr(self), self.picture)


def _as_sentence(digits: list[Digit]) -> str:
    if not digits:
        return say(
            en="nothing in it looks like written digits.",
            ko="손으로 쓴 숫자로 보이는 것이 없습니다.",
        )
    text = " / ".join(photos.as_text(digits).split("\n"))
    probability = min(digit.probability for digit in digits)
    return say(
        en=f"{text} (the least sure digit: {probability:.0%})",
        ko=f"{text} (가장 덜 확실한 숫자: {probability:.0%})",
    )


def draw_steps(photo: Photo) -> plt.Figure:
    """Draw how a photo is read: the reading, the contrast, the ink, what the network gets.

    Parameters
    ----------
    photo : str, Path, bytes or ndarray
        As `helpers.vision.photos.read_photo` takes it.

    Returns
    -------
    Figure

    Raises
    ------
    PhotoError
        If the photo cannot be decoded.

    Examples
    --------
    >>> figure = draw_steps(np.ones((48, 64)))
    >>> len(figure.axes)  # blank paper: there is no digit to draw
    3
    >>> plt.close(figure)
    """
    return _read_and_draw(decode(photo))[0]


def _read_and_draw(picture: np.ndarray) -> tuple[plt.Figure, list[Digit]]:
    reading = photos.read_picture(picture)
    digits = photos.digits_of(reading, picture.shape)
    shown = {
        say(en="photo and reading", ko="사진과 읽은 결과"): draw_reading(picture, digits),
        say(en="contrast with the paper", ko="종이와의 대비"): reading.contrast,
        say(en="ink without lines and specks", ko="줄과 얼룩을 뺀 잉크"): _ink_of(
            reading.digits, reading.contrast.shape
        ),
    }
    figure = plt.figure(figsize=(9.5, 4.2))
    (above,), (below,) = figure.subfigures(2, 1, squeeze=False, height_ratios=(2.2, 1))
    for axis, (title, image) in zip(above.subplots(1, 3), shown.items(), strict=True):
        axis.imshow(image, cmap="gray", vmin=0)
        axis.set_title(title, fontsize=10)
        axis.set_axis_off()
    if reading.digits:
        _draw_inputs(below, reading)
    return figure, digits


def _ink_of(digits: list[photos.Component], shape: tuple[int, ...]) -> np.ndarray:
    ink = np.zeros(shape, np.uint8)
    for digit in digits:
        ink[digit.y : digit.y + digit.height, digit.x : digit.x + digit.width] |= digit.mask
    return ink


def _draw_inputs(figure: SubFigure, reading: Reading) -> None:
    pairs = list(zip(reading.digits, reading.probabilities, strict=True))[:MAX_DIGITS]
    for axis in (axes := figure.subplots(1, MAX_DIGITS)):
        axis.set_axis_off()
    for axis, (digit, p) in zip(axes, pairs, strict=False):
        axis.imshow(photos.to_mnist(digit.mask), cmap="gray")
        axis.set_title(f"{p[:10].argmax()} ({p[:10].max():.0%})", fontsize=10)

"""A pad to draw a digit on; the network reads it at once."""

from typing import Any

import anywidget
import matplotlib.pyplot as plt
import numpy as np
import traitlets
from traitlets.utils.bunch import Bunch

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
from helpers.vision.digits import shipped_reader
from helpers.vision.photos import to_mnist

#: What the pad is made of.
SCRIPTS = ("paper.js", "layers.js", "pad.js")


def pad_words() -> dict[str, str]:
    """Return what the pad says, in the reader's language."""
    return {
        "label": say(en="Draw a digit here", ko="여기에 숫자를 그리세요"),
        "clear": say(en="Clear", ko="지우기"),
        "keys": say(
            en="With the keyboard: arrow keys move the pen (Shift for small steps), the space "
            "bar puts it down and lifts it, Delete clears.",
            ko="키보드로 그리기: 화살표 키로 펜을 옮기고(Shift와 함께 누르면 조금씩), 스페이스 "
            "바로 펜을 내리거나 듭니다. Delete 키로 지웁니다.",
        ),
        "pen_down": say(en="Pen down", ko="펜을 내렸습니다"),
        "pen_up": say(en="Pen up", ko="펜을 들었습니다"),
        **asleep(),
    }


class DrawPad(anywidget.AnyWidget):
    """A pad to draw a digit on; the network reads it at once.

    Parameters
    ----------
    example : array (28, 28), uint8
        The digit in the static picture; the live pad starts empty.

    Attributes
    ----------
    image : array (28, 28), float32 in [0, 1]
        The drawing as the network gets it: white ink, its longer side 20 pixels, centred.
    probabilities : array (10,), float32
        The network's output for `image`.
    """

    _esm = page_code(*SCRIPTS)
    _css = STYLE
    words = traitlets.Dict().tag(sync=True)
    drawing = bytes_trait()  # (SIZE, SIZE) uint8, 255 where there is ink
    answer = traitlets.List(traitlets.Float()).tag(sync=True)
    SIZE = 140

    def __init__(self, example: np.ndarray):
        super().__init__(words=pad_words())
        self._network = shipped_reader()
        self._example = np.asarray(example, np.float32) / 255
        self.image = np.zeros((28, 28), np.float32)
        self.probabilities = np.zeros(10, np.float32)
        self.observe(self._read, "drawing")

    def _read(self, change: Bunch) -> None:
        ink = np.frombuffer(change.new, np.uint8).reshape(self.SIZE, self.SIZE) / 255
        if not ink.any():
            self.image, self.answer = np.zeros((28, 28), np.float32), []
            return
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        self.image = to_mnist(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
        self.probabilities = self._network(self.image[None])[0]
        self.answer = self.probabilities.tolist()

    def __repr__(self) -> str:
        return say(
            en="A pad to draw a digit on; run this cell in JupyterLab to draw.",
            ko="숫자를 그리는 판입니다. JupyterLab에서 이 셀을 실행하면 그릴 수 있습니다.",
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> MimeBundle:
        png = to_png(_draw_probabilities(self._example, self._network(self._example[None])[0]))
        return with_picture(super()._repr_mimebundle_(**kwargs), repr(self), png)


def _draw_probabilities(image: np.ndarray, probabilities: np.ndarray) -> plt.Figure:
    figure, (pad, bars) = plt.subplots(1, 2, figsize=(5, 2.2), width_ratios=(1, 1.4))
    pad.imshow(image, cmap="gray_r")
    pad.set(xticks=[], yticks=[])
    pad.spines[:].set_visible(True)
    bars.bar(range(10), probabilities, color="#17594e")
    bars.set(
        xticks=range(10),
        ylim=(0, 1),
        xlabel=say(en="digit", ko="숫자"),
        ylabel=say(en="probability", ko="확률"),
    )
    return figure

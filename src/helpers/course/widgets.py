"""What a learner plays with in a page: a pad to draw on and explorers with controls.

Both work live in JupyterLab. Where no kernel runs, a fixed picture and text stand in
their place.
"""

import base64
from collections.abc import Callable, Sequence
from pathlib import Path

import anywidget
import matplotlib.pyplot as plt
import numpy as np
import traitlets

from helpers.plots import to_png
from helpers.reader import say
from helpers.vision.digits import shipped_reader
from helpers.vision.photos import to_mnist

_HERE = Path(__file__).parent


def _bytes_trait() -> traitlets.Bytes:
    # The page's bytes arrive as a memoryview.
    return traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, widget: bytes(value))


def _with_picture(bundle: tuple[dict, dict], text: str, png: bytes) -> tuple[dict, dict]:
    """Add the fixed picture and text that show where no kernel runs."""
    data, metadata = bundle
    picture = base64.b64encode(png).decode()
    return {**data, "text/plain": text, "image/png": picture}, metadata


class DrawPad(anywidget.AnyWidget):
    """A pad on which a drawn digit is read at once.

    Parameters
    ----------
    example : array (28, 28), uint8
        The digit that the fixed picture shows; the live pad begins empty.

    Attributes
    ----------
    image : array (28, 28), float32 in [0, 1]
        What was drawn, as the network sees it: white ink, 20 pixels long, centred.
    probabilities : array (10,), float32
        The network's answer to `image`.
    """

    _esm = _HERE / "widgets_pad.js"
    _css = _HERE / "widgets_pad.css"
    words = traitlets.Dict().tag(sync=True)
    drawing = _bytes_trait()  # (SIZE, SIZE) uint8, ink is 255
    answer = traitlets.List(traitlets.Float()).tag(sync=True)
    SIZE = 140

    def __init__(self, example: np.ndarray):
        words = {
            "label": say(en="Draw a digit here", ko="여기에 숫자를 그리십시오"),
            "clear": say(en="Clear", ko="지우기"),
        }
        super().__init__(words=words)
        self._network = shipped_reader()
        self._example = np.asarray(example, np.float32) / 255
        self.image = np.zeros((28, 28), np.float32)
        self.probabilities = np.zeros(10, np.float32)
        self.observe(self._read, "drawing")

    def _read(self, change) -> None:
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

    def _repr_mimebundle_(self, **kwargs):
        png = to_png(_reading_figure(self._example, self._network(self._example[None])[0]))
        return _with_picture(super()._repr_mimebundle_(**kwargs), repr(self), png)


def _reading_figure(image: np.ndarray, probabilities: np.ndarray) -> plt.Figure:
    figure, (pad, bars) = plt.subplots(1, 2, figsize=(5, 2.2), width_ratios=(1, 1.4))
    pad.imshow(image, cmap="gray_r")
    pad.set(xticks=[], yticks=[])
    bars.bar(range(10), probabilities, color="0.4")
    bars.set(xticks=range(10), ylim=(0, 1), xlabel="digit", ylabel="probability")
    return figure


class Explorer(anywidget.AnyWidget):
    """Controls beside a picture that is drawn anew at every change.

    Parameters
    ----------
    draw : callable
        Takes one keyword argument for each control and returns a matplotlib figure.
    **controls : sequence
        The values a control can take; a ``range`` becomes a slider, any other sequence a
        list to choose from. Each control begins at its first value.

    Examples
    --------
    >>> def draw(slope, colour):
    ...     figure, axis = plt.subplots(figsize=(2, 1))
    ...     _ = axis.plot([0, slope], color=colour)
    ...     return figure
    >>> Explorer(draw, slope=range(1, 5), colour=["red", "blue"])
    Explorer: slope = 1, colour = red
    """

    _esm = _HERE / "widgets_explorer.js"
    _css = _HERE / "widgets_explorer.css"
    controls = traitlets.List().tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)  # control -> position in its values
    picture = _bytes_trait()
    caption = traitlets.Unicode().tag(sync=True)

    def __init__(self, draw: Callable[..., plt.Figure], **controls: Sequence):
        self._draw, self._values = draw, controls
        super().__init__(
            controls=[
                {"name": name, "values": list(map(str, values)), "slider": type(values) is range}
                for name, values in controls.items()
            ],
            chosen=dict.fromkeys(controls, 0),
        )
        self._redraw()
        self.observe(self._redraw, "chosen")

    @property
    def values(self) -> dict:
        """The value of each control now."""
        return {name: values[self.chosen[name]] for name, values in self._values.items()}

    def _redraw(self, change=None) -> None:
        with self.hold_sync():
            self.caption = ", ".join(f"{name} = {value}" for name, value in self.values.items())
            self.picture = to_png(self._draw(**self.values))

    def __repr__(self) -> str:
        return f"Explorer: {self.caption}"

    def _repr_mimebundle_(self, **kwargs):
        return _with_picture(super()._repr_mimebundle_(**kwargs), repr(self), self.picture)

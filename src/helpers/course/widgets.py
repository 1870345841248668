"""Widgets: what all of them share, and the `Explorer`, which has controls beside a picture.

A widget is live in JupyterLab. Where no kernel runs, it is replaced by a static picture and
text. The pad to draw on is in `helpers.course.pad`, the photo upload in `helpers.course.photo`.
"""

import base64
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import matplotlib.pyplot as plt
import traitlets
from traitlets.utils.bunch import Bunch

from helpers.course.frames import MIME, VARIABLE, record
from helpers.course.page import STYLE, asleep, page_code
from helpers.plots import to_png

#: What Jupyter displays: data by MIME type, and metadata.
MimeBundle = tuple[dict[str, Any], dict[str, Any]]


def bytes_trait() -> traitlets.Bytes:
    """Return a trait for bytes that the page and the kernel share; the page sends a memoryview."""
    return traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, widget: bytes(value))


def with_picture(bundle: MimeBundle | None, text: str, png: bytes) -> MimeBundle:
    """Add to a widget's bundle the picture and the text that show where no kernel runs."""
    data, metadata = bundle or ({}, {})
    picture = base64.b64encode(png).decode()
    return {**data, "text/plain": text, "image/png": picture}, metadata


class Explorer(anywidget.AnyWidget):
    """Controls beside a picture that is redrawn at every change.

    Parameters
    ----------
    draw : callable
        Takes one keyword argument for each control and returns a matplotlib figure.
    **controls : sequence
        The values of each control: a ``range`` becomes a slider, any other sequence a list to
        choose from. Each control starts at its first value.
    labels : dict of str to str, optional
        The name of a control on the page, where it is not the parameter's name.
    start : dict, optional
        The value at which a control starts, where it is not the first.
    frames : dict, optional
        The values of a control that a page without a kernel keeps, where it is not to be all of
        them, thinned evenly; see `helpers.course.frames`.

    Examples
    --------
    >>> def draw(slope, colour):
    ...     figure, axis = plt.subplots(figsize=(2, 1))
    ...     _ = axis.plot([0, slope], color=colour)
    ...     return figure
    >>> Explorer(draw, slope=range(1, 5), colour=["red", "blue"])
    Explorer: slope = 1, colour = red
    """

    _esm = page_code("widgets.js")
    _css = STYLE
    words = traitlets.Dict().tag(sync=True)
    controls: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)  # control -> index of its value
    picture = bytes_trait()
    caption = traitlets.Unicode().tag(sync=True)
    _num_recorded = 0

    def __init__(
        self,
        draw: Callable[..., plt.Figure],
        *,
        labels: dict[str, str] | None = None,
        start: dict[str, Any] | None = None,
        frames: dict[str, Sequence[Any]] | None = None,
        **controls: Sequence[Any],
    ):
        self._draw, self.choices, self.frames = draw, controls, frames or {}
        self._labels = dict(zip(controls, controls, strict=True)) | (labels or {})
        start = start or {}
        super().__init__(
            words=asleep(),
            controls=[
                {
                    "name": name,
                    "label": self._labels[name],
                    "values": list(map(str, values)),
                    "slider": type(values) is range,
                }
                for name, values in controls.items()
            ],
            chosen={
                name: list(values).index(start[name]) if name in start else 0
                for name, values in controls.items()
            },
        )
        self._redraw()
        self.observe(self._redraw, "chosen")

    @property
    def values(self) -> dict[str, Any]:
        """The current value of each control."""
        return {name: values[self.chosen[name]] for name, values in self.choices.items()}

    def drawn_at(self, positions: dict[str, int]) -> bytes:
        """Return the picture, a PNG, at the position of each control."""
        return to_png(self._draw(**{name: self.choices[name][i] for name, i in positions.items()}))

    def _redraw(self, change: Bunch | None = None) -> None:
        with self.hold_sync():
            self.caption = ", ".join(
                f"{self._labels[name]} = {value}" for name, value in self.values.items()
            )
            self.picture = self.drawn_at(self.chosen)

    def __repr__(self) -> str:
        return f"Explorer: {self.caption}"

    def _repr_mimebundle_(self, **kwargs: Any) -> MimeBundle:
        data, metadata = with_picture(super()._repr_mimebundle_(**kwargs), repr(self), self.picture)
        if target := os.environ.get(VARIABLE):  # the notebook is being built
            Explorer._num_recorded += 1
            path = Path(f"{target}-{Explorer._num_recorded}.bin")
            frames = {"frames": f"frames/{path.parent.name}/{path.name}", **record(self, path)}
            data = {**data, MIME: frames}
        return data, metadata

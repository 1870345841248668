"""What a learner plays with in a page: an explorer, with controls beside a picture.

A widget works live in JupyterLab. Where no kernel runs, a fixed picture and text stand in
its place. The pad to draw on is in `helpers.course.pad`.
"""

import base64
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import matplotlib.pyplot as plt
import traitlets

from helpers.plots import to_png


def bytes_trait() -> traitlets.Bytes:
    """Return a trait for bytes that page and kernel share; a page sends a memoryview."""
    return traitlets.Bytes(b"").tag(sync=True, from_json=lambda value, widget: bytes(value))


def with_picture(bundle: tuple[dict, dict], text: str, png: bytes) -> tuple[dict, dict]:
    """Add the fixed picture and text that show where no kernel runs."""
    data, metadata = bundle
    picture = base64.b64encode(png).decode()
    return {**data, "text/plain": text, "image/png": picture}, metadata


class Explorer(anywidget.AnyWidget):
    """Controls beside a picture that is drawn anew at every change.

    Parameters
    ----------
    draw : callable
        Takes one keyword argument for each control and returns a matplotlib figure.
    **controls : sequence
        The values a control can take; a ``range`` becomes a slider, any other sequence a
        list to choose from. Each control begins at its first value.
    labels : dict of str to str, optional
        What a control is called in the page, where that is not its own name.
    start : dict, optional
        The value at which a control begins, where that is not its first.

    Examples
    --------
    >>> def draw(slope, colour):
    ...     figure, axis = plt.subplots(figsize=(2, 1))
    ...     _ = axis.plot([0, slope], color=colour)
    ...     return figure
    >>> Explorer(draw, slope=range(1, 5), colour=["red", "blue"])
    Explorer: slope = 1, colour = red
    """

    _esm = Path(__file__).with_name("widgets.js")
    _css = Path(__file__).with_name("widgets.css")
    controls = traitlets.List().tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)  # control -> position in its values
    picture = bytes_trait()
    caption = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        draw: Callable[..., plt.Figure],
        *,
        labels: dict[str, str] | None = None,
        start: dict[str, Any] | None = None,
        **controls: Sequence,
    ):
        self._draw, self._values = draw, controls
        self._labels = dict(zip(controls, controls, strict=True)) | (labels or {})
        start = start or {}
        super().__init__(
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
    def values(self) -> dict:
        """The value of each control now."""
        return {name: values[self.chosen[name]] for name, values in self._values.items()}

    def _redraw(self, change=None) -> None:
        with self.hold_sync():
            self.caption = ", ".join(
                f"{self._labels[name]} = {value}" for name, value in self.values.items()
            )
            self.picture = to_png(self._draw(**self.values))

    def __repr__(self) -> str:
        return f"Explorer: {self.caption}"

    def _repr_mimebundle_(self, **kwargs):
        return with_picture(super()._repr_mimebundle_(**kwargs), repr(self), self.picture)

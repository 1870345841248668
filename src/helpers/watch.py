"""Training that one can watch: in a notebook a bar, a row an epoch and a curve; else a bar.

    with watching(num_epochs) as watch:
        model.fit(x, y, epochs=num_epochs, callbacks=[watch.callback], verbose=0)

In a notebook the bar is a widget: a built notebook keeps only the rows, as a table.
"""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.reader import say

if TYPE_CHECKING:
    import keras

#: At how many places the curve is drawn at most; each is the mean loss of the steps before it.
NUM_POINTS = 150
#: How long the page is told nothing new.
SECONDS = 0.5
#: How many epochs the table has that stays behind.
NUM_ROWS = 12


class TrainingStopped(KeyboardInterrupt):
    """A training was interrupted; the message says where, and what running it again does."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]  # in a notebook: the sentence, not our code


@contextmanager
def watching(
    num_epochs: int,
    *,
    history: Mapping[str, list[float]] | None = None,
    num_steps: int = 0,
    resumes: bool = False,
) -> Iterator["Watch"]:
    """Show the training in the block; say in one sentence where it stopped if interrupted.

    Parameters
    ----------
    num_epochs : int
    history : dict of str to list of float, optional
        What was measured in the epochs before, if the training goes on from a checkpoint.
    num_steps : int
        In an epoch; if not given, `Watch.callback` asks Keras.
    resumes : bool
        Whether the training, started again, goes on after the last whole epoch.

    Raises
    ------
    TrainingStopped
        In place of `KeyboardInterrupt`.

    Examples
    --------
    >>> with watching(2, num_steps=3) as watch:  # doctest: +SKIP
    ...     for epoch in range(2):
    ...         for step in range(3):
    ...             watch.step(step + 1, loss=0.5)
    ...         watch.end_epoch(loss=0.5)
    """
    rows = _rows(history or {})
    watch = Watch(_page() if _in_a_notebook() else _Bar(), num_epochs, num_steps, rows)
    try:
        yield watch
    except KeyboardInterrupt:
        raise TrainingStopped(watch.where_it_stopped(resumes)) from None
    finally:
        watch.close()


class Watch:
    """What a training tells while it runs; made by `watching`."""

    def __init__(
        self, view: Any, num_epochs: int, num_steps: int, rows: list[dict[str, float]]
    ) -> None:
        self.num_epochs, self.num_steps, self.rows = num_epochs, num_steps, rows
        self.steps_done = 0  # in this epoch
        self.curve: list[tuple[float, float]] = []  # epoch, mean loss since the point before
        self._total, self._drawn, self._drawn_total = 0.0, 0, 0.0
        self._view = view
        self._view.open(self)

    @property
    def callback(self) -> "keras.callbacks.LambdaCallback":
        """A callback for `keras.Model.fit`, also for several calls of it, one after the other."""
        import keras

        def learn_the_steps(logs: Any) -> None:
            self.num_steps = callback.params.get("steps") or self.num_steps

        callback = keras.callbacks.LambdaCallback(
            on_train_begin=learn_the_steps,
            on_train_batch_end=lambda batch, logs: self.step(batch + 1, **logs),
            on_epoch_end=lambda epoch, logs: self.end_epoch(**logs),
        )
        return callback

    def step(self, number: int, **measured: float) -> None:
        """Tell that so many steps of this epoch are done, and what was measured in them so far."""
        self.steps_done = number
        loss = measured.get("loss")
        if loss is not None:
            self._add_point(number, float(loss))
        self._view.step(self, measured)

    def end_epoch(self, **measured: float) -> None:
        """Tell what was measured in the epoch that ends: `loss`, `val_loss` ..."""
        self.rows = [*self.rows, {name: float(value) for name, value in measured.items()}]
        self.steps_done = self._drawn = 0
        self._drawn_total = 0.0
        self._view.epoch(self)

    def close(self) -> None:
        """Leave behind what stays."""
        self._view.close(self)

    def where_it_stopped(self, resumes: bool) -> str:
        """Return the sentence that a learner reads who has interrupted the training."""
        done, total = len(self.rows), self.num_epochs
        epoch, step, steps = min(done + 1, total), self.steps_done, self.num_steps or "?"
        if not resumes or not done:
            return say(
                en=f"The training stopped in epoch {epoch} of {total}, at step {step} of {steps}. "
                "Started again, it begins anew.",
                ko=f"학습이 {total}에포크 가운데 {epoch}번째 에포크, {steps}걸음 가운데 {step}번째 "
                "걸음에서 멈췄습니다. 다시 실행하면 처음부터 학습합니다.",
            )
        return say(
            en=f"The training stopped in epoch {epoch} of {total}, at step {step} of {steps}. "
            f"Started again, it goes on after epoch {done}.",
            ko=f"학습이 {total}에포크 가운데 {epoch}번째 에포크, {steps}걸음 가운데 {step}번째 "
            f"걸음에서 멈췄습니다. 다시 실행하면 {done}에포크 다음부터 이어서 학습합니다.",
        )

    def _add_point(self, number: int, mean: float) -> None:
        """Draw the mean loss of the steps since the last point; `mean` is that of the epoch."""
        stretch = max(1, self.num_epochs * self.num_steps // NUM_POINTS)
        if number - self._drawn >= stretch or number == self.num_steps:
            total = mean * number
            loss = (total - self._drawn_total) / max(1, number - self._drawn)
            place = len(self.rows) + number / max(self.num_steps, number)
            self.curve.append((round(place, 4), loss))
            self._drawn, self._drawn_total = number, total


class _Bar:
    """The plain bar of a terminal."""

    def open(self, watch: Watch) -> None:
        self._bar: Any = None
        if watch.num_steps:
            self._begin(watch)

    def _begin(self, watch: Watch) -> None:
        from tqdm.auto import tqdm

        total, done = watch.num_epochs * watch.num_steps, len(watch.rows) * watch.num_steps
        self._bar = tqdm(total=total, initial=done, unit=say(" steps", "걸음"))

    def step(self, watch: Watch, measured: Mapping[str, float]) -> None:
        if self._bar is None:
            self._begin(watch)
        done = len(watch.rows) * watch.num_steps + watch.steps_done
        self._bar.set_postfix(
            {label(name): float(value) for name, value in measured.items()}, refresh=False
        )
        self._bar.update(done - self._bar.n)

    def epoch(self, watch: Watch) -> None:
        pass

    def close(self, watch: Watch) -> None:
        if self._bar is not None:
            self._bar.close()


class _Page:
    """The widget of a notebook, and the table that stays where no kernel runs."""

    def __init__(self, widget: Any) -> None:
        self._widget, self._told = widget, 0.0

    def open(self, watch: Watch) -> None:
        from IPython.display import display

        self._tell(watch, running=True)
        self._handle = display(self._widget, display_id=True)

    def step(self, watch: Watch, measured: Mapping[str, float]) -> None:
        if time.monotonic() - self._told >= SECONDS:
            self._tell(watch, running=True)

    def epoch(self, watch: Watch) -> None:
        self._tell(watch, running=True)

    def close(self, watch: Watch) -> None:
        self._tell(watch, running=False)
        if watch.rows and self._handle is not None:
            data, metadata = self._widget._repr_mimebundle_()
            table = dict.fromkeys(("text/plain", "text/markdown"), _table(watch.rows))
            self._handle.update({**data, **table}, metadata=metadata, raw=True)

    def _tell(self, watch: Watch, running: bool) -> None:
        self._told = time.monotonic()
        self._widget.state = {
            "running": running,
            "num_epochs": watch.num_epochs,
            "num_steps": watch.num_steps,
            "step": watch.steps_done,
            "columns": [label(name) for name in _columns(watch.rows)],
            "rows": _texts(watch.rows),
            "curve": watch.curve,
            "validation": [
                (number, row["val_loss"])
                for number, row in enumerate(watch.rows, 1)
                if "val_loss" in row
            ],
        }


def label(name: str) -> str:
    """Return what a measure is called in the reader's language; its own name if it is not known.

    Examples
    --------
    >>> from helpers.reader import speaking
    >>> with speaking("ko"):
    ...     label("val_accuracy"), label("loss"), label("mse")
    ('검증 정확도', '손실', 'mse')
    """
    known = {"loss": say("loss", "손실"), "accuracy": say("accuracy", "정확도")}
    plain = name.removeprefix("val_")
    prefix = say("validation ", "검증 ") if plain != name else ""
    return prefix + known.get(plain, plain)


def _in_a_notebook() -> bool:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return getattr(shell, "kernel", None) is not None


def _page() -> _Page:
    """Return the widget's view; the library behind it is loaded in a notebook alone."""
    import anywidget
    import traitlets

    class Training(anywidget.AnyWidget):
        _esm = Path(__file__).with_suffix(".js")
        _css = Path(__file__).with_suffix(".css")
        state = traitlets.Dict().tag(sync=True)
        words = traitlets.Dict().tag(sync=True)

    words = {
        "epoch": say("epoch", "에포크"),
        "step": say("step", "걸음"),
        "of": say("{0} of {1}", "{1} 가운데 {0}"),
        "loss": label("loss"),
        "training": say("training", "훈련"),
        "validation": say("validation", "검증"),
        "curve": say("The loss over the epochs", "에포크에 따른 손실"),
        "done": say("done", "끝"),
        "stopped": say("stopped", "멈춤"),
    }
    return _Page(Training(words=words))


def _rows(history: Mapping[str, list[float]]) -> list[dict[str, float]]:
    """Return the rows of a history: a dict for each epoch."""
    epochs = zip(*history.values(), strict=True)
    return [dict(zip(history, values, strict=True)) for values in epochs]


def _columns(rows: list[dict[str, float]]) -> list[str]:
    """Return what the rows measure: `loss` and `accuracy` first, then the same for validation."""
    order = ["loss", "accuracy", "val_loss", "val_accuracy"]
    names = dict.fromkeys(name for row in rows for name in row)
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def _texts(rows: list[dict[str, float]]) -> list[list[str]]:
    return [
        [str(number), *(_text(name, row.get(name)) for name in _columns(rows))]
        for number, row in enumerate(rows, 1)
    ]


def _text(name: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2%}" if name.endswith("accuracy") else f"{value:.4f}"


def _table(rows: list[dict[str, float]]) -> str:
    """Return the rows as Markdown; of many epochs some, the first and the last among them."""
    head = [say("epoch", "에포크"), *map(label, _columns(rows))]
    texts, last = _texts(rows), len(rows) - 1
    places = sorted({last * n // (NUM_ROWS - 1) for n in range(NUM_ROWS)})
    lines = [head, ["---:"] * len(head), *(texts[place] for place in places)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

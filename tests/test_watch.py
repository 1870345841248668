"""A training tells what it does: in a notebook, in a terminal and where it is interrupted."""

from types import SimpleNamespace

import numpy as np
import pytest

from helpers import watch as module
from helpers.reader import speaking
from helpers.watch import TrainingStopped, Watch, watching

each_language = pytest.mark.parametrize("lang", ["en", "ko"])


class View:
    """A view that shows nothing."""

    def open(self, watch, measured=None):
        pass

    step = epoch = close = open


def watched(num_epochs=2, num_steps=4):
    return Watch(View(), num_epochs, num_steps, [])


def test_a_point_of_the_curve_is_the_mean_loss_of_the_steps_before_it(monkeypatch):
    monkeypatch.setattr(module, "NUM_POINTS", 4)  # of 8 steps: one for every two
    watch = watched()
    losses = np.array([[8, 6, 4, 3], [2, 2, 1, 0]], float)
    for epoch in losses:
        for number in range(1, 5):
            watch.step(number, loss=epoch[:number].mean())  # as Keras tells it
        watch.end_epoch(loss=epoch.mean())
    assert watch.curve == [(0.5, 7), (1, 3.5), (1.5, 2), (2, 0.5)]


def test_a_long_training_has_no_more_points_than_can_be_seen():
    watch = watched(num_epochs=3, num_steps=1000)
    for _ in range(3):
        for number in range(1, 1001):
            watch.step(number, loss=1.0)
        watch.end_epoch(loss=1.0)
    assert module.NUM_POINTS <= len(watch.curve) <= module.NUM_POINTS + 3


def interrupted(**options):
    with watching(5, num_steps=9, **options) as watch:
        watch.step(9, loss=1.0)
        watch.end_epoch(loss=1.0)
        watch.step(7, loss=0.5)
        raise KeyboardInterrupt


@each_language
@pytest.mark.parametrize("resumes", [False, True])
def test_interrupted_it_says_where_and_what_running_it_again_does(lang, resumes):
    with speaking(lang), pytest.raises(TrainingStopped) as stopped:
        interrupted(resumes=resumes)
    again = {
        ("en", False): "begins anew",
        ("en", True): "after epoch 1",
        ("ko", False): "처음부터",
        ("ko", True): "1에포크 다음부터",
    }
    where = {"en": "epoch 2 of 5, at step 7 of 9", "ko": "2번째 에포크, 9걸음 가운데 7번째"}
    (sentence,) = stopped.value._render_traceback_()
    assert where[lang] in sentence
    assert again[lang, resumes] in sentence
    assert stopped.value.__suppress_context__


def test_before_the_first_checkpoint_it_begins_anew():
    with (
        speaking("en"),
        pytest.raises(TrainingStopped, match="begins anew"),
        watching(5, num_steps=9, resumes=True),
    ):
        raise KeyboardInterrupt


@each_language
def test_a_terminal_has_the_plain_bar(lang, capsys):
    with speaking(lang), watching(2, history={"loss": [2.0]}, num_steps=3) as watch:
        for number in (1, 2, 3):
            watch.step(number, loss=0.5)
    shown = capsys.readouterr().err
    assert "6/6" in shown
    assert {"en": "loss=0.5", "ko": "손실=0.5"}[lang] in shown


@pytest.fixture
def page(monkeypatch):
    """What a notebook shows: the widgets displayed, and what took their place in the end."""
    pytest.importorskip("IPython")
    import IPython.display

    seen = SimpleNamespace(widgets=[], left=[])

    def display(widget, display_id):
        seen.widgets.append(widget)
        return SimpleNamespace(update=lambda data, **options: seen.left.append(data))

    monkeypatch.setattr(module, "_in_a_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", display)
    return seen


def train_twice_two_epochs():
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"], jit_compile=False)
    x, y = np.ones((40, 3), np.float32), np.ones((40, 1), np.float32)
    with watching(4) as watch:
        for _ in range(2):
            model.fit(x, y, 8, 2, validation_data=(x, y), callbacks=[watch.callback], verbose=0)
    return model


@each_language
def test_a_notebook_has_a_row_an_epoch_and_a_curve(page, lang):
    with speaking(lang):
        train_twice_two_epochs()
    (widget,) = page.widgets
    state = widget.state
    assert not state["running"]
    assert (state["num_epochs"], state["num_steps"], len(state["rows"])) == (4, 5, 4)
    assert state["columns"][0] == {"en": "loss", "ko": "손실"}[lang]
    assert {"en": "validation loss", "ko": "검증 손실"}[lang] in state["columns"]
    assert [row[0] for row in state["rows"]] == ["1", "2", "3", "4"]
    assert len(state["curve"]) == 20
    assert [epoch for epoch, _ in state["validation"]] == [1, 2, 3, 4]


def test_the_rows_stay_where_no_kernel_runs(page):
    with speaking("en"):
        train_twice_two_epochs()
    (left,) = page.left
    head, _, *rows = left["text/markdown"].splitlines()
    assert head.startswith("| epoch | loss |")
    assert len(rows) == 4
    assert left["text/plain"] == left["text/markdown"]  # and no address of an object


def test_of_many_epochs_the_table_that_stays_has_the_first_and_the_last():
    rows = [{"loss": float(number)} for number in range(40)]
    with speaking("en"):
        lines = module._table(rows).splitlines()[2:]
    assert len(lines) == module.NUM_ROWS
    assert lines[0] == "| 1 | 0.0000 |"
    assert lines[-1] == "| 40 | 39.0000 |"


def test_the_page_is_told_no_more_than_twice_a_second(page, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    with watching(1, num_steps=1000) as watch:
        told = []
        page.widgets[0].observe(told.append, "state")
        for number in range(1, 1001):
            now[0] += 0.01  # ten seconds in all
            watch.step(number, loss=1 / number)
    assert 18 <= len(told) <= 22

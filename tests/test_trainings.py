"""A training is taken for another only where everything that decides it is the same."""

import functools
import random

import numpy as np
import pytest
from trainings import digest, once

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("trainings")


@pytest.fixture
def trained(folder, monkeypatch):
    """Train a small network: a function that returns it, its history and whether it trained."""
    import keras

    own = keras.Model.fit

    def train(
        program=("import keras",),
        seed=0,
        units=3,
        activation="relu",
        rate=0.01,
        datum=0.0,
        epochs=2,
        built=True,
        draw=0,
        generator=False,
        fit=own,
        **options,
    ):
        calls = []

        @functools.wraps(own)
        def counted(*args, **options):
            calls.append(args)
            return fit(*args, **options)

        monkeypatch.setattr(keras.Model, "fit", once(counted, folder, list(program)))
        keras.backend.clear_session()
        keras.utils.set_random_seed(seed)
        first = [keras.Input((2,))] if built else []
        hidden = keras.layers.Dense(units, activation=activation)
        model = keras.Sequential([*first, hidden, keras.layers.Dropout(0.5), keras.layers.Dense(1)])
        model.compile(keras.optimizers.Adam(rate), "mse", jit_compile=False)
        np.random.rand(draw)
        x, y = np.ones((8, 2), np.float32), np.arange(8, dtype=np.float32)[:, None]
        x[7, 1] += datum
        if generator:
            history = model.fit(batches(x, y), steps_per_epoch=2, epochs=epochs, verbose=0)
        else:
            history = model.fit(x, y, 4, epochs, verbose=0, **options)
        return model, history, bool(calls)

    return train


def batches(x, y):
    while True:
        yield x, y


@pytest.mark.parametrize("changes", [{}, {"built": False}, {"generator": True}])
def test_the_same_training_is_taken_with_all_that_it_leaves(trained, changes):
    model, history, was_trained = trained(**changes)
    draws = random.random(), np.random.rand()
    twin, its_history, twin_was_trained = trained(**changes)
    assert (was_trained, twin_was_trained) == (True, False)
    assert its_history.history == history.history
    assert (its_history.epoch, twin.history) == (history.epoch, its_history)
    for one, other in zip(
        [*model.variables, *model.optimizer.variables],
        [*twin.variables, *twin.optimizer.variables],
        strict=True,
    ):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
    assert (random.random(), np.random.rand()) == draws


@pytest.mark.parametrize(
    "change",
    [
        {"program": ("import keras", "other()")},
        {"seed": 1},
        {"units": 4},
        {"activation": "tanh"},
        {"rate": 0.02},
        {"datum": 1e-6},
        {"epochs": 3},
        {"shuffle": False},
        {"sample_weight": np.ones(8)},
        {"draw": 1},
        {"generator": True, "epochs": 3},
        {"generator": True, "datum": 1e-6},
    ],
    ids=str,
)
def test_another_training_is_trained(trained, change):
    """What trains is a stub here: only whether it is called counts."""
    import keras

    def stub(*_, **__):
        history = keras.callbacks.History()
        history.epoch = []
        return history

    trained(fit=stub)
    trained(fit=stub, generator=True)
    assert trained(fit=stub, **change)[2]


def test_a_callback_that_may_see_or_change_the_training_is_not_left_out(trained):
    import keras

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    for _ in range(2):
        _, history, was_trained = trained(callbacks=[Stop()])
        assert was_trained
        assert history.epoch == [0]


def test_a_model_goes_on_to_learn_from_where_the_taken_training_ended(trained):
    x, y = np.ones((8, 2), np.float32), np.ones((8, 1), np.float32)
    weights = []
    for program in ["one"], ["one"]:
        model, _, _ = trained(program)
        model.fit(x, y, 8, 1, shuffle=False, verbose=0)
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("thing", [object(), np.array([object()]), np.random.default_rng(0), {1}])
def test_what_cannot_be_told_has_no_digest(thing):
    with pytest.raises(TypeError):
        digest([thing])


def test_a_digest_tells_values_kinds_and_places():
    things = [1, 1.0, "1", True, [1], (1,), [[1]], [1, 1], np.ones(1), np.ones((1, 1))]
    things += [np.ones(1, np.float32), None, "None", {"a": 1}, {"b": 1}]
    assert len({digest(thing) for thing in things}) == len(things)

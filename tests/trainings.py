"""Train once for both languages: the notebooks of a lesson run the same code.

`pytest notebooks` loads this into each of its kernels. A call of `keras.Model.fit` whose result
is decided by the same things as that of an earlier call of this run takes the result of that one.
What decides: the cells that ran before, the model with its weights and its optimizer's state, the
data, every other argument, the random states and the versions of the libraries. A call of which
something cannot be told is never taken for another: it trains.
"""

import functools
import hashlib
import inspect
import json
import os
import pickle
import random
import sys
from pathlib import Path

import numpy as np


def install(folder):
    """Let the kernel in which this runs remember its trainings in `folder`."""
    shell = sys.modules["IPython"].get_ipython()
    program, own = [], None

    def before_each_cell(info):
        nonlocal own
        program.append(info.raw_cell)
        keras = sys.modules.get("keras")  # not imported here: many lessons do without
        if keras and not own:
            own = keras.Model.fit
            keras.Model.fit = once(own, Path(folder), program)

    shell.events.register("pre_run_cell", before_each_cell)


def once(fit, folder, program):
    """Return `keras.Model.fit` as a method that trains only what it has not trained yet.

    `program` is a list of the cells that ran until now; it grows as they run.
    """
    signature = inspect.signature(fit)

    @functools.wraps(fit)
    def remembering(model, *args, **options):
        _, *arguments = signature.bind(model, *args, **options).arguments.items()
        arguments = dict(arguments)
        callbacks = arguments.pop("callbacks", None) or []
        try:
            key = digest(program, _state(model), arguments, _only_bars(callbacks))
        except (TypeError, ValueError, NotImplementedError):  # not to be told: so it trains
            return fit(model, *args, **options)
        path = folder / key
        if not path.exists():
            history = fit(model, *args, **options)
            _write(path, (history.history, history.epoch, _variables(model), _random_states()))
            return history
        history = _take(model, arguments["x"], path)
        _tell(callbacks, history)
        return history

    return remembering


def _tell(callbacks, history):
    """Tell the bars what they show at the end of each epoch."""
    for number, epoch in enumerate(history.epoch):
        logs = {name: values[number] for name, values in history.history.items()}
        for callback in callbacks:
            callback.on_epoch_end(epoch, logs)


def digest(*things):
    """Return the sha256 of values; TypeError where one is of a kind that cannot be told."""
    sha = hashlib.sha256()
    _feed(sha, things)
    return sha.hexdigest()


def _feed(sha, thing):
    sha.update(f"{type(thing).__name__}:".encode())
    if thing is None or isinstance(thing, bool | int | float | str):
        sha.update(f"{thing!r};".encode())
    elif isinstance(thing, list | tuple):
        sha.update(f"{len(thing)};".encode())
        for part in thing:
            _feed(sha, part)
    elif isinstance(thing, dict):
        _feed(sha, list(thing.items()))
    elif inspect.isgenerator(thing):  # one of a cell, which `program` holds
        _feed(sha, [thing.__qualname__, inspect.getgeneratorlocals(thing)])
    elif inspect.isfunction(thing):
        _feed(sha, [thing.__qualname__, dict(inspect.getclosurevars(thing).nonlocals)])
    elif hasattr(thing, "__array__") and not (array := np.asarray(thing)).dtype.hasobject:
        sha.update(f"{array.dtype} {array.shape};".encode())
        sha.update(np.ascontiguousarray(array).tobytes())
    else:
        raise TypeError(f"no digest of {thing!r}")


def _state(model):
    """Return what of a model and its surroundings decides a training."""
    import keras
    import tensorflow as tf

    configuration = json.dumps(keras.saving.serialize_keras_object(model), sort_keys=True)
    versions = [sys.version, np.__version__, keras.__version__, tf.__version__]
    return [configuration, _variables(model), _random_states(), versions]


def _variables(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [variable.numpy() for variable in variables]


def _random_states():
    return [random.getstate(), np.random.get_state()]


def _only_bars(callbacks):
    """Return how many callbacks there are; TypeError for one that may be more than a bar."""
    import keras

    if not all(type(callback) is keras.callbacks.LambdaCallback for callback in callbacks):
        raise TypeError("a callback that may change the training or learn from it")
    return len(callbacks)


def _write(path, result):
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(pickle.dumps(result))
    temporary.replace(path)


def _take(model, x, path):
    """Leave `model` as its training left it; return the training's history."""
    import keras

    values, epochs, variables, (of_python, of_numpy) = pickle.loads(path.read_bytes())
    if not model.built:
        model([part[:1] for part in x] if isinstance(x, list) else x[:1])
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    own = [*model.variables, *model.optimizer.variables]
    for variable, value in zip(own, variables, strict=True):
        variable.assign(value)
    random.setstate(of_python)
    np.random.set_state(of_numpy)
    history = model.history = keras.callbacks.History()
    history.set_model(model)
    history.history, history.epoch = values, epochs
    return history

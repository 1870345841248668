"""Training that may be interrupted: a progress bar, and a checkpoint to go on from."""

import json
import math
import zipfile
from pathlib import Path

from helpers.data import DataError
from helpers.models import check_suffix
from helpers.paths import written_whole
from helpers.reader import say

_PROGRESS = "training.json"  # what a checkpoint carries beside the model


def climb_and_fall(peak, num_steps):
    """Return a learning rate that climbs over a tenth of the steps, then falls to zero.

    Parameters
    ----------
    peak : float
    num_steps : int

    Returns
    -------
    keras.optimizers.schedules.LearningRateSchedule

    Notes
    -----
    It falls along a cosine: Loshchilov and Hutter, "SGDR" (2017).

    Examples
    --------
    >>> rate = climb_and_fall(0.01, 100)
    >>> [round(float(rate(step)), 4) for step in (0, 5, 10, 55, 100)]
    [0.0, 0.005, 0.01, 0.005, 0.0]
    """
    import keras

    num_warm = num_steps // 10
    return keras.optimizers.schedules.CosineDecay(
        0.0, num_steps - num_warm, warmup_target=peak, warmup_steps=num_warm
    )


def fit(model, shuffled, settings, *, validation=None, checkpoint=None):
    """Train a compiled model; go on from the checkpoint if there is one.

    Parameters
    ----------
    model : keras.Model
        Changed in place.
    shuffled : callable
        From the number of an epoch to what `keras.Model.fit` learns from: x, y and, if
        wanted, the weight of each y, in the order to be learned. It must depend on nothing
        else, so that a resumed training takes the same road as an uninterrupted one.
    settings : dict
        What decides the training, for the checkpoint to be held against; among it
        `num_examples`, `num_epochs` and `batch_size`.
    validation : tuple, optional
        x, y and, if wanted, weights to measure, but not to learn from, after each epoch.
    checkpoint : path, optional
        A `.keras` file, written whole after each epoch. If it exists, training goes on
        from it: after a crash or Ctrl-C, call again with the same arguments.

    Returns
    -------
    dict of str to list of float
        What the model was compiled to measure, one number an epoch, resumed ones included.

    Raises
    ------
    ValueError
        If the checkpoint is of other settings.
    DataError
        If the checkpoint is damaged; it is left as it is.
    """
    import keras
    from tqdm.auto import tqdm

    settings = {"num_parameters": model.count_params(), **settings}
    num_epochs, batch_size = settings["num_epochs"], settings["batch_size"]
    num_steps = math.ceil(settings["num_examples"] / batch_size)
    history = _resume(model, checkpoint, settings)
    num_done = len(history.get("loss", []))
    with tqdm(total=num_epochs * num_steps, initial=num_done * num_steps, unit="batch") as bar:

        def show(_, logs):
            bar.set_postfix(logs, refresh=False)
            bar.update()

        for epoch in range(num_done, num_epochs):
            x, y, *weights = shuffled(epoch)
            result = model.fit(
                x,
                y,
                sample_weight=weights[0] if weights else None,
                batch_size=batch_size,
                shuffle=False,
                validation_data=validation,
                callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=show)],
                verbose=0,
            )
            for name, values in result.history.items():
                history.setdefault(name, []).extend(values)
            if checkpoint is not None:
                _save_checkpoint(model, checkpoint, settings, history)
    return history


def _save_checkpoint(model, checkpoint, settings, history):
    with written_whole(checkpoint) as temporary:
        model.save(temporary)
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.writestr(_PROGRESS, json.dumps({"settings": settings, "history": history}))


def _resume(model, checkpoint, settings):
    """Load `checkpoint`, if there is one, into `model`; give its history so far."""
    if checkpoint is None:
        return {}
    check_suffix(checkpoint, ".keras")
    if not Path(checkpoint).exists():
        return {}
    try:
        with zipfile.ZipFile(checkpoint) as archive:
            if archive.testzip() is not None:
                raise zipfile.BadZipFile
            progress = json.loads(archive.read(_PROGRESS))
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise DataError(
            say(
                en=f"{checkpoint} is damaged or is no checkpoint of a training: delete it to start "
                "over, or choose another path.",
                ko=f"{checkpoint} 파일은 손상되었거나 학습 체크포인트(checkpoint)가 아닙니다. "
                "지우고 처음부터 다시 학습하거나 다른 경로를 정하십시오.",
            )
        ) from error
    for name, value in settings.items():
        before = progress["settings"].get(name)
        if before != value:
            raise ValueError(
                say(
                    en=f"The checkpoint {checkpoint} was made with {name}={before}, not {value}: "
                    "give the same again, or choose another path.",
                    ko=f"체크포인트(checkpoint) {checkpoint} 파일은 설정이 다른 학습에서 나왔습니다"
                    f"(이전: {name}={before}, 지금: {name}={value}). 같은 값을 주거나 다른 경로를 "
                    "정하십시오.",
                )
            )
    model.optimizer.build(model.trainable_variables)
    model.load_weights(checkpoint)  # and with them the optimizer's state
    return progress["history"]

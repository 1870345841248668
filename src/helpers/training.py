"""Training that can be watched and interrupted, with a checkpoint to resume from."""

import json
import math
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.data import DataError
from helpers.models import check_suffix
from helpers.paths import written_whole
from helpers.reader import say
from helpers.watch import watching

if TYPE_CHECKING:
    import keras

_PROGRESS = "training.json"  # what a checkpoint carries beside the model


def climb_and_fall(
    peak: float, num_steps: int
) -> "keras.optimizers.schedules.LearningRateSchedule":
    """Return a learning rate that rises over a tenth of the steps (warm-up), then falls to zero.

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


def fit(
    model: "keras.Model",
    shuffled: Callable[[int], tuple[Any, ...]],
    settings: dict[str, Any],
    *,
    validation: tuple[Any, ...] | None = None,
    checkpoint: str | Path | None = None,
) -> dict[str, list[float]]:
    """Train a compiled model, to be watched; resume from the checkpoint if there is one.

    Parameters
    ----------
    model : keras.Model
        Changed in place.
    shuffled : callable
        From the number of an epoch to what `keras.Model.fit` learns from: x, y and, optionally,
        the weight of each y, in the order to learn them. It must depend on nothing else, so that
        a resumed training gives the same result as an uninterrupted one.
    settings : dict
        What determines the training, to compare with the checkpoint's; `num_examples`,
        `num_epochs` and `batch_size` among it.
    validation : tuple, optional
        x, y and, optionally, weights to measure, but not to learn from, after each epoch.
    checkpoint : path, optional
        A `.keras` file, written whole after each epoch. If it exists, training resumes
        from it: after a crash or Ctrl-C, call again with the same arguments.

    Returns
    -------
    dict of str to list of float
        What the model was compiled to measure, one number per epoch, resumed ones included.

    Raises
    ------
    ValueError
        If the checkpoint was made with other settings.
    DataError
        If the checkpoint is damaged; it is left as it is.
    TrainingStopped
        In place of `KeyboardInterrupt`; it says where, and what calling again does.
    """
    settings = {"num_parameters": model.count_params(), **settings}
    num_epochs, batch_size = settings["num_epochs"], settings["batch_size"]
    num_steps = math.ceil(settings["num_examples"] / batch_size)
    history = _resume(model, checkpoint, settings)
    num_done = len(history.get("loss", []))
    with watching(
        num_epochs, history=history, num_steps=num_steps, resumes=checkpoint is not None
    ) as watch:
        for epoch in range(num_done, num_epochs):
            x, y, *weights = shuffled(epoch)
            result = model.fit(
                x,
                y,
                sample_weight=weights[0] if weights else None,
                batch_size=batch_size,
                shuffle=False,
                validation_data=validation,
                callbacks=[watch.callback],
                verbose=0,
            )
            for name, values in result.history.items():
                history.setdefault(name, []).extend(values)
            if checkpoint is not None:
                _save_checkpoint(model, checkpoint, settings, history)
    return history


def _save_checkpoint(
    model: "keras.Model",
    checkpoint: str | Path,
    settings: dict[str, Any],
    history: dict[str, list[float]],
) -> None:
    with written_whole(checkpoint) as temporary:
        model.save(temporary)
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.writestr(_PROGRESS, json.dumps({"settings": settings, "history": history}))


def _resume(
    model: "keras.Model", checkpoint: str | Path | None, settings: dict[str, Any]
) -> dict[str, list[float]]:
    """Load `checkpoint`, if there is one, into `model`; return its history so far."""
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
                "지우고 처음부터 다시 학습하거나 다른 경로를 정하세요.",
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
                    "정하세요.",
                )
            )
    model.optimizer.build(model.trainable_variables)
    model.load_weights(checkpoint)  # and with them the optimizer's state
    return progress["history"]

"""Model files: saved whole as `.keras` to train on or `.onnx` to serve, and opened again."""

import json
import platform
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.checksums import how_to_restore
from helpers.data import DataError
from helpers.paths import written_whole
from helpers.reader import say

if TYPE_CHECKING:
    import keras
    import onnxruntime


def save_model(model: "keras.Model", path: str | Path, signature: list[Any]) -> None:
    """Save a Keras model as `.keras` or `.onnx`, by the suffix.

    Parameters
    ----------
    model : keras.Model
    path : path
    signature : list
        What the model is called with, for an `.onnx` file: a `keras.InputSpec` of shape, dtype
        and name for each input, or a list of them where it takes a list.

    Raises
    ------
    ValueError
        If the suffix is another.
    """
    check_suffix(path, ".keras", ".onnx")
    with written_whole(path) as temporary:
        if temporary.suffix == ".keras":
            model.save(temporary)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # tf2onnx and NumPy 2
                model.export(temporary, format="onnx", verbose=False, input_signature=signature)


def load_model(path: str | Path) -> "keras.Model":
    """Load a Keras model from a `.keras` file.

    Raises
    ------
    ValueError
        If the suffix is another.
    DataError
        If the file is missing or damaged.
    """
    check_suffix(path, ".keras")
    import keras

    try:
        return keras.saving.load_model(path)
    except Exception as error:  # Keras raises many types
        raise unreadable(path) from error


def open_onnx(path: str | Path) -> "onnxruntime.InferenceSession":
    """Open an ONNX file for ONNX Runtime, which needs no TensorFlow.

    Returns
    -------
    onnxruntime.InferenceSession
        Several threads may run it at once; each run uses one thread.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # a second thread slows networks as small as ours down
    options.enable_cpu_mem_arena = False  # it would keep the memory of the largest run
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its error types share no base class
        raise unreadable(path) from error


def versions(*packages: str) -> dict[str, str]:
    """Return the versions of Python and of some installed packages, for a model's record."""
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


def write_record(path: str | Path, record: dict[str, Any]) -> None:
    """Write how a model was made, as JSON beside the model's file."""
    with written_whole(path) as temporary:
        temporary.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def check_suffix(path: str | Path, *suffixes: str) -> None:
    """Raise `ValueError` unless the name of a file ends in one of `suffixes`."""
    if Path(path).suffix not in suffixes:
        either = " / ".join(suffixes)
        raise ValueError(
            say(
                en=f"A model's file name must end in {either}, which {path} does not.",
                ko=f"모델 파일의 이름은 {either}(으)로 끝나야 합니다. 받은 이름: {path}",
            )
        )


def unreadable(path: str | Path) -> DataError:
    """Return the `DataError` that says that a model's file cannot be read."""
    restore = how_to_restore("data/models")
    name = Path(path).name  # a service tells its clients this, and they need not know its folders
    return DataError(
        say(
            en=f"{name} is missing, damaged or no model: save it again. To restore a model of "
            f"the course: {restore}",
            ko=f"{name} 파일이 없거나 손상되었거나 모델이 아닙니다. 다시 저장하세요. 과정에 딸린 "
            f"모델을 되살리는 방법: {restore}",
        )
    )

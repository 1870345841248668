"""Models in files: saved, loaded, and the weights that the course ships trained and exported."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from helpers.checksums import sha256
from helpers.data import load_mnist
from helpers.models import check_suffix, load_model, save_model, versions, write_record
from helpers.paths import MODELS, WORK
from helpers.vision.digits.augmentation import distort
from helpers.vision.digits.evaluation import evaluate
from helpers.vision.digits.inference import Reader, load_onnx
from helpers.vision.digits.model import build_cnn
from helpers.vision.digits.training import train

if TYPE_CHECKING:
    import keras

#: How the shipped weights are trained.
RECIPE: dict[str, Any] = {"num_epochs": 100, "batch_size": 128, "learning_rate": 0.008, "seed": 0}

#: How far the digits are bent in it; see `distort`.
WAVES = 1.1

#: How the weights are refined, on the digits as they are.
REFINING: dict[str, Any] = {"num_epochs": 5, "batch_size": 128, "learning_rate": 0.001, "seed": 1}


def save(model: "keras.Model", path: str | Path) -> None:
    """Save a Keras model as `.keras` (to train on) or `.onnx` (to serve), by the suffix.

    Raises
    ------
    ValueError
        If the suffix is another.
    """
    import keras

    images = keras.InputSpec(shape=(None, 28, 28, 1), dtype="float32", name="images")
    save_model(model, path, [images])


def load(path: str | Path) -> Union["keras.Model", Reader]:
    """Load a model that `save` wrote: a Keras model or, from `.onnx`, see `load_onnx`.

    Raises
    ------
    ValueError
        If the suffix is neither.
    DataError
        If the file is missing or damaged.
    """
    check_suffix(path, ".keras", ".onnx")
    return load_onnx(path) if Path(path).suffix == ".onnx" else load_model(path)


def ship(
    folder: str | Path = MODELS, *, checkpoint: str | Path = WORK / "train-digits.keras"
) -> dict[str, Any]:
    """Train the weights that the course ships, on all training digits.

    Most of the training, by `RECIPE`, is on distorted digits. Then a few epochs, by `REFINING`,
    are on the digits as they are (He et al., "Data augmentation revisited", 2019). Both were
    chosen on 5,000 training digits held back. The test digits are read once, at the end, to
    record how well the saved models read.

    Parameters
    ----------
    folder : path
        Where `digits.keras`, `digits.onnx` and the record, `digits.json`, are written.
    checkpoint : path
        Kept while training; an interrupted training resumes from it.

    Returns
    -------
    dict
        The record: recipe, versions, test accuracy and sha256 of both files.
    """
    (x_train, y_train), (x_test, y_test) = load_mnist()
    model = build_cnn(seed=RECIPE["seed"])
    augment = partial(distort, waves=WAVES)
    history = train(model, x_train, y_train, **RECIPE, augment=augment, checkpoint=checkpoint)
    refined = train(model, x_train, y_train, **REFINING)
    files = [Path(folder) / "digits.keras", Path(folder) / "digits.onnx"]
    for path in files:
        save(model, path)
    record = {
        "num_parameters": model.count_params(),
        "recipe": RECIPE | {"augment": "distort", "waves": WAVES, "num_digits": len(x_train)},
        "refining": REFINING,
        "loss": history["loss"] + refined["loss"],
        "versions": versions(
            "tensorflow", "keras", "numpy", "opencv-python-headless", "tf2onnx", "onnxruntime"
        ),
        "test_accuracy": {path.name: evaluate(load(path), x_test, y_test) for path in files},
        "sha256": {path.name: sha256(path) for path in files},
    }
    write_record(Path(folder) / "digits.json", record)
    Path(checkpoint).unlink()
    return record

import subprocess
import sys

import numpy as np
import pytest

from helpers.data import DataError, load_mnist
from helpers.paths import MODELS
from helpers.vision import layers
from helpers.vision.digits import feature_maps, load
from helpers.vision.layers import export_maps, layer_maps


@pytest.fixture(scope="module")
def model():
    return load(MODELS / "digits.keras")


def test_the_maps_are_those_of_the_keras_model(model):
    _, (x_test, _) = load_mnist()
    for image in (*x_test[:5], np.zeros((28, 28), np.float32)):
        ours, theirs = layer_maps(image), feature_maps(model, image)
        assert list(ours) == list(theirs)
        for name, maps in ours.items():
            np.testing.assert_allclose(maps, theirs[name], rtol=1e-5, atol=1e-5, err_msg=name)


def test_the_shipped_file_is_what_the_export_writes(model, tmp_path, monkeypatch):
    export_maps(model, tmp_path / "maps.onnx")
    _, (x_test, _) = load_mnist()
    shipped = layer_maps(x_test[0])
    monkeypatch.setattr(layers, "MAPS", tmp_path / "maps.onnx")
    layers._session.cache_clear()
    try:
        made = layer_maps(x_test[0])
    finally:
        layers._session.cache_clear()
    for name, maps in shipped.items():
        np.testing.assert_allclose(made[name], maps, rtol=1e-5, atol=1e-5, err_msg=name)


def test_a_broken_file_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "maps.onnx").write_bytes(b"cut")
    monkeypatch.setattr(layers, "MAPS", tmp_path / "maps.onnx")
    layers._session.cache_clear()
    with pytest.raises(DataError, match="To restore a model"):
        layer_maps(np.zeros((28, 28), np.uint8))


def test_what_is_no_digit_is_refused():
    with pytest.raises(ValueError, match="28x28"):
        layer_maps(np.zeros((20, 20), np.uint8))


def test_tensorflow_is_not_needed():
    program = (
        "import sys\n"
        "import numpy as np\n"
        "from helpers.vision.layers import layer_maps\n"
        "assert len(layer_maps(np.zeros((28, 28), np.uint8))) == 12\n"
        "assert not {'tensorflow', 'keras', 'onnx'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

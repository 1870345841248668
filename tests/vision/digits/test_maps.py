import subprocess
import sys

import numpy as np
import pytest

from helpers.data import DataError, load_mnist
from helpers.nn.activations import relu, softmax
from helpers.nn.convolution import convolve2d
from helpers.nn.pooling import max_pool2d
from helpers.paths import MODELS
from helpers.vision.digits import (
    export_maps,
    feature_maps,
    layer_maps,
    load,
    maps,
    to_images,
)


@pytest.fixture(scope="module")
def model():
    return load(MODELS / "digits.keras")


def test_feature_maps_are_what_our_own_layers_make(model):
    _, (x_test, _) = load_mnist()
    image = x_test[0]
    found = feature_maps(model, image)
    assert list(found) == [layer.name for layer in model.layers]
    (filters,) = model.get_layer("conv_1").get_weights()
    convolved = convolve2d(to_images(image), filters, stride=2, padding="same")
    np.testing.assert_allclose(found["conv_1"], convolved[0], atol=1e-4)
    np.testing.assert_array_equal(found["relu_1"], relu(found["bn_1"]))
    np.testing.assert_array_equal(found["pool_2"], max_pool2d(found["relu_2"][None])[0])
    np.testing.assert_array_equal(found["pool_3"], found["relu_3"].max(axis=(0, 1)))
    weights, bias = model.get_layer("dense_1").get_weights()
    np.testing.assert_allclose(
        found["dense_1"], softmax(found["pool_3"] @ weights + bias), atol=1e-5
    )


def test_the_maps_are_those_of_the_keras_model(model):
    _, (x_test, _) = load_mnist()
    for image in (*x_test[:5], np.zeros((28, 28), np.float32)):
        ours, theirs = layer_maps(image), feature_maps(model, image)
        assert list(ours) == list(theirs)
        for name, ours_of_it in ours.items():
            # Where large numbers add up to a small one, the small one is off by their rounding.
            atol = max(1e-5, 1e-6 * np.abs(theirs[name]).max())
            np.testing.assert_allclose(ours_of_it, theirs[name], rtol=1e-5, atol=atol, err_msg=name)


def test_the_shipped_file_is_what_the_export_writes(model, tmp_path, monkeypatch):
    export_maps(model, tmp_path / "maps.onnx")
    _, (x_test, _) = load_mnist()
    shipped = layer_maps(x_test[0])
    monkeypatch.setattr(maps, "MAPS", tmp_path / "maps.onnx")
    maps._session.cache_clear()
    try:
        made = layer_maps(x_test[0])
    finally:
        maps._session.cache_clear()
    for name, expected in shipped.items():
        np.testing.assert_allclose(made[name], expected, rtol=1e-5, atol=1e-5, err_msg=name)


def test_a_broken_file_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "maps.onnx").write_bytes(b"cut")
    monkeypatch.setattr(maps, "MAPS", tmp_path / "maps.onnx")
    maps._session.cache_clear()
    with pytest.raises(DataError, match="To restore a model"):
        layer_maps(np.zeros((28, 28), np.uint8))


def test_what_is_no_digit_is_refused():
    with pytest.raises(ValueError, match="28x28"):
        layer_maps(np.zeros((20, 20), np.uint8))


def test_tensorflow_is_not_needed():
    program = (
        "import sys\n"
        "import numpy as np\n"
        "from helpers.vision.digits import layer_maps\n"
        "assert len(layer_maps(np.zeros((28, 28), np.uint8))) == 12\n"
        "assert not {'tensorflow', 'keras', 'onnx'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from helpers.checksums import sha256
from helpers.data import DataError, load_mnist
from helpers.nn.activations import relu, softmax
from helpers.nn.convolution import convolve2d
from helpers.nn.pooling import max_pool2d
from helpers.paths import MODELS
from helpers.vision import digits

(X_TRAIN, Y_TRAIN), (X_TEST, Y_TEST) = load_mnist()
#: 200 digits in batches of 32: seven steps an epoch, the last one short.
FEW = {"x": X_TRAIN[:200], "y": Y_TRAIN[:200], "num_epochs": 3, "batch_size": 32}


def small_cnn():
    return digits.build_cnn(4, seed=1)


def assert_same_training(model, history, other_model, other_history):
    assert history.keys() == other_history.keys()
    for name, values in history.items():
        np.testing.assert_allclose(values, other_history[name], rtol=1e-3, err_msg=name)
    for ours, theirs in zip(model.get_weights(), other_model.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-3)


@pytest.fixture(scope="module")
def uninterrupted():
    model = small_cnn()
    return model, digits.train(model, **FEW)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    checkpoint = tmp_path_factory.mktemp("begun") / "training.keras"
    digits.train(small_cnn(), **FEW, checkpoint=checkpoint)
    return checkpoint


class TestToImages:
    def test_bytes_are_scaled(self):
        x = np.zeros((1, 28, 28), np.uint8)
        x[0, 1, 2] = 51
        images = digits.to_images(x)
        assert images.shape == (1, 28, 28, 1)
        assert images.dtype == np.float32
        assert images[0, 1, 2, 0] == pytest.approx(0.2)
        assert images.sum() == images[0, 1, 2, 0]

    @pytest.mark.parametrize("shape", [(28, 28), (1, 28, 28), (1, 28, 28, 1)])
    def test_floats_stay_as_they_are(self, shape):
        images = digits.to_images(np.full(shape, 0.25))
        np.testing.assert_array_equal(images, np.full((1, 28, 28, 1), 0.25, np.float32))

    @pytest.mark.parametrize(
        ("x", "given"),
        [
            (np.zeros((2, 28, 27), np.uint8), "(2, 28, 27)"),
            (np.zeros((28, 28, 3), np.uint8), "(28, 28, 3)"),
            (np.uint8(7), "()"),
            (np.full((28, 28), 255.0), "255.0"),
            (np.full((28, 28), -0.5), "-0.5"),
            (np.full((28, 28), np.nan), "nan"),
            (np.full((28, 28), 1), "int64"),
        ],
    )
    def test_error_names_what_was_given(self, x, given):
        with pytest.raises(ValueError, match=r"^x") as error:
            digits.to_images(x)
        assert given in str(error.value)


class TestBuildCnn:
    def test_layers_are_separate_and_named(self):
        names = [layer.name for layer in digits.build_cnn().layers]
        expected = "conv_1 bn_1 relu_1 conv_2 bn_2 relu_2 pool_2 conv_3 bn_3 relu_3 pool_3 dense_1"
        assert " ".join(names) == expected

    def test_a_seed_repeats_the_first_weights(self):
        first, again, other = (digits.build_cnn(4, seed=seed) for seed in (1, 1, 2))
        np.testing.assert_array_equal(first.get_weights()[0], again.get_weights()[0])
        assert not np.array_equal(first.get_weights()[0], other.get_weights()[0])


class TestTrain:
    def test_learns_and_tells_every_epoch(self):
        model = small_cnn()
        before = digits.evaluate(model, FEW["x"], FEW["y"])
        history = digits.train(model, **FEW, validation=(X_TEST[:50], Y_TEST[:50]))
        assert set(history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
        assert {len(values) for values in history.values()} == {3}
        assert history["loss"][2] < history["loss"][0]
        assert digits.evaluate(model, FEW["x"], FEW["y"]) > before
        measured = digits.evaluate(model, X_TEST[:50], Y_TEST[:50])
        assert history["val_accuracy"][2] == pytest.approx(measured)

    def test_is_repeatable(self, uninterrupted):
        model = small_cnn()
        assert_same_training(model, digits.train(model, **FEW), *uninterrupted)

    def test_augment_sees_each_epoch_in_its_own_order(self):
        seen = []
        digits.train(small_cnn(), **FEW, augment=lambda images, rng: seen.append(images) or images)
        assert len(seen) == 3
        assert not np.array_equal(seen[0], seen[1])
        totals = [np.sort(images.sum(axis=(1, 2, 3))) for images in seen]
        np.testing.assert_array_equal(totals[0], totals[1])

    def test_shows_loss_and_accuracy_on_one_bar(self, capsys):
        digits.train(small_cnn(), **FEW)
        shown = capsys.readouterr().err
        assert "21/21" in shown
        assert "loss=" in shown
        assert "accuracy=" in shown

    def test_labels_must_match_the_digits(self):
        with pytest.raises(ValueError, match=r"^y.*200.*\(199,\)"):
            digits.train(small_cnn(), FEW["x"], FEW["y"][:199], num_epochs=1)


class TestCheckpoint:
    def test_a_training_killed_in_mid_epoch_goes_on(self, tmp_path, uninterrupted):
        checkpoint = tmp_path / "training.keras"
        child = f"""
import os, signal, tqdm.auto
from helpers.data import load_mnist
from helpers.vision import digits

class Killer(tqdm.auto.tqdm):
    def update(self, n=1):
        super().update(n)
        if self.n == 10:  # three steps into the second epoch
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))

tqdm.auto.tqdm = Killer
(x, y), _ = load_mnist()
digits.train(digits.build_cnn(4, seed=1), x[:200], y[:200], num_epochs=3, batch_size=32,
             checkpoint={str(checkpoint)!r})
"""
        killed = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True)
        if hasattr(signal, "SIGKILL"):
            assert killed.returncode == -signal.SIGKILL, killed.stderr
        with zipfile.ZipFile(checkpoint) as archive:
            progress = json.loads(archive.read("training.json"))
        assert len(progress["history"]["loss"]) == 1

        model, seen = small_cnn(), []
        history = digits.train(
            model,
            **FEW,
            checkpoint=checkpoint,
            augment=lambda images, rng: seen.append(1) or images,
        )
        assert len(seen) == 2
        assert_same_training(model, history, *uninterrupted)
        assert os.listdir(tmp_path) == ["training.keras"]

    def test_control_c_leaves_the_last_checkpoint(self, tmp_path, uninterrupted):
        checkpoint, seen = tmp_path / "training.keras", []

        def interrupt_the_third(images, rng):
            seen.append(1)
            if len(seen) == 3:
                raise KeyboardInterrupt
            return images

        with pytest.raises(KeyboardInterrupt):
            digits.train(small_cnn(), **FEW, checkpoint=checkpoint, augment=interrupt_the_third)
        model = small_cnn()
        history = digits.train(model, **FEW, checkpoint=checkpoint)
        assert_same_training(model, history, *uninterrupted)

    def test_a_finished_training_is_not_repeated(self, tmp_path, uninterrupted):
        checkpoint = tmp_path / "training.keras"
        digits.train(small_cnn(), **FEW, checkpoint=checkpoint)
        model, written = small_cnn(), checkpoint.read_bytes()
        history = digits.train(model, **FEW, checkpoint=checkpoint)
        assert_same_training(model, history, *uninterrupted)
        assert checkpoint.read_bytes() == written

    @pytest.mark.parametrize(
        ("name", "change"),
        [
            ("num_epochs=3", {"num_epochs": 4}),
            ("num_examples=200", {"x": X_TRAIN[:100], "y": Y_TRAIN[:100]}),
            ("batch_size=32", {"batch_size": 64}),
            ("seed=0", {"seed": 1}),
        ],
    )
    def test_other_settings_are_refused_and_nothing_is_lost(self, begun, name, change):
        written = begun.read_bytes()
        with pytest.raises(ValueError, match=name):
            digits.train(small_cnn(), **FEW | change, checkpoint=begun)
        assert begun.read_bytes() == written

    def test_another_network_is_refused(self, begun):
        with pytest.raises(ValueError, match="num_parameters"):
            digits.train(digits.build_cnn(5), **FEW, checkpoint=begun)

    @pytest.mark.parametrize("damage", ["cut", "altered", "empty", "text", "a saved model"])
    def test_a_damaged_one_is_refused_and_left_alone(self, begun, tmp_path, damage):
        written, damaged = begun.read_bytes(), tmp_path / "damaged.keras"
        middle = len(written) // 2
        damaged.write_bytes(
            {
                "cut": written[:middle],
                "altered": written[:middle] + b"????" + written[middle + 4 :],
                "empty": b"",
                "text": b"a checkpoint",
                "a saved model": b"",
            }[damage]
        )
        if damage == "a saved model":
            digits.save(small_cnn(), damaged)
        before = damaged.read_bytes()
        with pytest.raises(DataError, match=r"damaged\.keras"):
            digits.train(small_cnn(), **FEW, checkpoint=damaged)
        assert damaged.read_bytes() == before

    def test_the_name_must_say_keras(self, tmp_path):
        with pytest.raises(ValueError, match=r"\.keras.*training\.zip"):
            digits.train(small_cnn(), **FEW, checkpoint=tmp_path / "training.zip")


class TestDistort:
    def test_changes_every_digit_but_keeps_it_readable(self):
        images = digits.to_images(X_TEST[:1000])
        original = images.copy()
        distorted = digits.distort(images, np.random.default_rng(0))
        np.testing.assert_array_equal(images, original)
        assert distorted.shape == images.shape
        assert distorted.dtype == np.float32
        assert distorted.min() >= 0
        assert distorted.max() <= 1
        assert np.abs(distorted - images).max(axis=(1, 2, 3)).min() > 0.1
        assert digits.evaluate(digits.shipped_reader(), distorted, Y_TEST[:1000]) > 0.97

    def test_the_generator_decides(self):
        images = digits.to_images(X_TEST[:5])
        first, again, other = (
            digits.distort(images, np.random.default_rng(seed)) for seed in (0, 0, 1)
        )
        np.testing.assert_array_equal(first, again)
        assert not np.array_equal(first, other)


def test_evaluate_by_hand():
    def always_seven(images):
        return np.eye(10, dtype=np.float32)[np.full(len(images), 7)]

    x = np.zeros((2500, 28, 28), np.uint8)  # more than one piece
    assert digits.probabilities(always_seven, x).shape == (2500, 10)
    assert digits.evaluate(always_seven, x, np.arange(2500) % 10) == 0.1
    assert digits.evaluate(always_seven, x, np.full(2500, 7)) == 1


def test_feature_maps_are_what_our_own_layers_make(uninterrupted):
    model, _ = uninterrupted
    maps = digits.feature_maps(model, X_TEST[0])
    assert list(maps) == [layer.name for layer in model.layers]
    (filters,) = model.get_layer("conv_1").get_weights()
    convolved = convolve2d(digits.to_images(X_TEST[0]), filters, stride=2, padding="same")
    np.testing.assert_allclose(maps["conv_1"], convolved[0], atol=1e-4)
    np.testing.assert_array_equal(maps["relu_1"], relu(maps["bn_1"]))
    np.testing.assert_array_equal(maps["pool_2"], max_pool2d(maps["relu_2"][None])[0])
    np.testing.assert_array_equal(maps["pool_3"], maps["relu_3"].max(axis=(0, 1)))
    weights, bias = model.get_layer("dense_1").get_weights()
    np.testing.assert_allclose(maps["dense_1"], softmax(maps["pool_3"] @ weights + bias), atol=1e-5)


class TestFiles:
    @pytest.mark.parametrize("suffix", [".keras", ".onnx"])
    def test_a_saved_model_reads_as_before(self, uninterrupted, tmp_path, suffix):
        model, _ = uninterrupted
        path = tmp_path / f"mine{suffix}"
        digits.save(model, path)
        assert os.listdir(tmp_path) == [path.name]
        for x in (X_TEST[:100], X_TEST[0]):
            expected = digits.probabilities(model, x)
            np.testing.assert_allclose(
                digits.probabilities(digits.load(path), x), expected, atol=1e-5
            )

    def test_other_suffixes_are_refused(self, tmp_path):
        with pytest.raises(ValueError, match=r"\.onnx.*mine\.h5"):
            digits.save(small_cnn(), tmp_path / "mine.h5")
        with pytest.raises(ValueError, match=r"\.onnx.*mine\.h5"):
            digits.load(tmp_path / "mine.h5")

    @pytest.mark.parametrize("suffix", [".keras", ".onnx"])
    @pytest.mark.parametrize("language", ["en", "ko"])
    def test_missing_or_damaged_is_said_in_a_sentence(
        self, tmp_path, suffix, language, monkeypatch
    ):
        monkeypatch.setenv("COURSE_LANG", language)
        whole = (MODELS / f"digits{suffix}").read_bytes()
        for name, contents in (("cut", whole[: len(whole) // 2]), ("empty", b""), ("none", None)):
            path = tmp_path / f"{name}{suffix}"
            if contents is not None:
                path.write_bytes(contents)
            with pytest.raises(DataError, match="data/models") as error:
                digits.load(path)
            assert path.name in str(error.value)
            assert "\n" not in str(error.value)

    def test_reading_needs_no_tensorflow(self):
        code = """
import sys
import numpy as np
from helpers.vision import digits

assert digits.shipped_reader()(np.zeros((2, 28, 28), np.uint8)).shape == (2, 10)
assert digits.shipped_reader() is digits.shipped_reader()
print(*{"tensorflow", "keras", "tqdm", "matplotlib", "cv2"} & set(sys.modules))
"""
        result = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        )
        assert result.stdout.split() == []


class TestPieces:
    def test_the_network_is_given_few_at_once_and_all_are_read_in_order(self, monkeypatch):
        given = []

        class Session:
            def get_inputs(self):
                return [SimpleNamespace(name="images", shape=["n", 28, 28, 1])]

            def run(self, outputs, inputs):
                given.append(len(inputs["images"]))
                return [inputs["images"].reshape(-1, 784)[:, :10]]

        monkeypatch.setattr(digits, "open_onnx", lambda path: Session())
        read, x = digits.load_onnx("any.onnx"), X_TEST[: 2 * digits.PIECE + 3]
        expected = digits.to_images(x).reshape(-1, 784)[:, :10]
        np.testing.assert_array_equal(read(x), expected)
        assert given == [digits.PIECE, digits.PIECE, 3]
        assert read(x[:0]).shape == (0, 10)

    @pytest.mark.skipif(os.name != "posix", reason="Windows counts a process's memory otherwise")
    def test_memory_does_not_grow_with_the_number_of_digits(self):
        """In one run 10,000 digits take 340 MB."""
        program = (
            "import resource, sys\n"
            "import numpy as np\n"
            "from helpers.vision.digits import shipped_reader, to_images\n"
            "def largest(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "read, x = shipped_reader(), np.zeros((10_000, 28, 28), np.float32)\n"
            "to_images(x)\n"
            "before = largest()\n"
            "read(x)\n"
            "print((largest() - before) // (2**20 if sys.platform == 'darwin' else 2**10))\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        assert int(done.stdout) < 80, done.stderr


class TestShipped:
    record = json.loads((MODELS / "digits.json").read_text(encoding="utf-8"))

    @pytest.mark.parametrize("name", ["digits.keras", "digits.onnx"])
    def test_reads_as_well_as_its_record_says(self, name):
        path = MODELS / name
        assert sha256(path) == self.record["sha256"][name]
        measured = digits.evaluate(digits.load(path), X_TEST, Y_TEST)
        assert measured >= 0.995
        assert measured == pytest.approx(self.record["test_accuracy"][name], abs=2e-4)

    def test_the_record_is_of_this_recipe(self):
        assert self.record["recipe"].items() >= digits.RECIPE.items()

    def test_ship_writes_both_files_and_their_record(self, tmp_path, monkeypatch):
        few = (X_TRAIN[:100], Y_TRAIN[:100]), (X_TEST[:50], Y_TEST[:50])
        monkeypatch.setattr(digits, "load_mnist", lambda: few)
        recipe = {"num_epochs": 1, "batch_size": 32, "learning_rate": 0.01, "seed": 3}
        monkeypatch.setattr(digits, "RECIPE", recipe)
        record = digits.ship(tmp_path / "models", checkpoint=tmp_path / "training.keras")
        assert os.listdir(tmp_path) == ["models"]
        assert json.loads(Path(tmp_path, "models", "digits.json").read_text()) == record
        assert record["recipe"] == recipe | {"augment": "distort", "num_digits": 100}
        for name in ("digits.keras", "digits.onnx"):
            path = tmp_path / "models" / name
            assert record["sha256"][name] == sha256(path)
            assert record["test_accuracy"][name] == digits.evaluate(digits.load(path), *few[1])


@pytest.mark.slow
def test_two_epochs_read_99_percent():
    model = digits.build_cnn(seed=0)
    digits.train(model, X_TRAIN, Y_TRAIN, num_epochs=2)
    assert digits.evaluate(model, X_TEST, Y_TEST) >= 0.99

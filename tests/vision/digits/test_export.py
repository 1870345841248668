import json
import os
from pathlib import Path

import numpy as np
import pytest

from helpers.checksums import sha256
from helpers.data import DataError, load_mnist
from helpers.paths import MODELS
from helpers.vision import digits
from helpers.vision.digits import export

(X_TRAIN, Y_TRAIN), (X_TEST, Y_TEST) = load_mnist()


@pytest.fixture(scope="module")
def small_cnn():
    return digits.build_cnn(4, seed=1)


class TestFiles:
    @pytest.mark.parametrize("suffix", [".keras", ".onnx"])
    def test_a_saved_model_reads_as_before(self, small_cnn, tmp_path, suffix):
        path = tmp_path / f"mine{suffix}"
        digits.save(small_cnn, path)
        assert os.listdir(tmp_path) == [path.name]
        for x in (X_TEST[:100], X_TEST[0]):
            expected = digits.probabilities(small_cnn, x)
            np.testing.assert_allclose(
                digits.probabilities(digits.load(path), x), expected, atol=1e-5
            )

    def test_other_suffixes_are_refused(self, small_cnn, tmp_path):
        with pytest.raises(ValueError, match=r"\.onnx.*mine\.h5"):
            digits.save(small_cnn, tmp_path / "mine.h5")
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


class TestShipped:
    record = json.loads((MODELS / "digits.json").read_text(encoding="utf-8"))

    @pytest.mark.parametrize("name", ["digits.keras", "digits.onnx"])
    def test_reads_as_well_as_its_record_says(self, name):
        path = MODELS / name
        assert sha256(path) == self.record["sha256"][name]
        recorded = self.record["test_accuracy"][name]
        assert recorded >= 0.996
        # Another processor rounds otherwise, which may tip a digit.
        measured = digits.evaluate(digits.load(path), X_TEST, Y_TEST)
        assert measured == pytest.approx(recorded, abs=2e-4)

    def test_the_record_is_of_this_recipe(self):
        assert self.record["recipe"].items() >= export.RECIPE.items()
        assert self.record["recipe"]["waves"] == export.WAVES
        assert self.record["refining"] == export.REFINING

    def test_ship_writes_both_files_and_their_record(self, tmp_path, monkeypatch):
        few = (X_TRAIN[:100], Y_TRAIN[:100]), (X_TEST[:50], Y_TEST[:50])
        monkeypatch.setattr(export, "load_mnist", lambda: few)
        recipe = {"num_epochs": 1, "batch_size": 32, "learning_rate": 0.01, "seed": 3}
        monkeypatch.setattr(export, "RECIPE", recipe)
        monkeypatch.setattr(export, "REFINING", recipe)
        record = digits.ship(tmp_path / "models", checkpoint=tmp_path / "training.keras")
        assert os.listdir(tmp_path) == ["models"]
        assert json.loads(Path(tmp_path, "models", "digits.json").read_text()) == record
        drawn = {"augment": "distort", "waves": export.WAVES, "num_digits": 100}
        assert record["recipe"] == recipe | drawn
        assert len(record["loss"]) == 2
        for name in ("digits.keras", "digits.onnx"):
            path = tmp_path / "models" / name
            assert record["sha256"][name] == sha256(path)
            assert record["test_accuracy"][name] == digits.evaluate(digits.load(path), *few[1])

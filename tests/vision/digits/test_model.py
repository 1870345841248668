import numpy as np
import pytest

from helpers.vision import digits


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

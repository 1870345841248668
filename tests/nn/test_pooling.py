import numpy as np
import pytest

from helpers.nn.convolution import Convolution
from helpers.nn.dense import Dense, ReLU, backward, cross_entropy, forward
from helpers.nn.optimizers import SGD
from helpers.nn.pooling import MaxPooling, average_pool2d, max_pool2d

IMAGE = np.array(
    [[1, 2, 5, 0, 9], [3, 4, 0, 7, 9], [-1, -2, 8, 8, 9], [-3, -6, 8, 8, 9]], np.float32
).reshape(1, 4, 5, 1)

both = pytest.mark.parametrize("pool", [max_pool2d, average_pool2d])


def test_max_by_hand_drops_what_is_left_over():
    pooled = max_pool2d(IMAGE)
    assert pooled.dtype == np.float32
    np.testing.assert_array_equal(pooled[0, :, :, 0], [[4, 7], [-1, 8]])


def test_average_by_hand_drops_what_is_left_over():
    pooled = average_pool2d(IMAGE)
    assert pooled.dtype == np.float32
    np.testing.assert_array_equal(pooled[0, :, :, 0], [[2.5, 3], [-3, 8]])


def test_windows_may_overlap_and_need_not_be_square():
    pooled = max_pool2d(IMAGE, size=(1, 3), stride=(3, 1))
    np.testing.assert_array_equal(pooled[0, :, :, 0], [[5, 5, 9], [8, 8, 9]])


def test_channels_stay_apart():
    images = np.stack([IMAGE[..., 0], -IMAGE[..., 0]], axis=-1)
    np.testing.assert_array_equal(max_pool2d(images)[0, 0, 0], [4, -1])


def test_bytes_do_not_wrap_around():
    images = np.full((1, 2, 2, 1), 255, np.uint8)
    assert max_pool2d(images).dtype == np.uint8
    assert average_pool2d(images).item() == 255


@pytest.mark.parametrize("seed", range(12))
def test_equals_tensorflow_on_random_shapes(seed):
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(seed)
    num_images, height, width, channels = rng.integers((1, 5, 5, 1), (4, 13, 13, 5))
    size, stride = (tuple(int(n) for n in rng.integers(1, 5, 2)) for _ in range(2))
    images = rng.normal(size=(num_images, height, width, channels)).astype(np.float32)
    for ours, theirs in ((max_pool2d, tf.nn.max_pool2d), (average_pool2d, tf.nn.avg_pool2d)):
        np.testing.assert_allclose(
            ours(images, size, stride), theirs(images, size, stride, "VALID"), atol=1e-6
        )
        np.testing.assert_allclose(
            ours(images, size), theirs(images, size, size, "VALID"), atol=1e-6
        )


@both
@pytest.mark.parametrize(
    ("name", "given", "change"),
    [
        ("images", "(4, 5)", {"images": IMAGE[0, :, :, 0]}),
        ("size", "0", {"size": 0}),
        ("size", "5x5", {"size": 5}),
        ("size", "2.0", {"size": 2.0}),
        ("stride", "-1", {"stride": -1}),
        ("stride", "(1,)", {"stride": (1,)}),
    ],
)
def test_error_names_the_argument_and_what_was_given(pool, name, given, change):
    with pytest.raises(ValueError, match=name) as error:
        pool(**{"images": IMAGE} | change)
    assert given in str(error.value)


@pytest.mark.parametrize("seed", range(8))
def test_the_layers_gradient_equals_tensorflows(seed):
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(seed)
    size, stride = (tuple(int(n) for n in rng.integers(1, 4, 2)) for _ in range(2))
    images = rng.normal(size=(2, *rng.integers(4, 9, 2), 3))
    layer, inputs = MaxPooling(size, stride), tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        pooled = tf.nn.max_pool2d(inputs, size, stride, "VALID")
        grad = rng.normal(size=pooled.shape)
        loss = tf.reduce_sum(pooled * grad)
    np.testing.assert_array_equal(layer.forward(images), pooled)
    np.testing.assert_allclose(layer.backward(grad), tape.gradient(loss, inputs), atol=1e-12)


class Flat(ReLU):
    """Maps (N, H, W, C) as rows (N, H * W * C), and their gradient back."""

    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, grad):
        return grad.reshape(self.shape)


def test_a_small_cnn_learns():
    """A bright line, vertical or horizontal: convolution, ReLU, pooling and dense in one list."""
    rng = np.random.default_rng(0)
    images, labels = rng.normal(0, 0.2, (60, 6, 6, 1)), np.arange(60) % 2
    for image, label in zip(images, labels, strict=True):
        (image.swapaxes(0, 1) if label else image)[rng.integers(6)] += 1
    layers = [
        Convolution(rng.normal(0, 0.3, (3, 3, 1, 4)), np.zeros(4)), ReLU(), MaxPooling(),
        Flat(), Dense(rng.normal(0, 0.3, (16, 2)), np.zeros(2)),
    ]  # fmt: skip
    optimizer, losses = SGD(layers, 0.1), []
    for _ in range(60):
        loss, grad = cross_entropy(forward(layers, images), labels)
        backward(layers, grad)
        optimizer.step()
        losses.append(loss)
    assert losses[-1] < 0.2 * losses[0]
    assert (forward(layers, images).argmax(axis=1) == labels).mean() > 0.95

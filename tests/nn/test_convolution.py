import numpy as np
import pytest

from helpers.nn.convolution import KERNELS, Convolution, convolve2d, convolve2d_loops

#: 5 x 5, the numbers 0 to 24 row by row.
COUNT = np.arange(25, dtype=np.float32).reshape(1, 5, 5, 1)
#: 2 x 2, worked by hand below: 1 a + 2 b + 3 c + 4 d.
FILTERS = np.array([[1, 2], [3, 4]], np.float32).reshape(2, 2, 1, 1)

both = pytest.mark.parametrize("convolve", [convolve2d, convolve2d_loops])


@both
def test_valid_by_hand(convolve):
    # Top left: 0 + 2 + 3 x 5 + 4 x 6 = 41; each step right adds 10, each step down 50.
    expected = 41 + 10 * np.arange(4) + 50 * np.arange(4)[:, None]
    maps = convolve(COUNT, FILTERS)
    assert maps.shape == (1, 4, 4, 1)
    assert maps.dtype == np.float32
    np.testing.assert_array_equal(maps[0, :, :, 0], expected)


@both
def test_stride_by_hand(convolve):
    maps = convolve(COUNT, FILTERS, stride=(3, 2))
    np.testing.assert_array_equal(maps[0, :, :, 0], [[41, 61], [191, 211]])


@both
def test_even_kernel_under_same_padding_gets_its_zeros_at_the_bottom_and_right(convolve):
    image = np.ones((1, 2, 2, 1), np.float32)
    maps = convolve(image, FILTERS, padding="same")
    np.testing.assert_array_equal(maps[0, :, :, 0], [[10, 4], [3, 1]])


@both
def test_same_padding_depends_on_the_stride(convolve):
    # 4 wide, 3 wide kernel, stride 2: one zero is needed, and it goes to the right.
    image = np.array([1, 2, 3, 4], np.float32).reshape(1, 1, 4, 1)
    maps = convolve(image, np.ones((1, 3, 1, 1), np.float32), stride=2, padding="same")
    np.testing.assert_array_equal(maps.ravel(), [6, 7])


@both
def test_whole_number_padding_by_hand(convolve):
    maps = convolve(np.full((1, 1, 1, 1), 5, np.float32), FILTERS, padding=1)
    np.testing.assert_array_equal(maps[0, :, :, 0], [[20, 15], [10, 5]])


@both
def test_channels_add_up_and_each_filter_has_its_map_and_bias(convolve):
    images = np.array([[[[1, 10]]], [[[2, 20]]]], np.float32)  # two images of one pixel
    filters = np.array([[[[1, 0, 2], [1, 3, 0]]]], np.float32)  # (1, 1, 2, 3)
    maps = convolve(images, filters, bias=[0.5, 0, -1])
    np.testing.assert_array_equal(maps[:, 0, 0], [[11.5, 30, 1], [22.5, 60, 3]])


@both
def test_bytes_do_not_wrap_around(convolve):
    images = np.full((1, 2, 2, 1), 255, np.uint8)
    assert convolve(images, np.ones((2, 2, 1, 1), np.uint8)).item() == 1020


@both
@pytest.mark.parametrize("seed", range(12))
def test_equals_tensorflow_on_random_shapes(convolve, seed):
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(seed)
    num_images, channels, num_filters = rng.integers(1, 5, 3)
    height, width, kh, kw = *rng.integers(5, 13, 2), *rng.integers(1, 6, 2)
    stride = tuple(int(step) for step in rng.integers(1, 4, 2))
    zeros = int(rng.integers(0, 3))
    images = rng.normal(size=(num_images, height, width, channels)).astype(np.float32)
    filters = rng.normal(size=(kh, kw, channels, num_filters)).astype(np.float32)
    bias = rng.normal(size=num_filters).astype(np.float32)
    explicit = [[0, 0], [zeros, zeros], [zeros, zeros], [0, 0]]
    for padding, theirs in (("valid", "VALID"), ("same", "SAME"), (zeros, explicit)):
        expected = tf.nn.conv2d(images, filters, stride, theirs) + bias
        maps = convolve(images, filters, bias, stride, padding)
        assert maps.dtype == np.float32
        np.testing.assert_allclose(maps, expected, atol=1e-4)


def test_double_precision_is_kept():
    images = np.full((1, 1, 1, 1), 1 + 1e-12)
    assert convolve2d(images, np.ones((1, 1, 1, 1))).item() == 1 + 1e-12


def test_arguments_are_left_as_they_were():
    images, filters = COUNT.copy(), FILTERS.copy()
    convolve2d(images, filters, bias=[1], padding=2)
    np.testing.assert_array_equal(images, COUNT)
    np.testing.assert_array_equal(filters, FILTERS)


@both
@pytest.mark.parametrize(
    ("name", "given", "change"),
    [
        ("images", "(5, 5)", {"images": COUNT[0, :, :, 0]}),
        ("filters", "(2, 2)", {"filters": FILTERS[:, :, 0, 0]}),
        ("filters", "(2, 2, 3, 1)", {"filters": np.ones((2, 2, 3, 1))}),
        ("filters", "(0, 2, 1, 1)", {"filters": np.ones((0, 2, 1, 1))}),
        ("filters", "6x2", {"filters": np.ones((6, 2, 1, 1))}),
        ("bias", "(2,)", {"bias": [1, 2]}),
        ("stride", "0", {"stride": 0}),
        ("stride", "1.5", {"stride": 1.5}),
        ("stride", "True", {"stride": True}),
        ("stride", "(1, 2, 3)", {"stride": (1, 2, 3)}),
        ("padding", "'full'", {"padding": "full"}),
        ("padding", "-1", {"padding": -1}),
        ("padding", "(1, 1)", {"padding": (1, 1)}),
    ],
)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_error_names_the_argument_and_what_was_given(
    convolve, name, given, change, language, monkeypatch
):
    monkeypatch.setenv("COURSE_LANG", language)
    with pytest.raises(ValueError, match=name) as error:
        convolve(**{"images": COUNT, "filters": FILTERS} | change)
    assert given in str(error.value)
    assert str(error.value).isascii() == (language == "en")


def test_kernels_answer_as_their_names_say():
    def answer(name, image):
        kernel = KERNELS[name][:, :, None, None]
        return convolve2d(np.array(image)[None, :, :, None], kernel).item()

    flat = np.full((3, 3), 6.0)
    to_the_right = np.array([[0.0, 1, 2]] * 3)  # brighter by 1 at each step
    spot = np.zeros((3, 3))
    spot[1, 1] = 8
    assert all(kernel.dtype == np.float32 for kernel in KERNELS.values())
    for name in ("identity", "box_blur", "gaussian_blur", "sharpen", "emboss"):
        assert answer(name, flat) == pytest.approx(6), name
    for name in ("sobel_x", "sobel_y", "prewitt_x", "prewitt_y", "laplacian"):
        assert answer(name, flat) == 0, name
    for name, slope in (("sobel", 8), ("prewitt", 6)):
        assert answer(f"{name}_x", to_the_right) == slope
        assert answer(f"{name}_y", to_the_right.T) == slope
        assert answer(f"{name}_x", to_the_right.T) == answer(f"{name}_y", to_the_right) == 0
    assert answer("emboss", to_the_right) == answer("emboss", to_the_right.T) == 7
    assert answer("gaussian_blur", spot) == 2
    assert answer("sharpen", spot) == 40
    assert answer("laplacian", spot) == -32


@pytest.mark.parametrize("seed", range(8))
def test_the_layers_gradients_equal_tensorflows(seed):
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(seed)
    kh, kw, num_channels, num_filters, num = rng.integers(1, 4, 5)
    stride = tuple(int(n) for n in rng.integers(1, 4, 2))
    padding = ("valid", "same")[seed % 2]
    images = rng.normal(size=(num, *rng.integers(4, 9, 2), num_channels))
    layer = Convolution(
        rng.normal(size=(kh, kw, num_channels, num_filters)), rng.normal(size=num_filters),
        stride, padding,
    )  # fmt: skip
    inputs = [tf.constant(array) for array in (images, *layer.parameters)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        maps = tf.nn.conv2d(inputs[0], inputs[1], stride, padding.upper()) + inputs[2]
        grad = rng.normal(size=maps.shape)
        loss = tf.reduce_sum(maps * grad)
    np.testing.assert_allclose(layer.forward(images), maps)
    ours = [layer.backward(grad), *layer.gradients]
    for our, their in zip(ours, tape.gradient(loss, inputs), strict=True):
        np.testing.assert_allclose(our, their, atol=1e-10)


def test_the_layer_says_that_forward_comes_first():
    layer = Convolution(FILTERS, [0.0])
    with pytest.raises(ValueError, match="run forward first"):
        layer.backward(np.ones((1, 4, 4, 1)))

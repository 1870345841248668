import numpy as np
import pytest

from helpers.language.attention import causal_mask
from helpers.language.tokens import BEGIN, PAD
from helpers.language.transformer import (
    Block,
    FeedForward,
    LayerNormalization,
    MultiHeadAttention,
    build_transformer,
    padding_mask,
    positions,
)

TOLERANCE = {"rtol": 0, "atol": 1e-5}


def test_positions_by_hand():
    # Two waves: one turn in 2 pi places, the other a hundred times slower.
    waves = positions(2, 4)
    expected = [[0, 1, 0, 1], [np.sin(1), np.cos(1), np.sin(0.01), np.cos(0.01)]]
    np.testing.assert_allclose(waves, expected, atol=1e-7)
    with pytest.raises(ValueError, match="even"):
        positions(2, 5)


def test_a_step_turns_every_position_alike():
    # Why waves: the vector k places on is the same rotation of each vector.
    waves = positions(50, 8).astype(float)
    products = waves @ waves.T
    for step in (1, 7):
        np.testing.assert_allclose(np.diag(products, step), products[0, step], atol=1e-5)


def test_attention_by_hand():
    # The first asks for the second twice as loudly as e allows: weights 1/4 and 3/4.
    eye = np.eye(2)[:, None, :], np.zeros((1, 2))
    ask = np.sqrt(2) * np.log(3) * np.array([[0.0, 1], [0, 0]])[:, None, :], np.zeros((1, 2))
    attention = MultiHeadAttention(*ask, *eye, *eye, np.eye(2)[None], np.zeros(2))
    x = np.eye(2)[None]
    outputs, weights = attention(x, x)
    np.testing.assert_allclose(weights, [[[[0.25, 0.75], [0.5, 0.5]]]])
    np.testing.assert_allclose(outputs, [[[0.25, 0.75], [0.5, 0.5]]])


def test_attention_refuses_shapes_that_do_not_fit():
    eye = np.eye(2)[:, None, :], np.zeros((1, 2))
    with pytest.raises(ValueError, match=r"\(H, K, D\)"):
        MultiHeadAttention(*eye * 3, np.eye(2), np.zeros(2))


def test_a_block_needs_a_norm_behind_each_step():
    with pytest.raises(ValueError, match="2 steps"):
        Block(None, None, [LayerNormalization(1, 0)] * 3)


def randomized(layer, rng):
    """Give a Keras layer random weights, biases among them, and return them."""
    layer.set_weights([rng.normal(0, 0.2, w.shape).astype("float32") for w in layer.get_weights()])
    return layer.get_weights()


@pytest.mark.parametrize(("heads", "size"), [(1, 3), (4, 16)])
@pytest.mark.parametrize("masked", [None, "padding", "causal"])
def test_attention_equals_keras(heads, size, masked):
    import keras

    rng = np.random.default_rng(heads)
    x = rng.normal(size=(3, 5, heads * size)).astype("float32")
    memory = x if masked == "causal" else rng.normal(size=(3, 7, x.shape[2])).astype("float32")
    ids = np.where(np.arange(7) < [[7], [4], [1]], 9, PAD)
    mask = {None: None, "padding": padding_mask(ids), "causal": causal_mask(5)[None]}[masked]
    layer = keras.layers.MultiHeadAttention(heads, size)
    layer.build(x.shape, memory.shape)
    ours = MultiHeadAttention(*randomized(layer, rng))
    theirs = layer(x, memory, attention_mask=mask, return_attention_scores=True)
    for one, other in zip(ours(x, memory, mask), theirs, strict=True):
        np.testing.assert_allclose(one, other, **TOLERANCE)


def test_layer_normalization_equals_keras():
    import keras

    rng = np.random.default_rng(0)
    x = rng.normal(3, 10, size=(4, 6, 12)).astype("float32")
    x[0, 0] = 5  # no deviation at all
    layer = keras.layers.LayerNormalization()
    layer.build(x.shape)
    ours = LayerNormalization(*randomized(layer, rng))(x)
    np.testing.assert_allclose(ours, layer(x), **TOLERANCE)


def test_masks_hide_what_they_should():
    rng = np.random.default_rng(0)
    head = rng.normal(size=(8, 2, 4)), rng.normal(size=(2, 4))
    attention = MultiHeadAttention(*head * 3, rng.normal(size=(2, 4, 8)), rng.normal(size=8))
    x = rng.normal(size=(1, 6, 8))
    changed = x.copy()
    changed[:, 4:] += 1
    ids = [[5, 6, 7, 8, PAD, PAD]]
    for mask in (causal_mask(6), padding_mask(ids)):
        before, after = attention(x, x, mask)[0], attention(changed, changed, mask)[0]
        np.testing.assert_allclose(before[:, :4], after[:, :4])
        assert not np.allclose(before[:, 4:], after[:, 4:])


def blocks_of(model):
    """Write out the encoder's and the decoder's block of a built transformer."""

    def weights(name):
        return model.get_layer(name).get_weights()

    def block(name, *attentions):
        steps = [f"{attention}_attention" for attention in attentions]
        first, *cross = [MultiHeadAttention(*weights(step)) for step in steps]
        norms = [
            LayerNormalization(*weights(f"{step}_norm")) for step in (*steps, f"{name}_output")
        ]
        feed_forward = FeedForward(*weights(f"{name}_hidden"), *weights(f"{name}_output"))
        return Block(first, feed_forward, norms, *cross)

    return block("encoder", "encoder"), block("decoder", "decoder", "cross")


@pytest.fixture(scope="module")
def model():
    import keras

    keras.utils.set_random_seed(0)
    model = build_transformer(50, size=16, num_heads=2, num_hidden=24, max_length=20)
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if layer.name != "positions":
            randomized(layer, rng)
    return model


@pytest.fixture(scope="module")
def sentences():
    rng = np.random.default_rng(1)
    questions = np.where(np.arange(9) < [[9], [5], [2]], rng.integers(4, 50, (3, 9)), PAD)
    answers = np.hstack([np.full((3, 1), BEGIN), rng.integers(4, 50, (3, 6))])
    return questions.astype("int32"), answers.astype("int32")


def test_the_built_transformer_equals_the_written_out_one(model, sentences):
    questions, answers = sentences
    encoder, decoder = blocks_of(model)
    (tokens,) = model.get_layer("tokens").get_weights()

    def embed(ids):
        return tokens[ids] * 4 + positions(ids.shape[1], 16)

    memory = encoder(embed(questions), padding_mask(questions))
    x = decoder(embed(answers), causal_mask(7), memory, padding_mask(questions))
    output, bias = model.get_layer("probabilities").get_weights()
    powers = np.exp(x @ output + bias)
    ours = powers / powers.sum(axis=-1, keepdims=True)
    theirs = model([questions, answers]).numpy()
    assert theirs.dtype == "float32"
    np.testing.assert_allclose(ours, theirs, **TOLERANCE)


def test_padding_and_the_future_change_nothing(model, sentences):
    questions, answers = sentences
    before = model([questions, answers]).numpy()
    padded = np.pad(questions, ((0, 0), (0, 6)), constant_values=PAD)
    np.testing.assert_allclose(model([padded, answers]), before, **TOLERANCE)
    np.testing.assert_allclose(model([questions, answers[:, :4]]), before[:, :4], **TOLERANCE)


@pytest.mark.slow
def test_the_exported_transformer_answers_as_keras_does(model, sentences, tmp_path):
    import onnxruntime

    questions, answers = sentences
    model([questions, answers])
    model.export(tmp_path / "transformer.onnx", format="onnx", verbose=False)
    session = onnxruntime.InferenceSession(tmp_path / "transformer.onnx")
    for length in (7, 3):  # not of the length it was exported with alone
        feeds = {"questions": questions, "answers": answers[:, :length]}
        (ours,) = session.run(None, feeds)
        theirs = model([questions, answers[:, :length]])
        np.testing.assert_allclose(ours, theirs, **TOLERANCE)

import numpy as np
import pytest

from helpers.language.encoder_decoder import build_transformer
from helpers.language.tokens import BEGIN, PAD
from helpers.nn.activations import softmax
from helpers.nn.attention import causal_mask, padding_mask
from helpers.nn.transformer import (
    Block,
    DecoderBlock,
    FeedForward,
    LayerNormalization,
    MultiHeadAttention,
    positions,
)

TOLERANCE = {"rtol": 0, "atol": 1e-5}


def randomized(layer, rng):
    """Give a Keras layer random weights, biases among them, and return them."""
    layer.set_weights([rng.normal(0, 0.2, w.shape).astype("float32") for w in layer.get_weights()])
    return layer.get_weights()


def blocks_of(model):
    """Write out the encoder's and the decoder's block of a built transformer."""

    def weights(name):
        return model.get_layer(name).get_weights()

    def attention(name):
        step = MultiHeadAttention(*weights(f"{name}_attention"))
        return step, LayerNormalization(*weights(f"{name}_attention_norm"))

    def feed_forward(name):
        step = FeedForward(*weights(f"{name}_hidden"), *weights(f"{name}_output"))
        return step, LayerNormalization(*weights(f"{name}_output_norm"))

    encoder = Block(*attention("encoder"), *feed_forward("encoder"))
    return encoder, DecoderBlock(
        *attention("decoder"), *attention("cross"), *feed_forward("decoder")
    )


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

    memory = encoder.forward(embed(questions), padding_mask(questions))
    x = decoder.forward(embed(answers), memory, causal_mask(7), padding_mask(questions))
    output, bias = model.get_layer("probabilities").get_weights()
    ours = softmax(x @ output + bias)
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

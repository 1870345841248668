"""The transformer for training, in Keras: `helpers.nn.transformer` is the same, written out."""

from typing import TYPE_CHECKING

from helpers.language.tokens import PAD
from helpers.nn.transformer import positions

if TYPE_CHECKING:
    import keras


def build_transformer(
    vocab_size: int,
    size: int = 64,
    num_heads: int = 4,
    num_hidden: int = 256,
    dropout: float = 0.1,
    max_length: int = 128,
) -> "keras.Model":
    """Build a transformer that answers: an encoder and a decoder of one block each.

    Parameters
    ----------
    vocab_size : int
        V, how many tokens there are.
    size : int
        D, how many numbers stand for a token.
    num_heads : int
        `size` is shared out among them.
    num_hidden : int
        The width inside the feed-forward layers.
    dropout : float
        Which share of the numbers is left out at each step of the training.
    max_length : int
        The longest question or answer, in tokens.

    Returns
    -------
    keras.Model
        From ``[questions (N, S), answers (N, T)]``, ids filled up with `PAD`, to the
        probabilities (N, T, V): at t those of the token after ``answers[:, : t + 1]``. Any S
        and T up to `max_length`. Nobody looks at the padding of a question, nor ahead in an
        answer.

    Examples
    --------
    >>> model = build_transformer(400)
    >>> from math import prod
    >>> sum(prod(weight.shape) for weight in model.trainable_weights)
    168336
    """
    import keras
    from keras import layers, ops

    tokens = layers.Embedding(vocab_size, size, name="tokens")
    places = layers.Embedding(
        max_length, size, weights=positions(max_length, size), trainable=False, name="positions"
    )

    def embed(ids):
        # Stretched, since the waves of the positions would drown the small first weights.
        x = layers.Rescaling(size**0.5)(tokens(ids))
        x = x + places(ops.cumsum(ops.ones_like(ids), axis=1) - 1)
        return layers.Dropout(dropout)(x)

    def add_and_normalize(x, step, name):
        return layers.LayerNormalization(name=f"{name}_norm")(x + layers.Dropout(dropout)(step))

    def attend(x, memory, name, **masks):
        attention = layers.MultiHeadAttention(
            num_heads, size // num_heads, dropout=dropout, name=f"{name}_attention"
        )
        return add_and_normalize(x, attention(x, memory, **masks), f"{name}_attention")

    def feed_forward(x, name):
        hidden = layers.Dense(num_hidden, activation="relu", name=f"{name}_hidden")(x)
        step = layers.Dense(size, name=f"{name}_output")(hidden)
        return add_and_normalize(x, step, f"{name}_output")

    questions = keras.Input((None,), dtype="int32", name="questions")
    answers = keras.Input((None,), dtype="int32", name="answers")
    no_padding = ops.not_equal(questions, PAD)[:, None, :]

    memory = embed(questions)
    memory = attend(memory, memory, "encoder", attention_mask=no_padding)
    memory = feed_forward(memory, "encoder")

    x = embed(answers)
    x = attend(x, x, "decoder", use_causal_mask=True)
    x = attend(x, memory, "cross", attention_mask=no_padding)
    x = feed_forward(x, "decoder")
    probabilities = layers.Dense(vocab_size, activation="softmax", name="probabilities")(x)
    return keras.Model([questions, answers], probabilities, name="transformer")

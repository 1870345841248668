"""The network that also answers "none of the ten", run by ONNX Runtime."""

from functools import cache

from helpers.paths import MODELS
from helpers.vision.digits.inference import Reader, load_onnx

#: Its weights.
MODEL = MODELS / "hands.onnx"
#: The eleventh answer: none of the ten digits.
NONE = 10
#: The share of the marks that are none of the ten among those that the network learned from.
LEARNED_NONE = 17 / 44


@cache
def hands_reader() -> Reader:
    """Return the shipped network, (N, 28, 28) to probabilities (N, 11); it is loaded once."""
    return load_onnx(MODEL)

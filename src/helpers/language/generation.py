"""The generating engines: a network writes the answer token by token, as lessons 12 to 14 teach.

They are trained here, with TensorFlow, and answer without it.
"""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.checksums import sha256
from helpers.language.corpus import load_answers, load_greetings, load_off_topic
from helpers.language.encoder_decoder import build_transformer
from helpers.language.retrieval import REFUSAL
from helpers.language.seq2seq import Predict, beam, build_gru, encode_answers, encode_questions
from helpers.language.tokens import PAD, Subwords, train_subwords
from helpers.models import open_onnx, save_model, unreadable, versions, write_record
from helpers.paths import MODELS, WORK, written_whole
from helpers.training import climb_and_fall, fit

if TYPE_CHECKING:
    import keras

#: The networks, and how each is trained.
RECIPES: dict[str, dict[str, Any]] = {
    "gru": {"num_epochs": 12, "batch_size": 64, "learning_rate": 0.008, "seed": 0},
    "transformer": {"num_epochs": 16, "batch_size": 64, "learning_rate": 0.003, "seed": 0},
}
#: The size of the vocabulary, and the maximum length of a message or an answer in subwords.
VOCAB_SIZE, MAX_LENGTH = 1500, 32
#: The width of the beam search.
WIDTH = 3

_RECORD, _SUBWORDS = "chatbot.json", "chatbot.subwords"


class Generator:
    """Answers with a trained network; called with a message, it answers.

    It replies only with one of the answers that it was trained on: a mixture of two of them is
    fluent, and wrong.

    Parameters
    ----------
    predict : callable
        See `helpers.language.seq2seq.Predict`.
    tokenizer : Subwords
    threshold : float
        The lowest score with which it answers instead of refusing.

    Examples
    --------
    >>> generator = load_generator("transformer")
    >>> generator("안녕하세요")[2]
    'hello'
    """

    def __init__(self, predict: Predict, tokenizer: Subwords, threshold: float = 0.0):
        self._predict, self._tokenizer, self._threshold = predict, tokenizer, threshold
        self._intents = {answers[0]: intent for intent, answers in load_answers().items()}

    def write(self, message: str) -> tuple[str, float]:
        """Return what the network writes, and the mean probability of a token, in [0, 1]."""
        (question,) = encode_questions(self._tokenizer, [message], MAX_LENGTH)
        (ids, log_probability), *_ = beam(self._predict, question, MAX_LENGTH, WIDTH)
        # The geometric mean, so that a long answer may score as high; END is a token too.
        return self._tokenizer.decode(ids), math.exp(log_probability / (len(ids) + 1))

    def __call__(self, message: str) -> tuple[str, float, str | None]:
        """Return the answer, its score in [0, 1] and the intent; None where it refuses."""
        text, score = self.write(message)
        intent = self._intents.get(text)
        if intent is None or score < self._threshold:
            return REFUSAL, score, None
        return text, score, intent


def load_generator(name: str, folder: Path = MODELS) -> Generator:
    """Load a network that `ship` wrote.

    Parameters
    ----------
    name : str
        A key of `RECIPES`.
    folder : path

    Raises
    ------
    DataError
        If a file is missing or damaged.
    """
    predict = _open(Path(folder) / f"chatbot-{name}.onnx")
    tokenizer = _read(Path(folder) / _SUBWORDS, _parse_subwords)
    record = _read(Path(folder) / _RECORD, json.loads)
    return Generator(predict, tokenizer, record[name]["threshold"])


def load_gru(folder: Path = MODELS) -> tuple["keras.Model", Subwords]:
    """Load the recurrent network that `ship` wrote as a Keras model, to look inside.

    Parameters
    ----------
    folder : path

    Returns
    -------
    model : keras.Model
        As `helpers.language.seq2seq.build_gru` builds it, with additive attention.
    tokenizer : Subwords

    Raises
    ------
    DataError
        If a file is missing or damaged.
    """
    import onnx

    path = Path(folder) / "chatbot-gru.onnx"
    tokenizer = _read(Path(folder) / _SUBWORDS, _parse_subwords)
    model = build_gru(len(tokenizer), attention="additive")
    try:
        tables = {
            table.name: onnx.numpy_helper.to_array(table)
            for table in onnx.load(path).graph.initializer
        }
        for layer in model.layers:
            # A name is "seq2seq_1/encoder_1/.../ReadVariableOp...", a kernel's "Cast", a
            # recurrent kernel's "Cast_1": in their order, as Keras has them.
            own = [
                tables[name]
                for name in sorted(tables, key=_order)
                if f"/{layer.name}_1/" in name and "/ReadVariableOp" in name
            ]
            layer.set_weights(own)
    except Exception as error:  # ONNX and Keras raise many types
        raise unreadable(path) from error
    return model, tokenizer


def _order(name: str) -> int:
    """Return the place of a weight among those of its layer: kernel, recurrent kernel, bias."""
    kinds = ("/Cast/", "/Cast_1/", "/split/", "/BiasAdd/")
    return next((place for place, kind in enumerate(kinds) if kind in name), 0)


def ship(folder: Path = MODELS, *, checkpoints: Path = WORK) -> dict[str, Any]:
    """Train the engines that the course ships, by `RECIPES`.

    They learn the first answer to each training wording, and to refuse what is off topic.

    Parameters
    ----------
    folder : path
        Where the networks (`.onnx`), the subwords and the record are written.
    checkpoints : path
        The folder of the checkpoints; an interrupted training resumes from them.

    Returns
    -------
    dict
        The record: for each network its recipe, size, sha256 and threshold, below which are 85 %
        of the off-topic validation questions; and the versions.

    Raises
    ------
    DataError
        If a checkpoint or the corpus is damaged.
    """
    texts, intents = load_greetings("train")
    answers = {intent: said[0] for intent, said in load_answers().items()}
    off_topic = load_off_topic("train")
    questions = [*texts, *off_topic]
    replies = [answers[intent] for intent in intents] + [REFUSAL] * len(off_topic)
    tokenizer = train_subwords([*questions, *answers.values(), REFUSAL], VOCAB_SIZE)
    with written_whole(Path(folder) / _SUBWORDS) as temporary:
        temporary.write_bytes(tokenizer.model)
    record: dict[str, Any] = {}
    for name in RECIPES:
        path, checkpoint = Path(folder) / f"chatbot-{name}.onnx", _checkpoint(checkpoints, name)
        model = _train(name, tokenizer, questions, replies, checkpoint)
        save_model(model, path, _signature())
        record[name] = {
            "recipe": RECIPES[name] | {"num_examples": len(questions)},
            "num_parameters": model.count_params(),
            "sha256": sha256(path),
            "threshold": _choose_threshold(Generator(_open(path), tokenizer)),
        }
    record["versions"] = versions(
        "tensorflow", "keras", "numpy", "sentencepiece", "tf2onnx", "onnxruntime"
    )
    write_record(Path(folder) / _RECORD, record)
    for name in RECIPES:
        _checkpoint(checkpoints, name).unlink()
    return record


def _train(
    name: str, tokenizer: Subwords, questions: list[str], replies: list[str], checkpoint: Path
) -> "keras.Model":
    import keras

    recipe = RECIPES[name]
    keras.utils.set_random_seed(recipe["seed"])
    if name == "gru":
        model = build_gru(len(tokenizer), attention="additive")
    else:
        model = build_transformer(len(tokenizer))
    x = encode_questions(tokenizer, questions)
    y = encode_answers(tokenizer, replies)
    num_steps = recipe["num_epochs"] * math.ceil(len(x) / recipe["batch_size"])
    model.compile(
        keras.optimizers.Adam(climb_and_fall(recipe["learning_rate"], num_steps)),
        loss="sparse_categorical_crossentropy",
        weighted_metrics=[],
        jit_compile=False,  # XLA is slower at this size
    )

    def shuffled(epoch: int) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
        order = np.random.default_rng([recipe["seed"], epoch]).permutation(len(x))
        asked = y[order, 1:]
        return [x[order], y[order, :-1]], asked, (asked != PAD).astype(np.float32)

    fit(model, shuffled, recipe | {"num_examples": len(x)}, checkpoint=checkpoint)
    return model


def _checkpoint(folder: Path, name: str) -> Path:
    return Path(folder) / f"train-chatbot-{name}.keras"


def _signature() -> list[Any]:
    import keras

    shape = (None, None)
    questions, answers = (
        keras.InputSpec(shape=shape, dtype="int32", name=name) for name in ("questions", "answers")
    )
    return [[questions, answers]]


def _choose_threshold(generator: Generator) -> float:
    said = map(generator, load_off_topic("validation"))
    return float(np.quantile([score if intent else 0 for _, score, intent in said], 0.85))


def _open(path: Path) -> Predict:
    session = open_onnx(path)

    def predict(questions: np.ndarray, answers: np.ndarray) -> np.ndarray:
        return session.run(None, {"questions": questions, "answers": answers})[0]

    return predict


def _parse_subwords(data: bytes) -> Subwords:
    tokenizer = Subwords(data)
    if len(tokenizer) == 0:  # SentencePiece accepts an empty file
        raise ValueError("no subwords")
    return tokenizer


def _read(path: Path, parse: Callable[[bytes], Any]) -> Any:
    try:
        return parse(path.read_bytes())
    except (OSError, ValueError, RuntimeError) as error:  # the last is SentencePiece's
        raise unreadable(path) from error

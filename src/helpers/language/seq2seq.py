"""Sequence to sequence: a question's tokens in, an answer's tokens out, one by one.

A model is anything that maps questions (N, S) and prefixes of their answers (N, T) to
probabilities (N, T, V): at t, of the token that follows ``answers[:, :t + 1]``. It may be a Keras
model, its compiled function or an ONNX file.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from helpers.language.tokens import BEGIN, END, PAD, Subwords
from helpers.reader import say

if TYPE_CHECKING:
    import keras

#: From questions (N, S) and answers (N, T), both int32, to probabilities (N, T, V).
Predict = Callable[[np.ndarray, np.ndarray], np.ndarray]


def encode_questions(
    tokenizer: Subwords, texts: Sequence[str], length: int | None = None
) -> np.ndarray:
    """Encode questions: the ids of each, END, and PAD up to one length.

    Parameters
    ----------
    tokenizer : Subwords
    texts : sequence of str
        N questions.
    length : int, optional
        S; by default that of the longest question. A longer question is truncated.

    Returns
    -------
    ndarray, (N, S) int32

    Examples
    --------
    >>> from helpers.language.tokens import train_subwords
    >>> tokenizer = train_subwords(["안녕하세요", "안녕", "식사하세요"], 17)
    >>> encode_questions(tokenizer, ["안녕", "안녕하세요"])
    array([[6, 3, 0],
           [6, 7, 3]], dtype=int32)
    """
    most = None if length is None else length - 1
    return _padded([[*tokenizer.encode(text)[:most], END] for text in texts], length)


def encode_answers(
    tokenizer: Subwords, texts: Sequence[str], length: int | None = None
) -> np.ndarray:
    """Encode answers: BEGIN, the ids of each, END, and PAD up to one length.

    For teacher forcing the decoder's input is ``[:, :-1]`` and its target ``[:, 1:]``, where PAD
    does not count.

    Parameters
    ----------
    tokenizer : Subwords
    texts : sequence of str
        N answers.
    length : int, optional
        T, the maximum number of tokens, including END; by default that of the longest answer.

    Returns
    -------
    ndarray, (N, T + 1) int32

    Raises
    ------
    ValueError
        If an answer is longer.

    Examples
    --------
    >>> from helpers.language.tokens import train_subwords
    >>> tokenizer = train_subwords(["안녕하세요", "안녕", "식사하세요"], 17)
    >>> encode_answers(tokenizer, ["안녕", "안녕하세요"])
    array([[2, 6, 3, 0],
           [2, 6, 7, 3]], dtype=int32)
    """
    rows = [[BEGIN, *tokenizer.encode(text), END] for text in texts]
    return _padded(rows, None if length is None else length + 1)


def build_gru(vocab_size: int, units: int = 128, attention: str | None = None) -> "keras.Model":
    """Build an encoder and a decoder of one GRU each.

    Parameters
    ----------
    vocab_size : int
        V, how many tokens there are.
    units : int
        The size of a state, and of a token's embedding.
    attention : {None, "additive", "dot"}
        Whether and how each step of the decoder attends to all states of the encoder. The layer
        is called ``attention``; its second output is the weights (N, T, S).

    Returns
    -------
    keras.Model
        ``[questions (N, S) int32, answers (N, T) int32]`` to probabilities (N, T, V) float32,
        not yet compiled. Each question has one END, and PAD after it; PAD has no influence.

    Raises
    ------
    ValueError
        If `attention` is another.

    Notes
    -----
    Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014); Sutskever,
    Vinyals and Le, "Sequence to sequence learning with neural networks" (2014); additive
    attention: Bahdanau, Cho and Bengio (2015); dot: Luong, Pham and Manning (2015).

    Examples
    --------
    >>> build_gru(800).output_shape
    (None, None, 800)
    """
    from keras import Input, Model, layers, ops

    looks = {"additive": layers.AdditiveAttention, "dot": layers.Attention}
    if attention is not None and attention not in looks:
        raise ValueError(
            say(
                en=f'attention must be None, "additive" or "dot", not {attention!r}.',
                ko=f'attention은 None, "additive", "dot" 가운데 하나여야 합니다. '
                f"받은 값: {attention!r}",
            )
        )
    questions = Input((None,), dtype="int32", name="questions")
    answers = Input((None,), dtype="int32", name="answers")
    embedding = layers.Embedding(vocab_size, units, name="embedding")
    encoder = layers.GRU(units, return_sequences=True, name="encoder")
    decoder = layers.GRU(units, return_sequences=True, name="decoder")

    encoded = encoder(embedding(questions))
    # PAD comes after END, so the state at END does not depend on it.
    is_end = ops.cast(ops.equal(questions, END), "float32")
    thought = layers.Dot(axes=1, name="thought")([is_end, encoded])
    decoded = decoder(embedding(answers), initial_state=thought)
    if attention is not None:
        look = looks[attention](use_scale=True, name="attention")
        is_token = ops.not_equal(questions, PAD)
        context, _ = look([decoded, encoded], mask=[None, is_token], return_attention_scores=True)
        joined = layers.Concatenate(name="joined")([context, decoded])
        decoded = layers.Dense(units, activation="tanh", name="attended")(joined)
    probabilities = layers.Dense(vocab_size, activation="softmax", name="probabilities")(decoded)
    return Model([questions, answers], probabilities, name="seq2seq")


def greedy(predict: Predict, questions: np.ndarray, max_length: int) -> list[list[int]]:
    """Answer questions with the most probable token at each step (greedy search).

    Parameters
    ----------
    predict : callable
        See `Predict`. It is called once per step, always with (N, `max_length`) answers.
    questions : ndarray, (N, S) int32
    max_length : int
        The maximum number of steps, including the one to END.

    Returns
    -------
    list of list of int
        The ids of each answer, without BEGIN and END.

    Examples
    --------
    >>> def predict(questions, answers):  # echoes the question
    ...     return np.eye(10)[questions[:, : answers.shape[1]]]
    >>> greedy(predict, np.array([[8, 9, 3], [7, 3, 0]]), 3)
    [[8, 9], [7]]
    """
    answers = _begun(len(questions), max_length)
    for t in range(max_length):
        if _ended(answers).all():
            break
        probabilities = np.asarray(predict(questions, answers[:, :-1]))[:, t]
        answers[:, t + 1] = probabilities.argmax(axis=1)
    return [_spoken(row) for row in answers]


def beam(
    predict: Predict, question: np.ndarray, max_length: int, width: int
) -> list[tuple[list[int], float]]:
    """Answer one question, keeping the most probable prefixes at each step (beam search).

    Parameters
    ----------
    predict : callable
        See `Predict`. It is called once per step, always with (`width`, S) questions and
        (`width`, `max_length`) answers.
    question : ndarray, (S,) int32
    max_length : int
        The maximum number of steps, including the one to END.
    width : int
        How many prefixes are kept; 1 is `greedy`.

    Returns
    -------
    list of (ids, log probability)
        Up to `width` answers, the most probable first, each without BEGIN and END; the natural
        logarithm is of the probability of the whole answer, including END.

    Notes
    -----
    Graves, "Sequence transduction with recurrent neural networks" (2012); Sutskever, Vinyals
    and Le (2014). Scores are not normalized by length.

    Examples
    --------
    >>> def predict(questions, answers):  # 4 or 5, then END
    ...     after = np.zeros((10, 10))
    ...     after[2, [4, 5]], after[[4, 5], 3] = [0.75, 0.25], 1
    ...     return after[answers]
    >>> [(ids, round(score, 2)) for ids, score in beam(predict, np.array([3]), 5, 2)]
    [([4], -0.29), ([5], -1.39)]
    """
    questions = np.repeat(np.asarray(question)[None], width, axis=0)
    answers = _begun(width, max_length)
    scores = np.full(width, -np.inf)
    scores[0] = 0  # at first there is one prefix, with probability 1
    for t in range(max_length):
        ended = _ended(answers)
        if ended.all():
            break
        probabilities = np.asarray(predict(questions, answers[:, :-1]), float)[:, t]
        with np.errstate(divide="ignore"):
            steps = np.log(probabilities)
        steps[ended] = -np.inf
        steps[ended, PAD] = 0  # an answer that has ended stays as it is
        totals = scores[:, None] + steps
        best = np.argsort(-totals, axis=None, kind="stable")[:width]
        rows, ids = np.unravel_index(best, totals.shape)
        answers, scores = answers[rows], totals[rows, ids]
        answers[:, t + 1] = ids
    return [
        (_spoken(row), float(score))
        for row, score in zip(answers, scores, strict=True)
        if score > -np.inf
    ]


def _padded(rows: Sequence[Sequence[int]], length: int | None) -> np.ndarray:
    """Return lists of ids as one array (N, length) int32, padded with PAD."""
    longest = max(map(len, rows), default=0)
    length = longest if length is None else length
    if longest > length:
        raise ValueError(
            say(
                en=f"length is too small by {longest - length}: the longest text does not fit.",
                ko=f"length가 {longest - length}만큼 모자랍니다. 가장 긴 문장이 들어가지 않습니다.",
            )
        )
    array = np.full((len(rows), length), PAD, np.int32)
    for row, ids in zip(array, rows, strict=True):
        row[: len(ids)] = ids
    return array


def _begun(num: int, max_length: int) -> np.ndarray:
    """Return `num` answers, (num, max_length + 1) int32, with BEGIN and nothing else."""
    answers = np.full((num, max_length + 1), PAD, np.int32)
    answers[:, 0] = BEGIN
    return answers


def _ended(answers: np.ndarray) -> np.ndarray:
    """Return whether END is in each answer, (N,) bool."""
    return (answers == END).any(axis=1)


def _spoken(answer: np.ndarray) -> list[int]:
    """Return the ids between BEGIN and END."""
    ids = answer[1:].tolist()
    return ids[: ids.index(END)] if END in ids else ids

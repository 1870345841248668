"""The retrieval engine: it finds the wordings nearest to a message, then weighs their intents.

Two judges share the decision. The *neighbours* know each wording, but not what makes it
different from those of other intents; the *layer*, one dense layer over the same vectors, knows
which directions speak for an intent, but answers to anything. Their mean is the score.
"""

from collections.abc import Sequence

import numpy as np

from helpers.language.corpus import load_answers, load_greetings, load_off_topic
from helpers.language.embeddings import SentenceIndex, embed, embed_spelling

#: What is said to a message that no intent fits.
REFUSAL = (
    "죄송해요, 그 이야기는 제가 아직 배우지 못했어요. 인사나 안부, 날씨 이야기를 해 주시겠어요?"
)
#: Refuse under this score: 85 % of the validation questions off the topic lie under it.
THRESHOLD = 0.36
#: How many wordings are looked at.
NUM_CANDIDATES = 10
#: How strongly the layer's weights are held small.
RIDGE = 0.1


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
    """Fit a dense layer without bias by ridge regression.

    Parameters
    ----------
    vectors : ndarray, (N, D) float32
    targets : ndarray, (N, C) float32

    Returns
    -------
    ndarray, (D, C) float32
        W, with the least |vectors W - targets|² + `RIDGE` |W|².

    Notes
    -----
    Hoerl and Kennard, "Ridge regression" (1970). The least has a formula, so that nothing
    is trained step by step: W = (XᵀX + λI)⁻¹ XᵀY.

    Examples
    --------
    >>> fit_layer(np.eye(2, dtype=np.float32), np.array([[1.1], [0]], np.float32)).round(3)
    array([[1.],
           [0.]], dtype=float32)
    """
    penalty = RIDGE * np.eye(vectors.shape[1], dtype=np.float32)
    return np.linalg.solve(vectors.T @ vectors + penalty, vectors.T @ targets)


class Retrieval:
    """Answers from the greeting corpus; called with a message, it answers.

    Attributes
    ----------
    intents : list of str
        The intent of each wording in `index`.

    Examples
    --------
    >>> retrieval = Retrieval()
    >>> retrieval("도와주셔서 감사합니다")[2]
    'thanks_for_help'
    >>> retrieval("삼각형의 넓이는 어떻게 구하나요?")[2] is None
    True
    """

    def __init__(self):
        texts, self.intents = load_greetings("train")
        self.index = SentenceIndex(texts, represent)
        self._answers = load_answers()
        names, self._columns = np.unique(self.intents, return_inverse=True)
        off_topic = represent(load_off_topic("train"))
        # Off the topic no intent is right: these rows of the targets stay zero.
        targets = np.zeros((len(texts) + len(off_topic), len(names)), np.float32)
        targets[np.arange(len(texts)), self._columns] = 1
        self._layer = fit_layer(np.vstack([self.index.vectors, off_topic]), targets)

    def match(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Find the wording that fits each of M texts best.

        Returns
        -------
        rows, scores : ndarray, (M,) int64 and ndarray, (M,) float32
            Which of `index.texts` it is; how well it fits, at most about 1.
        """
        vectors = represent(texts)
        cosines, rows = self.index.search(vectors, NUM_CANDIDATES)
        judged = np.take_along_axis(vectors @ self._layer, self._columns[rows], axis=1)
        scores = (cosines + judged) / 2
        best = scores.argmax(axis=1)[:, None]
        row, score = (np.take_along_axis(found, best, axis=1)[:, 0] for found in (rows, scores))
        return row, score

    def __call__(self, message: str) -> tuple[str, float, str | None]:
        """Return the answer, its score in [0, 1] and the intent; None where it refuses."""
        (row,), (score,) = self.match([message])
        score = float(np.clip(score, 0, 1))
        if score < THRESHOLD:
            return REFUSAL, score, None
        intent = self.intents[row]
        answers = self._answers[intent]
        # The wording decides between the answers: they vary, and a message has always the same.
        return answers[row % len(answers)], score, intent

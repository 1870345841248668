"""The retrieval engine: it finds the wordings nearest to a message, then weighs their intents.

Two judges share the decision. The *neighbours* know each wording, but not what makes it
different from those of other intents; the *layer*, one dense layer with a softmax over the same
vectors, knows which directions speak for an intent, and which for none. The score is their
weighted mean.
"""

from collections.abc import Sequence

import numpy as np

from helpers.language.attention import softmax
from helpers.language.corpus import load_answers, load_greetings, load_off_topic
from helpers.language.embeddings import SentenceIndex, embed, embed_spelling

#: What is said to a message that no intent fits.
REFUSAL = (
    "죄송해요, 그 이야기는 제가 아직 배우지 못했어요. 인사나 안부, 날씨 이야기를 해 주시겠어요?"
)
#: Refuse under this score: 90 % of the validation questions off the topic lie under it, and one
#: of the validation wordings that are taken for what they are.
THRESHOLD = 0.28
#: How many wordings are looked at.
NUM_CANDIDATES = 100
#: The neighbours' share of the score; the layer has the rest.
SHARE = 0.3
#: How strongly the layer's weights are held small.
RIDGE = 0.02
#: How often the layer's weights are moved. More steps change its judgement no more.
NUM_STEPS = 16
#: The second derivative that all steps share, as a part of XᵀX.
STEEPNESS = 0.05


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
        W, near the least of the cross-entropy summed over N, plus `RIDGE` / 2 |W|².

    Notes
    -----
    Newton's method needs the second derivatives, another matrix at each step. In their place
    stands one for all steps, as in Böhning, "Multinomial logistic regression algorithm" (1992),
    and momentum shortens the way: Nesterov (1983). Böhning's matrix has a half of XᵀX, enough
    for any data; where most probabilities are near 0 or 1, `STEEPNESS` is, and goes faster.

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
        # Behind the intents the layer has a class for what is off the topic.
        classes = np.append(self._columns, [len(names)] * len(off_topic))
        targets = np.eye(len(names) + 1, dtype=np.float32)[classes]
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
        judged = np.take_along_axis(softmax(vectors @ self._layer), self._columns[rows], axis=1)
        scores = SHARE * cosines + (1 - SHARE) * judged
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

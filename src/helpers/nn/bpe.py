"""Byte-pair encoding: learn subwords by merging the most frequent pair, again and again.

A word is a tuple of pieces, at first its characters; ``▁`` marks its beginning, so that the
spaces can be put back. SentencePiece learns the same merges, fast.

Sennrich, Haddow and Birch, "Neural machine translation of rare words with subword units" (2016).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise

Pair = tuple[str, str]
Word = tuple[str, ...]


def train(texts: Iterable[str], num_merges: int) -> list[Pair]:
    """Learn merges from a corpus.

    Parameters
    ----------
    texts : iterable of str
    num_merges : int
        How many merges at most: fewer if no pair is left.

    Returns
    -------
    list of (str, str)
        The pairs in the order in which they are merged, each the most frequent of its turn. Of
        pairs that are equally frequent, the shorter piece comes first, then the one that is
        first in the alphabet.

    Examples
    --------
    >>> train(["안녕하세요", "안녕", "식사하세요"], 3)
    [('▁', '안'), ('세', '요'), ('▁안', '녕')]
    """
    words: Mapping[Word, int] = Counter(word for text in texts for word in split(text))
    merges: list[Pair] = []
    while len(merges) < num_merges and (pairs := count_pairs(words)):
        best = min(pairs, key=lambda pair: (-pairs[pair], len("".join(pair)), "".join(pair)))
        words = {merge(word, best): count for word, count in words.items()}
        merges.append(best)
    return merges


def encode(text: str, merges: Iterable[Pair]) -> list[str]:
    """Cut a text into pieces: the merges of the training, in the same order.

    Examples
    --------
    >>> encode("안녕하세요", [("▁", "안"), ("세", "요"), ("▁안", "녕")])
    ['▁안녕', '하', '세요']
    """
    words = split(text)
    for pair in merges:
        words = [merge(word, pair) for word in words]
    return [piece for word in words for piece in word]


def decode(pieces: Iterable[str]) -> str:
    """Put a text together again.

    Examples
    --------
    >>> decode(["▁안녕", "▁", "하", "세요"])
    '안녕 하세요'
    """
    return "".join(pieces).replace("▁", " ").removeprefix(" ")


def split(text: str) -> list[Word]:
    """Split a text into words, and the words into characters.

    Examples
    --------
    >>> split("잘 가")
    [('▁', '잘'), ('▁', '가')]
    """
    return [tuple("▁" + word) for word in text.split()]


def count_pairs(words: Mapping[Word, int]) -> Counter[Pair]:
    """Count neighbours, in words that are counted themselves.

    Examples
    --------
    >>> count_pairs({("▁", "안", "녕"): 3, ("▁", "안", "부"): 1}).most_common(2)
    [(('▁', '안'), 4), (('안', '녕'), 3)]
    """
    pairs: Counter[Pair] = Counter()
    for word, count in words.items():
        for pair in pairwise(word):
            pairs[pair] += count
    return pairs


def merge(word: Word, pair: Pair) -> Word:
    """Merge a pair into one piece, everywhere in a word.

    Examples
    --------
    >>> merge(("▁", "안", "녕"), ("▁", "안"))
    ('▁안', '녕')
    """
    merged: list[str] = []
    for piece in word:
        if merged and (merged[-1], piece) == pair:
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)

"""Tokens: vocabularies, and subwords learned from a corpus by SentencePiece."""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from helpers.language.normalization import nfc, one_line
from helpers.reader import say

#: The special tokens, which no text contains: padding, unknown, beginning and end. They have the
#: first ids of every vocabulary.
SPECIAL = ("<pad>", "<unk>", "<s>", "</s>")
PAD, UNKNOWN, BEGIN, END = range(4)
#: What SentencePiece keeps for itself: it drops a sentence that holds one of them.
_RESERVED = str.maketrans("\0▅", "  ")


class Vocabulary:
    """Every token with its id: the special ones first, then the most frequent.

    Parameters
    ----------
    tokens : iterable of str
        The tokens of a whole corpus, each as often as it occurs.

    Attributes
    ----------
    tokens : tuple of str
        Each token once, at its id; `SPECIAL` comes first.

    Examples
    --------
    >>> vocabulary = Vocabulary(["밥", "을", "먹", "을", "게요"])
    >>> vocabulary.tokens[4:]
    ('을', '밥', '먹', '게요')
    >>> vocabulary.encode(["밥", "은"])
    [5, 1]
    >>> vocabulary.decode([5, 1])
    ['밥', '<unk>']
    """

    def __init__(self, tokens: Iterable[str]):
        self.tokens = (*SPECIAL, *(token for token, _ in Counter(tokens).most_common()))
        # Without the special ones: a learner who writes "<s>" does not begin a sentence.
        self._ids = {token: id for id, token in enumerate(self.tokens) if id > END}

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the id of each token; `UNKNOWN` for one that is not in the vocabulary."""
        return [self._ids.get(token, UNKNOWN) for token in tokens]

    def decode(self, ids: Sequence[int]) -> list[str]:
        """Return the token of each id, without padding, beginnings and ends.

        Raises
        ------
        ValueError
            If an id is not in the vocabulary.
        """
        left_out = (PAD, BEGIN, END)
        return [self.tokens[id] for id in _checked_ids(ids, len(self)) if id not in left_out]


class Subwords:
    """A subword tokenizer, made by `train_subwords` or from the bytes of one.

    Parameters
    ----------
    model : bytes
        A SentencePiece model whose first ids are those of `SPECIAL`.

    Examples
    --------
    >>> tokenizer = train_subwords(["안녕하세요", "안녕", "식사하세요"], 17)
    >>> tokenizer.cut("안녕하세요")
    ['▁안녕', '하세요']
    >>> tokenizer.decode(tokenizer.encode("안녕하세요"))
    '안녕하세요'
    """

    def __init__(self, model: bytes):
        self.model = model

    @cached_property
    def _processor(self) -> Any:  # a SentencePieceProcessor
        from sentencepiece import SentencePieceProcessor

        return SentencePieceProcessor(model_proto=self.model)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """Each token, its place being its id. The first are those of `SPECIAL`."""
        learned = range(len(SPECIAL), len(self))
        return (*SPECIAL, *map(self._processor.id_to_piece, learned))

    def __len__(self) -> int:
        return self._processor.get_piece_size()

    def cut(self, text: str) -> list[str]:
        """Return the pieces of `text`; ``▁`` in a piece is the space before a word."""
        return self._processor.encode(one_line(text), out_type=str)

    def encode(self, text: str) -> list[int]:
        """Return the id of each piece of `text`; `UNKNOWN` where no piece fits."""
        return self._processor.encode(one_line(text))

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of some ids; ``⁇`` stands for what was unknown.

        Raises
        ------
        ValueError
            If an id is not in the vocabulary.
        """
        return self._processor.decode(_checked_ids(ids, len(self)))


def train_subwords(sentences: Iterable[str], size: int) -> Subwords:
    """Learn subwords from a corpus by byte-pair encoding.

    Parameters
    ----------
    sentences : iterable of str
        The corpus. A sentence may be as long as you like; "<s>" in it is text like any other.
        The character NUL and ▅, which SentencePiece keeps for itself, count as spaces.
    size : int
        The most tokens that the vocabulary may have, the four of `SPECIAL` among them. It
        has fewer if the corpus holds no more.

    Returns
    -------
    Subwords

    Raises
    ------
    ValueError
        If there are no sentences, or `size` leaves no room for each of their characters.

    Notes
    -----
    Sennrich, Haddow and Birch, "Neural machine translation of rare words with subword
    units" (2016); Kudo and Richardson, "SentencePiece" (2018).

    Examples
    --------
    >>> train_subwords(["안녕하세요", "안녕", "식사하세요"], 17).tokens[:6]
    ('<pad>', '<unk>', '<s>', '</s>', '▁안', '세요')
    """
    from sentencepiece import SentencePieceTrainer

    if isinstance(sentences, str) or not isinstance(sentences, Iterable):
        sentences = []
    sentences = [one_line(nfc(text).translate(_RESERVED)) for text in sentences]
    if not any(sentences):
        raise ValueError(
            say(
                en="sentences must be a list of texts, not all of them empty.",
                ko="sentences에는 문장의 리스트를 주세요. 빈 문장만 있어서는 안 됩니다.",
            )
        )
    # SentencePiece writes the space as ▁ and sets one before each sentence.
    characters = {"▁", *"".join(sentences).replace(" ", "▁")}
    if size < len(SPECIAL) + len(characters):
        least = len(SPECIAL) + len(characters)
        raise ValueError(
            say(
                en=f"size must be {least} or more: the sentences have {len(characters)} "
                f"different characters, and {len(SPECIAL)} tokens are special. It is {size}.",
                ko=f"size는 {least} 이상이어야 합니다. 문장에 나오는 글자가 "
                f"{len(characters)}가지이고 특수 토큰이 {len(SPECIAL)}개입니다. "
                f"받은 값: {size}",
            )
        )
    # SentencePiece cuts the names of its special tokens out of the corpus, so that "<s>" would not
    # be text like any other; no text holds a name that ends in a space.
    pad, unknown, begin, end = (f"{token} " for token in SPECIAL)
    model = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(sentences),
        model_writer=model,
        model_type="bpe",
        vocab_size=size,
        hard_vocab_limit=False,  # else a size that the corpus cannot fill is an error
        character_coverage=1.0,
        normalization_rule_name="identity",  # its own would turn ㅋㅋ into the jamo ᄏᄏ
        max_sentence_length=max(len(text.encode()) for text in sentences),  # drops longer ones
        pad_id=PAD,
        pad_piece=pad,
        unk_id=UNKNOWN,
        unk_piece=unknown,
        bos_id=BEGIN,
        bos_piece=begin,
        eos_id=END,
        eos_piece=end,
        unk_surface="⁇",
        num_threads=1,
        minloglevel=2,
    )
    return Subwords(model.getvalue())


def one_hot(ids: ArrayLike, size: int) -> np.ndarray:
    """Return each id as a row of zeros with a single one, as ``tf.one_hot`` does.

    Parameters
    ----------
    ids : array_like of int, (N,)
    size : int
        The number of tokens.

    Returns
    -------
    ndarray, (N, size) float32
        Row n has its 1 in column ids[n].

    Raises
    ------
    ValueError
        If an id is not in 0..size - 1; TensorFlow gives a row of zeros there.

    Examples
    --------
    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    columns = np.array(_checked_ids(ids, size), int)
    return (columns[:, None] == np.arange(size)).astype(np.float32)


def _checked_ids(ids: ArrayLike, size: int) -> list[int]:
    """Return `ids` as a list of int; raise `ValueError` unless each is in 0..size - 1."""
    array = np.asarray(ids)
    whole = array.size == 0 or np.issubdtype(array.dtype, np.integer)
    if array.ndim != 1 or not whole or not np.all((array >= 0) & (array < size)):
        raise ValueError(
            say(
                en=f"ids must be a list of whole numbers from 0 to {size - 1}, not {ids!r}.",
                ko=f"ids에는 0부터 {size - 1}까지의 정수로 된 리스트를 주세요. 받은 값: {ids!r}",
            )
        )
    return array.astype(int).tolist()

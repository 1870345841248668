"""Tokens: a sentence cut into pieces, and the pieces numbered, there and back.

Text is first brought into one spelling (Unicode NFC), in which each Hangul syllable is one
character, wherever it was typed.
"""

import io
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, cached_property

import numpy as np

from helpers.reader import say

#: The tokens that no text holds: to fill up, for what is unknown, to begin, to end. They
#: have the first ids of every vocabulary.
SPECIAL = ("<pad>", "<unk>", "<s>", "</s>")
PAD, UNKNOWN, BEGIN, END = range(4)
#: What SentencePiece keeps for itself: it drops a sentence that holds one of them.
_RESERVED = str.maketrans("\0▅", "  ")


@cache
def kiwi():
    """Return Kiwi, the analyser of Korean behind `morphemes`, `nouns` and `space`.

    The first call loads it, which takes some seconds and 500 MB; later ones return the same.

    Returns
    -------
    kiwipiepy.Kiwi
    """
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)


def morphemes(text: str) -> list[tuple[str, str]]:
    """Cut Korean text into morphemes, its smallest pieces that mean something.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of (form, tag)
        In the order of the text. The tag says what a piece is in the Sejong tag set:
        nouns begin with N, particles with J, verbs and adjectives with V, endings with E.

    Raises
    ------
    ValueError
        If `text` is no text.

    Examples
    --------
    >>> morphemes("방에 들어가셨습니다")[:3]
    [('방', 'NNG'), ('에', 'JKB'), ('들어가', 'VV')]
    """
    return [(token.form, token.tag) for token in kiwi().tokenize(_nfc(text))]


def nouns(text: str) -> list[str]:
    """Keep the nouns of Korean text, pronouns and numerals among them, and drop the rest.

    Parameters and errors are those of `morphemes`.

    Examples
    --------
    >>> nouns("아버지가 방에 들어가셨습니다")
    ['아버지', '방']
    """
    return [form for form, tag in morphemes(text) if tag.startswith("N")]


def space(text: str) -> str:
    """Put the spaces back into Korean text that was written without them.

    Parameters and errors are those of `morphemes`; spaces already there stay.

    Examples
    --------
    >>> space("아버지가방에들어가셨습니다")
    '아버지가 방에 들어가셨습니다'
    """
    return kiwi().space(_nfc(text))


class Vocabulary:
    """Every token with its number: the special ones first, then the most frequent.

    Parameters
    ----------
    tokens : iterable of str
        The tokens of a whole corpus, each as often as it occurs.

    Attributes
    ----------
    tokens : tuple of str
        Each token once; its place is its id. It begins with `SPECIAL`.

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
        # Without the special ones: a learner who writes "<s>" begins no sentence by it.
        self._ids = {token: id for id, token in enumerate(self.tokens) if id > END}

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the id of each token; `UNKNOWN` for one that is not in the vocabulary."""
        return [self._ids.get(token, UNKNOWN) for token in tokens]

    def decode(self, ids: Sequence[int]) -> list[str]:
        """Return the token of each id, padding, beginnings and ends left out.

        Raises
        ------
        ValueError
            If an id is not in the vocabulary.
        """
        silent = (PAD, BEGIN, END)
        return [self.tokens[id] for id in _checked_ids(ids, len(self)) if id not in silent]


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
    def _processor(self):
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
        return self._processor.encode(_one_line(text), out_type=str)

    def encode(self, text: str) -> list[int]:
        """Return the id of each piece of `text`; `UNKNOWN` where no piece fits."""
        return self._processor.encode(_one_line(text))

    def decode(self, ids: Sequence[int]) -> str:
        """Put the text together again; ``⁇`` stands for what was unknown.

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
    sentences = [_one_line(_nfc(text).translate(_RESERVED)) for text in sentences]
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
    # SentencePiece cuts these names out of the corpus: no text holds one that ends in a space.
    names = [f"{token} " for token in SPECIAL]
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
        **dict(zip(("pad_id", "unk_id", "bos_id", "eos_id"), range(4), strict=True)),
        **dict(zip(("pad_piece", "unk_piece", "bos_piece", "eos_piece"), names, strict=True)),
        unk_surface="⁇",
        num_threads=1,
        minloglevel=2,
    )
    return Subwords(model.getvalue())


def one_hot(ids: Sequence[int], size: int) -> np.ndarray:
    """Turn each id into a row of zeros with a single one, as ``tf.one_hot`` does.

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
    ids = np.array(_checked_ids(ids, size), int)
    return (ids[:, None] == np.arange(size)).astype(np.float32)


def _nfc(text):
    """Return `text` with each Hangul syllable as one character."""
    try:
        text.encode()  # half a character, as a cut JSON string may hold, fits no UTF-8
        return unicodedata.normalize("NFC", text)
    except (AttributeError, TypeError, UnicodeEncodeError):
        raise ValueError(
            say(
                en=f"text must be a string of whole characters, not {text!r}.",
                ko=f"text에는 온전한 문자열을 주십시오. 받은 값: {text!r}",
            )
        ) from None


def _one_line(text):
    """Return `text` with nothing but single spaces between its words."""
    return " ".join(_nfc(text).split())


def _checked_ids(ids, size):
    """Return `ids` as a list of int; raise `ValueError` unless each is in 0..size - 1."""
    array = np.asarray(ids)
    whole = array.size == 0 or np.issubdtype(array.dtype, np.integer)
    if array.ndim != 1 or not whole or not np.all((array >= 0) & (array < size)):
        raise ValueError(
            say(
                en=f"ids must be a list of whole numbers from 0 to {size - 1}, not {ids!r}.",
                ko=f"ids에는 0부터 {size - 1}까지의 정수로 된 리스트를 주십시오. 받은 값: {ids!r}",
            )
        )
    return array.astype(int).tolist()

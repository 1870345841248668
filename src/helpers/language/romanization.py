"""Hangul in Latin letters: 안녕하세요 is annyeonghaseyo."""

from typing import TYPE_CHECKING

from helpers.language.normalization import nfc
from helpers.language.tokens import PAD
from helpers.reader import say

if TYPE_CHECKING:
    import keras

_INITIALS = {
    "ㄱ": "g", "ㄲ": "kk", "ㄴ": "n", "ㄷ": "d", "ㄸ": "tt", "ㄹ": "r", "ㅁ": "m", "ㅂ": "b",
    "ㅃ": "pp", "ㅅ": "s", "ㅆ": "ss", "ㅇ": "", "ㅈ": "j", "ㅉ": "jj", "ㅊ": "ch", "ㅋ": "k",
    "ㅌ": "t", "ㅍ": "p", "ㅎ": "h",
}  # fmt: skip
_VOWELS = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u",
    "wo", "we", "wi", "yu", "eu", "ui", "i",
]  # fmt: skip
#: Each final, and how it sounds when no vowel follows.
_FINALS = {
    "": "", "ㄱ": "k", "ㄲ": "k", "ㄳ": "k", "ㄴ": "n", "ㄵ": "n", "ㄶ": "n", "ㄷ": "t",
    "ㄹ": "l", "ㄺ": "k", "ㄻ": "m", "ㄼ": "l", "ㄽ": "l", "ㄾ": "l", "ㄿ": "p", "ㅀ": "l",
    "ㅁ": "m", "ㅂ": "p", "ㅄ": "p", "ㅅ": "t", "ㅆ": "t", "ㅇ": "ng", "ㅈ": "t", "ㅊ": "t",
    "ㅋ": "k", "ㅌ": "t", "ㅍ": "p", "ㅎ": "t",
}  # fmt: skip
_DOUBLE = {
    "ㄳ": ("ㄱ", "ㅅ"), "ㄵ": ("ㄴ", "ㅈ"), "ㄶ": ("ㄴ", "ㅎ"), "ㄺ": ("ㄹ", "ㄱ"),
    "ㄻ": ("ㄹ", "ㅁ"), "ㄼ": ("ㄹ", "ㅂ"), "ㄽ": ("ㄹ", "ㅅ"), "ㄾ": ("ㄹ", "ㅌ"),
    "ㄿ": ("ㄹ", "ㅍ"), "ㅀ": ("ㄹ", "ㅎ"), "ㅄ": ("ㅂ", "ㅅ"),
}  # fmt: skip
_NASAL = {"k": "ng", "t": "n", "p": "m"}
_BREATHY = {"ㄱ": "k", "ㄷ": "t", "ㅈ": "ch"}
_PALATAL = {"ㄷ": "j", "ㅌ": "ch"}


def romanize(text: str) -> str:
    """Write a Korean word as it sounds, in Latin letters.

    Parameters
    ----------
    text : str
        Syllables of Hangul and nothing else.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If a character is not a syllable of Hangul.

    Notes
    -----
    The Revised Romanization (국어의 로마자 표기법, 2000) with its changes of sound between two
    syllables: 합니다 is hamnida. Where a sound depends on what a word is made of (맛없다), the
    simple rule is used.

    Examples
    --------
    >>> romanize("안녕하세요"), romanize("감사합니다"), romanize("있어요")
    ('annyeonghaseyo', 'gamsahamnida', 'isseoyo')
    """
    syllables = [_letters(syllable) for syllable in nfc(text)]
    written = ""
    onset = ""  # how the consonant before the vowel sounds
    for number, (initial, vowel, final) in enumerate(syllables):
        if number == 0:
            onset = _INITIALS[initial]
        written += onset + vowel
        if number + 1 < len(syllables):
            coda, onset = _meet(final, *syllables[number + 1][:2])
        else:
            coda = _FINALS[final]
        written += coda
    return written


def build_romanizer(
    num_syllables: int, num_letters: int, units: int = 64, *, attention: bool
) -> "keras.Model":
    """Build an encoder that reads syllables and a decoder that writes letters.

    Parameters
    ----------
    num_syllables, num_letters : int
        The sizes of the two vocabularies.
    units : int
        The size of every vector, even.
    attention : bool
        Whether each step of the decoder looks back at all states of the encoder, by the scaled
        dot product. The layer is called ``attention``, and its scale is learned.

    Returns
    -------
    keras.Model
        ``[syllables (N, S) int32, letters (N, T) int32]`` to probabilities (N, T, num_letters),
        not yet compiled, as `helpers.language.seq2seq` has it. PAD has no influence.

    Notes
    -----
    The encoder reads from both ends, so that a state knows the syllables before and after its
    own: Schuster and Paliwal, "Bidirectional recurrent neural networks" (1997).

    Examples
    --------
    >>> build_romanizer(900, 25, attention=True).output_shape
    (None, None, 25)
    """
    from keras import Input, Model, initializers, layers, ops

    # With Keras's small vectors all words look alike at first.
    normal = initializers.RandomNormal(stddev=0.5)
    syllables = Input((None,), dtype="int32", name="syllables")
    letters = Input((None,), dtype="int32", name="letters")
    read = layers.Embedding(
        num_syllables, units, embeddings_initializer=normal.clone(), mask_zero=True
    )(syllables)
    reader = layers.GRU(units // 2, return_sequences=True, return_state=True)
    encoded, *ends = layers.Bidirectional(reader, name="encoder")(read)
    thought = layers.Concatenate(name="thought")(ends)
    written = layers.Embedding(num_letters, units, embeddings_initializer=normal.clone())(letters)
    decoder = layers.GRU(units, return_sequences=True, name="decoder")
    decoded = decoder(written, initial_state=thought)
    if attention:
        queries = layers.Dense(units, use_bias=False, name="queries")(decoded)
        look = layers.Attention(use_scale=True, name="attention")
        mask = [None, ops.not_equal(syllables, PAD)]
        context, _ = look([queries, encoded], mask=mask, return_attention_scores=True)
        look.scale.assign(units**-0.5)
        joined = layers.Concatenate(name="joined")([context, decoded])
        decoded = layers.Dense(units, activation="tanh", name="attended")(joined)
    probabilities = layers.Dense(num_letters, activation="softmax", name="probabilities")(decoded)
    return Model([syllables, letters], probabilities, name="romanizer")


def _letters(syllable: str) -> tuple[str, str, str]:
    """Return the initial and the final in Hangul, and the vowel between them in Latin letters."""
    place = ord(syllable) - ord("가")
    if not 0 <= place <= ord("힣") - ord("가"):
        raise ValueError(
            say(
                en=f"text must be Hangul syllables only; {syllable!r} is none.",
                ko=f"text에는 한글 음절만 넣으세요. {syllable!r}은(는) 한글 음절이 아닙니다.",
            )
        )
    initial, rest = divmod(place, len(_VOWELS) * len(_FINALS))
    vowel, final = divmod(rest, len(_FINALS))
    return list(_INITIALS)[initial], _VOWELS[vowel], list(_FINALS)[final]


def _meet(final: str, initial: str, vowel: str) -> tuple[str, str]:
    """Return how a final and the initial after it sound."""
    stays, moves = _DOUBLE.get(final, ("", final))
    if initial == "ㅇ" and final not in ("", "ㅇ"):
        if moves == "ㅎ":  # silent before a vowel
            return "", _INITIALS.get(stays, "")
        if vowel == "i" and moves in _PALATAL:
            return _FINALS[stays], _PALATAL[moves]
        return _FINALS[stays], _INITIALS[moves]
    if moves == "ㅎ":
        if initial in _BREATHY:
            return _FINALS[stays], _BREATHY[initial]
        if initial == "ㅅ":
            return _FINALS[stays], "ss"
    coda, onset = _FINALS[final], _INITIALS[initial]
    if initial in "ㄴㅁ":
        coda = _NASAL.get(coda, coda)
    if initial == "ㄹ" and coda in ("k", "t", "p", "m", "ng"):
        return _NASAL.get(coda, coda), "n"
    if {coda, onset} in ({"n", "r"}, {"l", "r"}, {"l", "n"}):
        return "l", "l"
    return coda, onset

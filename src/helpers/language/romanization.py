"""Hangul in Latin letters: 안녕하세요 is annyeonghaseyo."""

from helpers.language.normalization import nfc
from helpers.reader import say

_INITIALS = dict(
    zip(
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ",
        "g kk n d tt r m b pp s ss  j jj ch k t p h".split(" "),
        strict=True,
    )
)
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_FINALS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
#: How a final sounds when no vowel follows.
_SOUNDS = dict(
    zip(_FINALS, " k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split(" "), strict=True)
)
_DOUBLE = {
    "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ",
    "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ", "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ",
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
            coda = _SOUNDS[final]
        written += coda
    return written


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
    return [*_INITIALS][initial], _VOWELS[vowel], _FINALS[final]


def _meet(final: str, initial: str, vowel: str) -> tuple[str, str]:
    """Return how a final and the initial after it sound."""
    if initial == "ㅇ" and final not in ("", "ㅇ"):
        stays, moves = _DOUBLE.get(final, ("", final))
        if moves == "ㅎ":  # silent before a vowel
            return "", _INITIALS.get(stays, "")
        if vowel == "i" and moves in _PALATAL:
            return _SOUNDS[stays], _PALATAL[moves]
        return _SOUNDS[stays], _INITIALS[moves]
    if _DOUBLE.get(final, final)[-1:] == "ㅎ":
        stays = _DOUBLE.get(final, " ")[0].strip()
        if initial in _BREATHY:
            return _SOUNDS[stays], _BREATHY[initial]
        if initial == "ㅅ":
            return _SOUNDS[stays], "ss"
    coda, onset = _SOUNDS[final], _INITIALS[initial]
    if initial in "ㄴㅁ":
        coda = _NASAL.get(coda, coda)
    if initial == "ㄹ" and coda in ("k", "t", "p", "m", "ng"):
        return _NASAL.get(coda, coda), "n"
    if {coda, onset} in ({"n", "r"}, {"l", "r"}, {"l", "n"}):
        return "l", "l"
    return coda, onset

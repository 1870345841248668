"""Korean morphology: sentences cut into morphemes by the analyser Kiwi."""

from functools import cache
from typing import TYPE_CHECKING

from helpers.language.normalization import nfc

if TYPE_CHECKING:
    from kiwipiepy import Kiwi


@cache
def kiwi() -> "Kiwi":
    """Return Kiwi, the Korean morphological analyser that `morphemes`, `nouns` and `space` use.

    The first call loads it, which takes some seconds and 500 MB; later ones return the same.

    Returns
    -------
    kiwipiepy.Kiwi
    """
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)


def morphemes(text: str) -> list[tuple[str, str]]:
    """Cut Korean text into morphemes, the smallest pieces that have a meaning.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of (form, tag)
        In the order of the text. The part-of-speech tags are those of the Sejong tag set: N for
        nouns, J for particles, V for verbs and adjectives, E for endings.

    Raises
    ------
    ValueError
        If `text` is not text.

    Examples
    --------
    >>> morphemes("방에 들어가셨습니다")[:3]
    [('방', 'NNG'), ('에', 'JKB'), ('들어가', 'VV')]
    """
    return [(token.form, token.tag) for token in kiwi().tokenize(nfc(text))]


def nouns(text: str) -> list[str]:
    """Return the nouns of Korean text, including pronouns and numerals, and drop the rest.

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
    return kiwi().space(nfc(text))

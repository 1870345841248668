"""English beside the Korean sentences that a lesson prints."""

from functools import cache

from helpers.data import load_table
from helpers.paths import DATA
from helpers.reader import say

GLOSS = DATA / "gloss.tsv"


def glossed(sentence: str) -> str:
    """Return a Korean sentence with its English beside it, for a reader of English.

    Parameters
    ----------
    sentence : str
        A sentence or word of the lessons; each answer of the chatbot is known.

    Returns
    -------
    str
        The sentence itself for a reader of Korean, and where `data/gloss.tsv` lacks it.

    Raises
    ------
    DataError
        If the file is missing or differs from the one that the course ships.

    Examples
    --------
    >>> from helpers.reader import speaking
    >>> with speaking("en"):
    ...     glossed("안녕하세요")
    '안녕하세요 (Hello)'
    >>> with speaking("ko"):
    ...     glossed("안녕하세요")
    '안녕하세요'
    """
    english = _english().get(sentence)
    return say(en=f"{sentence} ({english})", ko=sentence) if english else sentence


@cache
def _english() -> dict[str, str]:
    return {row["korean"]: row["english"] for row in load_table(GLOSS)}

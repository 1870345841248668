"""The corpora of the chatbot: wordings, each with its intent, and the answers.

`greetings.tsv` has everyday courtesies; `earnest.tsv` has grief, danger and fear; `off_topic.tsv`
has what a greeting chatbot should refuse.
"""

from functools import cache
from pathlib import Path

from helpers.data import load_table
from helpers.paths import DATA
from helpers.reader import say

GREETINGS = DATA / "greetings.tsv"
EARNEST = DATA / "earnest.tsv"
OFF_TOPIC = DATA / "off_topic.tsv"
#: For learning, for choosing settings, for measuring.
SPLITS = ("train", "validation", "held_out")


def load_greetings(split: str) -> tuple[list[str], list[str]]:
    """Load the wordings of one split, with the intent of each.

    Parameters
    ----------
    split : str
        ``"train"`` to learn from, ``"validation"`` to choose settings with,
        ``"held_out"`` to measure with.

    Returns
    -------
    texts, intents : list of str, list of str
        As long as each other, in the order of the file; each intent has many wordings.

    Raises
    ------
    ValueError
        If `split` is none of these.
    DataError
        If the file is missing or differs from the one that the course ships.

    Examples
    --------
    >>> texts, intents = load_greetings("train")
    >>> texts[0], intents[0], len(set(intents))
    ('안녕하세요', 'hello', 77)
    """
    return _load_wordings(GREETINGS, split)


def load_answers() -> dict[str, list[str]]:
    """Load the polite answers to each intent of `load_greetings`.

    Examples
    --------
    >>> load_answers()["hello"][0]
    '안녕하세요! 만나서 반가워요.'
    """
    return _load_answers(GREETINGS)


def load_earnest(split: str) -> tuple[list[str], list[str]]:
    """Load the serious wordings of one split, with the intent of each, as `load_greetings`.

    Examples
    --------
    >>> texts, intents = load_earnest("train")
    >>> texts[0], intents[0]
    ('죽고 싶어요', 'suicide')
    """
    return _load_wordings(EARNEST, split)


def load_earnest_answers() -> dict[str, list[str]]:
    """Load the answers to each intent that only `load_earnest` has.

    Intents that the greetings have too, such as ``good_news``, keep the answers of
    `load_answers`.

    Examples
    --------
    >>> all("109" in answer for answer in load_earnest_answers()["suicide"])
    True
    """
    return _load_answers(EARNEST)


def load_off_topic(split: str) -> list[str]:
    """Load questions that a greeting chatbot should refuse.

    Parameters
    ----------
    split : str
        ``"train"`` to learn from, ``"validation"`` to choose a threshold with,
        ``"held_out"`` to measure with.

    Returns
    -------
    list of str
        The errors are those of `load_greetings`.

    Examples
    --------
    >>> len(load_off_topic("held_out"))
    100
    """
    return [row["text"] for row in _load_rows(OFF_TOPIC, split)]


def _load_wordings(path: Path, split: str) -> tuple[list[str], list[str]]:
    rows = _load_rows(path, split)
    return [row["text"] for row in rows], [row["intent"] for row in rows]


def _load_rows(path: Path, split: str) -> list[dict[str, str]]:
    if split not in SPLITS:
        names = ", ".join(SPLITS)
        raise ValueError(
            say(
                en=f"split must be one of {names}, not {split!r}.",
                ko=f"split은 {names} 가운데 하나여야 합니다. 받은 값: {split!r}",
            )
        )
    return [row for row in _read(path) if row["split"] == split]


def _load_answers(path: Path) -> dict[str, list[str]]:
    answers: dict[str, list[str]] = {}
    for row in _read(path):
        if row["split"] == "answer":
            answers.setdefault(row["intent"], []).append(row["text"])
    return answers


@cache
def _read(path: Path) -> list[dict[str, str]]:
    return load_table(path)

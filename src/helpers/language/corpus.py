"""The greeting corpus: wordings of everyday courtesy, each with its intent, and the answers."""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from helpers.data import check_file
from helpers.paths import DATA
from helpers.reader import say

GREETINGS = DATA / "greetings.tsv"
OFF_TOPIC = DATA / "off_topic.tsv"


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
        As long as each other; intents come again and again, in the order of the file.

    Raises
    ------
    ValueError
        If there is no such split.
    DataError
        If the file is missing or is not the file that the course ships.

    Examples
    --------
    >>> texts, intents = load_greetings("train")
    >>> texts[0], intents[0], len(set(intents))
    ('안녕하세요', 'hello', 77)
    """
    rows = load_rows(GREETINGS, split, ("train", "validation", "held_out"))
    return [row["text"] for row in rows], [row["intent"] for row in rows]


def load_answers() -> dict[str, list[str]]:
    """Load the polite answers to each intent; errors are those of `load_greetings`.

    Examples
    --------
    >>> load_answers()["hello"][0]
    '안녕하세요! 만나서 반가워요.'
    """
    answers = {}
    for row in load_rows(GREETINGS, "answer", ("answer",)):
        answers.setdefault(row["intent"], []).append(row["text"])
    return answers


def load_off_topic(split: str) -> list[str]:
    """Load questions that a chatbot of greetings should refuse.

    Parameters
    ----------
    split : str
        ``"train"`` to learn from, ``"validation"`` to choose a threshold with,
        ``"held_out"`` to measure with.

    Returns
    -------
    list of str
        Errors are those of `load_greetings`.

    Examples
    --------
    >>> len(load_off_topic("held_out"))
    100
    """
    rows = load_rows(OFF_TOPIC, split, ("train", "validation", "held_out"))
    return [row["text"] for row in rows]


def load_rows(path: Path, split: str, splits: Sequence[str]) -> list[dict[str, str]]:
    """Load the rows of one of the `splits` of a corpus; errors are those of `load_greetings`."""
    if split not in splits:
        names = ", ".join(splits)
        raise ValueError(
            say(
                en=f"split must be one of {names}, not {split!r}.",
                ko=f"split은 {names} 가운데 하나여야 합니다. 받은 값: {split!r}",
            )
        )
    return [row for row in _read(path) if row["split"] == split]


@cache
def _read(path: Path):
    check_file(path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

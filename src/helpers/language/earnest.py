"""What the chatbot is told in earnest: wordings of grief, danger and fear, and the answers."""

from helpers.language.corpus import load_rows
from helpers.paths import DATA

EARNEST = DATA / "earnest.tsv"


def load_earnest(split: str) -> tuple[list[str], list[str]]:
    """Load the wordings of one split, with the intent of each, as `corpus.load_greetings` does.

    Examples
    --------
    >>> texts, intents = load_earnest("train")
    >>> texts[0], intents[0]
    ('죽고 싶어요', 'suicide')
    """
    rows = load_rows(EARNEST, split, ("train", "validation", "held_out"))
    return [row["text"] for row in rows], [row["intent"] for row in rows]


def earnest_answers() -> dict[str, list[str]]:
    """Load the answers to each intent that is only told in earnest.

    Intents that the greetings have too, such as ``good_news``, keep the answers of
    `corpus.load_answers`.

    Examples
    --------
    >>> all("109" in answer for answer in earnest_answers()["suicide"])
    True
    """
    answers = {}
    for row in load_rows(EARNEST, "answer", ("answer",)):
        answers.setdefault(row["intent"], []).append(row["text"])
    return answers

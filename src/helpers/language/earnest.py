"""What the chatbot is told in earnest: wordings of grief, danger and fear, and the answers.

Whichever engine chats, `decide` comes first, with what the two judges of
`helpers.language.retrieval` think. It is not neutral: to answer a greeting gravely is a small
mistake, to congratulate somebody in danger a great one. So the probabilities of all grave intents
are added up, and a small sum is enough.
"""

import re
from collections.abc import Mapping

from helpers.language.corpus import load_rows
from helpers.paths import DATA

EARNEST = DATA / "earnest.tsv"

#: Who says this may be in danger of their life.
CRISIS = ("suicide", "self_harm")
#: Who says a plain word of it means one of these: oneself, or somebody else.
SPEAKS_OF_DEATH = (*CRISIS, "worried_about_someone", "death_in_family", "death_of_friend")
#: All intents that are never answered cheerfully.
GRAVE = (
    *CRISIS,
    "worried_about_someone",
    "despair",
    "loneliness",
    "fear",
    "school_violence",
    "domestic_violence",
    "assault",
    "serious_illness",
    "death_in_family",
    "death_of_friend",
    "death_of_pet",
)
#: Words that have no cheerful use: whatever the judges think, a message with one is a crisis.
PLAIN = re.compile(
    r"자살(?!골)|자해|유서(?! ?깊)|죽고 ?싶(?![냐니])|목숨을? ?(?:끊|버리)|손목을? ?(?:긋|그[었어])"
    r"|뛰어내리|극단적인? ?(?:선택|생각)|살고 ?싶지 ?않|사라지고 ?싶"
)
#: A message is grave from this score on. The lower, the more greetings are taken for grave; the
#: higher, the more of what is grave is missed. Of the validation wordings, 2 of 284 grave ones
#: are missed.
THRESHOLD = 0.3
#: How much the neighbours count in the score, where the probabilities count 1.
NEARNESS = 2.0
#: Of the grave intents' probability, the part from which it is taken for a crisis, even if one of
#: the others has more.
CRISIS_SHARE = 0.15


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


def decide(
    message: str, probabilities: Mapping[str, float], nearer: float
) -> tuple[str, float] | None:
    """Decide whether a message is said in earnest, and what is meant.

    Parameters
    ----------
    message : str
    probabilities : mapping
        Of all intents, by name.
    nearer : float
        How much nearer the nearest grave wording is than the nearest other: the difference of
        their cosines.

    Returns
    -------
    intent, score : str, float
        One of `earnest_answers`, and its score in [0, 1]; None where an engine may chat.

    Examples
    --------
    >>> decide("힘이 없어", {"hungry": 0.6, "despair": 0.3, "suicide": 0.1}, nearer=0.0)
    ('suicide', 0.4)
    >>> decide("힘이 없어", {"hungry": 0.6, "despair": 0.3, "suicide": 0.1}, nearer=-0.1) is None
    True
    >>> decide("자해했어요", {"good_news": 1.0}, nearer=-0.1)
    ('suicide', 1.0)
    """
    judged = {intent: probabilities.get(intent, 0.0) for intent in GRAVE}
    grave = sum(judged.values())
    if PLAIN.search(message):
        return max(SPEAKS_OF_DEATH, key=judged.get), 1.0
    score = grave + NEARNESS * nearer
    if score >= THRESHOLD:
        crisis = sum(judged[intent] for intent in CRISIS)
        among = CRISIS if crisis >= CRISIS_SHARE * grave else GRAVE
        return max(among, key=judged.get), round(min(score, 1.0), 4)
    intent = max(probabilities, key=probabilities.get)
    if probabilities[intent] > 0.5 and intent in earnest_answers():
        return intent, probabilities[intent]
    return None

"""Safety: messages about grief, danger and fear are recognised before any engine chats.

`serious_intent` combines a rule with what the two classifiers of `helpers.language.retrieval` say.
It is not neutral: a grave answer to a greeting is a small mistake, a cheerful answer to somebody in
danger a terrible one. So the probabilities of all grave intents are added up, and a small sum is
enough.
"""

import re
from collections.abc import Mapping

from helpers.language.corpus import load_earnest_answers

#: Intents of people whose lives may be in danger.
CRISIS = ("suicide", "self_harm")
#: What a message with one of the words of `EXPLICIT` may mean: danger to oneself or to another.
SPEAKS_OF_DEATH = (*CRISIS, "worried_about_someone", "death_in_family", "death_of_friend")
#: All intents that never get a cheerful answer.
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
#: Words that have no cheerful use: whatever the classifiers say, a message with one is a crisis.
EXPLICIT = re.compile(
    r"자살(?!골)|자해|유서(?! ?깊)|죽고 ?싶(?![냐니])|목숨을? ?(?:끊|버리)|손목을? ?(?:긋|그[었어])"
    r"|뛰어내리|극단적인? ?(?:선택|생각)|살고 ?싶지 ?않|사라지고 ?싶"
)
#: A message is grave from this score on. With a lower threshold more greetings are taken for
#: grave, with a higher one more grave messages are missed: 2 of 284 in the validation split.
THRESHOLD = 0.3
#: The weight of the nearest neighbours in the score; that of the probabilities is 1.
NEARNESS = 2.0
#: The share of the grave intents' probability from which a message is a crisis, even if another
#: grave intent has more.
CRISIS_SHARE = 0.15


def serious_intent(
    message: str, probabilities: Mapping[str, float], nearer: float
) -> tuple[str, float] | None:
    """Return what a serious message means; None if an engine may chat.

    Parameters
    ----------
    message : str
    probabilities : mapping
        The probability of each intent, by name.
    nearer : float
        How much nearer the nearest grave wording is than the nearest other: the difference of
        their cosines.

    Returns
    -------
    intent, score : str, float
        One of `load_earnest_answers`, and its score in [0, 1]; None where an engine may chat.

    Examples
    --------
    >>> probabilities = {"hungry": 0.6, "despair": 0.3, "suicide": 0.1}
    >>> serious_intent("힘이 없어", probabilities, nearer=0.0)
    ('suicide', 0.4)
    >>> serious_intent("힘이 없어", probabilities, nearer=-0.1) is None
    True
    >>> serious_intent("자해했어요", {"good_news": 1.0}, nearer=-0.1)
    ('suicide', 1.0)
    """
    probability = {intent: probabilities.get(intent, 0.0) for intent in GRAVE}
    grave = sum(probability.values())
    if EXPLICIT.search(message):
        return max(SPEAKS_OF_DEATH, key=probability.__getitem__), 1.0
    score = grave + NEARNESS * nearer
    if score >= THRESHOLD:
        crisis = sum(probability[intent] for intent in CRISIS)
        among = CRISIS if crisis >= CRISIS_SHARE * grave else GRAVE
        return max(among, key=probability.__getitem__), round(min(score, 1.0), 4)
    intent = max(probabilities, key=probabilities.__getitem__)
    if probabilities[intent] > 0.5 and intent in load_earnest_answers():
        return intent, probabilities[intent]
    return None

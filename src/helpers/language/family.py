"""The language models that the lessons name: who made each, when and how large."""

from helpers.data import load_table
from helpers.paths import DATA

MODELS = DATA / "language_models.tsv"


def load_family() -> list[dict[str, str]]:
    """Load the language models that made history, the oldest first.

    Returns
    -------
    list of dict
        ``name``, ``maker``, ``country`` (two letters), ``month`` (``"2017-06"``), ``billions`` (of
        weights; the largest of its paper), ``kind`` (``"encoder"``, ``"decoder"`` or ``"both"``),
        ``source``, and ``checked``, the day on which somebody last looked at the source.

    Raises
    ------
    DataError
        If the file is missing or differs from the one that the course ships.

    Examples
    --------
    >>> first = load_family()[0]
    >>> first["name"], first["month"], first["kind"]
    ('transformer', '2017-06', 'both')
    """
    return [model for model in load_table(MODELS) if not model["repository"]]


def load_open_models() -> list[dict[str, str]]:
    """Load language models whose weights anyone can fetch and run at home, the smallest first.

    Returns
    -------
    list of dict
        As in `load_family`, where ``billions`` counts all weights in memory, and ``repository``
        (on the Hugging Face hub), ``licence`` and ``languages`` (``"ko en"``; ``many`` among them
        stands for a hundred or more).

    Raises
    ------
    DataError
        As for `load_family`.

    Examples
    --------
    >>> smallest = load_open_models()[0]
    >>> smallest["name"], smallest["licence"], smallest["languages"]
    ('KoBERT', 'Apache-2.0', 'ko')
    """
    found = [model for model in load_table(MODELS) if model["repository"]]
    return sorted(found, key=lambda model: float(model["billions"]))

"""The language models that the lessons name: who made each, when and how large."""

from helpers.data import load_table
from helpers.paths import DATA

MODELS = DATA / "language_models.tsv"


def load_family() -> list[dict[str, str]]:
    """Load the language models, the oldest first.

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
    return load_table(MODELS)

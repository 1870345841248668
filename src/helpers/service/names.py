"""Names of files that clients give: hostile until cleaned."""

import re
import unicodedata

_LONGEST = 100


def clean(name: str) -> str:
    r"""Return the last part of a given name, fit to stand in an address and on any disk.

    Examples
    --------
    >>> clean("../../etc/passwd"), clean("C:\\photos\\숫자 7.png"), clean("a\x00b?.png")
    ('passwd', '숫자 7.png', 'ab.png')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*#%')
    stem, suffix = split(kept.strip(" ."))
    return stem[:_LONGEST] + suffix[:_LONGEST]


def split(name: str) -> tuple[str, str]:
    """Split a name before its suffix, which is empty where there is none.

    Examples
    --------
    >>> split("three.v2.png"), split("three")
    (('three.v2', '.png'), ('three', ''))
    """
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if stem else (name, "")

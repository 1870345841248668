"""Names of files as clients send them: hostile until cleaned."""

import re
import unicodedata

_LONGEST = 100


def clean(name: str) -> str:
    r"""Return the last part of a given name, safe in an address and on any disk.

    Examples
    --------
    >>> clean("../../etc/passwd"), clean("C:\\photos\\숫자 7"), clean("a\0b?"), clean("..")
    ('passwd', '숫자 7', 'ab', '')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*#%')
    return kept.strip(" .")[:_LONGEST]


def split(name: str) -> tuple[str, str]:
    """Split a name before its suffix, which is empty where there is none.

    Examples
    --------
    >>> split("three.v2.png"), split("three"), split(".png")
    (('three.v2', '.png'), ('three', ''), ('', '.png'))
    """
    stem, dot, suffix = name.rpartition(".")
    return (stem, dot + suffix) if dot else (name, "")

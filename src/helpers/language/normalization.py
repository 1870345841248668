"""Text normalization: the same text always as the same characters."""

import unicodedata

from helpers.reader import say


def nfc(text: str) -> str:
    """Return `text` in Unicode NFC: each Hangul syllable is one character.

    A Mac may store it as its letters, two or three characters.

    Raises
    ------
    ValueError
        If `text` is not a string of whole characters.

    Examples
    --------
    >>> decomposed = unicodedata.normalize("NFD", "안녕")
    >>> len(decomposed), len(nfc(decomposed))
    (6, 2)
    """
    try:
        text.encode()  # half a character, as in a truncated JSON string, has no UTF-8
        return unicodedata.normalize("NFC", text)
    except (AttributeError, TypeError, UnicodeEncodeError):
        raise ValueError(
            say(
                en=f"text must be a string of whole characters, not {text!r}.",
                ko=f"text에는 온전한 문자열을 주세요. 받은 값: {text!r}",
            )
        ) from None


def one_line(text: str) -> str:
    r"""Return `text` in Unicode NFC with single spaces between its words; errors as `nfc`.

    Examples
    --------
    >>> one_line(" 안녕\n 하세요")
    '안녕 하세요'
    """
    return " ".join(nfc(text).split())

"""Messages to the chatbot: cleaned, and stripped of tone."""

import re
import unicodedata

from helpers.reader import say

#: The longest message, in characters.
MAX_LENGTH = 500
#: Letters that stand alone for laughing (ㅋㅋ), crying (ㅠㅠ) or silence (ㅡㅡ).
_LAUGHING = re.compile("(?<![ㄱ-ㅣ])[ㅋㅎㅠㅜㅡ]+(?![ㄱ-ㅣ])")


class MessageError(ValueError):
    """A message that the chatbot cannot answer; the sentence says why."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]  # in a notebook: the sentence, not our code


def clean(text: str) -> str:
    r"""Return a message in Unicode NFC, on one line, without control characters.

    Raises
    ------
    MessageError
        If `text` is not text, blank or longer than `MAX_LENGTH`.

    Examples
    --------
    >>> clean(" 안녕\n하세요\x00 ")
    '안녕 하세요'
    >>> clean("ﾷￂﾤﾤￊﾷ")
    '안녕'
    """
    if not isinstance(text, str):
        raise MessageError(
            say(
                en=f"A message must be text, not {type(text).__name__}.",
                ko=f"메시지는 문자열이어야 합니다. 받은 값의 형식: {type(text).__name__}",
            )
        )
    # A Mac sends each syllable as two or three characters; the limit counts what one sees.
    text = unicodedata.normalize("NFC", _full_width(text))
    if len(text) > MAX_LENGTH:
        raise MessageError(
            say(
                en=f"The message has {len(text)} characters: write {MAX_LENGTH} or fewer.",
                ko=f"메시지가 {len(text)}자입니다. {MAX_LENGTH}자 이하로 써 주세요.",
            )
        )
    # Categories C: control and format characters, halves of a character, unassigned ones.
    spaced = (" " if unicodedata.category(character)[0] == "C" else character for character in text)
    message = " ".join("".join(spaced).split())
    if not message:
        raise MessageError(
            say(
                en="The message is blank: write something.",
                ko="메시지가 비어 있습니다. 할 말을 써 주세요.",
            )
        )
    return message


def strip_tone(message: str) -> str:
    """Remove from a cleaned message what gives it a tone and no other meaning.

    That is emoji, laughing and crying, and punctuation except a question mark. A message of
    nothing else stays as it is; only tears by themselves mean that somebody is sad.

    Examples
    --------
    >>> strip_tone("생일 축하해요!!! 🎂 ㅋㅋㅋ")
    '생일 축하해요'
    >>> strip_tone("ㅠㅠ"), strip_tone("ㅋㅋ"), strip_tone("정말요?!?!")
    ('슬퍼요', 'ㅋㅋ', '정말요?')
    """
    quiet = _LAUGHING.sub(" ", "".join(map(_without_symbols, message)))
    quiet = re.sub(r"[.,!~…·;:]+(?=\s|\?|$)", " ", quiet)
    quiet = re.sub(r"\s*\?[\s?]*$", "?", " ".join(quiet.split()))
    if re.search(r"\w", quiet):
        return quiet
    return (
        "슬퍼요" if re.search("[ㅠㅜ]", message) and not re.search("[ㅋㅎ]", message) else message
    )


def _without_symbols(character: str) -> str:
    # So: emoji and other pictures; Sk: ^ and skin tones; Mn, Me: what is put around a character.
    return " " if unicodedata.category(character) in ("So", "Sk", "Mn", "Me") else character


def _full_width(text: str) -> str:
    """Compose half-width Hangul into syllables; NFKC leaves their final consonants out."""
    if not re.search("[\uffa0-\uffdc]", text):
        return text
    letters = re.sub(
        "[\uffa0-\uffdc]+", lambda found: unicodedata.normalize("NFKD", found[0]), text
    )
    # A consonant after a vowel and before no other vowel ends the syllable.
    return re.sub("(?<=[\u1161-\u1175])[\u1100-\u115e](?![\u1161-\u1175])", _ending, letters)


def _ending(found: re.Match[str]) -> str:
    name = unicodedata.name(found[0]).replace("CHOSEONG", "JONGSEONG")
    try:
        return unicodedata.lookup(name)
    except KeyError:  # ㄸ, ㅃ and ㅉ end no syllable
        return found[0]
